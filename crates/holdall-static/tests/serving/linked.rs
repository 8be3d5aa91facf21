//! A memory with URLs, as a bucket has them: plain ones, or such as expire.

use std::fmt;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use futures_core::stream::BoxStream;
use holdall_core::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, ErrorKind, File, FileUrl, ListOptions,
    Location, MemoryStorage, Metadata, Name, OpenOptions, Result, SaveOptions, Saved, Storage, Store,
    UploadPolicy, UploadRequest, UrlOptions, Visibility,
};
use holdall_static::{Assets, Collector, Compression, Embedded, Encoding};

use crate::example::SITE;
use crate::site::collect;

#[derive(Debug)]
struct Linked(MemoryStorage, Option<SystemTime>);

impl fmt::Display for Linked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bucket")
    }
}

#[async_trait]
impl Storage for Linked {
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
        Ok(match self.1 {
            Some(at) => FileUrl::signed(format!("https://b.example/{name}?signature=secret"), at),
            None => FileUrl::plain(format!("https://b.example/{name}")),
        })
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
    let expires_at = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
    let store = Store::new(Linked(MemoryStorage::new(), Some(expires_at)));
    collect(&store, &SITE).await;
    let error = Assets::load(&store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    let sentence = error.to_string();
    assert!(sentence.contains("its URLs expire") && sentence.contains("a bucket"), "{sentence}");
    assert!(!format!("{sentence}{error:?}").contains("secret"), "{error:?}");
}

#[tokio::test]
async fn what_is_stored_encoded_has_the_integrity_of_what_a_browser_decodes() {
    use base64::Engine as _;
    use sha2::Digest as _;

    let store = Store::new(Linked(MemoryStorage::new(), None));
    let text = "a { color: red }\n".repeat(100);
    let files = Embedded::new([("app.css", text.clone())]).unwrap();
    let gzip = Compression::in_place(Encoding::Gzip, 6);
    Collector::new().finder(files).compress(gzip).collect(&store).await.unwrap();

    let assets = Assets::load(&store).await.unwrap();
    let sum = base64::engine::general_purpose::STANDARD.encode(sha2::Sha384::digest(&text));
    assert_eq!(assets.integrity("app.css").unwrap(), Some(format!("sha384-{sum}")));
    let manifest = assets.manifest().unwrap();
    let hashed = manifest.get("app.css").unwrap();
    let sent = manifest.representation(hashed.as_str(), |_| false).unwrap();
    assert_eq!((sent.encoding, sent.immutable), (Some(Encoding::Gzip), true));
    assert_eq!(store.metadata(hashed).await.unwrap().size, sent.size);
    assert!(sent.size < text.len() as u64);
}
