//! The JSON document of `--json`. Its keys are part of the interface: new ones may come, none goes or changes its
//! meaning.

use std::collections::BTreeMap;
use std::time::Duration;

use holdall::static_files::{Problem, ProblemKind, Report, Severity};
use serde::Serialize;

use super::tally::Tally;
use super::{CollectArgs, Destination, groups, lines, progress, summary};
use crate::exit::Exit;
use crate::screen::Screen;
use crate::settings::Settings;

/// A run, and how it ended.
pub(super) struct Run<'a> {
    pub(super) args: &'a CollectArgs,
    pub(super) settings: &'a Settings,
    pub(super) destination: Option<&'a Destination>,
    pub(super) exit: Exit,
    pub(super) elapsed: Duration,
}

#[derive(Serialize)]
struct Document<'a> {
    /// `collectstatic`.
    command: &'static str,
    ok: bool,
    exit_code: u8,
    /// The sentence on standard error, where something failed.
    error: Option<&'a str>,
    dry_run: bool,
    /// Nothing after `--check`.
    destination: Option<Goal>,
    /// How many files were found.
    files: usize,
    /// The figures of the summary.
    copied: usize,
    unmodified: usize,
    deleted: usize,
    /// What was done, in its order. After an error nothing is here; `saved` tells how far it came.
    changes: Vec<Change<'a>>,
    /// Hashed names by name, of files that were saved.
    post_processed: BTreeMap<&'a str, &'a str>,
    /// What was compressed, and did not lie there from an earlier run.
    compressed: Vec<Compressed<'a>>,
    /// What `--clear` could not delete, since no name can say it.
    foreign: &'a [String],
    conflicts: Vec<Shadowed<'a>>,
    problems: Vec<Fault>,
    /// How many missing files are warnings, by kind of reference and place.
    missing: Vec<Missing<'a>>,
    /// How many files, the manifest included, were saved by the time it ended.
    saved: usize,
    elapsed_seconds: f64,
    files_per_second: f64,
}

#[derive(Serialize)]
struct Goal {
    storage: String,
    place: String,
    directory: Option<String>,
}

#[derive(Serialize)]
struct Change<'a> {
    name: &'a str,
    role: &'static str,
    action: &'static str,
}

#[derive(Serialize)]
struct Compressed<'a> {
    file: &'a str,
    /// `gzip`, `br`, `zstd`.
    encoding: &'static str,
    size: u64,
    /// Nothing where it did not pay.
    encoded: Option<u64>,
}

#[derive(Serialize)]
struct Shadowed<'a> {
    name: &'a str,
    taken: String,
    ignored: String,
    /// Whether both have the same content, where both can be read.
    equal: Option<bool>,
}

#[derive(Serialize)]
struct Missing<'a> {
    /// `css`, `import`, `dynamic_import`, `url`, `source_map`, `html`.
    kind: &'static str,
    directory: &'a str,
    count: usize,
}

#[derive(Serialize)]
struct Fault {
    file: String,
    /// 0 where the whole file is meant.
    line: usize,
    column: usize,
    severity: &'static str,
    /// One word for the kind of problem.
    kind: &'static str,
    message: String,
    /// The reference as it is written, where it is about one.
    reference: Option<String>,
    /// The nearest name that is there.
    nearest: Option<String>,
    /// The kind of reference that needs a missing file, as in `missing`.
    needed_for: Option<&'static str>,
}

impl Run<'_> {
    pub(super) fn tell(&self, report: &Report, tally: &Tally, error: Option<&str>, screen: &Screen) {
        let copied = summary::copied(report, tally);
        let changes = &report.published.changes;
        let deleted = report.published.with_action(holdall::static_files::Action::Deleted).count();
        let problems = tally.problems();
        let document = Document {
            command: "collectstatic",
            ok: self.exit == Exit::Done,
            exit_code: self.exit.code(),
            error,
            dry_run: self.args.dry_run,
            destination: self.destination.map(|destination| Goal {
                storage: self.settings.static_files.storage().to_owned(),
                place: destination.store.to_string(),
                directory: destination.directory.as_deref().map(summary::shown),
            }),
            files: report.files,
            copied,
            unmodified: if self.destination.is_some() { report.files.saturating_sub(copied) } else { 0 },
            deleted,
            changes: changes
                .iter()
                .map(|change| Change {
                    name: change.name.as_str(),
                    role: change.role.as_str(),
                    action: change.action.as_str(),
                })
                .collect(),
            post_processed: report
                .published
                .post_processed
                .iter()
                .map(|(name, hashed)| (name.as_str(), hashed.as_str()))
                .collect(),
            compressed: report
                .published
                .compressed
                .iter()
                .map(|compressed| Compressed {
                    file: compressed.file.as_str(),
                    encoding: compressed.encoding.token(),
                    size: compressed.size,
                    encoded: compressed.encoded,
                })
                .collect(),
            foreign: &report.published.foreign,
            conflicts: report
                .conflicts
                .iter()
                .map(|conflict| Shadowed {
                    name: conflict.name.as_str(),
                    taken: lines::from(&conflict.taken),
                    ignored: lines::from(&conflict.left),
                    equal: conflict.has_same_content().ok(),
                })
                .collect(),
            problems: problems.iter().map(Fault::of).collect(),
            missing: groups::warnings(&problems)
                .into_iter()
                .map(|group| Missing {
                    kind: group.kind.as_str(),
                    directory: group.directory,
                    count: group.problems.len(),
                })
                .collect(),
            saved: tally.done().0,
            elapsed_seconds: self.elapsed.as_secs_f64(),
            files_per_second: progress::per_second(report.files, self.elapsed),
        };
        screen.json(&document);
    }
}

impl Fault {
    fn of(problem: &Problem) -> Self {
        let name = |name: &Option<holdall::Name>| name.as_ref().map(ToString::to_string);
        let (kind, reference, nearest) = match &problem.kind {
            ProblemKind::Missing { reference, nearest, .. } => ("missing", Some(reference), name(nearest)),
            ProblemKind::Unpublished { reference, .. } => ("unpublished", Some(reference), None),
            ProblemKind::Unmapped { reference, nearest, .. } => {
                ("unmapped", Some(reference), nearest.clone())
            }
            ProblemKind::Pin { specifier, nearest, .. } => ("pin", Some(specifier), name(nearest)),
            ProblemKind::NotHashed { .. } => ("not_hashed", None, None),
            ProblemKind::Absent { .. } => ("absent", None, None),
            ProblemKind::NotUtf8 => ("not_utf8", None, None),
            ProblemKind::NotLookedInto { .. } => ("not_looked_into", None, None),
            ProblemKind::Reserved => ("reserved", None, None),
            ProblemKind::TooLong { .. } => ("too_long", None, None),
            ProblemKind::BelowAFile { .. } => ("below_a_file", None, None),
            ProblemKind::SameButForCase { .. } => ("same_but_for_case", None, None),
            ProblemKind::SameName { .. } => ("same_name", None, None),
            ProblemKind::CannotLink => ("cannot_link", None, None),
            ProblemKind::BrokenManifest { .. } => ("broken_manifest", None, None),
            _ => ("other", None, None),
        };
        let needed_for = match &problem.kind {
            ProblemKind::Missing { kind, .. } => Some(kind.as_str()),
            _ => None,
        };
        Self {
            file: problem.file.to_string(),
            line: problem.line,
            column: problem.column,
            severity: if problem.severity == Severity::Error { "error" } else { "warning" },
            kind,
            message: problem.to_string(),
            reference: reference.cloned(),
            nearest,
            needed_for,
        }
    }
}
