//! A collection that fails at any save leaves what was published before whole, and the next one goes on from there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use holdall_core::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, Error, ErrorKind, File, FileUrl, ListOptions,
    Location, MemoryStorage, Metadata, Name, OpenOptions, Result, SaveOptions, Saved, Storage, Store,
    UploadPolicy, UploadRequest, UrlOptions, Visibility,
};

use crate::support::{SITE, contents, manifest, of};

/// A storage that saves so many files and then is full.
#[derive(Debug)]
struct Filling {
    inner: Arc<MemoryStorage>,
    room: AtomicUsize,
}

impl std::fmt::Display for Filling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

#[async_trait]
impl Storage for Filling {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        self.inner.open(name, options).await
    }

    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        if self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| room.checked_sub(1)).is_err() {
            return Err(Error::new(ErrorKind::StorageFull));
        }
        self.inner.save(name, content, options).await
    }

    async fn delete(&self, _: &Name, _: DeleteOptions) -> Result<()> {
        panic!("a collection deletes nothing")
    }

    async fn metadata(&self, _: &Name) -> Result<Metadata> {
        panic!("a collection asks for no single file")
    }

    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        self.inner.list(location, options)
    }

    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        self.inner.copy(from, to, options).await
    }

    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        self.inner.url(name, options).await
    }

    async fn upload_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
        self.inner.upload_request(name, policy).await
    }

    async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
        self.inner.set_visibility(name, visibility).await
    }
}

#[tokio::test]
async fn a_failure_at_any_save_leaves_the_last_generation_whole() {
    let mut changed = SITE;
    changed[0].1 = "@import 'base.css'; b { background: url(../img/cat.png) }";
    changed[2].1 = "another cat";
    let mut failures = 0;
    for room in 0.. {
        let inner = Arc::new(MemoryStorage::new());
        let plain = Store::new(Arc::clone(&inner) as Arc<dyn Storage>);
        of(&SITE).collect(&plain).await.unwrap();
        let (old, before) = (manifest(&plain).await, contents(&plain).await);

        let filling = Store::new(Filling { inner, room: AtomicUsize::new(room) });
        match of(&changed).jobs(1).collect(&filling).await {
            Ok(report) => {
                assert_eq!((report.published.saved().count(), failures), (room, room));
                break;
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::StorageFull, "{error}"),
        }
        failures += 1;
        assert_eq!(manifest(&plain).await, old);
        let after = contents(&plain).await;
        for (_, hashed) in old.iter() {
            assert_eq!(after[hashed.as_str()], before[hashed.as_str()]);
        }
        // The next run sends no hashed file again. Of a copy nobody knows what it is before a manifest says so:
        // tags are no digests in memory.
        let rest = of(&changed).collect(&plain).await.unwrap();
        let (new, saved) = (manifest(&plain).await, rest.published.saved().collect::<Vec<_>>());
        let missing = new.iter().filter(|(_, hashed)| !after.contains_key(hashed.as_str())).count();
        assert_eq!(
            saved.iter().filter(|name| new.iter().any(|(_, hashed)| hashed == **name)).count(),
            missing
        );
        assert_eq!(contents(&plain).await["img/cat.png"], "another cat");
    }
    assert_eq!(failures, 5);
}
