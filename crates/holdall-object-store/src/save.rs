//! Saving: one request where that is enough, a multipart upload where nothing has to hold, a staging name where
//! something has to.
//!
//! A multipart upload of `object_store` has no condition: whoever completes it overwrites. So content that must
//! not overwrite, and is too large for one request, goes one of two ways, and is refused where neither is open:
//!
//! - The store has a `copy_if_not_exists` that can be relied on ([`Profile::with_publish`](crate::Profile)): the
//!   content is uploaded to a staging name that nobody else uses, and the store itself copies it to the wanted
//!   name if that is free; see `publish.rs`.
//! - Otherwise it is held in memory, up to a limit, and sent with one conditional request.
//!
//! Bytes that are in memory already are sent with one conditional request whatever their size.

use std::sync::Arc;

use bytes::Bytes;
use holdall_core::{Checksum, Content, Error, ErrorKind, Name, Result, SaveMode, SaveOptions, Saved};
use object_store::{PutMode, PutOptions, PutPayload, UpdateVersion};

use crate::client::{Inner, path};
use crate::conditional::Outcome;
use crate::error::translate;
use crate::gather::Payloads;
use crate::metadata::{Sent, with_defaults};
use crate::naming::{Condition, Naming};
use crate::profile::Update;

/// What all requests of one save have in common.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) inner: Arc<Inner>,
    pub(crate) sent: Sent,
    /// The checksum that the content must have.
    expected: Option<Checksum>,
}

/// See [`Storage::save`](holdall_core::Storage::save).
pub(crate) async fn save(
    inner: &Arc<Inner>,
    name: &Name,
    content: Content<'_>,
    options: SaveOptions,
) -> Result<Saved> {
    let config = &inner.config;
    let mode = options.mode();
    let naming = Naming::new(inner, name, mode.clone(), options.max_name_length)?;
    let attributes = with_defaults(options.attributes, &config.default_attributes);
    let write = Write {
        inner: Arc::clone(inner),
        sent: Sent::new(name, &attributes, &config.profile),
        expected: options.checksum,
    };
    let size = content.size().await?;
    let how = How::choose(inner, &naming);
    let chunks = match content.try_into_bytes() {
        Ok(bytes) if how != How::Parts || bytes.len() as u64 <= config.part_size => {
            return write.one_put(naming, bytes.into()).await;
        }
        Ok(bytes) => Content::bytes(bytes).into_stream(),
        Err(content) => content.into_stream(),
    };
    let part_size = config.part_size(size);
    let most = if how == How::OneRequest { config.max_buffer } else { part_size as u64 };
    if how == How::OneRequest && size.is_some_and(|size| size > most) {
        return Err(too_large(inner, &mode));
    }
    let mut payloads = Payloads::new(chunks);
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let first = payloads.next(most).await?.unwrap_or_default();
    if payloads.is_at_end().await? {
        return write.one_put(naming, first).await;
    }
    match how {
        How::OneRequest => Err(too_large(inner, &mode)),
        How::Parts => write.in_parts(naming, first, payloads, part_size).await,
        How::Staged => write.staged(naming, first, payloads, part_size).await,
    }
}

/// The way that content goes which is too large for one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    OneRequest,
    Parts,
    Staged,
}

impl How {
    fn choose(inner: &Inner, naming: &Naming) -> Self {
        let profile = &inner.config.profile;
        match naming.condition() {
            Condition::None if profile.multipart => Self::Parts,
            Condition::Absent if profile.multipart && profile.publish => Self::Staged,
            _ => Self::OneRequest,
        }
    }
}

fn too_large(inner: &Inner, mode: &SaveMode) -> Error {
    let limit = inner.config.max_buffer;
    let why = match mode {
        SaveMode::Overwrite => "this store has no multipart uploads",
        _ => "this store can only overwrite with larger content",
    };
    Error::message(
        ErrorKind::TooLarge,
        format!(
            "a stream that is saved this way has to fit into memory, and may have {limit} bytes, because {why}; raise \
             max_buffer, or save with Overwrite under a name that nobody else uses"
        ),
    )
}

impl Write {
    /// Saves what is in memory as a whole. A name that is taken costs a request or two and no second reading.
    async fn one_put(&self, mut naming: Naming, payload: PutPayload) -> Result<Saved> {
        let inner = &self.inner;
        let size = payload.content_length() as u64;
        let max_put = inner.config.profile.max_put;
        if size > max_put {
            let message = format!("the content has {size} bytes; the store takes {max_put} in one request");
            return Err(Error::message(ErrorKind::TooLarge, message));
        }
        let checksum = checksum_of(&payload);
        self.check(checksum)?;
        let mut attempt = 0;
        loop {
            match self.put(naming.key(), payload.clone(), &naming.condition()).await? {
                Outcome::Written(etag) => {
                    let saved = Saved::new(inner.name_of(naming.key()), size);
                    return Ok(saved.with_etag(etag).with_checksum(checksum));
                }
                Outcome::Taken => naming.taken(inner)?,
                Outcome::Again => inner.before_again(&mut attempt).await?,
                Outcome::Lost(error) => inner.before_resending(&mut attempt, error).await?,
            }
        }
    }

    async fn put(&self, key: &Name, payload: PutPayload, condition: &Condition) -> Result<Outcome> {
        let (inner, path) = (&self.inner, path(key));
        let mode = match condition {
            Condition::None => PutMode::Overwrite,
            Condition::Absent => PutMode::Create,
            Condition::Matches(etag) => {
                let mut update = UpdateVersion { e_tag: Some(etag.as_str().to_owned()), version: None };
                if inner.config.profile.update == Update::Version {
                    let current = inner.head(&path).await?;
                    let current = current.filter(|head| head.etag().is_some_and(|now| now.strong_eq(etag)));
                    let Some(current) = current else {
                        return Err(Error::new(ErrorKind::PreconditionFailed));
                    };
                    update.version = current.meta.version;
                }
                PutMode::Update(update)
            }
        };
        let options = PutOptions { mode, attributes: self.sent.attributes.clone(), ..PutOptions::default() };
        match inner.store.put_opts(&path, payload, options).await {
            Ok(result) => Ok(Outcome::Written(crate::client::etag(result.e_tag.as_deref()))),
            Err(error) => inner.settle(&path, condition, self.put_id(), translate(error)).await,
        }
    }

    /// Our mark in the metadata, where the store keeps any.
    pub(crate) fn put_id(&self) -> Option<&str> {
        self.sent.put_id.as_deref()
    }

    /// Compares with what the caller says the content is.
    ///
    /// # Errors
    ///
    /// `ChecksumMismatch`.
    pub(crate) fn check(&self, checksum: Checksum) -> Result<()> {
        match self.expected {
            Some(expected) if expected != checksum => Err(Error::message(
                ErrorKind::ChecksumMismatch,
                format!("the content has the checksum {checksum}, not {expected}; nothing was stored"),
            )),
            _ => Ok(()),
        }
    }
}

fn checksum_of(payload: &PutPayload) -> Checksum {
    let mut hasher = Checksum::hasher();
    payload.iter().for_each(|bytes: &Bytes| hasher.update(bytes));
    hasher.finish()
}
