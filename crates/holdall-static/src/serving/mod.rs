//! Static files in a running application: which URL a name has, and what its storages share.

mod current;
mod list;
mod storage;
mod unknown;

pub(crate) use self::current::Current;
pub(crate) use self::list::list;
pub use self::storage::ManifestStorage;
pub(crate) use self::unknown::{unknown, unknown_entry};
