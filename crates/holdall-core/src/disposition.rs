//! `Content-Disposition` for a file name of any script.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a browser does with a file, and the name that it saves it under: the value of a
/// `Content-Disposition` header (RFC 6266).
///
/// `Display` is the header's value. It is ASCII and well-formed for every file name: a name that is not
/// plain ASCII is given twice, as a fallback in which `_` stands for what old clients cannot read, and whole
/// in the encoding of RFC 8187, which every browser prefers. What is no letter of a file name (control
/// characters, `/` and `\`) becomes `_`, so that no name can add a header or lead a client to another
/// directory.
///
/// ```
/// use holdall_core::{Disposition, MemoryStorage, Store};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
/// let inline = Disposition::inline().to_string();
/// assert_eq!(inline, "inline");
/// let plain = Disposition::attachment().file_name("report 2.pdf").to_string();
/// assert_eq!(plain, "attachment; filename=\"report 2.pdf\"");
/// let named = Disposition::attachment().file_name("naïve.txt");
/// assert_eq!(named.to_string(), "attachment; filename=\"na_ve.txt\"; filename*=UTF-8''na%C3%AFve.txt");
///
/// // For a save, or for the override of a signed URL.
/// let store = Store::new(MemoryStorage::new());
/// store.save("a.txt", "hello").content_disposition(named).await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposition {
    kind: &'static str,
    file_name: Option<String>,
}

/// `attr-char` of RFC 8187: what stays as it is in `filename*`.
const ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

impl Disposition {
    /// The browser shows the file if it can.
    pub fn inline() -> Self {
        Self { kind: "inline", file_name: None }
    }

    /// The browser saves the file. The right choice for what strangers uploaded.
    pub fn attachment() -> Self {
        Self { kind: "attachment", file_name: None }
    }

    /// The name under which a file is saved: one name, not a path. An empty one sets none.
    pub fn file_name(mut self, name: &str) -> Self {
        let safe = name.chars().map(|c| if c.is_control() || matches!(c, '/' | '\\') { '_' } else { c });
        self.file_name = Some(safe.collect::<String>()).filter(|name| !name.is_empty());
        self
    }
}

impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)?;
        let Some(name) = &self.file_name else { return Ok(()) };
        // RFC 6266, appendix D: no quote, backslash or percent sign in the fallback, since clients disagree
        // about what they mean there.
        let fallback: String = name
            .chars()
            .map(|c| if matches!(c, ' '..='~') && !matches!(c, '"' | '%') { c } else { '_' })
            .collect();
        write!(f, "; filename=\"{fallback}\"")?;
        if fallback != *name {
            write!(f, "; filename*=UTF-8''{}", utf8_percent_encode(name, ATTR_CHAR))?;
        }
        Ok(())
    }
}

impl From<Disposition> for String {
    fn from(disposition: Disposition) -> Self {
        disposition.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Disposition;
    use crate::Attributes;

    /// Reads `filename*`, else `filename`, as RFC 6266 section 4.3 asks.
    fn read_back(header: &str) -> String {
        if let Some((_, encoded)) = header.split_once("filename*=UTF-8''") {
            return percent_encoding::percent_decode_str(encoded).decode_utf8().unwrap().into_owned();
        }
        let quoted = header.split_once("filename=\"").unwrap().1;
        quoted.strip_suffix('"').unwrap().to_owned()
    }

    #[test]
    fn names_are_never_syntax() {
        let header = |name| Disposition::attachment().file_name(name).to_string();
        assert_eq!(header("a\"b.txt"), "attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%22b.txt");
        assert_eq!(header("50%.txt"), "attachment; filename=\"50_.txt\"; filename*=UTF-8''50%25.txt");
        assert_eq!(header("../a\r\nset-cookie: b"), "attachment; filename=\".._a__set-cookie: b\"");
        assert_eq!(header(""), "attachment");
    }

    proptest! {
        #[test]
        fn every_name_comes_back_and_fits_a_header(name in "[^\\p{Cc}/\\\\]{1,80}") {
            let header = Disposition::inline().file_name(&name).to_string();
            prop_assert_eq!(read_back(&header), name);
            let attributes = Attributes { content_disposition: Some(header.clone()), ..Attributes::default() };
            prop_assert!(header.len() > Attributes::MAX_HEADER_BYTES || attributes.validate().is_ok(), "{}", header);
        }
    }
}
