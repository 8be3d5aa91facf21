//! Wrappers: what they change, and that they change nothing else. `Located` runs the conformance suite too.

use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use futures_core::stream::BoxStream;

use crate::error::{ErrorKind, Result};
use crate::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, File, FileUrl, ListOptions, Location,
    MediaStorage, MemoryStorage, Metadata, Name, OpenOptions, ReadOnly, SaveMode, SaveOptions, Saved,
    StaticStorage, Storage, Store, UploadPolicy, UploadRequest, UrlOptions, Visibility,
};

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
    media.save("cat.jpg", "").max_name_length(7).await.unwrap();
    let second = media.save("catalogue.jpg", "").max_name_length(14).await.unwrap();
    assert_eq!(second.name, "catalogue.jpg");
    let third = media.save("catalogue.jpg", "").max_name_length(14).await.unwrap();
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
        site.save("app.css", "third").mode(SaveMode::Unique).cache_control("no-store").await.unwrap();
    assert_ne!(second.name, "app.css", "an explicit mode wins");
    let metadata = site.metadata(&second.name).await.unwrap();
    assert_eq!(metadata.attributes.cache_control.as_deref(), Some("no-store"));

    let media = Store::new(MediaStorage::new(MemoryStorage::new(), location("media")));
    media.save("cat.jpg", "1").await.unwrap();
    assert_ne!(media.save("cat.jpg", "2").await.unwrap().name, "cat.jpg");
    assert_eq!(media.metadata("cat.jpg").await.unwrap().attributes.cache_control, None);
    assert_eq!(media.to_string(), "memory/media");
}

/// Answers with the name and the policy that reached it.
#[derive(Debug)]
struct Uploads(MemoryStorage, Capabilities, Arc<Mutex<Option<UploadPolicy>>>);

impl std::fmt::Display for Uploads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("uploads")
    }
}

#[async_trait::async_trait]
impl Storage for Uploads {
    fn capabilities(&self) -> &Capabilities {
        &self.1
    }
    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        self.0.open(name, options).await
    }
    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        self.0.save(name, content, options).await
    }
    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        self.0.delete(name, options).await
    }
    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        self.0.metadata(name).await
    }
    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        self.0.list(location, options)
    }
    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        self.0.copy(from, to, options).await
    }
    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        self.0.url(name, options).await
    }
    async fn upload_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
        *self.2.lock().unwrap() = Some(policy.clone());
        let name = policy.choose_name(name)?;
        let url = format!("https://x/{name}");
        Ok(UploadRequest::new(name, policy.resolve_method()?, url, UNIX_EPOCH))
    }
    async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
        self.0.set_visibility(name, visibility).await
    }
}

#[tokio::test]
async fn direct_uploads_stay_below_their_location() {
    let seen = Arc::new(Mutex::new(None));
    let uploads = || {
        let inner = MemoryStorage::new();
        let capabilities = inner.capabilities().clone().with_upload_request(true).with_upload_forms(true);
        Uploads(inner, capabilities, Arc::clone(&seen))
    };
    let policy = || seen.lock().unwrap().take().unwrap();
    let located = Store::new(uploads()).located("a/b").unwrap();
    let request = located.upload_request("c/cat.jpg").max_name_length(40).await.unwrap();
    assert!(request.name.as_str().starts_with("c/cat_"), "relative: {}", request.name);
    assert_eq!(request.url, format!("https://x/a/b/{}", request.name));
    assert_eq!(policy().max_name_length, Some(44), "the location counts for the storage, not for the caller");
    let any = located.upload_request("inbox").any_file_name(true).overwrite().await.unwrap();
    assert_eq!((any.name.as_str(), any.url.as_str()), ("inbox", "https://x/a/b/inbox"));
    assert_eq!(located.upload_request("../a").await.unwrap_err().kind(), ErrorKind::InvalidName);

    let site = Store::new(StaticStorage::new(uploads(), location("static")));
    assert_eq!(site.upload_request("app.css").await.unwrap().name, "app.css", "static files overwrite");
    let cache = policy().attributes.cache_control;
    assert_eq!(cache.as_deref(), Some(StaticStorage::<MemoryStorage>::CACHE_CONTROL));
    let media = Store::new(MediaStorage::new(uploads(), location("media")));
    assert_ne!(media.upload_request("cat.jpg").await.unwrap().name, "cat.jpg", "media rename");
    let refused = Store::new(ReadOnly::new(uploads())).upload_request("a").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
}
