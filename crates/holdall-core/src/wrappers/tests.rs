//! Wrappers: what they change, and that they change nothing else. `Located` runs the conformance suite too.

use std::sync::Arc;

use crate::error::ErrorKind;
use crate::{Location, MediaStorage, MemoryStorage, Name, ReadOnly, SaveMode, StaticStorage, Storage, Store};

fn location(text: &str) -> Location {
    Location::new(text).unwrap()
}

#[tokio::test]
async fn a_location_hides_everything_outside() {
    let outer = Store::new(MemoryStorage::new());
    let media = outer.located("media").unwrap();
    let nested = media.located("usr").unwrap();
    outer.save("secret", "").await.unwrap();
    outer.save("media2/x", "").await.unwrap();
    let saved = nested.save("cat.jpg", "").await.unwrap();

    assert_eq!(saved.name, "cat.jpg");
    assert_eq!(nested.to_string(), "memory/media/usr");
    assert!(outer.exists("media/usr/cat.jpg").await.unwrap());
    assert!(!media.exists("secret").await.unwrap());
    assert_eq!(media.listdir("").await.unwrap().dirs, [location("usr")]);
    assert!(media.listdir("").await.unwrap().files.is_empty());

    let error = nested.open("dog.jpg").await.unwrap_err();
    assert_eq!(error.to_string(), "cannot open \"dog.jpg\" in memory/media/usr: there is no such file");
    assert_eq!(nested.open("../cat.jpg").await.unwrap_err().kind(), ErrorKind::InvalidName);
}

#[tokio::test]
async fn a_location_counts_only_its_own_names() {
    let media = Store::new(MemoryStorage::new()).located("a/long/location").unwrap();
    media.save("cat.jpg", "").max_length(7).await.unwrap();
    let second = media.save("catalogue.jpg", "").max_length(14).await.unwrap();
    assert_eq!(second.name, "catalogue.jpg");
    let third = media.save("catalogue.jpg", "").max_length(14).await.unwrap();
    assert_eq!(third.name.as_str().len(), 14, "{}", third.name);
    // Together with its location the name would be longer than any storage takes.
    let error = media.save("x".repeat(1020), "").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidName);
}

#[tokio::test]
async fn read_only_refuses_every_change_and_forwards_the_rest() {
    let inner: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    let (writable, store) = (Store::new(Arc::clone(&inner)), Store::new(ReadOnly::new(inner)));
    writable.save("a", "x").await.unwrap();
    for error in [
        store.save("b", "").await.unwrap_err(),
        store.save("a", "").overwrite().await.unwrap_err(),
        store.delete("a").await.unwrap_err(),
        store.copy("a", "b").await.unwrap_err(),
        store.rename("a", "b").await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains("read-only"), "{error}");
    }
    // Below the handle, too: the wrapper itself refuses.
    let name = Name::new("a").unwrap();
    assert!(store.storage().delete(&name, crate::DeleteOptions::default()).await.is_err());
    assert_eq!(store.open("a").await.unwrap().text().await.unwrap(), "x");
    assert_eq!(store.listdir("").await.unwrap().files.len(), 1);
}

#[tokio::test]
async fn static_files_overwrite_and_media_rename() {
    let site = Store::new(StaticStorage::new(MemoryStorage::new(), location("static")));
    site.save("app.css", "old").await.unwrap();
    assert_eq!(site.save("app.css", "new").await.unwrap().name, "app.css");
    let metadata = site.metadata("app.css").await.unwrap();
    assert_eq!(
        metadata.attributes.cache_control.as_deref(),
        Some(StaticStorage::<MemoryStorage>::CACHE_CONTROL)
    );
    let second =
        site.save("app.css", "third").mode(SaveMode::Rename).cache_control("no-store").await.unwrap();
    assert_ne!(second.name, "app.css", "an explicit mode wins");
    let metadata = site.metadata(&second.name).await.unwrap();
    assert_eq!(metadata.attributes.cache_control.as_deref(), Some("no-store"));

    let media = Store::new(MediaStorage::new(MemoryStorage::new(), location("media")));
    media.save("cat.jpg", "1").await.unwrap();
    assert_ne!(media.save("cat.jpg", "2").await.unwrap().name, "cat.jpg");
    assert_eq!(media.metadata("cat.jpg").await.unwrap().attributes.cache_control, None);
    assert_eq!(media.to_string(), "memory/media");
}
