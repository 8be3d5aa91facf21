//! What the gallery does when its storage or its database says no.

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::http::StatusCode;
use futures_util::stream::BoxStream;
use holdall::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, Error, ErrorKind, File, FileUrl, ListOptions,
    Location, Metadata, Name, OpenOptions, Result, SaveOptions, Saved, Storage, Store, UploadPolicy,
    UploadRequest, UrlOptions, Visibility,
};

use holdall_testing::s3_server::S3Server;

use crate::pictures::png;
use crate::site::Site;

/// The error that every write gets at the moment, shared with the test.
type Mood = Arc<Mutex<Option<ErrorKind>>>;

/// A storage whose writes fail whenever the test wants them to.
#[derive(Debug)]
struct Troubled {
    inner: Arc<dyn Storage>,
    mood: Mood,
}

impl fmt::Display for Troubled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl Troubled {
    fn check(&self) -> Result<()> {
        match *self.mood.lock().unwrap() {
            Some(kind) => Err(Error::new(kind).with_source("a detail for the log alone")),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Storage for Troubled {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        self.inner.open(name, options).await
    }

    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        self.check()?;
        self.inner.save(name, content, options).await
    }

    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        self.check()?;
        self.inner.delete(name, options).await
    }

    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        self.inner.metadata(name).await
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

/// A site, and the switch for its storage's trouble.
async fn troubled_site() -> (Site, Mood) {
    let mood = Mood::default();
    let site = Site::with(&[], |media| {
        Store::new(Troubled { inner: Arc::clone(media.storage()), mood: Arc::clone(&mood) })
    })
    .await;
    (site, mood)
}

#[tokio::test]
async fn a_storage_in_trouble_is_a_503_with_a_sentence_that_fits() {
    let (site, mood) = troubled_site().await;
    for (kind, sentence) in [
        (ErrorKind::StorageFull, "The storage is full"),
        (ErrorKind::PermissionDenied, "not allowed to use its storage"),
        (ErrorKind::Unavailable, "does not answer at the moment"),
        (ErrorKind::Timeout, "does not answer at the moment"),
        (ErrorKind::InvalidConfig, "not set up for this"),
        (ErrorKind::Other, "could not do this"),
    ] {
        *mood.lock().unwrap() = Some(kind);
        let answer = site.upload("cat.png", &png(2, 2, 0)).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{kind:?}");
        assert!(answer.alert().contains(sentence), "{kind:?}: {}", answer.alert());
        assert!(!answer.text().contains("a detail for the log"), "{}", answer.text());
        assert!(answer.text().contains("No images yet"), "nothing is recorded");
    }
    *mood.lock().unwrap() = None;
    site.stored("cat.png", &png(2, 2, 0)).await;
}

#[tokio::test]
async fn a_bucket_that_is_not_to_be_had_is_a_503_too() {
    let server = S3Server::builder().credentials("AKID", "secret").bucket("photos").start().await.unwrap();
    let endpoint = server.endpoint();
    // Port 9 is "discard": nobody listens there.
    for (bucket, secret, endpoint, sentence) in [
        ("photos", "wrong", endpoint.as_str(), "not allowed to use its storage"),
        ("absent", "secret", &endpoint, "not set up for this"),
        ("photos", "secret", "http://127.0.0.1:9", "does not answer at the moment"),
    ] {
        let url = format!(
            "s3://{bucket}/media?region=us-east-1&endpoint={endpoint}&access_key=AKID&secret_key={secret}&max_attempts=1"
        );
        let site = Site::with(&[], |_| holdall::open_url(&url).unwrap()).await;
        let answer = site.upload("cat.png", &png(2, 2, 0)).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.alert());
        assert!(answer.alert().contains(sentence), "{}", answer.alert());
        assert!(answer.text().contains("No images yet"), "nothing is recorded");
    }
    assert!(server.keys("photos").is_empty());
}

#[tokio::test]
async fn a_delete_that_the_storage_refuses_can_be_tried_again() {
    let (site, mood) = troubled_site().await;
    let id = site.stored("cat.png", &png(2, 2, 0)).await;
    let before = site.get(&format!("/images/{id}")).await;

    *mood.lock().unwrap() = Some(ErrorKind::Unavailable);
    let answer = site.delete(id, &site.token).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().contains("please try again"), "{}", answer.text());
    let after = site.get(&format!("/images/{id}")).await;
    assert_eq!(after.text(), before.text(), "the image is where it was, as it was");

    *mood.lock().unwrap() = None;
    assert_eq!(site.delete(id, &site.token).await.status, StatusCode::SEE_OTHER);
    assert!(site.files().await.is_empty());
}

#[tokio::test]
async fn an_image_that_cannot_be_recorded_is_not_stored_either() {
    let site = Site::new().await;
    sqlx::query("CREATE TRIGGER no BEFORE INSERT ON image BEGIN SELECT RAISE(ABORT, 'a locked door'); END")
        .execute(site.app.db())
        .await
        .unwrap();
    let answer = site.upload("cat.png", &png(2, 2, 0)).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.alert().contains("It has been logged"), "{}", answer.alert());
    assert!(!answer.text().contains("a locked door"), "{}", answer.text());
    assert!(site.files().await.is_empty(), "the file went the way of its row");
}

#[tokio::test]
async fn a_database_in_trouble_is_a_page_too() {
    let site = Site::new().await;
    sqlx::query("DROP TABLE image").execute(site.app.db()).await.unwrap();
    let answer = site.get("/").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.text().contains("The gallery is in trouble"), "{}", answer.text());
    assert!(!answer.text().contains("no such table"), "{}", answer.text());
}
