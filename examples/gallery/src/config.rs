//! The settings: the gallery's own from the environment, the storages from Holdall's.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use bytesize::ByteSize;
use holdall::Storages;

use crate::assets::Source;

/// The storages of a gallery that nobody has configured: everything below `var/`.
///
/// A `holdall.toml` in the working directory replaces it; `HOLDALL_…` variables override either.
pub const DEFAULT_STORAGES: &str = include_str!("../holdall.toml");

/// What the gallery is told from outside.
#[derive(Debug)]
pub struct Settings {
    /// `GALLERY_ADDR`: where to listen.
    pub addr: SocketAddr,
    /// `GALLERY_MAX_UPLOAD`: the size of the largest image that is taken, in bytes.
    pub max_upload: u64,
    /// `GALLERY_DATABASE`: the database file.
    pub database: PathBuf,
    /// `GALLERY_STATIC_DIR`: the directory whose files are the static ones, as they are at the moment; empty for
    /// those inside the program.
    pub static_source: Source,
    /// The storages `default` and `staticfiles`.
    pub storages: Storages,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// One of the gallery's own.
    #[error("{variable}={value:?} cannot be used: it has to be {wanted}")]
    Variable {
        /// The environment variable.
        variable: &'static str,
        /// What it holds.
        value: String,
        /// What it should hold instead.
        wanted: &'static str,
    },
    /// One of the storages'.
    #[error("{0}")]
    Storages(#[from] holdall::Error),
}

impl Settings {
    /// The settings of this process: its environment, its working directory, and our defaults.
    ///
    /// # Errors
    ///
    /// [`ConfigError`]: a sentence that names the setting and says what it takes.
    pub fn load() -> Result<Self, ConfigError> {
        let storages = Storages::builder().defaults_toml(DEFAULT_STORAGES).load()?;
        Self::new(storages, |variable| std::env::var_os(variable))
    }

    /// The gallery's own settings, by `lookup` of an environment variable, around `storages`.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Variable`].
    pub fn new(storages: Storages, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let addr = setting(
            &lookup,
            "GALLERY_ADDR",
            "127.0.0.1:8000",
            "an IP address and a port, like 127.0.0.1:8000",
            |text| text.parse().ok(),
        )?;
        let max_upload = setting(
            &lookup,
            "GALLERY_MAX_UPLOAD",
            "20 MiB",
            "a size of at least one byte, like 20 MiB",
            |text| text.parse().ok().map(|size: ByteSize| size.as_u64()).filter(|&bytes| bytes > 0),
        )?;
        let database =
            setting(&lookup, "GALLERY_DATABASE", "var/gallery.sqlite3", "the path of a file", |text| {
                (!text.is_empty()).then(|| PathBuf::from(text))
            })?;
        let static_source = match lookup("GALLERY_STATIC_DIR") {
            None => Source::default(),
            Some(directory) if directory.is_empty() => Source::Collected,
            Some(directory) => Source::Live(directory.into()),
        };
        Ok(Self { addr, max_upload, database, static_source, storages })
    }
}

/// One variable, or its default, read by `parse`.
fn setting<T>(
    lookup: &impl Fn(&str) -> Option<OsString>,
    variable: &'static str,
    default: &str,
    wanted: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, ConfigError> {
    let value = lookup(variable).unwrap_or_else(|| default.into());
    // What is not UTF-8 is refused as it is shown: no character is quietly replaced in a path.
    let parsed = value.to_str().and_then(|text| parse(text.trim()));
    parsed.ok_or_else(|| ConfigError::Variable { variable, value: value.to_string_lossy().into(), wanted })
}
