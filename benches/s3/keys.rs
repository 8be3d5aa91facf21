//! Listings.

use futures_util::TryStreamExt as _;
use holdall_benches::Comparison;
use holdall_core::{Result, Store};

use crate::LISTED;
use crate::plain::Plain;

const ROUNDS: u32 = 5;
const LOCATION: &str = "listed";

/// The key of that number.
pub(crate) fn listed(number: u32) -> String {
    format!("{LOCATION}/{number:05}.bin")
}

pub(crate) async fn compare(plain: &Plain, store: &Store) -> Result<()> {
    let mut listing = Comparison::new(format!("list {LISTED} keys"), LISTED);
    for _ in 0..ROUNDS {
        let seen = listing.plain(plain.list("listed/")).await;
        assert_eq!(seen, LISTED as usize);
        let entries = store.list(LOCATION).recursive().stream();
        let count = entries.try_fold(0_u32, |count, _| std::future::ready(Ok(count + 1)));
        assert_eq!(listing.holdall(count).await?, LISTED);
    }
    listing.print();
    Ok(())
}
