//! A body at a glance.
//!
//! Names of elements differ between servers and are left to the SDK, which reads by meaning. But its reader takes the
//! end of the text for the end of the document, wherever that is; so the end is looked for here.

/// The kind of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    /// It is a file, and is still to come.
    Unseen,
    /// Nothing but white space.
    Empty,
    /// S3's error document.
    Error,
    /// Another XML document.
    Xml {
        /// Whether its root element is closed.
        is_whole: bool,
    },
    Html,
    /// Something else: JSON, plain text.
    Other,
}

impl Body {
    /// Looks at a body; `is_html` is what the header says about it.
    pub(crate) fn look(bytes: &[u8], is_html: bool) -> Self {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
        if text.is_empty() {
            return Self::Empty;
        }
        let Some((root, behind)) = root(text) else {
            return match () {
                () if is_html || names_html(text) => Self::Html,
                // Cut inside the declaration or a comment.
                () if text.starts_with(b"<") => Self::Xml { is_whole: false },
                () => Self::Other,
            };
        };
        if root.eq_ignore_ascii_case(b"html") || names_html(text) {
            return Self::Html;
        }
        let is_whole = is_closed(root, behind);
        if local(root) == b"Error" && is_whole { Self::Error } else { Self::Xml { is_whole } }
    }
}

fn names_html(text: &[u8]) -> bool {
    let begin = text[..text.len().min(200)].to_ascii_lowercase();
    begin.starts_with(b"<!doctype html") || begin.starts_with(b"<html") || begin.starts_with(b"<head")
}

/// The name of the root element, and the text from behind that name on.
fn root(mut text: &[u8]) -> Option<(&[u8], &[u8])> {
    loop {
        let rest = text.strip_prefix(b"<")?;
        let end: &[u8] = match rest {
            [b'?', ..] => b"?>",
            [b'!', b'-', b'-', ..] => b"-->",
            [b'!', ..] => b">",
            _ => {
                let length = rest.iter().position(|byte| b" \t\r\n/>".contains(byte))?;
                let (name, behind) = rest.split_at(length);
                return (!name.is_empty()).then_some((name, behind));
            }
        };
        let at = text.windows(end.len()).position(|window| window == end)?;
        text = text[at + end.len()..].trim_ascii_start();
    }
}

/// Whether the text ends with the end of that element. Comments behind it count as part of it.
fn is_closed(root: &[u8], behind: &[u8]) -> bool {
    let is_empty = |tag: &[u8]| tag.ends_with(b"/") && !tag.contains(&b'<');
    if behind.strip_suffix(b">").is_some_and(|tag| is_empty(tag) && !tag.contains(&b'>')) {
        return true;
    }
    let end = behind.strip_suffix(b">").map(<[u8]>::trim_ascii_end);
    end.and_then(|text| text.strip_suffix(root)).is_some_and(|text| text.ends_with(b"</"))
}

/// A name without its prefix.
fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|&byte| byte == b':').next().unwrap_or(name)
}
