//! Conditional writes whose reply may be lost.
//!
//! `If-None-Match: *` makes a create safe against others, but not against ourselves: when the reply to a PUT
//! is lost, the SDK sends it again and receives 412, *because our own first attempt is there*
//! (aws/aws-sdk-java-v2#6580). Taking that for "the name is taken" would store the file twice. So every
//! conditional write carries a put-id of 130 random bits in its metadata, and a reply that settles nothing is
//! settled by a HEAD: if the object has our put-id, the write was ours and is done.
//!
//! | reply | what it means |
//! | --- | --- |
//! | 412 | the condition did not hold, or it is our own write: HEAD decides |
//! | 409 | a competing write was in flight and nothing is settled: the whole write again, after a pause |
//! | 404 `NoSuchUpload` to Complete | aborted, or completed by an attempt whose reply was lost: HEAD decides |
//! | timeout, reset, 5xx after all retries | unknown: HEAD decides; if nothing is there, the error stands |

use std::time::Duration;

use holdall_core::{ETag, Error, ErrorKind, Name, Result, Saved};

use crate::verbs::metadata::{Object, etag};
use crate::wire::client::Inner;
use crate::wire::error::Failure;

/// How often a write is sent again after 409, or after a 412 for a name that is free again.
pub(crate) const CONFLICT_ATTEMPTS: u32 = 8;
/// The same after a 412 for a name that is free: others can delete what they saved, but not each time.
const VANISHED_ATTEMPTS: u32 = 4;
/// The first pause after a 409; it doubles up to 3.2 s.
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// The condition of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Nothing.
    None,
    /// The name is free.
    Absent,
    /// The current version has this tag.
    Matches(ETag),
}

impl Condition {
    /// The value of `If-None-Match`.
    pub(crate) fn if_none_match(&self) -> Option<String> {
        matches!(self, Self::Absent).then(|| "*".to_owned())
    }

    /// The value of `If-Match`.
    pub(crate) fn if_match(&self) -> Option<String> {
        match self {
            Self::Matches(etag) => Some(etag.as_str().to_owned()),
            _ => None,
        }
    }
}

/// The outcome of a conditional write.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is done.
    Written(Made),
    /// Another file has the name.
    Taken,
    /// Nothing is settled; the write may be sent again.
    Again(Again),
}

/// Why a write may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// The server says that another write is under way (409).
    Busy,
    /// The server says that the name is taken (412), and there is no file: it was deleted in between, or nobody
    /// else was there.
    Vanished,
    /// The source of the copy is another version by now.
    SourceChanged,
}

/// The result of a write: tag and, in a bucket with versions, version of the object that is there now.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub(crate) etag: Option<ETag>,
    pub(crate) version: Option<String>,
}

impl Made {
    /// From the headers of a reply.
    pub(crate) fn new(etag: Option<&str>, version: Option<&str>) -> Self {
        Self { etag: crate::verbs::metadata::etag(etag), version: version.map(str::to_owned) }
    }

    /// The result with what is known about it now.
    pub(crate) fn complete(self, saved: Saved) -> Saved {
        saved.with_etag(self.etag).with_version(self.version)
    }
}

impl Inner {
    /// Settles a write of `key` that failed.
    ///
    /// # Errors
    ///
    /// The failure itself where it is one; `PreconditionFailed` where the expected version is not there.
    pub(crate) async fn settle(
        &self,
        key: &Name,
        condition: &Condition,
        put_id: Option<&str>,
        failure: Failure,
    ) -> Result<Outcome> {
        if failure.is_conflict() {
            return Ok(Outcome::Again(Again::Busy));
        }
        // Without a condition the SDK's retry was harmless, and without a put-id nothing can be found out.
        if *condition == Condition::None && put_id.is_none() {
            return Err(failure.into());
        }
        // IfMatch, and there is no file: AWS answers 404 to If-Match.
        let is_gone = failure.is_missing() && matches!(condition, Condition::Matches(_));
        let refused = failure.is_condition() || is_gone;
        if !(refused || failure.unknown || failure.is_lost_upload()) {
            return Err(failure.into());
        }
        let current = match self.head(key).await {
            Ok(object) => Some(object),
            Err(head) if head.is_missing() => None,
            // It was refused for certain; that we cannot look at what is there changes nothing.
            Err(head) if refused => return Err(head.into()),
            Err(_) => return Err(failure.into()),
        };
        if let Some(object) = &current
            && put_id.is_some()
            && object.put_id() == put_id
        {
            return Ok(Outcome::Written(Made::new(object.etag.as_deref(), object.version.as_deref())));
        }
        match (condition, current) {
            // Also where the reply was lost: what we sent would be refused, whenever it arrives.
            (Condition::Absent, Some(_)) => Ok(Outcome::Taken),
            _ if !refused => Err(failure.into()),
            // It was deleted in between.
            (Condition::Absent, None) => Ok(Outcome::Again(Again::Vanished)),
            // It is there, so that it was something else that did not hold: the source of a copy has changed.
            (Condition::Matches(expected), Some(object))
                if tag(&object).is_some_and(|etag| etag.strong_eq(expected)) =>
            {
                Ok(Outcome::Again(Again::SourceChanged))
            }
            _ => {
                let refused = Error::new(ErrorKind::PreconditionFailed);
                Err(failure.reply().cloned().into_iter().fold(refused, Error::with_reply))
            }
        }
    }

    /// Waits before the write is sent again for the `attempt`th time.
    ///
    /// # Errors
    ///
    /// `Conflict` when it was sent often enough, retryable where somebody else was at work.
    pub(crate) async fn before_again(&self, attempt: u32, why: Again) -> Result<()> {
        let most = if why == Again::Vanished { VANISHED_ATTEMPTS } else { CONFLICT_ATTEMPTS };
        if attempt >= most {
            let message = match why {
                Again::Busy => {
                    "the server said each time that another write of the same name is under way (409); try again later"
                }
                Again::SourceChanged => {
                    "the file was replaced each time while it was copied; try again later"
                }
                Again::Vanished => {
                    "the server says that the name is taken (412), but there is no file of that name; it seems to \
                     misunderstand If-None-Match: ask it with probe, or save with overwrite"
                }
            };
            return Err(Error::message(ErrorKind::Conflict, message).with_retryable(why != Again::Vanished));
        }
        self.pause(FIRST_PAUSE * 2_u32.pow(attempt)).await
    }
}

/// The entity tag of an object.
pub(crate) fn tag(object: &Object) -> Option<ETag> {
    etag(object.etag.as_deref())
}
