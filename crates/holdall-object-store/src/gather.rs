//! Content, gathered into payloads that are in memory as a whole and can be sent again.

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use holdall_core::{Checksum, ChecksumHasher, ContentStream, Result};
use object_store::{PutPayload, PutPayloadMut};

/// Chunks below this are copied together: a client that sends byte by byte takes no more memory than others.
const CRUMB: usize = 16 * 1024;

/// The payloads of one content.
#[derive(Debug)]
pub(crate) struct Payloads<'a> {
    chunks: ContentStream<'a>,
    hasher: ChecksumHasher,
    size: u64,
    /// What has been gathered of the next payload; survives a dropped `next`.
    gathered: PutPayloadMut,
    /// What the source gave beyond it.
    pending: Bytes,
    ended: bool,
}

impl<'a> Payloads<'a> {
    pub(crate) fn new(chunks: ContentStream<'a>) -> Self {
        let (gathered, pending) = (PutPayloadMut::new(), Bytes::new());
        Self { chunks, hasher: Checksum::hasher(), size: 0, gathered, pending, ended: false }
    }

    /// The next `size` bytes, fewer at the end, `None` behind it. Safe to drop and call again.
    ///
    /// # Errors
    ///
    /// Those of the content.
    pub(crate) async fn next(&mut self, size: usize) -> Result<Option<PutPayload>> {
        loop {
            let room = size - self.gathered.content_length();
            let part = self.pending.split_to(self.pending.len().min(room));
            self.size += part.len() as u64;
            self.hasher.update(&part);
            if part.len() < CRUMB {
                self.gathered.extend_from_slice(&part);
            } else {
                self.gathered.push(part);
            }
            let is_full = self.gathered.content_length() >= size;
            if is_full || (self.ended && !self.gathered.is_empty()) {
                return Ok(Some(std::mem::take(&mut self.gathered).freeze()));
            }
            if self.ended {
                return Ok(None);
            }
            self.read().await?;
        }
    }

    /// Whether all of the content has been handed out. Reads on to find that out.
    ///
    /// # Errors
    ///
    /// Those of the content.
    pub(crate) async fn is_at_end(&mut self) -> Result<bool> {
        if self.pending.is_empty() && !self.ended {
            self.read().await?;
        }
        Ok(self.pending.is_empty() && self.ended)
    }

    /// Bytes handed out, and what they hash to.
    pub(crate) fn seen(&self) -> (u64, Checksum) {
        (self.size, self.hasher.finish())
    }

    async fn read(&mut self) -> Result<()> {
        match self.chunks.try_next().await? {
            Some(chunk) => self.pending = chunk,
            None => self.ended = true,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::stream;
    use holdall_core::{Checksum, Content};

    use super::{CRUMB, Payloads};

    #[tokio::test]
    async fn content_is_cut_into_equal_payloads() {
        for chunk in [1, 7, CRUMB - 1, CRUMB, 3 * CRUMB, 10 * CRUMB] {
            let whole: Vec<u8> = (0..=250).cycle().take(10 * CRUMB).collect();
            let chunks: Vec<_> = whole
                .chunks(chunk)
                .map(|chunk| Ok::<_, std::io::Error>(Bytes::copy_from_slice(chunk)))
                .collect();
            let mut payloads = Payloads::new(Content::stream(stream::iter(chunks)).into_stream());
            let (mut sizes, mut bytes) = (Vec::new(), Vec::new());
            while let Some(payload) = payloads.next(4 * CRUMB).await.unwrap() {
                sizes.push(payload.content_length());
                bytes.extend(payload.into_iter().flatten());
            }
            assert_eq!(sizes, [4 * CRUMB, 4 * CRUMB, 2 * CRUMB]);
            assert!(bytes == whole, "chunks of {chunk}");
            assert_eq!(payloads.seen(), (whole.len() as u64, Checksum::of(&whole)));
        }
    }

    #[tokio::test]
    async fn the_end_is_seen_behind_a_full_payload() {
        let mut payloads = Payloads::new(Content::bytes("1234").into_stream());
        assert_eq!(payloads.next(4).await.unwrap().unwrap().content_length(), 4);
        assert!(payloads.is_at_end().await.unwrap());
        let mut empty = Payloads::new(Content::bytes("").into_stream());
        assert!(empty.next(4).await.unwrap().is_none());
        assert!(empty.is_at_end().await.unwrap());
    }
}
