//! Old generations go with one listing and few deletions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use holdall::static_files::Prune;
use holdall_testing::s3_server::S3Server;

use crate::support::{BUCKET, contents, is_whole, of, operations, site, store, whole};

/// A server whose time is that number of seconds.
async fn server(seconds: &Arc<AtomicU64>) -> S3Server {
    let seconds = Arc::clone(seconds);
    let clock = move || UNIX_EPOCH + Duration::from_secs(seconds.load(Ordering::SeqCst));
    let server = S3Server::builder().bucket(BUCKET).clock(clock).start().await;
    server.expect("a free port on the loopback interface")
}

/// A dry run writes nothing and tells what the run does: what no kept generation names goes in one request, and then
/// the manifest that named it. The others stay whole.
#[tokio::test(flavor = "multi_thread")]
async fn what_no_kept_generation_names_goes_in_one_request() {
    let seconds = Arc::new(AtomicU64::new(1_900_000_000));
    let server = server(&seconds).await;
    let mut manifests = Vec::new();
    for release in 0..3 {
        of(site(release)).collect(&store(&server)).await.unwrap();
        manifests.push(whole(&server));
        seconds.fetch_add(60 * 60 * 24 * 30, Ordering::SeqCst);
    }
    let now = UNIX_EPOCH + Duration::from_secs(seconds.load(Ordering::SeqCst));
    let prune = Prune::new().keep(2);
    let before = contents(&server);

    server.clear_requests();
    let planned = prune.clone().dry_run(true).run(&store(&server), now).await.unwrap();
    assert!(!planned.deleted.is_empty());
    let asked = operations(&server);
    assert!(
        asked.keys().all(|operation| ["ListObjectsV2", "GetObject"].contains(&operation.as_str())),
        "{asked:?}"
    );
    assert_eq!(contents(&server), before);

    server.clear_requests();
    let pruned = prune.run(&store(&server), now).await.unwrap().into_result().unwrap();
    assert_eq!(pruned.deleted, planned.deleted);
    let asked = operations(&server);
    assert_eq!(
        (asked.get("DeleteObjects"), asked.get("DeleteObject"), asked.get("PutObject")),
        (Some(&1), Some(&1), None)
    );
    assert_eq!(asked.get("HeadObject"), None, "{asked:?}");
    for manifest in &manifests[1..] {
        is_whole(&server, manifest);
    }
    let gone: Vec<_> = before.keys().filter(|name| !contents(&server).contains_key(*name)).cloned().collect();
    assert!(gone.contains(&"only-0.txt".to_owned()), "{gone:?}");
    assert_eq!(whole(&server), manifests[2]);
}
