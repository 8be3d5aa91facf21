//! Names that a destination cannot hold, or cannot hold together: found before anything is published.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use holdall_core::{Capabilities, Name};

use super::plan::{Plan, Planned};
use super::problem::{Problem, ProblemKind, Severity};
use super::publish::Publishing;
use crate::compress::Place;
use crate::finders::Source;
use crate::generations::is_manifest_name;

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

/// Files that would be published where a collection writes its manifests.
pub(crate) fn reserved(plan: &Plan) -> Vec<Problem> {
    let files = plan.files.iter().filter(|file| is_manifest_name(&file.name));
    files.map(|file| Problem::of_file(file.name.clone(), ProblemKind::Reserved, Severity::Error)).collect()
}

/// Files that would be published under one name: an earlier collection that is among the sources has `a.css` and what
/// that is called with its hash. What is published last would take the place of the other.
pub(crate) fn same_names(plan: &Plan, options: &Publishing) -> Vec<Problem> {
    let mut owners: HashMap<Name, &Name> = HashMap::new();
    let mut problems = Vec::new();
    // A variant gives way to a file of its name, and so comes last.
    for file in &plan.files {
        for name in own_and_hashed(file, options) {
            match owners.entry(name) {
                Entry::Vacant(free) => _ = free.insert(&file.name),
                Entry::Occupied(taken) if **taken.get() == file.name => {}
                Entry::Occupied(taken) => {
                    let (name, other) = (taken.key().clone(), (*taken.get()).clone());
                    let kind = ProblemKind::SameName { name, other };
                    problems.push(Problem::of_file(file.name.clone(), kind, Severity::Error));
                }
            }
        }
    }
    problems
}

/// What a destination with these capabilities cannot hold.
pub(crate) fn cannot_hold(plan: &Plan, options: &Publishing, capabilities: &Capabilities) -> Vec<Problem> {
    let mut problems = Vec::new();
    let error = |name: &Name, kind| Problem::of_file(name.clone(), kind, Severity::Error);
    if options.link {
        let embedded = plan.files.iter().filter(|file| matches!(file.source, Source::Bytes(_)));
        problems.extend(embedded.map(|file| error(&file.name, ProblemKind::CannotLink)));
    }
    if let Some(limit) = capabilities.max_segment {
        for file in &plan.files {
            let is_long = |name: &&Name| name.segments().any(|segment| segment.len() > limit);
            if let Some(long) = published(file, options).iter().find(is_long) {
                problems.push(error(&file.name, too_long(long.as_str(), limit)));
            }
        }
    }
    if options.copies && !capabilities.files_beside_directories {
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

/// The names that a file may be published under.
fn published(file: &Planned, options: &Publishing) -> Vec<Name> {
    let mut names: Vec<Name> = own_and_hashed(file, options).collect();
    let compression = &options.compression;
    if options.post_process
        && compression.place() == Place::Beside
        && compression.takes(&file.name, file.digests().size)
    {
        let variants =
            compression.levels().filter_map(|(encoding, _)| encoding.variant_of(&file.hashed).ok());
        names.extend(variants);
    }
    names
}

/// The names of a file without those of its variants.
fn own_and_hashed(file: &Planned, options: &Publishing) -> impl Iterator<Item = Name> + use<> {
    let own = options.copies.then(|| file.name.clone());
    let hashed = options.post_process.then(|| file.hashed.clone());
    own.into_iter().chain(hashed)
}

/// A name that is longer than a limit.
pub(crate) fn too_long(name: &str, limit: usize) -> ProblemKind {
    ProblemKind::TooLong { name: name.to_owned(), limit }
}
