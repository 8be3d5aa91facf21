//! `holdall manifest verify`.

use std::num::NonZeroUsize;

use clap::Args as ClapArgs;
use holdall::static_files::{Verification, verify};
use serde::Serialize;

use super::which::Which;
use crate::exit::{Exit, Failure};
use crate::screen::Screen;
use crate::settings::Settings;
use crate::signal::{Ended, runtime, until_signal};

/// Reads everything that a manifest names, and tells what is missing or has other bytes
///
/// The exit code is 4 when something is wrong. Copies under the files' own names belong to the newest generation, so that
/// those of an older one may differ.
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct VerifyArgs {
    /// `current`, `previous`, the id of a generation, or a file
    #[arg(default_value = "current", value_name = "MANIFEST")]
    which: Which,

    /// How many files are read at once
    #[arg(short, long, value_name = "N", default_value = "16")]
    jobs: NonZeroUsize,

    /// Write one JSON document to standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    command: &'static str,
    ok: bool,
    #[serde(flatten)]
    verification: &'a Verification,
}

pub(super) fn run(args: &VerifyArgs, settings: &Settings, screen: &Screen) -> Result<Exit, Failure> {
    let store = settings.store()?;
    let work = async {
        let manifest = args.which.load(Some(&store)).await?;
        Ok::<_, Failure>(verify(&store, &manifest, args.jobs.get()).await?)
    };
    let verification = match until_signal(runtime()?, work)? {
        Ended::With(verification) => verification?,
        Ended::By(exit) => return Ok(exit),
    };
    let ok = verification.is_ok();
    if args.json {
        screen.json(&Document { command: "manifest verify", ok, verification: &verification });
    } else {
        // What is wrong is told whatever the level is.
        screen.line(u8::from(ok), &verification);
    }
    Ok(if ok { Exit::Done } else { Exit::No })
}
