//! Copying inside the server: in one bucket, or from another one of the same endpoint.
//!
//! Attributes are read with a HEAD and sent again with the copy (`REPLACE`) instead of left to the server:
//! only so can the copy carry a put-id of its own, by which a lost reply is told from a lost race, and only
//! so does the visibility of a file come along (`CopyObject` never copies an ACL).
//!
//! Other attributes than the source's simply take their place there. A file that is copied onto itself with them
//! must still be the version that was looked at, at both ends: `x-amz-copy-source-if-match` alone would let a save
//! that comes in while the server copies be undone.
//!
//! One request copies up to 5 GiB; larger files go by parts, see `parts.rs`.

mod across;
mod parts;
mod source;

use std::sync::Arc;

use aws_sdk_s3::types::{MetadataDirective, StorageClass, TaggingDirective};
use holdall_core::{CopyOptions, Error, ErrorKind, Name, Result, SaveMode, Saved};

pub(crate) use self::source::{Source, path_of, with_source};
use crate::client::{Inner, send};
use crate::conditional::{Condition, Made, Outcome};
use crate::metadata::{Headers, Object, PUT_ID, with_headers};
use crate::naming::Naming;

/// One copy, however many requests it takes.
#[derive(Debug)]
pub(crate) struct Copying<'a> {
    pub(crate) from: &'a Source,
    pub(crate) to: &'a Name,
    pub(crate) headers: &'a Headers,
    pub(crate) put_id: Option<&'a str>,
    pub(crate) condition: &'a Condition,
}

/// See [`Storage::copy`](holdall_core::Storage::copy). The source may lie in another bucket of the same
/// server.
pub(crate) async fn copy(
    source: &Arc<Inner>,
    inner: &Arc<Inner>,
    from: &Name,
    to: &Name,
    options: CopyOptions,
) -> Result<(Saved, Source)> {
    let source_key = source.key(from)?;
    let is_itself = across::is_same(source, &source_key, inner, &inner.key(to)?);
    let mut naming = if is_itself {
        Naming::new(inner, to, SaveMode::Overwrite, None)?
    } else {
        Naming::new(inner, to, options.mode(), options.max_length)?
    };
    let mut attempt = 0;
    loop {
        let object = source.head(&source_key).await.map_err(|failure| missing(failure.into(), from))?;
        let found = Source::new(source, source_key.clone(), &object)?;
        if let Some(expected) = &options.if_match
            && found.etag.as_ref().is_none_or(|etag| !etag.strong_eq(expected))
        {
            return Err(Error::new(ErrorKind::PreconditionFailed).with_name(from.as_str()));
        }
        if is_itself {
            if options.attributes.is_none() {
                return Ok((Saved::from(object.metadata(to)?), found));
            }
            options.check_replaced(to, found.etag.as_ref())?;
        }
        let mut headers = inner.headers_of(source, &object, &source_key, None).await?;
        if let Some(attributes) = &options.attributes {
            headers = inner.with_other_attributes(headers, to, attributes.clone())?;
        }
        let condition = match &found.etag {
            Some(etag) if is_itself && inner.config.server.conditions.writes => {
                Condition::Matches(etag.clone())
            }
            _ => naming.condition(),
        };
        // A copy that overwrites may simply be sent again; what is assembled of parts may not.
        let needs_mark = condition != Condition::None || found.goes_by_parts(inner);
        let put_id = if needs_mark { headers.mark() } else { None };
        let copying = Copying {
            from: &found,
            to: naming.key(),
            headers: &headers,
            put_id: put_id.as_deref(),
            condition: &condition,
        };
        match inner.copy_object(copying).await {
            Ok(Outcome::Written(made)) => {
                let saved = Saved::new(inner.name_of(naming.key()), found.size).with_checksum(found.checksum);
                return Ok((made.complete(saved), found));
            }
            Ok(Outcome::Taken) => naming.taken(inner)?,
            Ok(Outcome::Again) => {}
            // Nothing was asked of the destination, or it is the source, so that it was the source that changed
            // meanwhile; unless the caller named the version, the new one is as good.
            Err(error)
                if error.kind() == ErrorKind::PreconditionFailed
                    && (condition == Condition::None || is_itself)
                    && options.if_match.is_none()
                    && !(is_itself && options.names_a_version()) => {}
            Err(error) if error.kind() == ErrorKind::PreconditionFailed => {
                let refused = if condition == Condition::None { from } else { to };
                return Err(error.with_name(refused.as_str()));
            }
            Err(error) => return Err(missing(error, from)),
        }
        inner.before_again(attempt).await?;
        attempt += 1;
    }
}

/// A source that is not there is named.
fn missing(error: Error, from: &Name) -> Error {
    if error.is_not_found() { Error::not_found(from) } else { error }
}

impl Inner {
    /// What a copy of that object of `source` is sent with: its own headers without our mark, its storage class and
    /// its ACL; the defaults of this storage for what it has none of. Its tags are copied by the server.
    pub(crate) async fn headers_of(
        &self,
        source: &Self,
        object: &Object,
        key: &Name,
        version: Option<&str>,
    ) -> Result<Headers> {
        let defaults = &self.config.objects.parameters;
        let mut headers = object.headers.clone();
        headers.user.remove(PUT_ID);
        // Some servers say STANDARD, some say nothing; it is what an object has that nothing was asked for.
        if headers.storage_class.as_ref().is_none_or(|class| *class == StorageClass::Standard) {
            headers.storage_class = defaults.storage_class.as_ref().map(crate::objects::StorageClass::to_sdk);
        }
        if object.tags.is_none_or(|tags| tags == 0) {
            headers.tagging = defaults.tags.to_header();
        }
        if object.is_marked() {
            if let Some(acl) = source.object_acl(key, version).await? {
                headers.acl = acl.for_copy().to_headers()?;
            }
        } else if let Some(acl) = &defaults.acl {
            headers.set_acl(acl)?;
        }
        Ok(headers)
    }

    /// Copies one object and settles a reply that was lost.
    ///
    /// # Errors
    ///
    /// `NotFound` when the source is gone; `PreconditionFailed` when it is another version.
    pub(crate) async fn copy_object(self: &Arc<Self>, copying: Copying<'_>) -> Result<Outcome> {
        if copying.from.goes_by_parts(self) {
            return self.copy_by_parts(copying).await;
        }
        let Copying { from, to, headers, put_id, condition } = copying;
        let request = self
            .client()
            .await?
            .copy_object()
            .bucket(self.bucket())
            .key(to.as_str())
            .set_if_none_match(condition.if_none_match())
            .set_if_match(condition.if_match())
            .metadata_directive(MetadataDirective::Replace)
            .set_tagging_directive(headers.tagging.as_ref().map(|_| TaggingDirective::Replace));
        let request = with_source!(request, from, self);
        let limits = self.with_limits(0, from.size);
        let failure = match send!(with_headers!(request, headers), limits) {
            Ok(reply) => {
                let etag = reply.copy_object_result().and_then(|result| result.e_tag());
                return Ok(Outcome::Written(Made::new(etag, reply.version_id())));
            }
            Err(error) => self.failure(&error),
        };
        if failure.is_missing() && from.is_missing().await {
            return Err(failure.into());
        }
        self.settle(to, condition, put_id, failure).await
    }
}
