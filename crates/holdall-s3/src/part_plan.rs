//! How a file is cut into the parts of a multipart upload.
//!
//! S3 takes 1 to 10,000 parts of 5 MiB to 5 GiB, the last one of any size (Amazon S3 User Guide,
//! "Multipart upload limits"). A known size is cut into equal parts, as small as 10,000 of them allow. An
//! unknown one begins with small parts, and a part never has more than a thousandth of what went before it,
//! so that memory stays in proportion to what has been sent.

/// The largest object: 10,000 parts of 5 GiB, which is 48.8 TiB.
pub(crate) const MAX_OBJECT_SIZE: u64 = MAX_PARTS * MAX_PART_SIZE;
/// The smallest part but the last.
pub(crate) const MIN_PART_SIZE: u64 = 5 << 20;
/// The largest part, and the largest single PUT or copy.
pub(crate) const MAX_PART_SIZE: u64 = 5 << 30;
/// The most parts.
pub(crate) const MAX_PARTS: u64 = 10_000;

const MIB: u64 = 1 << 20;
/// What a part of a file of unknown size may be of what went before.
///
/// A larger share reaches farther with 10,000 parts, a smaller one takes less memory. With a thousandth a
/// stream of 100 GiB ends with parts of 103 MiB, and 10,000 parts reach more than 17 TiB.
const SHARE: u64 = 1000;

/// The sizes of the parts of one upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PartPlan {
    base: u64,
    known: bool,
}

impl PartPlan {
    /// A plan for content of that size, with parts of `base` bytes where they do.
    pub(crate) fn new(size: Option<u64>, base: u64) -> Self {
        match size {
            Some(size) => {
                let least = size.div_ceil(MAX_PARTS).next_multiple_of(MIB);
                Self { base: base.max(least).min(MAX_PART_SIZE), known: true }
            }
            None => Self { base, known: false },
        }
    }

    /// The size of the part that begins behind `sent` bytes.
    pub(crate) fn part_size(self, sent: u64) -> u64 {
        if self.known {
            return self.base;
        }
        self.base.max((sent / SHARE).next_multiple_of(MIB)).min(MAX_PART_SIZE)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MAX_OBJECT_SIZE, MAX_PART_SIZE, MAX_PARTS, MIB, MIN_PART_SIZE, PartPlan};

    const BASE: u64 = 8 * MIB;

    #[test]
    fn the_edges_of_a_known_size() {
        let part = |size| PartPlan::new(Some(size), BASE).part_size(0);
        assert_eq!(part(0), BASE);
        assert_eq!(part(BASE * MAX_PARTS), BASE);
        assert_eq!(part(BASE * MAX_PARTS + 1), BASE + MIB);
        assert_eq!(part(MAX_OBJECT_SIZE - 1), MAX_PART_SIZE);
        assert_eq!(part(MAX_OBJECT_SIZE), MAX_PART_SIZE);
    }

    /// Cuts a file as the upload does and returns the number of parts.
    fn cut(plan: PartPlan, size: u64) -> u64 {
        let (mut sent, mut parts) = (0, 0);
        while sent < size {
            let part = plan.part_size(sent);
            assert!((MIN_PART_SIZE..=MAX_PART_SIZE).contains(&part), "{part} behind {sent}");
            assert!(part <= BASE.max(sent / 1000 + MIB) || plan.known, "{part} behind {sent}");
            sent += part.min(size - sent);
            parts += 1;
        }
        parts
    }

    #[test]
    fn an_unknown_size_reaches_17_tib() {
        let plan = PartPlan::new(None, BASE);
        assert!(cut(plan, 17 << 40) <= MAX_PARTS);
        assert!(cut(plan, 18 << 40) > MAX_PARTS);
        // Small files keep small parts.
        assert_eq!(plan.part_size(7 << 30), BASE);
    }

    proptest! {
        #[test]
        fn a_known_size_never_breaks_the_limits(size in 0..=MAX_OBJECT_SIZE, base in MIN_PART_SIZE..=MAX_PART_SIZE) {
            let plan = PartPlan::new(Some(size), base);
            let part = plan.part_size(0);
            prop_assert!((MIN_PART_SIZE..=MAX_PART_SIZE).contains(&part));
            prop_assert!(size.div_ceil(part) <= MAX_PARTS);
            // No larger than it must be.
            prop_assert!(part == base || size.div_ceil(part - MIB) > MAX_PARTS || part == MAX_PART_SIZE);
            prop_assert_eq!(plan.part_size(size / 2), part);
        }

        #[test]
        fn an_unknown_size_never_breaks_the_limits(size in 0..=17_u64 << 40) {
            prop_assert!(cut(PartPlan::new(None, BASE), size) <= MAX_PARTS);
        }
    }
}
