//! URLs: which kind, of which host, for how long.

use std::time::Duration;

use holdall_core::{Result, Visibility};

use super::S3StorageBuilder;
use crate::config::limits::MAX_EXPIRY;
use crate::config::{
    AddressingStyle, PublicEndpoint, Urls, check_custom_domain, check_endpoint, check_names_no_bucket,
    invalid, path_style,
};

/// The settings of this module.
#[derive(Debug)]
pub(super) struct UrlSettings {
    visibility: Visibility,
    custom_domain: Option<String>,
    protocol: String,
    public_endpoint: Option<String>,
    expires_in: Duration,
    strict_expiry: bool,
    expiry_window: Option<Duration>,
}

impl Default for UrlSettings {
    fn default() -> Self {
        Self {
            visibility: Visibility::Private,
            custom_domain: None,
            protocol: "https".to_owned(),
            public_endpoint: None,
            expires_in: Duration::from_hours(1),
            strict_expiry: false,
            expiry_window: None,
        }
    }
}

impl S3StorageBuilder {
    /// Whether `url` makes plain or signed URLs when the caller does not say;
    /// [`Visibility::Private`] (signed) by default. It sends no ACL.
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

    /// `https` (the default) or `http`, for the URLs of a [`custom_domain`](Self::custom_domain).
    pub fn url_protocol(mut self, protocol: impl Into<String>) -> Self {
        self.urls.protocol = protocol.into();
        self
    }

    /// The server as browsers reach it, such as `https://files.example.com`, where that is not the
    /// [`endpoint`](Self::endpoint): a server in a container, a proxy or a CDN in front.
    ///
    /// Links, forms and all other signed requests are for this host, and plain URLs have it too unless there
    /// is a [`custom_domain`](Self::custom_domain); the storage itself goes on talking to the endpoint. A
    /// signature covers host and path, so that everything in between must pass both on unchanged
    /// (`proxy_set_header Host $http_host` in nginx). The bucket is named as
    /// [`addressing_style`](Self::addressing_style) says.
    pub fn public_endpoint(mut self, url: impl Into<String>) -> Self {
        self.urls.public_endpoint = Some(url.into());
        self
    }

    /// Whether a signed request that cannot live as long as asked for is refused. By default it is not:
    /// it lives shorter then, and says so in `expires_at`.
    ///
    /// S3 signs for seven days at most, and a signature ends with the credentials that made it: a role's
    /// session in an hour to twelve, an instance's in about six. Credentials that end too soon are asked for
    /// anew first, either way.
    pub fn strict_expiry(mut self, strict: bool) -> Self {
        self.urls.strict_expiry = strict;
        self
    }

    /// Makes links that stay the same for a while, so that browsers and proxies can cache what they lead to:
    /// the time of signing is rounded down to a multiple of the window. By default there is none: every link is
    /// another one.
    ///
    /// Within a window the same options give the same URL; `expires_at` stays true and so comes up to a
    /// window earlier than asked for: choose half of [`url_expires_in`](Self::url_expires_in) or less. A
    /// window longer than that is refused. A link that is asked to live shorter than the window is signed
    /// for the moment, as without one, and so are requests for uploads.
    ///
    /// The credentials are a part of the URL. With keys that do not change, all processes give the same one.
    /// Temporary credentials are kept for the whole window even if their provider has newer ones, unless
    /// they end within a minute; but each process has its own, and so its own links.
    pub fn expiry_window(mut self, window: Duration) -> Self {
        self.urls.expiry_window = Some(window);
        self
    }

    /// How long signed URLs are valid if the caller does not say it; by default one hour, seven days at most.
    pub fn url_expires_in(mut self, duration: Duration) -> Self {
        self.urls.expires_in = duration;
        self
    }
}

impl UrlSettings {
    /// The style says how requests name the bucket.
    pub(super) fn check(self, style: AddressingStyle, bucket: &str) -> Result<Urls> {
        if self.expires_in.as_secs() == 0 || self.expires_in > MAX_EXPIRY {
            return Err(invalid(
                "url_expires_in",
                "url_expires_in must be between one second and seven days (S3's limit)",
            ));
        }
        if let Some(window) = self.expiry_window
            && (window.as_secs() == 0 || window.subsec_nanos() != 0 || window > self.expires_in)
        {
            return Err(invalid(
                "expiry_window",
                "expiry_window must be whole seconds, one at least, and no longer than url_expires_in: a link could \
                 be dead when it is made",
            ));
        }
        let public_endpoint = match &self.public_endpoint {
            Some(endpoint) => {
                let url = check_endpoint("public_endpoint", endpoint)?;
                check_names_no_bucket("public_endpoint", &url, bucket)?;
                let path_style = path_style(style, Some(&url), bucket)?;
                Some(PublicEndpoint { url, path_style })
            }
            None => None,
        };
        let public_base = match &self.custom_domain {
            Some(domain) => Some(check_custom_domain(domain, &self.protocol)?),
            None => None,
        };
        Ok(Urls {
            visibility: self.visibility,
            public_base,
            public_endpoint,
            expires_in: self.expires_in,
            strict_expiry: self.strict_expiry,
            expiry_window: self.expiry_window,
            signed_domain: None,
        })
    }
}
