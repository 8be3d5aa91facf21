//! The cases: one function for each statement, named `<verb>_<what holds>`.
//!
//! A function takes a [`Store`](holdall_core::Store) in which it may do what it wants: call it with an
//! empty location of its own, as [`Suite::run_case`](super::Suite::run_case) does. It panics when its
//! statement does not hold. It does not look at capabilities where the [table](super::cases())
//! has done so already.
#![expect(clippy::missing_panics_doc, reason = "every case panics when its statement does not hold")]

// The modules are private and the table re-exports each of its cases: a case that is forgotten in the
// table is dead code, which the compiler reports.
mod delete;
mod metadata;
mod open;
mod save;
mod support;

/// The table of all cases. `name: [promises] + capability - missing capability @ flag`.
///
/// It is a macro that hands the rows to another, so that tests can be made of them too.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_table {
    ($callback:ident $($argument:tt)*) => {
        $crate::$callback! { [$($argument)*]
            save {
                save_returns_the_name_that_opens: [1] + writable + create;
                save_renames_before_the_first_dot: [1, 3] + writable + create;
                save_keeps_content_of_any_size: [2] + writable;
                save_with_a_failing_source_leaves_nothing: [2] + writable;
                save_with_a_failing_source_leaves_the_old_file: [2] + writable;
                save_over_the_limit_stores_nothing: [2] + writable;
                save_with_create_refuses_a_taken_name: [3] + writable + create;
                save_with_overwrite_replaces_the_file: [3] + writable;
            }
            open {
                open_of_a_missing_file_is_not_found: [7];
                open_of_a_directory_is_not_found: [7] + writable;
                open_reads_every_range: [8] + writable;
            }
            metadata {
                metadata_of_a_missing_file_is_not_found: [7];
                metadata_of_a_directory_is_not_found: [7] + writable;
            }
            delete {
                delete_of_a_missing_file_is_ok: [7] + writable;
                delete_makes_the_file_absent: [7] + writable;
                delete_makes_empty_directories_vanish: [7] + writable;
            }
        }
    };
}

/// Re-exports the cases and makes the table of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_list {
    ([] $($module:ident {
        $($case:ident: [$($promise:literal),+] $(+ $has:ident)* $(- $lacks:ident)* $(@ $flag:ident)*;)+
    })+) => {
        $(pub use self::$module::{$($case),+};)+

        /// The table behind [`cases()`](super::cases()).
        pub(super) static ALL: &[super::Case] = &[$($(super::Case {
            name: stringify!($case),
            promises: &[$($promise),+],
            needs: |_capabilities| true $(&& _capabilities.$has)* $(&& !_capabilities.$lacks)*,
            has: &[$(stringify!($has)),*],
            lacks: &[$(stringify!($lacks)),*],
            flags: super::case::Flags { $($flag: true,)* ..super::case::Flags::NONE },
            start: |store| Box::pin(async move { $case(&store).await }),
        }),+),+];
    };
}

__conformance_table!(__conformance_list);
