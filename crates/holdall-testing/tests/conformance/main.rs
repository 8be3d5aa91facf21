//! The conformance suite on the storages of `holdall-core`, and on storages that are made to fail it.
#![cfg(feature = "conformance")]

mod doctored;
mod faults;
mod memory;
mod sequences;
mod suite;
mod urls;

/// One test for each case: the macro that others use.
mod each_case {
    use holdall_core::{MemoryStorage, Store};
    use holdall_testing::conformance::suite;

    holdall_testing::conformance_tests!(async { Store::new(MemoryStorage::new()) }, suite().quick());
}
