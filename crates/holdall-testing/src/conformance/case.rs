//! One case as data: what it proves, what it needs, and how to run it.

use std::fmt;

use futures_util::future::BoxFuture;
use holdall_core::{Capabilities, Store};

/// One statement about storages that can be checked.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Case {
    /// The function's name: `<verb>_<what holds>`.
    pub name: &'static str,
    /// The promises of the contract that it proves.
    pub promises: &'static [u8],
    /// Whether it applies to a storage with these capabilities.
    pub needs: fn(&Capabilities) -> bool,
    /// The same in words: capabilities that must be there.
    pub has: &'static [&'static str],
    /// The same in words: capabilities that must be missing.
    pub lacks: &'static [&'static str],
    pub(super) flags: Flags,
    pub(super) start: fn(Store) -> BoxFuture<'static, ()>,
}

/// What the runner has to know about a case.
#[expect(clippy::struct_excessive_bools, reason = "marks of the table, each of its own")]
#[derive(Debug, Clone, Copy)]
pub(super) struct Flags {
    /// It looks at the root of the storage and cannot be put into a location. It uses names that nobody
    /// else has and deletes them itself.
    pub(super) whole: bool,
    /// It makes hundreds of requests or moves megabytes.
    pub(super) heavy: bool,
    /// It works on the store that is refused everything.
    pub(super) refused: bool,
    /// It sends HTTP requests.
    pub(super) http: bool,
}

impl Flags {
    pub(super) const NONE: Self = Self { whole: false, heavy: false, refused: false, http: false };
}

impl Case {
    /// Whether [`Suite::quick`](super::Suite::quick) leaves it out.
    pub fn is_heavy(&self) -> bool {
        self.flags.heavy
    }

    /// Why it does not apply to a storage with these capabilities, if so.
    pub fn skipped_by(&self, capabilities: &Capabilities) -> Option<String> {
        if (self.needs)(capabilities) {
            return None;
        }
        let needed = self.has.iter().map(|&name| name.to_owned());
        let needed: Vec<_> = needed.chain(self.lacks.iter().map(|name| format!("no {name}"))).collect();
        Some(format!("needs {}", needed.join(", ")))
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("name", &self.name)
            .field("promises", &self.promises)
            .field("has", &self.has)
            .field("lacks", &self.lacks)
            .finish_non_exhaustive()
    }
}
