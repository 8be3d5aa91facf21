//! The arguments.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args as ClapArgs, Parser};

use crate::collect::CollectArgs;
use crate::find::FindArgs;
use crate::manifest::ManifestArgs;
use crate::prune::PruneArgs;

/// As cargo's.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// What is true of every subcommand.
const AFTER_HELP: &str = "\
Exit codes:
  0    what was asked for is done
  1    something failed, or a question was answered with no
  2    the arguments or the settings are wrong; nothing was done
  3    the static files, or the manifest at the destination, are wrong; nothing was published
  4    the answer is no: not found, or damaged
  130  interrupted from the keyboard; 143 told to end (SIGTERM)

Settings are read from holdall.toml in the working directory, or from the file that HOLDALL_CONFIG or --settings names, \
and from variables HOLDALL_STORAGES__<NAME>__<KEY> and HOLDALL_STATIC__<KEY>, which win.";

/// Static files of web applications: collect, find, verify, prune
#[derive(Debug, Parser)]
#[command(name = "holdall", version, styles = STYLES, after_long_help = AFTER_HELP, propagate_version = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Subcommand,
}

/// What every subcommand takes.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Common {
    /// The file of settings [default: holdall.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,

    /// The storage of static files, by its name in the settings
    ///
    /// [default: the key `storage` of the table `[static]`, or staticfiles]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) storage: Option<String>,

    /// How much is said: 0 nothing but errors, 1 the result, 2 every file, 3 every file that is written
    #[arg(
        short,
        long,
        global = true,
        value_name = "LEVEL",
        default_value_t = 1,
        value_parser = clap::value_parser!(u8).range(0..=3)
    )]
    pub(crate) verbosity: u8,

    /// Without colours
    #[arg(
        long,
        global = true,
        conflicts_with = "force_color",
        help = "Without colours, as with the variable NO_COLOR"
    )]
    no_color: bool,

    /// With colours, even where nobody sees them
    #[arg(long, global = true)]
    force_color: bool,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    Collectstatic(CollectArgs),
    Findstatic(FindArgs),
    Manifest(ManifestArgs),
    Prune(PruneArgs),
}

impl Common {
    /// What the arguments say about colours, if they do.
    pub(crate) fn color(&self) -> Option<anstream::ColorChoice> {
        match (self.no_color, self.force_color) {
            (true, _) => Some(anstream::ColorChoice::Never),
            (_, true) => Some(anstream::ColorChoice::Always),
            _ => None,
        }
    }
}

impl Subcommand {
    /// Whether standard output is to be one JSON document.
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::Collectstatic(args) => args.json,
            Self::Findstatic(args) => args.json,
            Self::Manifest(args) => args.json(),
            Self::Prune(args) => args.json,
        }
    }
}
