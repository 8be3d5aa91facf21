//! Content as the stream that backends read.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_core::stream::BoxStream;

use super::{Meter, source_failed};
use crate::error::{BoxError, Result};

/// Content as a stream of non-empty chunks, with declared size and limit enforced. Made by
/// [`Content::into_stream`](super::Content::into_stream).
///
/// After an error or the end it gives `None`.
pub struct ContentStream<'a> {
    chunks: BoxStream<'a, Result<Bytes, BoxError>>,
    meter: Meter,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Unread,
    Reading,
    Done,
}

impl<'a> ContentStream<'a> {
    pub(super) fn new(chunks: BoxStream<'a, Result<Bytes, BoxError>>, meter: Meter) -> Self {
        Self { chunks, meter, state: State::Unread }
    }

    /// The declared size, where there is one.
    pub fn declared_size(&self) -> Option<u64> {
        self.meter.size
    }

    /// Checks one answer of the source.
    fn accept(&mut self, answer: Option<Result<Bytes, BoxError>>) -> Option<Result<Bytes>> {
        match answer {
            Some(Ok(chunk)) => Some(self.meter.count(chunk.len()).map(|()| chunk)),
            Some(Err(error)) => Some(Err(source_failed(error))),
            None => self.meter.end().err().map(Err),
        }
    }
}

impl Stream for ContentStream<'_> {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.state == State::Done {
            return Poll::Ready(None);
        }
        if this.state == State::Unread {
            this.state = State::Reading;
            if let Err(error) = this.meter.check_declared() {
                this.state = State::Done;
                return Poll::Ready(Some(Err(error)));
            }
        }
        loop {
            let answer = ready!(this.chunks.as_mut().poll_next(cx));
            if matches!(&answer, Some(Ok(chunk)) if chunk.is_empty()) {
                continue;
            }
            let item = this.accept(answer);
            if !matches!(item, Some(Ok(_))) {
                this.state = State::Done;
            }
            return Poll::Ready(item);
        }
    }
}

impl fmt::Debug for ContentStream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentStream").field("meter", &self.meter).finish_non_exhaustive()
    }
}
