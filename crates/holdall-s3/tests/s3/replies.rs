//! The use of replies: ids for support, clocks, the server's own words, absence, and requests that say that they
//! have no body.

use std::time::{Duration, SystemTime};

use holdall_core::{Error, ErrorKind, Store, Visibility};
use holdall_s3::sdk::TimeSource;
use holdall_s3::{S3Storage, S3StorageBuilder};
use holdall_testing::misbehaving::{Misbehaving, Reply};
use holdall_testing::s3_server::{Fault, FaultAction};

use crate::loopback::TlsFront;
use crate::support::{BUCKET, MIB, at, builder, configured, noise, server, store, stream_of};

/// The errors of every verb, each of a store of its own: the SDK corrects its clock by the first refusal that has a
/// body.
async fn errors(settings: &dyn Fn() -> S3StorageBuilder) -> Vec<Error> {
    let store = || Store::new(settings().build().expect("good settings"));
    vec![
        store().save("a.txt", "x").await.unwrap_err(),
        store().save("a.txt", "x").overwrite().await.unwrap_err(),
        store().save("a.bin", noise(9 * MIB)).overwrite().await.unwrap_err(),
        store().open("a.txt").await.unwrap_err(),
        store().metadata("a.txt").await.unwrap_err(),
        store().exists("a.txt").await.unwrap_err(),
        store().delete("a.txt").await.unwrap_err(),
        store().delete_many(["a.txt", "b.txt"]).await.remove(0).unwrap_err(),
        store().listdir("").await.unwrap_err(),
        store().delete_location("old").await.unwrap_err(),
        store().copy("a.txt", "b.txt").await.unwrap_err(),
        store().set_visibility("a.txt", Visibility::Private).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn every_error_of_a_server_says_which_reply_it_was() {
    let server = server().await;
    server.inject(Fault::new(FaultAction::Error { status: 403, code: "AccessDenied".to_owned() }));
    for error in errors(&|| builder(&server)).await {
        let reply = error.reply().unwrap_or_else(|| panic!("no reply: {error}"));
        assert_eq!(reply.status, 403);
        let id = reply.request_id.clone().expect("an id");
        assert!(reply.host_id.as_ref().is_some_and(|host| host.ends_with(&id)), "{reply}");
        assert!(error.to_string().ends_with(&format!("(request id {id})")), "{error}");
        assert!(!error.to_string().contains("holdall-testing-"), "the long one is for logs: {error}");
    }
    let missing = store(&self::server().await).open("a.txt").await.unwrap_err();
    let reply = missing.reply().expect("a reply");
    assert_eq!((reply.status, reply.code.as_deref()), (404, Some("NoSuchKey")));
    assert!(!missing.to_string().contains("request id"), "an answer is no fault: {missing}");
}

/// A clock that is wrong by that much.
#[derive(Debug)]
struct Wrong(i64);

impl TimeSource for Wrong {
    fn now(&self) -> SystemTime {
        let minutes = Duration::from_secs(60 * self.0.unsigned_abs());
        if self.0 < 0 { SystemTime::now() - minutes } else { SystemTime::now() + minutes }
    }
}

#[tokio::test]
async fn a_wrong_clock_is_named_by_every_verb() {
    let server = server().await;
    for (minutes, words) in [(-60, "60 minutes behind"), (90, "90 minutes ahead of")] {
        let settings = || builder(&server).max_attempts(1).time_source(Wrong(minutes));
        for error in errors(&settings).await {
            assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
            assert!(error.to_string().contains("clock"), "{error}");
            let near = [words.to_owned(), words.replace("60", "59").replace("90", "89")];
            assert!(near.iter().any(|words| error.to_string().contains(words)), "{error}");
            assert!(!error.to_string().contains("s3:ListBucket"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_missing_bucket_is_no_missing_file() {
    let server = server().await;
    let storage = at(server.endpoint(), "not-there").build().unwrap();
    let store = Store::new(storage.clone());
    for error in [
        store.exists("a.txt").await.unwrap_err(),
        store.metadata("a.txt").await.unwrap_err(),
        store.copy("a.txt", "b.txt").await.unwrap_err(),
        store.delete("a.txt").await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{error}");
        assert!(error.to_string().contains("\"not-there\""), "{error}");
    }
    // It is asked for once, and not again when it has been seen.
    storage.create_bucket().await.unwrap();
    server.clear_requests();
    for _ in 0..3 {
        assert!(!store.exists("a.txt").await.unwrap());
    }
    assert_eq!((server.count("HeadObject"), server.count("HeadBucket")), (3, 1));
}

/// Garage says with words what others have a code for.
#[tokio::test]
async fn the_words_of_a_server_are_kept() {
    let words = "Forbidden: No such key: GK31c2f218a2e44f485b94239e";
    let body = format!("<Error><Code>AccessDenied</Code><Message>{words}</Message></Error>");
    let server = Misbehaving::start(Reply::new("wrong key", 403).body(&body)).await.unwrap();
    let storage = believing(&server);
    let store = Store::new(storage.clone());
    for error in [
        store.save("a.txt", "x").overwrite().await.unwrap_err(),
        store.open("a.txt").await.unwrap_err(),
        store.listdir("").await.unwrap_err(),
        store.delete("a.txt").await.unwrap_err(),
        storage.buckets().set_cors(BUCKET, &[]).await.unwrap_err(),
        storage.buckets().delete(BUCKET).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
        assert!(error.to_string().contains(words) && error.to_string().contains("keys"), "{error}");
    }
    // HEAD has no words: the error names every reason.
    let error = store.exists("a.txt").await.unwrap_err();
    assert!(
        error.to_string().contains("keys are wrong") && error.to_string().contains("s3:ListBucket"),
        "{error}"
    );
}

fn believing(server: &Misbehaving) -> S3Storage {
    let settings = at(server.endpoint(), BUCKET);
    // Nothing is to be asked before the requests that a test counts.
    let settings = settings.conditional_writes(true).conditional_copies(true).conditional_deletes(false);
    settings.max_attempts(1).retry_backoff(Duration::from_millis(1)).build().unwrap()
}

/// A 412 for a name that nobody has, and a 404 page: neither is a race that somebody else won.
#[tokio::test]
async fn refusals_that_nobody_caused_are_not_called_a_race() {
    let refusal = "<Error><Code>PreconditionFailed</Code><Message>no</Message></Error>";
    let server = server().await;
    let handle = server.inject(
        Fault::new(FaultAction::Error { status: 412, code: "PreconditionFailed".to_owned() })
            .operation("PutObject"),
    );
    for error in [
        store(&server).save("a.txt", "x").await.unwrap_err(),
        store(&server).save("a.txt", "x").create().await.unwrap_err(),
    ] {
        assert!(!error.is_retryable(), "{error}");
        assert!(error.to_string().contains("there is no file of that name"), "{error}");
    }
    assert_eq!(handle.hits(), 10, "five requests each: {refusal}");

    let page = Reply::new("page", 404).header("content-type", "text/html").body("<html><h1>404</h1></html>");
    let server = Misbehaving::only("PutObject", page).await.unwrap();
    let error = Store::new(believing(&server)).save("a.txt", "x").await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::InvalidConfig, false), "{error}");
    assert_eq!(server.requests().len(), 1);
}

/// A success that the SDK cannot parse is no failure that passes.
#[tokio::test]
async fn a_success_that_cannot_be_read_is_not_called_a_failure_that_passes() {
    let broken = "<ListBucketResult><IsTruncated>perhaps</IsTruncated></ListBucketResult>";
    let server = Misbehaving::start(Reply::new("broken", 200).body(broken)).await.unwrap();
    let error = Store::new(believing(&server)).listdir("").await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Other, false), "{error}");
    assert!(error.to_string().contains("cannot be read"), "{error}");
}

/// Ceph 16 completes an upload without an entity tag.
#[tokio::test]
async fn a_completion_without_a_tag_is_settled_by_a_look() {
    let reply = |body| Reply::new("complete", 200).body(body);
    let whole = "<CompleteMultipartUploadResult><ETag></ETag><Key>k</Key></CompleteMultipartUploadResult>";
    // The polite server has another file than ours: without our mark it is not taken for ours.
    let server = Misbehaving::only("CompleteMultipartUpload", reply(whole)).await.unwrap();
    let error = Store::new(believing(&server)).save("a.bin", noise(9 * MIB)).overwrite().await.unwrap_err();
    assert!(error.to_string().contains("without an ETag"), "{error}");
    assert_eq!(server.met(), 1);
}

#[tokio::test]
async fn tls_that_fails_says_what_to_set() {
    let server = server().await;
    let plain = builder(&server).endpoint(server.endpoint().replace("http:", "https:")).max_attempts(1);
    let error = Store::new(plain.build().unwrap()).exists("a.txt").await.unwrap_err();
    assert!(error.to_string().contains("http://") && !error.is_retryable(), "{error}");

    let front = TlsFront::start(server.address()).await;
    let private = builder(&server).endpoint(front.endpoint()).max_attempts(1);
    let error = Store::new(private.build().unwrap()).exists("a.txt").await.unwrap_err();
    assert!(error.to_string().contains("ca_bundle") && !error.is_retryable(), "{error}");
}

#[tokio::test]
async fn requests_without_a_body_say_so() {
    let server = configured().needs_length(true).start().await.unwrap();
    let settings = builder(&server).max_copy_size(6 * MIB as u64).copy_part_size(5 * MIB as u64);
    let store = Store::new(settings.build().unwrap());
    let large = noise(9 * MIB);
    store.save("a.bin", stream_of(&large)).await.unwrap();
    store.copy("a.bin", "b.bin").await.unwrap();
    store.save("empty.txt", "").await.unwrap();
    store.set_visibility("empty.txt", Visibility::Private).await.unwrap();
    store.rename("empty.txt", "other.txt").await.unwrap();
    assert_eq!(store.open("b.bin").await.unwrap().bytes().await.unwrap(), large);
    assert!(server.count("UploadPartCopy") > 1 && server.count("CreateMultipartUpload") > 1);
    assert!(server.requests().iter().all(|request| request.status != Some(411)));
}
