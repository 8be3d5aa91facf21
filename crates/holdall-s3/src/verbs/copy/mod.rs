//! Copying inside the server: in one bucket, or from another one of the same endpoint.
//!
//! Attributes are read with a HEAD and sent again with the copy (`REPLACE`) instead of left to the server:
//! only so can the copy carry a put-id of its own, which tells a lost reply from a lost race. Values with other
//! letters than ASCII, which only other programs store, are left to the server (`COPY`); such a copy has no put-id.
//!
//! # What comes along
//!
//! | of the source | how |
//! | --- | --- |
//! | attributes, user metadata, `Expires` | HEAD, sent again |
//! | website redirect, storage class, KMS key, retention and legal hold | HEAD, sent again: `CopyObject` copies none of them |
//! | tags | the server copies them; by parts, one `GetObjectTagging` where there are any |
//! | checksum | the server copies it; by parts its algorithm is asked for anew |
//! | ACL | one `GetObjectAcl`, and sent again: `CopyObject` never copies an ACL |
//!
//! The ACL is asked for unless ACLs are off ([`acls`](crate::S3StorageBuilder::acls)), or the source carries a put-id
//! and no mark of grants, so that this crate wrote it without any. Onto itself it is always asked for.
//! So a copy of what this crate saved takes two requests, one of what another program stored three.
//!
//! Other attributes than the source's simply take their place there. A file that is copied onto itself with them
//! must still be the version that was looked at, at both ends: `x-amz-copy-source-if-match` alone would let a save
//! that comes in while the server copies be undone.
//!
//! One request copies up to 5 GiB; larger files go by parts, see `parts.rs`. So does a copy whose condition on the
//! destination `CopyObject` ignores and `CompleteMultipartUpload` honours; see `asking/`.

mod parts;
mod source;

use std::sync::Arc;

use aws_sdk_s3::types::{MetadataDirective, StorageClass, TaggingDirective};
use holdall_core::{CopyOptions, Error, ErrorKind, Name, Result, SaveMode, Saved, Visibility};

pub(crate) use self::source::{Source, with_source};
use crate::config::objects::{Acl, CannedAcl, ObjectAcl};
use crate::verbs::asking::{CopyWay, Unique};
use crate::verbs::conditional::{Again, Condition, Made, Outcome};
use crate::verbs::metadata::{GRANTS_MARKER, Headers, Object, PUT_ID, with_expires, with_headers};
use crate::verbs::naming::Naming;
use crate::wire::blank_key::for_sdk;
use crate::wire::client::Inner;

/// One copy, however many requests it takes.
#[derive(Debug)]
pub(crate) struct Copying<'a> {
    pub(crate) from: &'a Source,
    pub(crate) to: &'a Name,
    pub(crate) headers: &'a Headers,
    /// Whether the server copies attributes and metadata itself, instead of those among the headers.
    pub(crate) verbatim: bool,
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
    let is_itself = is_same(source, &source_key, inner, &inner.key(to)?);
    let mut naming = if is_itself {
        Naming::new(inner, to, SaveMode::Overwrite, None, Unique::ByCondition)?
    } else {
        Naming::of(inner, to, options.mode(), options.max_name_length).await?
    };
    let mut attempt = 0;
    loop {
        let object = match source.head(&source_key).await {
            Ok(object) => object,
            Err(failure) => return Err(missing(source.sure(failure).await.into(), from)),
        };
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
        let visibility = options.attributes.as_ref().and_then(|attributes| attributes.visibility);
        let place = (&source_key, None);
        let mut headers = inner.headers_of(source, &object, place, is_itself, visibility).await?;
        if let Some(attributes) = &options.attributes {
            headers = inner.with_other_attributes(headers, to, attributes.clone())?;
        }
        let condition = match &found.etag {
            Some(etag) if is_itself => Condition::Matches(etag.clone()),
            None if is_itself => {
                return Err(Error::unsupported("change the attributes of a file that has no entity tag"));
            }
            _ => naming.condition(),
        };
        let way = inner.copy_way(&condition, found.size).await?;
        // A copy that only the server can make faithfully has no room for a mark of ours.
        let verbatim = options.attributes.is_none() && way == CopyWay::Object && !headers.can_be_sent();
        if !verbatim {
            headers = headers.encoded();
        }
        // A copy that overwrites may simply be sent again; what is assembled of parts may not.
        let needs_mark = !verbatim && (condition != Condition::None || way == CopyWay::Parts);
        let put_id = if needs_mark { headers.mark() } else { None };
        let copying = Copying {
            from: &found,
            to: naming.key(),
            headers: &headers,
            verbatim,
            put_id: put_id.as_deref(),
            condition: &condition,
        };
        let mut again = Again::SourceChanged;
        match inner.copy_object(copying).await {
            Ok(Outcome::Written(made)) => {
                let saved = Saved::new(inner.name_of(naming.key()), found.size).with_checksum(found.checksum);
                return Ok((made.complete(saved), found));
            }
            Ok(Outcome::Taken) => naming.taken(inner)?,
            Ok(Outcome::Again(why)) => again = why,
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
        inner.before_again(attempt, again).await?;
        attempt += 1;
    }
}

/// Whether both are the same object.
pub(crate) fn is_same(one: &Inner, key: &Name, other: &Inner, other_key: &Name) -> bool {
    one.config.server.endpoint == other.config.server.endpoint
        && one.bucket() == other.bucket()
        && key == other_key
}

/// Grants that no header can say.
fn cannot_be_kept(error: &Error) -> Error {
    let message = format!("the grants of the file cannot be kept in a copy: {}", error.reason());
    Error::message(ErrorKind::Unsupported, message)
}

/// A source that is not there is named.
pub(crate) fn missing(error: Error, from: &Name) -> Error {
    if error.is_not_found() { error.with_name(from.as_str()) } else { error }
}

impl Inner {
    /// Refuses what a copy to this storage cannot keep, before anything is copied. `is_itself` says whether both ends
    /// are the same object.
    ///
    /// # Errors
    ///
    /// `Unsupported`, `InvalidInput`; errors of asking the server about its conditions.
    pub(crate) async fn check_copy(
        self: &Arc<Self>,
        from: &Name,
        to: &Name,
        options: &CopyOptions,
        is_itself: bool,
    ) -> Result<()> {
        options.check(from, to, &self.possible())?;
        let is_update = is_itself && options.attributes.is_some();
        self.ask_for_copy(&options.mode(), options.if_match.is_some(), is_update).await?;
        options.check(from, to, self.honoured.claims())
    }

    /// The headers of a copy of that object of `source`: its own without our mark, its storage class, its ACL and all
    /// else that another program may have stored with it. Its tags are copied by the server.
    ///
    /// The defaults of this storage take the place of what the source has none of, but not where the copy is the file
    /// itself: there, nothing changes that was not asked for. With a visibility, what everybody may do is changed.
    ///
    /// # Errors
    ///
    /// `PermissionDenied` where the ACL matters and may not be read; `Unsupported` for grants that cannot be sent.
    pub(crate) async fn headers_of(
        &self,
        source: &Self,
        object: &Object,
        (key, version): (&Name, Option<&str>),
        is_itself: bool,
        visibility: Option<Visibility>,
    ) -> Result<Headers> {
        let defaults = Some(&self.config.objects.parameters).filter(|_| !is_itself);
        let mut headers = object.headers.clone();
        headers.user.remove(PUT_ID);
        headers.user.remove(GRANTS_MARKER);
        *headers.kept = headers.kept.for_copy(source, self);
        // Some servers say STANDARD, some say nothing; it is what an object has that nothing was asked for.
        if headers.storage_class.as_ref().is_none_or(|class| *class == StorageClass::Standard) {
            let class = defaults.and_then(|defaults| defaults.storage_class.as_ref());
            headers.storage_class = class.map(crate::config::objects::StorageClass::to_sdk);
        }
        if object.tags.is_none_or(|tags| tags == 0) {
            headers.tagging = defaults.and_then(|defaults| defaults.tags.to_header());
        }
        let may_have_grants = is_itself || !object.is_ours_without_grants();
        let asks = object.is_marked() || (source.config.server.features.acls && may_have_grants);
        let found = if asks { source.object_acl(key, version).await? } else { None };
        if let Some(visibility) = visibility {
            let acl = found.unwrap_or_default().with_visibility(visibility).to_write();
            let acl = acl.unwrap_or_else(|| CannedAcl::Private.into());
            headers.set_acl(&acl).map_err(|error| cannot_be_kept(&error))?;
            return Ok(headers);
        }
        let default_acl = defaults.and_then(|defaults| defaults.acl.as_ref());
        match found.as_ref().and_then(ObjectAcl::to_write) {
            Some(acl) => {
                headers.acl = acl.to_headers().map_err(|error| cannot_be_kept(&error))?;
                if !object.is_marked() {
                    headers.mark_grants();
                }
            }
            // It was saved as private.
            None if object.is_marked() => {
                if default_acl.is_some() && found.is_some() {
                    headers.acl = Acl::from(CannedAcl::Private).to_headers()?;
                }
            }
            None => {
                if let Some(acl) = default_acl {
                    headers.set_acl(acl)?;
                }
            }
        }
        Ok(headers)
    }

    /// Copies one object and settles a reply that was lost.
    ///
    /// # Errors
    ///
    /// `NotFound` when the source is gone; `PreconditionFailed` when it is another version.
    pub(crate) async fn copy_object(self: &Arc<Self>, copying: Copying<'_>) -> Result<Outcome> {
        if self.copy_way(copying.condition, copying.from.size).await? == CopyWay::Parts {
            return self.copy_by_parts(copying).await;
        }
        let Copying { from, to, headers, verbatim, put_id, condition } = copying;
        let directive = if verbatim { MetadataDirective::Copy } else { MetadataDirective::Replace };
        let request = self
            .client()
            .await?
            .copy_object()
            .bucket(self.bucket())
            .key(for_sdk(to.as_str()))
            .set_if_none_match(condition.if_none_match())
            .set_if_match(condition.if_match())
            .metadata_directive(directive)
            .set_tagging_directive(headers.tagging.as_ref().map(|_| TaggingDirective::Replace));
        let request = with_source!(request, from, self);
        let limits = self.with_limits(0, from.size);
        let headers = if verbatim { &headers.without_attributes() } else { headers };
        let request = with_expires!(with_headers!(request, headers).customize(), headers);
        let request = match limits {
            Some(limits) => request.config_override(limits),
            None => request,
        };
        let failure = match request.send().await.map_err(|error| self.failure(&error)) {
            Ok(reply) => {
                let etag = reply.copy_object_result().and_then(|result| result.e_tag());
                return Ok(Outcome::Written(Made::new(etag, reply.version_id())));
            }
            Err(failure) => failure,
        };
        if failure.is_missing() && from.is_missing().await {
            return Err(failure.into());
        }
        self.settle(to, condition, put_id, failure).await
    }
}
