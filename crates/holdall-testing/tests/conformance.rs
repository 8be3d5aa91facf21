//! The conformance suite on the storages of `holdall-core`.
#![cfg(feature = "conformance")]

use std::sync::Arc;

use holdall_core::{Located, Location, MemoryStorage, ReadOnly, Storage, Store};
use holdall_testing::conformance::suite;

fn location(text: &str) -> Location {
    Location::new(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_conforms() {
    suite().run(&Store::new(MemoryStorage::new())).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_behind_a_pointer_conforms() {
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    suite().run(&Store::new(storage)).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn located_memory_conforms() {
    let located = Located::new(MemoryStorage::new(), location("media"));
    suite().run(&Store::new(located)).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn nested_locations_conform() {
    let outer = Located::new(Box::new(MemoryStorage::new()), location("sites/日本 a+b"));
    let inner = Located::new(outer, location("media/usr"));
    suite().run(&Store::new(inner)).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn read_only_memory_conforms() {
    suite().run(&Store::new(ReadOnly::new(MemoryStorage::new()))).await.assert();
}
