//! The parts that all requests of one save or copy have in common.

use std::sync::Arc;

use holdall_core::{Checksum, Error, ErrorKind, Name, Result, Saved};

use crate::verbs::conditional::{Condition, tag};
use crate::verbs::metadata::{Headers, KeptChecksum};
use crate::wire::client::Inner;

/// The parts that all requests of one save have in common.
#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) inner: Arc<Inner>,
    pub(crate) headers: Headers,
    /// Our mark in the metadata.
    pub(crate) put_id: Option<String>,
    /// The checksum that the content must have.
    expected: Option<Checksum>,
    /// The algorithm of the checksum that the server keeps, where it is not the storage's own.
    algorithm: Option<KeptChecksum>,
}

impl Write {
    /// A file with these headers, whose content must have that checksum.
    pub(crate) fn new(inner: &Arc<Inner>, headers: Headers, expected: Option<Checksum>) -> Self {
        Self { inner: Arc::clone(inner), headers, put_id: None, expected, algorithm: None }
    }

    /// A copy inside the server, which has no content of its own.
    pub(crate) fn of_copy(
        inner: Arc<Inner>,
        headers: Headers,
        put_id: Option<String>,
        algorithm: Option<KeptChecksum>,
    ) -> Self {
        Self { inner, headers, put_id, expected: None, algorithm }
    }

    /// The algorithm of the checksum that the server shall keep, if any.
    pub(crate) fn checksum(&self) -> Option<KeptChecksum> {
        self.algorithm.or_else(|| self.inner.config.server.checksum().map(KeptChecksum::from))
    }

    /// Compares with what the caller says the content is.
    ///
    /// # Errors
    ///
    /// `ChecksumMismatch`.
    pub(crate) fn check(&self, checksum: Checksum) -> Result<()> {
        match self.expected {
            Some(expected) if expected != checksum => Err(Error::message(
                ErrorKind::ChecksumMismatch,
                format!("the content has the checksum {checksum}, not {expected}; nothing was stored"),
            )),
            _ => Ok(()),
        }
    }

    /// Looks at what has the key before gigabytes are sent there in vain. It promises nothing: what decides
    /// is the condition of the write itself.
    ///
    /// # Errors
    ///
    /// `PreconditionFailed` where the version to be replaced is not there.
    pub(crate) async fn is_taken(&self, key: &Name, condition: &Condition) -> Result<bool> {
        let current = match condition {
            Condition::None => return Ok(false),
            _ => match self.inner.head(key).await {
                Ok(object) => Some(object),
                Err(failure) if failure.is_missing() => None,
                // A writer need not be allowed to look.
                Err(failure) if failure.status() == Some(403) => return Ok(false),
                Err(failure) => return Err(failure.into()),
            },
        };
        match condition {
            Condition::Matches(expected)
                if current.as_ref().and_then(tag).is_none_or(|etag| !etag.strong_eq(expected)) =>
            {
                Err(Error::new(ErrorKind::PreconditionFailed))
            }
            Condition::Absent => Ok(current.is_some()),
            _ => Ok(false),
        }
    }
}

impl Inner {
    /// Without the version that a server names although the settings do not say that the bucket keeps any.
    pub(crate) fn shown(&self, saved: Saved) -> Saved {
        if self.config.server.features.versions { saved } else { saved.with_version(None) }
    }
}
