//! Whole sequences of operations, compared with a map.
//!
//! [`check`] runs a sequence against a storage and against a `BTreeMap`, and fails at the first answer
//! that differs. Sequences come from a seed ([`operations`]), or from bytes, so that a property test or
//! a fuzzer can find and shrink them without knowing this module:
//!
//! ```
//! use holdall_core::{MemoryStorage, Store};
//! use holdall_testing::conformance::model::{Operation, check};
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let bytes: [[u8; 4]; 3] = [[0, 1, 2, 3], [5, 1, 4, 0], [9, 0, 0, 0]]; // from proptest, say
//! let operations = bytes.map(Operation::from);
//! check(&Store::new(MemoryStorage::new()), &operations).await;
//! # });
//! ```

mod expected;
mod operation;
mod state;

use holdall_core::{Store, random_alphanumeric};

pub use self::operation::{Condition, Mode, Operation, operations};
use self::state::Model;
use super::cleanup;

/// Runs the operations one after another in an empty location of its own and compares every answer with
/// the model's; then compares everything that is there. The location is emptied afterwards.
///
/// # Panics
///
/// When an answer differs. The message shows the operation, its position and both answers.
pub async fn check(store: &Store, operations: &[Operation]) {
    let location = format!("model-{}", random_alphanumeric(8));
    let own = store.located(location).expect("a random name is a location");
    let mut model = Model::default();
    for (position, operation) in operations.iter().enumerate() {
        if let Err(difference) = model.step(&own, operation).await {
            panic!("operation {position}, {operation:?}: {difference}\nafter {:?}", &operations[..position]);
        }
    }
    if let Err(difference) = model.compare(&own).await {
        panic!("at the end: {difference}\nafter {operations:?}");
    }
    if let Err(left) = cleanup::empty(&own).await {
        panic!("{left}");
    }
}
