//! Finding references in the text of a file: where each stands, what it says, and how another one is written in
//! its place.
//!
//! One scanner a language, each a tokenizer that goes over the text once. None of them fails: broken text has
//! fewer references. Nothing is resolved here; whether a reference points at a file is the business of
//! whoever knows the files.

mod css;
mod js;
mod rewrite;
mod source_map;

use std::borrow::Cow;
use std::ops::Range;

use holdall_core::Name;

pub(crate) use self::rewrite::{canonical, rewrite};

/// A language whose references are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Css,
    JavaScript,
}

impl Language {
    /// The language of a file of that name, if it is one whose references are known.
    pub(crate) fn of(name: &Name) -> Option<Self> {
        match name.extension()?.to_ascii_lowercase().as_str() {
            "css" => Some(Self::Css),
            "js" | "mjs" => Some(Self::JavaScript),
            _ => None,
        }
    }

    /// The references in a text, in the order in which they stand there.
    pub(crate) fn references(self, text: &str) -> Vec<Reference<'_>> {
        match self {
            Self::Css => css::references(text),
            Self::JavaScript => js::references(text),
        }
    }
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
    /// How Django would write it; `None` where Django sees no reference.
    pub(crate) canonical: Option<Canonical>,
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
    /// CSS: `url()`, `src()`, `image-set()`.
    Url,
    /// CSS `@import`.
    Import,
    /// JavaScript `import "x"`, `import a from "x"`, `export ... from "x"`.
    StaticImport,
    /// JavaScript `import("x")`.
    DynamicImport,
    /// JavaScript `import.meta.resolve("x")`, which reads `x` as `import` does.
    ModuleResolve,
    /// JavaScript `new URL("x", import.meta.url)`.
    ModuleUrl,
    /// The comment `sourceMappingURL=x`.
    SourceMap,
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
}
