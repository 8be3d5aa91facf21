//! How a file is opened.

use std::time::SystemTime;

use crate::conditions::{Conditions, ETagCondition};
use crate::range::ByteRange;

/// Options of [`Storage::open`](crate::Storage::open). Every storage honours all of them.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct OpenOptions {
    /// Only these bytes.
    pub range: Option<ByteRange>,
    /// Only if these hold.
    pub conditions: Conditions,
}

impl OpenOptions {
    /// Reads only these bytes. A range that selects nothing is
    /// [`ErrorKind::RangeNotSatisfiable`](crate::ErrorKind::RangeNotSatisfiable).
    pub fn with_range(mut self, range: impl Into<ByteRange>) -> Self {
        self.range = Some(range.into());
        self
    }

    /// Sets all conditions at once.
    pub fn with_conditions(mut self, conditions: Conditions) -> Self {
        self.conditions = conditions;
        self
    }

    /// Opens only that version; otherwise
    /// [`ErrorKind::PreconditionFailed`](crate::ErrorKind::PreconditionFailed).
    pub fn with_if_match(mut self, tags: impl Into<ETagCondition>) -> Self {
        self.conditions.if_match = Some(tags.into());
        self
    }

    /// Opens only another version; otherwise [`ErrorKind::NotModified`](crate::ErrorKind::NotModified).
    pub fn with_if_none_match(mut self, tags: impl Into<ETagCondition>) -> Self {
        self.conditions.if_none_match = Some(tags.into());
        self
    }

    /// Opens only what changed after that time, in whole seconds; otherwise
    /// [`ErrorKind::NotModified`](crate::ErrorKind::NotModified).
    pub fn with_if_modified_since(mut self, time: SystemTime) -> Self {
        self.conditions.if_modified_since = Some(time);
        self
    }

    /// Opens only what has not changed after that time, in whole seconds; otherwise
    /// [`ErrorKind::PreconditionFailed`](crate::ErrorKind::PreconditionFailed).
    pub fn with_if_unmodified_since(mut self, time: SystemTime) -> Self {
        self.conditions.if_unmodified_since = Some(time);
        self
    }
}
