//! The line at the end, word for word Django's.

use std::path::Path;

use holdall::static_files::{Action, Report, Role};

use super::tally::Tally;
use super::{CollectArgs, Destination};
use crate::screen::Screen;

/// A directory as people know it.
pub(super) fn shown(directory: &Path) -> String {
    std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned()).display().to_string()
}

pub(super) fn tell(
    args: &CollectArgs,
    destination: Option<&Destination>,
    report: &Report,
    tally: &Tally,
    screen: &Screen,
) {
    let Some(destination) = destination else {
        let these = counted(report.files);
        screen.line(1, format_args!("{these} checked, {} problems.", report.problems.len()));
        return;
    };
    screen.line(1, format_args!("\n{}", sentence(args, destination, report, tally)));
}

/// `[N static file(s) deleted, ]N static file(s) copied|symlinked[ to 'dest'][, N unmodified][, N post-processed][, N
/// skipped due to conflict].`
fn sentence(args: &CollectArgs, destination: &Destination, report: &Report, tally: &Tally) -> String {
    let copied = copied(report, tally);
    let deleted = report.published.with_action(Action::Deleted).count();
    let gone = if deleted > 0 { format!("{} deleted, ", counted(deleted)) } else { String::new() };
    let action = if args.link { "symlinked" } else { "copied" };
    let to = destination.directory.as_ref().map(|directory| format!(" to '{}'", shown(directory)));
    let more = [
        (report.files.saturating_sub(copied), "unmodified"),
        (report.published.post_processed.len(), "post-processed"),
        (report.conflicts.len(), "skipped due to conflict"),
    ];
    let more = more.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}"));
    let more: String = more.collect();
    format!("{gone}{} {action}{}{more}.", counted(copied), to.unwrap_or_default())
}

fn counted(files: usize) -> String {
    format!("{files} static file{}", if files == 1 { "" } else { "s" })
}

/// How many files are new or changed at the destination: copies under their own names, or hashed files where there are
/// no copies.
pub(super) fn copied(report: &Report, tally: &Tally) -> usize {
    let role = if tally.has_copies() { Role::Copy } else { Role::Hashed };
    let is_save = |action| matches!(action, Action::Created | Action::Replaced | Action::Linked);
    report.published.changes.iter().filter(|change| change.role == role && is_save(change.action)).count()
}
