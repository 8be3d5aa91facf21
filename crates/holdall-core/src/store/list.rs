//! The call `store.list(location)`.

use futures_core::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::Store;
use crate::error::{Operation, Result};
use crate::metadata::Entry;
use crate::name::{Location, Name};
use crate::options::ListOptions;

/// A listing to be made. See [`Store::list`].
///
/// ```
/// use futures_util::TryStreamExt as _;
///
/// # async fn example(media: holdall_core::Store) -> holdall_core::Result<()> {
/// let mut entries = media.list("usr").recursive().stream();
/// while let Some(entry) = entries.try_next().await? {
///     println!("{entry:?}");
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "a listing does nothing until `.stream()` is polled"]
pub struct List<'a> {
    store: &'a Store,
    location: Result<Location>,
    options: ListOptions,
}

impl<'a> List<'a> {
    pub(super) fn new(store: &'a Store, location: Result<Location>) -> Self {
        Self { store, location, options: ListOptions::default() }
    }

    /// Lists every file at any depth, and no directories.
    pub fn recursive(mut self) -> Self {
        self.options.recursive = true;
        self
    }

    /// Begins behind this name, which is relative to the store.
    pub fn start_after(mut self, name: &Name) -> Self {
        self.options.start_after = Some(name.clone());
        self
    }

    /// Replaces all options.
    pub fn options(mut self, options: ListOptions) -> Self {
        self.options = options;
        self
    }

    /// The entries, in the order of their names' bytes. Nothing is asked before it is polled.
    pub fn stream(self) -> BoxStream<'a, Result<Entry>> {
        let Self { store, location, options } = self;
        let entries = match &location {
            Ok(location) => store.storage.list(location, options),
            Err(_) => futures_util::stream::empty().boxed(),
        };
        let text = location.as_ref().map(Location::to_string).unwrap_or_default();
        let refused = location.err().map(Err);
        futures_util::stream::iter(refused)
            .chain(entries)
            .map_err(move |error| store.locate(error, Operation::List, Some(&text)))
            .boxed()
    }

    /// All entries in memory.
    ///
    /// # Errors
    ///
    /// Those of [`Storage::list`](crate::Storage::list).
    pub async fn collect(self) -> Result<Vec<Entry>> {
        self.stream().try_collect().await
    }
}
