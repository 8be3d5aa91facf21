//! The keys that every storage has: what its files are for.

use std::sync::Arc;

use holdall_core::{Location, MediaStorage, Result, SaveOptions, StaticStorage, Storage, Store, Visibility};

use crate::options::StorageSettings;
use crate::storages::Storages;

/// What the files of a storage are for, which decides what a call leaves open.
pub(crate) enum Policy {
    /// What people upload.
    Media { visibility: Visibility },
    /// What the application ships; `None` is the default of [`StaticStorage`], an empty text stores
    /// none.
    Static { cache_control: Option<String> },
}

/// The word of the key `policy`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Media,
    Static,
}

impl Policy {
    /// The key of the prefix. A backend may take it itself.
    pub(crate) const LOCATION: &'static str = "location";

    /// The key of the cache control. For media a backend may take it itself.
    const CACHE_CONTROL: &'static str = "cache_control";

    /// Takes `policy` and `visibility`, and `cache_control` for static files.
    pub(crate) fn take(options: &mut StorageSettings) -> Result<Self> {
        options.expect(Self::LOCATION);
        options.expect(Self::CACHE_CONTROL);
        let kind = options.take_choice("policy", &[("media", Kind::Media), ("static", Kind::Static)]);
        let words = [("public", Visibility::Public), ("private", Visibility::Private)];
        let visibility = options.take_choice("visibility", &words);
        let (kind, visibility) = (kind?, visibility?);

        let is_static = options.storage_name() == Some(Storages::STATICFILES);
        match kind.unwrap_or(if is_static { Kind::Static } else { Kind::Media }) {
            Kind::Media => Ok(Self::Media { visibility: visibility.unwrap_or(Visibility::Private) }),
            Kind::Static if visibility == Some(Visibility::Private) => {
                let reason =
                    "is \"private\", but static files are public; remove it, or set policy = \"media\"";
                Err(options.invalid("visibility", reason))
            }
            Kind::Static => Ok(Self::Static { cache_control: take_cache_control(options)? }),
        }
    }

    /// Takes what the factory has left, and puts the policy around its store. Says which location it put in front of
    /// names.
    pub(crate) fn apply(self, store: &Store, options: &mut StorageSettings) -> Result<(Store, Location)> {
        let location = options.take_location(Self::LOCATION);
        if options.contains(Self::CACHE_CONTROL) {
            let reason = "is for static files on this backend; remove it, or set policy = \"static\"";
            options.invalid(Self::CACHE_CONTROL, reason);
        }
        options.finish()?;
        let capabilities = store.capabilities();
        if matches!(self, Self::Media { .. }) && capabilities.writable && !capabilities.unique {
            let reason = "is \"media\", which never overwrites a file, but this storage cannot keep names from being \
                          taken twice: every save without a mode would be refused. Let it make names unique (S3: \
                          unique_names = \"random\"), or set policy = \"static\"";
            return Err(options.invalid("policy", reason));
        }
        let location = location?.unwrap_or_default();
        Ok((self.wrap(store, location.clone()), location))
    }

    /// The store under this policy, below that location.
    fn wrap(self, store: &Store, location: Location) -> Store {
        let storage: Arc<dyn Storage> = Arc::clone(store.storage());
        match self {
            Self::Media { visibility } => {
                Store::new(MediaStorage::new(storage, location).with_visibility(visibility))
            }
            Self::Static { cache_control } => {
                let storage = StaticStorage::new(storage, location);
                Store::new(match cache_control {
                    None => storage,
                    Some(none) if none.is_empty() => storage.with_cache_control(None),
                    Some(value) => storage.with_cache_control(value),
                })
            }
        }
    }
}

/// Checked here: a value that no header can carry would fail every save instead of the start.
fn take_cache_control(options: &mut StorageSettings) -> Result<Option<String>> {
    let Some(value) = options.take_str(Policy::CACHE_CONTROL)? else { return Ok(None) };
    if !value.is_empty() {
        let save = SaveOptions::default().with_cache_control(&*value);
        if let Err(error) = save.attributes.validate() {
            return Err(options.invalid(Policy::CACHE_CONTROL, format_args!("cannot be used: {error}")));
        }
    }
    Ok(Some(value))
}
