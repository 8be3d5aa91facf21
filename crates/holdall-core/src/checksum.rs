//! The checksum that travels with every file: CRC-64/NVME, the one that S3 keeps for whole objects.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crc_fast::{CrcAlgorithm, Digest, checksum_combine};

use crate::error::{Error, ErrorKind, Result};

/// A checksum of a whole file.
///
/// CRC-64/NVME finds accidents, not attackers. It is chosen because S3 can keep and verify it for
/// multipart uploads too (a full-object checksum), because parts can be combined, and because it costs
/// next to nothing. `Display` is S3's form: base64 of the eight bytes, big-endian.
///
/// ```
/// use holdall_core::Checksum;
///
/// assert_eq!(Checksum::of(b"123456789").to_string(), "rosUhgp5mIg=");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Checksum(u64);

impl Checksum {
    /// The checksum of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = Self::hasher();
        hasher.update(bytes);
        hasher.finish()
    }

    /// A checksum from its number.
    pub fn from_crc64_nvme(value: u64) -> Self {
        Self(value)
    }

    /// The checksum as a number.
    pub fn crc64_nvme(self) -> u64 {
        self.0
    }

    /// Computes a checksum piece by piece.
    pub fn hasher() -> ChecksumHasher {
        ChecksumHasher(Digest::new(CrcAlgorithm::Crc64Nvme))
    }

    /// The checksum of these bytes followed by `length` bytes whose checksum is `next`.
    #[must_use]
    pub fn combine(self, next: Self, length: u64) -> Self {
        Self(checksum_combine(CrcAlgorithm::Crc64Nvme, self.0, next.0, length))
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(self.0.to_be_bytes()))
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CRC64NVME:{self}")
    }
}

impl FromStr for Checksum {
    type Err = Error;

    /// Reads the form of `Display`.
    fn from_str(text: &str) -> Result<Self> {
        let bytes = BASE64.decode(text).ok().and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        let bytes = bytes.ok_or_else(|| {
            Error::message(ErrorKind::InvalidInput, format!("{text:?} is not a CRC-64/NVME in base64"))
        })?;
        Ok(Self(u64::from_be_bytes(bytes)))
    }
}

/// Computes a [`Checksum`] while bytes pass by.
#[derive(Clone)]
pub struct ChecksumHasher(Digest);

impl ChecksumHasher {
    /// Takes the next bytes into account.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The checksum of all bytes so far.
    pub fn finish(&self) -> Checksum {
        Checksum(self.0.finalize())
    }
}

impl fmt::Debug for ChecksumHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ChecksumHasher").field(&self.finish()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Checksum;

    /// The check value of CRC-64/NVME in the catalogue of parametrised CRC algorithms.
    #[test]
    fn it_is_the_nvme_polynomial() {
        assert_eq!(Checksum::of(b"123456789").crc64_nvme(), 0xae8b_1486_0a79_9888);
        assert_eq!(Checksum::of(b"").crc64_nvme(), 0);
    }

    #[test]
    fn parts_combine_and_text_reads_back() {
        let whole = Checksum::of(b"hello world");
        assert_eq!(Checksum::of(b"hello ").combine(Checksum::of(b"world"), 5), whole);
        assert_eq!(whole.to_string().parse::<Checksum>().unwrap(), whole);
        assert!("AAAA".parse::<Checksum>().is_err());
    }
}
