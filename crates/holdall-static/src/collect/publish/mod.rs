//! Publishing: what is missing goes to the storage, the manifest last.
//!
//! One listing tells what is there ([`before`]); what should be there is compared with it, stage by stage
//! ([`output`]); what is missing is saved. In a dry run the same lists are made and nothing is saved.
//!
//! Nothing hashed is changed, and nothing is deleted before the new manifest stands, so that a failure at any point
//! leaves what was published before whole. Running again sends only what is still missing.

mod before;
mod output;
mod published;

use std::collections::HashMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use holdall_core::{Error, ErrorKind, Name, Operation, Result, SaveMode, SaveOptions, Store};

use self::before::{Before, plain};
use self::output::{Output, Stages};
pub use self::published::{Action, Change, Published, Role};
use super::event::{Event, Listeners};
use super::plan::{Plan, content_type};
use crate::manifest::{CopyDetails, FileDetails, MANIFEST_NAME, Manifest};

/// For hashed names: a year, and no question in between (RFC 8246).
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For names whose content may change: a minute.
const SHORT: &str = "public, max-age=60";

/// How it is published.
#[derive(Debug, Clone)]
pub(crate) struct Publishing {
    /// Saves at once.
    pub(crate) jobs: usize,
    /// Whether there are hashed files and a manifest.
    pub(crate) post_process: bool,
    /// Whether every file is published under its own name, too.
    pub(crate) copies: bool,
    /// Whether nothing is written.
    pub(crate) dry_run: bool,
    /// Who hears of each step.
    pub(crate) listeners: Listeners,
}

impl Publishing {
    /// Whether there is anything to publish.
    ///
    /// # Errors
    ///
    /// `InvalidConfig` when there is not.
    pub(crate) fn check(&self) -> Result<()> {
        if self.post_process || self.copies {
            return Ok(());
        }
        let message =
            "neither hashed files (post_process) nor copies are to be published; switch one of them on";
        Err(Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure))
    }
}

/// Publishes a plan.
///
/// # Errors
///
/// Of the first file that cannot be saved. What was saved until then stays, and no manifest names it.
pub(crate) async fn publish(store: &Store, plan: &Plan, options: &Publishing) -> Result<Published> {
    let before = Before::look(store).await?;
    let stages = Stages::new(plan, &before, options);
    let mut run = Run { store, options, published: Published::default() };
    run.announce(plan, &stages);
    run.save_all(&stages.hashed).await?;
    let copies = run.save_all(&stages.copies).await?;
    if options.post_process {
        run.save_manifest(plan, &before, &stages, copies).await?;
    }
    options.listeners.tell(|| Event::Done);
    Ok(run.published)
}

/// A publication while it runs.
struct Run<'a> {
    store: &'a Store,
    options: &'a Publishing,
    published: Published,
}

impl Run<'_> {
    /// Tells what there is to do.
    fn announce(&mut self, plan: &Plan, stages: &Stages<'_>) {
        let listeners = &self.options.listeners;
        let unchanged = stages.unchanged.iter().map(|(name, _)| (*name).clone());
        self.published.unchanged = unchanged.collect();
        let pairs = plan.files.iter().map(|file| (&file.hashed, &file.name)).collect::<HashMap<_, _>>();
        let pair = |output: &Output<'_>| Some(((*pairs.get(output.name)?).clone(), output.name.clone()));
        self.published.post_processed = stages.hashed.iter().filter_map(pair).collect();
        listeners.tell(|| Event::Publishing {
            files: stages.outputs().count(),
            bytes: stages.outputs().map(|output| output.size).sum(),
            unchanged: stages.unchanged.len(),
        });
        for (name, role) in &stages.unchanged {
            listeners.tell(|| Event::Unchanged { name: (*name).clone(), role: *role });
        }
    }

    /// Saves all of these, several at once; the tags that they got.
    async fn save_all(&mut self, outputs: &[Output<'_>]) -> Result<HashMap<Name, String>> {
        let changes = outputs.iter().map(|output| Change {
            name: output.name.clone(),
            role: output.role,
            action: output.action,
        });
        self.published.changes.extend(changes);
        let saves = outputs.iter().map(|output| self.save(output));
        let tags: Vec<_> = stream::iter(saves).buffer_unordered(self.options.jobs).try_collect().await?;
        Ok(tags.into_iter().flatten().collect())
    }

    /// Saves one file, unless this is a dry run; its tag.
    async fn save(&self, output: &Output<'_>) -> Result<Option<(Name, String)>> {
        let Output { name, role, action, size: bytes, .. } = *output;
        self.options.listeners.tell(|| Event::Saving { name: name.clone(), role, action, bytes });
        if self.options.dry_run {
            return Ok(None);
        }
        let options =
            SaveOptions::default().with_mode(SaveMode::Overwrite).with_attributes(output.attributes.clone());
        let saved = self.store.save(name, output.from.content()).options(options).await?;
        self.options.listeners.tell(|| Event::Saved { name: name.clone(), role, action, bytes });
        Ok(saved.etag.map(|etag| (saved.name, plain(&etag))))
    }

    /// Saves the manifest, if it differs from the one that is there. It holds the tags of copies, so that one that
    /// was saved makes another manifest, too.
    async fn save_manifest(
        &mut self,
        plan: &Plan,
        before: &Before,
        stages: &Stages<'_>,
        mut copies: HashMap<Name, String>,
    ) -> Result<()> {
        let mut manifest = Manifest::default();
        for file in &plan.files {
            let tag = copies.remove(&file.name).or_else(|| before.tag(&file.name).map(str::to_owned));
            let copy = tag.filter(|_| self.options.copies && !file.prehashed);
            let copy = copy.map(|tag| CopyDetails::new(file.original.md5(), tag));
            let digests = file.digests();
            let details = FileDetails::new(digests.size, content_type(&file.name), digests.integrity());
            let details = details.with_sha256(digests.sha256());
            let details = details.with_immutable(file.prehashed).with_copy(copy);
            manifest.insert(file.name.clone(), file.hashed.clone(), details);
        }
        for (key, entry) in &plan.entries {
            manifest.insert_entry(key, entry.clone());
        }
        if stages.copies.is_empty() && before.manifest.as_ref() == Some(&manifest) {
            return Ok(());
        }
        let (name, role) = (Name::new(MANIFEST_NAME)?, Role::Manifest);
        let bytes = manifest.to_bytes();
        let (there, size) = (before.there.contains_key(&name), bytes.len() as u64);
        let action = if there { Action::Replaced } else { Action::Created };
        self.published.changes.push(Change { name: name.clone(), role, action });
        let listeners = &self.options.listeners;
        listeners.tell(|| Event::Saving { name: name.clone(), role, action, bytes: size });
        if !self.options.dry_run {
            let save = self.store.save(&name, bytes).overwrite();
            save.content_type("application/json").cache_control("no-cache").await?;
            listeners.tell(|| Event::Saved { name, role, action, bytes: size });
        }
        Ok(())
    }
}
