//! What must hold for any input whatsoever: the bodies of the fuzz targets and of the property tests. No part of what
//! this crate promises.

use crate::manifest::Manifest;
use crate::scan::{Language, Reference, canonical, rewrite, steps};

/// Style sheets.
pub fn css(bytes: &[u8]) {
    check(Language::Css, bytes);
}

/// Scripts.
pub fn javascript(bytes: &[u8]) {
    check(Language::JavaScript { modules: true, import_scripts: false }, bytes);
    check(Language::JavaScript { modules: true, import_scripts: true }, bytes);
}

/// Pages.
pub fn html(bytes: &[u8]) {
    check(Language::Html { modules: true }, bytes);
}

/// Images.
pub fn svg(bytes: &[u8]) {
    check(Language::Svg, bytes);
}

/// Web app manifests.
pub fn web_manifest(bytes: &[u8]) {
    check(Language::WebManifest, bytes);
}

/// Manifests of collected files: what is read is written so that it is read as the same.
///
/// # Panics
///
/// Where it is not.
pub fn manifest(bytes: &[u8]) {
    if let Ok(manifest) = Manifest::parse(bytes) {
        assert_eq!(Manifest::parse(&manifest.to_bytes()).unwrap(), manifest);
    }
}

fn check(language: Language, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let before = steps();
    let found = language.references(&text);
    let work = steps() - before;
    assert!(work <= text.len() * 4 + 16, "{work} steps for {} bytes", text.len());
    in_order(&text, &found);

    // Nothing changes where nothing is replaced, and nothing else where something is.
    assert_eq!(rewrite(&text, &found, |_| None), text);
    for new in ["./img/x.5e0040571e1a.png", "./é ü'\"`)(\\\n&<>,*/-->]]>.$x"] {
        let written = rewrite(&text, &found, |_| Some(new));
        let again = language.references(&written);
        in_order(&written, &again);
        assert_eq!(again.len(), found.len(), "{written:?}");
        assert!(between(&text, &found).eq(between(&written, &again)), "{written:?}");
    }
    // Written once, it stays: in the place of each reference, what it says.
    let once = itself(language, &text);
    assert_eq!(itself(language, &once), once);
    // What the hash is made over can be made.
    _ = canonical(&text, &found, |found| Some(found.target.clone().into_owned()));
}

/// References are cuts between characters, one behind the other.
fn in_order(text: &str, found: &[Reference<'_>]) {
    let mut end = 0;
    for reference in found {
        let span = &reference.span;
        assert!(end <= span.start && span.start <= span.end, "{found:?}");
        assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{found:?}");
        end = span.end;
    }
}

/// The text before, between and behind references.
fn between<'a>(text: &'a str, found: &'a [Reference<'a>]) -> impl Iterator<Item = &'a str> {
    let starts = std::iter::once(0).chain(found.iter().map(|reference| reference.span.end));
    let ends = found.iter().map(|reference| reference.span.start).chain([text.len()]);
    starts.zip(ends).map(|(start, end)| &text[start..end])
}

/// The text with each reference replaced by what it says.
fn itself(language: Language, text: &str) -> String {
    let found = language.references(text);
    let targets: Vec<String> = found.iter().map(|reference| reference.target.clone().into_owned()).collect();
    let mut each = targets.iter();
    rewrite(text, &found, |_| each.next().map(String::as_str))
}

#[cfg(test)]
mod tests;
