//! `backend = "memory"`, `memory:`. No keys of its own: what it holds is gone with the process.

use holdall_core::{MemoryStorage, Result, Store};

use crate::options::StorageSettings;

#[expect(clippy::unnecessary_wraps, reason = "it is a factory like the others")]
pub(crate) fn open(_: &mut StorageSettings) -> Result<Store> {
    Ok(Store::new(MemoryStorage::new()))
}
