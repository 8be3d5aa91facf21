//! `object_store`'s own `AmazonS3` against our S3 server: the way over a network, retries and lost replies.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use holdall_core::{Content, ErrorKind, SaveMode, Storage as _, Store, UploadPolicy, Visibility};
use holdall_object_store::{ObjectStoreStorage, ObjectStoreStorageBuilder, Profile};
use holdall_testing::conformance::{Suite, suite};
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};
use object_store::aws::{AmazonS3, AmazonS3Builder, S3CopyIfNotExists};
use object_store::{BackoffConfig, RetryConfig};

const BUCKET: &str = "media";
/// May appear in no error, `Debug` or `Display`.
const SECRET: &str = "canary-secret-4711";
const MIB: usize = 1 << 20;

async fn server(seed: u64) -> Arc<S3Server> {
    let server = S3Server::builder().credentials("AKIDCANARY", SECRET).bucket(BUCKET).seed(seed);
    Arc::new(server.start().await.expect("a free port"))
}

/// A client of that server. It retries as by default, but without the wait.
fn client(server: &S3Server, secret: &str) -> AmazonS3 {
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(1),
        max_backoff: Duration::from_millis(5),
        base: 2.0,
    };
    AmazonS3Builder::new()
        .with_bucket_name(BUCKET)
        .with_region("us-east-1")
        .with_endpoint(server.endpoint())
        .with_allow_http(true)
        .with_access_key_id("AKIDCANARY")
        .with_secret_access_key(secret)
        .with_copy_if_not_exists(S3CopyIfNotExists::Header("if-none-match".to_owned(), "*".to_owned()))
        .with_retry(RetryConfig { backoff, ..RetryConfig::default() })
        .build()
        .expect("good settings")
}

/// A storage that publishes large streams by a copy.
fn builder(server: &S3Server) -> ObjectStoreStorageBuilder {
    ObjectStoreStorage::s3(client(server, SECRET))
        .profile(Profile::s3().with_publish(true))
        .part_size(5 << 20)
}

fn store(server: &S3Server) -> Store {
    Store::new(builder(server).build().expect("good settings"))
}

/// The suite, watching the server for open uploads and staged objects.
fn on(server: &Arc<S3Server>) -> Suite {
    let server = Arc::clone(server);
    suite().secret(SECRET).leftovers(move || {
        let open = server.open_uploads(BUCKET).into_iter().map(|upload| format!("{upload:?}"));
        let staged = server.keys(BUCKET).into_iter().filter(|key| key.contains(".holdall-"));
        std::future::ready(open.chain(staged).collect())
    })
}

/// Content of unknown length.
fn stream_of(bytes: &Bytes) -> Content<'static> {
    let chunks: Vec<_> =
        bytes.chunks(300_000).map(|chunk| Ok::<_, std::io::Error>(Bytes::copy_from_slice(chunk))).collect();
    Content::stream(futures_util::stream::iter(chunks))
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_conforms() {
    let server = server(1).await;
    let stranger = ObjectStoreStorage::s3(client(&server, "not the secret")).build().unwrap();
    let storage = builder(&server).base_url(format!("{}/{BUCKET}", server.endpoint())).build().unwrap();
    on(&server).refused(Store::new(stranger)).run(&Store::new(storage)).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_conforms_below_a_location_and_without_publishing() {
    let server = server(2).await;
    let storage = ObjectStoreStorage::s3(client(&server, SECRET)).location("the/media").build().unwrap();
    on(&server).quick().run(&Store::new(storage).located("inner/place").unwrap()).await.assert();
    assert!(server.keys(BUCKET).is_empty());
}

/// A hundred savers of one name, with one reply in ten lost after the write was applied: a hundred names, no
/// content twice, none lost. Small ones, and streams that are staged and copied.
#[tokio::test(flavor = "multi_thread")]
async fn lost_replies_store_nothing_twice() {
    for (action, size) in [
        (FaultAction::ResetAfter, 1_000),
        (FaultAction::InternalErrorAfter, 1_000),
        (FaultAction::ResetAfter, 6 * MIB),
        (FaultAction::InternalErrorAfter, 6 * MIB),
    ] {
        let savers: u8 = if size > MIB { 8 } else { 100 };
        let server = server(u64::from(savers)).await;
        let writes = ["PutObject", "CopyObject", "CompleteMultipartUpload"];
        let rate = if size > MIB { 0.4 } else { 0.1 };
        let lost: Vec<_> = writes
            .map(|write| server.inject(Fault::new(action.clone()).operation(write).probability(rate)))
            .into();
        let stores = [store(&server), store(&server)];
        let tasks: Vec<_> = (0..savers)
            .map(|saver| {
                let store = stores[usize::from(saver) % 2].clone();
                let content = Bytes::from(vec![saver; size]);
                tokio::spawn(async move {
                    let saved = store.save("same.bin", stream_of(&content)).await.unwrap();
                    (saved.name.to_string(), content)
                })
            })
            .collect();
        let mut saved = BTreeMap::new();
        for task in tasks {
            let (name, content) = task.await.unwrap();
            assert!(saved.insert(name.clone(), content).is_none(), "{name} was given to two savers");
        }
        assert!(lost.iter().any(|fault| fault.hits() > 0), "no reply was lost");
        let keys: Vec<_> = saved.keys().cloned().collect();
        assert_eq!(server.keys(BUCKET), keys, "{action:?} with {size} bytes");
        for (name, content) in saved {
            assert!(server.object(BUCKET, &name).unwrap().content == content, "{name}");
        }
        assert!(server.open_uploads(BUCKET).is_empty());
    }
}

/// A create and a replace whose first reply was lost are done, and not taken for somebody else's.
#[tokio::test(flavor = "multi_thread")]
async fn conditional_writes_know_themselves_again() {
    let server = server(3).await;
    let store = store(&server);
    for action in [FaultAction::ResetAfter, FaultAction::InternalErrorAfter] {
        let lost = server.inject(Fault::new(action.clone()).operation("PutObject").times(1));
        let created = store.save("file", "one").create().await.unwrap();
        assert_eq!(lost.hits(), 1);
        let lost = server.inject(Fault::new(action).operation("PutObject").times(1));
        let etag = created.etag.clone().unwrap();
        let replaced = store.save("file", "two").replace(etag.clone()).await.unwrap();
        assert_eq!(lost.hits(), 1);
        assert_eq!(store.metadata("file").await.unwrap().etag, replaced.etag);
        let stale = store.save("file", "three").replace(etag).await.unwrap_err();
        assert_eq!(stale.kind(), ErrorKind::PreconditionFailed);
        store.delete("file").await.unwrap();
    }
}

/// A small save is one request, an open one, a large stream what the crate's page says.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_that_need_not_be() {
    let server = server(4).await;
    let store = store(&server);
    store.save("small", "x").await.unwrap();
    store.open("small").await.unwrap().bytes().await.unwrap();
    assert_eq!(server.requests().len(), 2);
    server.clear_requests();
    store.save("large", stream_of(&Bytes::from(vec![7; 11 * MIB]))).await.unwrap();
    let counts =
        ["HeadObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "CopyObject"]
            .map(|operation| server.count(operation));
    assert_eq!(counts, [2, 1, 3, 1, 1]);
    // The staged object goes by object_store's bulk deletion.
    assert_eq!(server.requests().len(), 9);
}

/// What cannot be kept is refused before the source is read, and says what to do.
#[tokio::test(flavor = "multi_thread")]
async fn large_streams_are_refused_where_nothing_publishes_them() {
    let server = server(5).await;
    let storage = ObjectStoreStorage::s3(client(&server, SECRET)).part_size(5 << 20).max_buffer(6 << 20);
    let store = Store::new(storage.build().unwrap());
    let content = Bytes::from(vec![7; 7 * MIB]);
    for mode in [SaveMode::Unique, SaveMode::Create] {
        for content in [stream_of(&content), stream_of(&content).with_size(7 << 20)] {
            let error = store.save("large", content).mode(mode.clone()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooLarge);
            assert!(error.to_string().contains("max_buffer"), "{error}");
        }
        // What is in memory anyway is sent with one request.
        let saved = store.save("large", content.clone()).mode(mode).await.unwrap();
        store.delete(&saved.name).await.unwrap();
    }
    store.save("large", stream_of(&content)).overwrite().await.unwrap();
    assert!(server.object(BUCKET, "large").unwrap().content == content);
}

/// Signed URLs are what the server checks: they read the file, expire when they say, and refuse another name.
#[tokio::test(flavor = "multi_thread")]
async fn signed_urls_work_and_are_capped() {
    let server = server(6).await;
    let store = store(&server);
    store.save("a b+c%20/日本.txt", "hello").await.unwrap();
    let link = store.url("a b+c%20/日本.txt").expires_in(Duration::from_hours(24 * 30)).await.unwrap();
    let week = SystemTime::now() + Duration::from_hours(24 * 7);
    assert!(link.expires_at.unwrap() <= week, "{link:?}");
    let reply = reqwest::get(link.as_str()).await.unwrap();
    assert_eq!(reply.text().await.unwrap(), "hello");
    let other = link.as_str().replace("%2520", "%2521");
    assert_ne!(other, link.as_str());
    assert_eq!(reqwest::get(other).await.unwrap().status(), 403);

    let overridden = store.url("a b+c%20/日本.txt").response_content_disposition("attachment").await.unwrap();
    let reply = reqwest::get(overridden.as_str()).await.unwrap();
    assert_eq!(reply.headers()["content-disposition"], "attachment");
    let zero = store.url("x").expires_in(Duration::ZERO).await.unwrap_err();
    assert_eq!(zero.kind(), ErrorKind::InvalidInput);
    let plain = store.url("x").visibility(Visibility::Public).await.unwrap_err();
    assert_eq!(plain.kind(), ErrorKind::Unsupported);
}

/// A client uploads with what it was given, exactly, and only where nothing is.
#[tokio::test(flavor = "multi_thread")]
async fn clients_upload_what_was_granted() {
    let server = server(7).await;
    let store = store(&server);
    let policy = UploadPolicy::default()
        .with_mode(SaveMode::Create)
        .with_cache_control("no-store")
        .with_user_metadata("album", "Größe");
    let request = store.upload_request("usr/cat.png").options(policy).await.unwrap();
    assert_eq!(request.headers["content-type"], "image/png");
    let send = |left_out: Option<&str>| {
        let headers = request.headers.iter().filter(|(name, _)| Some(name.as_str()) != left_out);
        let put = reqwest::Client::new().put(&request.url).body("cat");
        headers.fold(put, |put, (name, value)| put.header(name, value)).send()
    };
    assert_eq!(send(Some("if-none-match")).await.unwrap().status(), 403);
    assert_eq!(send(None).await.unwrap().status(), 200);
    assert_eq!(send(None).await.unwrap().status(), 412, "the name is taken now");
    let metadata = store.metadata("usr/cat.png").await.unwrap();
    assert_eq!(metadata.content_type(), "image/png");
    assert_eq!(metadata.attributes.cache_control.as_deref(), Some("no-store"));
    assert_eq!(metadata.attributes.user["album"], "Größe");
    for policy in [UploadPolicy::default().with_size(3), UploadPolicy::default().with_max_size(3)] {
        let error = store.upload_request("usr/cat.png").options(policy).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}

/// What a dead process left is swept when it is old, and nothing else is.
#[tokio::test(flavor = "multi_thread")]
async fn staged_objects_are_swept() {
    let server = server(8).await;
    let storage = builder(&server).location("media").build().unwrap();
    server.put_object(BUCKET, "media/.holdall-staging/abandoned", "x");
    server.put_object(BUCKET, "media/file", "x");
    assert_eq!(storage.sweep(Duration::from_hours(1)).await.unwrap().removed, 0);
    let store = Store::new(storage.clone());
    assert_eq!(store.list("").recursive().collect().await.unwrap().len(), 1, "it is not shown");
    // S3 tells whole seconds: it is older than nothing at once or in a second.
    while storage.sweep(Duration::ZERO).await.unwrap().removed == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.keys(BUCKET), ["media/file"]);
}
