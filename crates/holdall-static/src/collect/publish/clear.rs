//! `--clear`: the destination has nothing but this collection afterwards.
//!
//! Django deletes everything first and then copies, so that the site has no static files for as long as that takes,
//! and none at all when it fails half way. Here everything is saved over what is there, each file in one step, and
//! what is left over is deleted when the new manifest stands.

use std::collections::HashSet;

use holdall_core::{Error, Name, Result};

use super::before::Before;
use super::case::folds_case;
use super::link::{Standing, blocking};
use super::published::{Action, Change, Role};
use super::run::Run;
use crate::collect::event::Event;
use crate::manifest::COPIES_NAME;

/// How many names are deleted with one call: what one `DeleteObjects` of S3 takes.
const BATCH: usize = 1000;

impl Run<'_> {
    /// Deletes everything that was there before and has none of the names that are published, and tells what no
    /// call can delete.
    ///
    /// # Errors
    ///
    /// Of the first file that cannot be deleted, after all the others were tried.
    pub(super) async fn clear(&mut self, before: &Before) -> Result<()> {
        let mut keep: HashSet<Name> =
            self.published.changes.iter().map(|change| change.name.clone()).collect();
        if self.options.copies && !self.options.link {
            keep.insert(Name::new(COPIES_NAME)?);
        }
        let mut rest: Vec<&Name> = before.there.keys().filter(|name| !keep.contains(*name)).collect();
        rest.sort_unstable();
        // `A.png`, which was there, is the same file as `a.png`, which was just saved, where case does not count.
        let folded: HashSet<String> = keep.iter().map(|name| name.as_str().to_lowercase()).collect();
        let is_same_folded = |name: &Name| folded.contains(&name.as_str().to_lowercase());
        if rest.iter().any(|name| is_same_folded(name))
            && folds_case(self.store, before, self.options.dry_run).await? != Some(false)
        {
            rest.retain(|name| !is_same_folded(name));
        }
        let (mut failed, mut first) = (0, None);
        for batch in rest.chunks(BATCH) {
            let names: Vec<Name> = batch.iter().map(|name| (*name).clone()).collect();
            for name in &names {
                self.tell(|| Event::Deleting { name: name.clone() });
            }
            let results = if self.options.dry_run {
                names.iter().map(|_| Ok(())).collect()
            } else {
                self.store.delete_many(&names).await
            };
            for (name, result) in names.into_iter().zip(results) {
                match result {
                    Ok(()) => self.deleted(name),
                    Err(error) => {
                        failed += 1;
                        first.get_or_insert(error);
                    }
                }
            }
        }
        self.clear_foreign(before, &keep).await?;
        first.map_or(Ok(()), |error| Err(not_all(error, failed, rest.len())))
    }

    /// Removes links that an earlier run with `link` made, where the directory is known, and tells what is left.
    async fn clear_foreign(&mut self, before: &Before, keep: &HashSet<Name>) -> Result<()> {
        for foreign in &before.foreign {
            let name = std::str::from_utf8(&foreign.raw_name).ok().and_then(|name| Name::new(name).ok());
            let name = name.filter(|name| name.as_str().as_bytes() == foreign.raw_name);
            if let (Some(name), Some(local)) = (name, self.options.local.clone()) {
                let (asked, dry_run) = (name.clone(), self.options.dry_run);
                if keep.contains(&name) {
                    continue;
                }
                if let Standing::Link(_) = local.standing(&name)? {
                    self.tell(|| Event::Deleting { name: name.clone() });
                    if !dry_run {
                        blocking(move || local.remove(&asked)).await?;
                    }
                    self.deleted(name);
                    continue;
                }
            }
            self.tell(|| Event::Foreign { name: foreign.display_name() });
            self.published.foreign.push(foreign.display_name());
        }
        Ok(())
    }

    /// Takes note that a file is gone, or in a dry run would be.
    pub(super) fn deleted(&mut self, name: Name) {
        if !self.options.dry_run {
            self.tell(|| Event::Deleted { name: name.clone() });
        }
        self.published.changes.push(Change { name, role: Role::Other, action: Action::Deleted });
    }
}

fn not_all(error: Error, failed: usize, of: usize) -> Error {
    let message = format!(
        "{}; {failed} of {of} files that are not of this collection are still there; everything else was published; \
         run again to delete them",
        error.reason()
    );
    error.with_message(message)
}
