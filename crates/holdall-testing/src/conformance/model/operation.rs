//! What can happen to a storage, as data that is made of four bytes.

use holdall_core::Capabilities;

/// Names that meet each other: files beside directories, order around `/`, several dots, other scripts.
const NAMES: [&str; 12] = [
    "a",
    "a/b",
    "a/b/c",
    "a-b",
    "a.b",
    "a0",
    "b.tar.gz",
    "b/x.txt",
    "b/y",
    "caf\u{e9}.jpg",
    "cafe\u{301}.jpg",
    "A",
];

/// Locations to list: those of the names, and others.
const LOCATIONS: [&str; 6] = ["", "a", "a/b", "b", "c", "b/y"];

/// One operation on a storage.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// A save.
    Save {
        /// Where to.
        name: &'static str,
        /// How.
        mode: Mode,
        /// Which of the contents that the model knows.
        content: u8,
        /// As a stream of unknown length.
        streamed: bool,
    },
    /// A deletion.
    Delete {
        /// Of which file.
        name: &'static str,
        /// Of which version.
        if_match: Condition,
    },
    /// A copy or a rename.
    Transfer {
        /// Whether the source goes away.
        rename: bool,
        /// Where from.
        from: &'static str,
        /// Where to.
        to: &'static str,
        /// How.
        mode: Mode,
    },
    /// A look at one file: `exists`, `metadata` and `open`.
    Look {
        /// At which file.
        name: &'static str,
    },
    /// A listing.
    List {
        /// Of which location.
        location: &'static str,
        /// At any depth.
        recursive: bool,
        /// Behind which name.
        start_after: Option<&'static str>,
    },
}

/// A mode that needs no entity tag before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// [`SaveMode::Unique`](holdall_core::SaveMode::Unique).
    Unique,
    /// [`SaveMode::Create`](holdall_core::SaveMode::Create).
    Create,
    /// [`SaveMode::Overwrite`](holdall_core::SaveMode::Overwrite).
    Overwrite,
    /// [`SaveMode::IfMatch`](holdall_core::SaveMode::IfMatch) with the tag of the current version, or of
    /// the one before it.
    IfMatch {
        /// The one before it.
        stale: bool,
    },
}

/// A condition on the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// None.
    Any,
    /// The current version.
    Current,
    /// The version before the current one.
    Stale,
}

impl From<[u8; 4]> for Operation {
    /// Every four bytes are an operation. Small bytes make simple ones, so that shrinking helps.
    fn from([kind, one, two, three]: [u8; 4]) -> Self {
        let name = |byte: u8| NAMES[usize::from(byte) % NAMES.len()];
        let mode = match two % 8 {
            0..=2 => Mode::Overwrite,
            3 | 4 => Mode::Unique,
            5 => Mode::Create,
            odd => Mode::IfMatch { stale: odd == 7 },
        };
        match kind % 10 {
            0..=3 => Self::Save { name: name(one), mode, content: three % 16, streamed: three >= 128 },
            4 => {
                let if_match = [Condition::Any, Condition::Current, Condition::Stale][usize::from(two) % 3];
                Self::Delete { name: name(one), if_match }
            }
            kind @ 5..=7 => Self::Transfer { rename: kind == 5, from: name(one), to: name(three), mode },
            8 => Self::Look { name: name(one) },
            _ => Self::List {
                location: LOCATIONS[usize::from(one) % LOCATIONS.len()],
                recursive: two % 2 == 1,
                start_after: (three % 2 == 1).then(|| name(three / 2)),
            },
        }
    }
}

impl Operation {
    /// Whether a storage with these capabilities takes it. What it does not take is checked elsewhere.
    pub(super) fn fits(&self, capabilities: &Capabilities) -> bool {
        match self {
            Self::Save { mode, .. } => match mode {
                Mode::Unique => capabilities.unique && capabilities.plain_names,
                Mode::Create => capabilities.create,
                Mode::Overwrite => true,
                Mode::IfMatch { .. } => capabilities.replace,
            },
            Self::Transfer { mode, .. } => match mode {
                Mode::Unique => capabilities.unique && capabilities.plain_names,
                Mode::Create => capabilities.copy_create,
                Mode::Overwrite => true,
                Mode::IfMatch { .. } => capabilities.copy_replace,
            },
            Self::Delete { if_match, .. } => *if_match == Condition::Any || capabilities.delete_if_match,
            Self::Look { .. } | Self::List { .. } => true,
        }
    }
}

/// A sequence that is always the same for the same seed.
pub fn operations(seed: u64, count: usize) -> Vec<Operation> {
    // SplitMix64: neighbouring seeds give sequences that have nothing in common.
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let [a, b, c, d, ..] = (mixed ^ (mixed >> 31)).to_le_bytes();
        Operation::from([a, b, c, d])
    };
    (0..count).map(|_| next()).collect()
}
