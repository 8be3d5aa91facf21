//! The dependency graph: which crates there are, and which comes first.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, Package, PackageId};
use holdall_core::{Error, ErrorKind, Operation, Result};

/// The package that is meant.
///
/// # Errors
///
/// When there are several or none of that name.
pub(super) fn root_package<'a>(
    metadata: &'a Metadata,
    manifest: &Path,
    name: Option<&str>,
) -> Result<&'a Package> {
    let wrong = |what: String| {
        let message = format!("{what} in the workspace of {}", manifest.display());
        Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::List)
    };
    let mut members = metadata.workspace_packages();
    members.sort_by(|one, other| one.name.cmp(&other.name));
    let names = || members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(name) = name {
        let found = members.iter().find(|member| member.name.as_str() == name);
        return found
            .copied()
            .ok_or_else(|| wrong(format!("there is no package {name:?} (but {})", names())));
    }
    // Cargo says which package the file is of; a workspace without one has none.
    if let Some(root) = metadata.root_package() {
        return Ok(root);
    }
    match members.as_slice() {
        [only] => Ok(only),
        _ => Err(wrong(format!("say which package is meant: there are {}", names()))),
    }
}

/// The package and all that it reaches through normal dependencies. Each comes before all that it depends on; where
/// that leaves a choice, the one whose name and version come first.
pub(super) fn by_priority<'a>(metadata: &'a Metadata, root: &'a Package) -> Vec<&'a Package> {
    let packages: HashMap<&PackageId, &Package> =
        metadata.packages.iter().map(|package| (&package.id, package)).collect();
    let mut edges: HashMap<&PackageId, Vec<&PackageId>> = HashMap::new();
    for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
        let normal = node
            .deps
            .iter()
            .filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
        edges.insert(&node.id, normal.map(|dependency| &dependency.pkg).collect());
    }
    let of = |id: &PackageId| edges.get(id).map(Vec::as_slice).unwrap_or_default();

    // How many of those that are reached depend on each.
    let mut waits_for: HashMap<&PackageId, usize> = HashMap::new();
    let mut reached: HashSet<&PackageId> = HashSet::from([&root.id]);
    let mut next = vec![&root.id];
    while let Some(id) = next.pop() {
        for &dependency in of(id) {
            *waits_for.entry(dependency).or_default() += 1;
            if reached.insert(dependency) {
                next.push(dependency);
            }
        }
    }
    // Normal dependencies have no circles, so that every one's turn comes.
    let key = |id: &'a PackageId| packages.get(id).map(|package| (&package.name, &package.version, id));
    let mut ready: BTreeSet<_> = key(&root.id).into_iter().collect();
    let mut ordered = Vec::new();
    while let Some((.., id)) = ready.pop_first() {
        ordered.extend(packages.get(id));
        for &dependency in of(id) {
            if let Some(waits) = waits_for.get_mut(dependency) {
                *waits -= 1;
                if *waits == 0 {
                    ready.extend(key(dependency));
                }
            }
        }
    }
    ordered
}
