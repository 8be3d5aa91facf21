//! The table `[static]`: which static files are collected, and how.

mod check;
mod compress;
#[cfg(feature = "static-crates")]
mod crates;
mod keys;
mod rules;

use std::path::PathBuf;

use holdall_core::{Location, Result};
use holdall_static::{Collector, Directories, Ignore};

pub use self::check::StaticCheck;
use crate::layers::Table;
use crate::options::StorageSettings;
use crate::problems::Problems;
use crate::storages::Storages;
use crate::value::SettingOrigin;

/// The settings of static files: the table `[static]` of `holdall.toml`, and variables `HOLDALL_STATIC__<KEY>`.
///
/// What `holdall collectstatic` collects by, and an application that collects, or that serves files straight from
/// where they are while it is developed.
///
/// ```
/// use holdall::Storages;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall::Result<()> {
/// let storages = Storages::builder()
///     .toml("[storages.staticfiles]\nbackend = 'memory'\n[static]\nhash = 'blake3'\ncopies = false")
///     .build()?;
/// let settings = storages.static_settings();
/// let report = settings.collector()?.collect(&storages.get(settings.storage())?).await?;
/// assert_eq!(report.files, 0, "no directory is named");
/// # Ok(()) }
/// ```
///
/// An application's templates ask [`Assets`](holdall_static::Assets) for the files: for those that `holdall
/// collectstatic` has collected, or, in a debug build, for the sources themselves:
///
/// ```no_run
/// use holdall::Storages;
/// use holdall::static_files::Assets;
///
/// # async fn start(storages: &Storages) -> holdall::Result<Assets> {
/// let settings = storages.static_settings();
/// if cfg!(debug_assertions) {
///     Assets::live(&settings.collector()?)
/// } else {
///     Assets::load(&storages.get(settings.storage())?).await
/// }
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct StaticSettings {
    storage: String,
    directories: Vec<Directory>,
    #[cfg(feature = "static-crates")]
    crates: Option<crates::CratesSettings>,
    default_ignore: bool,
    ignore: Vec<String>,
    /// What is left out by git's rules, without the patterns.
    git: Ignore,
    /// Everything that the collector is told itself, without finders and patterns.
    collector: Collector,
}

/// One item of `dirs`.
#[derive(Debug, Clone)]
struct Directory {
    prefix: Location,
    path: PathBuf,
    origin: SettingOrigin,
}

impl StaticSettings {
    /// Reads the table. What is wrong is among the problems.
    pub(crate) fn read(table: Option<Table>, problems: &mut Problems) -> Self {
        let Table { origin, values } = table.unwrap_or_else(|| Table::new(SettingOrigin::argument()));
        let mut options = StorageSettings::of_section("[static]".to_owned(), origin, values);
        let settings = keys::take(&mut options);
        // Its error repeats what the problems say.
        let finished = options.finish();
        problems.extend(options.into_problems());
        settings.and_then(|settings| finished.map(|()| settings)).unwrap_or_else(|_| Self::default())
    }

    /// The name of the storage that the files are published to; [`Storages::STATICFILES`] unless the key `storage`
    /// names another one.
    pub fn storage(&self) -> &str {
        &self.storage
    }

    /// That storage instead.
    pub fn with_storage(mut self, name: impl Into<String>) -> Self {
        self.storage = name.into();
        self
    }

    /// What matches that pattern is left out too: Django's `--ignore`. See [`Ignore`].
    pub fn with_ignored(mut self, pattern: impl Into<String>) -> Self {
        self.ignore.push(pattern.into());
        self
    }

    /// Whether `CVS`, `.*` and `*~` are left out, as in Django without `--no-default-ignore`.
    pub fn with_default_ignore(mut self, default_ignore: bool) -> Self {
        self.default_ignore = default_ignore;
        self
    }

    /// Whether every missing file is an error but a source map, where no rule says otherwise. See
    /// [`Collector::strict`].
    pub fn with_strict(mut self, strict: bool) -> Self {
        self.collector = self.collector.strict(strict);
        self
    }

    /// Whether imports in scripts are rewritten; the key `javascript` of `[static.scan]` says so without this call. See
    /// [`Scan::javascript`](holdall_static::Scan::javascript).
    pub fn with_javascript(mut self, javascript: bool) -> Self {
        self.collector = self.collector.javascript(javascript);
        self
    }

    /// The patterns of what is left out.
    pub fn ignore(&self) -> Ignore {
        const DEFAULTS: [&str; 3] = ["CVS", ".*", "*~"];
        let defaults = DEFAULTS.iter().filter(|_| self.default_ignore).map(|pattern| (*pattern).to_owned());
        self.ignore.iter().cloned().chain(defaults).fold(self.git.clone(), Ignore::with)
    }

    /// A collector with everything that the settings say.
    ///
    /// Directories come before crates, as Django's settings come before its apps.
    ///
    /// A directory that does not exist is left out, as Django's finders do; [`check`](Self::check) warns of it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`](holdall_core::ErrorKind::InvalidName) for a prefix that is none.
    pub fn collector(&self) -> Result<Collector> {
        let mut collector = self.collector.clone().ignore(self.ignore());
        for Directory { prefix, path, .. } in self.directories.iter().filter(|directory| directory.exists()) {
            let finder = match prefix.as_str() {
                "" => Directories::new(path),
                prefix => Directories::prefixed(prefix, path)?,
            };
            collector = collector.finder(finder);
        }
        #[cfg(feature = "static-crates")]
        if let Some(crates) = &self.crates {
            collector = collector.finder(crates.finder());
        }
        Ok(collector)
    }
}

impl Default for StaticSettings {
    fn default() -> Self {
        Self {
            storage: Storages::STATICFILES.to_owned(),
            directories: Vec::new(),
            #[cfg(feature = "static-crates")]
            crates: None,
            default_ignore: true,
            ignore: Vec::new(),
            git: Ignore::none(),
            collector: Collector::new(),
        }
    }
}

impl StaticSettings {
    /// Whether anything is named where files could be.
    fn names_sources(&self) -> bool {
        #[cfg(feature = "static-crates")]
        if self.crates.is_some() {
            return true;
        }
        !self.directories.is_empty()
    }
}

impl Directory {
    /// Anything but a directory that is known to be absent: what must not be looked at is an error of the finder.
    fn exists(&self) -> bool {
        !matches!(self.path.try_exists(), Ok(false))
    }
}
