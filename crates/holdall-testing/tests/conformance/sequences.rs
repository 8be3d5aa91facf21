//! Random sequences of operations against the map.

use holdall_core::{Located, Location, MemoryStorage, Store};
use holdall_testing::conformance::model::{Operation, check};
use proptest::collection::vec;
use proptest::prelude::*;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn memory_matches_the_model(bytes in vec(any::<[u8; 4]>(), 0..60)) {
        let operations: Vec<_> = bytes.into_iter().map(Operation::from).collect();
        runtime().block_on(check(&Store::new(MemoryStorage::new()), &operations));
    }

    #[test]
    fn located_memory_matches_the_model(bytes in vec(any::<[u8; 4]>(), 0..60)) {
        let operations: Vec<_> = bytes.into_iter().map(Operation::from).collect();
        let located = Located::new(MemoryStorage::new(), Location::new("media").unwrap());
        runtime().block_on(check(&Store::new(located), &operations));
    }
}

/// The model notices what no case was written for: here, an old entity tag that is as good as a new one.
#[test]
#[should_panic(expected = "operation 3")]
fn a_difference_names_the_operation() {
    use crate::doctored::{Doctored, Fault};

    let bytes = [[0, 1, 0, 3], [0, 1, 0, 4], [8, 1, 0, 0], [0, 1, 7, 5]];
    let store = Store::new(Doctored::broken(Fault::ReplaceIgnoresTheVersion));
    runtime().block_on(check(&store, &bytes.map(Operation::from)));
}
