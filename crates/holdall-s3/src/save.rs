//! Saving: one PUT for what fits into a part, otherwise a multipart upload.

use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use holdall_core::{Checksum, Content, Error, ErrorKind, Name, Result, SaveOptions, Saved};

use crate::blank_key::for_sdk;
use crate::client::{Inner, send_body};
use crate::conditional::{Condition, Made, Outcome, tag};
use crate::metadata::{Headers, KeptChecksum, with_headers};
use crate::multipart::Parts;
use crate::naming::Naming;
use crate::objects::ObjectParameters;
use crate::sums::Sums;

/// What all requests of one save have in common.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) inner: Arc<Inner>,
    pub(crate) headers: Headers,
    /// Our mark in the metadata.
    pub(crate) put_id: Option<String>,
    /// The checksum that the content must have.
    expected: Option<Checksum>,
    /// The algorithm of the checksum that the server keeps, where it is not the storage's own.
    algorithm: Option<KeptChecksum>,
}

impl Write {
    /// A file with these headers, whose content must have that checksum.
    pub(crate) fn new(inner: &Arc<Inner>, headers: Headers, expected: Option<Checksum>) -> Self {
        Self { inner: Arc::clone(inner), headers, put_id: None, expected, algorithm: None }
    }

    /// What has no content of its own: a copy inside the server.
    pub(crate) fn of_copy(
        inner: Arc<Inner>,
        headers: Headers,
        put_id: Option<String>,
        algorithm: Option<KeptChecksum>,
    ) -> Self {
        Self { inner, headers, put_id, expected: None, algorithm }
    }

    /// The algorithm of the checksum that the server shall keep, if any.
    pub(crate) fn checksum(&self) -> Option<KeptChecksum> {
        self.algorithm.or_else(|| self.inner.config.server.checksum().map(KeptChecksum::from))
    }
}

/// See [`Storage::save`](holdall_core::Storage::save); with parameters that only S3 has.
pub(crate) async fn save(
    inner: &Arc<Inner>,
    name: &Name,
    content: Content<'_>,
    options: SaveOptions,
    parameters: ObjectParameters,
) -> Result<Saved> {
    let naming = Naming::of(inner, name, options.mode(), options.max_name_length).await?;
    let headers = inner.headers(name, options.attributes, parameters)?;
    Write::new(inner, headers, options.checksum).content(naming, content).await
}

impl Write {
    /// Stores content, in one request or many.
    pub(crate) async fn content(mut self, naming: Naming, content: Content<'_>) -> Result<Saved> {
        let again = content.repeatable();
        let mut parts = Parts::new(content, &self.inner.config.transfers).await?;
        let (first, is_all) = parts.first().await?;
        if is_all {
            // A PUT that overwrites may simply be sent again; it needs no mark.
            if naming.condition() != Condition::None {
                self.put_id = self.headers.mark();
            }
            return self.one_put(naming, &first).await;
        }
        self.inner.check_large(naming.mode()).await?;
        self.put_id = self.headers.mark();
        match again {
            Some(again) => self.large_repeatable(naming, first, parts, again).await,
            None => self.large_stream(naming, first, parts).await,
        }
    }

    /// Saves what is in memory as a whole. A name that is taken costs one request and no second reading.
    async fn one_put(&self, mut naming: Naming, bytes: &Bytes) -> Result<Saved> {
        let sums = Sums::of(bytes, self.inner.config.server.checksum());
        self.check(sums.whole)?;
        let mut attempt = 0;
        loop {
            match self.put(naming.key(), bytes, sums, &naming.condition()).await? {
                Outcome::Written(made) => {
                    let name = self.inner.name_of(naming.key());
                    let saved = Saved::new(name, bytes.len() as u64);
                    return Ok(made.complete(saved.with_checksum(sums.whole)));
                }
                Outcome::Taken => naming.taken(&self.inner)?,
                Outcome::Again(why) => {
                    self.inner.before_again(attempt, why).await?;
                    attempt += 1;
                }
            }
        }
    }

    async fn put(&self, key: &Name, bytes: &Bytes, sums: Sums, condition: &Condition) -> Result<Outcome> {
        let inner = &self.inner;
        let request = inner
            .client()
            .await?
            .put_object()
            .bucket(inner.bucket())
            .key(for_sdk(key.as_str()))
            .body(ByteStream::from(bytes.clone()))
            .set_if_none_match(condition.if_none_match())
            .set_if_match(condition.if_match())
            .set_checksum_crc64_nvme(sums.crc64_nvme())
            .set_checksum_crc32(sums.crc32());
        let limits = inner.with_limits(bytes.len() as u64, 0);
        match send_body!(with_headers!(request, self.headers), limits, inner) {
            Ok(reply) => Ok(Outcome::Written(Made::new(reply.e_tag(), reply.version_id()))),
            Err(error) => {
                let failure = inner.failure(&error);
                inner.settle(key, condition, self.put_id.as_deref(), failure).await
            }
        }
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

    /// Looks at what has the key before gigabytes are sent there in vain. It promises nothing: what decides
    /// is the condition of the write itself.
    ///
    /// # Errors
    ///
    /// `PreconditionFailed` where the version to be replaced is not there.
    pub(crate) async fn is_taken(&self, key: &Name, condition: &Condition) -> Result<bool> {
        let current = match condition {
            Condition::None => return Ok(false),
            _ => match self.inner.head(key).await {
                Ok(object) => Some(object),
                Err(failure) if failure.is_missing() => None,
                // Who may write need not be allowed to look.
                Err(failure) if failure.status() == Some(403) => return Ok(false),
                Err(failure) => return Err(failure.into()),
            },
        };
        match condition {
            Condition::Matches(expected)
                if current.as_ref().and_then(tag).is_none_or(|etag| !etag.strong_eq(expected)) =>
            {
                Err(Error::new(ErrorKind::PreconditionFailed))
            }
            Condition::Absent => Ok(current.is_some()),
            _ => Ok(false),
        }
    }
}
