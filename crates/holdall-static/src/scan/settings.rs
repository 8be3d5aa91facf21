//! Which languages are looked into.

use holdall_core::Name;

use super::Language;
use crate::finders::matches;

/// Which files are looked into for references, beside CSS and JavaScript.
///
/// ```
/// use holdall_static::{Collector, Scan};
///
/// let collector = Collector::new().scan(Scan::new().html(true).web_manifests(true).web_manifest_names("manifest.json"));
/// ```
///
/// Without a call: SVG, and nothing else. Django looks into CSS and (when asked) JavaScript only, so that the name of
/// an SVG image that refers to other files differs from Django's; all others are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Scan {
    javascript: bool,
    html: bool,
    svg: bool,
    web_manifests: bool,
    web_manifest_names: Vec<String>,
    import_scripts: bool,
}

impl Default for Scan {
    fn default() -> Self {
        Self {
            javascript: true,
            html: false,
            svg: true,
            web_manifests: false,
            web_manifest_names: Vec::new(),
            import_scripts: false,
        }
    }
}

impl Scan {
    /// What is looked into without a setting.
    pub fn new() -> Self {
        Self::default()
    }

    /// JavaScript (`.js`, `.mjs`, `.mts`): imports and `new URL(..., import.meta.url)`; looked for unless switched off,
    /// also in pages. Comments that name a source map are rewritten in any case, as Django does.
    pub fn javascript(mut self, javascript: bool) -> Self {
        self.javascript = javascript;
        self
    }

    /// HTML (`.html`, `.htm`): what a page loads.
    ///
    /// | where | what |
    /// | --- | --- |
    /// | `img` `source` `script` `video` `audio` `track` `embed` `iframe` `frame` | `src` |
    /// | `input` | `src`, of `type="image"` |
    /// | `img` `source` | `srcset` |
    /// | `video` | `poster` |
    /// | `object` | `data` |
    /// | `body` `table` `thead` `tbody` `tfoot` `tr` `td` `th` | `background` |
    /// | `link` | `href` and `imagesrcset`, where `rel` says that it is loaded: `stylesheet`, `icon`, `apple-touch-icon`, `apple-touch-icon-precomposed`, `apple-touch-startup-image`, `mask-icon`, `manifest`, `preload`, `modulepreload`, `prefetch` |
    /// | elements of SVG | as in [`svg`](Self::svg) |
    /// | any element | `style`, as CSS |
    /// | the text of `style` | CSS |
    /// | the text of `script` | JavaScript; of `type="importmap"` the addresses of the map |
    ///
    /// `base` is respected. What a person follows (`a`, `area`, `form`) and what must be a whole address (`meta`) is
    /// left alone, and so is an address with the marks of a template language (`{{`, `{%`, `<%`). A page is asked for
    /// by its own name, so that its [copy](crate::Collector::copies) under that name has the hashed references, too.
    pub fn html(mut self, html: bool) -> Self {
        self.html = html;
        self
    }

    /// SVG (`.svg`); looked into unless switched off. `href` and `xlink:href` of `image`, `use`, `feImage`, `script`,
    /// `textPath`, `mpath`, `pattern`, the gradients, `filter`, `cursor`, `tref` and `font-face-uri`; `style`
    /// elements and attributes, and the attributes that hold CSS (`fill`, `stroke`, `filter`, `mask`, `clip-path`,
    /// `marker` and its kind, `cursor`); the processing instruction `xml-stylesheet`.
    pub fn svg(mut self, svg: bool) -> Self {
        self.svg = svg;
        self
    }

    /// Web app manifests (`.webmanifest`): `src` in `icons` and `screenshots`, of the app itself and of its
    /// `shortcuts`, `file_handlers` and `widgets` (W3C Web Application Manifest). What is no file (`start_url`,
    /// `scope`, `action`) is left alone.
    pub fn web_manifests(mut self, web_manifests: bool) -> Self {
        self.web_manifests = web_manifests;
        self
    }

    /// Files whose names match (a pattern as in [`Ignore`](crate::Ignore)) are web app manifests, too:
    /// `manifest.json`.
    pub fn web_manifest_names(mut self, pattern: impl Into<String>) -> Self {
        self.web_manifest_names.push(pattern.into());
        self
    }

    /// `importScripts("x")` in scripts, which classic workers load other scripts with. Its addresses are relative to
    /// the worker, so that this is right for sites whose workers load such scripts themselves, and not from a script
    /// that they have loaded from another directory.
    pub fn import_scripts(mut self, import_scripts: bool) -> Self {
        self.import_scripts = import_scripts;
        self
    }

    /// The language of a file of that name, if it is one whose references are looked for.
    pub(crate) fn language(&self, name: &Name) -> Option<Language> {
        if self.web_manifest_names.iter().any(|pattern| matches(pattern, name.as_str())) {
            return Some(Language::WebManifest);
        }
        match name.extension()?.to_ascii_lowercase().as_str() {
            "css" => Some(Language::Css),
            "js" | "mjs" | "mts" => {
                let (modules, import_scripts) = (self.javascript, self.javascript && self.import_scripts);
                Some(Language::JavaScript { modules, import_scripts })
            }
            "svg" => self.svg.then_some(Language::Svg),
            "html" | "htm" => self.html.then_some(Language::Html { modules: self.javascript }),
            "webmanifest" => self.web_manifests.then_some(Language::WebManifest),
            _ => None,
        }
    }

    /// Whether a file is a page: asked for by its own name.
    pub(crate) fn is_page(&self, name: &Name) -> bool {
        matches!(self.language(name), Some(Language::Html { .. }))
    }
}
