//! A multipart upload: parts that are pushed, as content that a save pulls.
//!
//! The save runs in a task of its own. Parts wait in a queue in the order in which they were given, whichever of
//! their futures is polled first; each is done when the save has asked for what follows it. The queue has no
//! bound of its own, because its bound is the caller's: what waits there belongs to futures that the caller has
//! not seen the end of.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _, Shared};
use futures_util::stream::{BoxStream, StreamExt as _, try_unfold};
use holdall_core::{BoxError, Content, Error, ErrorKind, Name, SaveOptions, Saved, Store};
use object_store::{MultipartUpload, PutPayload, PutResult, Result, UploadPart};
use tokio::sync::{mpsc, oneshot};

use super::convert::{put_result, shared};

/// What the save is told.
enum Message {
    /// The next part, and who waits for it.
    Part(PutPayload, oneshot::Sender<()>),
    /// There is no more: the file is whole.
    End,
}

/// The save, for everybody who waits for it.
type Saving = Shared<BoxFuture<'static, Result<Saved, Arc<Error>>>>;

/// An upload that is under way. Dropping it without completing it ends the save with an error, and nothing is
/// stored.
pub(super) struct Upload {
    name: Name,
    /// `None` when it is completed or aborted.
    messages: Option<mpsc::UnboundedSender<Message>>,
    saving: Saving,
}

impl Upload {
    pub(super) fn new(store: Store, name: Name, options: SaveOptions) -> Self {
        let (messages, receiver) = mpsc::unbounded_channel();
        let target = name.clone();
        let task = tokio::spawn(async move {
            let content = Content::stream(chunks(receiver));
            store.save(&target, content).options(options).await.map_err(Arc::new)
        });
        let saving =
            task.map(|ended| ended.unwrap_or_else(|error| Err(Arc::new(crate::client::joined(error)))));
        Self { name, messages: Some(messages), saving: saving.boxed().shared() }
    }
}

/// What the save reads: the chunks of all parts, and an error where they break off.
fn chunks(receiver: mpsc::UnboundedReceiver<Message>) -> BoxStream<'static, Result<Bytes, BoxError>> {
    let begin = (receiver, VecDeque::new(), None::<oneshot::Sender<()>>);
    try_unfold(begin, |(mut receiver, mut part, mut waiting)| async move {
        loop {
            if let Some(chunk) = part.pop_front() {
                return Ok(Some((chunk, (receiver, part, waiting))));
            }
            if let Some(waiting) = waiting.take() {
                // Who does not wait any more need not know.
                let _ = waiting.send(());
            }
            match receiver.recv().await {
                Some(Message::Part(payload, sender)) => {
                    part = payload.into_iter().collect();
                    waiting = Some(sender);
                }
                Some(Message::End) => return Ok(None),
                None => return Err("the upload was given up before it was complete".into()),
            }
        }
    })
    .boxed()
}

#[async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, payload: PutPayload) -> UploadPart {
        let (sender, taken) = oneshot::channel();
        if let Some(messages) = &self.messages {
            // A save that has ended drops what it is sent, and the part learns why below.
            let _ = messages.send(Message::Part(payload, sender));
        } else {
            drop(sender);
        }
        let (saving, name) = (self.saving.clone(), self.name.clone());
        let closed = self.messages.is_none();
        async move {
            if taken.await.is_ok() {
                return Ok(());
            }
            let ended = if closed { Err(Arc::new(over())) } else { saving.await };
            Err(shared(&ended.err().unwrap_or_else(|| Arc::new(over())), name.as_str()))
        }
        .boxed()
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let Some(messages) = self.messages.take() else {
            return Err(shared(&Arc::new(over()), self.name.as_str()));
        };
        // As above.
        let _ = messages.send(Message::End);
        match self.saving.clone().await {
            Ok(saved) => Ok(put_result(&saved)),
            Err(error) => Err(shared(&error, self.name.as_str())),
        }
    }

    async fn abort(&mut self) -> Result<()> {
        let Some(messages) = self.messages.take() else {
            return Err(shared(&Arc::new(over()), self.name.as_str()));
        };
        drop(messages);
        // It ends with the error that it was given up, or with one of its own: either way nothing is stored.
        let _ = self.saving.clone().await;
        Ok(())
    }
}

fn over() -> Error {
    Error::message(ErrorKind::InvalidInput, "the upload is completed or aborted already")
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("name", &self.name).finish_non_exhaustive()
    }
}
