//! Copying and moving from one storage to another.

use std::sync::Arc;

use holdall_core::{
    Content, CopyOptions, Error, ErrorKind, IntoName, Name, OpenOptions, Operation, Result, SaveOptions,
    Saved, Visibility,
};

use crate::config::objects::Acl;
use crate::handle::S3Storage;
use crate::verbs::conditional::tag;
use crate::verbs::copy::{Source, copy, is_same, missing};
use crate::verbs::metadata::{ACL_MARKER, GRANTS_MARKER, Headers, KeptEncryption, Object, PUT_ID};
use crate::verbs::naming::Naming;
use crate::verbs::write::Write;
use crate::wire::blank_key::for_sdk;
use crate::wire::client::Inner;

impl S3Storage {
    /// Copies a file to another storage, with its attributes or with those that the options have.
    ///
    /// Where both talk to the same endpoint, the server copies, whatever the size and from bucket to bucket; the
    /// request is made with the credentials of `other`, which must be allowed to read the source
    /// (`s3:GetObject`, and `s3:GetObjectTagging` where there are tags). Otherwise the bytes pass through here, in
    /// bounded memory, and the checksum that the source keeps is what the copy must have. Class, keys and grants to
    /// accounts mean nothing to another server and do not come along then; whether everybody may read does.
    ///
    /// # Errors
    ///
    /// As [`Storage::copy`](holdall_core::Storage::copy); `PermissionDenied` where the credentials of `other` do
    /// not reach the source: then save what you [`open`](holdall_core::Store::open).
    ///
    /// ```
    /// use holdall_core::CopyOptions;
    /// use holdall_s3::S3Storage;
    ///
    /// # async fn example(uploads: S3Storage, archive: S3Storage) -> holdall_core::Result<()> {
    /// let copy = uploads.copy_to("2026/report.pdf", &archive, "report.pdf", CopyOptions::default()).await?;
    /// println!("{} in {archive}", copy.name);
    /// # Ok(()) }
    /// ```
    pub async fn copy_to(
        &self,
        from: impl IntoName,
        other: &Self,
        to: impl IntoName,
        options: CopyOptions,
    ) -> Result<Saved> {
        let at = |error: Error| error.or_at(Operation::Copy, self, None);
        let (from, to) = (from.into_name().map_err(at)?, to.into_name().map_err(at)?);
        let copied = self.transfer(&from, other, &to, options).await;
        copied
            .map(|(saved, _)| saved)
            .map_err(|error| error.or_at(Operation::Copy, self, Some(from.as_str())))
    }

    /// Moves a file to another storage: copies it as [`copy_to`](Self::copy_to), looks whether the copy has the
    /// size and checksum of the source, and deletes the source if it still is what was copied. Onto itself it
    /// does nothing.
    ///
    /// In a bucket with versions the source is deleted as [`delete`](holdall_core::Store::delete) does, so that
    /// its versions stay.
    ///
    /// # Errors
    ///
    /// As `copy_to`; the source is as it was then, except that after a `Conflict` ("replaced while it was moved")
    /// and where deleting failed, the copy is there too. Between the last look and the deletion a moment
    /// remains, unless the server honours
    /// [`conditional_deletes`](crate::S3StorageBuilder::conditional_deletes).
    pub async fn move_to(
        &self,
        from: impl IntoName,
        other: &Self,
        to: impl IntoName,
        options: CopyOptions,
    ) -> Result<Saved> {
        let at = |error: Error| error.or_at(Operation::Rename, self, None);
        let (from, to) = (from.into_name().map_err(at)?, to.into_name().map_err(at)?);
        let moved = async {
            let (saved, source) = self.transfer(&from, other, &to, options).await?;
            if is_same(self.inner(), &source.key, other.inner(), &other.inner().key(&saved.name)?) {
                return Ok(saved);
            }
            verify(other.inner(), &saved, &source).await?;
            self.inner().delete_copied(&source).await?;
            Ok(saved)
        };
        Box::pin(moved)
            .await
            .map_err(|error: Error| error.or_at(Operation::Rename, self, Some(from.as_str())))
    }

    async fn transfer(
        &self,
        from: &Name,
        other: &Self,
        to: &Name,
        options: CopyOptions,
    ) -> Result<(Saved, Source)> {
        let is_itself =
            is_same(self.inner(), &self.inner().key(from)?, other.inner(), &other.inner().key(to)?);
        if self.inner().config.server.endpoint == other.inner().config.server.endpoint {
            other.inner().check_copy(from, to, &options, is_itself).await?;
            return copy(self.inner(), other.inner(), from, to, options).await;
        }
        Box::pin(self.pass_through(from, other, to, options)).await
    }

    /// The way through here.
    async fn pass_through(
        &self,
        from: &Name,
        other: &Self,
        to: &Name,
        options: CopyOptions,
    ) -> Result<(Saved, Source)> {
        // Here it is a save, and its source a file that is opened on condition.
        let intended = SaveOptions::default().with_mode(options.mode());
        intended.check(to, &other.inner().possible())?;
        other.inner().ask_for_save(&options.mode()).await?;
        let (inner, key) = (self.inner(), self.inner().key(from)?);
        let object = inner.head(&key).await.map_err(|failure| missing(failure.into(), from))?;
        let source = Source::new(inner, key, &object)?;
        let mut opening = OpenOptions::default();
        let looked_at = options.if_match.as_ref().or(source.etag.as_ref());
        opening.conditions.if_match = looked_at.map(holdall_core::ETagCondition::from);
        let file = inner.open(from, opening).await.map_err(|error| match error.kind() {
            ErrorKind::PreconditionFailed if options.if_match.is_none() => {
                let message = "the file was replaced while it was copied; try again";
                Error::message(ErrorKind::Conflict, message).with_retryable(true)
            }
            _ => missing(error, from),
        })?;
        let metadata = file.metadata().clone();
        let mut visibility = metadata.attributes.visibility;
        if visibility.is_none() && inner.config.server.features.acls && !object.is_ours_without_grants() {
            let acl = inner.object_acl(&source.key, None).await?.unwrap_or_default();
            if acl.is_more_than_a_visibility() {
                let (from, to) = (from.as_str(), other);
                tracing::warn!(from, %to, "grants to accounts of one server mean nothing to another; they are not copied");
            }
            visibility = Some(acl.visibility()).filter(|visibility| *visibility == Visibility::Public);
        }
        let asked = options.attributes.as_ref().and_then(|attributes| attributes.visibility);
        visibility = asked.or(visibility);
        let mut saving = SaveOptions::default();
        saving.mode = options.mode;
        saving.max_name_length = options.max_name_length;
        saving.checksum = metadata.checksum;
        saving.attributes.visibility = visibility;
        saving.check(to, other.inner().honoured.claims())?;
        let mut headers = other.inner().headers_passed(&object, visibility)?;
        if let Some(tagging) = source.tagging().await? {
            headers.tagging = Some(tagging);
        }
        if let Some(attributes) = &options.attributes {
            headers = other.inner().with_other_attributes(headers, to, attributes.clone())?;
        }
        let other = other.inner();
        let naming = Naming::of(other, to, saving.mode(), saving.max_name_length).await?;
        let write = Write::new(other, headers, saving.checksum);
        let saved = Box::pin(write.content(naming, Content::from(file))).await?;
        Ok((saved, source))
    }
}

/// Compares a copy with its source.
async fn verify(inner: &Arc<Inner>, saved: &Saved, source: &Source) -> Result<()> {
    let copy = inner.head(&inner.key(&saved.name)?).await?;
    let other_sum = match (copy.checksum(), source.checksum) {
        (Some(copy), Some(source)) => copy != source,
        _ => false,
    };
    if copy.size()? != source.size || other_sum {
        return Err(Error::message(
            ErrorKind::Conflict,
            format!("the copy {} was replaced before the source could be deleted; both are kept", saved.name),
        ));
    }
    Ok(())
}

impl Inner {
    /// The headers of a copy that comes from another endpoint: as of any copy, without its storage class and its keys,
    /// which mean nothing here.
    fn headers_passed(&self, object: &Object, visibility: Option<Visibility>) -> Result<Headers> {
        let defaults = &self.config.objects.parameters;
        let mut headers = object.headers.clone().encoded();
        for mark in [PUT_ID, ACL_MARKER, GRANTS_MARKER] {
            headers.user.remove(mark);
        }
        headers.storage_class =
            defaults.storage_class.as_ref().map(crate::config::objects::StorageClass::to_sdk);
        headers.tagging = defaults.tags.to_header();
        headers.kept.encryption = KeptEncryption::default();
        *headers.kept = headers.kept.for_copy(self, self);
        if let Some(acl) = visibility.map(Acl::from).as_ref().or(defaults.acl.as_ref()) {
            headers.set_acl(acl)?;
        }
        Ok(headers)
    }

    /// Deletes the source of a copy, if it still is what was copied.
    async fn delete_copied(self: &Arc<Self>, source: &Source) -> Result<()> {
        let replaced = || {
            let message =
                "the file was replaced while it was moved; it is kept, and the copy of the older one too";
            Error::message(ErrorKind::Conflict, message)
        };
        match self.head(&source.key).await {
            Ok(object) if tag(&object) == source.etag => {}
            Ok(_) => return Err(replaced()),
            // Somebody else has deleted it.
            Err(failure) if failure.is_missing() => return Ok(()),
            Err(failure) => return Err(failure.into()),
        }
        let conditional = self.deletes_conditionally().await?;
        let if_match = source.etag.as_ref().filter(|_| conditional);
        let request = self
            .client()
            .await?
            .delete_object()
            .bucket(self.bucket())
            .key(for_sdk(source.key.as_str()))
            .set_if_match(if_match.map(|etag| etag.as_str().to_owned()));
        match request.send().await.map_err(|error| self.failure(&error)) {
            Ok(_) => Ok(()),
            Err(failure) if failure.is_missing() => Ok(()),
            Err(failure) if failure.is_condition() => Err(replaced()),
            Err(failure) => Err(failure.into()),
        }
    }
}
