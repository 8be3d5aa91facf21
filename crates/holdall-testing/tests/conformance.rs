//! The conformance suite on the storages of `holdall-core`.
#![cfg(feature = "conformance")]

use holdall_core::{MemoryStorage, Store};
use holdall_testing::conformance::suite;

#[tokio::test(flavor = "multi_thread")]
async fn memory_conforms() {
    suite().run(&Store::new(MemoryStorage::new())).await.assert();
}
