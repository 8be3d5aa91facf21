//! Writes that failed, perhaps only as it seems.
//!
//! `object_store` sends a request again after 5xx and after a connection that broke, conditional ones too
//! (`client/retry.rs`: `HttpErrorKind::Request` is "not sent", but is also what a reply that never came looks
//! like). When the first attempt was applied, the second is told 412, *because our own first attempt is there*.
//! Taking that for "the name is taken" would store the file twice. So every write to a store that keeps
//! attributes carries a put-id of 130 random bits, and a reply that settles nothing is settled by a HEAD: if
//! the object has our put-id, the write was ours and is done.
//!
//! | error | what it means |
//! | --- | --- |
//! | `AlreadyExists`, `Precondition` | the condition did not hold, or it is our own write, or a competing write was in flight (409): HEAD decides |
//! | `NotFound` to the completion of an upload | aborted, or completed by an attempt whose reply was lost: HEAD decides |
//! | no reply, timeout, 5xx after all retries | unknown: HEAD decides; a conditional write that is not there is sent again, a few times |
//!
//! Stores that keep no attributes are local (where no reply is lost) or write unconditionally.

use std::time::Duration;

use holdall_core::{ETag, Error, ErrorKind, Result};
use object_store::path::Path;

use crate::client::Inner;
use crate::metadata;
use crate::naming::Condition;

/// How often a write is sent again after a reply that settles nothing.
const ATTEMPTS: u32 = 8;
/// How often it is sent again after a reply that was lost: `object_store` has tried many times where it could.
const RESENDINGS: u32 = 4;
/// The first pause before that; it doubles up to 3.2 s.
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// What became of a write.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is done. The tag of what is there now.
    Written(Option<ETag>),
    /// Another file has the name.
    Taken,
    /// Nothing is settled; the write may be sent again.
    Again,
    /// Its reply was lost, and it is not there: it may be sent again, since its condition keeps it from being
    /// done twice. `object_store` does not do that itself.
    Lost(Error),
}

impl Inner {
    /// Settles a write to `path` that failed.
    ///
    /// # Errors
    ///
    /// The error itself where it is one; `PreconditionFailed` where the expected version is not there;
    /// `Conflict` where a file or directory is in the way.
    pub(crate) async fn settle(
        &self,
        path: &Path,
        condition: &Condition,
        put_id: Option<&str>,
        error: Error,
    ) -> Result<Outcome> {
        let refused = matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::PreconditionFailed);
        let unknown = matches!(
            error.kind(),
            ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Other | ErrorKind::NotFound
        );
        if error.kind() == ErrorKind::Conflict {
            return Err(self.in_the_way(path).await.unwrap_or(error));
        }
        // A directory that vanished while the file was about to be put into it.
        if error.is_not_found() && !self.config.profile.files_beside_directories {
            return Ok(Outcome::Again);
        }
        if !refused && (!unknown || put_id.is_none()) {
            return Err(error);
        }
        let current = match self.head(path).await {
            Ok(current) => current,
            // It was refused for certain, and why cannot be seen.
            Err(head) if refused => return Err(head),
            Err(_) => return Err(error),
        };
        if let Some(head) = &current
            && put_id.is_some()
            && metadata::put_id(&head.attributes, &self.config.profile) == put_id
        {
            return Ok(Outcome::Written(head.etag()));
        }
        match (condition, current) {
            (Condition::Absent, Some(_)) => Ok(Outcome::Taken),
            (Condition::Absent, None) if !refused => Ok(Outcome::Lost(error)),
            (Condition::Matches(expected), Some(head))
                if !refused && head.etag().is_some_and(|etag| etag.strong_eq(expected)) =>
            {
                Ok(Outcome::Lost(error))
            }
            // Ours may have been done and replaced since.
            _ if !refused => Err(error),
            (Condition::Absent, None) => match self.in_the_way(path).await {
                Some(conflict) => Err(conflict),
                // It was deleted in between.
                None => Ok(Outcome::Again),
            },
            // It is there: a competing write was in flight.
            (Condition::Matches(expected), Some(head))
                if head.etag().is_some_and(|etag| etag.strong_eq(expected)) =>
            {
                Ok(Outcome::Again)
            }
            (Condition::Matches(_), _) => Err(Error::new(ErrorKind::PreconditionFailed)),
            (Condition::None, _) => Err(self.in_the_way(path).await.unwrap_or(error)),
        }
    }

    /// The same after a reply that was lost, for which the error stands when it was sent often enough.
    ///
    /// # Errors
    ///
    /// That error.
    pub(crate) async fn before_resending(&self, attempt: &mut u32, error: Error) -> Result<()> {
        if *attempt >= RESENDINGS { Err(error) } else { self.before_again(attempt).await }
    }

    /// Waits before the write is sent again for the `attempt`th time.
    ///
    /// # Errors
    ///
    /// `Conflict` (retryable) when it was sent often enough.
    pub(crate) async fn before_again(&self, attempt: &mut u32) -> Result<()> {
        if *attempt >= ATTEMPTS {
            let message = "other writes of the same name were under way each time; try again later";
            return Err(Error::message(ErrorKind::Conflict, message).with_retryable(true));
        }
        tokio::time::sleep(FIRST_PAUSE * 2_u32.pow(*attempt)).await;
        *attempt += 1;
        Ok(())
    }
}
