//! A value that many read and that is replaced whole.

use std::sync::{Arc, PoisonError, RwLock};

/// What is current. Readers get a handle of their own: who renders a page reads one value from its first tag to
/// its last, whatever is swapped meanwhile.
#[derive(Debug)]
pub(crate) struct Current<T>(RwLock<Arc<T>>);

impl<T> Current<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(RwLock::new(Arc::new(value)))
    }

    pub(crate) fn get(&self) -> Arc<T> {
        // The lock is held for one assignment, which does not panic: a poisoned one is whole.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, value: T) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
    }
}
