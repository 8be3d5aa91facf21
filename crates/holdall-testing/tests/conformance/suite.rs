//! The runner itself: exceptions, skips, leftovers, secrets, selection.

use std::collections::BTreeSet;
use std::sync::Mutex;

use holdall_core::{Capabilities, MemoryStorage, Store};
use holdall_testing::conformance::{cases, suite};

use crate::doctored::{Doctored, Fault};

fn memory() -> Store {
    Store::new(MemoryStorage::new())
}

#[test]
fn every_case_has_a_name_of_its_own_and_a_promise() {
    let names: BTreeSet<_> = cases().iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases().len());
    // 16 needs a process that is measured: the benchmarks have that.
    let proved: BTreeSet<_> = cases().iter().flat_map(|case| case.promises).copied().collect();
    let expected: BTreeSet<u8> = (1..=22).filter(|promise| *promise != 16).collect();
    assert_eq!(proved, expected);
    for case in cases() {
        assert!((case.needs)(&Capabilities::default()) == case.has.is_empty(), "{case:?}");
    }
}

/// It runs on the store that may do nothing, and one that refuses nothing fails it.
#[tokio::test]
async fn the_case_about_refusals_needs_to_be_refused() {
    let report = suite().only("refusal_").run(&memory()).await;
    assert_eq!((report.passed.len(), report.skipped.len()), (0, 1), "{report}");
    let report = suite().only("refusal_").refused(memory()).run(&memory()).await;
    assert_eq!(report.failed.len(), 1, "an absent file was taken for a refusal: {report}");
}

/// `docs/contract.md` lists under each promise exactly the cases that the table says prove it.
#[test]
fn the_contract_page_and_the_table_are_equal() {
    let page = include_str!("../../../../docs/contract.md");
    let mut promise = 0;
    let mut on_the_page = BTreeSet::new();
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            promise = heading.split('.').next().and_then(|number| number.parse().ok()).unwrap_or(0);
        }
        if let Some(case) = line.strip_prefix("- `").and_then(|rest| rest.split('`').next()) {
            on_the_page.insert((promise, case));
        }
    }
    let table = cases().iter().flat_map(|case| case.promises.iter().map(|&promise| (promise, case.name)));
    let in_the_table: BTreeSet<(u8, &str)> = table.collect();
    let missing: Vec<_> = in_the_table.difference(&on_the_page).collect();
    let unknown: Vec<_> = on_the_page.difference(&in_the_table).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "missing on the page: {missing:?}; unknown: {unknown:?}"
    );
}

#[tokio::test]
async fn an_exception_that_holds_is_a_failure() {
    let report = suite()
        .only("delete_of_a_missing_file_is_ok")
        .except("delete_of_a_missing_file_is_ok", "it is said to fail")
        .run(&memory())
        .await;
    assert_eq!(report.failed.len(), 1);
    assert!(report.failed[0].1.contains("remove the exception (it is said to fail)"), "{report}");
}

#[tokio::test]
async fn an_exception_that_does_not_hold_is_reported_with_its_reason() {
    let broken = Store::new(Doctored::broken(Fault::DeleteOfMissingFails));
    let report = suite()
        .only("delete_")
        .except("delete_of_a_missing_file_is_ok", "this server says 404")
        .except("delete_by_many_at_once_is_ok", "this server says 404")
        .except("delete_many_tells_what_became_of_each", "this server says 404")
        .run(&broken)
        .await;
    report.assert();
    assert_eq!(report.excepted.len(), 3, "{report}");
    assert!(report.to_string().contains("this server says 404"));
}

#[tokio::test]
async fn an_exception_for_no_case_is_a_failure() {
    let report = suite().only("delete_").skip("delete_of_nothing", "no such case").run(&memory()).await;
    assert!(!report.is_ok());
    assert!(report.failed[0].1.contains("there is no such case"), "{report}");
}

#[tokio::test]
async fn a_skipped_case_is_not_run_and_a_failure_stops_nobody() {
    let broken = Store::new(Doctored::broken(Fault::DeleteOfMissingFails));
    let report = suite()
        .only("delete_")
        .skip("delete_by_many_at_once_is_ok", "it fails now and then")
        .run(&broken)
        .await;
    let failed: Vec<_> = report.failed.iter().map(|(name, _)| *name).collect();
    assert_eq!(failed, ["delete_of_a_missing_file_is_ok", "delete_many_tells_what_became_of_each"]);
    assert_eq!(report.skipped.iter().filter(|(_, why)| why == "it fails now and then").count(), 1);
    assert!(report.passed.contains(&"delete_makes_empty_directories_vanish"), "{report}");
}

#[tokio::test]
#[should_panic(expected = "memory does not conform: suite")]
async fn a_report_with_a_failure_panics() {
    suite().only("delete_").except("no_such_case", "").run(&memory()).await.assert();
}

#[tokio::test]
#[should_panic(expected = "no case was run")]
async fn a_report_of_nothing_panics() {
    suite().only("no such case").run(&memory()).await.assert();
}

/// The hook is asked until nothing is left: what goes away by itself is fine.
#[tokio::test]
async fn leftovers_may_take_their_time() {
    let left = Mutex::new(vec!["staging-2", "staging-1"]);
    let suite = suite().only("delete_of_a_missing").leftovers(move || {
        let found = left.lock().unwrap().pop().map(str::to_owned);
        async move { Vec::from_iter(found) }
    });
    suite.run(&memory()).await.assert();
}

/// The location of each case is empty afterwards, also when it failed.
#[tokio::test]
async fn nothing_is_left_in_the_storage() {
    let store = Store::new(Doctored::broken(Fault::RenameOverwrites));
    let report = suite().only("save_re").run(&store).await;
    assert!(!report.failed.is_empty() && !report.passed.is_empty(), "{report}");
    assert!(store.list("").collect().await.unwrap().is_empty());
}

#[tokio::test]
async fn secrets_are_found_and_not_repeated() {
    let store = Store::new(Doctored::broken(Fault::ErrorsTellASecret));
    let report = suite().quick().only("_of_a_missing_file").secret("hunter2").run(&store).await;
    assert!(!report.failed.is_empty());
    let text = report.to_string();
    assert!(text.contains("shows a secret") && !text.contains("hunter2"), "{text}");
}
