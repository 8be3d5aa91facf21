//! References in SVG images.
//!
//! `quick-xml` cuts the document into tags and text that are parts of the input, so that it is known where each
//! stands. A document that is not well-formed is read up to the place where a browser stops, too.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::attributes::Attributes;
use quick_xml::events::{BytesStart, Event};

use super::embedded::{Embedded, Host};
use super::markup::{self, Value};
use super::{Reference, css};

/// The references of an SVG image, in the order in which they stand there.
pub(crate) fn references(svg: &str) -> Vec<Reference<'_>> {
    // Most images are icons that refer to nothing.
    if !svg.contains("href") && !svg.contains("style") && !svg.contains('(') {
        return Vec::new();
    }
    let mut reader = Reader::from_str(svg);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut found = Vec::new();
    // The text of a `style`, while it is open.
    let mut style: Option<Embedded> = None;
    while let Ok(event) = reader.read_event() {
        match &event {
            Event::Eof => break,
            Event::Start(tag) => {
                tag_references(svg, tag, &mut found);
                let is_css = || match tag.try_get_attribute("type") {
                    Ok(Some(of_type)) => str_of(&of_type.value).is_some_and(markup::is_css),
                    _ => true,
                };
                style = (is_style(tag.local_name().as_ref()) && is_css()).then(Embedded::default);
            }
            Event::Empty(tag) => tag_references(svg, tag, &mut found),
            Event::End(tag) if is_style(tag.local_name().as_ref()) => {
                found.extend(style.take().iter().flat_map(|style| style.references(css::references)));
            }
            Event::PI(instruction) if instruction.target() == b"xml-stylesheet" => {
                let is = |name: &str| (name == "href").then_some(Value::Url);
                attributes(svg, instruction.attributes(), is, &mut found);
            }
            Event::Text(text) => {
                if let (Some(style), Some((text, start))) = (&mut style, place(svg, text)) {
                    style.push(text, start, Host::Text);
                }
            }
            Event::CData(text) => {
                if let (Some(style), Some((text, start))) = (&mut style, place(svg, text)) {
                    style.push(text, start, Host::Raw);
                }
            }
            Event::GeneralRef(name) => {
                if let (Some(style), Some((name, start))) = (&mut style, place(svg, name))
                    && let Ok(text) = unescape(&format!("&{name};"))
                {
                    style.push_decoded(&text, start - 1..start + name.len() + 1, Host::Text);
                }
            }
            _ => {}
        }
    }
    found
}

fn is_style(name: &[u8]) -> bool {
    name == b"style"
}

fn str_of(bytes: &[u8]) -> Option<&str> {
    str::from_utf8(bytes).ok()
}

/// A part of the document, and where it stands.
fn place<'a>(svg: &'a str, part: &[u8]) -> Option<(&'a str, usize)> {
    let start = part.as_ptr().addr().checked_sub(svg.as_ptr().addr())?;
    Some((svg.get(start..start + part.len())?, start))
}

fn tag_references(svg: &str, tag: &BytesStart<'_>, found: &mut Vec<Reference<'_>>) {
    if tag.attributes_raw().is_empty() {
        return;
    }
    let Some(element) = str_of(tag.local_name().into_inner()).map(str::to_ascii_lowercase) else { return };
    attributes(svg, tag.attributes(), |name| markup::svg(&element, name), found);
}

fn attributes(
    svg: &str,
    mut attributes: Attributes<'_>,
    is: impl Fn(&str) -> Option<Value>,
    found: &mut Vec<Reference<'_>>,
) {
    // The check for two of one name is quadratic.
    for attribute in attributes.with_checks(false).flatten() {
        let Some(value) = str_of(attribute.key.as_ref()).and_then(&is) else { continue };
        let Some((raw, start)) = place(svg, &attribute.value) else { continue };
        if value == Value::Css && !raw.contains('(') {
            continue;
        }
        if let Some(decoded) = decode(raw, start) {
            found.extend(markup::references(&decoded, value));
        }
    }
}

/// The value of an attribute with its references to characters and entities read; `None` where one is not known:
/// only the document type says what it means.
fn decode(raw: &str, start: usize) -> Option<Embedded> {
    let host = Host::Attribute { is_quoted: true };
    let mut decoded = Embedded::default();
    let mut at = 0;
    while let Some(found) = raw[at..].find('&') {
        let begin = at + found;
        decoded.push(&raw[at..begin], start + at, host);
        let end = begin + raw[begin..].find(';')? + 1;
        decoded.push_decoded(&unescape(&raw[begin..end]).ok()?, start + begin..start + end, host);
        at = end;
    }
    decoded.push(&raw[at..], start + at, host);
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::references;
    use crate::scan::rewrite;

    fn found(svg: &str) -> Vec<(String, &str)> {
        references(svg).into_iter().map(|found| (found.target.into_owned(), &svg[found.span])).collect()
    }

    #[test]
    fn what_an_image_loads() {
        for svg in [
            "<svg><image href=\"x\"/></svg>",
            "<svg><image xlink:href='x'></image></svg>",
            "<svg:svg><svg:use xlink:href = 'x'/></svg:svg>",
            "<svg><feImage href='x'/></svg>",
            "<svg><linearGradient href='x'/></svg>",
            "<svg><a href='y'><path fill='url(x)'/></a></svg>",
            "<svg><path fill='none' style='fill: url(&quot;x&#34;)'/></svg>",
            "<svg><style>a{b:url(x)}</style></svg>",
            "<svg><style type='text/css'><![CDATA[ a > b {c:url('x')}]]></style></svg>",
            "<svg><style>@import url('x') &gt;;</style></svg>",
            "<?xml version='1.0'?><?xml-stylesheet type='text/css' href='x'?><!DOCTYPE svg PUBLIC 'a' 'b' [<!ENTITY y 'z'>]><svg/>",
            "\u{feff}<svg><!-- <image href='y'/> --><image href='x'/></svg>",
            "<svg><image href='x'/>",
            "<svg><image href='x'/></p></svg>",
        ] {
            assert_eq!(found(svg), [("x".to_owned(), "x")], "{svg}");
        }
    }

    #[test]
    fn what_only_looks_like_a_reference() {
        for svg in [
            "<svg><a href='x'/></svg>",
            "<svg><image href='&y;'/></svg>",
            "<svg><image href='x' <",
            "<svg><text>url(x)</text><style>/* url(x) */</style></svg>",
            "<svg><style>a{b:url('a<!-- -->x')}</style></svg>",
            "<svg><image data-href='x' src='x'/></svg>",
            "<svg><style>a{b:url(x)}",
            "<svg><style type='text/tailwindcss'>a{b:url(x)}</style></svg>",
            "",
        ] {
            assert_eq!(found(svg), [], "{svg}");
        }
    }

    #[test]
    fn a_reference_is_written_as_its_place_asks() {
        let svg = "<svg><use href='a&amp;b'/><style>a{b:url(c)}<![CDATA[d{e:url(f)}]]></style></svg>";
        let new = rewrite(svg, &references(svg), |_| Some("x&y<z>'"));
        assert_eq!(
            new,
            "<svg><use href='x&amp;y&lt;z&gt;&#39;'/><style>a{b:url(x&amp;y&lt;z&gt;\\27 )}<![CDATA[d{e:url(x&y%3Cz%3E\\27 )}]]></style></svg>"
        );
        let targets: Vec<String> = found(&new).into_iter().map(|(target, _)| target).collect();
        assert_eq!(targets, ["x&y<z>'", "x&y<z>'", "x&y%3Cz%3E'"]);
    }
}
