//! Problems as people read them: every error, and warnings of one kind in one place as one line, where they are many.

use std::collections::BTreeMap;

use holdall::static_files::{MissingKind, Problem, ProblemKind, Severity};

use crate::screen::Screen;

/// So many warnings of one kind in one place are listed; more are counted.
const LISTED: usize = 3;

/// Missing files of one kind, needed by files of one directory or of those below it.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) kind: MissingKind,
    /// Empty for the root.
    pub(super) directory: &'a str,
    pub(super) problems: Vec<&'a Problem>,
}

/// Tells what is wrong: errors always, warnings at level 1, and at level 2 each of them.
pub(super) fn tell(problems: &[Problem], screen: &Screen) {
    let note = |problem: &Problem| {
        let warning = if problem.severity == Severity::Warning { " (warning)" } else { "" };
        screen.note(format_args!("{problem}{warning}"));
    };
    if screen.says(2) || !screen.says(1) {
        let told = problems.iter().filter(|problem| screen.says(1) || problem.severity == Severity::Error);
        return told.for_each(note);
    }
    let groups: Vec<Group<'_>> =
        warnings(problems).into_iter().filter(|group| group.problems.len() > LISTED).collect();
    // Those of a group stand together no more than they do in the list: by their addresses.
    let mut counted: Vec<*const Problem> =
        groups.iter().flat_map(|group| &group.problems).map(|problem| std::ptr::from_ref(*problem)).collect();
    counted.sort_unstable();
    let is_counted = |problem: &Problem| counted.binary_search(&std::ptr::from_ref(problem)).is_ok();
    problems.iter().filter(|problem| !is_counted(problem)).for_each(note);
    for Group { kind, directory, problems } in &groups {
        let place = if directory.is_empty() { "the root" } else { directory };
        let pattern = if directory.is_empty() { "*".to_owned() } else { format!("{directory}/*") };
        screen.note(format_args!(
            "{} missing {} in {place} (warning); the first is {}; -v 2 lists all; add an ignore rule: [[static.missing]] \
             files = {pattern:?}, severity = \"ignore\"",
            problems.len(),
            plural(*kind),
            problems[0],
        ));
    }
}

/// The warnings about missing files by kind and place. A place is a directory that has them in its own files, and
/// takes those of the directories below; the root takes none but its own.
pub(super) fn warnings(problems: &[Problem]) -> Vec<Group<'_>> {
    let mut by_kind: BTreeMap<MissingKind, BTreeMap<&str, Vec<&Problem>>> = BTreeMap::new();
    for problem in problems.iter().filter(|problem| problem.severity == Severity::Warning) {
        if let ProblemKind::Missing { kind, .. } = &problem.kind {
            let directory = problem.file.as_str().rsplit_once('/').map_or("", |(directory, _)| directory);
            by_kind.entry(*kind).or_default().entry(directory).or_default().push(problem);
        }
    }
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (kind, directories) in by_kind {
        let mut places: BTreeMap<&str, Vec<&Problem>> = BTreeMap::new();
        for (directory, found) in &directories {
            let above = directory.match_indices('/').map(|(at, _)| &directory[..at]);
            let place = above.into_iter().find(|above| directories.contains_key(above)).unwrap_or(directory);
            places.entry(place).or_default().extend(found);
        }
        groups.extend(places.into_iter().map(|(directory, problems)| Group { kind, directory, problems }));
    }
    groups
}

fn plural(kind: MissingKind) -> &'static str {
    match kind {
        MissingKind::Css => "references of style sheets",
        MissingKind::Import => "imports",
        MissingKind::DynamicImport => "dynamic imports",
        MissingKind::Url => "URLs of scripts",
        MissingKind::SourceMap => "source maps",
        _ => "references of pages and images",
    }
}
