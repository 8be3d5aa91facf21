//! Uploads that go from the client straight to the storage.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use crate::capabilities::Capabilities;
use crate::error::Result;

/// What a client may upload with an [`UploadRequest`].
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct UploadPolicy {
    /// How long the request is valid. `None` is the storage's setting.
    pub expires_in: Option<Duration>,
    /// The only `Content-Type` that is taken.
    pub content_type: Option<String>,
    /// The most bytes that are taken.
    pub max_size: Option<u64>,
}

impl UploadPolicy {
    /// Sets how long the request is valid.
    pub fn with_expires_in(mut self, duration: Duration) -> Self {
        self.expires_in = Some(duration);
        self
    }

    /// Sets the only `Content-Type` that is taken.
    pub fn with_content_type(mut self, value: impl Into<String>) -> Self {
        self.content_type = Some(value.into());
        self
    }

    /// Sets the most bytes that are taken.
    pub fn with_max_size(mut self, bytes: u64) -> Self {
        self.max_size = Some(bytes);
        self
    }

    /// Checks that a storage with these capabilities can hand out upload requests.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    pub fn check(&self, capabilities: &Capabilities) -> Result<()> {
        Capabilities::require(true, capabilities.writable, "writable")?;
        Capabilities::require(true, capabilities.upload_request, "upload_request")
    }
}

/// A request that a client can send to upload one file. `Debug` shows neither its query nor its fields.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadRequest {
    /// `PUT` or `POST`.
    pub method: String,
    /// Where to send it.
    pub url: String,
    /// Headers that must be sent as they are.
    pub headers: BTreeMap<String, String>,
    /// Form fields that must come before the file, for `POST`.
    pub fields: BTreeMap<String, String>,
    /// When the request stops working.
    pub expires_at: SystemTime,
}

impl UploadRequest {
    /// A request without headers and fields.
    pub fn new(method: impl Into<String>, url: impl Into<String>, expires_at: SystemTime) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            headers: BTreeMap::new(),
            fields: BTreeMap::new(),
            expires_at,
        }
    }
}

impl fmt::Debug for UploadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadRequest")
            .field("method", &self.method)
            .field("url", &self.url.split('?').next().unwrap_or_default())
            .field("headers", &self.headers.keys())
            .field("fields", &self.fields.keys())
            .field("expires_at", &self.expires_at)
            .finish()
    }
}
