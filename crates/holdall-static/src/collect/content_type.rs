//! The content types of static files, as browsers need them.

use std::borrow::Cow;

use holdall_core::{Attributes, Name, guess_content_type};

use crate::compress::Encoding;

/// What the common table of extensions has no type for, an old one, or a wrong one. A browser runs no module and
/// compiles no WebAssembly of another type than theirs.
const TYPES: [(&str, &str); 12] = [
    // RFC 9239, section 6: application/javascript is obsolete, also for modules.
    ("mjs", "text/javascript"),
    ("cjs", "text/javascript"),
    // Of TypeScript, where a browser is to run it as it is; video if it is no text.
    ("mts", "text/javascript"),
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

/// What web servers send encoded although nobody asked: the parts of a page, and of a program that a page runs (builds of
/// Unity have `.data`). An archive, a table or a dump is loaded down as it is.
const LOADED: [&str; 12] =
    ["cjs", "css", "data", "htm", "html", "js", "json", "map", "mjs", "svg", "wasm", "webmanifest"];

/// The content type of a static file, with a charset where it is text.
pub(crate) fn content_type(name: &Name) -> String {
    content_type_of(name, true)
}

/// The attributes of a file that is served with that cache control.
pub(crate) fn attributes(name: &Name, cache_control: &str) -> Attributes {
    let mut attributes = Attributes::default();
    attributes.content_type = Some(content_type(name));
    attributes.content_encoding = encoding(name).map(|encoding| encoding.token().to_owned());
    attributes.cache_control = Some(cache_control.to_owned());
    attributes
}

/// The content type of a file that is known to be UTF-8, or known not to be: then nobody knows what it is, and a charset
/// would be a lie.
pub(crate) fn content_type_of(name: &Name, is_utf8: bool) -> String {
    let plain = without_charset(name);
    if !is_utf8 && name.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mts")) {
        return "video/mp2t".to_owned();
    }
    if is_utf8 && takes_charset(plain) { format!("{plain}; charset=utf-8") } else { plain.to_owned() }
}

/// How a file is encoded that the sources bring encoded, going by its name: `.svgz`, and `.gz`, `.br` or `.zst` behind the
/// name of what a page loads. A browser shows none of them without `Content-Encoding`.
pub(crate) fn encoding(name: &Name) -> Option<Encoding> {
    encoded(name.file_name()).map(|(_, encoding)| encoding)
}

/// The file name behind the encoding, and which that is.
fn encoded(file_name: &str) -> Option<(Cow<'_, str>, Encoding)> {
    let (stem, extension) = file_name.rsplit_once('.')?;
    if extension.eq_ignore_ascii_case("svgz") {
        return Some((Cow::Owned(format!("{stem}.svg")), Encoding::Gzip));
    }
    let encoding = Encoding::ALL.into_iter().find(|encoding| {
        encoding.suffix().strip_prefix('.').is_some_and(|suffix| extension.eq_ignore_ascii_case(suffix))
    })?;
    let inner = stem.rsplit_once('.')?.1.to_ascii_lowercase();
    LOADED.contains(&inner.as_str()).then_some((Cow::Borrowed(stem), encoding))
}

/// Whether files of that name are text whose content type says the charset.
pub(crate) fn has_charset(name: &Name) -> bool {
    takes_charset(without_charset(name))
}

fn without_charset(name: &Name) -> &'static str {
    let file_name = name.file_name().to_ascii_lowercase();
    let inner = encoded(&file_name).map(|(inner, _)| Name::new(&inner));
    if let Some(Ok(inner)) = inner {
        return without_charset(&inner);
    }
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

    use super::{content_type, content_type_of, encoding};
    use crate::compress::Encoding;

    #[test]
    fn types_are_those_that_browsers_need() {
        for (name, expected) in [
            ("a.css", "text/css; charset=utf-8"),
            ("a.js", "text/javascript; charset=utf-8"),
            ("A.MJS", "text/javascript; charset=utf-8"),
            ("a.cjs", "text/javascript; charset=utf-8"),
            ("a.mts", "text/javascript; charset=utf-8"),
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
    fn what_the_sources_bring_encoded_is_sent_as_what_it_is() {
        for (name, of_type, encoded) in [
            ("a.svgz", "image/svg+xml", Some(Encoding::Gzip)),
            ("A.SVGZ", "image/svg+xml", Some(Encoding::Gzip)),
            ("a.js.gz", "text/javascript", Some(Encoding::Gzip)),
            ("a.min.css.br", "text/css", Some(Encoding::Brotli)),
            ("a.wasm.gz", "application/wasm", Some(Encoding::Gzip)),
            ("build.data.br", "application/octet-stream", Some(Encoding::Brotli)),
            ("a.json.zst", "application/json", Some(Encoding::Zstd)),
            ("a.tar.gz", "application/gzip", None),
            ("a.gz", "application/gzip", None),
            ("a.csv.gz", "application/gzip", None),
            ("svgz", "application/octet-stream", None),
            ("js.gz", "application/gzip", None),
        ] {
            let name = Name::new(name).unwrap();
            assert_eq!(content_type_of(&name, false), of_type, "{name}");
            assert_eq!(encoding(&name), encoded, "{name}");
        }
    }

    #[test]
    fn what_is_not_utf8_has_no_charset() {
        assert_eq!(content_type_of(&Name::new("a.css").unwrap(), false), "text/css");
        assert_eq!(content_type_of(&Name::new("camera.mts").unwrap(), false), "video/mp2t");
    }
}
