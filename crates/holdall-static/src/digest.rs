//! What is computed over the bytes of a file.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
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
}

impl Digests {
    pub(crate) fn of(bytes: &[u8], algorithm: HashAlgorithm) -> Self {
        Self {
            size: bytes.len() as u64,
            hash: algorithm.hash(bytes),
            md5: Md5::digest(bytes).into(),
            sha256: Box::new(Sha256::digest(bytes).into()),
            sha384: Box::new(Sha384::digest(bytes).into()),
        }
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
