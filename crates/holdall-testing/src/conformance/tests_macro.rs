//! One `#[test]` for each case, for those who want to see and select them in `cargo test`.

use std::borrow::Borrow;

use holdall_core::Store;

use super::{Report, Suite, cases};

/// Makes one `#[test]` of each case, with the case's name. Put it into a module of its own.
///
/// The first argument is a future that makes a store, or whatever borrows as one and keeps alive what
/// the store needs (a temporary directory, a server); it is evaluated for each test. The second is the
/// [`Suite`](crate::conformance::Suite) with its exceptions, and can be left out. A case that does not
/// apply says so and passes.
///
/// ```
/// mod memory_conforms {
///     use holdall_core::{MemoryStorage, Store};
///
///     holdall_testing::conformance_tests!(async { Store::new(MemoryStorage::new()) });
/// }
/// ```
#[macro_export]
macro_rules! conformance_tests {
    ($store:expr $(,)?) => {
        $crate::conformance_tests!($store, $crate::conformance::suite());
    };
    ($store:expr, $suite:expr $(,)?) => {
        $crate::__conformance_table!(__conformance_tests $store; $suite);
    };
}

/// The rows of the table as tests.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ([$store:expr; $suite:expr] $($module:ident {
        $($case:ident: [$($promise:literal),+] $(+ $has:ident)* $(- $lacks:ident)* $(@ $flag:ident)*;)+
    })+) => {
        $($(
            #[test]
            fn $case() {
                $crate::conformance::run_test(stringify!($case), &$suite, $store);
            }
        )+)+
    };
}

/// Runs one case on a multi-threaded runtime of its own; panics when it fails.
#[doc(hidden)]
pub fn run_test<S: Borrow<Store>>(name: &str, suite: &Suite, store: impl Future<Output = S>) {
    let case = cases().iter().find(|case| case.name == name).expect("the macro takes names from the table");
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.enable_all().build().expect("a runtime can be made");
    runtime.block_on(async {
        let store = store.await;
        let mut report = Report { storage: store.borrow().to_string(), ..Report::default() };
        suite.judge(case, store.borrow(), &mut report).await;
        println!("{report}");
        if let Some((_, message)) = report.failed.pop() {
            panic!("{}: {message}", report.storage);
        }
    });
}
