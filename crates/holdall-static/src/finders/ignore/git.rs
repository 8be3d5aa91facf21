//! The rules of git, as ripgrep's crate `ignore` has them.

use std::path::{Path, PathBuf};

use holdall_core::{Error, ErrorKind, Operation, Result};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Files that are honoured; the last one that says something decides.
const FILES: [&str; 2] = [".gitignore", ".holdallignore"];

/// Lines that were given, and whether files are honoured.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    lines: String,
    compiled: Gitignore,
    honours_files: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { lines: String::new(), compiled: Gitignore::empty(), honours_files: false }
    }
}

/// What is compiled from equal lines is equal.
impl PartialEq for Rules {
    fn eq(&self, other: &Self) -> bool {
        (&self.lines, self.honours_files) == (&other.lines, other.honours_files)
    }
}

impl Eq for Rules {}

impl Rules {
    pub(super) fn add(&mut self, lines: &str) -> Result<()> {
        self.lines = format!("{}{lines}\n", self.lines);
        self.compiled = compile(Path::new(""), &self.lines, None)?;
        Ok(())
    }

    pub(super) fn honour_files(&mut self, honoured: bool) {
        self.honours_files = honoured;
    }

    pub(super) fn honours_files(&self) -> bool {
        self.honours_files
    }

    /// Whether the name is left out; `None` where nothing is said about it.
    pub(super) fn says(&self, name: &str, is_directory: bool) -> Option<bool> {
        verdict(&self.compiled.matched(name, is_directory))
    }
}

/// The files that are honoured on the way to where a walk is.
#[derive(Debug)]
pub(in crate::finders) struct Tree {
    honours_files: bool,
    /// By depth of the directory that has them.
    rules: Vec<(usize, Gitignore)>,
}

impl Tree {
    pub(super) fn new(honours_files: bool) -> Self {
        Self { honours_files, rules: Vec::new() }
    }

    /// Reads the files of a directory that the walk goes into.
    ///
    /// # Errors
    ///
    /// For a file that cannot be read, or a line that is no pattern.
    pub(in crate::finders) fn enter(&mut self, directory: &Path, depth: usize) -> Result<()> {
        self.leave(depth);
        if !self.honours_files {
            return Ok(());
        }
        for file in FILES {
            let path = directory.join(file);
            match std::fs::read_to_string(&path) {
                Ok(lines) => self.rules.push((depth, compile(directory, &lines, Some(&path))?)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    let message = format!("{} cannot be read ({error})", path.display());
                    return Err(Error::from_io(error).with_message(message).with_operation(Operation::List));
                }
            }
        }
        Ok(())
    }

    /// Whether an entry at that depth is left out; `None` where no file says anything about it.
    pub(in crate::finders) fn says(&mut self, path: &Path, depth: usize, is_directory: bool) -> Option<bool> {
        self.leave(depth);
        self.rules.iter().rev().find_map(|(_, rules)| verdict(&rules.matched(path, is_directory)))
    }

    /// Forgets the files of directories that the walk has left: those at that depth or below.
    fn leave(&mut self, depth: usize) {
        while self.rules.last().is_some_and(|(of, _)| *of >= depth) {
            self.rules.pop();
        }
    }
}

fn verdict<T>(found: &Match<T>) -> Option<bool> {
    match found {
        Match::None => None,
        Match::Ignore(_) => Some(true),
        Match::Whitelist(_) => Some(false),
    }
}

fn compile(root: &Path, lines: &str, file: Option<&PathBuf>) -> Result<Gitignore> {
    let mut builder = GitignoreBuilder::new(root);
    let wrong = |line: &str, error: &ignore::Error| {
        let place = file.map_or(String::new(), |file| format!(" of {}", file.display()));
        let message = format!("the line {line:?}{place} is no pattern of gitignore: {error}");
        Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure)
    };
    for line in lines.lines() {
        builder.add_line(None, line).map_err(|error| wrong(line, &error))?;
    }
    builder.build().map_err(|error| wrong(lines, &error))
}
