//! Listings a page at a time, from prefixes that need not end with a segment.

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use holdall_core::{Entry, Location, Name};
use object_store::list::{PaginatedListOptions, PaginatedListResult, PaginatedListStore};
use object_store::{Extensions, ListResult, Result};

use super::convert::{failed, object, to_path};
use super::{PAGE, StorageObjectStore, file_of};

/// The token of the next page is the last name of this one, a directory with its slash.
#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl PaginatedListStore for StorageObjectStore {
    async fn list_paginated(
        &self,
        prefix: Option<&str>,
        options: PaginatedListOptions,
    ) -> Result<PaginatedListResult> {
        let PaginatedListOptions { offset, delimiter, max_keys, page_token, extensions: _ } = options;
        if delimiter.as_deref().is_some_and(|delimiter| delimiter != "/") {
            return Err(self.not_implemented("`list_paginated` with a delimiter other than \"/\""));
        }
        let most = max_keys.unwrap_or(PAGE);
        let prefix = prefix.unwrap_or_default();
        let result = ListResult {
            common_prefixes: Vec::new(),
            objects: Vec::new(),
            extensions: Extensions::default(),
        };
        let mut page = PaginatedListResult { result, page_token: None };

        let directory = prefix.rsplit_once('/').map_or("", |(directory, _)| directory);
        let Some(location) = Location::new(directory).ok().filter(|location| location.as_str() == directory)
        else {
            return Ok(page);
        };
        let start = page_token.max(offset).unwrap_or_default();
        let mut listing = self.store.list(&location);
        if delimiter.is_none() {
            listing = listing.recursive();
        }
        // Where it is no name, what lies in front is skipped below.
        let start_after = Name::new(start.trim_end_matches('/')).ok();
        if let Some(name) = start_after.filter(|name| name.as_str() <= start.as_str()) {
            listing = listing.start_after(&name);
        }
        let mut entries = listing.stream();
        let mut last = String::new();
        let mut count = 0;
        while let Some(entry) = entries.try_next().await.map_err(|error| failed(error, directory))? {
            let key = String::from_utf8_lossy(&entry.sort_key()).into_owned();
            if !key.starts_with(prefix) || key <= start {
                continue;
            }
            if count == most {
                page.page_token = Some(last);
                break;
            }
            match entry {
                Entry::Directory(location) => page.result.common_prefixes.push(to_path(location.as_str())?),
                entry => match file_of(entry) {
                    Some(file) => page.result.objects.push(object(file)?),
                    None => continue,
                },
            }
            (last, count) = (key, count + 1);
        }
        Ok(page)
    }
}
