//! Writes whose reply is lost: nothing is stored twice, nothing is lost, and nobody is told a wrong name.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use holdall_core::{ErrorKind, SaveMode, Store};
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};

use crate::support::{BUCKET, MIB, builder, configured, noise, server, store, stream_of};

/// Checks that every name that was reported holds its content, and that there is nothing else.
fn assert_exactly(server: &S3Server, saved: &BTreeMap<String, Bytes>) {
    let names: BTreeSet<_> = saved.keys().cloned().collect();
    let keys: BTreeSet<_> = server.keys(BUCKET).into_iter().collect();
    assert_eq!(keys, names);
    for (name, content) in saved {
        assert_eq!(server.object(BUCKET, name).unwrap().content, *content, "{name}");
    }
    assert!(server.open_uploads(BUCKET).is_empty());
}

async fn save_at_once(stores: &[Store], contents: Vec<Bytes>) -> BTreeMap<String, Bytes> {
    let tasks: Vec<_> = contents
        .into_iter()
        .enumerate()
        .map(|(index, content)| {
            let store = stores[index % stores.len()].clone();
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
    saved
}

/// The hundred of the contract, with one reply in twenty cut after the write was applied.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_savers_of_one_name_get_a_hundred_names() {
    for seed in 0..3 {
        let server = configured().seed(seed).start().await.unwrap();
        let lost =
            server.inject(Fault::new(FaultAction::ResetAfter).operation("PutObject").probability(0.05));
        // Two storages, as two processes would have: nothing is agreed on in memory.
        let stores = [store(&server), store(&server)];
        let contents = (0..100).map(|index| Bytes::from(format!("content {index}"))).collect();
        let saved = save_at_once(&stores, contents).await;
        assert_eq!(saved.len(), 100);
        assert!(lost.hits() > 0, "no reply was lost with seed {seed}");
        assert_exactly(&server, &saved);
    }
}

/// Says with which seed a run failed.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the run with seed {} failed", self.0);
        }
    }
}

/// A thousand times twenty savers of one name, with one reply in ten cut after the write was applied. Server and
/// clients stay the same, as in an application that runs for long; only the random numbers start anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_runs_with_lost_replies_store_nothing_twice_and_lose_nothing() {
    let server = server().await;
    let lost = server.inject(Fault::new(FaultAction::ResetAfter).operation("PutObject").probability(0.1));
    let stores = [store(&server), store(&server)];
    for number in 0..1000 {
        let seed = Seed(number);
        server.reseed(number);
        let contents = (0..20).map(|index| Bytes::from(format!("run {number}, content {index}"))).collect();
        let saved = save_at_once(&stores, contents).await;
        assert_eq!(saved.len(), 20);
        assert!(saved.contains_key("same.bin"), "the plain name was free and nobody got it");
        assert_exactly(&server, &saved);
        for name in saved.keys() {
            assert!(server.remove_object(BUCKET, name));
        }
        server.clear_requests();
        drop(seed);
    }
    // Of at least 20,000 writes about one in ten: what was meant to be tested was.
    assert!(lost.hits() > 1000, "only {} replies were lost", lost.hits());
}

/// Large files are bound to a key before it is known whether it is free.
#[tokio::test(flavor = "multi_thread")]
async fn twenty_large_streams_of_one_name_get_twenty_names() {
    let server = server().await;
    for operation in ["CompleteMultipartUpload", "CopyObject"] {
        server.inject(Fault::new(FaultAction::ResetAfter).operation(operation).probability(0.1));
    }
    let build = || Store::new(builder(&server).part_size(5 << 20).build().unwrap());
    let contents: Vec<Bytes> = (0..20).map(|index| noise(5 * MIB + 1 + index)).collect();
    let saved = save_at_once(&[build(), build()], contents).await;
    assert_eq!(saved.len(), 20);
    assert!(saved.contains_key("same.bin"), "the plain name was free and nobody got it");
    assert_exactly(&server, &saved);
}

#[tokio::test]
async fn a_single_save_knows_its_own_write_again() {
    for attempts in [1, 3] {
        let server = server().await;
        let store = Store::new(builder(&server).max_attempts(attempts).build().unwrap());
        for fault in [FaultAction::ResetAfter, FaultAction::InternalErrorAfter] {
            for mode in [SaveMode::Unique, SaveMode::Create] {
                let lost = server.inject(Fault::new(fault.clone()).operation("PutObject").once());
                let name = format!("{fault:?}-{mode:?}-{attempts}.txt");
                let saved = store.save(&name, "hello").mode(mode).await.unwrap();
                assert_eq!(saved.name, name.as_str());
                assert!(saved.etag.is_some() && lost.hits() == 1);
            }
        }
        // A compare and swap whose reply is lost does not fail because of itself.
        let first = store.save("swap.txt", "1").await.unwrap();
        server.inject(Fault::new(FaultAction::ResetAfter).operation("PutObject").once());
        let second = store.save("swap.txt", "2").replace(first.etag.clone().unwrap()).await.unwrap();
        assert_eq!(store.metadata("swap.txt").await.unwrap().etag, second.etag);
        let stale = store.save("swap.txt", "3").replace(first.etag.unwrap()).await.unwrap_err();
        assert_eq!(stale.kind(), ErrorKind::PreconditionFailed);
    }
}

#[tokio::test]
async fn a_completion_whose_reply_is_lost_is_found_done() {
    let server = server().await;
    let store = store(&server);
    for fault in [FaultAction::ResetAfter, FaultAction::InternalErrorAfter] {
        for mode in [SaveMode::Unique, SaveMode::Create, SaveMode::Overwrite] {
            let lost = server.inject(Fault::new(fault.clone()).operation("CompleteMultipartUpload").once());
            let name = format!("{fault:?}-{mode:?}.bin");
            let content = noise(9 * MIB);
            let saved = store.save(&name, stream_of(&content)).mode(mode).await.unwrap();
            assert_eq!(saved.name, name.as_str());
            assert_eq!(lost.hits(), 1);
            assert_eq!(server.object(BUCKET, &name).unwrap().content, content);
        }
    }
    assert_eq!(server.keys(BUCKET).len(), 6);
    assert!(server.open_uploads(BUCKET).is_empty());
}

#[tokio::test]
async fn a_copy_whose_reply_is_lost_is_found_done() {
    let server = server().await;
    let store = store(&server);
    store.save("a.txt", "hello").await.unwrap();
    server.inject(Fault::new(FaultAction::ResetAfter).operation("CopyObject").once());
    assert_eq!(store.copy("a.txt", "b.txt").await.unwrap().name, "b.txt");
    assert_eq!(server.keys(BUCKET), ["a.txt", "b.txt"]);
}

#[tokio::test]
async fn a_competing_write_in_flight_is_waited_for() {
    let server = server().await;
    let store = store(&server);
    let conflict = FaultAction::Error { status: 409, code: "ConditionalRequestConflict".to_owned() };
    let handle = server.inject(Fault::new(conflict.clone()).operation("PutObject").times(2));
    assert_eq!(store.save("a.txt", "hello").await.unwrap().name, "a.txt");
    assert_eq!(handle.hits(), 2);

    // Never settled: a typed error that says so, and nothing is there.
    server.inject(Fault::new(conflict.clone()).operation("PutObject"));
    let error = store.save("b.txt", "hello").await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Conflict, true));
    server.clear_faults();

    // A stream cannot be read again: S3 wants the whole upload anew, so the caller has to.
    server.inject(Fault::new(conflict).operation("CompleteMultipartUpload").once());
    let error = store.save("c.bin", stream_of(&noise(9 * MIB))).create().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Conflict, true));
    assert_eq!(server.keys(BUCKET), ["a.txt"]);
    assert!(server.open_uploads(BUCKET).is_empty());
}
