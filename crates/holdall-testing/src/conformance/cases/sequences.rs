//! Sequences of operations that nobody would think of.

use holdall_core::Store;

use crate::conformance::model;

/// Saves, deletions, copies, renames and listings in any order give what a map gives. Sequences of forty
/// from fixed seeds; a backend's own property test can try more with [`model::check`].
/// Promises 1, 3, 7, 8, 9 and 13.
pub async fn operations_in_any_order_match_the_model(store: &Store) {
    for seed in 0..12 {
        model::check(store, &model::operations(seed, 40)).await;
    }
}
