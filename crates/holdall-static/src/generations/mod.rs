//! Generations: what was published before is still there, and can be current again.
//!
//! Every run of `collectstatic` that changes anything makes a *generation*: a manifest and the files that it names.
//! The manifest is saved twice, with the same bytes: as `staticfiles.<id>.json`, which stays, and then as
//! `staticfiles.json`, the pointer, which says which generation is current. Both saves are atomic.
//!
//! - [`Generations::load`] tells which generations there are.
//! - [`rollback`] moves the pointer back, once it has seen that every file of the old generation is there.
//! - [`Prune`] deletes what no generation that is kept names.
//!
//! # Which build, and when
//!
//! The id is the MD5 of the manifest's bytes, and so the id of the build: two machines that collect the same
//! sources with the same settings write the same bytes. That is why no file says when it was made. The time is
//! that at which the storage saved the manifest.
//!
//! # Order and age
//!
//! A generation was made current when its versioned manifest was saved last: publishing an old state again, or
//! rolling back to it, saves that manifest again. Of the current one the pointer's own time counts, which is right
//! also where somebody moved the pointer by hand. A generation's age counts from when it was *superseded*: from the
//! time of the next one. Age of the files themselves means nothing: one that never changes is as old as the site.
//!
//! Where times leave a doubt, every rule here decides so that more is kept: generations with the same time (S3
//! tells whole seconds, and a restored copy of a tree may have one time for all) count as superseded by the next
//! later time; and a time in the future counts as just now.
//!
//! # Races and accidents
//!
//! - *A run dies before its versioned manifest is saved.* Hashed files lie there that no manifest names. They hurt
//!   nobody, the next run of the same sources uses them, and [`Prune`] counts them as unknown.
//! - *A run dies between its versioned manifest and the pointer.* That generation is newer than the current one and
//!   never was current. [`Prune`] keeps it for its grace period, as the run might be going on; it does not count
//!   among those that `keep` asks for. It would look as if it had superseded the current one. So before another one
//!   is made current, the versioned manifest of what is current is saved again, which puts it in its place.
//! - *Two runs at once.* Hashed files have their content in their names, so that it does not matter who saves one.
//!   Each run records its generation before it moves the pointer; the last one to move it wins, the other
//!   generation is there as a whole and can be rolled back to. Copies under the files' own names may be of either;
//!   the next run mends them.
//! - *A source that is called like a manifest* (`staticfiles.json`) is refused before anything is published.
//! - *A prune while something is published.* A run may count on an old file that is about to be deleted. [`Prune`]
//!   looks again before it deletes and after, and says so when it was overtaken; running `collectstatic` again
//!   sends what is missing. Run one after the other, not both at once.

mod id;
mod inventory;
mod prune;
mod recorded;
mod rollback;

use std::time::SystemTime;

use bytes::Bytes;
use holdall_core::{Error, ErrorKind, Name, Operation, Result, Store};

pub use self::id::GenerationId;
pub use self::prune::{Prune, Pruned, PrunedFile};
use self::recorded::pointer_name;
pub(crate) use self::recorded::{Recorded, is_manifest_name, manifest_options};
pub use self::rollback::{RolledBack, rollback};
use crate::manifest::{MANIFEST_NAME, Manifest};

/// One generation of static files.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Generation {
    /// Its id, which is the id of the build.
    pub id: GenerationId,
    /// Where its manifest is: `staticfiles.<id>.json`; `staticfiles.json` where the current one is not recorded yet,
    /// since Django wrote it.
    pub manifest_name: Name,
    /// When it was made current, as far as the storage tells.
    pub modified: SystemTime,
    /// Bytes of its manifest.
    pub size: u64,
    /// Whether it is the current one.
    pub is_current: bool,
    /// Whether it is newer than the current one. A run that died just before it moved the pointer left it, or it is
    /// being published now, or somebody moved the pointer back by hand.
    pub is_ahead: bool,
    /// When another one took its place; `None` of the current one. It is the next later time of any generation, and
    /// its own time where there is none.
    pub superseded: Option<SystemTime>,
}

/// The generations of a storage.
///
/// ```
/// use holdall_core::{MemoryStorage, Store};
/// use holdall_static::{Collector, Embedded, Generations, rollback};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
/// let store = Store::new(MemoryStorage::new());
/// for text in ["a { color: red }", "a { color: blue }"] {
///     Collector::new().finder(Embedded::new([("app.css", text)])?).collect(&store).await?;
/// }
/// let generations = Generations::load(&store).await?;
/// assert_eq!(generations.iter().count(), 2);
///
/// // The blue one was a mistake.
/// let before = generations.previous().expect("there are two").id;
/// rollback(&store, before).await?;
/// assert_eq!(Generations::load(&store).await?.current().map(|current| current.id), Some(before));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Generations {
    store: Store,
    /// The current one, those before it from new to old, and those that are ahead, from new to old.
    list: Vec<Generation>,
    /// The current manifest.
    pointer: Option<Bytes>,
}

impl Generations {
    /// Looks which generations there are: one request for a listing, one for the pointer. No other manifest is read
    /// before it is [asked for](Self::manifest).
    ///
    /// # Errors
    ///
    /// Those of the storage. It is no error that nothing was collected yet.
    pub async fn load(store: &Store) -> Result<Self> {
        Self::of(store, &Recorded::look(store).await?).await
    }

    /// The generations that a listing shows.
    async fn of(store: &Store, recorded: &Recorded) -> Result<Self> {
        let pointer = match &recorded.pointer {
            Some(file) => Some((file, store.open(&file.name).await?.bytes().await?)),
            None => None,
        };
        let current = pointer.as_ref().map(|(file, bytes)| Generation {
            id: GenerationId::of(bytes),
            manifest_name: pointer_name(),
            modified: file.modified,
            size: bytes.len() as u64,
            is_current: true,
            is_ahead: false,
            superseded: None,
        });
        let others = recorded.generations.iter().map(|(id, file)| {
            let newer = |current: &Generation| file.modified > current.modified;
            Generation {
                id: *id,
                manifest_name: file.name.clone(),
                modified: file.modified,
                size: file.size,
                is_current: false,
                is_ahead: current.as_ref().is_some_and(newer),
                superseded: None,
            }
        });
        let mut list: Vec<_> = others.collect();
        if let Some(mut current) = current {
            let recorded = list.iter().position(|other| other.id == current.id);
            if let Some(at) = recorded {
                current.manifest_name = list.swap_remove(at).manifest_name;
            }
            list.push(current);
        }
        let times: Vec<SystemTime> = list.iter().map(|generation| generation.modified).collect();
        for generation in list.iter_mut().filter(|generation| !generation.is_current) {
            let next = times.iter().copied().filter(|time| *time > generation.modified).min();
            generation.superseded = Some(next.unwrap_or(generation.modified));
        }
        list.sort_by(|a, b| {
            let place = |one: &Generation| (!one.is_current, one.is_ahead);
            place(a).cmp(&place(b)).then(b.modified.cmp(&a.modified)).then(a.id.cmp(&b.id))
        });
        Ok(Self { store: store.clone(), list, pointer: pointer.map(|(_, bytes)| bytes) })
    }

    /// All of them: the current one, those before it from new to old, and then those that are
    /// [ahead](Generation::is_ahead) of it.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Generation> {
        self.list.iter()
    }

    /// The current one, if anything was published.
    pub fn current(&self) -> Option<&Generation> {
        self.list.first().filter(|generation| generation.is_current)
    }

    /// The one that was current before: what to roll back to.
    pub fn previous(&self) -> Option<&Generation> {
        self.list.iter().find(|generation| !generation.is_current && !generation.is_ahead)
    }

    /// The one with that id.
    pub fn get(&self, id: GenerationId) -> Option<&Generation> {
        self.list.iter().find(|generation| generation.id == id)
    }

    /// The manifest of a generation.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such generation; [`ErrorKind::InvalidInput`] where its manifest
    /// was damaged; those of the storage.
    pub async fn manifest(&self, id: GenerationId) -> Result<Manifest> {
        let generation = self.find(id)?;
        let bytes = self.bytes(generation).await?;
        Manifest::parse(&bytes).map_err(|error| self.locate(error, generation))
    }

    fn find(&self, id: GenerationId) -> Result<&Generation> {
        self.get(id).ok_or_else(|| {
            let known: Vec<String> = self.iter().map(|generation| generation.id.to_string()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let message = format!("there is no generation {id}; there are: {known}");
            Error::message(ErrorKind::NotFound, message).or_at(
                Operation::Open,
                &self.store,
                Some(id.manifest_name().as_str()),
            )
        })
    }

    /// The bytes of a generation's manifest, which are those that its id was made of.
    async fn bytes(&self, generation: &Generation) -> Result<Bytes> {
        if let Some(pointer) = self.pointer.as_ref().filter(|_| generation.is_current) {
            return Ok(pointer.clone());
        }
        let bytes = self.store.open(&generation.manifest_name).await?.bytes().await?;
        if GenerationId::of(&bytes) == generation.id {
            return Ok(bytes);
        }
        let message = "the manifest was changed or damaged: its bytes do not have the hash that its name tells; \
                       delete it, if the generation is not needed";
        Err(self.locate(Error::message(ErrorKind::InvalidInput, message), generation))
    }

    fn locate(&self, error: Error, generation: &Generation) -> Error {
        error.or_at(Operation::Open, &self.store, Some(generation.manifest_name.as_str()))
    }
}

/// The error where nothing says which generation is current.
fn nothing_published(store: &Store, operation: Operation) -> Error {
    let message = "there is no manifest of static files, and so nothing says which files are current; run \
                   collectstatic first";
    Error::message(ErrorKind::NotFound, message).or_at(operation, store, Some(MANIFEST_NAME))
}
