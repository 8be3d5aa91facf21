//! Memory that threads share: each takes as much as it is about to use, and waits until there is enough.

use std::sync::{Condvar, Mutex, PoisonError};

/// So many bytes.
#[derive(Debug)]
pub(crate) struct Budget {
    all: u64,
    free: Mutex<u64>,
    freed: Condvar,
    /// One after another, in the order in which they came: a large part does not wait for ever while small ones go.
    turn: Mutex<()>,
}

/// A part of a budget, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    pub(crate) fn new(bytes: u64) -> Self {
        Self { all: bytes, free: Mutex::new(bytes), freed: Condvar::new(), turn: Mutex::new(()) }
    }

    /// Takes a part; no more than all.
    pub(crate) fn take(&self, bytes: u64) -> Part<'_> {
        let bytes = bytes.min(self.all);
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.freed.wait_while(free, |free| *free < bytes);
        *waited.unwrap_or_else(PoisonError::into_inner) -= bytes;
        Part { budget: self, bytes }
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        *self.budget.free.lock().unwrap_or_else(PoisonError::into_inner) += self.bytes;
        self.budget.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::Budget;

    #[test]
    fn no_more_than_all_is_taken_at_once() {
        let (budget, taken, most) = (Budget::new(10), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let (budget, taken, most) = (&budget, &taken, &most);
                scope.spawn(move || {
                    for round in 0..200_u64 {
                        // Some want more than there is, and get all.
                        let bytes = (thread * 7 + round) % 14;
                        let part = budget.take(bytes);
                        let now = taken.fetch_add(bytes.min(10), Ordering::SeqCst) + bytes.min(10);
                        most.fetch_max(now, Ordering::SeqCst);
                        taken.fetch_sub(bytes.min(10), Ordering::SeqCst);
                        drop(part);
                    }
                });
            }
        });
        assert_eq!(most.into_inner(), 10);
        assert_eq!(*budget.free.lock().unwrap(), 10);
    }
}
