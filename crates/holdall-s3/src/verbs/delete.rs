//! Deleting: one request for one file.

use std::sync::Arc;

use holdall_core::{DeleteOptions, Error, ErrorKind, Name, Result};

use crate::wire::blank_key::for_sdk;
use crate::wire::client::Inner;

impl Inner {
    /// Deletes the object that marks a directory, and none that has bytes.
    async fn delete_marker(&self, directory: &Name) -> Result<()> {
        let key = format!("{directory}/");
        let client = self.client().await?;
        let found = client.head_object().bucket(self.bucket()).key(for_sdk(&key)).send().await;
        match found.map_err(|error| self.failure(&error)) {
            Ok(found) if found.content_length() == Some(0) => {}
            Ok(_) => {
                let message = "an object with content has this key, which no call here can take; delete it with \
                               the program that made it";
                return Err(Error::message(ErrorKind::InvalidName, message));
            }
            Err(failure) if failure.is_missing() => return Ok(()),
            Err(failure) => return Err(failure.into()),
        }
        let deleted = client.delete_object().bucket(self.bucket()).key(for_sdk(&key)).send().await;
        match deleted.map_err(|error| self.failure(&error)) {
            Ok(_) => Ok(()),
            Err(failure) if failure.is_missing() => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }

    /// See [`Storage::delete`](holdall_core::Storage::delete).
    pub(crate) async fn delete(self: &Arc<Self>, name: &Name, options: DeleteOptions) -> Result<()> {
        options.check(&self.possible())?;
        if options.if_match.is_some() {
            self.deletes_conditionally().await?;
        }
        options.check(self.honoured.claims())?;
        let key = self.key(name)?;
        if options.marker {
            return self.delete_marker(&key).await;
        }
        let if_match = options.if_match.as_ref().map(|etag| etag.as_str().to_owned());
        // S3 takes the deletion of nothing for done under every condition; the contract does not.
        if if_match.is_some() {
            match self.head(&key).await {
                Ok(_) => {}
                Err(failure) if failure.is_missing() => {
                    return Err(Error::new(ErrorKind::PreconditionFailed));
                }
                Err(failure) => return Err(failure.into()),
            }
        }
        let names_version = options.version.is_some();
        let request = self
            .client()
            .await?
            .delete_object()
            .bucket(self.bucket())
            .key(for_sdk(key.as_str()))
            .set_version_id(options.version)
            .set_if_match(if_match);
        match request.send().await.map_err(|error| self.failure(&error)) {
            Ok(_) => Ok(()),
            // Some servers do not take it for done.
            Err(failure) if failure.is_missing() => Ok(()),
            // Text that cannot be the id of a version is the id of none.
            Err(failure) if names_version && failure.is_no_version() => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }
}
