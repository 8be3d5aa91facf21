//! Pushing bytes into a save, for code that writes instead of handing over something to read.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio_util::sync::PollSender;

use crate::content::Content;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::metadata::Saved;
use crate::name::Name;
use crate::options::SaveOptions;
use crate::storage::Storage;

/// Small writes are gathered up to this size before they are handed to the storage, in bytes.
const GATHER: usize = 64 * 1024;

/// An `AsyncWrite` whose bytes become a file with [`finish`](Self::finish), and only then.
///
/// Dropping it, or an error, aborts: nothing is stored and nothing is left behind. `shutdown` hands over
/// what is buffered and does **not** publish; code that forgets `finish` loses its file, never the old one.
///
/// ```
/// use holdall_core::{MemoryStorage, Store};
/// use tokio::io::AsyncWriteExt as _;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = Store::new(MemoryStorage::new());
/// let mut writer = store.writer("report.csv").content_type("text/csv").await?;
/// writer.write_all(b"name,size\n").await?;
/// let saved = writer.finish().await?;
/// assert_eq!(saved.size, 10);
/// # Ok(()) }
/// ```
pub struct Writer {
    /// Gathers small writes.
    buffer: BytesMut,
    /// Feeds the content of the running save; closing it is the end of the file.
    sender: PollSender<Bytes>,
    state: State,
}

enum State {
    /// The save runs whenever the writer is polled; nothing is spawned, so dropping stops it.
    Saving(BoxFuture<'static, Result<Saved>>),
    /// It ended before `finish`: with an error, or by not reading its content to the end.
    Ended(Option<Error>),
}

impl Writer {
    /// Begins the save, which checks its options before it asks for content.
    ///
    /// # Errors
    ///
    /// Those of a save that ends before it has read anything.
    pub(crate) async fn begin(
        storage: Arc<dyn Storage>,
        name: Name,
        options: SaveOptions,
        limit: Option<u64>,
    ) -> Result<Self> {
        let mut writer = Self::new(storage, name, options, limit);
        poll_fn(|cx| {
            // Pending is what is hoped for; how it ended is in the state.
            let _ = writer.poll_saving(cx);
            Poll::Ready(())
        })
        .await;
        match writer.state {
            State::Ended(Some(error)) => Err(error),
            _ => Ok(writer),
        }
    }

    fn new(storage: Arc<dyn Storage>, name: Name, options: SaveOptions, limit: Option<u64>) -> Self {
        let (sender, receiver) = mpsc::channel::<Bytes>(1);
        let chunks = futures_util::stream::unfold(receiver, |mut receiver| async {
            let chunk = receiver.recv().await?;
            Some((Ok::<_, Error>(chunk), receiver))
        });
        let mut content = Content::stream(chunks);
        if let Some(limit) = limit {
            content = content.with_max_size(limit);
        }
        let saving = Box::pin(async move {
            let result = storage.save(&name, content, options).await;
            result.map_err(|error| error.or_at(Operation::Save, &storage, Some(name.as_str())))
        });
        Self { buffer: BytesMut::new(), sender: PollSender::new(sender), state: State::Saving(saving) }
    }

    /// Publishes what was written and returns what became of it.
    ///
    /// # Errors
    ///
    /// Those of [`Storage::save`]; nothing is stored then.
    pub async fn finish(mut self) -> Result<Saved> {
        let flushed = self.flush().await;
        match &mut self.state {
            State::Saving(saving) => {
                // The end of the content.
                self.sender.close();
                let saved = saving.await?;
                // Unless the storage did not take all of it, whatever it says.
                flushed.map_err(Error::from_io)?;
                Ok(saved)
            }
            State::Ended(error) => Err(error.take().unwrap_or_else(ended_before)),
        }
    }

    /// Drives the save. Ready means that it ended, which before `finish` is an error.
    fn poll_saving(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if let State::Saving(saving) = &mut self.state {
            let error = match ready!(saving.as_mut().poll(cx)) {
                Ok(_) => Error::message(ErrorKind::Other, "the storage did not read the content to its end"),
                Err(error) => error,
            };
            self.state = State::Ended(Some(error));
        }
        let State::Ended(error) = &self.state else { unreachable!("set right above") };
        Poll::Ready(match error {
            // The error itself stays for `finish`; the writing code gets its kind and its sentence.
            Some(error) => {
                io::Error::new(io::Error::from(Error::new(error.kind())).kind(), error.to_string())
            }
            None => ended_before().into(),
        })
    }

    /// Hands the buffer over.
    fn poll_hand_over(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The save is driven even when there is room, so that it moves while the writer is fed.
        if let Poll::Ready(error) = self.poll_saving(cx) {
            return Poll::Ready(Err(error));
        }
        if self.buffer.is_empty() {
            return Poll::Ready(Ok(()));
        }
        if ready!(self.sender.poll_reserve(cx)).is_ok() {
            let chunk = self.buffer.split().freeze();
            if self.sender.send_item(chunk).is_ok() {
                return Poll::Ready(Ok(()));
            }
        }
        // The storage reads no more. Why, its save is about to say.
        self.poll_saving(cx).map(Err)
    }
}

fn ended_before() -> Error {
    Error::message(ErrorKind::Other, "the save ended with an error before; nothing was stored")
}

impl AsyncWrite for Writer {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        if self.buffer.len() >= GATHER {
            ready!(self.poll_hand_over(cx))?;
        }
        let length = data.len().min(GATHER - self.buffer.len());
        self.buffer.extend_from_slice(&data[..length]);
        Poll::Ready(Ok(length))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_hand_over(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_flush(cx)
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("buffered", &self.buffer.len()).finish_non_exhaustive()
    }
}
