//! The conformance suite over the stores of `object_store` that need no cloud.

use holdall_core::Store;
use holdall_object_store::ObjectStoreStorage;
use holdall_testing::conformance::suite;

use crate::support::{disk, everything_below, memory};

#[tokio::test(flavor = "multi_thread")]
async fn memory_conforms() {
    suite().run(&memory()).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_conforms_below_a_location() {
    let store = object_store::memory::InMemory::new();
    let storage = ObjectStoreStorage::memory(store.clone()).location("the/media").build().unwrap();
    suite().quick().run(&Store::new(storage).located("inner/place").unwrap()).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_conforms() {
    let root = tempfile::tempdir().unwrap();
    let storage = ObjectStoreStorage::local(disk(root.path())).build().unwrap();
    let path = root.path().to_owned();
    suite().only(std::env::var("ONLY").unwrap_or_default())
        .leftovers(move || std::future::ready(everything_below(&path)))
        .run(&Store::new(storage))
        .await
        .assert();
}
