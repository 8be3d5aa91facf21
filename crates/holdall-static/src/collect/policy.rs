//! How much a missing file matters, by file, reference and kind of reference.

use std::collections::BTreeMap;
use std::fmt;

use holdall_core::Name;

use super::problem::Severity;
use crate::finders::matches;
use crate::scan::{Language, Reference, ReferenceKind};

/// What a missing file is needed for, as far as it decides how much it matters. See
/// [`Collector::missing_kind`](super::Collector::missing_kind).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MissingKind {
    /// `url()`, `@import` and their like in a style sheet.
    Css,
    /// `import "x"`, `export ... from "x"` and `importScripts("x")` in a script.
    Import,
    /// `import("x")` in a script.
    DynamicImport,
    /// `new URL("x", import.meta.url)` and `import.meta.resolve("x")` in a script.
    Url,
    /// A comment `sourceMappingURL=x`.
    SourceMap,
    /// Any reference in a page, an SVG image or a web app manifest.
    Html,
}

impl MissingKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Css, Self::Import, Self::DynamicImport, Self::Url, Self::SourceMap, Self::Html];

    /// `css`, `import`, `dynamic_import`, `url`, `source_map` or `html`, as settings spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Css => "css",
            Self::Import => "import",
            Self::DynamicImport => "dynamic_import",
            Self::Url => "url",
            Self::SourceMap => "source_map",
            Self::Html => "html",
        }
    }

    pub(crate) fn of(reference: &Reference<'_>, language: Language) -> Self {
        match (reference.kind, language) {
            (ReferenceKind::SourceMap, _) => Self::SourceMap,
            (_, Language::Html { .. } | Language::Svg | Language::WebManifest) => Self::Html,
            (ReferenceKind::Url | ReferenceKind::Import, _) => Self::Css,
            (ReferenceKind::StaticImport | ReferenceKind::ImportScripts, _) => Self::Import,
            (ReferenceKind::DynamicImport, _) => Self::DynamicImport,
            (ReferenceKind::ModuleResolve | ReferenceKind::ModuleUrl, _) => Self::Url,
        }
    }
}

impl fmt::Display for MissingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which problems matter how much.
///
/// The first rule that fits a file and a reference decides. Where none does, the kind of the reference decides.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    rules: Vec<(String, String, Severity)>,
    kinds: BTreeMap<MissingKind, Severity>,
    pub(crate) strict: bool,
}

impl Policy {
    pub(crate) fn add(&mut self, files: String, references: String, severity: Severity) {
        self.rules.push((files, references, severity));
    }

    pub(crate) fn set_kind(&mut self, kind: MissingKind, severity: Severity) {
        self.kinds.insert(kind, severity);
    }

    fn rule(&self, file: &Name, reference: &str) -> Option<Severity> {
        let fits = |(files, references, _): &&(String, String, Severity)| {
            matches(files, file.as_str()) && matches(references, reference)
        };
        self.rules.iter().find(fits).map(|(.., severity)| *severity)
    }

    /// Of what the settings of the site name itself: a bundler's manifest, an import map.
    pub(crate) fn severity(&self, file: &Name, reference: &str, is_lenient: bool) -> Severity {
        let default = if is_lenient { Severity::Warning } else { Severity::Error };
        self.rule(file, reference).unwrap_or(default)
    }

    /// Of a reference in a file. In one that a bundler hashed it is the bundler's work, and a warning.
    ///
    /// The default is what Django's default refuses: references of style sheets that its patterns see. Whatever else is
    /// missing is a warning, since packages that work are full of it: sources beside the build, imports that only a
    /// bundler can resolve, addresses in branches that are never taken.
    pub(crate) fn missing(
        &self,
        file: &Name,
        reference: &Reference<'_>,
        kind: MissingKind,
        is_kept: bool,
    ) -> Severity {
        let by_kind = || self.kinds.get(&kind).copied();
        let default = || {
            let django_sees_it = kind == MissingKind::Css && reference.canonical.is_some();
            let is_error = if self.strict { kind != MissingKind::SourceMap } else { django_sees_it };
            if is_error { Severity::Error } else { Severity::Warning }
        };
        self.rule(file, &reference.target)
            .or_else(|| is_kept.then_some(Severity::Warning))
            .or_else(by_kind)
            .unwrap_or_else(default)
    }
}
