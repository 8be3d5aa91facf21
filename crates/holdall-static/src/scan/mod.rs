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

pub(crate) use self::rewrite::rewrite;

/// A language whose references are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Css,
    JavaScript,
}

impl Language {
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
    /// JavaScript `new URL("x", import.meta.url)`, and `import.meta.resolve("x")`.
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
