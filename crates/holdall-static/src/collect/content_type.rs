//! The content types of static files, as browsers need them.

use holdall_core::{Attributes, Name, guess_content_type};

/// What the common table of extensions has no type for, an old one, or a wrong one. A browser runs no module and
/// compiles no WebAssembly of another type than theirs.
const TYPES: [(&str, &str); 11] = [
    // RFC 9239, section 6: application/javascript is obsolete, also for modules.
    ("mjs", "text/javascript"),
    ("cjs", "text/javascript"),
    // ECMA-426, section 10.
    ("map", "application/json"),
    // HTML, section 8.1.3.8; for a map in a file of its own.
    ("importmap", "application/importmap+json"),
    // RFC 8081.
    ("woff", "font/woff"),
    ("otf", "font/otf"),
    ("ttc", "font/collection"),
    // RFC 3555; in a static directory it is rarely that, but nothing better is registered.
    ("ts", "video/mp2t"),
    // Translations of Project Fluent, and pdf.js' tables of characters.
    ("ftl", "text/plain"),
    ("bcmap", "application/octet-stream"),
    ("properties", "text/plain"),
];

/// The content type of a static file, with a charset where it is text.
pub(crate) fn content_type(name: &Name) -> String {
    content_type_of(name, true)
}

/// The attributes of a file that is served with that cache control.
pub(crate) fn attributes(name: &Name, cache_control: &str) -> Attributes {
    let mut attributes = Attributes::default();
    attributes.content_type = Some(content_type(name));
    attributes.cache_control = Some(cache_control.to_owned());
    attributes
}

/// The content type of a file that is known to be UTF-8, or known not to be: then nobody knows what it is, and a charset
/// would be a lie.
pub(crate) fn content_type_of(name: &Name, is_utf8: bool) -> String {
    let plain = without_charset(name);
    if is_utf8 && takes_charset(plain) { format!("{plain}; charset=utf-8") } else { plain.to_owned() }
}

/// Whether files of that name are text whose content type says the charset.
pub(crate) fn has_charset(name: &Name) -> bool {
    takes_charset(without_charset(name))
}

fn without_charset(name: &Name) -> &'static str {
    let file_name = name.file_name().to_ascii_lowercase();
    // Declarations of TypeScript, which packages ship, and no video.
    if file_name.ends_with(".d.ts") {
        return "text/plain";
    }
    let extension = file_name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let ours = TYPES.iter().find(|(known, _)| *known == extension);
    ours.map_or_else(|| guess_content_type(name), |(_, content_type)| content_type)
}

/// Text, and what is written in XML. JSON is always UTF-8 and has no such parameter (RFC 8259, section 11).
fn takes_charset(content_type: &str) -> bool {
    !content_type.contains("charset")
        && (content_type.starts_with("text/")
            || content_type.ends_with("+xml")
            || matches!(content_type, "application/javascript" | "application/xml"))
}

#[cfg(test)]
mod tests {
    use holdall_core::Name;

    use super::{content_type, content_type_of};

    #[test]
    fn types_are_those_that_browsers_need() {
        for (name, expected) in [
            ("a.css", "text/css; charset=utf-8"),
            ("a.js", "text/javascript; charset=utf-8"),
            ("A.MJS", "text/javascript; charset=utf-8"),
            ("a.cjs", "text/javascript; charset=utf-8"),
            ("a.js.map", "application/json"),
            ("a.json", "application/json"),
            ("a.importmap", "application/importmap+json"),
            ("site.webmanifest", "application/manifest+json"),
            ("a.wasm", "application/wasm"),
            ("a.html", "text/html; charset=utf-8"),
            ("a.txt", "text/plain; charset=utf-8"),
            ("README.md", "text/markdown; charset=utf-8"),
            ("a.xml", "text/xml; charset=utf-8"),
            ("a.svg", "image/svg+xml; charset=utf-8"),
            ("a.vtt", "text/vtt; charset=utf-8"),
            ("a.woff", "font/woff"),
            ("a.woff2", "font/woff2"),
            ("a.ttf", "font/ttf"),
            ("a.otf", "font/otf"),
            ("a.eot", "application/vnd.ms-fontobject"),
            ("a.png", "image/png"),
            ("a.jpg", "image/jpeg"),
            ("a.webp", "image/webp"),
            ("a.avif", "image/avif"),
            ("a.ico", "image/x-icon"),
            ("a.mp4", "video/mp4"),
            ("a.ts", "video/mp2t"),
            ("index.d.ts", "text/plain; charset=utf-8"),
            ("Adobe-Japan1-UCS2.bcmap", "application/octet-stream"),
            ("viewer.ftl", "text/plain; charset=utf-8"),
            ("LICENSE", "application/octet-stream"),
            ("a.unknown", "application/octet-stream"),
        ] {
            assert_eq!(content_type(&Name::new(name).unwrap()), expected, "{name}");
        }
    }

    #[test]
    fn what_is_not_utf8_has_no_charset() {
        assert_eq!(content_type_of(&Name::new("a.css").unwrap(), false), "text/css");
    }
}
