//! The conformance suite: what every storage promises, as functions that fail when it does not hold.
//!
//! A backend's test needs five lines:
//!
//! ```no_run
//! # use holdall_core::{MemoryStorage, Store};
//! #[tokio::test(flavor = "multi_thread")]
//! async fn my_storage_conforms() {
//!     holdall_testing::conformance::suite().run(&Store::new(MemoryStorage::new())).await.assert();
//! }
//! ```
//!
//! - [`cases`](mod@cases) holds one function for each statement, named `<verb>_<what holds>`; its
//!   documentation names the promise that it proves ("Promise 3").
//! - [`cases()`] is the same as a table. [`Capabilities`](holdall_core::Capabilities) select from it: a
//!   case whose capability is missing is reported as skipped, and where an option needs that
//!   capability, a mirrored case asserts that the option is refused before any I/O.
//! - [`Suite`] runs them, each in a location of its own, which it empties afterwards. What a storage is
//!   known to do differently is declared with a reason ([`Suite::except`]), and an exception that no
//!   longer happens is a failure.
//! - [`model`] compares whole sequences of operations with a map; feed it with random bytes.
//! - [`conformance_tests!`](crate::conformance_tests) makes one `#[test]` of each case.
//!
//! The cases run one after another. A storage on a server is asked some thousands of times;
//! [`Suite::quick`] leaves the large cases out.

mod case;
pub mod cases;
mod cleanup;
mod http;
mod meddled;
pub mod model;
mod report;
mod suite;
mod support;
mod tests_macro;
mod watched;

pub use self::case::Case;
pub use self::http::{HttpReply, HttpRequest};
pub use self::report::Report;
pub use self::suite::{Suite, suite};
#[doc(hidden)]
pub use self::tests_macro::run_test;

/// Every case, in the order in which the suite runs them.
pub fn cases() -> &'static [Case] {
    cases::ALL
}
