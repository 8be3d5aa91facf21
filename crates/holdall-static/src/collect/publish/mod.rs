//! Publishing: what is missing goes to the storage, the manifest last.
//!
//! One listing tells what is there ([`before`]). Variants that are missing are compressed ([`variants`],
//! [`workers`]) and saved ([`encoded`]). What else should be there is compared with what is ([`compare`]), which gives
//! the stages ([`stages`]); these are saved one after the other ([`run`]), and at last the manifest of this generation
//! and the one that makes it current ([`manifest`](mod@manifest)). In a dry run the same lists are made and nothing
//! is saved. What is to be cleared away ([`clear`]) is deleted after that.
//!
//! Nothing hashed is changed, and nothing is deleted before the new manifest stands, so that a failure at any point
//! leaves what was published before whole. Running again sends only what is still missing.

mod before;
mod case;
mod clear;
mod compare;
mod encoded;
mod failure;
mod link;
mod manifest;
mod output;
mod published;
mod run;
mod settings;
mod stages;
mod variants;
mod workers;

use holdall_core::{Error, ErrorKind, Name, Operation, Result, Store};

use self::before::Before;
use self::case::folds_case;
pub(crate) use self::link::Local;
pub use self::published::{Action, Change, Compressed, Published, Role};
use self::run::Run;
use self::stages::Stages;
use super::event::{Event, Listeners};
use super::headers::HeaderRules;
use super::plan::Plan;
use super::problem::{Problem, ProblemKind, Severity, refuse};
use crate::compress::Compression;
use crate::manifest::MANIFEST_NAME;

/// How it is published.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own, as Django's command has it")]
pub(crate) struct Publishing {
    /// Saves at once.
    pub(crate) jobs: usize,
    /// Whether there are hashed files and a manifest.
    pub(crate) post_process: bool,
    /// Whether every file is published under its own name, too.
    pub(crate) copies: bool,
    /// Whether nothing is written.
    pub(crate) dry_run: bool,
    /// Whether nothing else is left afterwards.
    pub(crate) clear: bool,
    /// Whether copies are symbolic links; only with `local`.
    pub(crate) link: bool,
    /// Whether a manifest that cannot be read is replaced.
    pub(crate) replace_manifest: bool,
    /// The destination's directory, where it is one of this machine and that is known.
    pub(crate) local: Option<Local>,
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
        let message = if !self.post_process && !self.copies {
            "neither hashed files (post_process) nor copies are to be published; switch one of them on"
        } else if self.link && !self.copies {
            "links are made in the place of copies, which are switched off; switch one of them"
        } else {
            return Ok(());
        };
        Err(Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure))
    }
}

/// Publishes a plan; what is wrong at the destination, but no error.
///
/// # Errors
///
/// `InvalidInput` where the destination cannot hold the files, before anything is saved. After that, the error of
/// the first file that cannot be saved: what was saved until then stays, and no manifest names it.
pub(crate) async fn publish(
    store: &Store,
    plan: &Plan,
    options: &Publishing,
) -> Result<(Published, Vec<Problem>)> {
    variants::check(store, options)?;
    let mut before = Before::look(store).await?;
    let problems = problems(store, plan, &before, options).await?;
    for problem in &problems {
        options.listeners.tell(|| Event::Problem(problem.clone()));
    }
    refuse(&problems)?;
    if options.copies && !options.link {
        before.remember_copies(store, plan).await?;
    }
    let mut run = Run::new(store, options);
    let known = run.save_variants(plan, &before).await?;
    let stages = Stages::new(store, plan, &before, options, &known).await?;
    run.announce(plan, &stages);
    run.save_all(&stages.hashed).await?;
    run.check_local(plan)?;
    let tags = run.save_all(&stages.copies).await?;
    if options.copies && !options.link {
        run.remember_copies(plan, &before, &stages, tags).await?;
    }
    if options.post_process {
        let manifest = manifest::manifest(plan, known, store, options);
        run.save_manifest(&manifest, &before).await?;
    }
    if options.clear {
        run.clear(&before).await?;
    }
    options.listeners.tell(|| Event::Done);
    Ok((run.published, problems))
}

/// What is wrong at the destination.
async fn problems(store: &Store, plan: &Plan, before: &Before, options: &Publishing) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    if let Some(reason) = before.broken.clone().filter(|_| options.post_process) {
        let kind = ProblemKind::BrokenManifest { reason };
        let severity = if options.replace_manifest { Severity::Warning } else { Severity::Error };
        problems.push(Problem::of_file(Name::new(MANIFEST_NAME)?, kind, severity));
    }
    let is_at_risk = |problem: &&Problem| matches!(problem.kind, ProblemKind::SameButForCase { .. });
    let pairs: Vec<&Problem> = plan.problems.iter().filter(is_at_risk).collect();
    if !pairs.is_empty() && folds_case(store, before, options.dry_run).await? == Some(true) {
        let errors = pairs.into_iter().map(|pair| Problem { severity: Severity::Error, ..pair.clone() });
        problems.extend(errors);
    }
    Ok(problems)
}
