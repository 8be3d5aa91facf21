//! From what a reference says to the file that it means.
//!
//! A reference is resolved against the public address of the file that it stands in, as a browser does it: by the URL
//! Standard. References to another host, to the page itself, to a package by its bare name, or to what is not below
//! the path of static files are left alone.

use std::borrow::Cow;

use holdall_core::Name;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

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

/// The address of a file, which its references are relative to.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    url: Url,
    /// The path below which the files are served, as a URL has it.
    root: String,
}

/// The host that the files are on while they are collected. Nobody asks for it.
const HOST: &str = "http://static.invalid";

impl Address {
    /// The address of the file of that name where files are served below `base`, such as `/static/`. `None` for a base
    /// that no URL can have.
    pub(crate) fn of(name: &Name, base: &str) -> Option<Self> {
        let root = Url::parse(HOST).ok()?.join(base).ok()?;
        let url = root.join(&url_path(name)).ok()?;
        Some(Self { root: root.path().to_owned(), url })
    }

    /// The address that a reference of the file is relative to: the file's own, or the one of its `<base href>`.
    /// `None` where that is on another host.
    fn of_base(&self, reference: &Reference<'_>) -> Option<Cow<'_, Url>> {
        match reference.base.as_deref().filter(|href| !href.is_empty()) {
            Some(href) => {
                let url = self.url.join(href).ok()?;
                (url.origin() == self.url.origin()).then_some(Cow::Owned(url))
            }
            None => Some(Cow::Borrowed(&self.url)),
        }
    }
}

impl Link {
    /// Whether this is a module's name and no address: `three` in `import "three"` (HTML, section 8.1.6.2).
    pub(crate) fn is_bare(target: &str, kind: ReferenceKind) -> bool {
        use ReferenceKind::{DynamicImport, ModuleResolve, StaticImport};
        matches!(kind, StaticImport | DynamicImport | ModuleResolve)
            && !target.is_empty()
            && !["/", "./", "../"].iter().any(|start| target.starts_with(start))
            && Url::parse(target).is_err()
    }

    /// What a reference in a file means; `None` where that is none of our business: another host, the page itself, a
    /// module's bare name, a directory, and what is not below the path where the files are served.
    pub(crate) fn of(reference: &Reference<'_>, from: &Address) -> Option<Self> {
        if Self::is_bare(&reference.target, reference.kind) {
            return None;
        }
        Self::resolve(&reference.target, &*from.of_base(reference)?, &from.root)
    }

    /// What a target means that is relative to that address.
    ///
    /// The URL Standard decides (section 4.4): blanks around it are no part of it, tabs and newlines inside are not
    /// either, a backslash is a slash, and `..` does not lead above the host.
    fn resolve(target: &str, from: &Url, root: &str) -> Option<Self> {
        let written = cleaned(target);
        if written.is_empty() || written.starts_with(['#', '?']) || has_scheme(&written) {
            return None;
        }
        let url = from.join(&written).ok()?;
        if url.origin() != from.origin() {
            return None;
        }
        let path = percent_decode_str(url.path().strip_prefix(root)?).decode_utf8_lossy();
        let (path, suffix) = (collapse(&path), written.find(['?', '#']).unwrap_or(written.len()));
        let (before, suffix) = written.split_at(suffix);
        let (directories, file) = before.split_at(before.rfind(['/', '\\']).map_or(0, |slash| slash + 1));
        // What is written there must be the file's whole name: neither a directory, nor a slash that is encoded.
        let file_name = percent_decode_str(file).decode_utf8_lossy();
        if url.path().ends_with('/') || path.rsplit('/').next() != Some(&*file_name) {
            return None;
        }
        Some(Self { path, directories: directories.to_owned(), suffix: suffix.to_owned() })
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

/// A reference without what the URL Standard takes away before it reads one.
fn cleaned(target: &str) -> Cow<'_, str> {
    let trimmed = target.trim_matches(|char: char| char <= ' ');
    if trimmed.contains(['\t', '\n', '\r']) {
        Cow::Owned(trimmed.replace(['\t', '\n', '\r'], ""))
    } else {
        Cow::Borrowed(trimmed)
    }
}

/// `scheme:` at the beginning (RFC 3986, section 3.1).
fn has_scheme(target: &str) -> bool {
    target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|char: char| char.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}

/// Removes empty segments, as servers of files do. A URL has no others to remove.
fn collapse(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use holdall_core::Name;

    use super::{Address, Link};
    use crate::scan::ReferenceKind::{self, DynamicImport, ModuleUrl, StaticImport, Url};
    use crate::scan::{Host, Reference, Syntax};

    fn link(target: &str, kind: ReferenceKind, from: &str, base: &str) -> Option<Link> {
        let reference = Reference {
            span: 0..0,
            target: Cow::Borrowed(target),
            kind,
            syntax: Syntax::Plain,
            host: Host::File,
            base: None,
            canonical: None,
        };
        Link::of(&reference, &Address::of(&Name::new(from).unwrap(), base).unwrap())
    }

    /// A row of the table: the file, the reference, and where a browser goes with it, without its host; a whole
    /// address where that is another host, and nothing where it is no address. `tests/packages/addresses.rs` compares
    /// the last column with the `URL` of Node.
    #[derive(serde::Deserialize)]
    struct Row(String, String, Option<String>);

    #[test]
    fn addresses_mean_what_they_mean_to_a_browser() {
        let rows: Vec<Row> = serde_json::from_str(include_str!("addresses.json")).unwrap();
        assert!(rows.len() >= 60, "{}", rows.len());
        // Nobody knows the name of the host here: an address that gives a scheme is left alone.
        let has_scheme = |target: &str| target.to_ascii_lowercase().starts_with("http:");
        for Row(from, target, expected) in rows.into_iter().filter(|row| !has_scheme(&row.1)) {
            let is_page = target.trim().is_empty() || target.trim_start().starts_with(['#', '?']);
            let path = expected.as_deref().filter(|_| !is_page).and_then(|expected| {
                let path = expected[..expected.find(['?', '#']).unwrap_or(expected.len())]
                    .strip_prefix("/static/")?;
                let name = percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned();
                (!path.is_empty() && !path.ends_with('/')).then_some(name)
            });
            let means = link(&target, Url, &from, "/static/").map(|link| link.path);
            // Servers take two slashes for one.
            let path = path.map(|path| path.replace("//", "/").trim_start_matches('/').to_owned());
            assert_eq!(means, path, "{target:?} in {from}");
        }
    }

    #[test]
    fn what_is_no_address_of_ours_is_left_alone() {
        let means = |target, kind| link(target, kind, "css/deep/app.css", "/static/").map(|link| link.path);
        for bare in ["three", "three/a.js", ".three", " ./a.js"] {
            assert_eq!(means(bare, StaticImport), None, "{bare}");
            assert!(Link::is_bare(bare, DynamicImport), "{bare}");
        }
        assert_eq!(means("./a.js ", DynamicImport).as_deref(), Some("css/deep/a.js"));
        // An address, no module specifier.
        assert_eq!(means("a.wasm", ModuleUrl).as_deref(), Some("css/deep/a.wasm"));
        // An encoded slash is part of one segment, which no name of a file has.
        assert_eq!(means("a%2Fb.png", Url), None);
        // At the root of a host nothing leads out.
        assert_eq!(link("../../../a.png", Url, "css/app.css", "/").unwrap().path, "a.png");
    }

    #[test]
    fn the_author_s_way_of_writing_stays() {
        let hashed = Name::new("img/p (1).acae32e4532b.png").unwrap();
        let link = |target| link(target, Url, "css/app.css", "/").unwrap();
        let encoded = link(".././img/p%20%281%29.png?#iefix");
        assert_eq!(encoded.path, "img/p (1).png");
        assert_eq!(encoded.to(&hashed), ".././img/p%20%281%29.acae32e4532b.png?#iefix");
        assert_eq!(encoded.to_canonical(&hashed), ".././img/p (1).acae32e4532b.png?#iefix");
        assert_eq!(link(" ..\\img\\p (1).png\n").to(&hashed), "..\\img\\p%20%281%29.acae32e4532b.png");
    }
}
