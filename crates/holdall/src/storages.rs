//! The registry of named storages.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use holdall_core::backend::{did_you_mean, listed};
use holdall_core::{Error, ErrorKind, Result, Storage, Store};

use crate::builder::StoragesBuilder;
use crate::concrete::{Backend, short_type_name};
use crate::place::Place;
use crate::registry::Opened;
#[cfg(feature = "static")]
use crate::static_settings::StaticSettings;

/// The storages of an application by name, as its settings describe them: what
/// `django.core.files.storage.storages` is to Django.
///
/// [`load`](Self::load) builds every storage at once, so that a mistake in the settings stops the start
/// of the application and not its first upload. A clone is another handle to the same storages.
///
/// ```
/// use holdall::Storages;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall::Result<()> {
/// let settings = r#"
///     [storages.default]
///     backend = "memory"
/// "#;
/// let storages = Storages::builder().toml(settings).build()?;
/// let media = storages.get("default")?;
/// media.save("cat.txt", "meow").await?;
/// assert!(storages.get("default")?.exists("cat.txt").await?);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Storages {
    stores: Arc<BTreeMap<String, Opened>>,
    #[cfg(feature = "static")]
    static_files: Arc<StaticSettings>,
}

impl Storages {
    /// The name of the storage for what people upload, as in Django.
    pub const DEFAULT: &'static str = "default";

    /// The name of the storage for what the application ships, as in Django.
    pub const STATICFILES: &'static str = "staticfiles";

    /// Reads `holdall.toml` and the environment, and builds every storage.
    ///
    /// The file is the one that `HOLDALL_CONFIG` names, else `holdall.toml` in the working directory,
    /// which need not exist. Variables `HOLDALL_STORAGES__<NAME>__<KEY>` go on top. To give defaults,
    /// see [`StoragesBuilder::defaults_toml`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] with everything that is wrong, each with key, file and line or with
    /// the name of the variable. A single storage that cannot start keeps the kind of its backend's
    /// error.
    pub fn load() -> Result<Self> {
        Self::builder().load()
    }

    /// Settings from elsewhere, defaults, storages made by hand, third parties' backends.
    pub fn builder() -> StoragesBuilder {
        StoragesBuilder::new()
    }

    pub(crate) fn new(
        stores: BTreeMap<String, Opened>,
        #[cfg(feature = "static")] static_files: StaticSettings,
    ) -> Self {
        Self {
            stores: Arc::new(stores),
            #[cfg(feature = "static")]
            static_files: Arc::new(static_files),
        }
    }

    /// The storage of that name: always the same one, not a new one each time.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] when the settings have none of that name; the sentence lists those
    /// that they have.
    pub fn get(&self, name: &str) -> Result<Store> {
        self.stores.get(name).map(|opened| opened.store.clone()).ok_or_else(|| self.unknown(name))
    }

    /// The backend of that storage by its own type, below policy and location: what only S3 can do needs no second set
    /// of settings. Backends of third parties have the type that their factory returned.
    ///
    /// Buckets, access control lists, versions, tags, probes, downloads and signed requests of S3:
    ///
    /// ```no_run
    /// # #[cfg(feature = "s3")]
    /// # async fn example(storages: holdall::Storages) -> holdall::Result<()> {
    /// use holdall::s3::{S3Storage, Tags};
    ///
    /// let bucket = storages.backend::<S3Storage>("default")?;
    /// if !bucket.bucket_exists().await? {
    ///     bucket.create_bucket().await?;
    /// }
    /// let saved = storages.get("default")?.save("usr/cat.jpg", "meow").await?;
    /// bucket.set_tags(bucket.inner_name(&saved.name)?, &Tags::new([("kind", "upload")])?).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// The directory of a disk:
    ///
    /// ```
    /// # #[cfg(feature = "fs")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use holdall::Storages;
    /// use holdall::fs::FileSystemStorage;
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # let root = directory.path().display();
    /// let settings = format!("[storages.default]\nbackend = 'fs'\nroot = '{root}'\nlocation = 'media'");
    /// let storages = Storages::builder().toml(settings).build()?;
    /// assert!(storages.backend::<FileSystemStorage>("default")?.root().ends_with("media"));
    /// # Ok(()) }
    /// # #[cfg(not(feature = "fs"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), and [`ErrorKind::InvalidConfig`] where the backend has another type: the sentence names
    /// the backend that is there and the type that was asked for.
    pub fn backend<S: Storage>(&self, name: &str) -> Result<Backend<S>> {
        let opened = self.stores.get(name).ok_or_else(|| self.unknown(name))?;
        Backend::of(&opened.backend, &opened.prefix).ok_or_else(|| {
            let wanted = short_type_name::<S>();
            let message = format!(
                "the storage {name:?} is {}, and no {wanted}; ask for the type of its backend, or change \"backend\" in \
                 [storages.{name}]",
                opened.backend
            );
            Error::message(ErrorKind::InvalidConfig, message)
        })
    }

    /// Where the storage of that name lies. `None` for one that was made by hand
    /// ([`StoragesBuilder::storage`]): nobody but who made it knows.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn place(&self, name: &str) -> Result<Option<&Place>> {
        self.stores.get(name).map(|opened| opened.place.as_ref()).ok_or_else(|| self.unknown(name))
    }

    /// What the table `[static]` says: which static files are collected, and how.
    #[cfg(feature = "static")]
    pub fn static_settings(&self) -> &StaticSettings {
        &self.static_files
    }

    /// The names, sorted.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.stores.keys().map(String::as_str)
    }

    fn unknown(&self, name: &str) -> Error {
        let hint = if self.stores.is_empty() {
            format!(
                "none is configured; write [storages.{name}] into holdall.toml or set \
                 HOLDALL_STORAGES__{}__URL",
                name.to_uppercase()
            )
        } else {
            format!("configured are {}{}", listed(self.names(), "and"), did_you_mean(name, self.names()))
        };
        Error::message(ErrorKind::InvalidConfig, format!("there is no storage {name:?}; {hint}"))
    }
}

/// Names and places of the storages; no secret.
impl fmt::Debug for Storages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.stores.iter().map(|(name, opened)| (name, opened.store.to_string()));
        f.debug_map().entries(places).finish()
    }
}
