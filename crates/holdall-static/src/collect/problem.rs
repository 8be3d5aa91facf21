//! What is wrong with static files: all of it, each with its place.

use std::fmt;

use holdall_core::{Error, ErrorKind, Name, Operation, Result};

use super::policy::MissingKind;

/// Something that is wrong in a static file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Problem {
    /// The file.
    pub file: Name,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub kind: ProblemKind,
    /// How much it matters.
    pub severity: Severity,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ProblemKind {
    /// A reference means a file that is not there.
    Missing {
        /// The reference as it is written.
        reference: String,
        /// The name that it means.
        means: String,
        /// The nearest name that is there, or the one that it has with an ending: `lib.js` for `./lib`.
        nearest: Option<Name>,
        /// What it is needed for.
        kind: MissingKind,
    },
    /// The name is not taken for hashed by a bundler, though it is said to be: nothing in it looks like a hash.
    NotHashed {
        /// The manifest that lists it, or the pattern that it fits but for the hash.
        by: String,
    },
    /// A bundler's manifest lists a file that no finder has.
    Absent {
        /// The manifest.
        by: String,
    },
    /// A file that a bundler hashed refers to one that is published under its hashed name only.
    Unpublished {
        /// The reference as it is written.
        reference: String,
        /// The name that it means.
        means: Name,
    },
    /// A bare module name that the import map does not have, such as `three` in `import "three"`.
    Unmapped {
        /// The name.
        reference: String,
        /// The nearest name that the import map has.
        nearest: Option<String>,
    },
    /// The import map pins a name to a file that is not there; [`Problem::file`] is that file.
    Pin {
        /// The name.
        specifier: String,
        /// The nearest file that is there.
        nearest: Option<Name>,
    },
    /// The text is not UTF-8, so that no reference in it was looked for.
    NotUtf8,
    /// The file is so large that no reference in it was looked for.
    NotLookedInto {
        /// The most bytes of a file that is looked into.
        limit: u64,
    },
    /// The name is one that a collection itself writes: that of a manifest.
    Reserved,
    /// A name that is published has a segment, or is as a whole, longer than the destination takes.
    TooLong {
        /// The name that would be published.
        name: String,
        /// The most bytes.
        limit: usize,
    },
    /// The file lies below another one as if that were a directory, which the destination cannot hold.
    BelowAFile {
        /// The other one.
        file: String,
    },
    /// The name differs from another one only in case. An error where the destination takes them for the same.
    SameButForCase {
        /// The other one.
        other: Name,
    },
    /// Two files would be published under one name.
    SameName {
        /// The name.
        name: Name,
        /// The other file that would get it.
        other: Name,
    },
    /// The file is embedded in the program, so that there is nothing that a symbolic link could lead to.
    CannotLink,
    /// The manifest at the destination cannot be read. An error, unless
    /// [`replace_manifest`](super::Collector::replace_manifest) says that it counts as none.
    BrokenManifest {
        /// Why.
        reason: String,
    },
}

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Nothing is published.
    Error,
    /// It is reported, and the reference stays as it is written.
    Warning,
    /// It is not even reported.
    Ignore,
}

impl Problem {
    /// A problem of a whole file.
    pub(crate) fn of_file(file: Name, kind: ProblemKind, severity: Severity) -> Self {
        Self { file, line: 0, column: 0, kind, severity }
    }
}

impl fmt::Display for Problem {
    /// `file:line:column: reference -> name: reason`, as editors and compilers have it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        match &self.kind {
            ProblemKind::Missing { reference, means, nearest, .. } => {
                write!(f, ": {reference} -> {means}: there is no such file")?;
                did_you_mean(f, nearest.as_ref())
            }
            ProblemKind::Unmapped { reference, nearest } => {
                write!(f, ": {reference}: the import map has no such name")?;
                did_you_mean(f, nearest.as_ref())
            }
            ProblemKind::Pin { specifier, nearest } => {
                write!(f, ": the import map pins {specifier:?} to it: there is no such file")?;
                did_you_mean(f, nearest.as_ref())
            }
            ProblemKind::NotHashed { by } => write!(
                f,
                ": nothing in its name looks like a hash, though {by} has it; it is hashed as any other file"
            ),
            ProblemKind::Absent { by } => write!(
                f,
                ": {by} lists it, but no finder has it; build again, or tell the prefix of the bundler's files"
            ),
            ProblemKind::Unpublished { reference, means } => write!(
                f,
                ": {reference} -> {means}: references of a bundler's file stay as they are, and that file is \
                 published under its hashed name only; publish copies, or let the bundler hash it"
            ),
            ProblemKind::Reserved => f.write_str(
                ": a manifest is published under this name; give the file another one, or ignore it",
            ),
            ProblemKind::NotUtf8 => {
                f.write_str(": the text is not UTF-8; it is copied as it is, references unchanged")
            }
            ProblemKind::NotLookedInto { limit } => write!(
                f,
                ": it is larger than {} MiB, so that no reference in it was looked for; it is published as it is",
                limit >> 20
            ),
            ProblemKind::TooLong { name, limit } => write!(
                f,
                ": it would be published as {name:?}, which is longer than the {limit} bytes that are taken; give it a \
                 shorter name"
            ),
            ProblemKind::BelowAFile { file } => write!(
                f,
                ": {file} is a file, below which the destination can hold no other; rename one of them, or publish no \
                 copies"
            ),
            ProblemKind::SameButForCase { other } => match self.severity {
                Severity::Error => write!(
                    f,
                    ": the destination takes it for {other}, which differs only in case; rename one of them, or publish \
                     no copies"
                ),
                _ => write!(
                    f,
                    ": it differs from {other} only in case, which disks of macOS and Windows take for the same"
                ),
            },
            ProblemKind::SameName { name, other } => write!(
                f,
                ": it would be published as {name}, and so would {other}; perhaps an earlier collection is among the \
                 sources; leave one of the two out with an ignore pattern, or rename it"
            ),
            ProblemKind::CannotLink => {
                f.write_str(": it is embedded in the program and cannot be linked to; collect without links")
            }
            ProblemKind::BrokenManifest { reason } => match self.severity {
                Severity::Error => write!(
                    f,
                    ": {reason}; nothing is published over it, since its files may be in use; if they are not, replace it \
                     with `holdall collectstatic --force`"
                ),
                _ => write!(f, ": {reason}; it counts as none, and is replaced by a good one"),
            },
        }
    }
}

fn did_you_mean(f: &mut fmt::Formatter<'_>, nearest: Option<&impl fmt::Display>) -> fmt::Result {
    match nearest {
        Some(nearest) => write!(f, "; did you mean {nearest}?"),
        None => Ok(()),
    }
}

/// An error with all problems that are errors, if there are any.
pub(crate) fn refuse(problems: &[Problem]) -> Result<()> {
    let is_error = |problem: &&Problem| problem.severity == Severity::Error;
    let errors: Vec<String> = problems.iter().filter(is_error).map(Problem::to_string).collect();
    if errors.is_empty() {
        return Ok(());
    }
    let message =
        format!("{}\nnothing was published: {} of these must be mended", errors.join("\n"), errors.len());
    Err(Error::message(ErrorKind::InvalidInput, message).with_operation(Operation::Save))
}

/// Line and column of a byte, as editors count: a line ends with LF, CR LF or CR, and a column is a character.
pub(crate) fn position(text: &str, at: usize) -> (usize, usize) {
    Positions::new(text).of(at)
}

/// Lines and columns of one byte after the other. Each goes on where the one before ended, so that many of them in a
/// long text cost no more than one.
#[derive(Debug)]
pub(crate) struct Positions<'a> {
    text: &'a str,
    /// Up to where it was read, which line that is and where that line begins.
    at: usize,
    line: usize,
    start: usize,
    /// The last byte that was asked for, with its column.
    last: (usize, usize),
}

impl<'a> Positions<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1, start: 0, last: (0, 0) }
    }

    /// Line and column of a byte.
    pub(crate) fn of(&mut self, at: usize) -> (usize, usize) {
        if at < self.at {
            *self = Self::new(self.text);
        }
        let bytes = self.text.as_bytes();
        for index in self.at..at {
            if bytes[index] == b'\n' || (bytes[index] == b'\r' && bytes.get(index + 1) != Some(&b'\n')) {
                (self.line, self.start) = (self.line + 1, index + 1);
                self.last = (self.start, 0);
            }
        }
        self.at = at;
        let (from, column) = self.last;
        let column = column + self.text[from..at].chars().count();
        self.last = (at, column);
        (self.line, column + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Positions, position};

    #[test]
    fn lines_and_columns_are_those_of_editors() {
        let text = "aé\nb\r\nc\rd\x0ce\u{2028}f";
        let of = |what: &str| position(text, text.find(what).unwrap());
        for (what, place) in
            [("a", (1, 1)), ("b", (2, 1)), ("c", (3, 1)), ("d", (4, 1)), ("e", (4, 3)), ("f", (4, 5))]
        {
            assert_eq!(of(what), place, "{what}");
        }
        assert_eq!(position(text, 3), (1, 3));
        let mut positions = Positions::new(text);
        for (at, _) in text.char_indices().chain(text.char_indices().step_by(3)) {
            assert_eq!(positions.of(at), position(text, at), "{at}");
        }
    }
}
