//! Pruning: what no generation that is kept names is deleted.

mod choice;
mod report;

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use holdall_core::{Error, ErrorKind, Name, Operation, Result, Store};

use self::choice::Choice;
pub use self::report::{Pruned, PrunedFile};
use super::inventory::Inventory;
use super::recorded::{Recorded, pointer_name};
use super::{Generation, GenerationId, Generations, nothing_published};

/// Deletes old generations.
///
/// A generation stays that is current, or is one of the [`keep`](Self::keep) latest, or was superseded less than the
/// [`grace`](Self::grace) period ago. Of the others everything is deleted that no generation which stays names:
/// hashed files, their variants, copies, and their manifests last.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use holdall_static::Prune;
///
/// # async fn example(store: holdall_core::Store) -> holdall_core::Result<()> {
/// let prune = Prune::new().keep(5).grace(Duration::from_secs(30 * 24 * 60 * 60));
/// let plan = prune.clone().dry_run(true).run(&store, SystemTime::now()).await?;
/// println!("{} files, {} bytes would be deleted", plan.deleted.len(), plan.bytes());
/// let pruned = prune.run(&store, SystemTime::now()).await?.into_result()?;
/// # Ok(()) }
/// ```
///
/// # Why these defaults
///
/// Three generations and seven days. A page that is open in a browser goes on asking for the files of its own
/// generation: a chunk that is loaded when a dialog opens, a picture, a worker. Few tabs stay open without a reload
/// for longer than a week, caches that keep *pages* longer should be given the same time here. And however rarely a
/// site is deployed, two generations to [roll back](super::rollback) to remain.
///
/// # What is never deleted
///
/// - What the current manifest names, and what any other one names that is kept.
/// - What no manifest names: files of unknown origin. They are counted in [`Pruned::unknown`]. Among them is what a
///   run left that died before it recorded its generation; the next run of the same sources uses it.
/// - What a kept manifest *could* mean: as long as `app.css` is the name of a file, the copy `app.css` stays, also
///   when copies are no longer published.
///
/// # Copies under own names
///
/// Django leaves `old.css` there for good when it disappears from the sources. Here it goes when the last generation
/// goes that had it, on two conditions: its manifest recorded the copy, and the copy still has the content that it
/// had then, as its tag tells, so that what another program saved under the name since is not touched.
/// [`copies(false)`](Self::copies) leaves all copies.
///
/// # Generations that Django wrote
///
/// They are recorded when the first collection of ours takes their place, and pruned like others: what their
/// manifest names as hashed files. It says nothing about copies, so these stay.
#[derive(Debug, Clone)]
#[must_use]
pub struct Prune {
    keep: usize,
    grace: Duration,
    copies: bool,
    dry_run: bool,
}

impl Default for Prune {
    fn default() -> Self {
        Self { keep: 3, grace: Duration::from_hours(7 * 24), copies: true, dry_run: false }
    }
}

impl Prune {
    /// Keeps three generations, and what was superseded within seven days.
    pub fn new() -> Self {
        Self::default()
    }

    /// So many generations stay whatever their age, the current one and those that were current before it; 3
    /// without a call. The current one stays in any case. Several of the same time stay together.
    pub fn keep(mut self, generations: usize) -> Self {
        self.keep = generations;
        self
    }

    /// For how long a generation stays after another one took its place; seven days without a call. It should be
    /// longer than a collection takes: one that is being published is not current yet, and counts from when its
    /// manifest was saved.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Whether copies under the files' own names are deleted, too, as [above](Self#copies-under-own-names); `true`
    /// without a call.
    pub fn copies(mut self, copies: bool) -> Self {
        self.copies = copies;
        self
    }

    /// Only looks what would be deleted.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    /// Prunes. `now` is the time that ages are counted to: that of the system, and another one in tests.
    ///
    /// Files go before the manifests that name them, so that after a failure, or when the future is dropped, the
    /// next run knows what is left to do. While a file could not be deleted no manifest is.
    ///
    /// It costs a listing, one request for each manifest, and the deletions; two more listings of the manifests
    /// alone find out whether something was published meanwhile.
    ///
    /// # Errors
    ///
    /// Before anything is deleted: [`ErrorKind::NotFound`] where there is no current manifest;
    /// [`ErrorKind::InvalidInput`] naming the manifest, where the current one or another one to be kept is broken;
    /// [`ErrorKind::Conflict`] where something was published since the listing; those of the storage.
    ///
    /// [`ErrorKind::Conflict`], too, where something was published while files were deleted and names some of them:
    /// the message says what to do. What could not be deleted is no error of the call but in [`Pruned::failed`].
    pub async fn run(&self, store: &Store, now: SystemTime) -> Result<Pruned> {
        let inventory = Inventory::load(store).await?;
        if inventory.generations.current().is_none() {
            return Err(nothing_published(store, Operation::Delete));
        }
        let (kept, left): (Vec<_>, Vec<_>) = inventory
            .generations
            .iter()
            .cloned()
            .partition(|generation| self.keeps(&inventory, generation, now));
        let choice = Choice::make(&inventory, &kept, left, self.copies).await?;
        let mut pruned = choice.report();
        if self.dry_run || choice.generations.is_empty() {
            return Ok(pruned);
        }

        let recorded = &inventory.recorded;
        if Recorded::look(store).await? != *recorded {
            let message = "something was published or pruned just now; nothing was deleted, run it again";
            return Err(conflict(store, message.to_owned()));
        }
        let names: BTreeSet<Name> = pruned.deleted.iter().map(|file| file.name.clone()).collect();
        delete(store, &mut pruned, &names).await;
        if Recorded::look(store).await? != *recorded {
            overtaken(store, recorded, &names).await?;
        }
        if pruned.failed.is_empty() {
            let manifests =
                choice.generations.iter().map(|generation| generation.manifest_name.clone()).collect();
            delete(store, &mut pruned, &manifests).await;
        }
        pruned.keep_what_failed();
        Ok(pruned)
    }

    /// Whether a generation stays.
    fn keeps(&self, inventory: &Inventory, generation: &Generation, now: SystemTime) -> bool {
        let Some(superseded) = generation.superseded else { return true };
        let is_in_grace = now.duration_since(superseded).map_or(true, |age| age < self.grace);
        let later = inventory
            .generations
            .iter()
            .filter(|other| other.is_current || (!other.is_ahead && other.modified > generation.modified));
        is_in_grace || (!generation.is_ahead && later.count() < self.keep)
    }
}

/// Deletes these, and takes note of what could not be.
async fn delete(store: &Store, pruned: &mut Pruned, names: &BTreeSet<Name>) {
    let results = store.delete_many(names).await;
    pruned
        .failed
        .extend(names.iter().cloned().zip(results).filter_map(|(name, result)| Some((name, result.err()?))));
}

/// Something was published while files were deleted. Does it name any of them?
async fn overtaken(store: &Store, before: &Recorded, deleted: &BTreeSet<Name>) -> Result<()> {
    let recorded = Recorded::look(store).await?;
    let generations = Generations::of(store, &recorded).await?;
    let is_new = |generation: &&Generation| {
        generation.is_current
            || before.generations.get(&generation.id) != recorded.generations.get(&generation.id)
    };
    let ids: Vec<GenerationId> = generations.iter().filter(is_new).map(|generation| generation.id).collect();
    for id in ids {
        let manifest = generations.manifest(id).await?;
        let copies = manifest.copies().filter(|(name, _)| deleted.contains(*name)).count();
        let hashed = manifest.published().filter(|published| deleted.contains(&published.name)).count();
        let lost = copies + hashed;
        if lost > 0 {
            return Err(conflict(
                store,
                format!(
                    "generation {id} was published at the same time and names {lost} of the files that were just \
                     deleted; run collectstatic again, which brings them back, and not while prune runs"
                ),
            ));
        }
    }
    Ok(())
}

fn conflict(store: &Store, message: String) -> Error {
    Error::message(ErrorKind::Conflict, message).or_at(
        Operation::Delete,
        store,
        Some(pointer_name().as_str()),
    )
}
