//! Backends by name: from settings to a store.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use holdall_core::backend::{did_you_mean, listed};
use holdall_core::{Location, Result, Storage, Store};

use crate::backends;
use crate::layers::{Chosen, Resolved, url};
use crate::options::StorageSettings;
use crate::place::Place;
use crate::policy::Policy;
use crate::problems::{Problem, Problems};

/// Makes a store of settings.
pub(crate) type Factory = Arc<dyn Fn(&mut StorageSettings) -> Result<Made> + Send + Sync>;

/// What a factory has made.
pub(crate) struct Made {
    pub(crate) store: Store,
    /// The storage that has the backend's own type, where a wrapper is around it.
    pub(crate) backend: Arc<dyn Storage>,
}

impl From<Store> for Made {
    fn from(store: Store) -> Self {
        let backend = Arc::clone(store.storage());
        Self { store, backend }
    }
}

/// Backends that this crate knows without necessarily having them. Their cargo features are called the
/// same.
const FEATURES: [&str; 4] = ["azure", "fs", "gcs", "s3"];

/// A storage, and where it lies: `None` where somebody made it by hand.
#[derive(Clone)]
pub(crate) struct Opened {
    pub(crate) store: Store,
    /// The backend below policy and wrappers.
    pub(crate) backend: Arc<dyn Storage>,
    /// The location that the policy puts in front of names.
    pub(crate) prefix: Location,
    pub(crate) place: Option<Place>,
}

impl Opened {
    /// A storage that somebody made by hand.
    pub(crate) fn by_hand(store: Store) -> Self {
        let backend = Arc::clone(store.storage());
        Self { store, backend, prefix: Location::root(), place: None }
    }
}

/// A factory whose storages have no wrapper around them.
fn plain(open: fn(&mut StorageSettings) -> Result<Store>) -> Factory {
    Arc::new(move |options| open(options).map(Made::from))
}

/// All factories.
#[derive(Clone)]
pub(crate) struct Registry(BTreeMap<String, Factory>);

impl Registry {
    /// The backends that this crate was built with.
    pub(crate) fn new() -> Self {
        let mut registry = Self(BTreeMap::new());
        registry.add("memory", plain(backends::memory::open));
        #[cfg(feature = "fs")]
        registry.add("fs", plain(backends::fs::open));
        #[cfg(feature = "azure")]
        registry.add("azure", plain(backends::azure::open));
        #[cfg(feature = "gcs")]
        registry.add("gcs", plain(backends::gcs::open));
        #[cfg(feature = "s3")]
        registry.add("s3", Arc::new(backends::s3::open));
        registry
    }

    /// Adds a backend, or puts another one in its place.
    pub(crate) fn add(&mut self, backend: &str, factory: Factory) {
        self.0.insert(backend.to_owned(), factory);
    }

    /// Builds a storage. `storage` is its name, `None` for a URL by itself.
    pub(crate) fn open(&self, storage: Option<&str>, resolved: Resolved) -> Result<Opened, Problems> {
        let Some(factory) = self.0.get(&resolved.backend.name) else {
            let mut problems = Problems::default();
            problems.push(self.unknown(storage, &resolved.backend));
            return Err(problems);
        };
        let mut options = StorageSettings::new(storage, resolved);
        let policy = Policy::take(&mut options);
        match factory(&mut options) {
            Ok(Made { store, backend }) => {
                let applied = policy.and_then(|policy| policy.apply(&store, &mut options));
                let Ok((store, prefix)) = applied else {
                    // The error is one of many: all of them are in the options.
                    let _ = options.finish();
                    return Err(options.into_problems());
                };
                Ok(Opened { store, backend, prefix, place: Some(options.place().clone()) })
            }
            Err(error) => {
                // What the factory left untouched may be known to it: only what it complained about
                // counts.
                let origin = options.backend_origin().clone();
                let mut problems = options.into_problems();
                if problems.is_empty() {
                    let sentence = format!("{} cannot be used: {}", origin.scope(storage), error.reason());
                    problems.push(Problem::new(origin, sentence).with_source(error));
                }
                Err(problems)
            }
        }
    }

    /// No such backend: not enabled, or a slip of the pen.
    fn unknown(&self, storage: Option<&str>, backend: &Chosen) -> Problem {
        let Chosen { name, origin, scheme } = backend;
        let (what, word) = match scheme {
            Some(scheme) => ("scheme", scheme),
            None => ("backend", name),
        };
        if name.contains(['@', ':']) {
            let scope = origin.scope(storage);
            let sentence = format!("the backend in {scope} is no word; a URL belongs into the key \"url\"");
            return Problem::new(origin.clone(), sentence);
        }
        let scope = if scheme.is_some() { origin.inside_url() } else { origin.clone() }.scope(storage);
        let sentence = if FEATURES.contains(&name.as_str()) {
            format!(
                "the {what} {word:?} in {scope} needs the cargo feature {name:?} of the crate \"holdall\""
            )
        } else {
            let known = self.0.keys().map(|name| if scheme.is_some() { url::scheme_of(name) } else { name });
            let known: Vec<&str> = known.collect();
            let hint = did_you_mean(word, known.iter().copied());
            format!("unknown {what} {word:?} in {scope}; known are {}{hint}", listed(known, "and"))
        };
        Problem::new(origin.clone(), sentence)
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
