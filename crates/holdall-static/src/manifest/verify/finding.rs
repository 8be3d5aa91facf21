//! What a verification found.

use std::fmt;

use holdall_core::Name;
use serde::Serialize;

use super::{Check, Outcome};
use crate::collect::Role;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Verification {
    /// How many files have the right bytes.
    pub right: usize,
    /// Bytes of these.
    pub bytes: u64,
    /// Files that are there, where the manifest tells nothing about their bytes; in the order of names.
    pub unproven: Vec<Name>,
    /// Everything that is wrong, in the order of names.
    pub wrong: Vec<Finding>,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The name in the storage.
    pub name: Name,
    /// The file that is published there, by its own name.
    pub of: Name,
    /// As what it is published.
    pub role: Role,
    /// What is wrong.
    #[serde(flatten)]
    pub wrong: Wrong,
}

/// What can be wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "wrong", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Wrong {
    /// It is not there.
    Missing,
    /// It has another size.
    Size {
        /// Bytes that it should have.
        expected: u64,
        /// Bytes that it has.
        found: u64,
    },
    /// It has other bytes.
    Content {
        /// The digest that it should have: an `integrity` value, or an MD5 or its beginning.
        expected: String,
        /// The one that it has.
        found: String,
    },
    /// It cannot be decompressed.
    Encoding {
        /// What the decompressor says.
        reason: String,
    },
    /// The storage cannot give back what was saved.
    Damaged {
        /// What it says.
        reason: String,
    },
}

impl Verification {
    /// Whether nothing is wrong. What is [unproven](Self::unproven) is not wrong.
    pub fn is_ok(&self) -> bool {
        self.wrong.is_empty()
    }

    pub(super) fn add(&mut self, check: Check, outcome: Outcome) {
        match outcome {
            Outcome::Right(bytes) => {
                self.right += 1;
                self.bytes += bytes;
            }
            Outcome::Unproven => self.unproven.push(check.name),
            Outcome::Wrong(wrong) => {
                let Check { name, of, role, .. } = check;
                self.wrong.push(Finding { name, of, role, wrong });
            }
        }
    }

    pub(super) fn sort(&mut self) {
        self.unproven.sort();
        self.wrong.sort();
    }
}

impl fmt::Display for Verification {
    /// A sentence for each thing that is wrong, and a last line that counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.wrong {
            writeln!(f, "{finding}")?;
        }
        write!(f, "{} files have the right bytes ({} bytes)", self.right, self.bytes)?;
        if !self.unproven.is_empty() {
            let number = self.unproven.len();
            write!(f, ", {number} are there but nothing tells what their bytes should be")?;
        }
        match self.wrong.len() {
            0 => Ok(()),
            number => {
                write!(f, ", {number} are wrong; delete those that are there and run collectstatic again")
            }
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if self.name != self.of {
            write!(f, " (for {})", self.of)?;
        }
        write!(f, ": {}", self.wrong)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("it is not there"),
            Self::Size { expected, found } => write!(f, "it has {found} bytes and should have {expected}"),
            Self::Content { expected, found } => {
                write!(
                    f,
                    "its bytes are not those that were published: their digest is {found} and should be {expected}"
                )
            }
            Self::Encoding { reason } => write!(f, "it cannot be decompressed: {reason}"),
            Self::Damaged { reason } => {
                write!(f, "the storage cannot give it back as it was saved: {reason}")
            }
        }
    }
}
