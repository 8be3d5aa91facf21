//! Finding references in the text of a file: where each stands, what it says, and how another one is written in
//! its place.
//!
//! One scanner a language, each a tokenizer that goes over the text once. None of them fails: broken text has
//! fewer references. Nothing is resolved here; whether a reference points at a file is the business of
//! whoever knows the files.

mod css;
mod embedded;
mod html;
mod js;
mod json;
mod markup;
mod rewrite;
mod settings;
mod source_map;
mod svg;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

pub(crate) use self::embedded::Host;
pub(crate) use self::rewrite::{canonical, rewrite};
pub use self::settings::Scan;

/// A language whose references are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Css,
    /// `modules`: whether more is looked for than source maps; `import_scripts`: whether `importScripts()` is.
    JavaScript {
        modules: bool,
        import_scripts: bool,
    },
    /// `modules`: whether scripts in the page are looked into.
    Html {
        modules: bool,
    },
    Svg,
    WebManifest,
}

impl Language {
    /// The references in a text, in the order in which they stand there.
    pub(crate) fn references(self, text: &str) -> Vec<Reference<'_>> {
        let mut found = match self {
            Self::Css => css::references(text),
            Self::JavaScript { import_scripts, .. } => js::references(text, import_scripts),
            Self::Html { .. } => html::references(text),
            Self::Svg => svg::references(text),
            Self::WebManifest => json::web_manifest(text),
        };
        if matches!(self, Self::JavaScript { modules: false, .. } | Self::Html { modules: false }) {
            found.retain(|reference| !reference.kind.is_of_script());
        }
        in_order(found)
    }
}

/// One behind the other: a clause is found before the comments in it, and in a text that is broken one may be read in
/// another.
fn in_order(mut found: Vec<Reference<'_>>) -> Vec<Reference<'_>> {
    if !found.is_sorted_by_key(|reference| reference.span.start) {
        found.sort_by_key(|reference| reference.span.start);
    }
    let (mut end, mut canonical_end) = (0, 0);
    found.retain_mut(|reference| {
        if reference.span.start < end {
            return false;
        }
        end = reference.span.end;
        // Django would write more than the reference, which it cannot where another one stands in that.
        reference.canonical.take_if(|canonical| canonical.span.start < canonical_end);
        canonical_end = reference.canonical.as_ref().map_or(end, |canonical| canonical.span.end).max(end);
        true
    });
    found
}

#[cfg(any(test, feature = "fuzzing"))]
thread_local! {
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How much was looked at on this thread by scanners that look ahead, for tests that it is not too much.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn steps() -> usize {
    STEPS.get()
}

/// Counts, where somebody asks.
#[inline]
fn count_steps(steps: usize) {
    #[cfg(any(test, feature = "fuzzing"))]
    STEPS.set(STEPS.get() + steps);
    #[cfg(not(any(test, feature = "fuzzing")))]
    let _ = steps;
}

/// A reference as it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference<'a> {
    /// Where it stands, in bytes, without quotes.
    pub(crate) span: Range<usize>,
    /// What it says, once the escapes of the language are read. A URL reference: percent-encoding stays.
    pub(crate) target: Cow<'a, str>,
    pub(crate) kind: ReferenceKind,
    /// How it is written.
    pub(crate) syntax: Syntax,
    /// In what it is written.
    pub(crate) host: Host,
    /// The address that it is relative to, where that is not the one of its file: `<base href>` of HTML.
    pub(crate) base: Option<Arc<str>>,
    /// How Django would write it; `None` where Django sees no reference.
    pub(crate) canonical: Option<Canonical>,
}

impl Reference<'_> {
    /// Makes the whole comment that a source map is named in the reference, to be replaced by what is given back:
    /// nothing, or an empty comment where others may stand on both sides. `None` where it stands in no comment of
    /// its own file.
    pub(crate) fn without_comment(&mut self, text: &str) -> Option<&'static str> {
        let comment = self.canonical.take_if(|_| self.kind == ReferenceKind::SourceMap)?.span;
        let rest = if text[comment.clone()].starts_with("//") { "" } else { "/**/" };
        (self.span, self.syntax) = (comment, Syntax::Plain);
        Some(rest)
    }
}

/// How Django writes a reference: it replaces more than the reference, so that one that has not changed gives
/// another text, and with it another hash. Ours is made over that text too, and is never written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Canonical {
    /// What is replaced, in bytes.
    pub(crate) span: Range<usize>,
    /// What stands before and behind the reference then.
    pub(crate) around: (&'static str, &'static str),
}

/// What a reference is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum ReferenceKind {
    /// CSS: `url()`, `src()`, `image-set()`. HTML and SVG: an attribute. JSON: a member.
    Url,
    /// CSS `@import`.
    Import,
    /// JavaScript `import "x"`, `import a from "x"`, `export ... from "x"`.
    StaticImport,
    /// JavaScript `import("x")`.
    DynamicImport,
    /// JavaScript `importScripts("x")`.
    ImportScripts,
    /// JavaScript `import.meta.resolve("x")`, which reads `x` as `import` does.
    ModuleResolve,
    /// JavaScript `new URL("x", import.meta.url)`.
    ModuleUrl,
    /// The comment `sourceMappingURL=x`.
    SourceMap,
}

impl ReferenceKind {
    /// Whether only scripts have it.
    fn is_of_script(self) -> bool {
        !matches!(self, Self::Url | Self::Import | Self::SourceMap)
    }
}

/// How a reference is written, so that another one can be written in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// `url(x)`, without quotes.
    CssUrl,
    /// A string of CSS in those quotes.
    CssString(u8),
    /// A string of JavaScript in those quotes, a template without substitutions among them.
    JsString(u8),
    /// Behind `sourceMappingURL=`.
    Comment,
    /// A string of JSON.
    JsonString,
    /// One of the addresses of a `srcset`.
    SrcSet,
    /// All of an attribute.
    Plain,
}
