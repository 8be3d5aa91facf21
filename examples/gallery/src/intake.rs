//! The body of an upload on its way to the multipart parser: one chunk at a time, never waiting
//! for ever, never holding more than a bounded number of bytes.
//!
//! `multer` polls its source for as long as that has something ready and keeps it all
//! (rwf2/multer issue 62), and while it looks for the end of a part's headers it keeps everything
//! it has read. A fast client, or one that sends headers without end, would so decide how much
//! memory we use. Two rules here take that away: the source is *pending* once between any two
//! chunks, and the parser may hold at most [`HELD_MAX`] bytes that no field has given back.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};

/// How many bytes may be inside the parser at one time. The largest chunk that the HTTP server
/// hands over is well below this, and so are the headers of every honest form.
pub const HELD_MAX: usize = 1024 * 1024;

/// Counts what the parser holds.
#[derive(Debug, Clone, Default)]
pub struct Intake {
    held: Arc<AtomicUsize>,
}

impl Intake {
    /// The chunks of `body`. Each must come within `patience`; it is the time without a single
    /// byte that is bounded, so a slow but steady line is welcome.
    pub fn stream(
        &self,
        body: Body,
        patience: Duration,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let held = Arc::clone(&self.held);
        stream::unfold((body.into_data_stream(), held), move |(mut chunks, held)| async move {
            // The one pending that makes the parser hand on what it has before it gets more.
            tokio::task::yield_now().await;
            let chunk = match tokio::time::timeout(patience, chunks.next()).await {
                Ok(None) => return None,
                Ok(Some(Ok(chunk))) => match held.fetch_add(chunk.len(), Ordering::Relaxed) + chunk.len() {
                    ..=HELD_MAX => Ok(chunk),
                    _ => Err(io::Error::new(io::ErrorKind::InvalidData, "a part's headers have no end")),
                },
                Ok(Some(Err(broken))) => Err(io::Error::new(io::ErrorKind::ConnectionReset, broken)),
                Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "nothing came for too long")),
            };
            Some((chunk, (chunks, held)))
        })
    }

    /// Says that a field gave `bytes` back: the parser no longer holds them.
    pub fn given_back(&self, bytes: usize) {
        let given = |held: usize| Some(held.saturating_sub(bytes));
        // The closure never declines, so there is no error to look at.
        let _ = self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, given);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);
    const CHUNK: usize = 64 * 1024;

    /// A client that always has the next chunk ready, and counts how far ahead of us it got.
    fn eager_body(chunks: usize, sent: &Arc<AtomicUsize>) -> Body {
        let sent = Arc::clone(sent);
        let head = Bytes::from_static(b"--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n");
        let data = (0..chunks).map(move |_| {
            sent.fetch_add(CHUNK, Ordering::Relaxed);
            Bytes::from(vec![7_u8; CHUNK])
        });
        let all = std::iter::once(head).chain(data).chain([Bytes::from_static(b"\r\n--b--\r\n")]);
        Body::from_stream(stream::iter(all.map(Ok::<_, io::Error>)))
    }

    #[tokio::test]
    async fn the_parser_is_never_more_than_two_chunks_ahead() {
        let sent = Arc::new(AtomicUsize::new(0));
        let intake = Intake::default();
        let mut form = multer::Multipart::new(intake.stream(eager_body(400, &sent), PATIENCE), "b");
        let mut field = form.next_field().await.unwrap().unwrap();
        let mut got = 0;
        while let Some(chunk) = field.chunk().await.unwrap() {
            got += chunk.len();
            intake.given_back(chunk.len());
            let ahead = sent.load(Ordering::Relaxed) - got;
            assert!(ahead <= 2 * CHUNK, "{ahead} bytes were read ahead");
        }
        assert_eq!(got, 400 * CHUNK);
    }

    #[tokio::test]
    async fn headers_without_end_are_cut_off() {
        let endless =
            stream::iter(std::iter::repeat_with(|| Ok::<_, io::Error>(Bytes::from(vec![b'a'; CHUNK]))));
        let body = Body::from_stream(stream::iter([Ok(Bytes::from_static(b"--b\r\n"))]).chain(endless));
        let mut form = multer::Multipart::new(Intake::default().stream(body, PATIENCE), "b");
        let error = form.next_field().await.unwrap_err();
        assert!(matches!(error, multer::Error::StreamReadFailed(_)), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_falls_silent_is_given_up() {
        let body = Body::from_stream(stream::pending::<io::Result<Bytes>>());
        let mut form = multer::Multipart::new(Intake::default().stream(body, PATIENCE), "b");
        let multer::Error::StreamReadFailed(error) = form.next_field().await.unwrap_err() else {
            panic!("the source failed, and nothing else");
        };
        let error =
            error.downcast_ref::<multer::Error>().and_then(std::error::Error::source).unwrap_or(&*error);
        assert!(error.to_string().contains("nothing came"), "{error:?}");
    }
}
