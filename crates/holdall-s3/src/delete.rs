//! Deleting: one request for one file.

use holdall_core::{DeleteOptions, Error, ErrorKind, Name, Result};

use crate::blank_key::for_sdk;
use crate::client::Inner;

impl Inner {
    /// See [`Storage::delete`](holdall_core::Storage::delete).
    pub(crate) async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        let key = self.key(name)?;
        let if_match = options.if_match.as_ref().map(|etag| etag.as_str().to_owned());
        // S3 takes the deletion of nothing for done whatever the condition; the contract does not.
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
            // What cannot be the id of a version is the id of none.
            Err(failure) if names_version && failure.is_no_version() => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }
}
