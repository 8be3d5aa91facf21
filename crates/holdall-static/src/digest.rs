//! What is computed over the bytes of a file.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use holdall_core::{Checksum, ChecksumHasher};
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
        let mut digester = Digester::new(algorithm);
        digester.update(bytes);
        digester.finish()
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

/// Computes [`Digests`] while bytes pass by.
#[derive(Debug)]
pub(crate) struct Digester {
    algorithm: HashAlgorithm,
    size: u64,
    md5: Md5,
    sha256: Sha256,
    sha384: Sha384,
    blake3: Option<Box<blake3::Hasher>>,
    checksum: ChecksumHasher,
}

impl Digester {
    pub(crate) fn new(algorithm: HashAlgorithm) -> Self {
        Self {
            algorithm,
            size: 0,
            md5: Md5::new(),
            sha256: Sha256::new(),
            sha384: Sha384::new(),
            blake3: (algorithm == HashAlgorithm::Blake3).then(Box::default),
            checksum: Checksum::hasher(),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.md5.update(bytes);
        self.sha256.update(bytes);
        self.sha384.update(bytes);
        if let Some(blake3) = &mut self.blake3 {
            blake3.update(bytes);
        }
        self.checksum.update(bytes);
    }

    pub(crate) fn finish(self) -> Digests {
        let md5: [u8; 16] = self.md5.finalize().into();
        let sha256: [u8; 32] = self.sha256.finalize().into();
        let hash = match (self.algorithm, &self.blake3) {
            (HashAlgorithm::Blake3, Some(blake3)) => ContentHash::from_start(blake3.finalize().as_bytes()),
            (HashAlgorithm::Sha256, _) => ContentHash::from_start(&sha256),
            _ => ContentHash::from_start(&md5),
        };
        let sha384 = Box::new(self.sha384.finalize().into());
        let checksum = self.checksum.finish();
        Digests { size: self.size, hash, md5, sha256: Box::new(sha256), sha384, checksum }
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
