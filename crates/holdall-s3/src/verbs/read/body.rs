//! The body of an opened file, which outlives its connection.
//!
//! When a body is cut, stalls or ends early, the rest is asked for from where it stood: with `If-Match`, so that
//! a file that was replaced meanwhile is not stitched to what is there already. The caller's own checksum of
//! the whole runs on over both.

use std::ops::Range;
use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::try_unfold;
use holdall_core::{ByteRange, Conditions, ETag, ETagCondition, Error, ErrorKind, Name, Result};

use super::received;
use crate::verbs::conditional::tag;
use crate::verbs::metadata::{Object, object};
use crate::verbs::sums::Crc32;
use crate::wire::client::Inner;
use crate::wire::error;

/// After so many bytes without trouble, a cut counts as the first again: a long file may be cut more often than
/// a short one.
const CALM: u64 = 8 << 20;

/// Some bytes of one version of an object, and how far they were read.
#[derive(Debug)]
pub(crate) struct Body {
    inner: Arc<Inner>,
    key: Name,
    version: Option<String>,
    /// By which the rest is recognised; without it a cut is an error.
    etag: Option<ETag>,
    /// The bytes that are still to come.
    rest: Range<u64>,
    reply: Option<ByteStream>,
    cuts: u32,
    calm: u64,
    /// The CRC-32 of the whole that the server keeps, and that of the bytes that passed by. (A CRC-64 is checked by
    /// core.)
    crc32: Option<(String, Crc32)>,
}

impl Body {
    /// The body of a reply that has these bytes of that object.
    pub(crate) fn new(
        inner: &Arc<Inner>,
        key: &Name,
        object: &Object,
        range: Range<u64>,
        reply: ByteStream,
    ) -> Self {
        let is_whole = object.size().is_ok_and(|size| range == (0..size));
        let crc32 = object.crc32().filter(|_| is_whole).map(|value| (value.to_owned(), Crc32::new()));
        Self {
            reply: Some(reply),
            crc32,
            ..Self::pinned(inner, key, object.version.as_deref(), tag(object), range)
        }
    }

    /// The same bytes, asked for when they are first read.
    pub(crate) fn pinned(
        inner: &Arc<Inner>,
        key: &Name,
        version: Option<&str>,
        etag: Option<ETag>,
        rest: Range<u64>,
    ) -> Self {
        Self {
            inner: Arc::clone(inner),
            key: key.clone(),
            // Only where they were asked for: the null version of a bucket without versions has no id.
            version: version.filter(|_| inner.config.server.features.versions).map(str::to_owned),
            etag: etag.filter(|etag| !etag.is_weak()),
            rest,
            reply: None,
            cuts: 0,
            calm: 0,
            crc32: None,
        }
    }

    /// The chunks. After an error the stream has ended.
    pub(crate) fn into_stream(self) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
        try_unfold(self, |mut body| async move { Ok(body.next().await?.map(|chunk| (chunk, body))) })
    }

    /// The next chunk, `None` at the end.
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Timeout` after as many cuts in a row as there may be attempts; `Conflict` when the
    /// file was replaced or deleted before it was read to its end; `ChecksumMismatch`.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            let Some(reply) = &mut self.reply else {
                if self.rest.is_empty() {
                    return Ok(None);
                }
                self.reply = Some(self.ask().await?);
                continue;
            };
            let cut = match reply.next().await {
                Some(Ok(chunk)) => return self.accept(chunk).map(Some),
                Some(Err(error)) => error::body(&error, &self.inner.config),
                None if self.rest.is_empty() => return Ok(None),
                None => {
                    let left = self.rest.end - self.rest.start;
                    let message = format!("the server's answer ended {left} bytes too early");
                    Error::message(ErrorKind::Unavailable, message)
                }
            };
            self.cuts += 1;
            self.calm = 0;
            let may_go_on = cut.is_retryable() && self.etag.is_some();
            if !may_go_on || self.cuts >= self.inner.config.client.max_attempts {
                return Err(cut);
            }
            self.inner.pause_before_retry(self.cuts).await?;
            self.reply = None;
        }
    }

    fn accept(&mut self, chunk: Bytes) -> Result<Bytes> {
        let length = chunk.len() as u64;
        if length > self.rest.end.saturating_sub(self.rest.start) {
            let message = "the server sent more bytes than it said that it would";
            return Err(Error::message(ErrorKind::Other, message));
        }
        self.rest.start += length;
        self.calm = self.calm.saturating_add(length);
        if self.calm >= CALM {
            self.cuts = 0;
        }
        if let Some((expected, crc32)) = &mut self.crc32 {
            crc32.update(&chunk);
            // With the last chunk, so that nobody sees all bytes without the verdict.
            if self.rest.start == self.rest.end && crc32.value() != *expected {
                let message = "the bytes that were read are not the bytes that were saved";
                return Err(Error::message(ErrorKind::ChecksumMismatch, message));
            }
        }
        Ok(chunk)
    }

    /// Asks for what is still to come.
    async fn ask(&self) -> Result<ByteStream> {
        let range = ByteRange::from(self.rest.clone());
        let mut conditions = Conditions::default();
        conditions.if_match = self.etag.as_ref().map(ETagCondition::from);
        let reply = self.inner.fetch(&self.key, self.version.as_deref(), Some(range), &conditions).await;
        let mut reply = match reply {
            Ok(reply) => reply,
            Err(failure) if failure.is_condition() || failure.is_missing() => return Err(replaced()),
            Err(failure) => return Err(failure.into()),
        };
        let object = object!(reply);
        // Some servers ignore conditional reads.
        if tag(&object) != self.etag {
            return Err(replaced());
        }
        received(&object, Some(range), object.size()?)?;
        Ok(reply.body)
    }
}

fn replaced() -> Error {
    let message = "the file was replaced or deleted while it was read; open it again";
    Error::message(ErrorKind::Conflict, message).with_retryable(true)
}
