//! The settings of one storage, as a factory takes them.

mod nested;
mod typed;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use holdall_core::backend::{listed, nearest_word};
use holdall_core::{Error, ErrorKind, Location, Result};

use crate::layers::Resolved;
use crate::place::Place;
use crate::policy::Policy;
use crate::problems::{Problem, Problems};
use crate::value::{SettingOrigin, Value};

/// The settings of one storage, whichever layer they come from: a factory takes the keys that it knows,
/// each as the type that it wants, and what is left over is a mistake.
///
/// Every `take_...` returns `Ok(None)` for a key that nobody gave, and an error that names key, file and
/// line (or the environment variable) for a value of the wrong kind. The errors are also remembered, so
/// that a factory that takes all keys first, calls [`finish`](Self::finish) and unwraps them afterwards
/// reports everything at once:
///
/// ```
/// use std::time::Duration;
///
/// use holdall::{MemoryStorage, StorageSettings, Result, Storages};
///
/// fn acme(options: &mut StorageSettings) -> Result<MemoryStorage> {
///     let account = options.require_str("account");
///     let timeout = options.take_duration("timeout");
///     options.finish()?;
///     let _client = (account?, timeout?.unwrap_or(Duration::from_secs(10)));
///     Ok(MemoryStorage::new())
/// }
///
/// let settings = "[storages.default]\nbackend = 'acme'\nacount = 'cats'\ntimeout = '5'";
/// let error = Storages::builder().register("acme", acme).toml(settings).build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "2 settings are wrong:\n  \
///      settings:3: unknown key \"acount\" in [storages.default]; did you mean \"account\"?\n  \
///      settings:4: \"timeout\" in [storages.default] is \"5\"; it has to be a duration like \"30s\" or \"5min\""
/// );
/// ```
///
/// `backend` and `url` are not among the keys, nor are those of the policy (`policy`, `visibility`,
/// `cache_control`). `location` is, for factories that apply it themselves; for others Holdall does it.
/// The parts of a URL are keys too: the host is `host`, the port `port`, user and password are
/// `username` and `password`, the path is `location`.
pub struct StorageSettings {
    /// `None` when a URL is opened by itself, and for settings that are none of a storage.
    storage: Option<String>,
    /// What is not a storage: `[static]`, `[[static.dirs]]`.
    section: Option<String>,
    backend: String,
    /// Where the backend was chosen: what a missing key is reported at.
    origin: SettingOrigin,
    values: BTreeMap<String, Value>,
    /// Where the keys stood that have been taken.
    taken: BTreeMap<String, SettingOrigin>,
    /// Keys that were asked for, given or not: what is known.
    known: BTreeSet<String>,
    problems: Problems,
    place: Place,
}

impl StorageSettings {
    pub(crate) fn new(storage: Option<&str>, resolved: Resolved) -> Self {
        let Resolved { backend, values } = resolved;
        // Whoever takes the key, as whatever it takes it: what is wrong with it is said there.
        let location = values.get(Policy::LOCATION).and_then(|value| Location::new(&value.text).ok());
        let place = Place { location: location.unwrap_or_default(), directory: None };
        Self { backend: backend.name, place, ..Self::of(storage, backend.origin, values) }
    }

    /// The keys of a table that is no storage: `section` is what it is called, brackets included.
    pub(crate) fn of_section(
        section: String,
        origin: SettingOrigin,
        values: BTreeMap<String, Value>,
    ) -> Self {
        Self { section: Some(section), ..Self::of(None, origin, values) }
    }

    fn of(storage: Option<&str>, origin: SettingOrigin, values: BTreeMap<String, Value>) -> Self {
        Self {
            storage: storage.map(str::to_owned),
            section: None,
            backend: String::new(),
            origin,
            values,
            taken: BTreeMap::new(),
            known: BTreeSet::new(),
            problems: Problems::default(),
            place: Place::default(),
        }
    }

    /// What the keys belong to, as a sentence about one that was written there says it.
    fn scope(&self, origin: &SettingOrigin) -> String {
        self.section.clone().unwrap_or_else(|| origin.scope(self.storage_name()))
    }

    /// The name of the storage that is being built; `None` for [`open_url`](crate::open_url).
    pub fn storage_name(&self) -> Option<&str> {
        self.storage.as_deref()
    }

    /// Whether that key was given and has not been taken yet.
    pub fn contains(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// Where that key was written, taken or not.
    pub fn origin(&self, key: &str) -> Option<&SettingOrigin> {
        self.taken.get(key).or_else(|| self.values.get(key).map(|value| &value.origin))
    }

    /// An error about the value of a key, for rules that only the factory knows: `reason` completes the
    /// sentence that begins with the key, `"account" in [storages.default] ...`.
    ///
    /// Like all others it is remembered, and names the place. Do not put a secret into it.
    pub fn invalid(&mut self, key: &str, reason: impl fmt::Display) -> Error {
        let origin = self.origin(key).unwrap_or(&self.origin).clone();
        let sentence = format!("{key:?} in {} {reason}", self.scope(&origin));
        self.fail(origin, sentence)
    }

    /// The same for what the backend itself says about the value of a key.
    #[cfg(any(feature = "fs", feature = "s3", feature = "static", feature = "__object-store"))]
    pub(crate) fn refused(&mut self, key: &str, error: Error) -> Error {
        let origin = self.origin(key).unwrap_or(&self.origin).clone();
        let scope = self.scope(&origin);
        let sentence = format!("{key:?} in {scope} cannot be used: {}", error.reason());
        let told = Error::message(error.kind(), origin.say(&sentence));
        self.problems.push(Problem::new(origin, sentence).with_source(error));
        told
    }

    /// Says that no more keys will be taken: whatever was not asked for is unknown.
    ///
    /// Calling it is optional, since Holdall does it after the factory. A factory that has side effects
    /// calls it before them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] with everything that is wrong with the settings of this storage.
    pub fn finish(&mut self) -> Result<()> {
        // What is known and still there was promised to somebody who comes after the factory.
        let given = std::mem::take(&mut self.values);
        let (later, unknown): (BTreeMap<_, _>, _) =
            given.into_iter().partition(|(key, _)| self.known.contains(key));
        self.values = later;
        for (key, value) in unknown {
            let problem = self.unknown(&key, &value.origin);
            self.problems.push(problem);
        }
        self.problems.sort();
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(self.problems.to_error())
    }

    /// What was wrong, for the error of the whole settings.
    pub(crate) fn into_problems(mut self) -> Problems {
        self.problems.sort();
        self.problems
    }

    /// Says that the files are in that directory of this machine.
    #[cfg(feature = "fs")]
    pub(crate) fn lies_in(&mut self, directory: std::path::PathBuf) {
        self.place.directory = Some(directory);
    }

    /// Where the files are, as far as the keys told.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Where the backend was chosen.
    pub(crate) fn backend_origin(&self) -> &SettingOrigin {
        &self.origin
    }

    /// Declares a key that somebody takes later.
    pub(crate) fn expect(&mut self, key: &str) {
        self.known.insert(key.to_owned());
    }

    /// The value of a key, which is known from now on.
    fn take(&mut self, key: &str) -> Option<Value> {
        self.expect(key);
        let value = self.values.remove(key)?;
        self.taken.insert(key.to_owned(), value.origin.clone());
        Some(value)
    }

    /// A key that has to be there and is not. Probably it is, with a slip of the pen: then that is the
    /// mistake, and only that.
    fn missing(&mut self, key: &str) -> Error {
        let slip = nearest_key(key, self.values.keys()).map(str::to_owned);
        if let Some((slip, value)) = slip.and_then(|slip| self.values.remove_entry(&slip)) {
            let scope = self.scope(&value.origin);
            return self
                .fail(value.origin, format!("unknown key {slip:?} in {scope}; did you mean {key:?}?"));
        }
        let scope = self.scope(&self.origin);
        let who = match self.section {
            Some(_) => "it".to_owned(),
            None => format!("the backend {:?}", self.backend),
        };
        let sentence = format!("{scope} has no {key:?}, which {who} needs");
        self.fail(self.origin.clone(), sentence)
    }

    fn unknown(&self, key: &str, origin: &SettingOrigin) -> Problem {
        let hint = match nearest_key(key, &self.known) {
            Some(nearest) => format!("did you mean {nearest:?}?"),
            None => format!("known are {}", listed(self.known.iter().map(String::as_str), "and")),
        };
        let scope = self.scope(origin);
        Problem::new(origin.clone(), format!("unknown key {key:?} in {scope}; {hint}"))
    }

    /// Remembers a problem and returns it as an error.
    fn fail(&mut self, origin: SettingOrigin, sentence: String) -> Error {
        let problem = Problem::new(origin, sentence);
        let error = Error::message(ErrorKind::InvalidConfig, problem.line());
        self.problems.push(problem);
        error
    }
}

fn nearest_key<'a>(key: &str, known: impl IntoIterator<Item = &'a String>) -> Option<&'a str> {
    nearest_word(key, known.into_iter().map(String::as_str))
}

/// Names of keys only: a value may be a secret.
impl fmt::Debug for StorageSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StorageSettings")
            .field("storage", &self.storage)
            .field("backend", &self.backend)
            .field("keys", &self.values.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
