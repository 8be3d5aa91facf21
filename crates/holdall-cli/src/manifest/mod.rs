//! `holdall manifest`: what is published, and what was.

mod diff;
mod list;
mod rollback;
mod show;
mod verify;
mod which;

use std::sync::Arc;

use clap::Args as ClapArgs;

use crate::exit::{Exit, Failure};
use crate::screen::Screen;
use crate::settings::Settings;

/// Shows, compares and verifies manifests, and moves back to an earlier one
///
/// Every collection that changed anything has left a generation: a manifest staticfiles.<id>.json and the files that it
/// names. The file staticfiles.json is the manifest of the current one.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct ManifestArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum Action {
    Show(show::ShowArgs),
    List(list::ListArgs),
    Diff(diff::DiffArgs),
    Verify(verify::VerifyArgs),
    Rollback(rollback::RollbackArgs),
}

impl ManifestArgs {
    pub(crate) fn json(&self) -> bool {
        match &self.action {
            Action::Show(args) => args.json,
            Action::List(args) => args.json,
            Action::Diff(args) => args.json,
            Action::Verify(args) => args.json,
            Action::Rollback(args) => args.json,
        }
    }
}

pub(crate) fn run(args: &ManifestArgs, settings: &Settings, screen: &Arc<Screen>) -> Result<Exit, Failure> {
    match &args.action {
        Action::Show(args) => show::run(args, settings, screen),
        Action::List(args) => list::run(args, settings, screen),
        Action::Diff(args) => diff::run(args, settings, screen),
        Action::Verify(args) => verify::run(args, settings, screen),
        Action::Rollback(args) => rollback::run(args, settings, screen),
    }
}
