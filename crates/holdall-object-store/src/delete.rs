//! Deleting a file, and never a directory.

use holdall_core::{Error, ErrorKind, Name, Result};
use object_store::path::Path;

use crate::client::{Inner, is_absent, path};
use crate::error::translate;

impl Inner {
    /// See [`Storage::delete`](holdall_core::Storage::delete).
    pub(crate) async fn delete(&self, name: &Name) -> Result<()> {
        let path = path(&self.key(name)?);
        // DELETE of a collection deletes all that is in it (RFC 4918, section 9.6.1). There is no condition that
        // would keep a server from that, so that we look first.
        if self.config.profile.collections && self.is_collection(&path).await? {
            return Ok(());
        }
        match self.remove(&path).await {
            // It is a directory, or something above it is a file.
            Err(error) if is_absent(&error) => Ok(()),
            // Systems differ in what they say about a directory.
            Err(error) if error.kind() == ErrorKind::PermissionDenied && self.is_directory(&path).await => {
                Ok(())
            }
            result => result,
        }
    }

    /// Whether the server says that it is a collection.
    async fn is_collection(&self, path: &Path) -> Result<bool> {
        let parent = path.parent().filter(|parent| !parent.is_root());
        match self.store.list_with_delimiter(parent.as_ref()).await.map_err(translate) {
            Ok(level) => Ok(level.common_prefixes.contains(path)),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) if error.kind() == ErrorKind::Unsupported => Err(Error::unsupported(
                "tell files from directories, so that it deletes neither: it needs PROPFIND",
            )),
            Err(error) => Err(error),
        }
    }

    async fn is_directory(&self, path: &Path) -> bool {
        !self.config.profile.files_beside_directories && self.in_the_way(path).await.is_some()
    }
}
