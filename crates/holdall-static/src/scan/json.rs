//! Addresses in JSON: web app manifests, and the import maps of pages.
//!
//! Read by `serde_json`, which can give a value as the text that it is read from, so that it is known where a string
//! stands. Text that is no JSON has no references; a browser would take nothing from it either.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::markup::address;
use super::{Reference, Syntax};

/// An object, its values as text. Of two members of one name the last one counts, as for `JSON.parse`.
type Object<'a> = BTreeMap<String, &'a RawValue>;

fn object(json: &str) -> Option<Object<'_>> {
    serde_json::from_str(json).ok()
}

/// The objects in an array.
fn objects(json: &str) -> impl Iterator<Item = Object<'_>> {
    let items: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
    items.into_iter().filter_map(|item| object(item.get()))
}

/// Icons and screenshots of a web app manifest (W3C Web Application Manifest, sections 1.4 and following; Manifest
/// App Info for screenshots).
pub(super) fn web_manifest(text: &str) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    // The decoder of a manifest takes a byte order mark away.
    let Some(app) = object(text.trim_start_matches('\u{feff}')) else { return found };
    images(text, &app, &mut found);
    for part in ["shortcuts", "file_handlers", "widgets"] {
        for part in app.get(part).into_iter().flat_map(|part| objects(part.get())) {
            images(text, &part, &mut found);
        }
    }
    found.sort_by_key(|reference| reference.span.start);
    found
}

fn images<'a>(text: &'a str, of: &Object<'a>, found: &mut Vec<Reference<'a>>) {
    for member in ["icons", "screenshots"] {
        for image in of.get(member).into_iter().flat_map(|images| objects(images.get())) {
            found.extend(image.get("src").and_then(|src| string(text, src)));
        }
    }
}

/// The addresses of an import map (HTML, section 8.1.6.2), on the right side of its `imports` and `scopes`.
pub(super) fn import_map(text: &str) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let Some(map) = object(text) else { return found };
    let scopes = map.get("scopes").and_then(|scopes| object(scopes.get())).unwrap_or_default();
    for specifiers in map.get("imports").into_iter().chain(scopes.values()) {
        for module in object(specifiers.get()).unwrap_or_default().values() {
            found.extend(string(text, module).filter(|found| found.target.starts_with(['.', '/'])));
        }
    }
    found.sort_by_key(|reference| reference.span.start);
    found
}

/// A string as a reference.
fn string<'a>(text: &'a str, value: &'a RawValue) -> Option<Reference<'a>> {
    let says: String = serde_json::from_str(value.get()).ok()?;
    // A borrowed value is a part of the text.
    let start = value.get().as_ptr().addr().checked_sub(text.as_ptr().addr())? + 1;
    let span = start..start + value.get().len() - 2;
    let mut reference = address(text, span, Syntax::JsonString);
    reference.target = says.into();
    Some(reference)
}

#[cfg(test)]
mod tests {
    use super::{Reference, import_map, web_manifest};

    fn found(scan: fn(&str) -> Vec<Reference<'_>>, text: &str) -> Vec<(String, &str)> {
        scan(text).into_iter().map(|found| (found.target.into_owned(), &text[found.span])).collect()
    }

    fn says<'a>(targets: &[&'a str]) -> Vec<(String, &'a str)> {
        targets.iter().map(|&target| (target.to_owned(), target)).collect()
    }

    #[test]
    fn images_of_a_web_app_manifest() {
        let text = "\u{feff}{\"start_url\": \"/\", \"icons\": [{\"src\": \"a.png\", \"sizes\": \"any\"}, 1, {\"src\": 2}],\n\
                    \"shortcuts\": [{\"url\": \"/x\", \"icons\": [{\"src\":\"b.png\"}]}], \"screenshots\": [{\"src\": \"c.png\"}],\
                    \"other\": {\"icons\": [{\"src\": \"no.png\"}]}}";
        assert_eq!(found(web_manifest, text), says(&["a.png", "b.png", "c.png"]));
        let escaped = r#"{"icons": [{"src": "\u0061\/b \"c\".png"}]}"#;
        assert_eq!(found(web_manifest, escaped), [("a/b \"c\".png".to_owned(), r#"\u0061\/b \"c\".png"#)]);
        // The last one counts, in an object of two.
        assert_eq!(found(web_manifest, r#"{"icons":[{"src":"a"}],"icons":[{"src":"b"}]}"#), says(&["b"]));
        for broken in ["", "[]", "{", "{\"icons\": {}}", "{\"icons\": [{\"src\": \"\\ud800\"}]}", "nul"] {
            assert_eq!(found(web_manifest, broken), [], "{broken}");
        }
        let deep = format!("{{\"icons\": {}", "[".repeat(100_000));
        assert_eq!(found(web_manifest, &deep), []);
    }

    #[test]
    fn addresses_of_an_import_map() {
        let text = r#"{"imports": {"./no.js": "./a.js", "b": "/b.js", "c": "c.js", "d/": "./d/", "e": null},
            "scopes": {"./no/": {"f": "../f.js"}}, "integrity": {"./no.js": "sha384-x"}}"#;
        assert_eq!(found(import_map, text), says(&["./a.js", "/b.js", "./d/", "../f.js"]));
    }
}
