//! What is in a storage after a collection.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use holdall_core::{Entry, MemoryStorage, Store};
use holdall_static::Report;

pub(crate) use crate::example::{SITE, hashed, manifest, of, write};

/// How many files a collection leaves beside hashed files and copies: what it remembers about the copies, the
/// manifest of the generation, and the current one.
pub(crate) const RECORDS: usize = 3;

pub(crate) fn memory() -> Store {
    Store::new(MemoryStorage::new())
}

/// Everything in a storage: names and texts.
pub(crate) async fn contents(store: &Store) -> BTreeMap<String, String> {
    let mut contents = BTreeMap::new();
    let entries: Vec<Entry> = store.list("").recursive().stream().try_collect().await.unwrap();
    for entry in entries {
        let Entry::File(file) = entry else { panic!("{entry:?}") };
        let bytes = store.open(&file.name).await.unwrap().bytes().await.unwrap();
        contents.insert(file.name.to_string(), String::from_utf8_lossy(&bytes).into_owned());
    }
    contents
}

/// The names that a run saved.
pub(crate) fn saved(report: &Report) -> Vec<&str> {
    report.published.saved().map(holdall_core::Name::as_str).collect()
}
