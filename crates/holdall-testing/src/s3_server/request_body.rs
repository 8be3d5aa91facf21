//! The body of a request: what faults do to it on its way, and reading what s3s left of it.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_util::future::{self, BoxFuture, FutureExt as _};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};

use super::connection::Cut;
use super::faults::{Active, FaultAction};

/// A request body that s3s reads and the server can read on where s3s stopped.
#[derive(Debug, Clone)]
pub(crate) struct SharedBody(Arc<Mutex<Inner>>);

struct Inner {
    incoming: Incoming,
    /// Bytes handed on.
    position: u64,
    /// What has arrived behind the place where a fault strikes.
    held: Option<Bytes>,
    fault: Option<BodyFault>,
}

/// What happens at one place of the body.
enum BodyFault {
    Stall { after: u64, released: BoxFuture<'static, ()> },
    Reset { after: u64, cut: Arc<Cut> },
    Flip { at: u64 },
}

impl fmt::Debug for Inner {
    /// Without contents.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedBody").field("position", &self.position).finish_non_exhaustive()
    }
}

impl SharedBody {
    pub(crate) fn new(incoming: Incoming) -> Self {
        Self(Arc::new(Mutex::new(Inner { incoming, position: 0, held: None, fault: None })))
    }

    /// Makes the fault happen while the body is read, if it is one of the body.
    pub(crate) fn arm(&self, active: &Arc<Active>, cut: &Arc<Cut>) {
        let fault = match *active.action() {
            FaultAction::StallRequest { after } => {
                let active = Arc::clone(active);
                BodyFault::Stall { after, released: async move { active.released().await }.boxed() }
            }
            FaultAction::ResetRequest { after } => BodyFault::Reset { after, cut: Arc::clone(cut) },
            FaultAction::FlipRequestBit { at } => BodyFault::Flip { at },
            _ => return,
        };
        self.lock().fault = Some(fault);
    }

    /// Reads all of it. What a client that hangs up did not send is missing.
    pub(crate) async fn collect(&self) -> Bytes {
        let mut body = self.clone();
        let mut whole = BytesMut::new();
        while let Some(Ok(frame)) = future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            if let Ok(data) = frame.into_data() {
                whole.extend_from_slice(&data);
            }
        }
        whole.freeze()
    }

    /// Reads and forgets what is left. A client that hangs up meanwhile is not an error here: it gets no reply.
    pub(crate) async fn drain(mut self) {
        while let Some(Ok(_)) = future::poll_fn(|cx| Pin::new(&mut self).poll_frame(cx)).await {}
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Waits where a fault stops the body for good or for now.
    fn poll_gate(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.fault {
            Some(BodyFault::Stall { after, released }) if self.position >= *after => {
                ready!(released.poll_unpin(cx));
                self.fault = None;
                Poll::Ready(())
            }
            Some(BodyFault::Reset { after, cut }) if self.position >= *after => {
                cut.ask();
                // The connection's task drops this one.
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }

    /// The part of the data up to where a fault strikes, with the flipped bit in it; the rest is held back.
    fn pass(&mut self, mut data: Bytes) -> Bytes {
        let stop = match &self.fault {
            Some(BodyFault::Stall { after, .. } | BodyFault::Reset { after, .. }) => Some(*after),
            _ => None,
        };
        let room = stop.and_then(|stop| usize::try_from(stop - self.position).ok());
        if let Some(room) = room.filter(|room| *room < data.len()) {
            self.held = Some(data.split_off(room));
        }
        if let Some(BodyFault::Flip { at }) = self.fault
            && let Some(offset) =
                at.checked_sub(self.position).and_then(|offset| usize::try_from(offset).ok())
            && offset < data.len()
        {
            let mut changed = data.to_vec();
            changed[offset] ^= 1;
            data = changed.into();
        }
        self.position += data.len() as u64;
        data
    }
}

impl hyper::body::Body for SharedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let mut inner = self.lock();
        ready!(inner.poll_gate(cx));
        if let Some(held) = inner.held.take() {
            return Poll::Ready(Some(Ok(Frame::data(inner.pass(held)))));
        }
        let frame = ready!(Pin::new(&mut inner.incoming).poll_frame(cx));
        Poll::Ready(frame.map(|frame| {
            frame.map(|frame| match frame.into_data() {
                Ok(data) => Frame::data(inner.pass(data)),
                Err(trailers) => trailers,
            })
        }))
    }

    fn is_end_stream(&self) -> bool {
        let inner = self.lock();
        inner.held.is_none() && inner.fault.is_none() && inner.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.lock();
        let mut hint = inner.incoming.size_hint();
        let held = inner.held.as_ref().map_or(0, |held| held.len() as u64);
        if let Some(exact) = hint.exact() {
            hint.set_exact(exact + held);
        }
        hint
    }
}
