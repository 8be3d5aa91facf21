//! Conditional reads: `If-Match`, `If-None-Match` and the dates, in the order of RFC 9110.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::{Error, ErrorKind, Result};
use crate::etag::ETag;

/// The tags of an `If-Match` or `If-None-Match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ETagCondition {
    /// `*`: any version that exists.
    Any,
    /// One of these.
    OneOf(Vec<ETag>),
}

impl ETagCondition {
    /// The value of the header.
    pub fn to_header(&self) -> String {
        match self {
            Self::Any => "*".to_owned(),
            Self::OneOf(tags) => tags.iter().map(ETag::as_str).collect::<Vec<_>>().join(", "),
        }
    }

    fn holds(&self, compare: impl Fn(&ETag) -> bool) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(tags) => tags.iter().any(compare),
        }
    }
}

impl From<ETag> for ETagCondition {
    fn from(tag: ETag) -> Self {
        Self::OneOf(vec![tag])
    }
}

impl From<&ETag> for ETagCondition {
    fn from(tag: &ETag) -> Self {
        Self::from(tag.clone())
    }
}

impl From<Vec<ETag>> for ETagCondition {
    fn from(tags: Vec<ETag>) -> Self {
        Self::OneOf(tags)
    }
}

/// The conditions of one read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conditions {
    /// Go on only if the current tag is one of these (strong comparison).
    pub if_match: Option<ETagCondition>,
    /// Go on only if the current tag is none of these (weak comparison).
    pub if_none_match: Option<ETagCondition>,
    /// Go on only if the file changed after this time. Ignored beside `if_none_match`.
    pub if_modified_since: Option<SystemTime>,
    /// Go on only if the file has not changed after this time. Ignored beside `if_match`.
    pub if_unmodified_since: Option<SystemTime>,
}

impl Conditions {
    /// Whether there is nothing to check.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks the conditions against the current version, in the order of RFC 9110, section 13.2.2.
    ///
    /// Times are compared in whole seconds, as HTTP dates are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PreconditionFailed`] (HTTP 412) or [`ErrorKind::NotModified`] (HTTP 304).
    pub fn check(&self, etag: Option<&ETag>, modified: SystemTime) -> Result<()> {
        if let Some(condition) = &self.if_match {
            if !condition.holds(|tag| etag.is_some_and(|current| current.strong_eq(tag))) {
                return Err(Error::new(ErrorKind::PreconditionFailed));
            }
        } else if self.if_unmodified_since.is_some_and(|limit| seconds(modified) > seconds(limit)) {
            return Err(Error::new(ErrorKind::PreconditionFailed));
        }
        if let Some(condition) = &self.if_none_match {
            if condition.holds(|tag| etag.is_some_and(|current| current.weak_eq(tag))) {
                return Err(Error::new(ErrorKind::NotModified));
            }
        } else if self.if_modified_since.is_some_and(|limit| seconds(modified) <= seconds(limit)) {
            return Err(Error::new(ErrorKind::NotModified));
        }
        Ok(())
    }
}

/// Whole seconds since the epoch; 0 for what lies before it.
fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{Conditions, ETagCondition};
    use crate::error::ErrorKind::{self, NotModified, PreconditionFailed};
    use crate::etag::ETag;

    #[test]
    fn conditions_follow_the_precedence_of_rfc_9110() {
        let current = ETag::strong("1");
        let (same, other) = (ETagCondition::from(&current), ETagCondition::from(ETag::strong("2")));
        let at = |seconds| Some(UNIX_EPOCH + Duration::from_secs(seconds));
        let modified = UNIX_EPOCH + Duration::from_millis(100_500);
        let none = Conditions::default;

        let cases: [(Conditions, Option<ErrorKind>); 10] = [
            (none(), None),
            (Conditions { if_match: Some(same.clone()), ..none() }, None),
            (Conditions { if_match: Some(ETagCondition::Any), ..none() }, None),
            (Conditions { if_match: Some(other.clone()), ..none() }, Some(PreconditionFailed)),
            (Conditions { if_none_match: Some(same.clone()), ..none() }, Some(NotModified)),
            (Conditions { if_none_match: Some(other), if_modified_since: at(200), ..none() }, None),
            (Conditions { if_match: Some(same), if_unmodified_since: at(1), ..none() }, None),
            (Conditions { if_unmodified_since: at(99), ..none() }, Some(PreconditionFailed)),
            // Half a second later is the same second.
            (Conditions { if_modified_since: at(100), ..none() }, Some(NotModified)),
            (Conditions { if_modified_since: at(99), ..none() }, None),
        ];
        for (conditions, expected) in cases {
            let result = conditions.check(Some(&current), modified);
            assert_eq!(result.err().map(|error| error.kind()), expected, "{conditions:?}");
        }
    }
}
