//! Gathering the layers, and building all storages at once.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fmt, fs, io};

use holdall_core::{Result, Store};

use crate::layers::{self, Layer, check_name, environment};
use crate::options::StorageSettings;
use crate::problems::{Problem, Problems};
use crate::registry::{Made, Opened, Registry};
#[cfg(feature = "static")]
use crate::static_settings::StaticSettings;
use crate::storages::Storages;
use crate::value::{Document, SettingOrigin};

/// The file of settings that is read where nothing else is said.
const DEFAULT_FILE: &str = "holdall.toml";

/// Gathers settings for [`Storages`].
///
/// Layers, lowest first, whatever the order of the calls: [`defaults_toml`](Self::defaults_toml); the
/// file that [`load`](Self::load) finds; [`file`](Self::file) and [`toml`](Self::toml) in their order;
/// the environment; [`storage`](Self::storage). A layer that gives a storage a `backend` or a `url`
/// replaces what lower layers say about it; other keys go on top.
///
/// [`build`](Self::build) uses what was given and nothing else, which is what tests want;
/// [`load`](Self::load) also looks at the file system and the environment of the process.
#[must_use = "nothing is read before `load` or `build`"]
pub struct StoragesBuilder {
    defaults: Vec<Source>,
    sources: Vec<Source>,
    environment: Option<Vec<(OsString, OsString)>>,
    stores: BTreeMap<String, Opened>,
    registry: Registry,
}

/// A TOML document that is still to be read.
enum Source {
    Text { label: &'static str, text: String },
    File { path: PathBuf, named_by: Option<SettingOrigin> },
}

impl StoragesBuilder {
    pub(crate) fn new() -> Self {
        Self {
            defaults: Vec::new(),
            sources: Vec::new(),
            environment: None,
            stores: BTreeMap::new(),
            registry: Registry::new(),
        }
    }

    /// The settings that the application brings: the text of a `holdall.toml`, usually by
    /// `include_str!`. Anybody who runs it can override them. Errors call it `built-in settings`; paths
    /// are relative to the working directory.
    pub fn defaults_toml(mut self, text: impl Into<String>) -> Self {
        self.defaults.push(Source::Text { label: "built-in settings", text: text.into() });
        self
    }

    /// A file that has to be there. Relative paths in it are relative to its directory.
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.push(Source::File { path: path.into(), named_by: None });
        self
    }

    /// The text of a `holdall.toml`. Errors call it `settings`; paths are relative to the working
    /// directory.
    pub fn toml(mut self, text: impl Into<String>) -> Self {
        self.sources.push(Source::Text { label: "settings", text: text.into() });
        self
    }

    /// The environment, instead of the one of the process. Variables that are none of Holdall's are left
    /// alone.
    ///
    /// ```
    /// use holdall::Storages;
    ///
    /// let variables = [("HOLDALL_STORAGES__DEFAULT__URL", "memory:"), ("PATH", "/bin")];
    /// let storages = Storages::builder().environment(variables).build()?;
    /// assert!(storages.get("default").is_ok());
    /// # Ok::<(), holdall::Error>(())
    /// ```
    pub fn environment<K, V>(mut self, variables: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        let pairs = variables.into_iter().map(|(variable, value)| (variable.into(), value.into()));
        self.environment = Some(pairs.collect());
        self
    }

    /// A storage made by hand, as it is: no policy and no location is put around it. It replaces all
    /// that the settings say about that name.
    pub fn storage(mut self, name: impl Into<String>, store: impl Into<Store>) -> Self {
        self.stores.insert(name.into(), Opened::by_hand(store.into()));
        self
    }

    /// Adds a backend: `backend = "acme"` and `url = "acme://host/location?key=value"` call this factory
    /// with all the other keys. A known name gets another factory.
    ///
    /// The factory needs no thought for `location`, `policy`, `visibility` and `cache_control`: Holdall
    /// wraps what it returns, a [`Store`] or anything that implements
    /// [`Storage`](holdall_core::Storage). See [`StorageSettings`] for how it takes its keys.
    ///
    /// ```
    /// use holdall::{MemoryStorage, StorageSettings, Result, Storages};
    ///
    /// /// A storage that is leased from Acme; here in memory.
    /// fn acme(options: &mut StorageSettings) -> Result<MemoryStorage> {
    ///     let account = options.require_str("host")?;
    ///     let token = options.take_str("token")?;
    ///     # let _ = (account, token);
    ///     Ok(MemoryStorage::new())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<()> {
    /// let storages = Storages::builder()
    ///     .register("acme", acme)
    ///     .toml(r#"storages.default.url = "acme://cats.example/photos?token=meow""#)
    ///     .build()?;
    /// storages.get("default")?.save("cat.txt", "meow").await?;
    /// # Ok(()) }
    /// ```
    pub fn register<F, S>(mut self, backend: &str, factory: F) -> Self
    where
        F: Fn(&mut StorageSettings) -> Result<S> + Send + Sync + 'static,
        S: Into<Store>,
    {
        self.registry.add(backend, Arc::new(move |options| Ok(Made::from(factory(options)?.into()))));
        self
    }

    /// Builds from what was given, and from the file and the environment that every deployment has:
    /// [`Storages::load`] with more to say.
    ///
    /// # Errors
    ///
    /// As [`Storages::load`].
    pub fn load(mut self) -> Result<Storages> {
        let variables = self.environment.get_or_insert_with(|| env::vars_os().collect());
        let named = variables.iter().find(|(variable, _)| variable == environment::CONFIG);
        let found = match named {
            Some((_, path)) => {
                let named_by = SettingOrigin::variable(environment::CONFIG);
                if path.is_empty() {
                    let mut problems = Problems::default();
                    problems.push(Problem::new(named_by, "the variable is empty; name a file, or unset it"));
                    return Err(problems.into_error());
                }
                Some(Source::File { path: path.into(), named_by: Some(named_by) })
            }
            // `exists` tells "absent" from "not allowed to look", which reading will report.
            None if matches!(fs::exists(DEFAULT_FILE), Ok(false)) => None,
            None => Some(Source::File { path: DEFAULT_FILE.into(), named_by: None }),
        };
        self.sources.splice(..0, found);
        self.build()
    }

    /// Builds from what was given.
    ///
    /// # Errors
    ///
    /// As [`Storages::load`].
    pub fn build(self) -> Result<Storages> {
        let Self { defaults, sources, environment, mut stores, registry } = self;
        let mut problems = Problems::default();
        let documents = defaults.into_iter().chain(sources);
        let layers: Vec<Option<Layer>> = documents.map(|source| source.read(&mut problems)).collect();
        let Some(mut layers) = layers.into_iter().collect::<Option<Vec<Layer>>>() else {
            // Without what an unreadable document says, the rest would be wrong for that reason alone.
            return Err(problems.into_error());
        };
        if let Some(variables) = environment {
            layers.push(environment::read(&variables, &mut problems));
        }
        for name in stores.keys() {
            if let Err(sentence) = check_name(name) {
                problems.push(Problem::new(SettingOrigin::argument(), sentence));
            }
        }
        let names: BTreeSet<&String> = layers.iter().flat_map(|layer| layer.tables.keys()).collect();
        for name in names {
            if stores.contains_key(name) {
                continue;
            }
            let Some(resolved) = layers::resolve(name, &layers, &mut problems) else { continue };
            match registry.open(Some(name), resolved) {
                Ok(opened) => drop(stores.insert(name.clone(), opened)),
                Err(others) => problems.extend(others),
            }
        }
        #[cfg(feature = "static")]
        let static_files = StaticSettings::read(layers::static_files(&layers), &mut problems);
        if !problems.is_empty() {
            return Err(problems.into_error());
        }
        Ok(Storages::new(
            stores,
            #[cfg(feature = "static")]
            static_files,
        ))
    }
}

impl Source {
    /// `None` where nothing of it could be read.
    fn read(self, problems: &mut Problems) -> Option<Layer> {
        match self {
            Self::Text { label, text } => {
                layers::toml::read(&text, Document { label: label.to_owned(), directory: None }, problems)
            }
            Self::File { path, named_by } => match fs::read_to_string(&path) {
                Ok(text) => {
                    let directory = path.parent().map(Path::to_owned);
                    layers::toml::read(
                        &text,
                        Document { label: path.display().to_string(), directory },
                        problems,
                    )
                }
                Err(error) => {
                    problems.push(unreadable(&path, named_by, &error));
                    None
                }
            },
        }
    }
}

/// A file that cannot be read, at the variable that named it.
fn unreadable(path: &Path, named_by: Option<SettingOrigin>, error: &io::Error) -> Problem {
    let reason = match error.kind() {
        io::ErrorKind::InvalidData => "it is not UTF-8".to_owned(),
        _ => error.to_string(),
    };
    let sentence = format!("the settings in {} cannot be read: {reason}", path.display());
    Problem::new(named_by.unwrap_or_else(SettingOrigin::argument), sentence)
}

/// Names only: settings hold secrets.
impl fmt::Debug for StoragesBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoragesBuilder")
            .field("documents", &(self.defaults.len() + self.sources.len()))
            .field("storages", &self.stores.keys())
            .field("backends", &self.registry)
            .finish_non_exhaustive()
    }
}
