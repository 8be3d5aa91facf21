//! Time limits that fire when a request is known to stand still, and not a moment before.
//!
//! The client is given limits of many minutes, and a timer that knows them by their length: the limit of an attempt
//! ends as soon as the fault has struck a request that began after it, that of the whole operation never. So nothing
//! waits, and a slow machine changes nothing.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_sdk_s3::config::{AsyncSleep, Sleep};
use holdall_testing::s3_server::FaultHandle;

/// The limit of one attempt. The client adds to it for large bodies, but never as much as to reach [`OPERATION`].
pub(super) const ATTEMPT: Duration = Duration::from_secs(10_000);
/// The limit of an operation with all its attempts.
pub(super) const OPERATION: Duration = Duration::from_secs(1_000_000);

/// A timer for one client whose requests go one after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Timer(Arc<OnceLock<FaultHandle>>);

impl Timer {
    /// Requests that this fault strikes stand still.
    pub(super) fn watch(&self, stall: FaultHandle) {
        self.0.set(stall).expect("one fault a client");
    }
}

impl AsyncSleep for Timer {
    fn sleep(&self, duration: Duration) -> Sleep {
        if duration < ATTEMPT {
            // The pause before another attempt, of a millisecond or a few.
            return Sleep::new(tokio::time::sleep(duration));
        }
        // Counted now, before the request that this is the limit of can have met the fault.
        let next =
            self.0.get().filter(|_| duration < OPERATION).map(|stall| (stall.clone(), stall.hits() + 1));
        Sleep::new(async move {
            match next {
                Some((stall, hits)) => stall.wait_for_hits(hits).await,
                None => std::future::pending().await,
            }
        })
    }
}
