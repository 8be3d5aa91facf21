//! The handle: the shared client under the name that applications know.

use std::fmt;
use std::sync::Arc;

use holdall_core::Location;

use crate::wire::client::Inner;

/// Files in a bucket of Amazon S3 or a compatible server. Made by [`S3Storage::builder`].
///
/// Cloning is cheap, and clones share one pooled client. All work needs a Tokio runtime.
#[derive(Clone)]
pub struct S3Storage {
    inner: Arc<Inner>,
}

impl S3Storage {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    /// The bucket.
    pub fn bucket(&self) -> &str {
        self.inner.bucket()
    }

    /// The key prefix under which the storage keeps its files.
    pub fn location(&self) -> &Location {
        self.inner.location()
    }

    #[cfg(test)]
    pub(crate) fn config(&self) -> &crate::config::Config {
        &self.inner.config
    }
}

impl fmt::Display for S3Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Debug for S3Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("S3Storage").field(&self.inner.config).finish()
    }
}
