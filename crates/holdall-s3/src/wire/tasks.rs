//! Work that goes on when nobody waits for it any more.

use holdall_core::{Error, ErrorKind, Result};
use tokio::task::JoinError;

/// Runs work in a task of its own, which goes on when the future that waits for it is dropped.
///
/// Its result, dropped then, cleans up after itself where it has to.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    tokio::spawn(work).await.unwrap_or_else(|error| Err(joined(error)))
}

/// A task that did not come to its end: its panic goes on here.
pub(crate) fn joined(error: JoinError) -> Error {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(cancelled) => {
            let message = "the runtime shut down while the operation ran";
            Error::message(ErrorKind::Unavailable, message).with_source(cancelled)
        }
    }
}
