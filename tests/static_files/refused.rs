//! What the bucket refuses: a sentence that says what to do, and nothing half published.

use holdall::ErrorKind;
use holdall::s3::BucketPolicy;
use holdall_testing::s3_server::{Fault, FaultAction};

use crate::support::{BUCKET, contents, of, put, server, settings, site, store, whole};

/// Who may write but not list is told which permission is missing, before anything is written.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_permission_to_list_nothing_is_written() {
    let server = server().await;
    of(site(0)).collect(&store(&server)).await.unwrap();
    let before = contents(&server);
    let deny =
        r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::site"}"#;
    let buckets = settings(&server).build().unwrap().buckets();
    buckets.set_policy(BUCKET, &BucketPolicy::new().statement(deny).unwrap()).await.unwrap();
    let error = of(site(1)).collect(&store(&server)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.to_string().contains("s3:ListBucket"), "{error}");
    assert_eq!(contents(&server), before);
}

/// A file that may not be written is named, with what stands; what is current stays so.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_refused_is_named() {
    let server = server().await;
    of(site(0)).collect(&store(&server)).await.unwrap();
    let current = whole(&server);
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    let fault = Fault::new(denied).operation("PutObject").key_prefix("static/img/cat.");
    let handle = server.inject(fault);
    let error = of(site(1)).collect(&store(&server)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.name().is_some_and(|name| name.starts_with("img/cat.")), "{error}");
    for part in ["img/cat.", "s3://site/static", "what was published before is whole", "run again"] {
        assert!(error.to_string().contains(part), "{part:?} is not in: {error}");
    }
    assert_eq!(whole(&server), current);
    handle.remove();
    of(site(1)).collect(&store(&server)).await.unwrap();
    assert_ne!(whole(&server), current);
}

/// S3 throttles who sends much at once; that is waited for, file by file.
#[tokio::test(flavor = "multi_thread")]
async fn throttling_is_waited_for() {
    let server = server().await;
    let fault = server.inject(Fault::new(FaultAction::SlowDown).operation("PutObject").times(2));
    of(site(0)).collect(&store(&server)).await.unwrap();
    assert_eq!(fault.hits(), 2);
    let names = put(&server);
    assert_eq!(names.len(), contents(&server).len() + 2, "{names:?}");
    whole(&server);
}
