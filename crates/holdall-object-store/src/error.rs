//! Errors of stores as errors of Holdall: kinds, sentences, and nothing secret.
//!
//! `object_store` has variants for what programs decide on most; the rest is one variant, `Generic`, whose
//! cause is private to each store. What can be found out about it is found out here: the errors of the
//! operating system and of the HTTP client by their types, the status of a reply by the words of
//! `object_store`'s own error, which is not public. A status that cannot be read is `Other`, never a guess.
//!
//! The causes hold what must not be shown: URLs with signatures and passwords, bodies in which servers repeat
//! what they compared. So the cause of the translated error is its text, cleaned, and not the error itself.

use std::error::Error as StdError;
use std::{fmt, io};

use holdall_core::{Error, ErrorKind, ServerReply};

/// The error as Holdall says it.
#[allow(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
pub(crate) fn translate(error: object_store::Error) -> Error {
    use object_store::Error as Theirs;
    let reply = Reply::find(&error);
    let kind = match &error {
        Theirs::NotFound { .. } => ErrorKind::NotFound,
        // 409 is this variant too: what it means depends on the request, which its caller knows.
        Theirs::AlreadyExists { .. } => ErrorKind::AlreadyExists,
        Theirs::Precondition { .. } => ErrorKind::PreconditionFailed,
        Theirs::NotModified { .. } => ErrorKind::NotModified,
        Theirs::NotSupported { .. } | Theirs::NotImplemented { .. } => ErrorKind::Unsupported,
        Theirs::PermissionDenied { .. } | Theirs::Unauthenticated { .. } => ErrorKind::PermissionDenied,
        Theirs::InvalidPath { .. } => ErrorKind::InvalidName,
        Theirs::UnknownConfigurationKey { .. } => ErrorKind::InvalidConfig,
        _ => reply.as_ref().map(Reply::kind).or_else(|| from_below(&error)).unwrap_or(ErrorKind::Other),
    };
    let text = clean(&error.to_string());
    let sentence = match (&reply, kind) {
        // Core's own sentences say it better.
        (
            _,
            ErrorKind::NotFound
            | ErrorKind::AlreadyExists
            | ErrorKind::NotModified
            | ErrorKind::PreconditionFailed
            | ErrorKind::RangeNotSatisfiable,
        ) => None,
        (Some(reply), _) => Some(reply.sentence(kind)),
        (None, ErrorKind::Unsupported) => Some(format!("the store does not support this: {text}")),
        (None, _) => Some(root_cause(&error)),
    };
    let translated = Error::new(kind).with_source(Cause(text));
    let translated = reply.iter().map(Reply::server).fold(translated, Error::with_reply);
    match sentence {
        Some(sentence) => translated.with_message(sentence),
        None => translated,
    }
}

/// The text of an error of a store, without what must not be shown.
struct Cause(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl StdError for Cause {}

/// An error with its causes, from the outside in.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// What the innermost cause says.
fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let innermost = causes(error).last().unwrap_or(error);
    clean(&innermost.to_string())
}

/// The kind that the operating system or the HTTP client suggests.
fn from_below(error: &(dyn StdError + 'static)) -> Option<ErrorKind> {
    #[cfg(feature = "__http")]
    for cause in causes(error) {
        use object_store::client::{HttpError, HttpErrorKind};
        if let Some(error) = cause.downcast_ref::<HttpError>() {
            return Some(match error.kind() {
                HttpErrorKind::Timeout => ErrorKind::Timeout,
                HttpErrorKind::Connect | HttpErrorKind::Request | HttpErrorKind::Interrupted => {
                    ErrorKind::Unavailable
                }
                _ => ErrorKind::Other,
            });
        }
    }
    causes(error).find_map(|cause| cause.downcast_ref::<io::Error>().map(ErrorKind::from_io))
}

/// A reply of a server that was not a success.
struct Reply {
    status: u16,
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    host_id: Option<String>,
}

impl Reply {
    /// How `object_store` begins the text of such an error.
    const PREFIX: &str = "Server returned non-2xx status code: ";

    fn find(error: &(dyn StdError + 'static)) -> Option<Self> {
        causes(error).find_map(|cause| Self::parse(&cause.to_string()))
    }

    /// Reads `Server returned non-2xx status code: 503 Service Unavailable: <Error>...`.
    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(Self::PREFIX)?;
        let status = rest.get(..3)?.parse().ok()?;
        let message = element(rest, "Message").map(|message| {
            // Azure adds its request's id and time on lines of their own.
            clean(message.lines().next().unwrap_or_default().trim())
        });
        let text = |name| element(rest, name).map(str::to_owned);
        Some(Self {
            status,
            code: text("Code"),
            message,
            // The headers are not to be had; S3 and Google write the same into the document.
            request_id: text("RequestId"),
            host_id: text("HostId"),
        })
    }

    fn server(&self) -> ServerReply {
        ServerReply::new(self.status)
            .with_code(self.code.as_deref().unwrap_or_default())
            .with_request_id(self.request_id.as_deref())
            .with_host_id(self.host_id.as_deref())
    }

    fn kind(&self) -> ErrorKind {
        match self.status {
            301 | 302 | 307 | 308 => ErrorKind::InvalidConfig,
            304 => ErrorKind::NotModified,
            401 | 403 => ErrorKind::PermissionDenied,
            404 | 410 => ErrorKind::NotFound,
            405 | 501 => ErrorKind::Unsupported,
            408 | 504 => ErrorKind::Timeout,
            409 => ErrorKind::Conflict,
            412 => ErrorKind::PreconditionFailed,
            413 => ErrorKind::TooLarge,
            416 => ErrorKind::RangeNotSatisfiable,
            429 | 500 | 502 | 503 => ErrorKind::Unavailable,
            507 => ErrorKind::StorageFull,
            _ => ErrorKind::Other,
        }
    }

    fn sentence(&self, kind: ErrorKind) -> String {
        let Self { status, code, message, .. } = self;
        let code = code.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
        let words = message.as_deref().map(|message| format!(": {message:?}")).unwrap_or_default();
        let sentence = match kind {
            ErrorKind::PermissionDenied => {
                "the store refuses access; check the credentials, what they are allowed, and this machine's clock"
            }
            ErrorKind::InvalidConfig => "the store sends us elsewhere; check the endpoint and the region",
            ErrorKind::Unavailable => "the store cannot serve the request now",
            ErrorKind::Timeout => "the store did not answer in time",
            ErrorKind::Unsupported => "the store does not support this",
            ErrorKind::StorageFull => "the store has no space left",
            ErrorKind::TooLarge => "the store takes no request of that size",
            _ => "the store answered with an error",
        };
        format!("{sentence} ({status}{code}{words})")
    }
}

/// The text of the first XML element of that name.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(content, _)| content)
}

/// Leaves out of a text the bodies of replies, and of URLs the user, the password and the query: signatures and
/// tokens stand there.
fn clean(text: &str) -> String {
    let text = match text.split_once(Reply::PREFIX) {
        Some((before, reply)) => format!("{before}{}{}", Reply::PREFIX, reply.get(..3).unwrap_or_default()),
        None => text.to_owned(),
    };
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find("://") {
        let (before, url) = rest.split_at(start + 3);
        cleaned.push_str(before);
        let end =
            url.find(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '>' | ')'));
        let (url, after) = url.split_at(end.unwrap_or(url.len()));
        let (url, query) = url.split_once('?').map_or((url, false), |(url, _)| (url, true));
        let (authority, path) = url.split_at(url.find('/').unwrap_or(url.len()));
        cleaned.push_str(authority.rsplit_once('@').map_or(authority, |(_, host)| host));
        cleaned.push_str(path);
        if query {
            cleaned.push_str("?[hidden]");
        }
        rest = after;
    }
    cleaned.push_str(rest);
    cleaned
}

#[cfg(test)]
mod tests {
    use std::io;

    use holdall_core::ErrorKind;

    use super::{Reply, clean, translate};

    #[test]
    fn replies_are_read() {
        let text = "Server returned non-2xx status code: 503 Service Unavailable: <Error><Code>SlowDown</Code>\
                    <Message>Reduce your rate.\nTime:2026</Message><RequestId>R1</RequestId><StringToSign>x</StringToSign></Error>";
        let reply = Reply::parse(text).unwrap();
        assert_eq!(reply.kind(), ErrorKind::Unavailable);
        let sentence = reply.sentence(reply.kind());
        assert!(sentence.ends_with("(503 SlowDown: \"Reduce your rate.\")"), "{sentence}");
        assert_eq!(reply.server().to_string(), "status 503, code SlowDown, request id R1");
        assert!(Reply::parse("Server returned non-2xx status code: ").is_none());
        assert!(Reply::parse("something else").is_none());
    }

    #[test]
    fn nothing_that_signs_is_shown() {
        for (text, cleaned) in [
            ("GET https://a.b/c?sig=1&x=2 failed", "GET https://a.b/c?[hidden] failed"),
            ("(https://me:secret@a.b/c)", "(https://a.b/c)"),
            (
                "Error: Server returned non-2xx status code: 403 Forbidden: <Sig>x</Sig>",
                "Error: Server returned non-2xx status code: 403",
            ),
            ("no URL at all?", "no URL at all?"),
        ] {
            assert_eq!(clean(text), cleaned);
        }
    }

    #[test]
    fn errors_of_the_system_have_their_kind() {
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        let error = translate(object_store::Error::Generic { store: "test", source: denied.into() });
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        let unknown = translate(object_store::Error::Generic { store: "test", source: "why".into() });
        assert_eq!(unknown.kind(), ErrorKind::Other);
        assert_eq!(unknown.reason(), "why");
    }
}
