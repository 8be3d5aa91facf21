//! Buckets: the keys that the builder takes. Nothing here talks to a server: building a storage does no
//! I/O.

use holdall::{ErrorKind, Result, Storages, Store, open_url};

use crate::expect_refusals;

/// Every key, so that none is forgotten on the way to the builder.
const EVERYTHING: &str = r#"
[storages.default]
backend = "s3"
bucket = "my-site"
location = "media"
region = "eu-central-1"
endpoint = "http://127.0.0.1:9000"
addressing_style = "path"
access_key = "AKIDEXAMPLE"
secret_key = "a/secret+key"
session_token = "token"
custom_domain = "cdn.example.com"
url_protocol = "http"
url_expires_in = "10min"
connect_timeout = "2s"
read_timeout = "10s"
attempt_timeout = "30s"
operation_timeout = "2min"
max_attempts = 5
retry_backoff = "100ms"
checksum_mode = "when_required"
conditional_writes = false
conditional_deletes = true
part_size = "16 MiB"
concurrency = 4
cache_control = "private, max-age=60"
content_disposition = "attachment"
visibility = "public"
"#;

fn build(text: &str) -> Result<Store> {
    Storages::builder().toml(text).build()?.get("default")
}

async fn url(store: &Store) -> Result<String> {
    Ok(store.url("cats/tom cat.jpg").await?.as_str().to_owned())
}

#[tokio::test]
async fn every_key_reaches_the_builder() -> Result<()> {
    let store = build(EVERYTHING)?;
    assert_eq!(store.to_string(), "s3://my-site/media");
    assert_eq!(url(&store).await?, "http://cdn.example.com/media/cats/tom%20cat.jpg");
    let capabilities = store.capabilities();
    assert!(!capabilities.create && !capabilities.replace, "no conditional writes");
    assert!(capabilities.delete_if_match, "conditional deletes");
    assert!(!capabilities.checksum, "no checksums");
    let debug = format!("{store:?}");
    for value in ["my-site", "media", "eu-central-1", "http://127.0.0.1:9000"] {
        assert!(debug.contains(value), "{debug} has no {value}");
    }
    for secret in ["secret+key", "AKIDEXAMPLE", "token"] {
        assert!(!debug.contains(secret), "{debug} has {secret}");
    }

    // An unknown key lists all that are known: the test of the table is the table.
    let error = build(&format!("{EVERYTHING}\nshelf = 7")).unwrap_err().to_string();
    for line in EVERYTHING.lines().filter(|line| line.contains(" = ") && !line.starts_with("backend")) {
        let key = line.split_once(" = ").expect("filtered above").0;
        assert!(error.contains(&format!("{key:?}")), "{key} is not known in {error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_url_says_the_same() -> Result<()> {
    let addresses = [
        "s3://my-site/media?region=eu-central-1&endpoint=http://127.0.0.1:9000&access_key=AKIDEXAMPLE\
         &secret_key=a/secret+key&visibility=public",
        "s3://AKIDEXAMPLE:a%2Fsecret+key@my-site/media?region=eu-central-1&endpoint=http%3A%2F%2F127.0.0.1%3A9000\
         &visibility=public",
        "S3://my-site?location=media/&region=eu-central-1&endpoint=http://127.0.0.1:9000&visibility=public",
    ];
    for address in addresses {
        let store = open_url(address)?;
        assert_eq!(store.to_string(), "s3://my-site/media");
        assert_eq!(url(&store).await?, "http://127.0.0.1:9000/my-site/media/cats/tom%20cat.jpg");
    }
    Ok(())
}

#[tokio::test]
async fn media_urls_are_signed_and_static_ones_are_plain() -> Result<()> {
    let keys =
        "region=eu-central-1&endpoint=http://127.0.0.1:9000&access_key=AKIDEXAMPLE&secret_key=a/secret+key";
    let signed = url(&open_url(&format!("s3://my-site/media?{keys}"))?).await?;
    assert!(signed.starts_with("http://127.0.0.1:9000/my-site/media/cats/tom%20cat.jpg?"), "{signed}");
    assert!(signed.contains("X-Amz-Signature=") && signed.contains("X-Amz-Expires=3600"), "{signed}");
    let short = url(&open_url(&format!("s3://my-site/media?{keys}&url_expires_in=10min"))?).await?;
    assert!(short.contains("X-Amz-Expires=600"), "{short}");

    let settings = format!("storages.staticfiles.url = 's3://my-site/static?{keys}'");
    let assets = Storages::builder().toml(settings).build()?.get("staticfiles")?;
    assert_eq!(url(&assets).await?, "http://127.0.0.1:9000/my-site/static/cats/tom%20cat.jpg");
    Ok(())
}

#[test]
fn wrong_keys_and_values() {
    expect_refusals(&[
        (
            "[storages.default]\nbackend = 's3'\n\n# The shop.\nregion = 'eu-central-1'\n\nbukcet = 'my-site'",
            "settings:7: unknown key \"bukcet\" in [storages.default]; did you mean \"bucket\"?",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket_name = 'my-site'\nregion_name = 'eu-central-1'",
            "2 settings are wrong:\n  \
             settings:3: unknown key \"bucket_name\" in [storages.default]; did you mean \"bucket\"?\n  \
             settings:4: unknown key \"region_name\" in [storages.default]; did you mean \"region\"?",
        ),
        (
            "[storages.default]\nbackend = 's3'",
            "settings:2: [storages.default] has no \"bucket\", which the backend \"s3\" needs",
        ),
        (
            "[storages.default]\nurl = 's3:///media'",
            "settings:2: [storages.default] has no \"bucket\", which the backend \"s3\" needs",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'My_Site'",
            "settings:3: \"bucket\" in [storages.default] cannot be used: \"My_Site\" is not a bucket name: it must be \
             lower-case ASCII letters, digits, \".\" and \"-\"",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nlocation = '/media'",
            "settings:4: \"location\" in [storages.default] cannot be used: the location \"/media\" begins with a slash; \
             keys in a bucket do not, write it without",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nendpoint = 'localhost'",
            "settings:4: \"endpoint\" in [storages.default] cannot be used: the endpoint is not a URL (relative URL without \
             a base); it looks like \"https://s3.example.com\" or \"http://127.0.0.1:9000\"",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nmax_attempts = 'often'\nconcurrency = -1\n\
             part_size = '8 parts'\nconnect_timeout = 3\nconditional_writes = 'sometimes'\naddressing_style = 'dns'",
            "6 settings are wrong:\n  \
             settings:4: \"max_attempts\" in [storages.default] is \"often\"; it has to be a whole number\n  \
             settings:5: \"concurrency\" in [storages.default] is -1; it has to be a whole number\n  \
             settings:6: \"part_size\" in [storages.default] is \"8 parts\"; it has to be a size like \"8 MiB\"\n  \
             settings:7: \"connect_timeout\" in [storages.default] is 3; it has to be a duration like \"30s\" or \"5min\"\n  \
             settings:8: \"conditional_writes\" in [storages.default] is \"sometimes\"; it has to be true or false\n  \
             settings:9: \"addressing_style\" in [storages.default] is \"dns\"; it has to be \"auto\", \"path\" or \"virtual\"",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\npart_size = '1 MiB'",
            "settings:4: \"part_size\" in [storages.default] cannot be used: part_size is 1048576 bytes; S3 takes parts of \
             5 MiB to 5 GiB",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'My_Site'\nregion = 'EU'\nlocation = '../media'\n\
             access_key = 'AKIDEXAMPLE'\nconcurrency = 0",
            "4 settings are wrong:\n  \
             settings:3: \"bucket\" in [storages.default] cannot be used: \"My_Site\" is not a bucket name: it must be \
             lower-case ASCII letters, digits, \".\" and \"-\"\n  \
             settings:4: \"region\" in [storages.default] cannot be used: \"EU\" is not a region; regions look like \
             \"eu-central-1\" (\"auto\" at Cloudflare R2)\n  \
             settings:5: \"location\" in [storages.default] cannot be used: the location cannot be used: \"../media\" is \
             not a valid name: it has a \"..\" segment, which could lead outside the storage\n  \
             settings:7: \"concurrency\" in [storages.default] cannot be used: concurrency is 0; at least one part must \
             be on its way",
        ),
        // Whose fault a combination is, nobody can say: the storage's.
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\naccess_key = 'AKIDEXAMPLE'",
            "settings:2: [storages.default] cannot be used: access_key is set, but secret_key is not",
        ),
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\naddressing_style = 'virtual'\n\
             endpoint = 'http://127.0.0.1:9000'",
            "settings:2: [storages.default] cannot be used: no bucket can be put in front of an IP address; use addressing \
             style \"path\"",
        ),
    ]);
}

#[test]
fn a_bucket_has_no_port() {
    let error = open_url("s3://my-site:9000/media").unwrap_err().to_string();
    assert!(error.starts_with("unknown key \"port\" in the URL; known are \"access_key\", "), "{error}");
}

#[test]
fn errors_of_the_backend_keep_their_kind() {
    let error = open_url("s3://My_Site").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert_eq!(
        error.to_string(),
        "\"bucket\" in the URL cannot be used: \"My_Site\" is not a bucket name: it must be lower-case ASCII letters, \
         digits, \".\" and \"-\""
    );
}
