//! References in HTML pages.
//!
//! `html5gum` cuts the page into tags as the HTML standard says and tells where each attribute stands; how the value
//! of an attribute is written, character by character, is read here again, and compared with what it says.

use std::collections::HashMap;
use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;

use html5gum::Tokenizer;
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};

use super::embedded::{Embedded, Host};
use super::markup::{self, Value};
use super::{Reference, css, js, json};

/// Values of `rel` whose `href` is loaded.
const LOADED: [&str; 10] = [
    "stylesheet",
    "icon",
    "apple-touch-icon",
    "apple-touch-icon-precomposed",
    "apple-touch-startup-image",
    "mask-icon",
    "manifest",
    "preload",
    "modulepreload",
    "prefetch",
];

/// What no address has and templates are full of.
const TEMPLATE_MARKS: [&str; 3] = ["{{", "{%", "<%"];

/// The references of a page, in the order in which they stand there.
pub(crate) fn references(html: &str) -> Vec<Reference<'_>> {
    let mut page = Page { html, ..Page::default() };
    let mut emitter =
        CallbackEmitter::<_, Infallible, usize>::new(|event: CallbackEvent<'_>, span: html5gum::Span| {
            page.event(&event, span.start..span.end);
            None
        });
    emitter.naively_switch_states(true);
    for _ in Tokenizer::new_with_emitter(html, emitter) {}
    page.found.retain(|found| !TEMPLATE_MARKS.iter().any(|mark| found.target.contains(mark)));
    page.found
}

/// What the text of an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Css,
    JavaScript,
    ImportMap,
    /// What is read where there are no scripts: `noscript`.
    Html,
}

/// A page while it is read.
#[derive(Debug, Default)]
struct Page<'a> {
    html: &'a str,
    found: Vec<Reference<'a>>,
    /// Of the first `<base href>`, for all that follows.
    base: Option<Arc<str>>,
    element: String,
    attributes: HashMap<String, Embedded>,
    /// The names of attributes, in the order in which they stand.
    names: Vec<String>,
    /// Whether the attribute that is read has a name that none before it has: of two, the first one counts.
    is_first: bool,
    /// The text of an element that began there.
    content: Option<(Content, usize)>,
}

impl<'a> Page<'a> {
    fn event(&mut self, event: &CallbackEvent<'_>, span: Range<usize>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.element = String::from_utf8_lossy(name).into_owned();
                self.attributes.clear();
                self.names.clear();
            }
            CallbackEvent::AttributeName { name } => {
                let name = String::from_utf8_lossy(name).into_owned();
                self.is_first = !self.attributes.contains_key(&name);
                if self.is_first {
                    self.attributes.insert(name.clone(), Embedded::default());
                    self.names.push(name);
                }
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some(name) = self.names.last().filter(|_| self.is_first) {
                    let decoded = decode(self.html, span);
                    let decoded = decoded.filter(|decoded| decoded.text().as_bytes() == *value);
                    self.attributes.insert(name.clone(), decoded.unwrap_or_default());
                }
            }
            CallbackEvent::CloseStartTag { .. } => self.element(span.end),
            CallbackEvent::EndTag { .. } => {
                self.attributes.clear();
                self.names.clear();
                if let Some((content, start)) = self.content.take() {
                    self.content(content, start..span.start);
                }
            }
            _ => {}
        }
    }

    /// The value of an attribute.
    fn value(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(Embedded::text)
    }

    /// A start tag that is complete, and where it ends.
    fn element(&mut self, end: usize) {
        let is = |name: &str, value: &str| {
            self.value(name).is_some_and(|has| has.trim().eq_ignore_ascii_case(value))
        };
        let is_loaded = match self.element.as_str() {
            "link" => self
                .value("rel")
                .unwrap_or_default()
                .split_ascii_whitespace()
                .any(|rel| LOADED.iter().any(|loaded| rel.eq_ignore_ascii_case(loaded))),
            "input" => is("type", "image"),
            _ => true,
        };
        let mut found = Vec::new();
        for name in self.names.iter().filter(|_| is_loaded) {
            if let (Some(value), Some(text)) = (value(&self.element, name), self.attributes.get(name)) {
                found.extend(markup::references(text, value));
            }
        }
        self.add(found);
        self.content = match self.element.as_str() {
            "style" => self.value("type").is_none_or(markup::is_css).then_some(Content::Css),
            "noscript" => Some(Content::Html),
            "script" => script(self.value("type")).filter(|_| self.value("src").is_none()),
            _ => None,
        }
        .map(|content| (content, end));
        if self.element == "base" && self.base.is_none() {
            self.base = self.value("href").map(|href| href.trim().into());
        }
    }

    /// The text of an element that is complete.
    fn content(&mut self, content: Content, span: Range<usize>) {
        let (start, Some(text)) = (span.start, self.html.get(span)) else { return };
        let mut found = match content {
            Content::Css => css::references(text),
            Content::JavaScript => js::references(text, false),
            Content::ImportMap => json::import_map(text),
            // Once: what ended the text is not in it.
            Content::Html => references(text),
        };
        for found in &mut found {
            found.span = found.span.start + start..found.span.end + start;
            if content != Content::Html {
                found.host = Host::Raw;
            }
            found.canonical = None;
        }
        self.add(found);
    }

    fn add(&mut self, found: Vec<Reference<'a>>) {
        let base = &self.base;
        self.found.extend(found.into_iter().map(|found| Reference { base: base.clone(), ..found }));
    }
}

/// What the text of a `script` of that type is, if anybody knows (HTML, section 4.12.1).
fn script(of_type: Option<&str>) -> Option<Content> {
    let of_type = of_type.unwrap_or_default().trim().to_ascii_lowercase();
    match of_type.as_str() {
        "" | "module" => Some(Content::JavaScript),
        "importmap" => Some(Content::ImportMap),
        // The types of JavaScript, those of the past among them (MIME Sniffing, section 4.6).
        _ if of_type.ends_with("/javascript") || of_type.ends_with("/ecmascript") => {
            Some(Content::JavaScript)
        }
        _ => None,
    }
}

/// What an attribute is, if it is loaded.
fn value(element: &str, attribute: &str) -> Option<Value> {
    match (element, attribute) {
        (_, "style") => Some(Value::Css),
        ("img" | "source", "srcset") | ("link", "imagesrcset") => Some(Value::SrcSet),
        (
            "img" | "source" | "script" | "video" | "audio" | "track" | "embed" | "iframe" | "frame"
            | "input",
            "src",
        )
        | ("video", "poster")
        | ("object", "data")
        | ("link", "href")
        | ("body" | "table" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th", "background") => {
            Some(Value::Url)
        }
        _ => markup::svg(element, attribute),
    }
}

/// The value of an attribute as it is written, with its character references read (HTML, section 13.2.5.72).
fn decode(html: &str, span: Range<usize>) -> Option<Embedded> {
    let (start, raw) = (span.start, html.get(span)?);
    let is_quoted = html[..start].ends_with(['"', '\'']);
    let host = Host::Attribute { is_quoted };
    let mut decoded = Embedded::default();
    let mut at = 0;
    let mut rest = raw;
    while let Some(found) = rest.find(['&', '\r', '\0']) {
        decoded.push(&rest[..found], start + at, host);
        at += found;
        rest = &raw[at..];
        let (text, length) = match rest.as_bytes()[0] {
            b'&' => character_reference(rest),
            // Newlines are normalised (HTML, section 13.2.3.5).
            b'\r' if rest.starts_with("\r\n") => (Some("\n".to_owned()), 2),
            b'\r' => (Some("\n".to_owned()), 1),
            _ => (Some(char::REPLACEMENT_CHARACTER.to_string()), 1),
        };
        match text {
            Some(text) => decoded.push_decoded(&text, start + at..start + at + length, host),
            None => decoded.push(&rest[..length], start + at, host),
        }
        at += length;
        rest = &raw[at..];
    }
    decoded.push(rest, start + at, host);
    Some(decoded)
}

/// What a text that begins with an ampersand says there, if anything, and how long that is.
fn character_reference(text: &str) -> (Option<String>, usize) {
    let body = &text[1..];
    let length = match body.strip_prefix('#') {
        Some(number) => {
            let is_hexadecimal = number.starts_with(['x', 'X']);
            let digits = number.bytes().skip(usize::from(is_hexadecimal));
            let digits = digits
                .take_while(|byte| byte.is_ascii_digit() || (is_hexadecimal && byte.is_ascii_hexdigit()));
            1 + usize::from(is_hexadecimal) + digits.count()
        }
        None => body.bytes().take_while(u8::is_ascii_alphanumeric).count(),
    };
    let is_closed = body[length..].starts_with(';');
    let length = 1 + length + usize::from(is_closed);
    // Without its semicolon it may be the name of a parameter: `?a=b&copy=c`.
    if !is_closed && text[length..].starts_with('=') {
        return (None, length);
    }
    let written = &text[..length];
    if matches!(written, "&" | "&;") {
        return (None, length);
    }
    let mut says = None;
    let emitter =
        CallbackEmitter::<_, Infallible, ()>::new(|event: CallbackEvent<'_>, _: html5gum::Span<()>| {
            if let CallbackEvent::AttributeValue { value } = event {
                says = Some(String::from_utf8_lossy(value).into_owned());
            }
            None
        });
    for _ in Tokenizer::new_with_emitter(&format!("<a a=\"{written}\">"), emitter) {}
    (says.filter(|says| says != written), length)
}

#[cfg(test)]
mod tests;
