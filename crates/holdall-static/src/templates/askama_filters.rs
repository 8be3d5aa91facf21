//! Static files in templates of askama.
//!
//! The plain way is a field: every call of [`Assets`] can be written in a template, with the `?` that hands an error
//! on. Tags need no `|safe`.
//!
//! ```
//! use askama::Template;
//! use holdall_static::{Assets, Collector, Embedded};
//!
//! #[derive(Template)]
//! #[template(ext = "html", source = r#"{{ assets.stylesheet("css/app.css")?.nonce(nonce) }}"#)]
//! struct Page<'a> {
//!     assets: Assets,
//!     nonce: &'a str,
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let collector = Collector::new().finder(Embedded::new([("css/app.css", "p { margin: 0 }")])?);
//! let assets = Assets::live(&collector)?;
//! let page = Page { assets, nonce: "r4nd" }.render()?;
//! assert_eq!(page, r#"<link rel="stylesheet" href="/static/css/app.css" nonce="r4nd">"#);
//! # Ok(()) }
//! ```
//!
//! The other way is filters, which find the [`Assets`] among the values that a page is rendered with, under
//! [`KEY`]. Then no template has a field for them. Import the filters as askama wants it, in a module `filters`
//! beside the template:
//!
//! ```
//! use askama::Template;
//! use holdall_static::askama_filters::KEY;
//! # use holdall_static::{Assets, Collector, Embedded};
//!
//! mod filters {
//!     pub use holdall_static::askama_filters::*;
//! }
//!
//! #[derive(Template)]
//! #[template(ext = "html", source = r#"<img src="{{ "cat.png"|static_url }}">{{ "app.js"|module }}"#)]
//! struct Page;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let collector = Collector::new().finder(Embedded::new([("cat.png", ""), ("app.js", "")])?);
//! # let assets = Assets::live(&collector)?;
//! let page = Page.render_with_values(&(KEY, &assets))?;
//! assert_eq!(page, r#"<img src="/static/cat.png"><script type="module" src="/static/app.js"></script>"#);
//! # Ok(()) }
//! ```
//!
//! A name that does not exist is an error with the nearest one. askama does not say in which line it stands:
//! [`Assets::check_templates`] does, in a test.

#![expect(missing_docs, missing_debug_implementations, reason = "askama's macro makes a type of each filter")]

use std::any::Any;
use std::fmt::Display;

use askama::filters::HtmlSafe;
use askama::{Error, Result, Value, Values, get_value};

use crate::assets::{Assets, Tag, Tags};

/// The key under which the filters look for the [`Assets`].
pub const KEY: &str = "assets";

// Both escape what they write.
impl HtmlSafe for Tag {}
impl HtmlSafe for Tags {}

impl Value for Assets {
    fn ref_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

/// Declares one filter a call.
macro_rules! filters {
    ($($(#[doc = $doc:literal])+ $filter:ident -> $what:ty;)+) => {$(
        $(#[doc = $doc])+
        ///
        /// # Errors
        ///
        /// For a name that does not exist, and where no [`Assets`] are among the values.
        #[askama::filter_fn]
        pub fn $filter(name: impl Display, values: &dyn Values) -> Result<$what> {
            assets(values)?.$filter(&name.to_string()).map_err(Error::custom)
        }
    )+};
}

filters! {
    /// The URL of a file: `"css/app.css"|static_url`.
    static_url -> String;
    /// `<link rel="stylesheet">`: `"css/app.css"|stylesheet`.
    stylesheet -> Tag;
    /// `<script>`: `"js/old.js"|script`.
    script -> Tag;
    /// `<script type="module">`: `"js/app.js"|module`.
    module -> Tag;
    /// `<link rel="preload">`: `"fonts/a.woff2"|preload`.
    preload -> Tag;
    /// `<link rel="modulepreload">`: `"js/app.js"|modulepreload`.
    modulepreload -> Tag;
    /// A `<link rel="modulepreload">` for each module that it imports: `"js/app.js"|modulepreloads`.
    modulepreloads -> Tags;
    /// `<link rel="icon">`: `"icon.svg"|icon`.
    icon -> Tag;
    /// All tags for an entry of a bundler: `"src/main.ts"|entry_tags`.
    entry_tags -> Tags;
}

fn assets(values: &dyn Values) -> Result<&Assets> {
    get_value(values, KEY).map_err(|error| {
        Error::custom(format!(
            "the template asks for static files, but there are no Assets among the values ({error}); render it with \
             `render_with_values(&(\"{KEY}\", &assets))`"
        ))
    })
}
