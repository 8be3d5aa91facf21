//! The body of an upload on its way to the multipart parser: one chunk at a time, never waiting
//! for ever, never holding more than a bounded number of bytes.
//!
//! `multer` polls its source for as long as that has something ready and keeps it all
//! (rwf2/multer issue 62), and while it looks for the end of a part's headers it keeps everything
//! it has read. A fast client, or one that sends headers without end, would so decide how much
//! memory we use. Two rules here take that away: the source is *pending* once between any two
//! chunks, and the parser may hold at most [`HELD_MAX`] bytes that no field has given back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{fmt, io};

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::Mutex;

/// How many bytes may be inside the parser at one time. The largest chunk that the HTTP server
/// hands over is well below this, and so are the headers of every honest form.
pub const HELD_MAX: usize = 1024 * 1024;

/// How much of a refused upload is still read, in bytes; see [`Intake::drain`].
pub const DRAIN_MAX: usize = 64 * 1024 * 1024;

/// How long a refused upload is still read.
const DRAIN_TIME: Duration = Duration::from_secs(20);

/// The body of a request, and the count of what the parser holds of it. A clone is another handle.
#[derive(Clone)]
pub struct Intake {
    /// Behind a lock that nobody ever waits for: first the parser reads, then [`Intake::drain`].
    chunks: Arc<Mutex<BodyDataStream>>,
    held: Arc<AtomicUsize>,
}

impl Intake {
    /// The body that is to be taken in.
    pub fn new(body: Body) -> Self {
        Self { chunks: Arc::new(Mutex::new(body.into_data_stream())), held: Arc::default() }
    }

    /// What the parser reads. Each chunk must come within `patience`; it is the time without a
    /// single byte that is bounded, so a slow but steady line is welcome.
    pub fn stream(&self, patience: Duration) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        stream::unfold(self.clone(), move |intake| async move {
            // The one pending that makes the parser hand on what it has before it gets more.
            tokio::task::yield_now().await;
            let next = async { intake.chunks.lock().await.next().await };
            let chunk = match tokio::time::timeout(patience, next).await {
                Ok(None) => return None,
                Ok(Some(Ok(chunk))) => {
                    let held = intake.held.fetch_add(chunk.len(), Ordering::Relaxed) + chunk.len();
                    let endless =
                        || io::Error::new(io::ErrorKind::InvalidData, "a part's headers have no end");
                    if held > HELD_MAX { Err(endless()) } else { Ok(chunk) }
                }
                Ok(Some(Err(broken))) => Err(io::Error::new(io::ErrorKind::ConnectionReset, broken)),
                Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "nothing came for too long")),
            };
            Some((chunk, intake))
        })
    }

    /// Says that a field gave `bytes` back: the parser no longer holds them.
    pub fn given_back(&self, bytes: usize) {
        let given = |held: usize| Some(held.saturating_sub(bytes));
        // The closure never declines, so there is no error to look at.
        let _ = self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, given);
    }

    /// Reads on for a while after a refusal, and throws it away.
    ///
    /// A browser that is still sending when the connection closes shows "connection reset" and
    /// never the page that says why. So the rest of an upload of a sensible size is read; after
    /// [`DRAIN_MAX`] bytes or twenty seconds the connection closes all the same.
    pub async fn drain(&self) {
        let all = async {
            let mut chunks = self.chunks.lock().await;
            let mut read = 0;
            while let Some(Ok(chunk)) = chunks.next().await {
                read += chunk.len();
                if read > DRAIN_MAX {
                    break;
                }
                // A client that is always ready must not keep the timer from being looked at.
                tokio::task::yield_now().await;
            }
        };
        // Too slow is one of the ends that are meant.
        let _ = tokio::time::timeout(DRAIN_TIME, all).await;
    }
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake").field("held", &self.held).finish_non_exhaustive()
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
        let intake = Intake::new(eager_body(400, &sent));
        let mut form = multer::Multipart::new(intake.stream(PATIENCE), "b");
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
        let mut form = multer::Multipart::new(Intake::new(body).stream(PATIENCE), "b");
        let error = form.next_field().await.unwrap_err();
        assert!(matches!(error, multer::Error::StreamReadFailed(_)), "{error}");
    }

    #[tokio::test]
    async fn a_drain_reads_the_rest_and_no_more_than_its_limit() {
        let sent = Arc::new(AtomicUsize::new(0));
        Intake::new(eager_body(100, &sent)).drain().await;
        assert_eq!(sent.load(Ordering::Relaxed), 100 * CHUNK);
        Intake::new(eager_body(usize::MAX, &sent)).drain().await;
        assert!(sent.load(Ordering::Relaxed) <= DRAIN_MAX + 102 * CHUNK);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_falls_silent_is_given_up() {
        let body = Body::from_stream(stream::pending::<io::Result<Bytes>>());
        let mut form = multer::Multipart::new(Intake::new(body).stream(PATIENCE), "b");
        let multer::Error::StreamReadFailed(error) = form.next_field().await.unwrap_err() else {
            panic!("the source failed, and nothing else");
        };
        let error =
            error.downcast_ref::<multer::Error>().and_then(std::error::Error::source).unwrap_or(&*error);
        assert!(error.to_string().contains("nothing came"), "{error:?}");
    }
}
