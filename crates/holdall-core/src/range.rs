//! Which bytes of a file are asked for.

use std::ops::{Bound, Range, RangeBounds, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use crate::error::{Error, ErrorKind, Result};

/// A range of bytes, in the forms that HTTP knows (RFC 9110, section 14.1.2).
///
/// Rust's ranges convert: `0..1024`, `1024..`, `..=9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ByteRange {
    /// From `start` up to, not including, `end`. An end behind the file's end is the file's end.
    Bounded {
        /// The first byte.
        start: u64,
        /// The byte behind the last one.
        end: u64,
    },
    /// From this byte to the end.
    From(u64),
    /// The last so many bytes; all of them when the file is shorter.
    Last(u64),
}

impl ByteRange {
    /// The bytes that the range selects in a file of `size` bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RangeNotSatisfiable`] when it selects none: it begins at or behind the end, or it
    /// is empty. An empty file satisfies no range, as in HTTP and S3.
    pub fn resolve(self, size: u64) -> Result<Range<u64>> {
        let range = match self {
            Self::Bounded { start, end } => start..end.min(size),
            Self::From(start) => start..size,
            Self::Last(length) => size.saturating_sub(length)..size,
        };
        if range.start < range.end {
            return Ok(range);
        }
        let asked = self.to_header();
        Err(Error::message(
            ErrorKind::RangeNotSatisfiable,
            format!("the range {asked} selects nothing in a file of {size} bytes"),
        ))
    }

    /// The value of a `Range` header for this range. An empty range has no form in HTTP; check
    /// [`is_empty`](Self::is_empty) first.
    pub fn to_header(self) -> String {
        match self {
            Self::Bounded { start, end } => format!("bytes={start}-{}", end.saturating_sub(1)),
            Self::From(start) => format!("bytes={start}-"),
            Self::Last(length) => format!("bytes=-{length}"),
        }
    }

    /// Whether the range selects nothing in any file.
    pub fn is_empty(self) -> bool {
        match self {
            Self::Bounded { start, end } => start >= end,
            Self::From(_) => false,
            Self::Last(length) => length == 0,
        }
    }

    fn from_bounds(bounds: &impl RangeBounds<u64>) -> Self {
        let start = match bounds.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&start) => start.saturating_add(1),
            Bound::Unbounded => 0,
        };
        match bounds.end_bound() {
            Bound::Included(&end) => Self::Bounded { start, end: end.saturating_add(1) },
            Bound::Excluded(&end) => Self::Bounded { start, end },
            Bound::Unbounded => Self::From(start),
        }
    }
}

/// `From` for each of the standard library's ranges.
macro_rules! from_ranges {
    ($($range:ty),+) => {$(
        impl From<$range> for ByteRange {
            fn from(range: $range) -> Self {
                Self::from_bounds(&range)
            }
        }
    )+};
}

from_ranges!(Range<u64>, RangeInclusive<u64>, RangeFrom<u64>, RangeTo<u64>, RangeToInclusive<u64>, RangeFull);

#[cfg(test)]
mod tests {
    use super::ByteRange;

    #[test]
    fn ranges_resolve_as_http_says() {
        for (range, size, expected) in [
            (ByteRange::from(0..4), 10, Some(0..4)),
            (ByteRange::from(4..=4), 10, Some(4..5)),
            (ByteRange::from(4..), 10, Some(4..10)),
            (ByteRange::from(..3), 10, Some(0..3)),
            (ByteRange::from(8..99), 10, Some(8..10)),
            (ByteRange::Last(3), 10, Some(7..10)),
            (ByteRange::Last(99), 10, Some(0..10)),
            (ByteRange::from(10..), 10, None),
            (ByteRange::from(5..5), 10, None),
            (ByteRange::Last(0), 10, None),
            (ByteRange::from(..), 0, None),
            (ByteRange::Last(1), 0, None),
        ] {
            assert_eq!(range.resolve(size).ok(), expected, "{range:?} of {size}");
        }
    }

    #[test]
    fn headers_name_the_last_byte() {
        assert_eq!(ByteRange::from(0..1024).to_header(), "bytes=0-1023");
        assert_eq!(ByteRange::from(7..).to_header(), "bytes=7-");
        assert_eq!(ByteRange::Last(5).to_header(), "bytes=-5");
    }
}
