//! Static files in a running application: which URL a name has.

mod current;
mod manifest;
mod storage;

pub(crate) use self::current::Current;
pub(crate) use self::manifest::{load, unknown};
pub use self::storage::ManifestStorage;
