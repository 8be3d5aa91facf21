//! Requests that no reply came to, and replies that broke off.

use std::error::Error as StdError;

use holdall_core::{Error, ErrorKind};

use super::cause::{cause, chain, innermost};
use crate::config::Config;

/// No connection, or one that ended before the reply.
pub(super) fn unreachable(error: &(dyn StdError + 'static), timed_out: bool, config: &Config) -> Error {
    let place = host(config);
    if timed_out || stalled(error) {
        return Error::message(ErrorKind::Timeout, format!("{place} did not answer in time"))
            .with_source(cause(error));
    }
    if let Some(reason) = no_http(error) {
        let message = format!("{place} answered with what is no HTTP ({reason}); check the port in endpoint");
        return Error::message(ErrorKind::Other, message).with_source(cause(error));
    }
    let reason = innermost(error);
    let message = format!("{place} cannot be reached: {reason}");
    let unreachable = match tls_advice(&reason) {
        // It will be no different next time.
        Some(advice) => {
            Error::message(ErrorKind::Unavailable, format!("{message}; {advice}")).with_retryable(false)
        }
        None => Error::message(ErrorKind::Unavailable, message),
    };
    unreachable.with_source(cause(error))
}

/// Advice about a handshake that failed. The words are those of rustls, whose errors arrive as text.
fn tls_advice(reason: &str) -> Option<&'static str> {
    let says = |words: &str| reason.contains(words);
    if says("InvalidContentType") || says("corrupt message") {
        return Some(
            "what listens there does not speak TLS; if that is as it should be, use http:// in endpoint",
        );
    }
    if says("UnknownIssuer") || says("CaUsedAsEndEntity") || says("SelfSigned") {
        return Some(
            "the certificate was not signed by an authority that this machine trusts; set ca_bundle to the \
             certificate of that authority",
        );
    }
    if says("NotValidForName") || says("not valid for name") {
        return Some("the certificate is for another name; use that name in endpoint");
    }
    if says("certificate expired") || says("Expired") {
        return Some("the certificate has expired, or this machine's clock is wrong");
    }
    if says("NotValidYet") || says("not valid yet") {
        return Some("the certificate is not valid yet, or this machine's clock is wrong");
    }
    None
}

/// A connection that was never made cannot have done anything.
pub(super) fn is_refused(error: &(dyn StdError + 'static)) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused)
}

/// The reason, if the HTTP stack could not parse the reply, such as a header with a control character. hyper's errors
/// are of no type that could be looked at here, and their words are part of its interface ("invalid HTTP header
/// parsed").
fn no_http(error: &(dyn StdError + 'static)) -> Option<String> {
    chain(error).map(ToString::to_string).find(|text| text.starts_with("invalid HTTP"))
}

/// The SDK's protection against stalled streams speaks of throughput.
fn stalled(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|error| error.to_string().contains("throughput"))
}

/// An error in the middle of a body that is being read.
pub(crate) fn body(error: &(dyn StdError + 'static), config: &Config) -> Error {
    let (kind, message) = if chain(error).any(|error| error.to_string().contains("checksum mismatch")) {
        (ErrorKind::ChecksumMismatch, "the bytes that were read are not the bytes that were saved".to_owned())
    } else if stalled(error) {
        (ErrorKind::Timeout, format!("{} stopped sending the file", host(config)))
    } else {
        (ErrorKind::Unavailable, format!("{} broke off while it sent the file", host(config)))
    };
    Error::message(kind, message).with_source(cause(error))
}

/// Where requests go, for people.
pub(crate) fn host(config: &Config) -> String {
    match (&config.server.endpoint, &config.server.region) {
        (Some(endpoint), _) => {
            let port = endpoint.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}{port}", endpoint.host_str().unwrap_or_default())
        }
        (None, Some(region)) => format!("S3 in {region}"),
        (None, None) => "S3".to_owned(),
    }
}
