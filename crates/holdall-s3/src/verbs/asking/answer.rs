//! Answers to questions about a server.

use crate::wire::error::Failure;

/// As long as an MD5, which is what an entity tag looks like everywhere.
pub(super) const NO_TAG: &str = "\"00000000000000000000000000000000\"";

/// The answer about a [`Feature`](crate::Feature).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// The server does it.
    Yes,
    /// It does not; what was seen, without a full stop.
    No(String),
    /// Nothing is known: the credentials may not ask, or there was no answer.
    Unknown(String),
}

impl Answer {
    /// Whether it is [`Yes`](Self::Yes).
    pub fn is_yes(&self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Whether it is [`No`](Self::No).
    pub fn is_no(&self) -> bool {
        matches!(self, Self::No(_))
    }

    pub(crate) fn no(seen: impl Into<String>) -> Self {
        Self::No(seen.into())
    }

    /// A yes if that was seen, else a no.
    pub(crate) fn yes_if(holds: bool, otherwise: &str) -> Self {
        if holds { Self::Yes } else { Self::no(otherwise) }
    }
}

/// A failure is an answer too.
pub(crate) fn settled(asked: Result<Answer, Failure>) -> Answer {
    asked.unwrap_or_else(answer_of)
}

/// The meaning of a failed question: a server that says no, credentials that may not ask, or no answer.
pub(crate) fn answer_of(failure: Failure) -> Answer {
    let refused = failure.is_of_s3() && failure.status() == Some(403);
    let unanswered = !failure.is_of_s3() || (failure.unknown && failure.status() != Some(500));
    let (code, status) = (failure.code().to_owned(), failure.status());
    let error = failure.into_error();
    match code.as_str() {
        _ if refused => Answer::Unknown(format!("the credentials may not do this: {}", error.reason())),
        _ if unanswered => match status {
            Some(status) => Answer::Unknown(format!("{} (status {status})", error.reason())),
            None => Answer::Unknown(error.reason().to_owned()),
        },
        "" => Answer::no(format!("it is refused: {}", error.reason())),
        code if error.reason().contains(code) => Answer::no(format!("it is refused: {}", error.reason())),
        code => Answer::no(format!("it is refused: {} ({code})", error.reason())),
    }
}

/// The answer after a write that a condition must stop.
pub(super) fn stopped<T>(outcome: Result<T, Failure>, ignored: &str) -> Result<Answer, Failure> {
    match outcome {
        Ok(_) => Ok(Answer::no(ignored)),
        Err(failure) if failure.is_condition() || failure.is_conflict() => Ok(Answer::Yes),
        Err(failure) => Err(failure),
    }
}

/// The answer after a write whose condition holds. `refused` is the answer about one that does not.
pub(super) fn taken<T>(refused: Answer, outcome: Result<T, Failure>) -> Result<Answer, Failure> {
    match outcome {
        _ if !refused.is_yes() => Ok(refused),
        Ok(_) => Ok(Answer::Yes),
        Err(failure) if failure.is_condition() => Ok(Answer::no("it refuses the entity tag that it gave")),
        Err(failure) => Err(failure),
    }
}

/// The answer about a server that gives no tag to compare with.
pub(crate) fn no_tag() -> Answer {
    Answer::no("it gives no entity tag")
}
