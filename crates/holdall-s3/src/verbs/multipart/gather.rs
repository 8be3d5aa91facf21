//! Content, gathered into parts that are in memory as a whole and can be sent again.

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use holdall_core::{Content, ContentStream, Error, ErrorKind, Result};

use super::part_plan::PartPlan;
use crate::config::Transfers;
use crate::config::limits::{MAX_OBJECT_SIZE, MAX_PARTS};

/// The parts of one content, in order. At most one is in memory here.
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    source: Source<'a>,
    plan: PartPlan,
    /// Bytes handed out.
    taken: u64,
    count: u64,
    /// The bytes that were gathered for the next part. They survive a dropped `next`.
    buffer: BytesMut,
    /// The bytes that the source gave beyond it.
    pending: Bytes,
}

#[derive(Debug)]
enum Source<'a> {
    Memory(Bytes),
    Stream(ContentStream<'a>),
    Ended,
}

impl<'a> Parts<'a> {
    /// Looks at the size of the content, and reads nothing yet.
    ///
    /// # Errors
    ///
    /// `TooLarge` when the declared size is over S3's limit; `SourceFailed` when a path cannot be looked at.
    pub(crate) async fn new(content: Content<'a>, transfers: &Transfers) -> Result<Self> {
        let size = content.size().await?;
        if size.is_some_and(|size| size > MAX_OBJECT_SIZE) {
            return Err(too_large("the file is larger than the 48.8 TiB that S3 takes"));
        }
        let source = match content.try_into_bytes() {
            Ok(bytes) => Source::Memory(bytes),
            Err(content) => Source::Stream(content.into_stream()),
        };
        let plan = PartPlan::new(size, transfers.part_size, transfers.equal_parts);
        Ok(Self { source, plan, taken: 0, count: 0, buffer: BytesMut::new(), pending: Bytes::new() })
    }

    /// The first part, and whether it is all there is.
    pub(crate) async fn first(&mut self) -> Result<(Bytes, bool)> {
        let first = self.next().await?.unwrap_or_default();
        if self.pending.is_empty() {
            self.pending = self.read().await?.unwrap_or_default();
        }
        Ok((first, self.pending.is_empty()))
    }

    /// The size of the next part.
    pub(crate) fn part_size(&self) -> usize {
        usize::try_from(self.plan.part_size(self.taken)).unwrap_or(usize::MAX)
    }

    /// The next part, `None` at the end. Safe to drop and call again.
    ///
    /// # Errors
    ///
    /// Those of the content; `TooLarge` behind the last part that S3 takes.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>> {
        let size = self.part_size();
        loop {
            // A chunk that fills a part is not copied.
            if self.buffer.is_empty() && self.pending.len() >= size {
                let part = self.pending.split_to(size);
                return self.hand_out(part).map(Some);
            }
            let room = size - self.buffer.len();
            let more = self.pending.split_to(self.pending.len().min(room));
            if !more.is_empty() && self.buffer.capacity() == 0 && self.count > 0 {
                self.buffer.reserve(size);
            }
            self.buffer.extend_from_slice(&more);
            if self.buffer.len() == size {
                let part = std::mem::take(&mut self.buffer).freeze();
                return self.hand_out(part).map(Some);
            }
            match self.read().await? {
                Some(chunk) => self.pending = chunk,
                None if self.buffer.is_empty() => return Ok(None),
                None => {
                    let part = std::mem::take(&mut self.buffer).freeze();
                    return self.hand_out(part).map(Some);
                }
            }
        }
    }

    fn hand_out(&mut self, part: Bytes) -> Result<Bytes> {
        self.count += 1;
        if self.count > MAX_PARTS {
            return Err(too_large(
                "the content did not end within the 10,000 parts that S3 takes; declare its size, or set a larger \
                 part_size, so that larger ones can be planned",
            ));
        }
        self.taken += part.len() as u64;
        Ok(part)
    }

    async fn read(&mut self) -> Result<Option<Bytes>> {
        let chunk = match &mut self.source {
            Source::Memory(bytes) => Some(std::mem::take(bytes)).filter(|bytes| !bytes.is_empty()),
            Source::Stream(stream) => stream.try_next().await?,
            Source::Ended => None,
        };
        if chunk.is_none() {
            self.source = Source::Ended;
        }
        Ok(chunk)
    }
}

fn too_large(message: &str) -> Error {
    Error::message(ErrorKind::TooLarge, message)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::stream;
    use holdall_core::{Content, ErrorKind};

    use super::{MAX_PARTS, Parts};
    use crate::config::Transfers;

    const MIB: usize = 1 << 20;

    fn chunks(sizes: &[usize]) -> Content<'static> {
        let chunks: Vec<Result<Bytes, std::io::Error>> =
            sizes.iter().map(|&size| Ok(Bytes::from(vec![7; size]))).collect();
        Content::stream(stream::iter(chunks))
    }

    fn transfers(equal_parts: bool) -> Transfers {
        Transfers { part_size: 5 * MIB as u64, equal_parts, ..Transfers::default() }
    }

    async fn sizes(content: Content<'_>) -> (bool, Vec<usize>) {
        let mut parts = Parts::new(content, &transfers(false)).await.unwrap();
        let (first, all) = parts.first().await.unwrap();
        let mut sizes = vec![first.len()];
        while let Some(part) = parts.next().await.unwrap() {
            sizes.push(part.len());
        }
        (all, sizes)
    }

    #[tokio::test]
    async fn content_is_cut_where_the_plan_says() {
        assert_eq!(sizes(Content::bytes("")).await, (true, vec![0]));
        assert_eq!(sizes(chunks(&[])).await, (true, vec![0]));
        assert_eq!(sizes(chunks(&[3, 4])).await, (true, vec![7]));
        assert_eq!(sizes(chunks(&[5 * MIB])).await, (true, vec![5 * MIB]));
        assert_eq!(sizes(chunks(&[3 * MIB, 2 * MIB])).await, (true, vec![5 * MIB]));
        assert_eq!(sizes(chunks(&[5 * MIB, 1])).await, (false, vec![5 * MIB, 1]));
        assert_eq!(sizes(chunks(&[3 * MIB, 12 * MIB])).await, (false, vec![5 * MIB, 5 * MIB, 5 * MIB]));
        let memory = Content::bytes(vec![0; 11 * MIB]);
        assert_eq!(sizes(memory).await, (false, vec![5 * MIB, 5 * MIB, MIB]));
    }

    #[tokio::test]
    async fn what_s3_cannot_hold_is_refused_before_it_is_read() {
        let declared = chunks(&[]).with_size(48 << 40 | 1 << 40);
        let refused = Parts::new(declared, &transfers(false)).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::TooLarge);
    }

    /// 10,000 equal parts and not one more: the same memory is handed out again and again.
    #[tokio::test]
    async fn equal_parts_end_with_a_typed_error_before_the_ten_thousand_and_first() {
        let chunk = Bytes::from(vec![7; 5 * MIB]);
        let endless = stream::iter(std::iter::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone())));
        let mut parts = Parts::new(Content::stream(endless), &transfers(true)).await.unwrap();
        for _ in 0..MAX_PARTS {
            assert_eq!(parts.next().await.unwrap().map(|part| part.len()), Some(5 * MIB));
        }
        assert_eq!(parts.next().await.unwrap_err().kind(), ErrorKind::TooLarge);
    }
}
