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

/// Everything that lies below a directory.
pub(crate) fn everything_below(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        // It may vanish meanwhile.
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            found.push(entry.path().display().to_string());
            directories.push(entry.path());
        }
    }
    found
}
