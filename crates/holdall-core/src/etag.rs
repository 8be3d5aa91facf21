//! Entity tags: what tells one version of a file from the next.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};

/// An entity tag (RFC 9110, section 8.8.3) as a storage gives it: opaque, equal for equal versions.
///
/// `Display` and [`as_str`](Self::as_str) give the form of HTTP headers, quotes included.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ETag(String);

impl ETag {
    /// A strong tag from its opaque part, without quotes.
    ///
    /// # Panics
    ///
    /// In debug builds, if `opaque` has a character that no entity tag may have. Tags come from
    /// storages, not from users; [`ETag::parse`] is for those.
    pub fn strong(opaque: &str) -> Self {
        debug_assert!(opaque.chars().all(is_etagc), "{opaque:?} cannot be an entity tag");
        Self(format!("\"{opaque}\""))
    }

    /// Reads one tag as it stands in a header. Tags without quotes are taken for strong ones: some
    /// S3-compatible servers send them so.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for text that RFC 9110 does not call an entity tag.
    pub fn parse(header: &str) -> Result<Self> {
        let text = header.trim();
        let (weak, text) = text.strip_prefix("W/").map_or(("", text), |rest| ("W/", rest));
        let opaque = match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(opaque) => opaque,
            None if !weak.is_empty() || text.contains('"') || text.is_empty() => {
                return Err(malformed(header));
            }
            None => text,
        };
        if opaque.chars().all(is_etagc) {
            Ok(Self(format!("{weak}\"{opaque}\"")))
        } else {
            Err(malformed(header))
        }
    }

    /// The tag as it stands in a header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the tag is weak: equal tags then mean equivalent, not identical, content.
    pub fn is_weak(&self) -> bool {
        self.0.starts_with("W/")
    }

    /// Strong comparison (RFC 9110, section 8.8.3.2): for `If-Match` and ranges.
    pub fn strong_eq(&self, other: &Self) -> bool {
        !self.is_weak() && self == other
    }

    /// Weak comparison: for `If-None-Match`.
    pub fn weak_eq(&self, other: &Self) -> bool {
        let opaque = |tag: &Self| tag.0.trim_start_matches("W/").to_owned();
        opaque(self) == opaque(other)
    }
}

/// `etagc` of RFC 9110.
fn is_etagc(letter: char) -> bool {
    letter == '!' || ('#'..='~').contains(&letter) || ('\u{80}'..='\u{ff}').contains(&letter)
}

fn malformed(header: &str) -> Error {
    Error::message(ErrorKind::InvalidInput, format!("{header:?} is not an entity tag"))
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ETag;

    #[test]
    fn parse_takes_what_headers_hold() {
        for (header, expected) in
            [("\"a\"", "\"a\""), (" W/\"a\" ", "W/\"a\""), ("a-2", "\"a-2\""), ("\"\"", "\"\"")]
        {
            assert_eq!(ETag::parse(header).unwrap().as_str(), expected);
        }
        for header in ["", "W/a", "\"a", "a\"b\"", "\"a b\"", "\"a\"b\""] {
            assert!(ETag::parse(header).is_err(), "{header:?}");
        }
    }

    #[test]
    fn comparison_follows_rfc_9110() {
        let (weak, strong) = (ETag::parse("W/\"1\"").unwrap(), ETag::strong("1"));
        assert!(weak.weak_eq(&strong) && !weak.strong_eq(&strong) && !weak.strong_eq(&weak));
        assert!(strong.strong_eq(&ETag::strong("1")) && !strong.weak_eq(&ETag::strong("2")));
    }
}
