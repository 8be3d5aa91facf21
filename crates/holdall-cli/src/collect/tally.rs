//! What happened so far, for when it ends early.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use holdall::static_files::{Event, Problem, Role};

/// Counts events, from whichever thread they come.
#[derive(Debug, Default)]
pub(super) struct Tally {
    problems: Mutex<Vec<Problem>>,
    saved: AtomicUsize,
    deleted: AtomicUsize,
    copies: AtomicBool,
    manifest: AtomicBool,
}

impl Tally {
    pub(super) fn count(&self, event: &Event) {
        match event {
            Event::Problem(problem) => {
                self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(problem.clone());
            }
            Event::Saving { role: Role::Copy, .. } | Event::Unchanged { role: Role::Copy, .. } => {
                self.copies.store(true, Ordering::Relaxed);
            }
            Event::Saved { role, .. } => {
                self.saved.fetch_add(1, Ordering::Relaxed);
                if *role == Role::Manifest {
                    self.manifest.store(true, Ordering::Relaxed);
                }
            }
            Event::Deleted { .. } => _ = self.deleted.fetch_add(1, Ordering::Relaxed),
            _ => {}
        }
    }

    /// What is wrong with the files, sorted.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone();
        problems.sort();
        problems
    }

    /// Whether files are published under their own names.
    pub(super) fn has_copies(&self) -> bool {
        self.copies.load(Ordering::Relaxed)
    }

    /// What was done, for a run that was broken off.
    pub(super) fn done(&self) -> (usize, usize) {
        (self.saved.load(Ordering::Relaxed), self.deleted.load(Ordering::Relaxed))
    }

    /// What stands after a run that was broken off.
    pub(super) fn stands(&self) -> String {
        let (saved, deleted) = self.done();
        let files = |count| format!("{count} file{}", if count == 1 { "" } else { "s" });
        if self.manifest.load(Ordering::Relaxed) {
            return format!(
                "{} saved and {} deleted; the new files are published; run again to go on",
                files(saved),
                files(deleted)
            );
        }
        format!("{} saved; what was published before is whole; run again to go on", files(saved))
    }
}
