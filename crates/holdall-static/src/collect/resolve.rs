//! From what a reference says to the file that it means.
//!
//! A URL reference (RFC 3986, section 4.1) is resolved against the URL of the file that it stands in. What leads
//! to another host, to the page itself or to a package by its bare name is nobody's file here.

use holdall_core::Name;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::scan::{Reference, ReferenceKind};

/// What stays as it is in a segment of a URL's path (RFC 3986, `pchar`), but for quotes and parentheses, which
/// mean something in the languages that a reference is written in, and the colon, which in a first segment would
/// end a scheme.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

/// A reference that means a file of ours, if it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// The name that it means, relative to the root; perhaps no file has it.
    pub(crate) path: String,
    /// The directories before the file name, as they are written.
    directories: String,
    /// Query and fragment, as they are written.
    suffix: String,
}

/// A name as the path of a URL.
pub(crate) fn url_path(name: &Name) -> String {
    let segments: Vec<String> =
        name.segments().map(|segment| utf8_percent_encode(segment, SEGMENT).to_string()).collect();
    segments.join("/")
}

impl Link {
    /// Whether this is a module's name and no address: `three` in `import "three"` (HTML, section 8.1.6.2).
    pub(crate) fn is_bare(target: &str, kind: ReferenceKind) -> bool {
        use ReferenceKind::{DynamicImport, ModuleResolve, StaticImport};
        matches!(kind, StaticImport | DynamicImport | ModuleResolve)
            && !target.is_empty()
            && !target.starts_with(['.', '/'])
            && !has_scheme(target)
    }

    /// What a reference in the file `from` means; `None` where that is none of our business. As
    /// [`resolve`](Self::resolve), with the address that the reference is relative to, if the file gives one.
    pub(crate) fn of(reference: &Reference<'_>, from: &Name, base: &str) -> Option<Self> {
        let (target, kind) = (reference.target.as_ref(), reference.kind);
        let own = Self::resolve(target, kind, from, base);
        let Some(href) = reference.base.as_deref().filter(|href| !href.is_empty()) else { return own };
        if has_scheme(href) || href.starts_with("//") {
            return None;
        }
        if target.starts_with(['/', '#', '?'])
            || target.is_empty()
            || has_scheme(target)
            || Self::is_bare(target, kind)
        {
            return own;
        }
        let path = &href[..href.find(['?', '#']).unwrap_or(href.len())];
        let directory = &path[..path.rfind('/').map_or(0, |slash| slash + 1)];
        // An address by now, whatever it was for.
        let joined = Self::resolve(&format!("{directory}{target}"), ReferenceKind::Url, from, base)?;
        // What is written stays relative to the same address.
        let directories = joined.directories[directory.len()..].to_owned();
        Some(Self { directories, ..joined })
    }

    /// What a target in the file `from` means.
    ///
    /// `base` is the path below which the files are served, such as `/static/`: an absolute reference counts
    /// when it begins so.
    pub(crate) fn resolve(target: &str, kind: ReferenceKind, from: &Name, base: &str) -> Option<Self> {
        if target.is_empty()
            || target.starts_with(['#', '?'])
            || target.starts_with("//")
            || has_scheme(target)
            || Self::is_bare(target, kind)
        {
            return None;
        }
        let (path, suffix) = target.split_at(target.find(['?', '#']).unwrap_or(target.len()));
        let (directories, file) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
        if file.is_empty() || matches!(file, "." | "..") {
            return None;
        }
        let absolute = match path.strip_prefix('/') {
            Some(_) => path.strip_prefix(base)?.to_owned(),
            None => format!("{}{path}", from.parent().prefix()),
        };
        let decoded = percent_decode_str(&absolute).decode_utf8_lossy().into_owned();
        Some(Self {
            path: collapse(&decoded),
            directories: directories.to_owned(),
            suffix: suffix.to_owned(),
        })
    }

    /// The reference with another file name.
    pub(crate) fn to(&self, hashed: &Name) -> String {
        format!("{}{}{}", self.directories, utf8_percent_encode(hashed.file_name(), SEGMENT), self.suffix)
    }

    /// The same as Django writes it: with percent-encoding read.
    pub(crate) fn to_canonical(&self, hashed: &Name) -> String {
        let written = format!("{}{}{}", self.directories, hashed.file_name(), self.suffix);
        percent_decode_str(&written).decode_utf8_lossy().into_owned()
    }
}

/// `scheme:` at the beginning (RFC 3986, section 3.1).
fn has_scheme(target: &str) -> bool {
    target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|char: char| char.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}

/// Removes `.` and `..` segments. What would leave the root keeps its `..`, and so is no file's name.
fn collapse(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.last().is_some_and(|last| *last != "..") => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use holdall_core::Name;

    use super::Link;
    use crate::scan::ReferenceKind::{DynamicImport, ModuleUrl, StaticImport, Url};

    #[test]
    fn what_a_reference_means() {
        let from = Name::new("css/deep/app.css").unwrap();
        let means = |target, kind| Link::resolve(target, kind, &from, "/static/").map(|link| link.path);
        for (target, path) in [
            ("a.png", Some("css/deep/a.png")),
            ("./a.png", Some("css/deep/a.png")),
            ("../a.png", Some("css/a.png")),
            (".././/../img/a.png?v=1#x", Some("img/a.png")),
            ("/static/a.png", Some("a.png")),
            ("p%20q.png", Some("css/deep/p q.png")),
            ("gr%C3%BC%C3%9F.png", Some("css/deep/grüß.png")),
            ("../../../a.png", Some("../a.png")),
            ("/other/a.png", None),
            ("/static", None),
            ("//cdn.example.com/a.png", None),
            ("https://example.com/a.png", None),
            ("data:image/png;base64,AA", None),
            ("about:blank", None),
            ("#x", None),
            ("?x", None),
            ("", None),
            ("img/", None),
            ("..", None),
        ] {
            assert_eq!(means(target, Url).as_deref(), path, "{target}");
        }
        assert_eq!(means("three", StaticImport), None);
        assert_eq!(means("three/a.js", DynamicImport), None);
        assert_eq!(means("./a.js", StaticImport).as_deref(), Some("css/deep/a.js"));
        // An address, no module specifier.
        assert_eq!(means("a.wasm", ModuleUrl).as_deref(), Some("css/deep/a.wasm"));
    }

    #[test]
    fn the_author_s_way_of_writing_stays() {
        let from = Name::new("css/app.css").unwrap();
        let hashed = Name::new("img/p (1).acae32e4532b.png").unwrap();
        let link = Link::resolve(".././img/p%20%281%29.png?#iefix", Url, &from, "/").unwrap();
        assert_eq!(link.path, "img/p (1).png");
        assert_eq!(link.to(&hashed), ".././img/p%20%281%29.acae32e4532b.png?#iefix");
        assert_eq!(link.to_canonical(&hashed), ".././img/p (1).acae32e4532b.png?#iefix");
    }
}
