//! The calls about single objects that only S3 has.

use aws_sdk_s3::types::ChecksumMode;
use holdall_core::{Content, Error, IntoName, Name, Operation, Result, SaveOptions, Saved};

use super::ObjectDetails;
use crate::config::ObjectParameters;
use crate::config::objects::{Acl, ObjectAcl, Tags};
use crate::handle::S3Storage;
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

    /// Looks at what S3 knows about a file beyond its metadata: one `HeadObject`.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied`, never taken for absence.
    pub async fn details(&self, name: impl IntoName) -> Result<ObjectDetails> {
        let name = self.named(name, Operation::Metadata)?;
        let looked = async {
            let (inner, key) = (self.inner(), self.inner().key(&name)?);
            let request =
                inner.client().await?.head_object().bucket(inner.bucket()).key(for_sdk(key.as_str()));
            let mode = inner.config.server.checksums.then_some(ChecksumMode::Enabled);
            let reply = request.set_checksum_mode(mode).send().await;
            let reply = reply.map_err(|error| absent(inner.failure(&error), &name))?;
            Ok(ObjectDetails::new(&reply))
        };
        looked.await.map_err(|error: Error| error.or_at(Operation::Metadata, self, Some(name.as_str())))
    }

    /// The tags of a file. Needs `s3:GetObjectTagging`.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied`; `Unsupported` where the server has no tags.
    pub async fn tags(&self, name: impl IntoName) -> Result<Tags> {
        let name = self.named(name, Operation::Metadata)?;
        let read = async {
            let (inner, key) = (self.inner(), self.inner().key(&name)?);
            let request =
                inner.client().await?.get_object_tagging().bucket(inner.bucket()).key(for_sdk(key.as_str()));
            let reply = request.send().await.map_err(|error| absent(inner.failure(&error), &name))?;
            Ok(Tags::of_server(reply.tag_set()))
        };
        read.await.map_err(|error: Error| error.or_at(Operation::Metadata, self, Some(name.as_str())))
    }

    /// Replaces the tags of a file; none take all away. Needs `s3:PutObjectTagging`, or `s3:DeleteObjectTagging`.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied`; `Unsupported` where the server has no tags.
    pub async fn set_tags(&self, name: impl IntoName, tags: &Tags) -> Result<()> {
        let name = self.named(name, Operation::Save)?;
        let set = async {
            let (inner, key) = (self.inner(), self.inner().key(&name)?);
            let client = inner.client().await?;
            if tags.is_empty() {
                let request =
                    client.delete_object_tagging().bucket(inner.bucket()).key(for_sdk(key.as_str()));
                request.send().await.map_err(|error| absent(inner.failure(&error), &name))?;
            } else {
                let request = client.put_object_tagging().bucket(inner.bucket()).key(for_sdk(key.as_str()));
                let request = request.tagging(tags.to_sdk());
                request.send().await.map_err(|error| absent(inner.failure(&error), &name))?;
            }
            Ok(())
        };
        set.await.map_err(|error: Error| error.or_at(Operation::Save, self, Some(name.as_str())))
    }

    /// The ACL of a file: its owner and every grant. Needs `s3:GetObjectAcl`.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied`; `Unsupported` where the server has no ACLs.
    pub async fn acl(&self, name: impl IntoName) -> Result<ObjectAcl> {
        let name = self.named(name, Operation::Metadata)?;
        let read = async {
            let (inner, key) = (self.inner(), self.inner().key(&name)?);
            let request =
                inner.client().await?.get_object_acl().bucket(inner.bucket()).key(for_sdk(key.as_str()));
            let reply = request.send().await.map_err(|error| absent(inner.failure(&error), &name))?;
            ObjectAcl::of_server(&reply)
        };
        read.await.map_err(|error: Error| error.or_at(Operation::Metadata, self, Some(name.as_str())))
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
        let set = async {
            let (headers, inner, key) = (headers?, self.inner(), self.inner().key(&name)?);
            let request =
                inner.client().await?.put_object_acl().bucket(inner.bucket()).key(for_sdk(key.as_str()));
            request
                .set_acl(headers.canned)
                .set_grant_read(headers.read)
                .set_grant_read_acp(headers.read_acl)
                .set_grant_write_acp(headers.write_acl)
                .set_grant_full_control(headers.full_control)
                .send()
                .await
                .map_err(|error| absent(inner.failure(&error), &name))?;
            Ok(())
        };
        set.await.map_err(|error: Error| error.or_at(Operation::SetVisibility, self, Some(name.as_str())))
    }

    fn named(&self, name: impl IntoName, operation: Operation) -> Result<Name> {
        name.into_name().map_err(|error| error.or_at(operation, self, None))
    }
}

/// The error, naming the file that is missing.
fn absent(failure: Failure, name: &Name) -> Error {
    if failure.is_missing() { failure.not_found(name) } else { failure.into_error() }
}
