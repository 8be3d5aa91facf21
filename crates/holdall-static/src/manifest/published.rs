//! What a manifest says is in the storage.

use holdall_core::Name;

use super::{CopyDetails, Manifest};
use crate::collect::Role;
use crate::compress::Encoding;

/// A file that a manifest says is in the storage because of it: under a hashed name, or a variant of that.
#[derive(Debug)]
pub(crate) struct PublishedFile<'a> {
    /// Its name in the storage.
    pub(crate) name: Name,
    /// The file's own name.
    pub(crate) of: &'a Name,
    pub(crate) role: Role,
    /// Bytes as a listing tells them; `None` where Django wrote the manifest.
    pub(crate) size: Option<u64>,
    /// How the bytes are encoded.
    pub(crate) encoding: Option<Encoding>,
}

impl Manifest {
    /// Everything that hashed names lead to.
    pub(crate) fn published(&self) -> impl Iterator<Item = PublishedFile<'_>> {
        self.paths.iter().flat_map(|(of, hashed)| {
            let details = self.details.get(of);
            let file = PublishedFile {
                name: hashed.clone(),
                of,
                role: Role::Hashed,
                size: details.map(super::FileDetails::stored_size),
                encoding: details.and_then(|details| details.encoding),
            };
            // A variant whose name would be too long was never published.
            let variants = details.into_iter().flat_map(|details| details.beside(hashed)).flatten();
            let variant = move |(encoding, name, size)| PublishedFile {
                name,
                of,
                role: Role::Variant,
                size: Some(size),
                encoding: Some(encoding),
            };
            std::iter::once(file).chain(variants.map(variant))
        })
    }

    /// The copies under the files' own names that were recorded.
    pub(crate) fn copies(&self) -> impl Iterator<Item = (&Name, &CopyDetails)> {
        self.details.iter().filter_map(|(name, details)| Some((name, details.copy.as_ref()?)))
    }
}
