//! An image on its way from the form into the storage.
//!
//! The file streams through: from the socket, through the multipart parser, past a look at its
//! first bytes, into [`Store::save`](holdall::Store::save). It is never whole in memory and never in
//! a temporary file of ours; a save is all or nothing, so an upload that is refused half way has
//! left nothing to clean up.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream};
use holdall::{Content, ErrorKind, Name};
use jiff::Timestamp;
use multer::{Constraints, Field, Multipart, SizeLimit};

use crate::App;
use crate::csrf::{self, Visitor};
use crate::error::{Failure, Refusal};
use crate::image::{Image, NewImage};
use crate::intake::Intake;
use crate::kind::{Kind, SNIFF_BYTES};

/// The name of the form's file field.
pub const FIELD: &str = "img-file";

/// How long an upload may go without a single byte.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much a form may hold beside its file, in bytes.
const OTHERS_MAX: u64 = 1024 * 1024;

/// How long a name is kept for showing, in characters.
const SHOWN_NAME_MAX: usize = 200;

impl App {
    /// Takes the image out of the form and into the gallery.
    ///
    /// If this future is dropped (the visitor closed the page) before the file is stored, nothing
    /// is stored; after that, the row follows whatever happens to the visitor.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] for everything that is wrong with the form; [`Failure::Storage`] and
    /// [`Failure::Database`] if the image was fine and could not be kept.
    pub(crate) async fn receive(
        &self,
        visitor: &Visitor,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Image, Failure> {
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        // Not a multipart form: then there is no token in it either.
        let boundary =
            multer::parse_boundary(content_type.unwrap_or_default()).map_err(|_| Refusal::WrongToken)?;
        // The file has its own limit in `save`; this one is for fields that nobody asked for.
        let whole = self.max_upload().saturating_add(OTHERS_MAX);
        let limits = SizeLimit::new().for_field(csrf::FIELD, 1024).whole_stream(whole);
        let constraints = Constraints::new().size_limit(limits);
        let intake = Intake::new(body);
        let mut form = Multipart::with_constraints(intake.stream(PATIENCE), boundary, constraints);
        let received = self.receive_form(visitor, &mut form, &intake).await;
        if let Err(Failure::Refused(refusal)) = &received
            && *refusal != Refusal::Broken
        {
            intake.drain().await;
        }
        received
    }

    /// Reads the form's parts in their order.
    async fn receive_form(
        &self,
        visitor: &Visitor,
        form: &mut Multipart<'static>,
        intake: &Intake,
    ) -> Result<Image, Failure> {
        let mut genuine = false;
        while let Some(mut field) = form.next_field().await.map_err(|error| self.refuse(&error))? {
            match field.name() {
                Some(csrf::FIELD) => {
                    let token = field.text().await.map_err(|error| self.refuse(&error))?;
                    intake.given_back(token.len());
                    genuine = visitor.vouches_for(&token);
                }
                // The token has to come first: no byte of a file is looked at before.
                Some(FIELD) if genuine => return self.receive_file(field, intake).await,
                Some(FIELD) => return Err(Refusal::WrongToken.into()),
                // A field that we do not know is read past.
                _ => {
                    while let Some(chunk) = field.chunk().await.map_err(|error| self.refuse(&error))? {
                        intake.given_back(chunk.len());
                    }
                }
            }
        }
        Err(if genuine { Refusal::NoFile } else { Refusal::WrongToken }.into())
    }

    /// Sniffs the file, names it, stores it, records it.
    async fn receive_file(&self, mut field: Field<'static>, intake: &Intake) -> Result<Image, Failure> {
        let original_name = shown_name(field.file_name().unwrap_or_default());
        let mut head = BytesMut::new();
        while head.len() < SNIFF_BYTES {
            let Some(chunk) = field.chunk().await.map_err(|error| self.refuse(&error))? else { break };
            intake.given_back(chunk.len());
            head.extend_from_slice(&chunk);
        }
        if head.is_empty() {
            // What a browser sends for a file field that was left alone has no file name.
            return Err(if original_name.is_empty() { Refusal::NoFile } else { Refusal::Empty }.into());
        }
        let kind = Kind::sniff(&head).ok_or(Refusal::NotAnImage)?;
        let name = self.upload_to().generate(stored_file_name(&original_name, kind).as_str())?;

        let rest = stream::unfold((field, intake.clone()), |(mut field, intake)| async move {
            let chunk = field.chunk().await.transpose()?.inspect(|chunk| intake.given_back(chunk.len()));
            Some((chunk.map_err(io::Error::other), (field, intake)))
        });
        let whole = stream::iter([Ok::<Bytes, io::Error>(head.freeze())]).chain(rest);
        let saved = self
            .media()
            .save(&name, Content::stream(whole).with_max_size(self.max_upload()))
            .content_type(kind.content_type)
            .await
            .map_err(|error| self.explain(error))?;

        let new = NewImage {
            file: saved.name.to_string(),
            original_name,
            content_type: kind.content_type,
            size: saved.size,
            uploaded_at: Timestamp::now(),
        };
        // From here on there is a file, and dropping this future must not leave it without a row:
        // a task of its own ends its work even if nobody waits for it any more.
        let record = tokio::spawn({
            let app = self.clone();
            async move { app.record(new).await }
        });
        record.await?
    }

    /// Gives a stored file its row, or takes the file away again.
    async fn record(&self, new: NewImage) -> Result<Image, Failure> {
        let failure = match Image::insert(self.db(), &new).await {
            Ok(image) => return Ok(image),
            Err(error) => Failure::from(error),
        };
        if let Err(orphaned) = self.media().delete(&new.file).await {
            let chain = Failure::from(orphaned).chain();
            tracing::error!(file = new.file, "the file has no row and could not be removed: {chain}");
        }
        Err(failure)
    }

    /// What the parser's error means to the visitor.
    fn refuse(&self, error: &multer::Error) -> Refusal {
        tracing::debug!("the form could not be read: {error:?}");
        match error {
            multer::Error::StreamSizeExceeded { .. } => Refusal::TooLarge { limit: self.max_upload() },
            // The only field with a limit of its own is the token.
            multer::Error::FieldSizeExceeded { .. } => Refusal::WrongToken,
            _ => Refusal::Broken,
        }
    }

    /// A save that failed: by the client's doing, or by the storage's?
    fn explain(&self, error: holdall::Error) -> Failure {
        match error.kind() {
            ErrorKind::TooLarge => Refusal::TooLarge { limit: self.max_upload() }.into(),
            ErrorKind::SourceFailed => {
                tracing::debug!("the upload broke off: {}", Failure::from(error).chain());
                Refusal::Broken.into()
            }
            _ => error.into(),
        }
    }
}

/// The client's file name as we show it: the last part of a path of either kind, without control
/// characters and without those that reorder the text around them (CVE-2021-42574).
fn shown_name(claimed: &str) -> String {
    let last = claimed.rsplit(['/', '\\']).next().unwrap_or_default();
    let reorders = |letter| matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown = last.chars().filter(|&letter| !letter.is_control() && !reorders(letter));
    shown.take(SHOWN_NAME_MAX).collect::<String>().trim().to_owned()
}

/// The file name to store under: what is left of the client's after cleaning, with the extension
/// of what the file *is*. `cat.html` with the bytes of a PNG becomes `cat.png`.
fn stored_file_name(shown: &str, kind: &Kind) -> Name {
    let stem = shown.rsplit_once('.').map_or(shown, |(stem, _)| stem);
    let name = |stem: &str| Name::sanitize(&format!("{stem}.{}", kind.extension));
    let cleaned = stem.trim_matches(|letter: char| letter == '.' || letter.is_whitespace());
    let stem = if cleaned.is_empty() { "image" } else { cleaned };
    name(stem).or_else(|_| name("image")).expect("\"image\" and an extension are a file name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_name_is_the_last_part_of_whatever_the_client_said() {
        for (claimed, shown) in [
            ("cat.png", "cat.png"),
            ("../../etc/passwd", "passwd"),
            (r"C:\Users\me\cat.png", "cat.png"),
            ("a\u{202e}gnp.exe", "agnp.exe"),
            ("a\r\nb\0.png", "ab.png"),
            ("세계 지도.png", "세계 지도.png"),
            ("..", ".."),
            ("", ""),
        ] {
            assert_eq!(shown_name(claimed), shown, "{claimed:?}");
        }
        assert_eq!(shown_name(&"é".repeat(500)).chars().count(), SHOWN_NAME_MAX);
    }

    #[test]
    fn a_stored_name_has_the_extension_of_the_bytes() {
        let png = Kind::sniff(b"\x89PNG\r\n\x1a\n").unwrap();
        for (shown, stored) in [
            ("cat.png", "cat.png"),
            ("photo.html", "photo.png"),
            ("my photo.JPEG", "my_photo.png"),
            ("noextension", "noextension.png"),
            (".htaccess", "image.png"),
            ("..", "image.png"),
            ("", "image.png"),
        ] {
            assert_eq!(stored_file_name(shown, png).as_str(), stored, "{shown:?}");
        }
        let long = stored_file_name(&"세".repeat(200), png);
        assert!(long.as_str().len() <= 255 && long.extension() == Some("png"), "{long}");
    }
}
