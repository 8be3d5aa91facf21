//! What the tests share: stores, servers, bytes.

use std::path::Path;

use holdall_core::Store;
use holdall_object_store::ObjectStoreStorage;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;

/// A storage in memory.
pub(crate) fn memory() -> Store {
    Store::new(ObjectStoreStorage::memory(InMemory::new()).build().expect("good settings"))
}

/// The disk's store as it should be made: directories that became empty go.
pub(crate) fn disk(root: &Path) -> LocalFileSystem {
    LocalFileSystem::new_with_prefix(root).expect("a directory").with_automatic_cleanup(true)
}

/// The files that lie below a directory, under any name.
pub(crate) fn files_below(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        // It may vanish meanwhile.
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => directories.push(entry.path()),
                _ => found.push(entry.path().display().to_string()),
            }
        }
    }
    found
}
