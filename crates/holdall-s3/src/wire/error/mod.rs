//! The meaning of a failed request: from the SDK's errors to ours, with advice where it is known.
//!
//! The SDK's own error is not kept as a source. Its `Debug` holds the whole reply, and the reply to a wrong
//! signature repeats the signature; what is kept is the text of the chain of causes.
//!
//! | module | job |
//! | --- | --- |
//! | this one | [`Failure`], and the module that a failure belongs to |
//! | `codes.rs` | refusals of S3, by their code |
//! | `pages.rs` | refusals of somebody else, by their status |
//! | `skew.rs` | a wrong clock |
//! | `network.rs` | no reply, or one that broke off |
//! | `credentials.rs` | no credentials |
//! | `cause.rs` | causes as text |

mod cause;
mod codes;
mod credentials;
mod network;
mod pages;
mod skew;
#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::time::SystemTime;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use holdall_core::{Error, ErrorKind, Name, ServerReply};

use self::cause::{Cause, cause, chain, innermost};
pub(crate) use self::credentials::credentials;
pub(crate) use self::network::{body, host};
use crate::config::Config;
use crate::wire::reply::{NotS3, Reply};

/// A request that failed: the error for the caller, and what a conditional write wants to know.
#[derive(Debug)]
pub(crate) struct Failure {
    error: Error,
    status: Option<u16>,
    code: String,
    /// The server's own words in quotes, behind a colon; empty where it has none that may be shown.
    words: String,
    /// Whether S3 itself has refused, and not something before it.
    is_of_s3: bool,
    /// Whether the server may have done what was asked although it did not say so.
    pub(crate) unknown: bool,
}

impl Failure {
    /// The reply, for support.
    pub(crate) fn reply(&self) -> Option<&ServerReply> {
        self.error.reply()
    }

    pub(crate) fn status(&self) -> Option<u16> {
        self.status
    }

    /// S3's error code, empty where the reply had none.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// The server's words as `: "..."`, to follow a sentence; empty where there are none.
    pub(crate) fn words(&self) -> &str {
        &self.words
    }

    /// Whether S3 itself has refused, and not something before it.
    pub(crate) fn is_of_s3(&self) -> bool {
        self.is_of_s3
    }

    fn has_status(&self, status: u16) -> bool {
        self.is_of_s3 && self.status == Some(status)
    }

    /// No object of that key. (A missing bucket has another code, except in reply to HEAD, which has none.)
    pub(crate) fn is_missing(&self) -> bool {
        self.has_status(404) && !matches!(self.code(), "NoSuchBucket" | "NoSuchUpload")
    }

    /// In reply to a request that names a version: there is none of that id. AWS answers 400 to what cannot be
    /// one, and 405 to that of a delete marker.
    pub(crate) fn is_no_version(&self) -> bool {
        let malformed =
            self.has_status(400) && matches!(self.code(), "InvalidArgument" | "NoSuchVersion" | "");
        self.is_missing() || malformed || self.has_status(405)
    }

    /// 403 of S3 for want of a permission, as far as it says why.
    pub(crate) fn is_denied(&self) -> bool {
        self.has_status(403) && matches!(self.code(), "" | "AccessDenied" | "Forbidden" | "AllAccessDisabled")
    }

    /// 412: a condition did not hold.
    pub(crate) fn is_condition(&self) -> bool {
        self.has_status(412)
    }

    /// 409: a competing write was in flight, and nothing was settled.
    pub(crate) fn is_conflict(&self) -> bool {
        self.has_status(409)
    }

    /// 404 to a multipart upload that was completed or aborted.
    pub(crate) fn is_lost_upload(&self) -> bool {
        self.code() == "NoSuchUpload"
    }

    /// The server is asked too much and did nothing.
    pub(crate) fn is_throttled(&self) -> bool {
        matches!(self.status, Some(429 | 503))
    }

    /// Whether it may go better next time.
    pub(crate) fn is_retryable(&self) -> bool {
        self.error.is_retryable()
    }

    pub(crate) fn into_error(self) -> Error {
        self.error
    }

    /// The error of a file that is not there.
    pub(crate) fn not_found(self, name: &Name) -> Error {
        let missing = Error::not_found(name);
        self.error.reply().cloned().into_iter().fold(missing, Error::with_reply)
    }

    /// The same with another sentence.
    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Self {
        self.error = self.error.with_message(message);
        self
    }

    /// The same for a listing, whose permission is one of its own.
    pub(crate) fn of_listing(self) -> Self {
        if !self.has_status(403) || self.code() != "AccessDenied" {
            return self;
        }
        let message = format!(
            "the server refused to list the bucket{}; check the keys, and whether they have the permission \
             s3:ListBucket on the bucket itself (arn:aws:s3:::bucket, without a path), which those on its objects do \
             not include",
            self.words
        );
        self.with_message(message)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

/// Turns the SDK's error around. `now` is the clock that the request was signed by.
pub(crate) fn failure<E>(error: &SdkError<E, HttpResponse>, config: &Config, now: SystemTime) -> Failure
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    match error {
        SdkError::ServiceError(said) => {
            let reply = Reply::of(said.raw());
            let meta = said.err().meta();
            // The SDK makes up a code for a 404 without a body.
            let code =
                meta.code().filter(|_| reply.body == crate::wire::reply::Body::Error).unwrap_or_default();
            refused(&reply, code, meta.message(), config, now)
        }
        SdkError::ResponseError(said) => {
            let reply = Reply::of(said.raw());
            let no = chain(error).find_map(|cause| cause.downcast_ref::<NotS3>());
            let broken = || {
                let status = reply.status;
                format!("the server's reply (status {status}) broke off: {}", innermost(error))
            };
            let kind = no.map_or(ErrorKind::Unavailable, |no| no.kind);
            let sentence = no.map_or_else(broken, |no| no.sentence.clone());
            let error = Error::message(kind, sentence).with_reply(reply.server("")).with_source(cause(error));
            Failure { status: Some(reply.status), ..local(error, true) }
        }
        SdkError::TimeoutError(_) => {
            let message = format!("{} did not answer in time", host(config));
            local(Error::message(ErrorKind::Timeout, message).with_source(cause(error)), true)
        }
        SdkError::DispatchFailure(failed) => {
            let refused = chain(error).any(network::is_refused);
            no_credentials(error)
                .unwrap_or_else(|| local(network::unreachable(error, failed.is_timeout(), config), !refused))
        }
        _ => no_credentials(error).unwrap_or_else(|| {
            let message = format!("the request could not be made: {}", innermost(error));
            local(Error::message(ErrorKind::Other, message).with_source(cause(error)), false)
        }),
    }
}

/// A failure before there was a request.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        local(error, false)
    }
}

fn local(error: Error, unknown: bool) -> Failure {
    Failure { error, status: None, code: String::new(), words: String::new(), is_of_s3: false, unknown }
}

fn no_credentials(error: &(dyn StdError + 'static)) -> Option<Failure> {
    let found = chain(error).find_map(|error| error.downcast_ref::<CredentialsError>())?;
    Some(local(credentials(found), false))
}

/// The failure of one key in a reply about many, where each has a code and no status of its own.
pub(crate) fn of_code(code: &str, message: Option<&str>, config: &Config) -> Failure {
    let status = match code {
        "InternalError" => 500,
        "NoSuchKey" | "NoSuchVersion" => 404,
        "AccessDenied" => 403,
        _ => 400,
    };
    refused(&Reply::of_key(status), code, message, config, SystemTime::UNIX_EPOCH)
}

/// A reply that says no.
fn refused(reply: &Reply, code: &str, message: Option<&str>, config: &Config, now: SystemTime) -> Failure {
    let status = reply.status;
    let is_of_s3 = reply.is_refusal_of_s3();
    let words = quoted(code, message);
    let region = reply.bucket_region.as_deref();
    let skew = skew::sentence(reply, code, now).map(|sentence| (ErrorKind::PermissionDenied, sentence));
    let (kind, sentence) = skew
        .or_else(|| codes::wrong_region(status, code, message, region, config))
        .or_else(|| (!is_of_s3).then(|| pages::meaning(reply, config)))
        .or_else(|| codes::known(status, code, &words, config))
        .or_else(|| (status == 301 || status == 307).then(|| pages::meaning(reply, config)))
        .or_else(|| (status == 403 && reply.asked.is_head).then(refused_head))
        .unwrap_or_else(|| codes::by_status(status, code, message));
    let mut error = Error::message(kind, sentence);
    if matches!(code, "ConditionalRequestConflict" | "OperationAborted" | "NoSuchUpload") {
        error = error.with_retryable(true);
    }
    let server = reply.server(code);
    let error = error.with_source(Cause(format!("the server answered {server}{words}"))).with_reply(server);
    // 501 is a plain no; a 200 with an error in it (Complete, Copy) is no yes.
    let unknown = matches!(status, 200 | 500 | 502..=599);
    Failure { error, status: Some(status), code: code.to_owned(), words, is_of_s3, unknown }
}

/// The reply to HEAD has no body and so no reason.
fn refused_head() -> (ErrorKind, String) {
    let sentence = "the server refused access (403), and the reply to HEAD does not say why: the keys are wrong, or \
                    lack a permission, or there is no such file (without the permission s3:ListBucket, S3 answers \
                    403 for a missing one too)";
    (ErrorKind::PermissionDenied, sentence.to_owned())
}

/// The server's own words, except about signatures: some servers repeat what they compared.
fn quoted(code: &str, message: Option<&str>) -> String {
    match message {
        Some(message) if !code.contains("Signature") => format!(": {message:?}"),
        _ => String::new(),
    }
}
