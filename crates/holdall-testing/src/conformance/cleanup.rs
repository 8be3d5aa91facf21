//! Every case gets a location of its own; this empties it afterwards.

use futures_util::{StreamExt as _, TryStreamExt as _};
use holdall_core::{Entry, Result, Store};

/// How many passes are made over a location. A save whose future was dropped may still be published by
/// work that could not be cancelled, so one pass can be too few.
const PASSES: usize = 8;

/// How many files are deleted at once.
const CONCURRENCY: usize = 16;

/// Deletes every file below the root of this store. `Err` says what could not be removed.
pub(super) async fn empty(store: &Store) -> Result<(), String> {
    if !store.capabilities().writable {
        return Ok(());
    }
    let mut left = Vec::new();
    for _ in 0..PASSES {
        left = pass(store).await.map_err(|error| format!("the clean-up failed: {error}"))?;
        if left.is_empty() {
            return Ok(());
        }
    }
    Err(format!("the clean-up left {left:?}"))
}

/// Deletes what is listed now and returns what that was.
async fn pass(store: &Store) -> Result<Vec<Entry>> {
    let entries = store.list("").recursive().collect().await?;
    let names = entries.iter().filter_map(|entry| match entry {
        Entry::File(file) => Some(file.name.clone()),
        _ => None,
    });
    let deletions = futures_util::stream::iter(names.collect::<Vec<_>>())
        .map(|name| async move { store.delete(name).await });
    deletions.buffer_unordered(CONCURRENCY).try_collect::<Vec<()>>().await?;
    Ok(entries)
}
