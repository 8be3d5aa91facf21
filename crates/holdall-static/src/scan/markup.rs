//! What HTML and SVG share: which attributes hold an address, and the grammars of their values.

use std::borrow::Cow;
use std::ops::Range;

use super::embedded::Embedded;
use super::{Host, Reference, ReferenceKind, Syntax, css};

/// What the value of an attribute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// One address.
    Url,
    /// Several, as `srcset` has them.
    SrcSet,
    /// CSS.
    Css,
}

/// What an attribute of an element of SVG is, by its local name and without its prefix; the prefix of `href` is none
/// or `xlink`. Names are in lower case.
pub(super) fn svg(element: &str, attribute: &str) -> Option<Value> {
    match attribute {
        "href" | "xlink:href" => matches!(
            element,
            "image"
                | "use"
                | "feimage"
                | "script"
                | "textpath"
                | "mpath"
                | "pattern"
                | "lineargradient"
                | "radialgradient"
                | "filter"
                | "cursor"
                | "tref"
                | "font-face-uri"
        )
        .then_some(Value::Url),
        "style" | "fill" | "stroke" | "filter" | "mask" | "clip-path" | "cursor" | "marker"
        | "marker-start" | "marker-mid" | "marker-end" => Some(Value::Css),
        _ => None,
    }
}

/// Whether the text of a `style` of that type is CSS (HTML, section 4.2.6).
pub(super) fn is_css(of_type: &str) -> bool {
    of_type.is_empty() || of_type.eq_ignore_ascii_case("text/css")
}

/// The references in the value of an attribute.
pub(super) fn references(value: &Embedded, is: Value) -> Vec<Reference<'static>> {
    match is {
        Value::Css => value.references(css::references),
        Value::Url => value.references(|text| {
            // White space around an address is no part of it (URL Standard, section 4.4).
            let start = text.len() - text.trim_start_matches(is_blank).len();
            let end = start + text[start..].trim_end_matches(is_blank).len();
            Vec::from_iter((start < end).then(|| address(text, start..end, Syntax::Plain)))
        }),
        Value::SrcSet => value.references(|text| {
            srcset(text).into_iter().map(|span| address(text, span, Syntax::SrcSet)).collect()
        }),
    }
}

/// An address.
pub(super) fn address(text: &str, span: Range<usize>, syntax: Syntax) -> Reference<'_> {
    Reference {
        target: Cow::Borrowed(&text[span.clone()]),
        span,
        kind: ReferenceKind::Url,
        syntax,
        host: Host::File,
        base: None,
        canonical: None,
    }
}

fn is_blank(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

/// The addresses of a `srcset` (HTML, section 4.8.4.4.10: the first steps of parsing one).
fn srcset(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        at = text.len() - text[at..].trim_start_matches(|char| is_blank(char) || char == ',').len();
        if at == text.len() {
            return found;
        }
        let end = text[at..].find(is_blank).map_or(text.len(), |blank| at + blank);
        let address = text[at..end].trim_end_matches(',');
        if !address.is_empty() {
            found.push(at..at + address.len());
        }
        if address.len() < end - at {
            // The comma ends the candidate: it has no descriptors.
            at = end;
            continue;
        }
        // Descriptors, up to a comma that is in no parentheses.
        let mut depth = 0_usize;
        let descriptors = text[end..].find(|char| {
            match char {
                '(' => depth = 1,
                ')' => depth = 0,
                ',' => return depth == 0,
                _ => {}
            }
            false
        });
        at = descriptors.map_or(text.len(), |comma| end + comma + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::srcset;

    #[test]
    fn the_addresses_of_a_srcset() {
        for (text, addresses) in [
            ("a.png", vec!["a.png"]),
            (" a.png 1x, b.png 2x ", vec!["a.png", "b.png"]),
            ("a.png,b.png", vec!["a.png,b.png"]),
            ("a.png, b.png", vec!["a.png", "b.png"]),
            ("a,b.png 100w,\n\tc.png 200w", vec!["a,b.png", "c.png"]),
            ("a.png (x,y) 1x, b.png", vec!["a.png", "b.png"]),
            ("data:,x 1x, b.png", vec!["data:,x", "b.png"]),
            (" , ,", vec![]),
            ("a.png,", vec!["a.png"]),
            ("", vec![]),
        ] {
            assert_eq!(
                srcset(text).into_iter().map(|span| &text[span]).collect::<Vec<_>>(),
                addresses,
                "{text:?}"
            );
        }
    }
}
