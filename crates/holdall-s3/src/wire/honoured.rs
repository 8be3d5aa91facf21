//! The conditions that the server honours: the answers so far.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use holdall_core::Capabilities;
use tokio::sync::{Mutex, MutexGuard};

use crate::config::{Config, ServerCondition, capabilities};

const COUNT: usize = ServerCondition::ALL.len();

/// The answers of the server, and the capabilities that follow from them.
#[derive(Debug, Default)]
pub(crate) struct Honoured {
    answers: [OnceLock<bool>; COUNT],
    asking: [Mutex<()>; COUNT],
    /// The claims before the first answer, and after each: the last one that is there counts.
    claims: [OnceLock<Capabilities>; COUNT + 1],
    /// Set when a file that was copied could not be deleted where it was.
    cannot_move: AtomicBool,
}

impl Honoured {
    /// The capabilities that can be relied on.
    pub(crate) fn claims(&self) -> &Capabilities {
        self.claims.iter().rev().find_map(OnceLock::get).expect("the first is set when the storage is made")
    }

    /// Streams are not saved by way of another name any more, since that one would stay.
    pub(crate) fn note_that_it_cannot_move(&self) {
        self.cannot_move.store(true, Ordering::Relaxed);
    }

    pub(crate) fn can_move(&self) -> bool {
        !self.cannot_move.load(Ordering::Relaxed)
    }

    /// Claims what the settings say by themselves.
    pub(crate) fn begin(&self, config: &Config) {
        self.claim(capabilities(config, &|condition| self.known(config, condition) == Some(true)));
    }

    /// The setting or the answer about a condition, if there is one.
    pub(crate) fn known(&self, config: &Config, condition: ServerCondition) -> Option<bool> {
        config.server.conditions.get(condition).or_else(|| self.answers[condition as usize].get().copied())
    }

    /// Keeps others from asking the same at the same moment.
    pub(crate) async fn one_at_a_time(&self, condition: ServerCondition) -> MutexGuard<'_, ()> {
        self.asking[condition as usize].lock().await
    }

    /// Remembers an answer.
    pub(crate) fn answered(&self, config: &Config, condition: ServerCondition, honoured: bool) {
        let _ = self.answers[condition as usize].set(honoured);
        self.claim(capabilities(config, &|condition| self.known(config, condition) == Some(true)));
    }

    fn claim(&self, claims: Capabilities) {
        // One slot more than there are answers.
        let _ = self.claims.iter().try_fold(claims, |claims, slot| slot.set(claims).err().ok_or(()));
    }
}
