//! `holdall collectstatic`.

mod document;
mod groups;
mod lines;
mod progress;
mod prompt;
mod summary;
mod tally;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args as ClapArgs;
use holdall::static_files::{Collector, Event, Report, Severity};

use self::progress::Progress;
use self::tally::Tally;
use crate::exit::{Exit, Failure};
use crate::screen::Screen;
use crate::settings::Settings;
use crate::signal::{Ended, runtime, until_signal};

const AFTER_HELP: &str = "\
What differs from Django's collectstatic:
  --clear deletes after the new files and their manifest are there, so that a site that runs never misses a file. It \
works on every storage.
  --dry-run is exact: it also looks for broken references, and lists what would be saved, replaced and deleted.
  What is unchanged is told by content, not by time.
  Every missing reference is reported in one run, and nothing is published while one of them is an error.
  References in scripts are rewritten too. What is missing there is a warning, unless --strict is given.";

/// Collects the static files and publishes them: hashed, rewritten, the manifest last
///
/// Finds the files of the directories that the table [static] of the settings names, gives them names that change with
/// their content, lets references lead to those, and saves what the storage does not have. A failure at any point
/// leaves what was published before whole; run it again to go on.
#[derive(Debug, Clone, ClapArgs)]
#[command(after_long_help = AFTER_HELP)]
#[expect(clippy::struct_excessive_bools, reason = "flags")]
pub(crate) struct CollectArgs {
    /// Do NOT prompt the user for input of any kind
    #[arg(long, visible_alias = "no-input")]
    noinput: bool,

    /// Do NOT post process collected files: no hashed names, no manifest
    #[arg(long)]
    no_post_process: bool,

    /// Ignore files or directories matching this glob-style pattern. Use multiple times to ignore more
    #[arg(short, long, value_name = "PATTERN")]
    ignore: Vec<String>,

    /// Do everything except modify the storage
    #[arg(short = 'n', long)]
    dry_run: bool,

    /// Delete whatever else is in the storage, after the new files are there
    ///
    /// At the root of a bucket, where everything may be somebody else's, it needs --force.
    #[arg(short, long)]
    clear: bool,

    /// Create a symbolic link to each file instead of copying
    ///
    /// For the copies under the files' own names, in a directory of this machine.
    #[arg(short, long)]
    link: bool,

    /// Don't ignore the common private glob-style patterns (CVS, .* and *~)
    #[arg(long)]
    no_default_ignore: bool,

    /// Replace a manifest that cannot be read; let --clear empty a storage that has a whole bucket for itself
    #[arg(long)]
    force: bool,

    /// Treat every missing reference as an error, but those to source maps
    ///
    /// Rules of the settings still decide where they say something.
    #[arg(long)]
    strict: bool,

    /// Leave imports in scripts as they are, as Django does by default
    #[arg(long)]
    no_javascript: bool,

    /// Only look whether the static files are whole; needs no storage
    #[arg(long, conflicts_with_all = ["clear", "link", "dry_run", "no_post_process"])]
    check: bool,

    /// How many files are saved at once
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// Write one JSON document to standard output, and everything else to standard error
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where the files go.
struct Destination {
    store: holdall::Store,
    /// A directory of this machine.
    directory: Option<PathBuf>,
}

pub(crate) fn run(args: &CollectArgs, settings: Settings, screen: &Arc<Screen>) -> Result<Exit, Failure> {
    let settings = with_patterns(args, settings);
    checks(args, &settings, screen)?;
    let destination = if args.check { None } else { Some(destination(args, &settings)?) };
    if let Some(destination) = destination.as_ref().filter(|_| !args.noinput) {
        prompt::ask(args, destination.directory.as_deref(), screen)?;
    }

    let tally = Arc::new(Tally::default());
    let collector = collector(args, &settings, destination.as_ref(), screen, &tally)?;
    let runtime = runtime()?;
    let started = Instant::now();
    let work = async {
        match &destination {
            Some(destination) => collector.collect(&destination.store).await,
            None => collector.check().await,
        }
    };
    let ended = until_signal(runtime, work)?;
    screen.clear();
    let elapsed = started.elapsed();

    let problems = tally.problems();
    groups::tell(&problems, screen);
    let (exit, report, message) = match ended {
        Ended::With(Ok(report)) => (Exit::Done, report, None),
        Ended::With(Err(error)) => {
            let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
            let (exit, message) = refused(args, errors).unwrap_or_else(|| {
                // It says itself what stands.
                let failure = Failure::from(error);
                (failure.exit, failure.message)
            });
            (exit, Report::default(), Some(message))
        }
        Ended::By(exit) => (exit, Report::default(), Some(format!("interrupted: {}", tally.stands()))),
    };
    match &message {
        Some(message) => screen.error(message),
        None => lines::after(&report, screen),
    }
    if args.json {
        let run =
            document::Run { args, settings: &settings, destination: destination.as_ref(), exit, elapsed };
        run.tell(&report, &tally, message.as_deref(), screen);
    } else if message.is_none() {
        summary::tell(args, destination.as_ref(), &report, &tally, screen);
        progress::rate(&report, elapsed, screen);
    }
    Ok(exit)
}

/// What is wrong where references are missing: nothing was published for that reason.
fn refused(args: &CollectArgs, errors: usize) -> Option<(Exit, String)> {
    let published = if args.check { "" } else { "nothing was published: " };
    let these = if errors == 1 { "the error above".to_owned() } else { format!("{errors} errors above") };
    (errors > 0).then(|| (Exit::Problems, format!("{published}mend {these}")))
}

/// The settings, with what the arguments say about patterns.
fn with_patterns(args: &CollectArgs, mut settings: Settings) -> Settings {
    let mut static_files = settings.static_files.clone();
    if args.no_default_ignore {
        static_files = static_files.with_default_ignore(false);
    }
    if args.strict {
        static_files = static_files.with_strict(true);
    }
    if args.no_javascript {
        static_files = static_files.with_javascript(false);
    }
    let patterns = args.ignore.iter().map(|pattern| normalised(pattern));
    settings.static_files = patterns.fold(static_files, holdall::StaticSettings::with_ignored);
    settings
}

/// A pattern as Django normalises it, by Python's `os.path.normpath`: `./css/` is `css`.
fn normalised(pattern: &str) -> String {
    let root = if pattern.starts_with('/') { "/" } else { "" };
    let mut segments: Vec<&str> = Vec::new();
    for segment in pattern.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => _ = segments.pop(),
            ".." if !root.is_empty() => {}
            _ => segments.push(segment),
        }
    }
    let path = format!("{root}{}", segments.join("/"));
    if path.is_empty() { ".".to_owned() } else { path }
}

/// Django's system checks, before anything else.
fn checks(args: &CollectArgs, settings: &Settings, screen: &Screen) -> Result<(), Failure> {
    let mut errors = Vec::new();
    for check in settings.static_files.check(&settings.storages) {
        match check.severity {
            // A mere check needs no storage.
            Severity::Error if args.check && check.id == Some("staticfiles.E005") => {}
            Severity::Error => errors.push(check.to_string()),
            _ if screen.says(1) => screen.warning(check),
            _ => {}
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Failure::usage(errors.join("\n"))) }
}

/// The storage, which must be one that can be treated like that.
fn destination(args: &CollectArgs, settings: &Settings) -> Result<Destination, Failure> {
    let store = settings.store()?;
    let place = settings.place()?;
    let directory = place.and_then(holdall::Place::directory).map(ToOwned::to_owned);
    if args.link && directory.is_none() {
        return Err(Failure::usage("Can't symlink to a remote destination."));
    }
    let has_location = place.is_some_and(|place| !place.location().as_str().is_empty());
    if args.clear && !args.force && directory.is_none() && !has_location {
        return Err(Failure::usage(format!(
            "--clear would delete everything that is in {store}, at its root; give the storage a location in the \
             settings, or say --force"
        )));
    }
    Ok(Destination { store, directory })
}

/// The collector of the settings, with what the arguments say, and with somebody who listens.
fn collector(
    args: &CollectArgs,
    settings: &Settings,
    destination: Option<&Destination>,
    screen: &Arc<Screen>,
    tally: &Arc<Tally>,
) -> Result<Collector, Failure> {
    let mut collector = settings
        .static_files
        .collector()?
        .dry_run(args.dry_run)
        .clear(args.clear)
        .replace_manifest(args.force);
    if let Some(directory) = destination.and_then(|destination| destination.directory.as_ref()) {
        collector = if args.link { collector.link(directory) } else { collector.local_root(directory) };
    }
    if args.no_post_process {
        collector = collector.post_process(false);
    }
    if let Some(jobs) = args.jobs {
        collector = collector.jobs(jobs.get());
    }
    let progress = Progress::new(screen);
    let (screen, tally, dry_run) = (Arc::clone(screen), Arc::clone(tally), args.dry_run);
    Ok(collector.on_event(move |event: &Event| {
        tally.count(event);
        progress.step(event);
        lines::during(event, dry_run, &screen);
    }))
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn patterns_are_normalised_as_python_does_it() {
        for (pattern, expected) in [
            ("./a.js", "a.js"),
            ("css/", "css"),
            ("css//*.map", "css/*.map"),
            ("a/./b/../c", "a/c"),
            ("../a", "../a"),
            ("/a/../../b", "/b"),
            ("", "."),
            ("*.scss", "*.scss"),
        ] {
            assert_eq!(normalised(pattern), expected, "{pattern}");
        }
    }
}
