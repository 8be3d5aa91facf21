//! The faults in force: chosen, counted, released and removed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::{Fault, FaultAction, Target};
use crate::s3_server::random::Random;

/// A fault in force. Dropping the handle leaves the fault where it is.
#[derive(Debug, Clone)]
pub struct FaultHandle {
    active: Arc<Active>,
    list: Arc<FaultList>,
}

impl FaultHandle {
    /// How many requests it has struck.
    pub fn hits(&self) -> u64 {
        *self.active.hits.borrow()
    }

    /// Waits until it has struck `count` requests, for instance until a request stalls.
    pub async fn wait_for_hits(&self, count: u64) {
        let mut hits = self.active.hits.subscribe();
        // The sender lives in `self`, so the wait cannot end for another reason.
        let _reached = hits.wait_for(|hits| *hits >= count).await;
    }

    /// Lets every request go on that it has stalled, and every one that it would stall from now on.
    pub fn release(&self) {
        self.active.released.send_replace(true);
    }

    /// Takes it out of force. What it has stalled stays stalled until [`release`](Self::release).
    pub fn remove(&self) {
        self.list.lock().active.retain(|active| !Arc::ptr_eq(active, &self.active));
    }
}

/// A fault in force and its counters.
#[derive(Debug)]
pub(crate) struct Active {
    fault: Fault,
    /// Fitting requests, struck or not.
    seen: Mutex<u64>,
    hits: watch::Sender<u64>,
    released: watch::Sender<bool>,
}

impl Active {
    /// Waits for [`FaultHandle::release`].
    pub(crate) async fn released(&self) {
        let mut released = self.released.subscribe();
        // The sender lives in `self`, so the wait cannot end for another reason.
        let _released = released.wait_for(|released| *released).await;
    }

    /// What it does.
    pub(crate) fn action(&self) -> &FaultAction {
        &self.fault.action
    }
}

/// The faults in force, in the order in which they were injected.
#[derive(Debug)]
pub(crate) struct FaultList(Mutex<Faults>);

#[derive(Debug)]
pub(crate) struct Faults {
    active: Vec<Arc<Active>>,
    random: Random,
}

/// Another stream than that of the upload ids, so that the one does not shift the other.
fn stream(seed: u64) -> Random {
    Random::new(seed ^ 0xFA17)
}

impl FaultList {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(Faults { active: Vec::new(), random: stream(seed) }))
    }

    /// Starts the random numbers anew.
    pub(crate) fn reseed(&self, seed: u64) {
        self.lock().random = stream(seed);
    }

    fn lock(&self) -> MutexGuard<'_, Faults> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a fault in force.
    pub(crate) fn inject(self: &Arc<Self>, fault: Fault) -> FaultHandle {
        let active = Arc::new(Active {
            fault,
            seen: Mutex::new(0),
            hits: watch::Sender::new(0),
            released: watch::Sender::new(false),
        });
        self.lock().active.push(Arc::clone(&active));
        FaultHandle { active, list: Arc::clone(self) }
    }

    /// Takes all out of force and lets everything go on that is stalled.
    pub(crate) fn clear(&self) {
        for active in self.lock().active.drain(..) {
            active.released.send_replace(true);
        }
    }

    /// The fault that strikes this request, counted.
    pub(crate) fn strike(&self, target: Target<'_>) -> Option<Arc<Active>> {
        self.find(false, target)
    }

    /// The fault that strikes one key of a batch, counted.
    pub(crate) fn strike_key(&self, target: Target<'_>) -> Option<Arc<Active>> {
        self.find(true, target)
    }

    fn find(&self, of_a_key: bool, target: Target<'_>) -> Option<Arc<Active>> {
        let mut faults = self.lock();
        let Faults { active, random } = &mut *faults;
        let mut fitting = active.iter().filter(|active| active.fault.is_of_a_key() == of_a_key);
        fitting.find(|active| active.strikes(&target, random)).cloned()
    }
}

impl Active {
    fn strikes(&self, target: &Target<'_>, random: &mut Random) -> bool {
        let fault = &self.fault;
        if !fault.fits(target) {
            return false;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen += 1;
        let due = *seen > fault.skip
            && fault.times.is_none_or(|times| *self.hits.borrow() < times)
            && fault.probability.is_none_or(|probability| random.chance(probability));
        if due {
            self.hits.send_modify(|hits| *hits += 1);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(key: &str) -> Target<'_> {
        Target { operation: "PutObject", key: Some(key), part_number: None }
    }

    #[test]
    fn a_fault_strikes_what_it_fits_and_no_more_often_than_it_says() {
        let list = Arc::new(FaultList::new(0));
        let handle = list.inject(
            Fault::new(FaultAction::SlowDown).operation("PutObject").key_prefix("a").skip(1).times(2),
        );
        let struck: Vec<bool> = ["a", "b", "a", "aa", "a"].map(|key| list.strike(put(key)).is_some()).into();
        assert_eq!(struck, [false, false, true, true, false]);
        assert!(list.strike(Target { operation: "GetObject", key: Some("a"), part_number: None }).is_none());
        assert_eq!(handle.hits(), 2);
    }

    #[test]
    fn the_first_injected_strikes_and_a_removed_one_does_not() {
        let list = Arc::new(FaultList::new(0));
        let first = list.inject(Fault::new(FaultAction::SlowDown));
        let _second = list.inject(Fault::new(FaultAction::InternalError));
        assert_eq!(list.strike(put("a")).map(|active| active.action().clone()), Some(FaultAction::SlowDown));
        first.remove();
        assert_eq!(
            list.strike(put("a")).map(|active| active.action().clone()),
            Some(FaultAction::InternalError)
        );
        list.clear();
        assert!(list.strike(put("a")).is_none());
    }

    #[test]
    fn a_probability_is_repeated_by_its_seed() {
        let run = |seed| {
            let list = Arc::new(FaultList::new(seed));
            let _handle = list.inject(Fault::new(FaultAction::ResetAfter).probability(0.3));
            (0..1000).map(|_| list.strike(put("a")).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(run(5), run(5));
        assert_ne!(run(5), run(6));
        let hits = run(5).iter().filter(|hit| **hit).count();
        assert!((200..400).contains(&hits), "{hits} of 1000 at 0.3");
    }
}
