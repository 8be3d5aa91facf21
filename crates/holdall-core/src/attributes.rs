//! What is kept beside the bytes: type, disposition, caching, user metadata.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};
use crate::name::Name;
use crate::visibility::Visibility;

/// What is stored with a file and comes back from `metadata` and over HTTP.
///
/// The strings are values of the HTTP headers of the same names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attributes {
    /// `Content-Type`. A save without one guesses from the name, see [`guess_content_type`].
    pub content_type: Option<String>,
    /// `Content-Disposition` (RFC 6266).
    pub content_disposition: Option<String>,
    /// `Content-Encoding`. Never guessed: a `.gz` that is served as a download must stay packed.
    pub content_encoding: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// Who may read the file by its plain URL; `None` leaves it to the storage's setting.
    pub visibility: Option<Visibility>,
    /// User metadata: `x-amz-meta-*` on S3.
    ///
    /// Names are lower-case ASCII letters, digits and `-`: what every server gives back unchanged.
    pub user: BTreeMap<String, String>,
}

impl Attributes {
    /// The most bytes that names and values of user metadata may have together: S3's 2,048 less the room
    /// for Holdall's own (put-ids, markers).
    pub const MAX_USER_BYTES: usize = 2048 - 64;

    /// User metadata with this prefix belongs to Holdall itself (put-ids, markers).
    pub const RESERVED_USER_PREFIX: &'static str = "holdall-";

    /// The most bytes that the values of the header attributes may have together. With the user metadata
    /// they stay inside the 4 KiB that ext4 has for all attributes of a file, unless the metadata is full of
    /// quotes, which take two bytes there.
    pub const MAX_HEADER_BYTES: usize = 1024;

    /// Checks that every value can be stored on every storage and sent in an HTTP header.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] naming the attribute and what is wrong with it.
    pub fn validate(&self) -> Result<()> {
        let mut bytes = 0;
        for (header, value) in self.headers() {
            if value.is_empty() {
                return Err(invalid(header, value, "it is empty; leave it out"));
            }
            if !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) || value.trim() != value {
                let mend = "a header value is visible ASCII; encode a file name with RFC 8187 (filename*=UTF-8''...)";
                return Err(invalid(header, value, mend));
            }
            bytes += value.len();
        }
        if let Some(value) = self.content_type.as_deref().filter(|value| !is_content_type(value)) {
            return Err(invalid("content-type", value, "it is not one content type, such as \"image/png\""));
        }
        if bytes > Self::MAX_HEADER_BYTES {
            let message = format!("the attributes have {bytes} bytes; at most 1,024 are allowed together");
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        self.validate_user()
    }

    fn validate_user(&self) -> Result<()> {
        let mut bytes = 0;
        for (name, value) in &self.user {
            let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if name.is_empty() || !name.bytes().all(good) {
                let mend = "its name must be lower-case ASCII letters, digits and \"-\"";
                return Err(invalid("user metadata", name, mend));
            }
            if name.starts_with(Self::RESERVED_USER_PREFIX) {
                return Err(invalid(
                    "user metadata",
                    name,
                    "names that begin with \"holdall-\" are reserved",
                ));
            }
            if value.chars().any(char::is_control) {
                return Err(invalid("user metadata", name, "its value has a control character"));
            }
            bytes += name.len() + value.len();
        }
        if bytes > Self::MAX_USER_BYTES {
            let message =
                format!("user metadata has {bytes} bytes; at most 1,984 are allowed (S3 takes no more)");
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        Ok(())
    }

    /// The attributes that are HTTP headers, with the names of those.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("content-type", &self.content_type),
            ("content-disposition", &self.content_disposition),
            ("content-encoding", &self.content_encoding),
            ("content-language", &self.content_language),
            ("cache-control", &self.cache_control),
        ]
        .into_iter()
        .filter_map(|(header, value)| Some((header, value.as_deref()?)))
    }

    /// Whether a storage has to keep anything beside the visibility that the name alone does not tell.
    pub fn need_storing(&self, name: &Name) -> bool {
        !self.user.is_empty()
            || self
                .headers()
                .any(|(header, value)| header != "content-type" || value != guess_content_type(name))
    }
}

/// Whether the text is one content type, with parameters perhaps. A list would be taken literally by a server, and
/// prefixes of lists have let HTML in elsewhere (CVE-2023-49090).
fn is_content_type(value: &str) -> bool {
    let kind = value.split(';').next().unwrap_or_default().trim_end();
    let parts = kind.split_once('/');
    parts.is_some_and(|(kind, subtype)| is_media_token(kind) && is_media_token(subtype))
        && !value.contains(',')
}

/// Whether the text can be one of the two parts of a content type (RFC 6838, section 4.2).
pub(crate) fn is_media_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
}

fn invalid(what: &str, value: &str, reason: &str) -> Error {
    Error::message(ErrorKind::InvalidInput, format!("{what} {value:?} cannot be stored: {reason}"))
}

/// The content type that a name suggests, by its extension; `application/octet-stream` where it
/// suggests none. What a web client claims about a file is not asked.
pub fn guess_content_type(name: &Name) -> &'static str {
    mime_guess::from_path(name.file_name()).first_raw().unwrap_or("application/octet-stream")
}

#[cfg(test)]
mod tests {
    use super::{Attributes, guess_content_type};
    use crate::name::Name;

    fn user(name: &str, value: &str) -> Attributes {
        Attributes { user: [(name.to_owned(), value.to_owned())].into(), ..Attributes::default() }
    }

    #[test]
    fn values_that_no_header_can_carry_are_refused() {
        let with_type =
            |value: &str| Attributes { content_type: Some(value.to_owned()), ..Attributes::default() };
        assert!(with_type("text/plain; charset=utf-8").validate().is_ok());
        for value in [
            "text",
            "/",
            "a/",
            "/b",
            "a/b/c",
            "*/*",
            "image/*",
            "text/html, image/png",
            "text /html",
            "a/b c",
            "",
            " text/plain",
            "text/plain\r\nset-cookie: a",
            "téxt/plain",
            &format!("a/{}", "x".repeat(1023)),
        ] {
            assert!(with_type(value).validate().is_err(), "{value:?}");
        }
    }

    #[test]
    fn user_metadata_is_what_every_server_gives_back() {
        assert!(user("album-2", "Grüße, 日本").validate().is_ok());
        for name in ["", "Album", "a_b", "a b", "ä", "holdall-put-id"] {
            assert!(user(name, "x").validate().is_err(), "{name:?}");
        }
        assert!(user("a", "x\ny").validate().is_err());
        assert!(user("a", &"x".repeat(1983)).validate().is_ok());
        assert!(user("a", &"x".repeat(1984)).validate().is_err());
    }

    #[test]
    fn types_come_from_the_name() {
        let guess = |name| guess_content_type(&Name::new(name).unwrap());
        assert_eq!(guess("a.JPG"), "image/jpeg");
        assert_eq!(guess("a.tar.gz"), "application/gzip");
        assert_eq!(guess("a"), "application/octet-stream");
    }
}
