//! The concrete type of a storage, out of the settings that made it.

use std::any::{Any, type_name};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use holdall_core::{IntoName, Location, Name, Result, Storage};

/// The backend of a storage by its own type, for what only that type can do. See
/// [`Storages::backend`](crate::Storages::backend).
///
/// It stands below the storage's policy: a save through it takes the mode that it says, and none of the policy's
/// defaults. A clone is another handle to the same backend.
pub struct Backend<S> {
    storage: Arc<S>,
    prefix: Location,
}

impl<S: Storage> Backend<S> {
    /// The backend, if it has that type.
    pub(crate) fn of(storage: &Arc<dyn Storage>, prefix: &Location) -> Option<Self> {
        let storage = concrete(Arc::clone(storage))?;
        Some(Self { storage, prefix: prefix.clone() })
    }

    /// The name that the backend has for a file of the storage.
    ///
    /// It is the same name for backends that apply the key `location` themselves, as those of Holdall do but `memory`.
    /// For others Holdall puts the location in front.
    ///
    /// # Errors
    ///
    /// [`InvalidName`](holdall_core::ErrorKind::InvalidName).
    pub fn inner_name(&self, name: impl IntoName) -> Result<Name> {
        self.prefix.join(&name.into_name()?)
    }

    /// The location that [`inner_name`](Self::inner_name) puts in front; the root where there is none.
    pub fn prefix(&self) -> &Location {
        &self.prefix
    }

    /// The backend itself, to be kept or to be wrapped again.
    pub fn storage(&self) -> &Arc<S> {
        &self.storage
    }
}

impl<S> Deref for Backend<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.storage
    }
}

impl<S> Clone for Backend<S> {
    fn clone(&self) -> Self {
        Self { storage: Arc::clone(&self.storage), prefix: self.prefix.clone() }
    }
}

impl<S: fmt::Debug> fmt::Debug for Backend<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend").field("storage", &self.storage).field("prefix", &self.prefix).finish()
    }
}

/// The storage as that type, out of the pointers that it may be in: a `Store` is made of an `Arc` too.
fn concrete<S: Storage>(storage: Arc<dyn Storage>) -> Option<Arc<S>> {
    let any: Arc<dyn Any + Send + Sync> = storage;
    let any = match any.downcast::<S>() {
        Ok(storage) => return Some(storage),
        Err(any) => any,
    };
    let any = match any.downcast::<Arc<S>>() {
        Ok(storage) => return Some(Arc::clone(&storage)),
        Err(any) => any,
    };
    any.downcast::<Arc<dyn Storage>>().ok().and_then(|storage| concrete(Arc::clone(&storage)))
}

/// The name of a type as people write it, without the modules that it lies in.
pub(crate) fn short_type_name<S>() -> String {
    let is_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let mut short = String::new();
    let mut word = String::new();
    for letter in type_name::<S>().chars() {
        if is_path(letter) {
            word.push(letter);
        } else {
            short += word.rsplit("::").next().unwrap_or_default();
            short.push(letter);
            word.clear();
        }
    }
    short + word.rsplit("::").next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use holdall_core::{MemoryStorage, ReadOnly};

    use super::short_type_name;

    #[test]
    fn types_are_named_without_their_modules() {
        assert_eq!(short_type_name::<MemoryStorage>(), "MemoryStorage");
        assert_eq!(short_type_name::<ReadOnly<MemoryStorage>>(), "ReadOnly<MemoryStorage>");
    }
}
