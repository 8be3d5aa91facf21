//! What a collection found and did.

use std::fmt;
use std::io::{BufRead as _, BufReader};

use holdall_core::Name;

use super::problem::Problem;
use super::publish::Published;
use crate::finders::Source;

/// What a collection found and did.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Report {
    /// How many files were found, each name once.
    pub files: usize,
    /// Files that were not taken, since another finder came first.
    pub conflicts: Vec<Conflict>,
    /// What is wrong but was no error.
    pub problems: Vec<Problem>,
    /// What was done at the destination, or in a dry run would have been; nothing after a mere
    /// [`check`](super::Collector::check).
    pub published: Published,
}

/// Two files of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The name.
    pub name: Name,
    /// The one that was taken: the first.
    pub taken: Source,
    /// The one that was not.
    pub left: Source,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (taken, left) = (self.taken.describe(), self.left.describe());
        write!(f, "{}: {taken} is taken, {left} is left out: two finders have the name", self.name)
    }
}

impl Conflict {
    /// Whether the two files have the same content, so that it does not matter which of them was taken. It reads both.
    ///
    /// # Errors
    ///
    /// Those of reading a file.
    pub fn has_same_content(&self) -> std::io::Result<bool> {
        if self.taken == self.left {
            return Ok(true);
        }
        if self.taken.size()? != self.left.size()? {
            return Ok(false);
        }
        let mut both = [BufReader::new(self.taken.open()?), BufReader::new(self.left.open()?)];
        loop {
            let [taken, left] = &mut both;
            let (taken_now, left_now) = (taken.fill_buf()?, left.fill_buf()?);
            let length = taken_now.len().min(left_now.len());
            if taken_now[..length] != left_now[..length] {
                return Ok(false);
            }
            if length == 0 {
                return Ok(taken_now.len() == left_now.len());
            }
            taken.consume(length);
            left.consume(length);
        }
    }
}
