//! Variants as the manifest knows them.

use holdall_core::Name;
use serde::{Deserialize, Serialize};

use super::Encoding;

/// How many bytes a variant must save at least.
pub(crate) const MARGIN: u64 = 128;

/// Whether a variant of that size is worth keeping: less would not make up for a second object and another
/// entry in every cache.
pub(crate) fn pays(size: u64, encoded: u64) -> bool {
    let saved = size.saturating_sub(encoded);
    saved >= MARGIN && u128::from(saved) * 100 >= u128::from(size) * 5
}

/// What is known about a file in one encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Variant {
    /// The level that it was compressed at.
    pub level: u8,
    /// Bytes of the variant; `None` where it did not pay and was not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

impl Variant {
    /// A variant that was made at that level, and its size if it was kept.
    pub fn new(level: u8, size: impl Into<Option<u64>>) -> Self {
        Self { level, size: size.into() }
    }
}

impl Encoding {
    /// The name of a file's variant.
    ///
    /// # Errors
    ///
    /// `InvalidName` when it is longer than a name may be.
    pub fn variant_of(self, hashed: &Name) -> holdall_core::Result<Name> {
        Name::new(&format!("{hashed}{}", self.suffix()))
    }
}
