//! Names that a destination cannot hold, or cannot hold together: found before anything is published.

use std::collections::{BTreeMap, HashSet};

use holdall_core::{Capabilities, Name};

use super::plan::Plan;
use super::problem::{Problem, ProblemKind, Severity};
use crate::finders::Source;

/// Files whose names differ only in case. A disk of macOS or Windows takes them for one, and so does a checkout
/// there; everywhere else they are two files, which is why it is a warning until the destination is known.
///
/// Hashed names that differ only in case have the same hash, and so the same content. Only copies are at risk.
pub(crate) fn same_but_for_case<'a>(names: impl Iterator<Item = &'a Name>) -> Vec<Problem> {
    let mut seen: BTreeMap<String, &Name> = BTreeMap::new();
    let mut problems = Vec::new();
    for name in names {
        if let Some(first) = seen.get(&name.as_str().to_lowercase()) {
            let kind = ProblemKind::SameButForCase { other: (*first).clone() };
            problems.push(Problem::of_file(name.clone(), kind, Severity::Warning));
        } else {
            seen.insert(name.as_str().to_lowercase(), name);
        }
    }
    problems
}

/// What a destination with these capabilities cannot hold.
pub(crate) fn cannot_hold(
    plan: &Plan,
    copies: bool,
    link: bool,
    capabilities: &Capabilities,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let error = |name: &Name, kind| Problem::of_file(name.clone(), kind, Severity::Error);
    if link {
        let embedded = plan.files.iter().filter(|file| matches!(file.source, Source::Bytes(_)));
        problems.extend(embedded.map(|file| error(&file.name, ProblemKind::CannotLink)));
    }
    if let Some(limit) = capabilities.max_segment {
        for file in &plan.files {
            // The hashed name is the longer one.
            let published = if file.hashed.as_str().len() > file.name.as_str().len() || !copies {
                &file.hashed
            } else {
                &file.name
            };
            if published.segments().any(|segment| segment.len() > limit) {
                problems.push(error(&file.name, too_long(published.as_str(), limit)));
            }
        }
    }
    if copies && !capabilities.files_beside_directories {
        let names: HashSet<&str> = plan.files.iter().map(|file| file.name.as_str()).collect();
        for file in &plan.files {
            let levels = file.name.as_str().match_indices('/').map(|(at, _)| &file.name.as_str()[..at]);
            if let Some(above) = levels.into_iter().find_map(|level| names.get(level)) {
                problems.push(error(&file.name, ProblemKind::BelowAFile { file: (*above).to_owned() }));
            }
        }
    }
    problems
}

/// A name that is longer than a limit.
pub(crate) fn too_long(name: &str, limit: usize) -> ProblemKind {
    ProblemKind::TooLong { name: name.to_owned(), limit }
}
