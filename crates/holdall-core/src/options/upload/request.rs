//! The request that a client sends.

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::UploadMethod;
use crate::name::Name;

/// A request with which a client can upload one file straight to the storage.
///
/// It serializes to the JSON that a browser works with; `expires_at` is RFC 3339 in UTC, which JavaScript's
/// `new Date(...)` reads. `Debug` shows neither query, header values nor fields: who has them can upload.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
///
/// use holdall_core::{Name, UploadMethod, UploadRequest};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let expires_at = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
/// let request = UploadRequest::new(Name::new("cat.jpg")?, UploadMethod::Put, "https://b.example/cat.jpg?sig", expires_at);
/// let json = serde_json::to_value(&request)?;
/// assert_eq!(json["name"], "cat.jpg");
/// assert_eq!(json["method"], "PUT");
/// assert_eq!(json["expires_at"], "2027-01-15T08:00:00Z");
/// assert_eq!(serde_json::from_value::<UploadRequest>(json)?, request);
/// # Ok(()) }
/// ```
///
/// # In a browser
///
/// A `PUT` sends the file as the body, with the headers as they are. `Content-Length` among them is set by
/// the browser itself, from the body; a script cannot set it, and need not.
///
/// ```js
/// async function upload(request, file) {
///   if (request.method === "PUT") {
///     const headers = new Headers(request.headers);
///     headers.delete("content-length"); // The browser's own; the storage refuses any other length.
///     return fetch(request.url, { method: "PUT", headers, body: file });
///   }
///   const form = new FormData();
///   for (const [name, value] of Object.entries(request.fields)) form.append(name, value);
///   form.append("file", file); // Last: what follows the file is ignored.
///   return fetch(request.url, { method: "POST", body: form });
/// }
/// ```
///
/// Where the type was left to the client (`image/*`), the form gets one field more:
/// `form.append("Content-Type", file.type)`. The bucket must allow the page's origin, the method and the
/// headers (CORS).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UploadRequest {
    /// The name that the file will have: keep this one. Where the client chooses the file name, what stands
    /// before it.
    pub name: Name,
    /// `PUT` or `POST`.
    pub method: UploadMethod,
    /// Where to send it.
    pub url: String,
    /// Headers that must be sent as they are: with others, or without one, the storage refuses the request.
    /// Names are in lower case.
    pub headers: BTreeMap<String, String>,
    /// Form fields that must come before the file, for `POST`.
    pub fields: BTreeMap<String, String>,
    /// When the request stops working: the shorter of what was asked for and what the signing credentials
    /// allow. An upload that began before may end after it.
    #[serde(with = "rfc3339")]
    pub expires_at: SystemTime,
}

impl UploadRequest {
    /// A request without headers and fields.
    pub fn new(name: Name, method: UploadMethod, url: impl Into<String>, expires_at: SystemTime) -> Self {
        Self { name, method, url: url.into(), headers: BTreeMap::new(), fields: BTreeMap::new(), expires_at }
    }

    /// With headers that must be sent.
    pub fn with_headers(mut self, headers: BTreeMap<String, String>) -> Self {
        self.headers = headers;
        self
    }

    /// With the fields of a form.
    pub fn with_fields(mut self, fields: BTreeMap<String, String>) -> Self {
        self.fields = fields;
        self
    }
}

impl fmt::Debug for UploadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadRequest")
            .field("name", &self.name)
            .field("method", &self.method)
            .field("url", &self.url.split('?').next().unwrap_or_default())
            .field("headers", &self.headers.keys())
            .field("fields", &self.fields.keys())
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

/// Times as RFC 3339 in UTC.
mod rfc3339 {
    use std::time::SystemTime;

    use jiff::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer, de, ser};

    pub(super) fn serialize<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
        let time = Timestamp::try_from(*time).map_err(ser::Error::custom)?;
        serializer.collect_str(&time)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time: Timestamp = text.parse().map_err(de::Error::custom)?;
        Ok(time.into())
    }
}
