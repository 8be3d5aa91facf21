//! What can go wrong in a request, the status it gets, and the sentence that the visitor reads.
//!
//! Two readers, two texts. The visitor gets a sentence to act on and nothing about the inside of
//! the server. The log gets the whole chain of causes, written once, by [`crate::render::dress`].

use std::error::Error as StdError;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytesize::ByteSize;
use holdall::ErrorKind;

/// Why a form was not accepted. Every one is the client's to mend, and none leaves a file behind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The hidden field does not go with the cookie.
    #[error("The form had expired or did not come from this page. Nothing was changed; please try again.")]
    WrongToken,
    /// The form came without a file.
    #[error("No image was chosen. Choose a PNG, JPEG, GIF, WebP or AVIF file.")]
    NoFile,
    /// There is a file, and it has no bytes.
    #[error("The file is empty. Choose an image that has something in it.")]
    Empty,
    /// The first bytes are not those of an image that the gallery takes.
    #[error("This file is not an image that the gallery takes. It takes PNG, JPEG, GIF, WebP and AVIF.")]
    NotAnImage,
    /// More bytes than the setting `GALLERY_MAX_UPLOAD` allows.
    #[error("The image is too large. The gallery takes images of up to {}.", size_text(*.limit))]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The body ended early, fell silent, or is no form at all.
    #[error("The upload broke off before it was complete. Nothing was stored; please try again.")]
    Broken,
}

impl Refusal {
    /// The HTTP status that says the same to a program.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::WrongToken => StatusCode::FORBIDDEN,
            Self::NoFile | Self::Empty | Self::Broken => StatusCode::BAD_REQUEST,
            Self::NotAnImage => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }
}

/// Everything that a handler can fail with.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// See [`Refusal`].
    #[error("the form was refused")]
    Refused(#[from] Refusal),
    /// No such page, image or file.
    #[error("there is nothing at this address")]
    NotFound,
    /// There is such a page, but not for this method.
    #[error("the method is not allowed here")]
    MethodNotAllowed,
    /// A storage said no.
    #[error("the storage failed")]
    Storage(#[from] holdall::Error),
    /// The database said no.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// A template is wrong.
    #[error("a page could not be rendered")]
    Template(#[from] minijinja::Error),
    /// A task panicked.
    #[error("a task of the server broke")]
    Task(#[from] tokio::task::JoinError),
}

impl Failure {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => refusal.status(),
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Storage(error) if error.is_not_found() => StatusCode::NOT_FOUND,
            // Full, out of reach, forbidden: the request was fine, and may be fine again later.
            Self::Storage(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(_) | Self::Template(_) | Self::Task(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The heading of the error page.
    pub fn title(&self) -> &'static str {
        match self.status() {
            StatusCode::NOT_FOUND => "Not here",
            StatusCode::METHOD_NOT_ALLOWED => "Not like this",
            StatusCode::SERVICE_UNAVAILABLE => "The storage is in trouble",
            status if status.is_client_error() => "That did not work",
            _ => "The gallery is in trouble",
        }
    }

    /// The sentence for the visitor: what happened, and what to do about it.
    pub fn sentence(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.to_string(),
            Self::NotFound => "There is nothing at this address. It may have been deleted.".into(),
            Self::MethodNotAllowed => "This address exists, but it cannot be used in this way.".into(),
            Self::Storage(error) => storage_sentence(error.kind()).into(),
            Self::Database(_) | Self::Template(_) | Self::Task(_) => {
                "Something went wrong inside the gallery. It has been logged; please try again later.".into()
            }
        }
    }

    /// The error and all its causes in one line, for the log.
    pub fn chain(&self) -> String {
        let mut line = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(line, ": {error}").expect("a String takes everything");
            cause = error.source();
        }
        line
    }
}

/// What a visitor can know and do about a storage that failed.
fn storage_sentence(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "The file is no longer in the storage.",
        ErrorKind::StorageFull => {
            "The storage is full, so nothing was stored. Whoever runs this gallery has to make room."
        }
        ErrorKind::PermissionDenied => {
            "The gallery is not allowed to use its storage. Whoever runs it has to give it the right."
        }
        ErrorKind::Unavailable | ErrorKind::Timeout => {
            "The storage does not answer at the moment. Nothing was changed; please try again in a minute."
        }
        ErrorKind::Unsupported | ErrorKind::InvalidConfig => {
            "The storage is not set up for this. Whoever runs this gallery finds the reason in its log."
        }
        _ => "The storage could not do this. Nothing was changed; the reason is in the gallery's log.",
    }
}

/// A size as people write it: `20 MiB`, `1.5 MiB`.
pub fn size_text(bytes: u64) -> String {
    ByteSize::b(bytes).display().iec().to_string().replace(".0 ", " ")
}

/// Carries the failure to [`crate::render::dress`], which knows how to make a page of it.
///
/// The text is what a client sees if that layer is missing.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.sentence()).into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_people_write_them() {
        for (bytes, text) in
            [(0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (20 << 20, "20 MiB")]
        {
            assert_eq!(size_text(bytes), text);
        }
    }

    #[test]
    fn the_log_line_has_every_cause_and_the_page_has_none() {
        let root = std::io::Error::other("disk 7 burns");
        let error = holdall::Error::new(ErrorKind::StorageFull).with_source(root);
        let failure = Failure::from(error);
        assert!(failure.chain().contains("disk 7 burns"), "{}", failure.chain());
        assert!(!failure.sentence().contains("disk 7"), "{}", failure.sentence());
        assert_eq!(failure.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
