//! Static files for web applications: what ships with the program, found, hashed, rewritten and published.

mod collect;
mod digest;
mod finders;
mod hash;
mod manifest;
mod scan;

pub use self::collect::{Collector, Conflict, Problem, ProblemKind, Published, Report, Severity};
pub use self::finders::{Directories, Embedded, Finder, Ignore, Source, SourceFile};
pub use self::hash::HashAlgorithm;
pub use self::manifest::{CopyDetails, FileDetails, MANIFEST_NAME, Manifest};
