//! `holdall manifest diff`.

use clap::Args as ClapArgs;
use holdall::static_files::ManifestDiff;
use serde::Serialize;

use super::which::Which;
use crate::exit::{Exit, Failure};
use crate::screen::Screen;
use crate::settings::Settings;
use crate::signal::{Ended, runtime, until_signal};

/// Tells what differs between two manifests, an older and a newer one
///
/// + was added, - was removed, * has other content, ~ differs in something else.
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct DiffArgs {
    /// The older one: `current`, `previous`, the id of a generation, or a file
    #[arg(default_value = "previous", value_name = "OLD")]
    old: Which,

    /// The newer one
    #[arg(default_value = "current", value_name = "NEW")]
    new: Which,

    /// End with the exit code 4 when there is a difference
    #[arg(long)]
    exit_code: bool,

    /// Write one JSON document to standard output
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    command: &'static str,
    equal: bool,
    #[serde(flatten)]
    diff: &'a ManifestDiff,
}

pub(super) fn run(args: &DiffArgs, settings: &Settings, screen: &Screen) -> Result<Exit, Failure> {
    let is_stored = args.old.is_stored() || args.new.is_stored();
    let store = if is_stored { Some(settings.store()?) } else { None };
    let work = async {
        let old = args.old.load(store.as_ref()).await?;
        Ok::<_, Failure>(old.diff(&args.new.load(store.as_ref()).await?))
    };
    let diff = match until_signal(runtime()?, work)? {
        Ended::With(diff) => diff?,
        Ended::By(exit) => return Ok(exit),
    };
    if args.json {
        screen.json(&Document { command: "manifest diff", equal: diff.is_empty(), diff: &diff });
    } else {
        screen.line(1, &diff);
    }
    Ok(if args.exit_code && !diff.is_empty() { Exit::No } else { Exit::Done })
}
