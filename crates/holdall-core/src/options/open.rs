//! How a file is opened.

use std::time::SystemTime;

use crate::capabilities::Capabilities;
use crate::conditions::{Conditions, ETagCondition};
use crate::error::Result;
use crate::range::ByteRange;

use super::check_version;

/// Options of [`Storage::open`](crate::Storage::open). Every storage honours all of them but the version,
/// which needs the capability `versions`.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct OpenOptions {
    /// Only these bytes.
    pub range: Option<ByteRange>,
    /// Only if these hold.
    pub conditions: Conditions,
    /// This version, also when it is not the current one or the file was deleted since. The text is
    /// opaque: [`Saved::version`](crate::Saved::version) and
    /// [`Metadata::version`](crate::Metadata::version) give it.
    pub version: Option<String>,
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

    /// Opens that version instead of the current one. One that does not exist (any more) is
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound).
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Checks that a storage with these capabilities can honour the options.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported), or
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for an empty version.
    pub fn check(&self, capabilities: &Capabilities) -> Result<()> {
        check_version(self.version.as_deref(), capabilities)
    }
}
