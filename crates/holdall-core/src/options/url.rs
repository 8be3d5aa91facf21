//! How a URL is made, and what it is.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::attributes::Attributes;
use crate::capabilities::Capabilities;
use crate::error::{Error, Result};
use crate::visibility::Visibility;

/// What a signed URL lets its holder do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlMethod {
    /// Read the file.
    #[default]
    Get,
    /// Read its headers.
    Head,
}

/// Response headers that a signed URL fixes for its holder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseOverrides {
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Expires`, in whole seconds.
    pub expires: Option<SystemTime>,
}

impl ResponseOverrides {
    /// Whether nothing is overridden.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The same values as attributes, whose rules they share.
    fn to_attributes(&self) -> Attributes {
        let Self {
            content_type, content_disposition, content_encoding, content_language, cache_control, ..
        } = self.clone();
        Attributes {
            content_type,
            content_disposition,
            content_encoding,
            content_language,
            cache_control,
            ..Attributes::default()
        }
    }
}

/// Options of [`Storage::url`](crate::Storage::url).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct UrlOptions {
    /// How long a signed URL should live. `None` is the storage's setting. What it really gets is in
    /// [`FileUrl::expires_at`]. Ignored for the plain URL of a public file, which does not expire.
    pub expires_in: Option<Duration>,
    /// A plain URL (`Public`) or a signed one (`Private`). `None` is the storage's setting: making a
    /// URL asks nobody, so that what was set on the single file is not known here.
    pub visibility: Option<Visibility>,
    /// What a signed URL lets its holder do.
    pub method: UrlMethod,
    /// Response headers that a signed URL fixes. A plain URL cannot: that is
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    pub overrides: ResponseOverrides,
    /// The version that a signed URL shows; the current one without. A plain URL always shows the current
    /// version: with this it is [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    pub version: Option<String>,
}

impl UrlOptions {
    /// Sets how long a signed URL should live.
    pub fn with_expires_in(mut self, duration: Duration) -> Self {
        self.expires_in = Some(duration);
        self
    }

    /// Chooses a plain or a signed URL.
    pub fn with_visibility(mut self, visibility: Visibility) -> Self {
        self.visibility = Some(visibility);
        self
    }

    /// Sets what a signed URL lets its holder do.
    pub fn with_method(mut self, method: UrlMethod) -> Self {
        self.method = method;
        self
    }

    /// Fixes the `Content-Type` of the response.
    pub fn with_response_content_type(mut self, value: impl Into<String>) -> Self {
        self.overrides.content_type = Some(value.into());
        self
    }

    /// Fixes the `Content-Disposition` of the response; see [`Disposition`](crate::Disposition) for file names.
    pub fn with_response_content_disposition(mut self, value: impl Into<String>) -> Self {
        self.overrides.content_disposition = Some(value.into());
        self
    }

    /// Fixes the `Content-Encoding` of the response.
    pub fn with_response_content_encoding(mut self, value: impl Into<String>) -> Self {
        self.overrides.content_encoding = Some(value.into());
        self
    }

    /// Fixes the `Content-Language` of the response.
    pub fn with_response_content_language(mut self, value: impl Into<String>) -> Self {
        self.overrides.content_language = Some(value.into());
        self
    }

    /// Fixes the `Expires` of the response, which old caches know: not when the URL expires.
    pub fn with_response_expires(mut self, time: SystemTime) -> Self {
        self.overrides.expires = Some(time);
        self
    }

    /// Fixes the `Cache-Control` of the response.
    pub fn with_response_cache_control(mut self, value: impl Into<String>) -> Self {
        self.overrides.cache_control = Some(value.into());
        self
    }

    /// Shows that version instead of the current one.
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Checks the values, and that a storage with these capabilities can honour them.
    ///
    /// Which of the two kinds of URL is asked for may depend on the storage's setting, so the storage
    /// itself refuses the kind that it cannot make.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) or
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
    pub fn check(&self, capabilities: &Capabilities) -> Result<()> {
        use Capabilities as C;
        let (public, private) = match self.visibility {
            Some(Visibility::Public) => (true, false),
            Some(Visibility::Private) => (false, true),
            None => (false, false),
        };
        C::require(public, capabilities.public_url, "public_url")?;
        C::require(private, capabilities.signed_url, "signed_url")?;
        C::require(!self.overrides.is_empty(), capabilities.url_overrides && !public, "url_overrides")?;
        super::check_version(self.version.as_deref(), capabilities)?;
        if self.version.is_some() && public {
            return Err(Error::unsupported("show a version in a plain URL; ask for a signed one"));
        }
        self.overrides.to_attributes().validate()
    }
}

/// A URL of a file.
///
/// `Debug` hides the query of a URL that expires: it is a key to the file. There is no `Display`, so that
/// such a URL does not slip into a log line; take [`url`](Self::url) where it is wanted.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileUrl {
    /// Absolute, or beginning with `/` for files that the application itself serves.
    pub url: String,
    /// When the URL stops working, if ever: the shorter of what was asked for and what the signing
    /// credentials allow.
    pub expires_at: Option<SystemTime>,
}

impl FileUrl {
    /// A plain URL, which does not expire.
    pub fn plain(url: impl Into<String>) -> Self {
        Self { url: url.into(), expires_at: None }
    }

    /// A signed URL.
    pub fn signed(url: impl Into<String>, expires_at: SystemTime) -> Self {
        Self { url: url.into(), expires_at: Some(expires_at) }
    }

    /// The URL as text.
    pub fn as_str(&self) -> &str {
        &self.url
    }
}

impl fmt::Debug for FileUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match self.url.split_once('?') {
            Some((path, _)) if self.expires_at.is_some() => format!("{path}?[signature hidden]"),
            _ => self.url.clone(),
        };
        f.debug_struct("FileUrl").field("url", &shown).field("expires_at", &self.expires_at).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::FileUrl;

    #[test]
    fn debug_hides_what_a_signature_grants() {
        let signed = FileUrl::signed("https://b.example/a?X-Amz-Signature=secret", SystemTime::UNIX_EPOCH);
        let shown = format!("{signed:?}");
        assert!(shown.contains("https://b.example/a") && !shown.contains("secret"), "{shown}");
    }
}
