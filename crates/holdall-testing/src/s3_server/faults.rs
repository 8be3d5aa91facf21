//! Faults on demand: what really happens between a client and S3, made repeatable.
//!
//! A [`Fault`] says which requests it is for and what happens to them; [`S3Server::inject`](super::S3Server::inject)
//! puts it in force and returns a [`FaultHandle`] that counts, waits, releases and removes. Requests whose signature
//! is refused never meet a fault. Where several faults fit a request, the one injected first strikes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::random::Random;

/// What happens to a request that a fault strikes.
///
/// "Before" means that the operation is **not** applied, "after" that it is, whatever the client gets to see.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultAction {
    /// 503 `SlowDown`: S3's throttling. Not applied.
    SlowDown,
    /// 500 `InternalError`. Not applied.
    InternalError,
    /// Any other error reply, for instance 409 `ConditionalRequestConflict`, 400 `ExpiredToken` or 403
    /// `RequestTimeTooSkewed`. Not applied.
    Error {
        /// The HTTP status; one that is not between 400 and 599 becomes 500.
        status: u16,
        /// S3's error code.
        code: String,
    },
    /// Status 200 with an `<Error>` document as the body, which S3 sends for `CompleteMultipartUpload`, `CopyObject`
    /// and `UploadPartCopy` when they fail after it has begun to answer. Not applied.
    OkWithError {
        /// S3's error code.
        code: String,
    },
    /// The TCP connection is reset without a reply. Not applied.
    ResetBefore,
    /// The operation is applied, then the TCP connection is reset without a reply: the client cannot know.
    ResetAfter,
    /// The operation is applied, then the client gets 500 `InternalError`: it cannot know either.
    InternalErrorAfter,
    /// No reply until [`FaultHandle::release`]; applied only then. A client that gave up is not waited for: the
    /// connection ends with the server.
    Stall,
    /// The operation is applied, but no reply is sent until [`FaultHandle::release`].
    StallAfter,
    /// The head of the reply promises the whole body, and the connection is closed after that many bytes of it.
    /// Applied.
    TruncateBody {
        /// Bytes of the body that arrive.
        after: u64,
    },
    /// The body of the reply arrives with the lowest bit of one byte flipped. Applied. A shorter body arrives whole.
    FlipBit {
        /// Which byte, from 0.
        at: u64,
    },
}

/// A rule: which requests, how often, and what happens to them. Without a restriction it strikes every request until
/// it is removed.
///
/// ```
/// use holdall_testing::s3_server::{Fault, FaultAction};
///
/// // The first three PUTs of this key are throttled, the fourth succeeds.
/// let throttled = Fault::new(FaultAction::SlowDown).operation("PutObject").key("usr/cat.jpg").times(3);
/// // One write in twenty is applied, but its reply is lost.
/// let lossy = Fault::new(FaultAction::ResetAfter).operation("PutObject").probability(0.05);
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    action: FaultAction,
    operations: Vec<String>,
    key: Option<String>,
    key_prefix: Option<String>,
    part_number: Option<i32>,
    skip: u64,
    times: Option<u64>,
    probability: Option<f64>,
}

impl Fault {
    /// A fault that strikes every request.
    pub fn new(action: FaultAction) -> Self {
        Self {
            action,
            operations: Vec::new(),
            key: None,
            key_prefix: None,
            part_number: None,
            skip: 0,
            times: None,
            probability: None,
        }
    }

    /// Only this operation, by its S3 name, such as `PutObject`. Called again, that one too.
    pub fn operation(mut self, name: impl Into<String>) -> Self {
        self.operations.push(name.into());
        self
    }

    /// Only this key.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Only keys with this prefix.
    pub fn key_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.key_prefix = Some(prefix.into());
        self
    }

    /// Only this part of a multipart upload.
    pub fn part_number(mut self, number: i32) -> Self {
        self.part_number = Some(number);
        self
    }

    /// Lets the first `count` fitting requests pass.
    pub fn skip(mut self, count: u64) -> Self {
        self.skip = count;
        self
    }

    /// Strikes that often at most.
    pub fn times(mut self, count: u64) -> Self {
        self.times = Some(count);
        self
    }

    /// Strikes the next fitting request only: `times(1)`.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Strikes the `number`th fitting request only, counted from 1.
    pub fn nth(self, number: u64) -> Self {
        self.skip(number.saturating_sub(1)).times(1)
    }

    /// Strikes each fitting request with this probability (0 to 1), decided by the server's seeded random numbers
    /// ([`S3ServerBuilder::seed`](super::S3ServerBuilder::seed)).
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self
    }

    fn fits(&self, target: &Target<'_>) -> bool {
        (self.operations.is_empty() || self.operations.iter().any(|name| name == target.operation))
            && self.key.as_deref().is_none_or(|key| target.key == Some(key))
            && self
                .key_prefix
                .as_deref()
                .is_none_or(|prefix| target.key.is_some_and(|key| key.starts_with(prefix)))
            && self.part_number.is_none_or(|number| target.part_number == Some(number))
    }
}

/// What a fault is matched against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) operation: &'a str,
    pub(crate) key: Option<&'a str>,
    pub(crate) part_number: Option<i32>,
}

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

impl FaultList {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(Faults { active: Vec::new(), random: Random::new(seed) }))
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
        let mut faults = self.lock();
        let Faults { active, random } = &mut *faults;
        active.iter().find(|active| active.strikes(&target, random)).cloned()
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
