//! `sourceMappingURL`, the comment that CSS and JavaScript share.

use std::borrow::Cow;
use std::ops::Range;

use super::{Canonical, Host, Reference, ReferenceKind, Syntax};

/// The reference in a comment, given as a whole and without its ends, if it is one of that kind.
///
/// ECMA-426, section 11.1.2.1: `#` or the older `@`, one blank, the word, and an address that ends before the
/// next blank. What follows the address must be blank.
pub(super) fn reference(text: &str, comment: Range<usize>, inner: Range<usize>) -> Option<Reference<'_>> {
    let inside = &text[inner.clone()];
    let rest = inside.strip_prefix(['#', '@'])?.strip_prefix([' ', '\t'])?;
    let address = rest.trim_start().strip_prefix("sourceMappingURL=")?;
    let start = inner.end - address.len();
    let (address, behind) = address.split_at(address.find(char::is_whitespace).unwrap_or(address.len()));
    if address.is_empty() || !behind.trim().is_empty() || address.contains(['"', '\'']) {
        return None;
    }
    let around = if text[comment.clone()].starts_with("//") {
        ("//# sourceMappingURL=", "")
    } else {
        ("/*# sourceMappingURL=", " */")
    };
    Some(Reference {
        span: start..start + address.len(),
        target: Cow::Borrowed(address),
        kind: ReferenceKind::SourceMap,
        syntax: Syntax::Comment,
        host: Host::File,
        base: None,
        canonical: Some(Canonical { span: comment, around }),
    })
}
