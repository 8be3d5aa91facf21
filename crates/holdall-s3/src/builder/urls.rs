//! URLs: which kind, of which host, for how long.

use std::time::Duration;

use holdall_core::{Result, Visibility};

use super::S3StorageBuilder;
use crate::config::{Urls, check_custom_domain, invalid};
use crate::presign::MAX_EXPIRY;

/// The settings of this room.
#[derive(Debug)]
pub(super) struct UrlSettings {
    visibility: Visibility,
    custom_domain: Option<String>,
    protocol: String,
    expires_in: Duration,
}

impl Default for UrlSettings {
    fn default() -> Self {
        Self {
            visibility: Visibility::Private,
            custom_domain: None,
            protocol: "https".to_owned(),
            expires_in: Duration::from_hours(1),
        }
    }
}

impl S3StorageBuilder {
    /// Whether `url` makes plain or signed URLs when the caller does not say;
    /// [`Visibility::Private`] (signed) without a call. It sends no ACL.
    pub fn visibility(mut self, visibility: Visibility) -> Self {
        self.urls.visibility = visibility;
        self
    }

    /// The host of plain URLs, such as `cdn.example.com`, with a path if need be. Signed URLs keep the
    /// host of the API, for which they are signed, unless a [`cloudfront_key`](Self::cloudfront_key) signs
    /// them for this one.
    pub fn custom_domain(mut self, domain: impl Into<String>) -> Self {
        self.urls.custom_domain = Some(domain.into());
        self
    }

    /// `https` (without a call) or `http`, for the URLs of a [`custom_domain`](Self::custom_domain).
    pub fn url_protocol(mut self, protocol: impl Into<String>) -> Self {
        self.urls.protocol = protocol.into();
        self
    }

    /// How long signed URLs live when the caller does not say; an hour without a call, seven days at most.
    pub fn url_expires_in(mut self, duration: Duration) -> Self {
        self.urls.expires_in = duration;
        self
    }
}

impl UrlSettings {
    pub(super) fn check(self) -> Result<Urls> {
        if self.expires_in.as_secs() == 0 || self.expires_in > MAX_EXPIRY {
            return Err(invalid("url_expires_in must be between one second and seven days (S3's limit)"));
        }
        let public_base = match &self.custom_domain {
            Some(domain) => Some(check_custom_domain(domain, &self.protocol)?),
            None => None,
        };
        Ok(Urls { visibility: self.visibility, public_base, expires_in: self.expires_in })
    }
}
