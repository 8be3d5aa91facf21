//! Static files for web applications: what ships with the program, found, hashed, rewritten and published to any
//! Holdall storage. What `collectstatic` with `ManifestStaticFilesStorage` is to Django.
//!
//! ```no_run
//! use holdall_core::Store;
//! use holdall_static::{Collector, Directories};
//!
//! # async fn publish(store: Store) -> holdall_core::Result<()> {
//! let report = Collector::new()
//!     .finder(Directories::new("static").and_prefixed("vendor", "node_modules/htmx.org/dist")?)
//!     .collect(&store)
//!     .await?;
//! println!("{} files, {} written", report.files, report.published.saved().count());
//! # Ok(()) }
//! ```
//!
//! # What happens
//!
//! 1. **Find.** [`Finder`]s list files; of two with one name the first is taken and the other one is reported.
//! 2. **Read.** Each file once, on all cores: hashed, and looked through for references while its bytes are at
//!    hand.
//! 3. **Link.** References are resolved. Every one that leads nowhere is reported with file, line, column and the
//!    nearest name, all in one run; then nothing is published.
//! 4. **Name.** `css/app.css` gets the name `css/app.5e0040571e1a.css`, after the content that will be published:
//!    a file that refers to others gets a new name whenever any of them does. Files that refer to each other in
//!    a circle are hashed as one unit.
//! 5. **Rewrite.** References lead to hashed names. Every other byte stays as it was.
//! 6. **Publish.** What the storage does not have, which one listing tells: hashed files, then copies under the
//!    files' own names, and the [`Manifest`] last. A failure at any point leaves what was published before whole,
//!    and the next run goes on from there.
//!
//! # Generations
//!
//! What was published before stays: a page that is open in a browser goes on asking for it. Each collection that
//! changes anything records its manifest as `staticfiles.<id>.json` and then makes it the current one,
//! `staticfiles.json`. [`Generations`] lists them, [`rollback`] makes an old one current again, [`Prune`] deletes what
//! only old ones name, [`Manifest::diff`] compares two and [`verify`] reads whether everything is there.
//! [`Collector::find`] and [`Collector::why`] answer where a file comes from and who refers to it.
//!
//! # References
//!
//! Read by tokenizers, so that what stands in a comment or in a string that means something else is left alone.
//!
//! | language | what is found |
//! | --- | --- |
//! | CSS | `url()` with and without quotes, `src()`, `image-set()`, `@import` in every form, the source map |
//! | JavaScript (`.js`, `.mjs`) | `import`, `export ... from`, `import()`, `new URL(..., import.meta.url)`, `import.meta.resolve()`, the source map |
//! | SVG | `href` and `xlink:href` of what is loaded, CSS in elements and attributes |
//! | HTML, web app manifests, `importScripts()` | where [`Scan`] asks for it |
//!
//! Bare module names (`import "three"`) stay as they are: an [`ImportMap`] says which hashed file they stand for.
//! What a program puts together when it runs is left alone.
//!
//! # Bundlers
//!
//! What Vite or webpack has hashed keeps its name and is not looked into: [`Prehashed`] tells which files these are.
//! What a page loads for an entry of theirs stands in the manifest: [`Manifest::entry`].
//!
//! # In an application
//!
//! One description of what is to be collected serves both ways: [`Assets::load`] reads what was collected into a
//! store, [`Assets::live`] looks straight into the sources while a program is developed. Templates cannot tell:
//!
//! ```no_run
//! use holdall_core::Store;
//! use holdall_static::{Assets, Collector, Live};
//!
//! # async fn start(collector: &Collector, collected: &Store) -> holdall_core::Result<()> {
//! let (assets, files) = if cfg!(debug_assertions) {
//!     (Assets::live(collector)?, Store::new(Live::new(collector)?))
//! } else {
//!     (Assets::load(collected).await?, collected.clone())
//! };
//! let tag = assets.stylesheet("css/app.css")?; // and `files` is what the server gives out
//! # Ok(()) }
//! ```
//!
//! | | collected | live |
//! | --- | --- | --- |
//! | URL of `css/app.css` | of `css/app.5e0040571e1a.css`, by the store | `/static/css/app.css` |
//! | integrity | SHA-384 of the published bytes | none |
//! | a name that does not exist | an error with the nearest name | the same |
//! | a changed file | after a collection and [`Assets::reload`] | with the next request |
//!
//! Templates of minijinja get functions by `Assets::register` (feature `minijinja`), those of askama the calls
//! themselves, or the filters of `askama_filters` (feature `askama`). [`Assets::check_templates`] makes one test of
//! every name that templates ask for. Who needs no templates but a [`Storage`](holdall_core::Storage) with hashed
//! URLs takes [`ManifestStorage`].
//!
//! Whoever serves the files over HTTP answers from the manifest ([`Assets::manifest`], [`Manifest::representation`]):
//! which content type, which tag, for how long, and which variant for whose `Accept-Encoding`, without a look at the
//! storage. Without a manifest (in development) the metadata of [`Live`] say the same, and nothing may be kept.
//!
//! # What holds
//!
//! [`properties`] says it one by one, with the tests that show it and with what holds only in part.
//!
//! # Moving from Django
//!
//! Hashes are MD5 unless asked otherwise, names are built as Django builds them, and the hash of a file with
//! references is made over the text that Django would have written (which normalises quotes; ours does not). So
//! hashed names, and with them URLs, stay the same, as Django's own test files show; with JavaScript they are
//! those of `support_js_module_import_aggregation = True`. Names differ where more is found: `image-set()`,
//! `src()`, `.mjs`, `new URL()`, escapes. [`Manifest`] reads and writes `staticfiles.json`.

mod assets;
pub mod build;
mod bundle;
mod collect;
mod compress;
mod digest;
mod finders;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod generations;
mod hash;
mod import_map;
mod live;
mod manifest;
mod nearest;
mod program;
#[doc = include_str!("docs/properties.md")]
pub mod properties {}
mod scan;
mod serving;
mod templates;

pub use self::assets::{Asset, Assets, AttributeValue, Tag, Tags};
pub use self::bundle::{Prehashed, ViteChunk, ViteManifest};
pub use self::collect::{
    Action, Change, Collector, Compressed, Conflict, Event, Found, Headers, MissingKind, Problem,
    ProblemKind, Published, Referrer, Report, Role, Severity, SourceMaps,
};
pub use self::compress::{Compression, Encoding, Variant};
#[cfg(feature = "crates")]
pub use self::finders::Crates;
pub use self::finders::{Directories, Embedded, Finder, Ignore, Source, SourceFile};
pub use self::generations::{
    Generation, GenerationId, Generations, Prune, Pruned, PrunedFile, RolledBack, rollback,
};
pub use self::hash::HashAlgorithm;
pub use self::import_map::ImportMap;
pub use self::live::Live;
pub use self::manifest::{
    CopyDetails, EntryPoint, FileDetails, Finding, MANIFEST_NAME, Manifest, ManifestDiff, Rehashed,
    Representation, Verification, Wrong, verify,
};
pub use self::program::ProgramStorage;
#[doc(hidden)]
pub use self::program::url_of;
pub use self::scan::Scan;
pub use self::serving::ManifestStorage;
pub use self::templates::TemplateProblem;
#[cfg(feature = "askama")]
pub use self::templates::askama_filters;

/// The examples of the crate's README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
