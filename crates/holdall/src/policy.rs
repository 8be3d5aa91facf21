//! The keys that every storage has: what its files are for.

use std::sync::Arc;

use holdall_core::{Location, MediaStorage, Result, StaticStorage, Storage, Store, Visibility};

use crate::options::Options;
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

    /// Takes `policy`, `visibility` and `cache_control`.
    pub(crate) fn take(options: &mut Options) -> Result<Self> {
        let kind = options.take_choice("policy", &[("media", Kind::Media), ("static", Kind::Static)]);
        let words = [("public", Visibility::Public), ("private", Visibility::Private)];
        let visibility = options.take_choice("visibility", &words);
        let cache_control = options.take_str("cache_control");
        let (kind, visibility, cache_control) = (kind?, visibility?, cache_control?);

        let is_static = options.storage_name() == Some(Storages::STATICFILES);
        match kind.unwrap_or(if is_static { Kind::Static } else { Kind::Media }) {
            Kind::Media if cache_control.is_some() => {
                let reason = "is for static files; remove it, or set policy = \"static\"";
                Err(options.invalid("cache_control", reason))
            }
            Kind::Static if visibility == Some(Visibility::Private) => {
                let reason =
                    "is \"private\", but static files are public; remove it, or set policy = \"media\"";
                Err(options.invalid("visibility", reason))
            }
            Kind::Media => Ok(Self::Media { visibility: visibility.unwrap_or(Visibility::Private) }),
            Kind::Static => Ok(Self::Static { cache_control }),
        }
    }

    /// The store under this policy, below that location.
    pub(crate) fn apply(self, store: &Store, location: Location) -> Store {
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
