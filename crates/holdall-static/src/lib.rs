//! Static files for web applications: what ships with the program, found, hashed, rewritten and published.

mod finders;
mod hash;
mod manifest;
mod scan;

pub use self::finders::{Directories, Embedded, Finder, Ignore, Source, SourceFile};
pub use self::hash::HashAlgorithm;
pub use self::manifest::{FileDetails, MANIFEST_NAME, Manifest};
