//! A storage whose URLs expire, as those of a private bucket.

use std::fmt;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use futures_core::stream::BoxStream;
use holdall_core::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, ErrorKind, File, FileUrl, ListOptions,
    Location, MemoryStorage, Metadata, Name, OpenOptions, Result, SaveOptions, Saved, Storage, Store,
    UploadPolicy, UploadRequest, UrlOptions, Visibility,
};
use holdall_static::Assets;

use crate::site::collect;
use crate::support::SITE;

#[derive(Debug)]
struct Signed(MemoryStorage);

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a private bucket")
    }
}

#[async_trait]
impl Storage for Signed {
    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
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

    async fn url(&self, name: &Name, _: UrlOptions) -> Result<FileUrl> {
        let expires_at = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
        Ok(FileUrl::signed(format!("https://b.example/{name}?signature=secret"), expires_at))
    }

    async fn upload_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
        self.0.upload_request(name, policy).await
    }

    async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
        self.0.set_visibility(name, visibility).await
    }
}

#[tokio::test]
async fn urls_that_expire_are_refused_when_the_program_starts() {
    let store = Store::new(Signed(MemoryStorage::new()));
    collect(&store, &SITE).await;
    let error = Assets::load(&store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    let sentence = error.to_string();
    assert!(sentence.contains("its URLs expire") && sentence.contains("a private bucket"), "{sentence}");
    assert!(!format!("{sentence}{error:?}").contains("secret"), "{error:?}");
}
