//! The call `store.delete_location(location)`.

use std::future::IntoFuture;
use std::pin::Pin;

use futures_core::stream::BoxStream;
use futures_util::{StreamExt as _, stream};

use super::Store;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::metadata::{Entry, ForeignEntry};
use crate::name::{Location, Name};
use crate::options::{DeleteOptions, ListOptions};

/// How many names are gathered before they are deleted: a page of S3, and what one `DeleteObjects` takes.
const BATCH: usize = 1000;

/// How many errors [`DeletedLocation::errors`] holds.
const MAX_ERRORS: usize = 1000;

/// Everything below a location, to be deleted. See [`Store::delete_location`].
#[derive(Debug)]
#[must_use = "nothing happens until the call is awaited"]
pub struct DeleteLocation<'a> {
    store: &'a Store,
    location: Result<Location>,
    force: bool,
}

/// What became of the files below a location.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DeletedLocation {
    /// Files that are gone.
    pub deleted: u64,
    /// Files that could not be deleted.
    pub failed: u64,
    /// Why: an error for each, which names it; the first thousand of them.
    pub errors: Vec<Error>,
}

impl DeletedLocation {
    /// The number of files that are gone, if nothing is left.
    ///
    /// # Errors
    ///
    /// The first of the errors.
    pub fn into_result(self) -> Result<u64> {
        match self.errors.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(self.deleted),
        }
    }

    fn count(&mut self, result: Result<Name>) {
        match result {
            Ok(_) => self.deleted += 1,
            Err(error) => {
                self.failed += 1;
                if self.errors.len() < MAX_ERRORS {
                    self.errors.push(error);
                }
            }
        }
    }
}

impl<'a> DeleteLocation<'a> {
    pub(super) fn new(store: &'a Store, location: Result<Location>) -> Self {
        Self { store, location, force: false }
    }

    /// Allows to delete everything: without it the root of the store is refused.
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }

    /// Deletes batch by batch as the stream is polled, and gives each name that is gone. An error of one name
    /// names it and does not stop the others; after an error of the listing
    /// ([`Operation::List`]) the stream ends.
    pub fn stream(self) -> BoxStream<'a, Result<Name>> {
        let Self { store, location, force } = self;
        let checked = location.and_then(|location| check(location, force));
        let location = match checked {
            Ok(location) => location,
            Err(error) => {
                let error = store.locate(error, Operation::Delete, None);
                return stream::iter([Err(error)]).boxed();
            }
        };
        store
            .storage
            .list(&location, ListOptions::default().with_recursive(true))
            .chunks(BATCH)
            .then(move |entries| {
                let location = location.clone();
                async move { stream::iter(delete(store, &location, entries).await) }
            })
            .flatten()
            .boxed()
    }

    async fn run(self) -> Result<DeletedLocation> {
        let mut deleted = DeletedLocation::default();
        let mut results = self.stream();
        while let Some(result) = results.next().await {
            match result {
                Err(error) if error.name().is_none() || error.operation() == Some(Operation::List) => {
                    let message = if deleted.deleted == 0 {
                        error.reason().to_owned()
                    } else {
                        format!("{}; {} files had been deleted before", error.reason(), deleted.deleted)
                    };
                    return Err(error.with_message(message));
                }
                result => deleted.count(result),
            }
        }
        Ok(deleted)
    }
}

fn check(location: Location, force: bool) -> Result<Location> {
    if location.is_root() && !force {
        let message = "this would delete every file of the storage; call force() if that is meant";
        return Err(Error::message(ErrorKind::InvalidInput, message));
    }
    Ok(location)
}

/// Deletes what a part of the listing shows.
async fn delete(store: &Store, location: &Location, entries: Vec<Result<Entry>>) -> Vec<Result<Name>> {
    let (mut names, mut markers, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Ok(Entry::File(file)) => names.push(file.name),
            Ok(Entry::Foreign(foreign)) => {
                if let Some(marker) = foreign.marker().filter(|_| store.capabilities().markers) {
                    markers.push(marker);
                    continue;
                }
                let error = not_ours(&foreign);
                failed.push(Err(store.locate(error, Operation::Delete, None)));
            }
            Ok(Entry::Directory(_)) => {}
            Err(error) => failed.push(Err(store.locate(error, Operation::List, Some(location.as_str())))),
        }
    }
    for marker in markers {
        if let Err(error) = store.storage.delete(&marker, DeleteOptions::default().with_marker(true)).await {
            failed.push(Err(store.locate(error.with_name(format!("{marker}/")), Operation::Delete, None)));
        }
    }
    let deleted = store.delete_many(&names).await;
    let deleted = names.into_iter().zip(deleted).map(|(name, result)| result.map(|()| name));
    deleted.chain(failed).collect()
}

/// Why something that another program put there stays.
fn not_ours(foreign: &ForeignEntry) -> Error {
    let (kind, reason) = match &foreign.unreadable {
        Some(reason) => (ErrorKind::PermissionDenied, reason.as_str()),
        None => {
            (ErrorKind::InvalidName, "another program put it there, under a name that no call here can take")
        }
    };
    Error::message(kind, reason).with_name(foreign.display_name())
}

impl<'a> IntoFuture for DeleteLocation<'a> {
    type Output = Result<DeletedLocation>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
