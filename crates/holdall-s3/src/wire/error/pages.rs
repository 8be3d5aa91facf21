//! The meaning of a refusal that does not come from S3: a proxy, a firewall, a console or another server said no.
//!
//! This reply says nothing about the file. A 404 page does not say that the file is missing, and a 412 page does not
//! say that the name is taken.

use holdall_core::ErrorKind;
use url::Url;

use super::network::host;
use crate::config::Config;
use crate::wire::reply::{Body, Reply};

/// The kind, and a sentence that says what came and what to do.
pub(super) fn meaning(reply: &Reply, config: &Config) -> (ErrorKind, String) {
    use ErrorKind as Kind;
    let (place, what) = (host(config), reply.what());
    let (kind, advice) = match reply.status {
        300..=399 => {
            let sentence = match reply.location.as_deref().and_then(|location| Target::new(location, config))
            {
                Some(Target { shown, other: Some(origin) }) => format!(
                    "{place} sends requests elsewhere ({what}), to {shown:?}; if that is the server, set endpoint to \
                     {origin}"
                ),
                Some(Target { shown, other: None }) => format!(
                    "{place} sends requests elsewhere ({what}), to {shown:?}; this is no reply of S3: check endpoint and \
                     its port"
                ),
                None => format!("{place} sends requests elsewhere ({what}); check endpoint and its port"),
            };
            return (Kind::InvalidConfig, sentence);
        }
        400 if config.server.endpoint.as_ref().is_some_and(|endpoint| endpoint.scheme() == "http") => {
            (Kind::Other, "check endpoint, and whether the server wants https://")
        }
        401 | 403 => (
            Kind::PermissionDenied,
            "this is no refusal of S3: check endpoint, and what stands before the server",
        ),
        404 | 405 | 410 => (Kind::InvalidConfig, "this is no reply of S3: check endpoint and its port"),
        407 => {
            (Kind::InvalidConfig, "the proxy wants to know who asks; set proxy with its user and password")
        }
        408 => (Kind::Timeout, "the connection is too slow for the server or a proxy before it"),
        413 => (
            Kind::TooLarge,
            "a proxy before the server takes no requests of that size; raise its limit (client_max_body_size in \
             nginx), or set a smaller part_size",
        ),
        429 => (Kind::Unavailable, "it is asked too much at the moment"),
        501 => (Kind::Unsupported, "it cannot do this"),
        504 => (Kind::Timeout, "a proxy waited too long for the server"),
        507 => (Kind::StorageFull, "it has no space left"),
        500..=599 => (Kind::Unavailable, "the server, or a proxy before it, failed"),
        _ => (Kind::Other, "this is no reply of S3: check endpoint, and what stands before the server"),
    };
    if reply.body == Body::Empty && !reply.is_html() {
        return (kind, format!("{place} answered with status {} and nothing else; {advice}", reply.status));
    }
    (kind, format!("{place} answered with {what}; {advice}"))
}

/// Where a redirect leads.
struct Target {
    /// Without what may be secret in it: user, password and query.
    shown: String,
    /// The server, where it is another one than ours.
    other: Option<String>,
}

impl Target {
    fn new(location: &str, config: &Config) -> Option<Self> {
        let base = config.server.endpoint.as_ref();
        let url = Url::options().base_url(base).parse(location).ok().filter(Url::has_host)?;
        let origin = url.origin();
        let shown = format!("{}{}", origin.ascii_serialization(), url.path());
        let is_ours = base.is_some_and(|base| base.origin() == origin);
        Some(Self { shown, other: (!is_ours).then(|| origin.ascii_serialization()) })
    }
}
