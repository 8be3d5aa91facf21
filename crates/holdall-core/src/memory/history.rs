//! What a memory with versions remembers of each file.

use std::collections::BTreeMap;

use super::Stored;
use crate::name::Name;

/// Everything that was saved under each name and not deleted by its version, oldest first. `None` says that the
/// file was deleted then, which hides what came before.
#[derive(Default)]
pub(super) struct History(BTreeMap<Name, Vec<Option<Stored>>>);

impl History {
    /// A version was saved.
    pub(super) fn save(&mut self, stored: Stored) {
        self.0.entry(stored.metadata.name.clone()).or_default().push(Some(stored));
    }

    /// The current version was changed in place.
    pub(super) fn change(&mut self, stored: Stored) {
        if let Some(last) = self.0.get_mut(&stored.metadata.name).and_then(|events| events.last_mut()) {
            *last = Some(stored);
        }
    }

    /// The file was deleted without a version.
    pub(super) fn delete(&mut self, name: &Name) {
        if let Some(events) = self.0.get_mut(name) {
            events.push(None);
        }
    }

    pub(super) fn get(&self, name: &Name, version: &str) -> Option<&Stored> {
        self.0.get(name)?.iter().flatten().find(|stored| is(stored, version))
    }

    /// Deletes one version for good. Returns what is current after that.
    pub(super) fn remove(&mut self, name: &Name, version: &str) -> Option<&Stored> {
        let events = self.0.get_mut(name)?;
        events.retain(|event| event.as_ref().is_none_or(|stored| !is(stored, version)));
        events.last()?.as_ref()
    }
}

fn is(stored: &Stored, version: &str) -> bool {
    stored.metadata.version.as_deref() == Some(version)
}
