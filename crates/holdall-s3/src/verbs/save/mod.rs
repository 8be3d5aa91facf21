//! Saving: one PUT for what fits into a part, otherwise a multipart upload.

mod large;
mod publish;

use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use holdall_core::{Content, Name, Result, SaveOptions, Saved};

use crate::config::ObjectParameters;
use crate::verbs::conditional::{Condition, Made, Outcome};
use crate::verbs::metadata::with_headers;
use crate::verbs::multipart::Parts;
use crate::verbs::naming::Naming;
use crate::verbs::sums::Sums;
use crate::verbs::write::Write;
use crate::wire::blank_key::for_sdk;
use crate::wire::client::{Inner, send_body};

/// See [`Storage::save`](holdall_core::Storage::save); with parameters that only S3 has.
pub(crate) async fn save(
    inner: &Arc<Inner>,
    name: &Name,
    content: Content<'_>,
    options: SaveOptions,
    parameters: ObjectParameters,
) -> Result<Saved> {
    options.check(name, &inner.possible())?;
    inner.ask_for_save(&options.mode()).await?;
    options.check(name, inner.honoured.claims())?;
    // Boxed: it would otherwise make the futures of all callers as large as it is.
    let saved = Box::pin(save_checked(inner, name, content, options, parameters)).await;
    saved.map(|saved| inner.shown(saved))
}

async fn save_checked(
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
}
