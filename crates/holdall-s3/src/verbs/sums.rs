//! The checksums of a body: the one that callers know, and the one that is sent along.
//!
//! Every content has a CRC-64/NVME, which [`Saved`](holdall_core::Saved) and
//! [`Metadata`](holdall_core::Metadata) speak of. Where the server takes only CRC-32, that is computed along
//! the way and goes over the wire instead. Both are CRCs, so that those of parts combine to that of the whole,
//! which no SHA can do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crc_fast::{CrcAlgorithm, checksum_combine};
use holdall_core::{Checksum, ChecksumHasher};

use crate::config::ChecksumAlgorithm;

/// CRC-32 as in ISO-HDLC, zip and `x-amz-checksum-crc32`.
const CRC32: CrcAlgorithm = CrcAlgorithm::Crc32IsoHdlc;

/// The checksums of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sums {
    /// The checksum that callers see.
    pub(crate) whole: Checksum,
    wire: Wire,
}

/// The checksum that is sent along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    Nothing,
    Crc64,
    Crc32(u64),
}

impl Sums {
    /// The checksums of these bytes, for a server that takes this algorithm or none.
    pub(crate) fn of(bytes: &[u8], algorithm: Option<ChecksumAlgorithm>) -> Self {
        let mut hasher = SumsHasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }

    /// The checksums of these bytes followed by `length` bytes that have the checksums `next`.
    pub(crate) fn combine(self, next: Self, length: u64) -> Self {
        let wire = match (self.wire, next.wire) {
            (Wire::Crc32(before), Wire::Crc32(after)) => {
                Wire::Crc32(checksum_combine(CRC32, before, after, length))
            }
            (wire, _) => wire,
        };
        Self { whole: self.whole.combine(next.whole, length), wire }
    }

    /// The value of `x-amz-checksum-crc64nvme`, where that is sent.
    pub(crate) fn crc64_nvme(self) -> Option<String> {
        (self.wire == Wire::Crc64).then(|| self.whole.to_string())
    }

    /// The value of `x-amz-checksum-crc32`, where that is sent.
    pub(crate) fn crc32(self) -> Option<String> {
        match self.wire {
            Wire::Crc32(value) => Some(encode_crc32(value)),
            _ => None,
        }
    }
}

/// Computes [`Sums`] while bytes pass by.
#[derive(Debug, Clone)]
pub(crate) struct SumsHasher {
    whole: ChecksumHasher,
    crc32: Option<Crc32>,
    sends: bool,
}

impl SumsHasher {
    pub(crate) fn new(algorithm: Option<ChecksumAlgorithm>) -> Self {
        let crc32 = (algorithm == Some(ChecksumAlgorithm::Crc32)).then(Crc32::new);
        Self { whole: Checksum::hasher(), crc32, sends: algorithm.is_some() }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.whole.update(bytes);
        if let Some(crc32) = &mut self.crc32 {
            crc32.update(bytes);
        }
    }

    pub(crate) fn finish(&self) -> Sums {
        let wire = match &self.crc32 {
            Some(crc32) => Wire::Crc32(crc32.0.finalize()),
            None if self.sends => Wire::Crc64,
            None => Wire::Nothing,
        };
        Sums { whole: self.whole.finish(), wire }
    }
}

/// A CRC-32 of bytes that pass by, for what a server kept with an object.
#[derive(Debug, Clone)]
pub(crate) struct Crc32(crc_fast::Digest);

impl Crc32 {
    pub(crate) fn new() -> Self {
        Self(crc_fast::Digest::new(CRC32))
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// As in `x-amz-checksum-crc32`.
    pub(crate) fn value(&self) -> String {
        encode_crc32(self.0.finalize())
    }
}

/// Base64 of the four bytes, big-endian.
fn encode_crc32(value: u64) -> String {
    BASE64.encode(&value.to_be_bytes()[4..])
}

#[cfg(test)]
mod tests {
    use super::{Crc32, Sums};
    use crate::config::ChecksumAlgorithm;

    /// The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
    #[test]
    fn crc32_is_the_one_of_s3() {
        let algorithm = Some(ChecksumAlgorithm::Crc32);
        let whole = Sums::of(b"123456789", algorithm);
        assert_eq!((whole.crc32().as_deref(), whole.crc64_nvme()), (Some("y/Q5Jg=="), None));
        assert_eq!(Sums::of(b"12345", algorithm).combine(Sums::of(b"6789", algorithm), 4), whole);
        let mut passing = Crc32::new();
        passing.update(b"1234");
        passing.update(b"56789");
        assert_eq!(Some(passing.value()), whole.crc32());
    }

    #[test]
    fn only_what_the_server_takes_is_sent() {
        let nvme = Sums::of(b"123456789", Some(ChecksumAlgorithm::Crc64Nvme));
        assert_eq!((nvme.crc64_nvme().as_deref(), nvme.crc32()), (Some("rosUhgp5mIg="), None));
        let nothing = Sums::of(b"123456789", None);
        assert_eq!((nothing.crc64_nvme(), nothing.crc32()), (None, None));
        assert_eq!(nothing.whole, nvme.whole);
    }
}
