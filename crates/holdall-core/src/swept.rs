//! The result of a sweep.

use crate::error::{Error, Result};

/// How many errors [`Swept::errors`] holds.
const MAX_ERRORS: usize = 1000;

/// What became of the leftovers of dead processes. See [`Storage::sweep`](crate::Storage::sweep).
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Swept {
    /// Leftovers that are gone.
    pub removed: u64,
    /// Leftovers that could not be removed.
    pub failed: u64,
    /// The reasons: an error for each, which names it; the first thousand of them.
    pub errors: Vec<Error>,
}

impl Swept {
    /// Counts one leftover that was removed, or that could not be.
    pub fn count(&mut self, removed: Result<()>) {
        match removed {
            Ok(()) => self.removed += 1,
            Err(error) => {
                self.failed += 1;
                if self.errors.len() < MAX_ERRORS {
                    self.errors.push(error);
                }
            }
        }
    }

    /// The number of leftovers that are gone, if none stayed.
    ///
    /// # Errors
    ///
    /// The first of the errors.
    pub fn into_result(self) -> Result<u64> {
        match self.errors.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(self.removed),
        }
    }
}
