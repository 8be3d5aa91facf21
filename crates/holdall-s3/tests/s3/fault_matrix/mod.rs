//! The fault matrix: every request that a storage makes, and everything that can happen to it.
//!
//! [`table::TABLE`] says for each pair what the caller gets and how many requests it takes; [`run::run`] makes it
//! happen. Beyond the table it holds in every cell that no request was sent more than [`MAX_ATTEMPTS`] times, that no
//! multipart upload is left, and that what is in the bucket is what the caller was told: see [`run`].

mod perform;
mod run;
mod table;
mod timer;
mod trouble;

use std::fmt::Write as _;

use futures_util::StreamExt as _;

use self::perform::Operation;
use self::run::{Seen, run};
use self::table::{Cell, TABLE};
use self::trouble::Trouble;

/// Of one request, the first one included: the client's default.
const MAX_ATTEMPTS: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_every_operation_ends_as_the_table_says() {
    let sought = TABLE.into_iter().flat_map(|(operation, row)| {
        Trouble::ALL.into_iter().zip(row).map(move |(trouble, cell)| (operation, trouble, cell))
    });
    // Each cell has a server of its own, so that some can be under way at the same time.
    let runs = futures_util::stream::iter(sought).map(|(operation, trouble, cell)| async move {
        match cell {
            Cell::Meaningless(_) => None,
            Cell::Ok(..) | Cell::Err(..) => Some(run(operation, trouble).await),
        }
    });
    let mut runs = runs.buffered(4);

    let mut report = head();
    let mut wrong = Vec::new();
    let mut cells = 0;
    for (operation, row) in TABLE {
        let _infallible = write!(report, "{:<24}", operation.name());
        for (trouble, cell) in Trouble::ALL.into_iter().zip(row) {
            let Some(seen) = runs.next().await.expect("a run a cell") else {
                let _infallible = write!(report, "{:<24}", "-");
                continue;
            };
            cells += 1;
            let _infallible = write!(report, "{:<24}", seen.to_string());
            let problems = problems(&cell, &seen);
            if !problems.is_empty() {
                let (operation, trouble) = (operation.name(), trouble.name());
                wrong.push(format!("{operation} / {trouble}: {}\n    {}", problems.join("; "), seen.details));
            }
        }
        report.push('\n');
    }
    report.push_str(&reasons());
    println!("{report}");
    assert!(wrong.is_empty(), "{} of {cells} cells are wrong:\n{}\n{report}", wrong.len(), wrong.join("\n"));
}

/// The text about the columns.
fn head() -> String {
    let mut text = String::from("outcome, requests of the operation / requests in all\n");
    let _infallible = write!(text, "{:<24}", "");
    for trouble in Trouble::ALL {
        let _infallible = write!(text, "{:<24}", trouble.name());
    }
    text.push('\n');
    text
}

/// Why some cells are empty.
fn reasons() -> String {
    let mut text = String::new();
    for (operation, row) in TABLE {
        for (trouble, cell) in Trouble::ALL.into_iter().zip(row) {
            if let Cell::Meaningless(why) = cell {
                let _infallible = writeln!(text, "- {} / {}: {why}", operation.name(), trouble.name());
            }
        }
    }
    text
}

fn problems(cell: &Cell, seen: &Seen) -> Vec<String> {
    let mut problems = seen.problems.clone();
    let (outcome, own, all) = match *cell {
        Cell::Ok(own, all) => (None, own, all),
        Cell::Err(kind, own, all) => (Some(kind), own, all),
        Cell::Meaningless(_) => return problems,
    };
    if seen.outcome != outcome {
        problems.push(format!("expected {outcome:?}, got {:?}", seen.outcome));
    }
    if (seen.own, seen.all) != (own, all) {
        problems.push(format!("expected {own} requests of {all}, got {} of {}", seen.own, seen.all));
    }
    if seen.struck == 0 {
        problems.push("the fault did not strike".to_owned());
    }
    problems
}

#[test]
fn the_table_is_complete() {
    let operations: Vec<Operation> = TABLE.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(operations, Operation::ALL);
}
