//! The five lines of the README, unchanged, against the disk and against an S3 server.

use std::fs::{read, write};
use std::time::Duration;

use holdall::{FileUrl, Result, Saved, Storages};
use holdall_testing::s3_server::S3Server;

/// What an application does, and what it gets.
async fn upload(storages: &Storages, bytes: &'static [u8]) -> Result<(Saved, Vec<u8>, FileUrl)> {
    let media = storages.get("default")?;
    let saved = media.save("usr/cat.jpg", bytes).content_type("image/jpeg").await?;
    let file = media.open(&saved.name).range(0..4).await?;
    let link = media.url(&saved.name).expires_in(Duration::from_mins(10)).await?;
    Ok((saved, file.bytes().await?.to_vec(), link))
}

#[tokio::test]
async fn one_variable_moves_them_from_the_disk_to_a_bucket() -> Result<()> {
    // A secret with every character that URLs and forms treat specially.
    let (access_key, secret_key) = ("AKIDEXAMPLE", "a/b+c=d e%f");
    let server =
        S3Server::builder().credentials(access_key, secret_key).bucket("my-site").start().await.unwrap();
    let site = tempfile::tempdir().unwrap();
    let file = site.path().join("holdall.toml");
    let settings = "[storages.default]\nbackend = 'fs'\nroot = 'var'\nlocation = 'media'\nbase_url = '/media/'\n\
                    visibility = 'public'\n";
    write(&file, settings).unwrap();

    let storages = Storages::builder().file(&file).build()?;
    let (saved, head, link) = upload(&storages, b"not a cat").await?;
    assert_eq!(
        (saved.name.as_str(), &*head, link.as_str()),
        ("usr/cat.jpg", &b"not "[..], "/media/usr/cat.jpg")
    );
    assert_eq!(read(site.path().join("var/media/usr/cat.jpg")).unwrap(), b"not a cat");

    let url = format!(
        "s3://my-site/media?endpoint={}&access_key={access_key}&secret_key=a/b+c=d%20e%25f",
        server.endpoint()
    );
    let variable = [("HOLDALL_STORAGES__DEFAULT__URL", url)];
    let storages = Storages::builder().file(&file).environment(variable).build()?;
    let (saved, head, link) = upload(&storages, b"not a cat").await?;
    assert_eq!((saved.name.as_str(), &*head), ("usr/cat.jpg", &b"not "[..]));
    assert!(link.as_str().starts_with(&format!("{}/my-site/media/usr/cat.jpg?", server.endpoint())));
    assert!(link.as_str().contains("X-Amz-Expires=600"));
    assert_eq!(server.keys("my-site"), ["media/usr/cat.jpg"]);
    Ok(())
}
