//! What a manifest says is in the storage.

use holdall_core::Name;

use super::{CopyDetails, FileDetails, Manifest};

/// A file that a manifest says is in the storage because of it: under a hashed name, or a variant of that.
#[derive(Debug)]
pub(crate) struct PublishedFile {
    /// Its name in the storage.
    pub(crate) name: Name,
    /// Bytes as a listing tells them; `None` where Django wrote the manifest.
    pub(crate) size: Option<u64>,
}

impl Manifest {
    /// Everything that hashed names lead to.
    pub(crate) fn published(&self) -> impl Iterator<Item = PublishedFile> {
        self.paths.iter().flat_map(|(name, hashed)| {
            let details = self.details.get(name);
            let file = PublishedFile { name: hashed.clone(), size: details.map(FileDetails::stored_size) };
            // A name that is too long is that of no file.
            let variants =
                details.into_iter().flat_map(|details| details.beside(hashed)).filter_map(Result::ok);
            let variants = variants.map(|(_, name, size)| PublishedFile { name, size: Some(size) });
            std::iter::once(file).chain(variants)
        })
    }

    /// The copies under the files' own names that were recorded.
    pub(crate) fn copies(&self) -> impl Iterator<Item = (&Name, &CopyDetails)> {
        self.details.iter().filter_map(|(name, details)| Some((name, details.copy.as_ref()?)))
    }
}
