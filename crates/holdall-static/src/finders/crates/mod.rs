//! Static files of crates: our counterpart of Django's app directories.

mod declared;
mod graph;

use std::path::PathBuf;
use std::sync::OnceLock;

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};
use holdall_core::{Error, ErrorKind, Name, Operation, Result};

use self::declared::declared;
use self::graph::{by_priority, root_package};
use super::{Directories, Finder, Ignore, SourceFile};

/// The static files that a crate and those that it depends on declare, what Django's `AppDirectoriesFinder` is for
/// installed apps. It asks `cargo metadata`, so that it is for times when the sources are at hand: collecting and
/// development.
///
/// A crate declares them in its `Cargo.toml`, relative to it:
///
/// ```toml
/// [package.metadata.holdall]
/// static = "static"
/// # Or with a prefix, or several:
/// static = { path = "dist", prefix = "blog" }
/// static = ["static", { path = "dist", prefix = "blog" }]
/// ```
///
/// # Which crates, and in which order
///
/// The package itself and all that it reaches through normal dependencies that are active for this machine: no
/// build dependencies, no dev-dependencies, no optional ones whose feature is off.
///
/// A crate comes before all that it depends on, so that an application overrides the files of its libraries, and a
/// library those of its own; crates of which neither depends on the other come in the order of names and versions.
/// Files that lose are reported as [`Conflict`](crate::Conflict)s, also between crates.
///
/// # What cargo is told
///
/// `--locked --offline`: looking for static files neither changes `Cargo.lock` nor waits for a network. And
/// `--filter-platform`, without which cargo wants to see the crates of all platforms, which no build has fetched.
///
/// ```no_run
/// use holdall_static::{Collector, Crates, Directories};
///
/// let collector = Collector::new().finder(Directories::new("overrides")).finder(Crates::of("."));
/// ```
#[derive(Debug)]
pub struct Crates {
    manifest: PathBuf,
    package: Option<String>,
    features: Vec<String>,
    default_features: bool,
    platform: Option<String>,
    cargo: Option<PathBuf>,
    /// Asked once: a server in development looks for files at every request.
    found: OnceLock<Found>,
}

/// What cargo said.
#[derive(Debug)]
struct Found {
    directories: Directories,
    places: Vec<String>,
    watched: Vec<PathBuf>,
}

impl Crates {
    /// The crate in that directory, or of that `Cargo.toml`, and those that it depends on. Cargo is asked when files
    /// are looked for first, and once.
    pub fn of(manifest: impl Into<PathBuf>) -> Self {
        Self {
            manifest: manifest.into(),
            package: None,
            features: Vec::new(),
            default_features: true,
            platform: None,
            cargo: None,
            found: OnceLock::new(),
        }
    }

    /// Which package of a workspace is meant, where the `Cargo.toml` is that of a workspace without a package.
    pub fn package(mut self, name: impl Into<String>) -> Self {
        self.package = Some(name.into());
        self
    }

    /// With these features of the package, too.
    pub fn features(mut self, features: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.features.extend(features.into_iter().map(Into::into));
        self
    }

    /// Whether the package's default features are on; `true` without a call.
    pub fn default_features(mut self, on: bool) -> Self {
        self.default_features = on;
        self
    }

    /// For which platform the dependencies are meant, as `x86_64-unknown-linux-gnu`; without a call the one that
    /// this program was built for.
    pub fn platform(mut self, triple: impl Into<String>) -> Self {
        self.platform = Some(triple.into());
        self
    }

    /// Where cargo is. Without a call the environment variable `CARGO`, which cargo sets for what it runs, else
    /// `cargo` on the path.
    pub fn cargo(mut self, program: impl Into<PathBuf>) -> Self {
        self.cargo = Some(program.into());
        self
    }

    fn found(&self) -> Result<&Found> {
        if let Some(found) = self.found.get() {
            return Ok(found);
        }
        let metadata = self.ask()?;
        let root = root_package(&metadata, &self.manifest_path(), self.package.as_deref())?;
        let mut places = Vec::new();
        let mut watched = vec![metadata.workspace_root.join("Cargo.lock").into_std_path_buf()];
        let mut directories = Directories::none();
        for package in by_priority(&metadata, root) {
            watched.push(package.manifest_path.clone().into_std_path_buf());
            for (prefix, path) in declared(package)? {
                places.push(format!("{} (of the crate {})", path.display(), package.name));
                directories = directories.and_prefixed(&prefix, path)?;
            }
        }
        watched.extend(directories.watched());
        Ok(self.found.get_or_init(|| Found { directories, places, watched }))
    }

    fn manifest_path(&self) -> PathBuf {
        if self.manifest.is_dir() { self.manifest.join("Cargo.toml") } else { self.manifest.clone() }
    }

    /// Runs `cargo metadata`.
    fn ask(&self) -> Result<Metadata> {
        let manifest = self.manifest_path();
        let mut command = MetadataCommand::new();
        command.manifest_path(&manifest);
        if let Some(cargo) = &self.cargo {
            command.cargo_path(cargo);
        }
        if !self.default_features {
            command.features(CargoOpt::NoDefaultFeatures);
        }
        if !self.features.is_empty() {
            command.features(CargoOpt::SomeFeatures(self.features.clone()));
        }
        let platform = self.platform.as_deref().unwrap_or(env!("HOLDALL_TARGET"));
        let flags = ["--locked", "--offline", "--filter-platform", platform];
        command.other_options(flags.map(str::to_owned));
        command.exec().map_err(|error| {
            let (kind, what) = match &error {
                cargo_metadata::Error::Io(error) => (
                    ErrorKind::from_io(error),
                    format!("cargo cannot be run ({error}); install it, put it on the path, or say where it is"),
                ),
                cargo_metadata::Error::CargoMetadata { stderr } => (
                    ErrorKind::InvalidConfig,
                    format!(
                        "{}\ncargo was asked with --locked and --offline; a build before fetches what is missing and \
                         brings Cargo.lock up to date",
                        stderr.trim()
                    ),
                ),
                _ => (ErrorKind::Other, error.to_string()),
            };
            let message = format!("the crates of {} cannot be told: {what}", manifest.display());
            Error::message(kind, message).with_operation(Operation::List)
        })
    }
}

impl Finder for Crates {
    fn list(&self, ignore: &Ignore) -> Result<Vec<SourceFile>> {
        self.found()?.directories.list(ignore)
    }

    fn find(&self, name: &Name) -> Result<Option<SourceFile>> {
        self.found()?.directories.find(name)
    }

    fn find_all(&self, name: &Name) -> Result<Vec<SourceFile>> {
        self.found()?.directories.find_all(name)
    }

    fn places(&self) -> Vec<String> {
        match self.found() {
            Ok(found) => found.places.clone(),
            Err(_) => vec![format!("the crates of {}", self.manifest_path().display())],
        }
    }

    /// Every manifest of the crates, too: what it declares may change.
    fn watched(&self) -> Vec<PathBuf> {
        self.found().map_or_else(|_| vec![self.manifest_path()], |found| found.watched.clone())
    }
}
