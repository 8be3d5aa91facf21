//! The proxy between here and the server.

use std::fmt;

use aws_smithy_http_client::proxy::ProxyConfig;
use holdall_core::Result;
use url::Url;

use super::{both, invalid};

/// Addresses of the machine's own metadata and credential services, which no proxy can reach ("Instance metadata
/// service", Amazon EC2 User Guide; "Task IAM role", Amazon ECS; "EKS Pod Identities").
const NEVER_PROXIED: &str = "169.254.169.254,[fd00:ec2::254],169.254.170.2,169.254.170.23,[fd00:ec2::23]";

/// A proxy, checked.
#[derive(Clone)]
pub(crate) struct Proxy {
    url: Url,
    user: Option<(String, String)>,
    /// Hosts that are reached without it.
    except: String,
}

impl Proxy {
    /// # Errors
    ///
    /// `InvalidConfig` for an address that is none, one with credentials in it, and half-given credentials.
    pub(crate) fn new(
        address: &str,
        username: Option<String>,
        password: Option<String>,
        no_proxy: Option<&str>,
    ) -> Result<Self> {
        let url = Url::parse(address).map_err(|error| {
            invalid(
                "proxy",
                format!("proxy is not a URL ({error}); it looks like \"http://proxy.example.com:3128\""),
            )
        })?;
        let problem = if !matches!(url.scheme(), "http" | "https") {
            "it must begin with http:// or https://"
        } else if url.host_str().is_none_or(str::is_empty) {
            "it names no host"
        } else if !url.username().is_empty() || url.password().is_some() {
            "it must not hold credentials; set proxy_username and proxy_password"
        } else if url.query().is_some() || url.fragment().is_some() || url.path() != "/" {
            "it is a host and a port, and nothing else"
        } else {
            let user = both(("proxy_username", username), ("proxy_password", password))?;
            let except = [NEVER_PROXIED].into_iter().chain(no_proxy).collect::<Vec<_>>().join(",");
            return Ok(Self { url, user, except });
        };
        Err(invalid("proxy", format!("proxy cannot be used: {problem}")))
    }

    /// As the SDK's client wants it.
    pub(crate) fn to_config(&self) -> ProxyConfig {
        let config = ProxyConfig::all(self.url.as_str()).expect("a checked URL").no_proxy(&self.except);
        match &self.user {
            Some((user, password)) => config.with_basic_auth(user, password),
            None => config,
        }
    }
}

impl fmt::Debug for Proxy {
    /// Where it is, not who may use it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("url", &self.url.as_str())
            .field("has_credentials", &self.user.is_some())
            .finish_non_exhaustive()
    }
}
