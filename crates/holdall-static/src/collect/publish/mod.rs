//! Publishing: what is missing goes to the storage, the manifest last.
//!
//! One listing tells what is there ([`before`]). Variants that are missing are compressed ([`variants`],
//! [`workers`]) and saved ([`encoded`]). What else should be there is compared with what is ([`compare`]), which gives
//! the stages ([`output`]); these are saved one after the other ([`run`]), and at last the manifest of this generation
//! and the one that makes it current ([`manifest`](mod@manifest)). In a dry run the same lists are made and nothing
//! is saved.
//!
//! Nothing hashed is changed, and nothing is deleted before the new manifest stands, so that a failure at any point
//! leaves what was published before whole. Running again sends only what is still missing.

mod before;
mod compare;
mod encoded;
mod failure;
mod manifest;
mod output;
mod published;
mod run;
mod variants;
mod workers;

use holdall_core::{Error, ErrorKind, Operation, Result, Store};

use self::before::Before;
use self::output::Stages;
pub use self::published::{Action, Change, Compressed, Published, Role};
use self::run::Run;
use super::event::{Event, Listeners};
use super::headers::HeaderRules;
use super::plan::Plan;
use crate::compress::Compression;

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
    /// What is stored beside the bytes.
    pub(crate) headers: HeaderRules,
    /// In which encodings files are published, too.
    pub(crate) compression: Compression,
    /// Who hears of each step.
    pub(crate) listeners: Listeners,
}

impl Publishing {
    /// Whether there is anything to publish.
    ///
    /// # Errors
    ///
    /// `InvalidConfig` when there is not; those of the settings of compression.
    pub(crate) fn check(&self) -> Result<()> {
        self.compression.check()?;
        self.headers.check().map_err(|error| error.with_operation(Operation::Configure))?;
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
    variants::check(store, options)?;
    let mut before = Before::look(store).await?;
    if options.copies {
        before.remember_copies(store, plan).await?;
    }
    let mut run = Run::new(store, options);
    let known = run.save_variants(plan, &before).await?;
    let stages = Stages::new(store, plan, &before, options, &known).await?;
    run.announce(plan, &stages);
    run.save_all(&stages.hashed).await?;
    let tags = run.save_all(&stages.copies).await?;
    if options.copies {
        run.remember_copies(plan, &before, &stages, tags).await?;
    }
    if options.post_process {
        let manifest = manifest::manifest(plan, known, store, options);
        run.save_manifest(&manifest, &before).await?;
    }
    options.listeners.tell(|| Event::Done);
    Ok(run.published)
}
