//! A language inside of another one: CSS in an attribute, an address behind character references.
//!
//! The inner text is decoded, and each part of it knows where it stands in the outer one, so that what is found
//! inside can be replaced outside. What cannot be (half of a character reference, a text that a comment cuts in two)
//! is no reference.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use super::Reference;

/// In what a reference stands, which decides how it is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    /// In nothing but its own language.
    File,
    /// In an attribute, between quotes or without.
    Attribute { is_quoted: bool },
    /// In the text of an XML document.
    Text,
    /// Where nothing can be escaped: the text of `style` and `script` in HTML, CDATA.
    Raw,
}

impl Host {
    /// Writes what the inner language has, so that it is read as that.
    pub(super) fn write(self, inner: &str, to: &mut String) {
        for char in inner.chars() {
            match (self, char) {
                (Self::Attribute { .. } | Self::Text, '&') => to.push_str("&amp;"),
                (Self::Attribute { .. } | Self::Text, '<') => to.push_str("&lt;"),
                (Self::Attribute { .. } | Self::Text, '>') => to.push_str("&gt;"),
                // Both, whichever stand around it: a tag that is broken may be read with the other one.
                (Self::Attribute { .. }, '"') => to.push_str("&quot;"),
                (Self::Attribute { .. }, '\'') => to.push_str("&#39;"),
                (Self::Attribute { is_quoted: false }, '=' | '`' | '\t' | '\n' | '\x0c' | ' ') => {
                    _ = write!(to, "&#{};", u32::from(char));
                }
                // Nothing escapes these here, but in a URL it is the same (RFC 3986, section 2.1).
                (Self::Raw, '<') => to.push_str("%3C"),
                (Self::Raw, '>') => to.push_str("%3E"),
                _ => to.push(char),
            }
        }
    }
}

/// A decoded text, and where its parts stand.
#[derive(Debug, Default)]
pub(super) struct Embedded {
    text: String,
    parts: Vec<Part>,
}

/// A part of the text: as it stands outside, or decoded as a whole.
#[derive(Debug)]
struct Part {
    /// Where it is inside, and where it stands outside.
    inner: Range<usize>,
    outer: Range<usize>,
    is_literal: bool,
    host: Host,
}

impl Part {
    /// Where an inner position stands, if that is a place between two characters outside.
    fn outside(&self, at: usize) -> Option<usize> {
        match at {
            _ if self.is_literal => Some(self.outer.start + (at - self.inner.start)),
            _ if at == self.inner.start => Some(self.outer.start),
            _ if at == self.inner.end => Some(self.outer.end),
            _ => None,
        }
    }
}

impl Embedded {
    /// Adds what stands at `start` as it is.
    pub(super) fn push(&mut self, literal: &str, start: usize, host: Host) {
        self.add(literal, start..start + literal.len(), true, host);
    }

    /// Adds what stands for something else.
    pub(super) fn push_decoded(&mut self, text: &str, outer: Range<usize>, host: Host) {
        self.add(text, outer, false, host);
    }

    fn add(&mut self, text: &str, outer: Range<usize>, is_literal: bool, host: Host) {
        if !text.is_empty() {
            let start = self.text.len();
            self.text.push_str(text);
            self.parts.push(Part { inner: start..self.text.len(), outer, is_literal, host });
        }
    }

    /// The decoded text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where an inner span stands, and in what.
    fn outside(&self, inner: Range<usize>) -> Option<(Range<usize>, Host)> {
        let first = self.parts.partition_point(|part| part.inner.end <= inner.start);
        let last = self.parts.partition_point(|part| part.inner.end < inner.end);
        let parts = self.parts.get(first..=last.max(first))?;
        let is_whole = parts.windows(2).all(|pair| pair[0].outer.end == pair[1].outer.start);
        let (first, last) = (parts.first()?, parts.last()?);
        let span = first.outside(inner.start)?..last.outside(inner.end)?;
        (is_whole && !inner.is_empty()).then_some((span, first.host))
    }

    /// The references that a scanner of the inner language finds, as they stand outside.
    pub(super) fn references(&self, scan: impl Fn(&str) -> Vec<Reference<'_>>) -> Vec<Reference<'static>> {
        let references = scan(&self.text).into_iter();
        references
            .filter_map(|inner| {
                let (outer, host) = self.outside(inner.span)?;
                Some(Reference {
                    span: outer,
                    target: Cow::Owned(inner.target.into_owned()),
                    kind: inner.kind,
                    syntax: inner.syntax,
                    host,
                    base: inner.base,
                    canonical: None,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Embedded, Host};

    #[test]
    fn what_is_decoded_knows_where_it_stands() {
        // a&amp;bc<!-- -->d
        let mut embedded = Embedded::default();
        embedded.push("a", 0, Host::Text);
        embedded.push_decoded("&", 1..6, Host::Text);
        embedded.push("bc", 6, Host::Text);
        embedded.push("d", 16, Host::Raw);
        assert_eq!(embedded.text(), "a&bcd");
        let outside = |inner| embedded.outside(inner).map(|(span, _)| span);
        assert_eq!(outside(0..4), Some(0..8));
        assert_eq!(outside(1..2), Some(1..6));
        assert_eq!(outside(2..3), Some(6..7));
        assert_eq!(outside(4..5), Some(16..17));
        assert_eq!(outside(3..5), None);
        assert_eq!(outside(2..2), None);
        assert_eq!(embedded.outside(4..5).unwrap().1, Host::Raw);
    }
}
