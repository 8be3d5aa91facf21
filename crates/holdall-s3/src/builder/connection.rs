//! How connections are made: through which proxy, trusting whom, how many requests at once.

use aws_sdk_s3::config::{AppName, HttpClient, IntoShared as _, SharedHttpClient};
use holdall_core::Result;

use super::S3StorageBuilder;
use crate::config::{CaBundle, HttpConfig, Proxy, check_text, invalid, needs};

/// The settings of this module.
#[derive(Default)]
pub(super) struct ConnectionSettings {
    given: Option<SharedHttpClient>,
    proxy: Option<String>,
    proxy_username: Option<String>,
    proxy_password: Option<String>,
    no_proxy: Option<String>,
    ca_bundle: Option<Vec<u8>>,
    does_not_verify: bool,
    max_requests: Option<usize>,
    app_name: Option<String>,
}

impl S3StorageBuilder {
    /// The HTTP client; by default the SDK's own. It has its own proxy and its own certificates.
    pub fn http_client(mut self, client: impl HttpClient + 'static) -> Self {
        self.connection.given = Some(client.into_shared());
        self
    }

    /// The proxy that all requests go through, those for credentials too: `http://proxy.example.com:3128`, or
    /// `https://` where the proxy itself speaks TLS. Requests to an `https://` endpoint pass through a tunnel
    /// (`CONNECT`), so that the proxy sees the host and nothing more.
    ///
    /// By default the environment is asked (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`).
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.connection.proxy = Some(url.into());
        self
    }

    /// The user name for the [`proxy`](Self::proxy). Needs [`proxy_password`](Self::proxy_password).
    pub fn proxy_username(mut self, username: impl Into<String>) -> Self {
        self.connection.proxy_username = Some(username.into());
        self
    }

    /// The password for the [`proxy`](Self::proxy), sent as `Basic`.
    pub fn proxy_password(mut self, password: impl Into<String>) -> Self {
        self.connection.proxy_password = Some(password.into());
        self
    }

    /// Hosts that are talked to without the [`proxy`](Self::proxy), as `NO_PROXY` has them: `localhost,10.0.0.0/8`.
    /// The addresses of the machine's own metadata and credential services never go through it.
    pub fn no_proxy(mut self, hosts: impl Into<String>) -> Self {
        self.connection.no_proxy = Some(hosts.into());
        self
    }

    /// The authorities whose certificates are trusted, as the text of a PEM file: these and no others. By default those
    /// of the system.
    pub fn ca_bundle(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.connection.ca_bundle = Some(pem.into());
        self
    }

    /// Whether the server must prove who it is; by default `true`.
    ///
    /// **`false` lets everybody on the line read and change everything, with your credentials.** It is for looking
    /// for a mistake; a warning in the log says so, and `Debug` and `Display` of the storage do. For a server with
    /// a certificate of its own, give that certificate as the [`ca_bundle`](Self::ca_bundle). No proxy is used, not
    /// from the environment either.
    pub fn verify(mut self, verify: bool) -> Self {
        self.connection.does_not_verify = !verify;
        self
    }

    /// How many requests are on their way at once, over all clones of the storage; by default without limit.
    ///
    /// A request has its turn from when it is sent until its reply begins; the body of a download does not count,
    /// so that slow readers keep nobody waiting. Waiting for a turn counts for
    /// [`attempt_timeout`](Self::attempt_timeout) and [`operation_timeout`](Self::operation_timeout), which are
    /// what a caller waits at most. An upload that stands still is given up by them alone, not by
    /// [`read_timeout`](Self::read_timeout): from where that is watched, waiting looks the same.
    pub fn max_requests(mut self, requests: usize) -> Self {
        self.connection.max_requests = Some(requests);
        self
    }

    /// The name of the application, which every request says in its `User-Agent` (as `app/name`): letters, digits
    /// and ``!#$%&'*+-.^_`|~``, 50 at most.
    pub fn app_name(mut self, name: impl Into<String>) -> Self {
        self.connection.app_name = Some(name.into());
        self
    }
}

impl ConnectionSettings {
    pub(super) fn check(self) -> Result<(HttpConfig, Option<AppName>)> {
        for (key, text) in [
            ("proxy", &self.proxy),
            ("proxy_username", &self.proxy_username),
            ("proxy_password", &self.proxy_password),
            ("no_proxy", &self.no_proxy),
        ] {
            text.as_deref().map_or(Ok(()), |text| check_text(key, text))?;
        }
        let app_name = self.app_name.map(check_app_name).transpose()?;
        for (key, given) in [
            ("proxy_username", self.proxy_username.is_some()),
            ("proxy_password", self.proxy_password.is_some()),
            ("no_proxy", self.no_proxy.is_some()),
        ] {
            if given && self.proxy.is_none() {
                return Err(needs(key, "proxy"));
            }
        }
        let no_proxy = self.no_proxy.as_deref();
        let proxy = self
            .proxy
            .map(|url| Proxy::new(&url, self.proxy_username, self.proxy_password, no_proxy))
            .transpose()?;
        let ca_bundle = self.ca_bundle.map(CaBundle::new).transpose()?;
        let verify = !self.does_not_verify;
        if !verify && ca_bundle.is_some() {
            return Err(invalid(
                "verify",
                "verify is false, but ca_bundle is set; with the bundle there is no need for it",
            ));
        }
        if !verify && proxy.is_some() {
            return Err(invalid(
                "verify",
                "verify is false, but proxy is set; if it is the proxy whose certificate is not trusted, give that \
                 as ca_bundle",
            ));
        }
        if self.given.is_some() && (proxy.is_some() || ca_bundle.is_some() || !verify) {
            return Err(invalid(
                "http_client",
                "an HTTP client is set, and proxy, ca_bundle or verify too; set those on that client",
            ));
        }
        if self.max_requests == Some(0) {
            return Err(invalid("max_requests", "max_requests is 0; at least one must be on its way"));
        }
        let http =
            HttpConfig { given: self.given, proxy, ca_bundle, verify, max_requests: self.max_requests };
        Ok((http, app_name))
    }
}

fn check_app_name(name: String) -> Result<AppName> {
    let refused = || invalid("app_name", "app_name must have 1 to 50 letters, digits and !#$%&'*+-.^_`|~");
    if name.is_empty() || name.len() > 50 {
        return Err(refused());
    }
    AppName::new(name).map_err(|_| refused())
}
