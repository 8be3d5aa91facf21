//! What faults do to the body of a reply.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, future, stream};
use s3s::Body;
use s3s::dto::StreamingBlob;

use super::faults::Active;

/// The first `after` bytes, then an error, upon which hyper closes the connection.
pub(crate) fn truncated(body: Body, after: u64) -> Body {
    let mut left = usize::try_from(after).unwrap_or(usize::MAX);
    let kept = body.map(|chunk| chunk.map_err(std::io::Error::other)).map_ok(move |mut chunk| {
        chunk.truncate(left);
        left -= chunk.len();
        chunk
    });
    let kept = kept.try_filter(|chunk| future::ready(!chunk.is_empty()));
    // hyper sends what it has gathered when the body is not ready; an error at once would take the head along.
    let end = stream::once(async {
        tokio::task::yield_now().await;
        Err(std::io::Error::other("the test server ends the body here"))
    });
    Body::from(StreamingBlob::wrap(kept.chain(end)))
}

/// The same bytes but for one bit.
pub(crate) fn flipped(body: Body, at: u64) -> Body {
    let mut position = 0_u64;
    Body::from(StreamingBlob::wrap(body.map(move |chunk| {
        let chunk = chunk.map_err(std::io::Error::other)?;
        let offset = at.checked_sub(position).and_then(|offset| usize::try_from(offset).ok());
        position += chunk.len() as u64;
        match offset.filter(|offset| *offset < chunk.len()) {
            None => Ok::<_, std::io::Error>(chunk),
            Some(offset) => {
                let mut changed = chunk.to_vec();
                changed[offset] ^= 1;
                Ok(Bytes::from(changed))
            }
        }
    })))
}

/// The first `after` bytes, and the others once the fault is released.
pub(crate) fn stalled(body: Body, after: u64, active: Arc<Active>) -> Body {
    let mut left = usize::try_from(after).unwrap_or(usize::MAX);
    let pieces = body.flat_map(move |chunk| {
        let chunk = chunk.map_err(std::io::Error::other);
        let (now, later) = match chunk {
            Ok(mut chunk) => {
                let now = chunk.split_to(left.min(chunk.len()));
                left -= now.len();
                (Ok(now), Some(chunk).filter(|rest| !rest.is_empty()))
            }
            Err(error) => (Err(error), None),
        };
        let active = Arc::clone(&active);
        let later = stream::iter(later).then(move |rest| {
            let active = Arc::clone(&active);
            async move {
                active.released().await;
                Ok(rest)
            }
        });
        stream::iter([now]).chain(later)
    });
    let pieces = pieces.try_filter(|chunk: &Bytes| future::ready(!chunk.is_empty()));
    Body::from(StreamingBlob::wrap(pieces))
}
