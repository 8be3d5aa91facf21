//! Two deployments at once.

use std::collections::BTreeSet;

use crate::support::{contents, is_whole, of, operations, server, site, store, whole};

/// Of two releases that are published at the same time one is current in the end, as a whole, and no file of either is
/// missing; the next run of the other one needs its copies and the manifests only.
#[tokio::test(flavor = "multi_thread")]
async fn two_collections_at_once_leave_one_whole_generation() {
    let mut won = BTreeSet::new();
    for round in 0..12 {
        let server = server().await;
        of(site(0)).collect(&store(&server)).await.unwrap();
        let oldest = whole(&server);
        let run = |release| {
            let store = store(&server);
            tokio::spawn(async move { of(site(release)).jobs(1 + round % 3).collect(&store).await })
        };
        let (one, other) = (run(1), run(2));
        one.await.unwrap().unwrap();
        other.await.unwrap().unwrap();

        let current = whole(&server);
        is_whole(&server, &oldest);
        let release = 1 + u32::from(current.get("only-2.txt").is_some());
        won.insert(release);
        let names: Vec<_> = current.iter().map(|(name, _)| name.as_str().to_owned()).collect();
        let mut expected: Vec<_> = site(release).into_iter().map(|(name, _)| name.to_owned()).collect();
        expected.sort_unstable();
        assert_eq!(names, expected);

        // Everything of the other one is there too: making it current sends no hashed file.
        let before = contents(&server);
        server.clear_requests();
        of(site(3 - release)).collect(&store(&server)).await.unwrap();
        let manifest = whole(&server);
        for (_, hashed) in manifest.iter() {
            assert!(before.contains_key(hashed.as_str()), "{hashed} was not there");
        }
        assert_eq!(operations(&server).get("DeleteObject"), None);
        // And now its copies are its own.
        for (name, text) in site(3 - release) {
            assert_eq!(contents(&server)[name], text.as_bytes(), "{name}");
        }
    }
    assert!(!won.is_empty());
}
