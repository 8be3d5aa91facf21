//! Hops to the blocking pool: where the file system is really touched.
//!
//! An operation is one hop, not one per system call, and no thread is held while a slow peer is waited
//! for. What runs there cannot be cancelled from outside, so every task that changes something asks its
//! [`Cancel`] before the change that others can see, and owns whatever has to be cleaned up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use holdall_core::{Error, ErrorKind, Result};
use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

/// Runs `task` on the blocking pool.
pub(crate) async fn hop<T: Send + 'static>(task: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    land(spawn_blocking(task).await)
}

/// Starts `task` on the blocking pool, to be awaited with [`landed`].
pub(crate) fn take_off<T: Send + 'static>(
    task: impl FnOnce() -> Result<T> + Send + 'static,
) -> JoinHandle<Result<T>> {
    spawn_blocking(task)
}

/// Awaits what [`take_off`] started.
pub(crate) async fn landed<T>(flight: JoinHandle<Result<T>>) -> Result<T> {
    land(flight.await)
}

fn land<T>(outcome: Result<Result<T>, JoinError>) -> Result<T> {
    match outcome.map_err(JoinError::try_into_panic) {
        Ok(result) => result,
        // A bug is not turned into an error: it surfaces where it would have without the pool.
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        Err(Err(error)) => {
            let message = "the async runtime is shutting down; nothing was changed";
            Err(Error::message(ErrorKind::Unavailable, message).with_source(error))
        }
    }
}

/// Tells a task on the blocking pool that nobody waits for it any more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// The guard that the future keeps: its drop is the cancellation.
    pub(crate) fn guard(&self) -> CancelOnDrop {
        CancelOnDrop(self.clone())
    }

    /// An error once the future was dropped. Nobody sees it; it only unwinds the task.
    pub(crate) fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Acquire) {
            Err(Error::message(ErrorKind::Other, "the operation was cancelled"))
        } else {
            Ok(())
        }
    }
}

/// Cancels when it is dropped, with the future or after its end.
#[derive(Debug)]
pub(crate) struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Release);
    }
}

/// Something between two hops whose drop touches the file system. If the future that carries it is
/// dropped, it goes on the blocking pool to end there: closing an unnamed file of gigabytes takes time.
#[derive(Debug)]
pub(crate) struct Parked<T: Send + 'static>(Option<T>);

impl<T: Send + 'static> Parked<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// Takes the value on, to be used on the blocking pool.
    pub(crate) fn take(mut self) -> T {
        self.0.take().expect("taken once, because taking consumes")
    }
}

impl<T: Send + 'static> Drop for Parked<T> {
    fn drop(&mut self) {
        let Some(value) = self.0.take() else { return };
        match Handle::try_current() {
            // The task needs no supervision: its whole work is to drop the value.
            Ok(runtime) => drop(runtime.spawn_blocking(move || drop(value))),
            Err(_) => drop(value),
        }
    }
}
