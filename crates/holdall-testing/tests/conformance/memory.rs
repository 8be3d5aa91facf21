//! Memory, plain and behind everything that a store can be made of.

use std::sync::Arc;

use holdall_core::{Capabilities, Gzipped, Located, Location, MemoryStorage, ReadOnly, Storage, Store};
use holdall_testing::conformance::suite;

use crate::doctored::Doctored;

fn location(text: &str) -> Location {
    Location::new(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_conforms() {
    suite().run(&Store::new(MemoryStorage::new())).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_with_versions_conforms() {
    suite().run(&Store::new(MemoryStorage::new().with_versions())).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn located_memory_with_versions_conforms() {
    let located = Located::new(MemoryStorage::new().with_versions(), location("media"));
    suite().run(&Store::new(located)).await.assert();
}

/// Nothing may need a second thread to go on.
#[tokio::test]
async fn memory_conforms_on_one_thread() {
    suite().quick().run(&Store::new(MemoryStorage::new())).await.assert();
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

/// No case saves a style sheet: whatever is not compressed passes as it is, with every option.
#[tokio::test(flavor = "multi_thread")]
async fn memory_that_compresses_style_sheets_conforms() {
    suite().run(&Store::new(Gzipped::new(MemoryStorage::new()))).await.assert();
}

/// What is refused where nothing can be written.
#[tokio::test(flavor = "multi_thread")]
async fn read_only_memory_conforms() {
    suite().run(&Store::new(ReadOnly::new(MemoryStorage::new()))).await.assert();
}

/// What is refused where files can be overwritten and nothing else: the mirrored cases.
#[tokio::test(flavor = "multi_thread")]
async fn a_poor_storage_conforms() {
    let poor = Capabilities::default().with_writable(true).with_files_beside_directories(true);
    let report = suite().run(&Store::new(Doctored::new(poor))).await;
    report.assert();
    for case in [
        "save_with_replace_is_refused_where_it_is_not_atomic",
        "save_with_create_is_refused_where_it_is_not_atomic",
        "save_with_rename_is_refused_where_names_are_not_unique",
        "copy_with_create_is_refused_where_it_is_not_atomic",
        "copy_with_replace_is_refused_where_it_is_not_atomic",
        "save_refuses_attributes_where_none_are_kept",
        "save_refuses_a_visibility_where_none_is_kept",
        "metadata_guesses_no_checksum",
        "delete_with_if_match_is_refused_where_it_is_not_atomic",
        "copy_with_if_match_is_refused_where_it_is_not_atomic",
        "upload_request_is_refused_where_there_is_none",
        "versions_are_refused_where_none_are_kept",
    ] {
        assert!(report.passed.contains(&case), "{case} was not run");
    }
}
