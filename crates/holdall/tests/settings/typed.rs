//! The backend of a storage by its own type.

use std::sync::Arc;

use holdall::{ErrorKind, MemoryStorage, ReadOnly, Result, Storage, StorageSettings, Storages, Store};

/// Memory takes no location: Holdall puts it in front, and so does whoever goes below.
#[tokio::test]
async fn names_of_the_backend_have_the_location_in_front() -> Result<()> {
    let storages = Storages::builder().toml("storages.default.url = 'memory:photos'").build()?;
    let saved = storages.get("default")?.save("cat.txt", "meow").await?;
    let memory = storages.backend::<MemoryStorage>("default")?;
    let name = memory.inner_name(&saved.name)?;
    assert_eq!((name.as_str(), memory.prefix().as_str()), ("photos/cat.txt", "photos"));
    assert!(memory.exists(&name).await? && memory.clone().storage().exists(&name).await?);
    assert_eq!(memory.inner_name("../x").unwrap_err().kind(), ErrorKind::InvalidName);
    Ok(())
}

/// Whichever pointer a factory puts its storage into.
#[test]
fn backends_of_third_parties_have_their_own_type() -> Result<()> {
    let storages = Storages::builder()
        .register("plain", |_| Ok(ReadOnly::new(MemoryStorage::new())))
        .register("pointed", |_| Ok(Arc::new(MemoryStorage::new())))
        .register("boxed", |_| Ok(Arc::new(MemoryStorage::new()) as Arc<dyn Storage>))
        .register("handle", |options: &mut StorageSettings| {
            options.take_location("location")?;
            Ok(Store::new(MemoryStorage::new()))
        })
        .storage("hand", MemoryStorage::new())
        .toml("storages.a.url = 'plain:'\nstorages.b.url = 'pointed:'\nstorages.c.url = 'boxed:'\nstorages.d.url = 'handle:x'")
        .build()?;
    storages.backend::<ReadOnly<MemoryStorage>>("a")?;
    for name in ["b", "c", "d", "hand"] {
        let memory = storages.backend::<MemoryStorage>(name)?;
        assert_eq!(memory.inner_name("cat")?.as_str(), "cat", "{name}");
    }
    Ok(())
}

#[test]
fn another_type_is_an_error_that_names_both() -> Result<()> {
    let storages = Storages::builder().toml("storages.default.url = 'memory:'").build()?;
    let error = storages.backend::<ReadOnly<MemoryStorage>>("default").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert_eq!(
        error.to_string(),
        "the storage \"default\" is memory, and no ReadOnly<MemoryStorage>; ask for the type of its backend, or change \
         \"backend\" in [storages.default]"
    );
    let error = storages.backend::<MemoryStorage>("media").unwrap_err().to_string();
    assert!(error.starts_with("there is no storage \"media\""), "{error}");
    Ok(())
}

#[cfg(feature = "fs")]
#[tokio::test]
async fn a_disk_is_a_file_system_storage() -> Result<()> {
    let root = tempfile::tempdir().unwrap();
    let settings =
        format!("[storages.default]\nbackend = 'fs'\nroot = '{}'\nlocation = 'a/b'", root.path().display());
    let storages = Storages::builder().toml(settings).build()?;
    let disk = storages.backend::<holdall::fs::FileSystemStorage>("default")?;
    assert!(disk.root().ends_with("a/b"));
    let media = storages.get("default")?;
    media.save("cat.txt", "meow").await?;
    let path = disk.path(&disk.inner_name("cat.txt")?).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"meow");
    assert_eq!(media.path("cat.txt")?, Some(path), "policy and handle say the same");
    Ok(())
}

/// The bucket is reached behind policy, location and compression, and takes the same names.
#[cfg(feature = "s3")]
#[tokio::test]
async fn a_bucket_is_an_s3_storage() -> Result<()> {
    use holdall::s3::{PresignRequest, S3Storage};

    for more in ["", "gzip = true"] {
        let settings = format!(
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'\nlocation = 'media'\nregion = 'eu-central-1'\n\
             access_key = 'AKIDEXAMPLE'\nsecret_key = 'a/secret+key'\nendpoint = 'http://127.0.0.1:9000'\n{more}"
        );
        let storages = Storages::builder().toml(settings).build()?;
        let bucket = storages.backend::<S3Storage>("default")?;
        assert_eq!(bucket.bucket(), "my-site");
        let signed = bucket.presign(PresignRequest::get(bucket.inner_name("cat.jpg")?)).await?;
        assert!(format!("{signed:?}").contains("/my-site/media/cat.jpg"), "{signed:?}");
        let error = storages.backend::<MemoryStorage>("default").unwrap_err().to_string();
        assert!(error.contains("is s3://my-site/media, and no MemoryStorage;"), "{error}");
    }
    Ok(())
}
