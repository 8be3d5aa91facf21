//! The conditions of requests, each of which one server honours and another ignores.

use std::fmt;
use std::str::FromStr;

use holdall_core::{Error, ErrorKind, Result};

/// A condition that a request can carry: one header of one operation.
///
/// A server that does not know a condition either refuses it or, worse, takes it and does as if it were not there.
/// Each is known beforehand ([`Preset`](crate::Preset), [`condition`](crate::S3StorageBuilder::condition),
/// [`probed`](crate::S3StorageBuilder::probed)) or asked once, when a storage needs it for the first time.
///
/// | condition | spelled | a storage needs it for |
/// | --- | --- | --- |
/// | [`PutIfNoneMatch`](Self::PutIfNoneMatch) | `put_if_none_match` | `Create`, and `Unique` by condition |
/// | [`PutIfMatch`](Self::PutIfMatch) | `put_if_match` | `IfMatch` |
/// | [`CompleteIfNoneMatch`](Self::CompleteIfNoneMatch) | `complete_if_none_match` | the same as `PutIfNoneMatch` for large content; copies with `Create` where `CopyIfNoneMatch` is missing |
/// | [`CompleteIfMatch`](Self::CompleteIfMatch) | `complete_if_match` | the same as `PutIfMatch` for large content; copies with `IfMatch` and changes of attributes where `CopyIfMatch` is missing |
/// | [`CopyIfNoneMatch`](Self::CopyIfNoneMatch) | `copy_if_none_match` | copies with `Create` |
/// | [`CopyIfMatch`](Self::CopyIfMatch) | `copy_if_match` | copies with `IfMatch`, and changes of attributes |
/// | [`CopySourceIfMatch`](Self::CopySourceIfMatch) | `copy_source_if_match` | `if_match` of copies and renames |
/// | [`DeleteIfMatch`](Self::DeleteIfMatch) | `delete_if_match` | `if_match` of deletions |
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ServerCondition {
    /// `If-None-Match: *` on `PutObject`: the key is free.
    PutIfNoneMatch,
    /// `If-Match` on `PutObject`: the key has that version.
    PutIfMatch,
    /// `If-None-Match: *` on `CompleteMultipartUpload`.
    CompleteIfNoneMatch,
    /// `If-Match` on `CompleteMultipartUpload`.
    CompleteIfMatch,
    /// `If-None-Match: *` on `CopyObject`, for its destination.
    CopyIfNoneMatch,
    /// `If-Match` on `CopyObject`, for its destination.
    CopyIfMatch,
    /// `x-amz-copy-source-if-match` on `CopyObject` and `UploadPartCopy`.
    CopySourceIfMatch,
    /// `If-Match` on `DeleteObject`.
    DeleteIfMatch,
}

impl ServerCondition {
    /// Every condition.
    pub const ALL: [Self; 8] = [
        Self::PutIfNoneMatch,
        Self::PutIfMatch,
        Self::CompleteIfNoneMatch,
        Self::CompleteIfMatch,
        Self::CopyIfNoneMatch,
        Self::CopyIfMatch,
        Self::CopySourceIfMatch,
        Self::DeleteIfMatch,
    ];

    /// The name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PutIfNoneMatch => "put_if_none_match",
            Self::PutIfMatch => "put_if_match",
            Self::CompleteIfNoneMatch => "complete_if_none_match",
            Self::CompleteIfMatch => "complete_if_match",
            Self::CopyIfNoneMatch => "copy_if_none_match",
            Self::CopyIfMatch => "copy_if_match",
            Self::CopySourceIfMatch => "copy_source_if_match",
            Self::DeleteIfMatch => "delete_if_match",
        }
    }
}

impl FromStr for ServerCondition {
    type Err = Error;

    /// The words of the table, as settings spell them.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|condition| condition.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|condition| condition.as_str()).collect();
            let message = format!("{text:?} is no condition; there are {}", known.join(", "));
            Error::message(ErrorKind::InvalidConfig, message)
        })
    }
}

impl fmt::Display for ServerCondition {
    /// As on the wire.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PutIfNoneMatch => "If-None-Match on PutObject",
            Self::PutIfMatch => "If-Match on PutObject",
            Self::CompleteIfNoneMatch => "If-None-Match on CompleteMultipartUpload",
            Self::CompleteIfMatch => "If-Match on CompleteMultipartUpload",
            Self::CopyIfNoneMatch => "If-None-Match on CopyObject",
            Self::CopyIfMatch => "If-Match on CopyObject",
            Self::CopySourceIfMatch => "x-amz-copy-source-if-match on CopyObject",
            Self::DeleteIfMatch => "If-Match on DeleteObject",
        })
    }
}

/// The knowledge about each condition before a server is asked: honoured, ignored, or unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Conditions([Option<bool>; ServerCondition::ALL.len()]);

impl Conditions {
    /// The same about all of them.
    pub(crate) const fn all(honoured: Option<bool>) -> Self {
        Self([honoured; ServerCondition::ALL.len()])
    }

    pub(crate) fn get(self, condition: ServerCondition) -> Option<bool> {
        self.0[condition as usize]
    }

    /// With that answer for those of which nothing is known.
    pub(crate) fn or(self, honoured: bool) -> Self {
        Self(self.0.map(|known| known.or(Some(honoured))))
    }

    /// Sets what is known about some of them.
    pub(crate) const fn with(mut self, conditions: &[ServerCondition], honoured: Option<bool>) -> Self {
        let mut index = 0;
        while index < conditions.len() {
            self.0[conditions[index] as usize] = honoured;
            index += 1;
        }
        self
    }
}
