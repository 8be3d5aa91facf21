//! The parts of an upload, from memory to the server.

use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::CompletedPart;
use bytes::Bytes;
use holdall_core::{Name, Result};
use tokio::task::JoinSet;

use super::gather::Parts;
use super::upload::{Claim, Sent, Upload};
use crate::verbs::sums::Sums;
use crate::verbs::write::Write;
use crate::wire::blank_key::for_sdk;
use crate::wire::client::send_body;

impl Upload {
    /// Sends all parts, so many at once as memory allows: those in flight and the one that is gathered
    /// meanwhile are together no more than one over the configured number of the configured size, or two.
    pub(super) async fn send(&self, first: Option<Bytes>, mut parts: Parts<'_>) -> Result<Sent> {
        let config = &self.inner().config;
        let budget = config.transfers.part_size.saturating_mul(config.transfers.concurrency as u64);
        let algorithm = config.server.checksum();
        let mut sent = Sent::default();
        let mut whole: Option<Sums> = None;
        let mut flying = JoinSet::new();
        let mut number = 0;
        let mut next = first;
        let mut ended = false;
        loop {
            if let Some(part) = next.take() {
                number += 1;
                let sums = Sums::of(&part, algorithm);
                let length = part.len() as u64;
                whole = Some(whole.map_or(sums, |before| before.combine(sums, length)));
                sent.size += length;
                flying.spawn(send_part(Arc::clone(self.write()), self.place(), number, part, sums));
            }
            let room = (budget / parts.part_size().max(1) as u64).max(1);
            let is_full = flying.len() as u64 >= room;
            tokio::select! {
                Some(done) = flying.join_next() => {
                    let part = done.unwrap_or_else(|error| Err(crate::wire::tasks::joined(error)))?;
                    sent.parts.insert(part.part_number().unwrap_or_default(), part);
                }
                part = parts.next(), if !ended && !is_full => {
                    next = part?;
                    ended = next.is_none();
                }
                else => break,
            }
        }
        sent.checksum = whole.map(|sums| sums.whole);
        sent.claim = whole.map(Claim::from).unwrap_or_default();
        Ok(sent)
    }
}

impl Upload {
    /// Sends the one part of a file without bytes.
    pub(crate) async fn send_empty(&self) -> Result<Sent> {
        let sums = Sums::of(&Bytes::new(), self.inner().config.server.checksum());
        let part = send_part(Arc::clone(self.write()), self.place(), 1, Bytes::new(), sums).await?;
        let mut sent = Sent { checksum: Some(sums.whole), claim: Claim::from(sums), ..Sent::default() };
        sent.parts.insert(1, part);
        Ok(sent)
    }
}

/// Sends one part. It is in memory, so that the SDK can send it again.
async fn send_part(
    write: Arc<Write>,
    (key, id): (Name, String),
    number: i32,
    part: Bytes,
    sums: Sums,
) -> Result<CompletedPart> {
    let inner = &write.inner;
    let limits = inner.with_limits(part.len() as u64, 0);
    let request = inner
        .client()
        .await?
        .upload_part()
        .bucket(inner.bucket())
        .key(for_sdk(key.as_str()))
        .upload_id(id)
        .part_number(number)
        .set_checksum_crc64_nvme(sums.crc64_nvme())
        .set_checksum_crc32(sums.crc32())
        .body(ByteStream::from(part));
    let reply = send_body!(request, limits, inner).map_err(|error| inner.failure(&error))?;
    Ok(CompletedPart::builder()
        .part_number(number)
        .set_e_tag(reply.e_tag().map(str::to_owned))
        .set_checksum_crc64_nvme(sums.crc64_nvme())
        .set_checksum_crc32(sums.crc32())
        .build())
}
