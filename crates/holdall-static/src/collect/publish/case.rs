//! Whether a destination takes upper and lower case for the same, as disks of macOS and Windows do.
//!
//! No capability says it, since it belongs to the directory at hand and not to the kind of storage. It is asked only
//! when there are files whose names differ in nothing but case.

use holdall_core::{Name, Result, Store};

use super::before::Before;

/// The file that is saved and deleted where nothing else is there to ask for.
const PROBE: &str = "holdall-case-probe.txt";

/// Whether case does not count; `None` where that cannot be known without writing, in a dry run.
pub(super) async fn folds_case(store: &Store, before: &Before, dry_run: bool) -> Result<Option<bool>> {
    // A file that is there, asked for by another spelling that is not.
    let other_spellings = before.there.keys().filter_map(swapped);
    if let Some(spelling) = other_spellings.into_iter().find(|name| !before.there.contains_key(name)) {
        return store.exists(&spelling).await.map(Some);
    }
    if dry_run {
        return Ok(None);
    }
    let probe = Name::new(PROBE)?;
    store.save(&probe, "Deleted at once.\n").overwrite().await?;
    let found = match swapped(&probe) {
        Some(spelling) => store.exists(&spelling).await,
        None => Ok(false),
    };
    // In any case, so that nothing stays behind.
    store.delete(&probe).await?;
    found.map(Some)
}

/// The name with upper for lower case and the other way round, if it has any ASCII letters.
fn swapped(name: &Name) -> Option<Name> {
    let swap = |char: char| {
        if char.is_ascii_lowercase() { char.to_ascii_uppercase() } else { char.to_ascii_lowercase() }
    };
    let text: String = name.as_str().chars().map(swap).collect();
    Name::new(&text).ok().filter(|other| other != name)
}
