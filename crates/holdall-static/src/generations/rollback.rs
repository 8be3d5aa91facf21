//! Rolling back: an older generation is made current again.

use holdall_core::{Error, ErrorKind, Operation, Result, Store};

use super::inventory::Inventory;
use super::{GenerationId, recorded};
use crate::manifest::Manifest;

/// What a rollback did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RolledBack {
    /// What was current before; `None` where `staticfiles.json` was gone.
    pub from: Option<GenerationId>,
    /// What is current now. The same as `from` where it was current already; then nothing was written.
    pub to: GenerationId,
    /// How many files it has.
    pub files: usize,
}

/// Makes a generation current that was published before: `staticfiles.json` gets its manifest, in one atomic save.
///
/// First every file that the generation names is looked for in a listing, by name and, where the manifest tells it,
/// by size; variants count, too. So a running site never sees a manifest that names what is not there.
///
/// What rolls back is what hashed names lead to, which is what pages are made of. Copies under the files' own names
/// stay as they are: only the newest content of each was kept. A collection of the old sources brings these back as
/// well.
///
/// It mends a pointer that is broken or was deleted, too.
///
/// An application that has loaded its manifest goes on with the one that it has; load it again, or restart.
///
/// # Errors
///
/// [`ErrorKind::NotFound`] with every file that is missing in its message, or where there is no such generation;
/// [`ErrorKind::InvalidInput`] where its manifest was damaged; those of the storage. The pointer is as it was then,
/// as it is when the future is dropped.
pub async fn rollback(store: &Store, id: GenerationId) -> Result<RolledBack> {
    let inventory = Inventory::load(store).await?;
    let generations = &inventory.generations;
    let generation = generations.find(id)?;
    let bytes = generations.bytes(generation).await?;
    let manifest = Manifest::parse(&bytes).map_err(|error| generations.locate(error, generation))?;
    let missing = inventory.missing(&manifest);
    if !missing.is_empty() {
        let message = format!(
            "generation {id} cannot be made current, since {} of its files are missing:\n{}\nnothing was changed; \
             collect the sources of that time instead, which brings them back",
            missing.len(),
            missing.join("\n")
        );
        let error = Error::message(ErrorKind::NotFound, message);
        return Err(error.or_at(Operation::Save, store, Some(recorded::pointer_name().as_str())));
    }
    let from = generations.current().map(|current| current.id);
    let done = RolledBack { from, to: id, files: manifest.iter().len() };
    for (name, bytes) in inventory.recorded.to_make_current(generations.pointer.as_ref(), bytes) {
        store.save(&name, bytes).options(recorded::manifest_options(store, &name)).await?;
    }
    Ok(done)
}
