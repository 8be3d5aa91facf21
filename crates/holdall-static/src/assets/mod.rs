//! Static files in templates: URLs, integrity values, tags, headers.

mod asset;
mod collected;
mod entries;
mod headers;
mod modules;
mod tag;
mod tags;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use holdall_core::{Name, Result, Store};

pub use self::asset::Asset;
use self::collected::Collected;
#[cfg(feature = "minijinja")]
pub(crate) use self::tag::escaped;
pub use self::tag::{AttributeValue, Tag, Tags};
use crate::collect::{Collector, url_path};
use crate::live::Live;
use crate::manifest::Manifest;

/// The static files of an application, for its templates: what Django's `{% static %}` looks into.
///
/// A handle that is cheap to clone. No call waits: all URLs are made when it is loaded, so that a template engine
/// can ask while it renders.
///
/// ```
/// use holdall_core::{Store, Visibility};
/// use holdall_fs::FileSystemStorage;
/// use holdall_static::{Assets, Collector, Embedded};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
/// # let root = tempfile::tempdir().unwrap();
/// # let root = root.path();
/// let disk = FileSystemStorage::builder(root).base_url("/static/").visibility(Visibility::Public);
/// let files = Store::new(disk.build()?);
/// Collector::new().finder(Embedded::new([("css/app.css", "p { margin: 0 }")])?).collect(&files).await?;
///
/// let assets = Assets::load(&files).await?;
/// assert_eq!(assets.static_url("css/app.css")?, "/static/css/app.93b5ecd0106c.css");
/// let tag = assets.stylesheet("css/app.css")?.attribute("media", "screen")?;
/// assert!(tag.to_string().starts_with(r#"<link rel="stylesheet" href="/static/css/app.93b5ecd0106c.css" integrity="sha384-"#));
/// assert!(assets.static_url("css/apps.css").is_err());
/// # Ok(()) }
/// ```
///
/// # Integrity
///
/// Tags say which bytes they expect (Subresource Integrity), as the manifest knows them: those of the file as it
/// is published, after a `Content-Encoding` was undone. A manifest that Django wrote knows none, and tags have
/// none then.
///
/// A browser compares what comes from another origin only when that origin lets the page read it (CORS), so the
/// tag of such a URL has `crossorigin="anonymous"` beside the integrity, and does not load without an
/// `Access-Control-Allow-Origin` header. Fonts and modules from another origin need that header anyway. For a host
/// that does not send it there is [`cors(false)`](Self::cors): tags of other origins then have neither.
#[derive(Clone)]
pub struct Assets {
    source: Arc<Source>,
    cors: bool,
}

/// Where the answers come from.
#[derive(Debug)]
enum Source {
    Collected(Collected),
    Live(Live),
}

impl Assets {
    /// The files that were collected into a store, by the manifest that lies there.
    ///
    /// # Errors
    ///
    /// [`NotFound`](holdall_core::ErrorKind::NotFound) when nothing was collected yet, which says to run
    /// `holdall collectstatic`; [`InvalidInput`](holdall_core::ErrorKind::InvalidInput) for a broken manifest;
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) when the store's URLs expire, which a cached page
    /// would outlive; those of the storage.
    pub async fn load(store: &Store) -> Result<Self> {
        Ok(Self::from_source(Source::Collected(Collected::load(store).await?)))
    }

    /// The files in a store by a manifest from elsewhere: one that is part of the program
    /// (`Manifest::parse(include_bytes!(...))`).
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) when the store's URLs expire, and what its `url`
    /// says.
    pub async fn with_manifest(store: &Store, manifest: Manifest) -> Result<Self> {
        Ok(Self::from_source(Source::Collected(Collected::with_manifest(store, manifest).await?)))
    }

    /// What that collector would collect, straight from its sources, for development: plain URLs below its base
    /// path and no integrity, but the same calls, and an error wherever there would be one in production. A file
    /// that was changed or added is there at once. [`Live`] serves these URLs.
    ///
    /// Calls look at the disk, which is quick and meant for the developer's machine.
    ///
    /// # Errors
    ///
    /// As [`Live::new`].
    pub fn live(collector: &Collector) -> Result<Self> {
        Ok(Self::from_source(Source::Live(Live::new(collector)?)))
    }

    fn from_source(source: Source) -> Self {
        Self { source: Arc::new(source), cors: true }
    }

    /// Whether other origins send `Access-Control-Allow-Origin` with static files; `true` without a call. See
    /// [Integrity](Self#integrity).
    pub fn cors(mut self, cors: bool) -> Self {
        self.cors = cors;
        self
    }

    /// Reads the manifest again, for a program that runs on while files are collected anew, and says whether it has
    /// changed. Every clone sees the new one at once, and a page that is being rendered the old or the new of each
    /// file: both exist.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load); everything stays as it was then.
    pub async fn reload(&self) -> Result<bool> {
        match &*self.source {
            Source::Collected(collected) => collected.reload().await,
            // It never has anything from before.
            Source::Live(_) => Ok(false),
        }
    }

    /// What is known about a file. The name may end in a query or a fragment, which go to the end of the URL:
    /// `img/icons.svg#cat`, `fonts/old.eot?#iefix`.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](holdall_core::ErrorKind::InvalidInput) for a name that does not exist, with the nearest one.
    pub fn get(&self, name: &str) -> Result<Asset> {
        if let Some(asset) = self.find(name)? {
            return Ok(asset);
        }
        // A name may have `?` and `#` in it; only what is no name is taken apart.
        let (path, suffix) = split_suffix(name);
        let found = if suffix.is_empty() { None } else { self.find(path)? };
        found.map(|asset| asset.with_suffix(suffix)).ok_or_else(|| self.unknown(path))
    }

    /// The URL of a file: Django's `{% static %}`. Of a directory, whose name ends with a slash (`img/`), it is the
    /// address below which files are, without any hash: what a script puts names behind.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn static_url(&self, name: &str) -> Result<String> {
        let (path, suffix) = split_suffix(name);
        let Some(directory) = path.strip_suffix('/') else { return Ok(self.get(name)?.url) };
        let base = match &*self.source {
            Source::Collected(collected) => collected.base(),
            Source::Live(live) => Some(live.found().base().to_owned()),
        };
        // As for a file, a name that is written otherwise than it is does not exist.
        let directory = Name::new(directory).ok().filter(|checked| checked.as_str() == directory);
        match (base, directory) {
            (Some(base), Some(directory)) => Ok(append(&format!("{base}{}/", url_path(&directory)), suffix)),
            _ => Err(self.unknown(path)),
        }
    }

    /// What an `integrity` attribute for a file holds (Subresource Integrity); `None` where it is not known.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn integrity(&self, name: &str) -> Result<Option<String>> {
        Ok(self.get(name)?.integrity)
    }

    /// The current manifest, for whoever serves the files; `None` in development, where there is none.
    ///
    /// It answers without a look at the storage: which object to send to whom, and with which headers. See
    /// [`Manifest::representation`].
    ///
    /// ```
    /// use holdall_core::{Result, Store};
    /// use holdall_static::{Assets, Encoding};
    ///
    /// /// The body for `/static/{name}`, with the headers beside it.
    /// async fn answer(assets: &Assets, store: &Store, name: &str) -> Result<Option<bytes::Bytes>> {
    ///     let accepts = |encoding: Encoding| encoding == Encoding::Gzip; // read from `Accept-Encoding`
    ///     let manifest = assets.manifest();
    ///     let Some(sent) = manifest.and_then(|manifest| manifest.representation(name, accepts)) else {
    ///         return Ok(None); // 404 with `no-store`, so that no cache keeps the miss
    ///     };
    ///     // Content-Type, ETag, Content-Encoding; Vary where `sent.varies`; a year where `sent.immutable`.
    ///     Ok(Some(store.open(&sent.name).await?.bytes().await?))
    /// }
    /// ```
    pub fn manifest(&self) -> Option<Arc<Manifest>> {
        match &*self.source {
            Source::Collected(collected) => Some(collected.manifest()),
            Source::Live(_) => None,
        }
    }

    /// Whether a file of a storage was published under a name with a hash, so that whoever has it need never ask
    /// again: `Cache-Control: public, max-age=31536000, immutable` (RFC 8246). For servers of storages that keep no
    /// `Cache-Control` of their own. Never in development.
    ///
    /// ```
    /// # use holdall_static::Assets;
    /// # fn cache_control(assets: &Assets, name: &str) -> &'static str {
    /// if assets.is_immutable(name) { "public, max-age=31536000, immutable" } else { "no-cache" }
    /// # }
    /// ```
    pub fn is_immutable(&self, name: &str) -> bool {
        match &*self.source {
            Source::Collected(collected) => collected.is_immutable(name),
            Source::Live(_) => false,
        }
    }

    fn find(&self, name: &str) -> Result<Option<Asset>> {
        match &*self.source {
            Source::Collected(collected) => Ok(collected.find(name)),
            Source::Live(live) => asset::live(live.found(), name),
        }
    }

    /// Asks the manifest; the second argument is the URL of a name that stands in it.
    fn ask<T>(&self, question: impl FnOnce(&Manifest, &dyn Fn(&Name) -> String) -> T) -> Result<T> {
        match &*self.source {
            Source::Collected(collected) => Ok(collected.ask(question)),
            Source::Live(live) => Ok(question(&live.found().manifest()?, &|name| live.found().url(name))),
        }
    }

    fn unknown(&self, name: &str) -> holdall_core::Error {
        match &*self.source {
            Source::Collected(collected) => collected.unknown(name),
            Source::Live(live) => live.found().unknown(name),
        }
    }
}

impl fmt::Debug for Assets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assets").field("source", &self.source).field("cors", &self.cors).finish()
    }
}

/// What belongs to the name, and the query and fragment behind it.
fn split_suffix(name: &str) -> (&str, &str) {
    name.split_at(name.find(['?', '#']).unwrap_or(name.len()))
}

/// A URL with a query or a fragment behind it; one that has a query already gets a second part.
fn append(url: &str, suffix: &str) -> String {
    let suffix = match suffix.strip_prefix('?') {
        Some(query) if url.contains('?') => Cow::Owned(format!("&{query}")),
        _ => Cow::Borrowed(suffix),
    };
    format!("{url}{suffix}")
}
