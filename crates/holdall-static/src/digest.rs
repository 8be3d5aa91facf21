//! What is computed over the bytes of a file.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use holdall_core::Checksum;
use md5::{Digest as _, Md5};
use sha2::{Sha256, Sha384};

use crate::hash::{ContentHash, HashAlgorithm};

/// The digests of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digests {
    pub(crate) size: u64,
    /// For the name.
    pub(crate) hash: ContentHash,
    /// What S3 has as the tag of an object that was saved with one request and not encrypted with a key.
    md5: [u8; 16],
    sha256: Box<[u8; 32]>,
    sha384: Box<[u8; 48]>,
    /// What storages verify while they save, and many keep.
    pub(crate) checksum: Checksum,
}

impl Digests {
    /// One digest of each kind: the one that the name is made of is not computed twice.
    pub(crate) fn of(bytes: &[u8], algorithm: HashAlgorithm) -> Self {
        let md5: [u8; 16] = Md5::digest(bytes).into();
        let sha256: [u8; 32] = Sha256::digest(bytes).into();
        let hash = match algorithm {
            HashAlgorithm::Md5 => ContentHash::from_start(&md5),
            HashAlgorithm::Sha256 => ContentHash::from_start(&sha256),
            HashAlgorithm::Blake3 => algorithm.hash(bytes),
        };
        let sha384 = Box::new(Sha384::digest(bytes).into());
        let checksum = Checksum::of(bytes);
        Self { size: bytes.len() as u64, hash, md5, sha256: Box::new(sha256), sha384, checksum }
    }

    /// MD5 in hexadecimal digits, as S3 writes it.
    pub(crate) fn md5(&self) -> String {
        hex(&self.md5)
    }

    /// SHA-256 in hexadecimal digits.
    pub(crate) fn sha256(&self) -> String {
        hex(self.sha256.as_slice())
    }

    /// The value of an `integrity` attribute (Subresource Integrity, section 3.2).
    pub(crate) fn integrity(&self) -> String {
        format!("sha384-{}", BASE64.encode(self.sha384.as_slice()))
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{Digests, HashAlgorithm};

    #[test]
    fn the_name_is_made_of_the_algorithm_that_was_asked_for() {
        for algorithm in [HashAlgorithm::Md5, HashAlgorithm::Sha256, HashAlgorithm::Blake3] {
            assert_eq!(Digests::of(b"a", algorithm).hash, algorithm.hash(b"a"));
        }
        let empty = Digests::of(b"", HashAlgorithm::Md5);
        assert_eq!(empty.md5(), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(empty.sha256(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
