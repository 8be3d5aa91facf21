//! A collection that does not come to its end, at whatever request: the older generation stays whole, and the next run
//! goes on from there.

use std::collections::{BTreeMap, BTreeSet};

use holdall::Store;
use holdall::static_files::Manifest;
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};

use crate::support::{contents, is_whole, of, operations, put, server, settings, site, store, whole};

/// What happens to a collection at one of its requests.
#[derive(Debug, Clone, Copy)]
enum End {
    /// The server is gone from that request on, which it did not get.
    Gone,
    /// That request was still applied, its reply is lost, and then the server is gone.
    Unanswered,
    /// From that request on all are refused, as when credentials expire.
    Refused,
    /// The future is dropped while the server has that request and has not applied it.
    DroppedBefore,
    /// The future is dropped when the server has applied that request and not answered.
    DroppedAfter,
}

impl End {
    const ALL: [Self; 5] =
        [Self::Gone, Self::Unanswered, Self::Refused, Self::DroppedBefore, Self::DroppedAfter];

    /// Runs a collection of the second release, which ends at its `request`th request.
    async fn run(self, server: &S3Server, request: u64) {
        // A client that tries again would only hide the end.
        let store = Store::new(settings(server).max_attempts(1).build().unwrap());
        let from = |action| Fault::new(action).skip(request - 1);
        let collector = of(site(1));
        let collection = collector.collect(&store);
        let stalls = match self {
            Self::Gone => {
                server.inject(from(FaultAction::ResetBefore));
                None
            }
            Self::Unanswered => {
                server.inject(from(FaultAction::ResetAfter).once());
                server.inject(Fault::new(FaultAction::ResetBefore).skip(request - 1));
                None
            }
            Self::Refused => {
                let code = "ExpiredToken".to_owned();
                server.inject(from(FaultAction::Error { status: 403, code }));
                None
            }
            Self::DroppedBefore => Some(server.inject(from(FaultAction::Stall))),
            Self::DroppedAfter => Some(server.inject(from(FaultAction::StallAfter))),
        };
        match stalls {
            None => _ = collection.await.expect_err("the server is gone"),
            Some(stalls) => tokio::select! {
                ended = collection => panic!("it ended: {ended:?}"),
                () = stalls.wait_for_hits(1) => {}
            },
        }
        // What the server still holds of a client that is gone it applies now or never, and either is good.
        server.clear_faults();
    }
}

/// The first release is published, and the second one about to be.
async fn published() -> (S3Server, Manifest) {
    let server = server().await;
    of(site(0)).collect(&store(&server)).await.unwrap();
    let first = whole(&server);
    server.clear_requests();
    (server, first)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_that_ends_at_any_request_leaves_the_older_generation_whole() {
    let (server, first) = published().await;
    of(site(1)).collect(&store(&server)).await.unwrap();
    let requests: usize = operations(&server).values().sum();
    let (second, finished) = (whole(&server), contents(&server));
    assert_ne!(first, second);
    assert!(requests > 10, "{:?}", operations(&server));

    for end in End::ALL {
        let mut left = BTreeSet::new();
        for request in 1..=requests as u64 {
            let (server, first) = published().await;
            end.run(&server, request).await;
            // Whatever was published stays: pages of the older generation find every file of theirs.
            is_whole(&server, &first);
            let current = whole(&server);
            assert!(current == first || current == second, "{end:?} at request {request}");
            left.insert(current == second);

            // Again: what is missing is sent, and nothing else.
            let before = contents(&server);
            server.clear_requests();
            of(site(1)).collect(&store(&server)).await.unwrap();
            let sent = put(&server);
            // A generation's manifest is saved again when it becomes current: its time says since when it is.
            let is_there = |name: &&String| before.get(*name) == finished.get(*name);
            let needless: Vec<_> =
                sent.iter().filter(is_there).filter(|name| !name.starts_with("staticfiles.")).collect();
            assert!(needless.is_empty(), "{end:?} at request {request}: {needless:?} were sent again");
            assert_eq!(sent.iter().collect::<BTreeSet<_>>().len(), sent.len(), "{sent:?}");
            assert_eq!(server.count("DeleteObject") + server.count("DeleteObjects"), 0);
            assert_eq!(
                differing(&contents(&server), &finished),
                Vec::<&String>::new(),
                "{end:?} at {request}"
            );
        }
        // Only the last request makes the new generation current.
        let is_applied = matches!(end, End::Unanswered | End::DroppedAfter);
        assert_eq!(left.contains(&true), is_applied, "{end:?}");
    }
}

/// The names under which there are not the same contents.
fn differing<'a>(
    one: &'a BTreeMap<String, Vec<u8>>,
    other: &'a BTreeMap<String, Vec<u8>>,
) -> Vec<&'a String> {
    one.keys().chain(other.keys()).filter(|name| one.get(*name) != other.get(*name)).collect()
}

/// The same with a client that tries again, and a server that only fails now and then: it ends well, and with nothing
/// sent in vain but what was lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_fails_once_is_made_again() {
    let (server, _) = published().await;
    of(site(1)).collect(&store(&server)).await.unwrap();
    let requests: usize = operations(&server).values().sum();
    let finished = contents(&server);
    for action in [FaultAction::SlowDown, FaultAction::ResetBefore, FaultAction::ResetAfter] {
        for request in 1..=requests as u64 {
            let (server, first) = published().await;
            let fault = server.inject(Fault::new(action.clone()).nth(request));
            of(site(1)).collect(&store(&server)).await.unwrap();
            assert_eq!(fault.hits(), 1, "{action:?} at request {request}");
            is_whole(&server, &first);
            whole(&server);
            assert_eq!(differing(&contents(&server), &finished), Vec::<&String>::new());
            assert_eq!(operations(&server).values().sum::<usize>(), requests + 1, "{action:?} at {request}");
        }
    }
}
