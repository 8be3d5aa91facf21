//! How a file is cut into the parts of a multipart upload.
//!
//! S3 takes 1 to 10,000 parts of 5 MiB to 5 GiB, the last one of any size (Amazon S3 User Guide,
//! "Multipart upload limits"). A known size is cut into equal parts, as small as 10,000 of them allow. An
//! unknown one begins with small parts, and a part never has more than a thousandth of what went before it,
//! so that memory stays in proportion to what has been sent. Where a server wants equal parts, an unknown
//! size is cut into parts of the configured size, however many that takes.

use crate::config::limits::{MAX_PART_SIZE, MAX_PARTS};

const MIB: u64 = 1 << 20;
/// The divisor that limits a part of a file of unknown size, by the bytes before it.
///
/// A larger share reaches farther with 10,000 parts, a smaller one takes less memory. With a thousandth a
/// stream of 100 GiB ends with parts of 103 MiB, and 10,000 parts reach more than 17 TiB.
const SHARE: u64 = 1000;

/// The sizes of the parts of one upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PartPlan {
    base: u64,
    equal: bool,
}

impl PartPlan {
    /// A plan for content of that size, with parts of `base` bytes where they do. Parts of a known size are
    /// equal anyway.
    pub(crate) fn new(size: Option<u64>, base: u64, equal: bool) -> Self {
        match size {
            Some(size) => {
                let least = size.div_ceil(MAX_PARTS).next_multiple_of(MIB);
                Self { base: base.max(least).min(MAX_PART_SIZE), equal: true }
            }
            None => Self { base, equal },
        }
    }

    /// The size of the part that begins behind `sent` bytes.
    pub(crate) fn part_size(self, sent: u64) -> u64 {
        if self.equal {
            return self.base;
        }
        self.base.max((sent / SHARE).next_multiple_of(MIB)).min(MAX_PART_SIZE)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MIB, PartPlan, SHARE};
    use crate::config::limits::{MAX_OBJECT_SIZE, MAX_PART_SIZE, MAX_PARTS, MIN_PART_SIZE};

    const BASE: u64 = 8 * MIB;

    #[test]
    fn the_edges_of_a_known_size() {
        let part = |size| PartPlan::new(Some(size), BASE, false).part_size(0);
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
            assert!(part <= BASE.max(sent / 1000 + MIB) || plan.equal, "{part} behind {sent}");
            sent += part.min(size - sent);
            parts += 1;
        }
        parts
    }

    #[test]
    fn an_unknown_size_reaches_17_tib() {
        let plan = PartPlan::new(None, BASE, false);
        assert!(cut(plan, 17 << 40) <= MAX_PARTS);
        assert!(cut(plan, 18 << 40) > MAX_PARTS);
        // Small files keep small parts.
        assert_eq!(plan.part_size(7 << 30), BASE);
    }

    /// S3's own bound, and where the last part that it takes ends.
    #[test]
    fn equal_parts_reach_ten_thousand_of_them() {
        for base in [MIN_PART_SIZE, BASE, MAX_PART_SIZE] {
            let plan = PartPlan::new(None, base, true);
            assert_eq!((plan.part_size(0), plan.part_size(base * (MAX_PARTS - 1))), (base, base));
        }
        let largest = PartPlan::new(None, MAX_PART_SIZE, true);
        assert_eq!(largest.part_size(0) * MAX_PARTS, MAX_OBJECT_SIZE);
    }

    proptest! {
        #[test]
        fn a_known_size_never_breaks_the_limits(
            size in 0..=MAX_OBJECT_SIZE,
            base in MIN_PART_SIZE..=MAX_PART_SIZE,
            equal: bool,
        ) {
            let plan = PartPlan::new(Some(size), base, equal);
            let part = plan.part_size(0);
            prop_assert!((MIN_PART_SIZE..=MAX_PART_SIZE).contains(&part));
            prop_assert!(size.div_ceil(part) <= MAX_PARTS);
            // No larger than it must be.
            prop_assert!(part == base || size.div_ceil(part - MIB) > MAX_PARTS || part == MAX_PART_SIZE);
            prop_assert_eq!(plan.part_size(size / 2), part);
        }

        /// Every part of every size keeps the limits, and the 10,001st is
        /// asked for only behind what the plan promises to reach.
        #[test]
        fn an_unknown_size_never_breaks_the_limits(
            size in 0..=MAX_OBJECT_SIZE,
            base in MIN_PART_SIZE..=MAX_PART_SIZE,
        ) {
            let plan = PartPlan::new(None, base, false);
            let (mut sent, mut parts) = (0, 0);
            while sent < size && parts < MAX_PARTS {
                let part = plan.part_size(sent);
                prop_assert!((MIN_PART_SIZE..=MAX_PART_SIZE).contains(&part), "{} behind {}", part, sent);
                prop_assert!(part <= base.max(sent / SHARE + MIB), "{} behind {}", part, sent);
                sent += part.min(size - sent);
                parts += 1;
            }
            prop_assert!(sent == size || sent >= 17 << 40, "10,000 parts reach only {} bytes", sent);
        }

        #[test]
        fn equal_parts_of_an_unknown_size_never_break_the_limits(
            size in 0..=MAX_OBJECT_SIZE,
            base in MIN_PART_SIZE..=MAX_PART_SIZE,
        ) {
            let plan = PartPlan::new(None, base, true);
            prop_assert_eq!(plan.part_size(size), base);
            // The size that 10,000 of them hold is taken to the last byte, and no other plan does better.
            let parts = size.div_ceil(base);
            prop_assert_eq!(parts <= MAX_PARTS, size <= base * MAX_PARTS);
        }
    }
}
