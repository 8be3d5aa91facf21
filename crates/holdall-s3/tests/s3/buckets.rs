//! Buckets: made, listed, deleted, set up.

use std::error::Error as _;

use futures_util::TryStreamExt as _;
use holdall_core::{ErrorKind, Storage as _, Store};
use holdall_s3::{
    BucketNotEmpty, BucketPolicy, Buckets, CorsMethod, CorsRule, LifecycleRule, ObjectOwnership,
    PublicAccessBlock, S3Storage, cors_for_browser_uploads,
};
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};

use crate::support::{BUCKET, SECRET, builder, configured, fetch, server};

fn buckets(server: &S3Server) -> Buckets {
    builder(server).build().unwrap().buckets()
}

fn is_not_empty(error: &holdall_core::Error) -> bool {
    error.source().is_some_and(<dyn std::error::Error>::is::<BucketNotEmpty>)
}

fn denied() -> FaultAction {
    FaultAction::Error { status: 403, code: "AccessDenied".to_owned() }
}

#[tokio::test]
async fn they_are_made_listed_and_deleted() {
    let server = server().await;
    let buckets = buckets(&server);
    assert!(!buckets.exists("another").await.unwrap());
    buckets.create("another").await.unwrap();
    buckets.create("another").await.expect("ours already is fine");
    assert!(buckets.exists("another").await.unwrap());
    let names: Vec<_> = buckets.list().map_ok(|bucket| bucket.name).try_collect().await.unwrap();
    assert_eq!(names, ["another", BUCKET]);
    assert!(buckets.list().try_next().await.unwrap().unwrap().created.is_some());

    server.put_object("another", "a//b", "foreign");
    let error = buckets.delete("another").await.unwrap_err();
    assert_eq!((error.kind(), error.name()), (ErrorKind::Conflict, Some("another")));
    assert!(is_not_empty(&error), "{error:?}");
    assert_eq!(server.count("DeleteBucket"), 0, "it is looked at first: some servers would just delete it");
    server.remove_object("another", "a//b");
    buckets.delete("another").await.unwrap();
    buckets.delete("another").await.expect("a missing one is fine");
    assert!(!buckets.exists("another").await.unwrap());

    server.clear_requests();
    for wrong in ["", "Med ia", "a@b", "../x"] {
        assert_eq!(buckets.create(wrong).await.unwrap_err().kind(), ErrorKind::InvalidConfig, "{wrong:?}");
        assert!(buckets.delete(wrong).await.is_err() && buckets.exists(wrong).await.is_err());
    }
    assert!(server.requests().is_empty());
}

/// The server's own answer is typed, too: versions are what no listing of objects shows.
#[tokio::test]
async fn a_bucket_of_old_versions_is_not_empty() {
    let server =
        S3Server::builder().credentials("AKIDCANARY", SECRET).versioned(BUCKET).start().await.unwrap();
    let storage = builder(&server).versions(true).build().unwrap();
    let store = Store::new(storage.clone());
    store.save("a", "x").await.unwrap();
    store.delete("a").await.unwrap();
    let error = storage.buckets().delete(BUCKET).await.unwrap_err();
    assert!(is_not_empty(&error), "{error:?}");
    assert_eq!(server.count("DeleteBucket"), 1);
}

#[tokio::test]
async fn a_region_is_named_only_where_it_is_asked_for() {
    let server = server().await;
    let constraint = |number: usize| {
        let requests = server.requests();
        let creation =
            requests.iter().filter(|request| request.operation == "CreateBucket").nth(number).unwrap();
        creation.header("content-length").is_some_and(|length| length != "0")
    };
    let elsewhere = builder(&server).region("eu-central-1").build().unwrap().buckets();
    elsewhere.create("one").await.unwrap();
    assert!(!constraint(0), "another server than AWS gets none");
    elsewhere.create_in("two", "eu-central-1").await.unwrap();
    assert!(constraint(1));
    elsewhere.create_in("three", "us-east-1").await.unwrap();
    assert!(!constraint(2), "us-east-1 is refused as a constraint");
}

#[tokio::test]
async fn somebody_elses_bucket_is_typed() {
    let server = server().await;
    let taken = FaultAction::Error { status: 409, code: "BucketAlreadyExists".to_owned() };
    server.inject(Fault::new(taken).operation("CreateBucket"));
    let error = buckets(&server).create("popular").await.unwrap_err();
    assert_eq!((error.kind(), error.name()), (ErrorKind::AlreadyExists, Some("popular")));
}

#[tokio::test]
async fn cors_rules_let_a_page_upload() {
    let server = server().await;
    let buckets = buckets(&server);
    assert!(buckets.cors(BUCKET).await.unwrap().is_empty());
    let rule = cors_for_browser_uploads(["https://www.example.com"]).unwrap();
    buckets.set_cors(BUCKET, std::slice::from_ref(&rule)).await.unwrap();
    assert_eq!(buckets.cors(BUCKET).await.unwrap(), std::slice::from_ref(&rule));

    let preflight = |origin: &'static str, method: &'static str, headers: &'static str| {
        let url = format!("{}/{BUCKET}/a.txt", server.endpoint());
        async move { crate::support::preflight(&url, origin, method, headers).await }
    };
    let asked = "content-type,if-none-match,x-amz-checksum-crc64nvme,x-amz-meta-album";
    let allowed = preflight("https://www.example.com", "PUT", asked).await;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://www.example.com"));
    assert_eq!(allowed.header("access-control-max-age"), Some("3600"));
    assert!(allowed.header("access-control-expose-headers").unwrap().starts_with("ETag"));
    assert_eq!(preflight("https://www.example.com", "POST", "").await.status, 200);
    assert_eq!(preflight("https://evil.example", "PUT", "").await.status, 403);
    assert_eq!(preflight("https://www.example.com", "DELETE", "").await.status, 403);

    let mut read_only = CorsRule::default();
    read_only.origins = vec!["*".to_owned()];
    read_only.methods = vec![CorsMethod::Get];
    buckets.set_cors(BUCKET, &[rule, read_only.clone()]).await.unwrap();
    assert_eq!(buckets.cors(BUCKET).await.unwrap()[1], read_only);
    buckets.delete_cors(BUCKET).await.unwrap();
    buckets.set_cors(BUCKET, &[]).await.expect("none are none");
    assert!(buckets.cors(BUCKET).await.unwrap().is_empty());
    let error = buckets.set_cors(BUCKET, &[CorsRule::default()]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_policy_makes_a_location_public() {
    let server = server().await;
    let storage = builder(&server).build().unwrap();
    let (buckets, store) = (storage.buckets(), Store::new(storage));
    store.save("pub/a.txt", "hello").await.unwrap();
    store.save("private.txt", "secret").await.unwrap();
    assert_eq!(buckets.policy(BUCKET).await.unwrap(), None);
    let status = |name: &'static str| {
        let url = format!("{}/{BUCKET}/{name}", server.endpoint());
        async move { fetch("GET", &url).await.status }
    };
    assert_eq!(status("pub/a.txt").await, 403);
    let policy = BucketPolicy::new().allow_public_read("pub").unwrap();
    buckets.set_policy(BUCKET, &policy).await.unwrap();
    assert_eq!((status("pub/a.txt").await, status("private.txt").await), (200, 403));
    assert_eq!(buckets.policy(BUCKET).await.unwrap(), Some(policy.to_json(BUCKET)));

    let raw = BucketPolicy::from_json(policy.to_json(BUCKET).replace("pub/*", "private.txt")).unwrap();
    buckets.set_policy(BUCKET, &raw).await.unwrap();
    assert_eq!((status("pub/a.txt").await, status("private.txt").await), (403, 200));
    buckets.delete_policy(BUCKET).await.unwrap();
    buckets.delete_policy(BUCKET).await.expect("none is fine");
    assert_eq!((buckets.policy(BUCKET).await.unwrap(), status("private.txt").await), (None, 403));
    let error = buckets.set_policy(BUCKET, &BucketPolicy::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn public_access_is_blocked() {
    let server = server().await;
    let buckets = buckets(&server);
    assert_eq!(buckets.public_access_block(BUCKET).await.unwrap(), None);
    buckets.set_public_access_block(BUCKET, PublicAccessBlock::all()).await.unwrap();
    assert_eq!(buckets.public_access_block(BUCKET).await.unwrap(), Some(PublicAccessBlock::all()));
    let policy = BucketPolicy::new().allow_public_read("").unwrap();
    let error = buckets.set_policy(BUCKET, &policy).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
    buckets.set_public_access_block(BUCKET, PublicAccessBlock::acls_only()).await.unwrap();
    buckets.set_policy(BUCKET, &policy).await.expect("policies are not blocked now");
    buckets.delete_public_access_block(BUCKET).await.unwrap();
    buckets.delete_public_access_block(BUCKET).await.expect("none is fine");
    assert_eq!(buckets.public_access_block(BUCKET).await.unwrap(), None);
}

#[tokio::test]
async fn ownership_decides_whether_acls_are_taken() {
    let server = server().await;
    let storage = builder(&server).build().unwrap();
    let (buckets, store) = (storage.buckets(), Store::new(storage));
    let public = || store.save("a", "x").overwrite().visibility(holdall_core::Visibility::Public);
    assert_eq!(buckets.object_ownership(BUCKET).await.unwrap(), None);
    for (ownership, takes_acls) in [
        (ObjectOwnership::BucketOwnerEnforced, false),
        (ObjectOwnership::BucketOwnerPreferred, true),
        (ObjectOwnership::ObjectWriter, true),
    ] {
        buckets.set_object_ownership(BUCKET, ownership).await.unwrap();
        assert_eq!(buckets.object_ownership(BUCKET).await.unwrap(), Some(ownership));
        assert_eq!(public().await.is_ok(), takes_acls, "{ownership:?}");
    }
}

#[tokio::test]
async fn lifecycle_rules_live_beside_each_other() {
    let server = server().await;
    let buckets = buckets(&server);
    assert!(buckets.lifecycle(BUCKET).await.unwrap().is_empty());
    let temporary = LifecycleRule::new("temporary").with_prefix("tmp/").with_expire_after_days(1);
    buckets.set_lifecycle(BUCKET, std::slice::from_ref(&temporary)).await.unwrap();
    buckets.abort_abandoned_uploads(BUCKET, 7).await.unwrap();
    let shown = |rules: &[LifecycleRule]| -> Vec<_> {
        let show = |rule: &LifecycleRule| {
            (
                rule.id.clone(),
                rule.prefix.clone(),
                rule.expire_after_days,
                rule.abort_uploads_after_days,
                rule.enabled,
            )
        };
        rules.iter().map(show).collect()
    };
    let ours = "holdall-abort-abandoned-uploads";
    let expected = |days| {
        [
            ("temporary".to_owned(), "tmp/".to_owned(), Some(1), None, true),
            (ours.to_owned(), String::new(), None, Some(days), true),
        ]
    };
    assert_eq!(shown(&buckets.lifecycle(BUCKET).await.unwrap()), expected(7));

    server.clear_requests();
    buckets.abort_abandoned_uploads(BUCKET, 7).await.unwrap();
    assert_eq!(server.count("PutBucketLifecycleConfiguration"), 0, "it says so already");
    buckets.abort_abandoned_uploads(BUCKET, 3).await.unwrap();
    assert_eq!(shown(&buckets.lifecycle(BUCKET).await.unwrap()), expected(3));
    assert_eq!(buckets.abort_abandoned_uploads(BUCKET, 0).await.unwrap_err().kind(), ErrorKind::InvalidInput);

    buckets.set_lifecycle(BUCKET, &[]).await.unwrap();
    buckets.delete_lifecycle(BUCKET).await.expect("none are fine");
    assert!(buckets.lifecycle(BUCKET).await.unwrap().is_empty());
}

/// Every refusal says which permission it is about.
#[tokio::test]
async fn a_refusal_names_the_action() {
    let server = server().await;
    server.inject(Fault::new(denied()));
    let buckets = buckets(&server);
    let rule = cors_for_browser_uploads(["*"]).unwrap();
    let policy = BucketPolicy::new().deny_insecure_transport();
    let lifecycle = LifecycleRule::new("a").with_expire_after_days(1);
    macro_rules! refused {
        ($($call:expr => $action:literal),+ $(,)?) => {$(
            let error = $call.await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{}", $action);
            assert!(error.to_string().contains(concat!("permission ", $action)), "{error}");
        )+};
    }
    refused! {
        buckets.create("another") => "s3:CreateBucket",
        buckets.exists(BUCKET) => "s3:ListBucket",
        buckets.delete(BUCKET) => "s3:ListBucket",
        buckets.list().try_next() => "s3:ListAllMyBuckets",
        buckets.cors(BUCKET) => "s3:GetBucketCORS",
        buckets.set_cors(BUCKET, &[rule]) => "s3:PutBucketCORS",
        buckets.delete_cors(BUCKET) => "s3:PutBucketCORS",
        buckets.policy(BUCKET) => "s3:GetBucketPolicy",
        buckets.set_policy(BUCKET, &policy) => "s3:PutBucketPolicy",
        buckets.delete_policy(BUCKET) => "s3:DeleteBucketPolicy",
        buckets.public_access_block(BUCKET) => "s3:GetBucketPublicAccessBlock",
        buckets.set_public_access_block(BUCKET, PublicAccessBlock::all()) => "s3:PutBucketPublicAccessBlock",
        buckets.delete_public_access_block(BUCKET) => "s3:PutBucketPublicAccessBlock",
        buckets.object_ownership(BUCKET) => "s3:GetBucketOwnershipControls",
        buckets.set_object_ownership(BUCKET, ObjectOwnership::ObjectWriter) => "s3:PutBucketOwnershipControls",
        buckets.lifecycle(BUCKET) => "s3:GetLifecycleConfiguration",
        buckets.set_lifecycle(BUCKET, &[lifecycle]) => "s3:PutLifecycleConfiguration",
        buckets.delete_lifecycle(BUCKET) => "s3:PutLifecycleConfiguration",
    }
}

#[tokio::test]
async fn a_missing_bucket_is_not_found_by_its_name() {
    let server = server().await;
    let buckets = buckets(&server);
    for error in [
        buckets.cors("missing").await.unwrap_err(),
        buckets.policy("missing").await.unwrap_err(),
        buckets.public_access_block("missing").await.unwrap_err(),
        buckets.object_ownership("missing").await.unwrap_err(),
        buckets.lifecycle("missing").await.unwrap_err(),
        buckets.set_object_ownership("missing", ObjectOwnership::ObjectWriter).await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.name()), (ErrorKind::NotFound, Some("missing")), "{error}");
    }
}

/// Uploads that died are removed from here, the young ones and those of other locations are not.
#[tokio::test]
async fn stale_uploads_are_aborted_by_age_and_location() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{Duration, SystemTime};

    let hours = Arc::new(AtomicU64::new(48));
    let clock = Arc::clone(&hours);
    // The server's clock runs behind by so many hours: what is begun now is that old.
    let server = configured()
        .page_size(2)
        .clock(move || SystemTime::now() - Duration::from_secs(3600 * clock.load(Ordering::Relaxed)))
        .start()
        .await
        .unwrap();
    let storage = |location: &str| -> S3Storage { builder(&server).location(location).build().unwrap() };
    // A process that dies: its parts do not arrive, and neither does its abort.
    let begin = |location: &'static str, name: &'static str| {
        let store = Store::new(storage(location));
        async move {
            let content = holdall_core::Content::bytes(vec![0; 9 << 20]);
            store.save(name, content).overwrite().await.unwrap_err();
        }
    };
    let dies = server.inject(Fault::new(denied()).operation("UploadPart").operation("AbortMultipartUpload"));
    for name in ["a é+", "b", "b", "c/d", "e"] {
        begin("media", name).await;
    }
    begin("other", "a").await;
    hours.store(0, Ordering::Relaxed);
    begin("media", "young").await;
    dies.remove();
    assert_eq!(server.open_uploads(BUCKET).len(), 7);

    let media = storage("media");
    assert_eq!(media.sweep(Duration::from_mins(1)).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    let done = media.sweep(Duration::from_hours(24)).await.unwrap();
    assert_eq!((done.removed, done.failed), (5, 0), "{done:?}");
    let open: Vec<_> = server.open_uploads(BUCKET).into_iter().map(|upload| upload.key).collect();
    assert_eq!(open, ["media/young", "other/a"]);

    // An upload that cannot be aborted is named; a listing that is refused is an error.
    server.inject(Fault::new(denied()).operation("AbortMultipartUpload"));
    let done = storage("other").sweep(Duration::from_hours(24)).await.unwrap();
    assert_eq!((done.removed, done.failed, done.errors[0].name()), (0, 1, Some("other/a")));
    server.inject(Fault::new(denied()).operation("ListMultipartUploads"));
    let error = media.sweep(Duration::from_hours(24)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
}
