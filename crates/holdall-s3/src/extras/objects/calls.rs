//! The calls about single objects that only S3 has.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::ChecksumMode;
use holdall_core::{Content, Error, IntoName, Name, Operation, Result, SaveOptions, Saved};

use super::ObjectDetails;
use crate::config::ObjectParameters;
use crate::config::objects::{Acl, ObjectAcl, Tags};
use crate::handle::S3Storage;
use crate::verbs::metadata::with_acl;
use crate::verbs::save::save;
use crate::wire::blank_key::for_sdk;
use crate::wire::error::Failure;

impl S3Storage {
    /// Saves a file with object parameters of its own; what they leave open comes from the storage's defaults.
    /// Otherwise as [`Storage::save`](holdall_core::Storage::save).
    ///
    /// # Errors
    ///
    /// Those of a save; `InvalidInput` when both an ACL and a visibility are given; `Unsupported` for an ACL where
    /// the bucket has them disabled.
    ///
    /// ```
    /// use holdall_core::{Content, SaveOptions};
    /// use holdall_s3::{ObjectParameters, S3Storage, StorageClass};
    ///
    /// # async fn example(storage: &S3Storage) -> holdall_core::Result<()> {
    /// let rarely = ObjectParameters::default().with_storage_class(StorageClass::STANDARD_IA);
    /// let saved = storage.save_with("a.txt", Content::bytes("x"), SaveOptions::default(), rarely).await?;
    /// # Ok(()) }
    /// ```
    pub async fn save_with(
        &self,
        name: impl IntoName,
        content: Content<'_>,
        options: SaveOptions,
        parameters: ObjectParameters,
    ) -> Result<Saved> {
        let name = self.named(name, Operation::Save)?;
        let saved = save(self.inner(), &name, content, options, parameters).await;
        saved.map_err(|error| error.or_at(Operation::Save, self, Some(name.as_str())))
    }

    /// Looks at the facts that S3 knows about a file beyond its metadata: one `HeadObject`.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied`, never taken for absence.
    pub async fn details(&self, name: impl IntoName) -> Result<ObjectDetails> {
        let looked = self.at_object(name, Operation::Metadata, async |client, bucket, key| {
            let mode = self.inner().config.server.checksums.then_some(ChecksumMode::Enabled);
            let request = client.head_object().bucket(bucket).key(for_sdk(key)).set_checksum_mode(mode);
            request.send().await.map_err(|error| self.inner().failure(&error))
        });
        Ok(ObjectDetails::new(&looked.await?))
    }

    /// The tags of a file. Needs `s3:GetObjectTagging`.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied`; `Unsupported` where the server has no tags.
    pub async fn tags(&self, name: impl IntoName) -> Result<Tags> {
        let read = self.at_object(name, Operation::Metadata, async |client, bucket, key| {
            let request = client.get_object_tagging().bucket(bucket).key(for_sdk(key));
            request.send().await.map_err(|error| self.inner().failure(&error))
        });
        Ok(Tags::of_server(read.await?.tag_set()))
    }

    /// Replaces the tags of a file; no tags take all away. Needs `s3:PutObjectTagging`, or `s3:DeleteObjectTagging`.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied`; `Unsupported` where the server has no tags.
    pub async fn set_tags(&self, name: impl IntoName, tags: &Tags) -> Result<()> {
        let set = self.at_object(name, Operation::Save, async |client, bucket, key| {
            if tags.is_empty() {
                let request = client.delete_object_tagging().bucket(bucket).key(for_sdk(key));
                return request.send().await.map(drop).map_err(|error| self.inner().failure(&error));
            }
            let request = client.put_object_tagging().bucket(bucket).key(for_sdk(key));
            let request = request.tagging(tags.to_sdk());
            request.send().await.map(drop).map_err(|error| self.inner().failure(&error))
        });
        set.await
    }

    /// The ACL of a file: its owner and every grant. Needs `s3:GetObjectAcl`.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied`; `Unsupported` where the server has no ACLs.
    pub async fn acl(&self, name: impl IntoName) -> Result<ObjectAcl> {
        let name = self.named(name, Operation::Metadata)?;
        let read = self.at_object(&name, Operation::Metadata, async |client, bucket, key| {
            let request = client.get_object_acl().bucket(bucket).key(for_sdk(key));
            request.send().await.map_err(|error| self.inner().failure(&error))
        });
        let acl = ObjectAcl::of_server(&read.await?);
        acl.map_err(|error| error.or_at(Operation::Metadata, self, Some(name.as_str())))
    }

    /// Replaces the ACL of a file. Needs `s3:PutObjectAcl`, and a bucket that has ACLs enabled.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied`; `Unsupported` where the bucket has ACLs disabled; `InvalidInput` for grants
    /// that cannot be sent.
    pub async fn set_acl(&self, name: impl IntoName, acl: impl Into<Acl>) -> Result<()> {
        let name = self.named(name, Operation::SetVisibility)?;
        let headers = acl.into().to_headers();
        let headers =
            headers.map_err(|error| error.or_at(Operation::SetVisibility, self, Some(name.as_str())))?;
        let set = self.at_object(&name, Operation::SetVisibility, async |client, bucket, key| {
            let request = with_acl!(client.put_object_acl().bucket(bucket).key(for_sdk(key)), headers);
            request.send().await.map(drop).map_err(|error| self.inner().failure(&error))
        });
        set.await
    }

    /// One request about one object. Its error names operation, storage and file.
    async fn at_object<T>(
        &self,
        name: impl IntoName,
        operation: Operation,
        request: impl AsyncFnOnce(&Client, &str, &str) -> Result<T, Failure>,
    ) -> Result<T> {
        let name = self.named(name, operation)?;
        let asked = async {
            let inner = self.inner();
            let key = inner.key(&name)?;
            let reply = request(inner.client().await?, inner.bucket(), key.as_str()).await;
            reply.map_err(|failure| absent(failure, &name))
        };
        asked.await.map_err(|error: Error| error.or_at(operation, self, Some(name.as_str())))
    }

    fn named(&self, name: impl IntoName, operation: Operation) -> Result<Name> {
        name.into_name().map_err(|error| error.or_at(operation, self, None))
    }
}

/// The error, naming the file that is missing.
fn absent(failure: Failure, name: &Name) -> Error {
    if failure.is_missing() { failure.not_found(name) } else { failure.into_error() }
}

#[cfg(test)]
mod tests {
    use crate::{CannedAcl, S3Storage, Tags};

    /// Servers run futures on many threads.
    #[test]
    fn every_call_can_be_spawned() {
        fn is_send(_: impl Send) {}
        let storage = S3Storage::builder("media").region("us-east-1").build().unwrap();
        let tags = Tags::default();
        is_send(storage.details("a"));
        is_send(storage.tags("a"));
        is_send(storage.set_tags("a", &tags));
        is_send(storage.acl("a"));
        is_send(storage.set_acl("a", CannedAcl::Private));
    }
}
