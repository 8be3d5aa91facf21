//! `holdall prune`.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clap::Args as ClapArgs;
use holdall::static_files::{Prune, Pruned};
use indicatif::HumanBytes;
use serde::Serialize;

use crate::confirm::{QUESTION, confirm};
use crate::exit::{Exit, Failure};
use crate::screen::Screen;
use crate::settings::Settings;
use crate::signal::{Ended, runtime, until_signal};

const AFTER_HELP: &str = "\
The age of a generation counts from when another one took its place, never from the age of a file. What the current \
manifest names is never deleted, nor what no manifest names; and nothing at all is where the current manifest cannot be \
read.

Do not prune while somebody collects.";

/// Deletes what old generations left in the storage
///
/// A generation stays that is one of the latest, or that was current not long ago: pages that are open in browsers ask
/// for its files. Of the others everything goes that no generation which stays names.
#[derive(Debug, Clone, ClapArgs)]
#[command(after_long_help = AFTER_HELP)]
#[expect(clippy::struct_excessive_bools, reason = "flags")]
pub(crate) struct PruneArgs {
    /// How many generations stay whatever their age, the current one included
    #[arg(long, value_name = "N", default_value = "3")]
    keep: NonZeroUsize,

    /// For how long a generation stays after another one took its place, like 12h or 30d
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = humantime::parse_duration)]
    grace: Duration,

    /// Leave copies under the files' own names
    #[arg(long)]
    no_copies: bool,

    /// Only tell what would be deleted
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// Do NOT prompt the user for input of any kind
    #[arg(long, visible_alias = "no-input")]
    noinput: bool,

    /// Write one JSON document to standard output, and everything else to standard error
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    command: &'static str,
    dry_run: bool,
    bytes: u64,
    #[serde(flatten)]
    pruned: &'a Pruned,
}

pub(crate) fn run(args: &PruneArgs, settings: &Settings, screen: &Arc<Screen>) -> Result<Exit, Failure> {
    let store = settings.store()?;
    let prune = Prune::new().keep(args.keep.get()).grace(args.grace).copies(!args.no_copies);
    // The question says how much is to be deleted, so that it is looked first.
    let look = prune.clone().dry_run(true);
    let mut pruned = match until_signal(runtime()?, look.run(&store, SystemTime::now()))? {
        Ended::With(pruned) => pruned?,
        Ended::By(exit) => return Ok(exit),
    };
    if !args.dry_run && !pruned.pruned.is_empty() {
        if !args.noinput {
            confirm(&question(&pruned, &store.to_string()), "Pruning cancelled.", screen)?;
        }
        pruned = match until_signal(runtime()?, prune.run(&store, SystemTime::now()))? {
            Ended::With(pruned) => pruned?,
            Ended::By(exit) => {
                screen.error("interrupted: what stays is whole; run again to go on");
                return Ok(exit);
            }
        };
    }
    tell(args, &pruned, screen);
    if args.json {
        let (dry_run, bytes) = (args.dry_run, pruned.bytes());
        screen.json(&Document { command: "prune", dry_run, bytes, pruned: &pruned });
    }
    match pruned.into_result() {
        Ok(_) => Ok(Exit::Done),
        Err(error) => Err(error.into()),
    }
}

fn question(pruned: &Pruned, place: &str) -> String {
    format!(
        "\nYou have requested to prune old generations of static files at\n\n    {place}\n\nThis will DELETE {} of {} \
         ({})!\n{QUESTION}",
        counted(pruned.deleted.len(), "file"),
        counted(pruned.pruned.len(), "generation"),
        HumanBytes(pruned.bytes())
    )
}

fn tell(args: &PruneArgs, pruned: &Pruned, screen: &Screen) {
    let verb = if args.dry_run { "Pretending to delete" } else { "Deleted" };
    // In a dry run these lines are what was asked for.
    let level = if args.dry_run { 1 } else { 2 };
    for file in &pruned.deleted {
        screen.line(level, format_args!("{verb} '{}'", file.name));
    }
    for (id, reason) in &pruned.unreadable {
        screen.warning(format_args!("generation {id} is left as it is: {reason}"));
    }
    for (_, error) in &pruned.failed {
        screen.error(error);
    }
    let unknown = match pruned.unknown.len() + pruned.foreign {
        0 => String::new(),
        left => format!(", {} of unknown origin left", counted(left, "file")),
    };
    screen.line(
        1,
        format_args!(
            "{} pruned ({} deleted, {}), {} kept{unknown}.",
            counted(pruned.pruned.len(), "generation"),
            counted(pruned.deleted.len(), "file"),
            HumanBytes(pruned.bytes()),
            pruned.kept.len()
        ),
    );
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
