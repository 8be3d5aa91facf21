//! `gzip` of `backend = "s3"`, on a server.

use holdall::{Result, Storages, Store};
use holdall_testing::s3_server::S3Server;

use crate::expect_refusals;

fn build(server: &S3Server, more: &str) -> Result<Store> {
    let text = format!(
        "[storages.default]\nbackend = 's3'\nbucket = 'media'\nregion = 'us-east-1'\nendpoint = '{}'\n\
         access_key = '{}'\nsecret_key = '{}'\n{more}",
        server.endpoint(),
        server.access_key(),
        server.secret_key(),
    );
    Storages::builder().toml(text).build()?.get("default")
}

async fn encoding(store: &Store, name: &str) -> Result<Option<String>> {
    let saved = store.save(name, "body { color: teal }\n".repeat(100)).overwrite().await?;
    Ok(store.metadata(&saved.name).await?.attributes.content_encoding)
}

#[tokio::test]
async fn chosen_types_are_compressed() -> Result<()> {
    let server = S3Server::builder().bucket("media").start().await.expect("a free port");
    let gzip = Some("gzip".to_owned());
    let plain = build(&server, "gzip = false")?;
    assert_eq!(encoding(&plain, "a.css").await?, None);
    let css = build(&server, "gzip = true")?;
    assert_eq!(encoding(&css, "a.css").await?, gzip);
    assert_eq!(encoding(&css, "a.html").await?, None);
    assert!(css.metadata("a.css").await?.size < 200);
    let html = build(&server, "gzip = true\ngzip_content_types = 'text/html, application/json'")?;
    assert_eq!(encoding(&html, "a.html").await?, gzip);
    assert_eq!(encoding(&html, "a.json").await?, gzip);
    assert_eq!(encoding(&html, "a.css").await?, None);
    Ok(())
}

#[test]
fn half_a_choice_is_refused() {
    let base = "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\n";
    expect_refusals(&[
        (
            &format!("{base}gzip_content_types = 'text/html'"),
            "settings:4: \"gzip_content_types\" in [storages.default] is set, but \"gzip\" is not true",
        ),
        (
            &format!("{base}gzip = true\ngzip_content_types = 'text/*'"),
            "settings:5: \"gzip_content_types\" in [storages.default] cannot be used: \"text/*\" is no content type to \
             compress; write it as \"text/html\"",
        ),
    ]);
}
