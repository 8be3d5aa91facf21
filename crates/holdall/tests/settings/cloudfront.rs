//! The CloudFront keys of `backend = "s3"`: given in the settings or in a file, and refused by halves.

use holdall::{Result, Storages, Store};

use crate::expect_refusals;

/// Made for tests; it opens nothing.
const PEM: &str = include_str!("../../../holdall-s3/tests/s3/golden/cloudfront_rsa.pem");

const BASE: &str = "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nregion = 'eu-central-1'\n\
                    location = 'media'\ncustom_domain = 'cdn.example.com'\n";

fn build(text: &str) -> Result<Store> {
    Storages::builder().toml(text).build()?.get("default")
}

#[tokio::test]
async fn private_urls_are_signed_by_the_key_or_by_that_in_the_file() -> Result<()> {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("cloudfront.pem");
    std::fs::write(&file, PEM).expect("a file");
    let keys =
        [format!("cloudfront_key = '''\n{PEM}'''"), format!("cloudfront_key_file = '{}'", file.display())];
    for key in &keys {
        let store = build(&format!("{BASE}cloudfront_key_id = 'K2JCJMDEHXQW5F'\n{key}"))?;
        let url = store.url("a b.txt").await?;
        assert!(url.url.starts_with("https://cdn.example.com/media/a%20b.txt?Expires="), "{}", url.url);
        assert!(url.url.contains("&Key-Pair-Id=K2JCJMDEHXQW5F"), "{}", url.url);
        assert!(url.url.ends_with("&Hash-Algorithm=SHA256"), "{}", url.url);
        let shown = format!("{store:?}");
        assert!(PEM.lines().filter(|line| line.len() == 64).all(|line| !shown.contains(line)), "{shown}");
    }
    Ok(())
}

#[test]
fn half_a_key_is_refused() {
    let id = "cloudfront_key_id = 'K2JCJMDEHXQW5F'";
    let key = format!("cloudfront_key = '''\n{PEM}'''");
    let without_domain = BASE.replace("custom_domain = 'cdn.example.com'\n", "");
    let both = format!("{BASE}{id}\n{key}\ncloudfront_key_file = '/nowhere'");
    let line = both.lines().count();
    expect_refusals(&[
        (
            &format!("{BASE}{id}"),
            "settings:2: [storages.default] cannot be used: cloudfront_key_id is set, but cloudfront_key is not",
        ),
        (
            &format!("{BASE}{key}"),
            "settings:2: [storages.default] cannot be used: cloudfront_key is set, but cloudfront_key_id is not",
        ),
        (
            &format!("{without_domain}{id}\n{key}"),
            "settings:2: [storages.default] cannot be used: cloudfront_key is set, but custom_domain, the \
             distribution's host, is not",
        ),
        (
            &format!("{BASE}{id}\ncloudfront_key = 'K2JCJMDEHXQW5F'"),
            "settings:2: [storages.default] cannot be used: the CloudFront key cannot be used: it is not PEM, which \
             begins with a line like \"-----BEGIN PRIVATE KEY-----\"",
        ),
        (
            &format!("{BASE}{id}\ncloudfront_key_file = '/nowhere/key.pem'"),
            "settings:8: \"cloudfront_key_file\" in [storages.default] cannot be read at /nowhere/key.pem: No such file \
             or directory (os error 2)",
        ),
        (
            &both,
            &format!(
                "settings:{line}: \"cloudfront_key_file\" in [storages.default] is set beside \"cloudfront_key\"; give \
                 one of them"
            ),
        ),
    ]);
}
