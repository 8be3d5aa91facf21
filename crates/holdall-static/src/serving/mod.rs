//! Static files in a running application: which URL a name has.

mod current;
mod storage;
mod unknown;

pub(crate) use self::current::Current;
pub use self::storage::ManifestStorage;
pub(crate) use self::unknown::{unknown, unknown_entry};
