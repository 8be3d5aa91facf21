//! `cargo xtask loops`: the loops of imports between the modules of each crate, read from the code.
//!
//! Arrows between the modules of a folder point down. The chore finds the folders where they do not: modules that
//! import each other, directly or by way of others. Each folder is measured by itself, the crate's root included: an
//! import counts as an arrow between those two of its children that hold both ends. Imports between a module and the
//! modules inside it do not count, and neither do tests.

mod graph;
mod modules;

use std::fs;
use std::path::PathBuf;

use crate::step::root;
use graph::Graph;

/// The most modules that may form a loop: so many can really be one thing.
const MOST: usize = 4;

/// Modules of one folder that reach each other.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Loop {
    /// The crate and the folder inside it, as a path of modules.
    folder: String,
    /// How many modules the folder has.
    of: usize,
    members: Vec<String>,
}

/// Prints every loop of every crate.
///
/// # Errors
///
/// Names the loops that have more than four modules, or the file that could not be read.
pub(crate) fn report() -> Result<(), String> {
    let mut too_large = Vec::new();
    for (name, source) in crates()? {
        let tree = modules::read(&source)?;
        let loops = loops(&name, &tree);
        let largest = loops.iter().map(|found| found.members.len()).max().unwrap_or(0);
        println!(
            "{name}: {} modules, {}",
            tree.len(),
            match largest {
                0 => "no loop".to_owned(),
                most => format!("the largest loop has {most}"),
            }
        );
        for found in loops {
            println!(
                "    {}: {} of {}: {}",
                found.folder,
                found.members.len(),
                found.of,
                found.members.join(", ")
            );
            if found.members.len() > MOST {
                too_large.push(format!("{} ({} modules)", found.folder, found.members.len()));
            }
        }
    }
    if too_large.is_empty() {
        return Ok(());
    }
    Err(format!(
        "Loops of more than {MOST} modules: {}. Move what two modules need into a module below both.",
        too_large.join(", ")
    ))
}

/// The library crates, each with its root file.
fn crates() -> Result<Vec<(String, PathBuf)>, String> {
    let folder = root().join("crates");
    let problem = |error: std::io::Error| format!("{} cannot be read: {error}", folder.display());
    let mut crates = Vec::new();
    for entry in fs::read_dir(&folder).map_err(problem)? {
        let entry = entry.map_err(problem)?;
        crates.push((entry.file_name().to_string_lossy().into_owned(), entry.path().join("src/lib.rs")));
    }
    crates.sort();
    Ok(crates)
}

/// The loops of a crate, folder by folder.
fn loops(name: &str, tree: &modules::Tree) -> Vec<Loop> {
    let mut found = Vec::new();
    for folder in tree.folders() {
        let children = tree.children(&folder);
        let mut graph = Graph::new(&children);
        for (from, to) in tree.imports() {
            if let (Some(from), Some(to)) = (below(&folder, from), below(&folder, to)) {
                graph.connect(from, to);
            }
        }
        let path = [&[name.to_owned()], folder.as_slice()].concat().join("::");
        let looped = graph.loops().into_iter();
        found.extend(looped.map(|members| Loop { folder: path.clone(), of: children.len(), members }));
    }
    found
}

/// The child of `folder` that holds `module`, if one does.
fn below<'a>(folder: &[String], module: &'a [String]) -> Option<&'a str> {
    let rest = module.strip_prefix(folder)?;
    rest.first().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::{loops, modules};

    /// Writes the files of a small crate and finds its loops.
    fn found(files: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
        let folder =
            std::env::temp_dir().join(format!("holdall-loops-{}-{}", std::process::id(), files[0].1.len()));
        for (path, text) in files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let tree = modules::read(&folder.join("lib.rs"));
        std::fs::remove_dir_all(&folder).unwrap();
        loops("krate", &tree.unwrap()).into_iter().map(|found| (found.folder, found.members)).collect()
    }

    #[test]
    fn modules_that_import_each_other_are_a_loop() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c; pub use b::Bee;"),
            ("a.rs", "use crate::Bee; fn f(x: Bee) {}"),
            ("b.rs", "pub struct Bee; fn g() { format!(\"{}\", super::c::h()); }"),
            ("c/mod.rs", "mod deep; pub fn h() {}"),
            ("c/deep.rs", "fn i() { crate::a::f(Bee) }"),
        ];
        assert_eq!(
            found(&files),
            [("krate".to_owned(), vec!["a".to_owned(), "b".to_owned(), "c".to_owned()])]
        );
    }

    #[test]
    fn arrows_that_point_down_and_tests_are_no_loop() {
        let files = [
            ("lib.rs", "mod a; mod b; // down"),
            ("a.rs", "use crate::b::{self, Bee}; mod inner { use super::f; } fn f() {}"),
            ("b.rs", "pub struct Bee; #[cfg(test)] mod tests { use crate::a; }"),
        ];
        assert_eq!(found(&files), []);
    }

    #[test]
    fn each_folder_is_measured_by_itself() {
        let files = [
            ("lib.rs", "mod top; // a folder"),
            ("top/mod.rs", "mod x; mod y;"),
            ("top/x.rs", "use super::y::Y; pub struct X;"),
            ("top/y.rs", "use super::x::X; pub struct Y;"),
        ];
        assert_eq!(found(&files), [("krate::top".to_owned(), vec!["x".to_owned(), "y".to_owned()])]);
    }
}
