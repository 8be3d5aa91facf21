//! The choices of a policy: how the file is sent, which checksum it has, what the server answers.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;

/// How a client sends its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum UploadMethod {
    /// The file is the body. Binds type, length, checksum and whether the name must be free; cannot bind a
    /// range of sizes.
    Put,
    /// A form as browsers send it (`multipart/form-data`). Binds a range of sizes and a family of types;
    /// cannot bind that the name is free.
    Post,
}

impl UploadMethod {
    /// `PUT` or `POST`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Put => "PUT",
            Self::Post => "POST",
        }
    }
}

impl fmt::Display for UploadMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A checksum that the uploaded bytes must have: one that the client computed and told the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UploadChecksum {
    /// CRC-64/NVME, the storage's own.
    Crc64Nvme(Checksum),
    /// CRC-32 (ISO-HDLC, that of zip and PNG), which every server with checksums knows.
    Crc32(u32),
    /// SHA-256, which a browser computes by itself (`crypto.subtle.digest`) and which nobody can forge.
    Sha256([u8; 32]),
}

impl UploadChecksum {
    /// S3's word for the algorithm in lower case, as it ends the header's name: `crc64nvme`, `crc32`,
    /// `sha256`.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Crc64Nvme(_) => "crc64nvme",
            Self::Crc32(_) => "crc32",
            Self::Sha256(_) => "sha256",
        }
    }

    /// The value in base64, big-endian.
    pub fn value(&self) -> String {
        match self {
            Self::Crc64Nvme(checksum) => checksum.to_string(),
            Self::Crc32(value) => BASE64.encode(value.to_be_bytes()),
            Self::Sha256(bytes) => BASE64.encode(bytes),
        }
    }
}

impl From<Checksum> for UploadChecksum {
    fn from(checksum: Checksum) -> Self {
        Self::Crc64Nvme(checksum)
    }
}

/// What the server answers to a form that it took; 204 with nothing without one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UploadSuccess {
    /// That status: 200, 201 (with an XML document) or 204.
    Status(u16),
    /// A redirect (303) to this absolute URL, with bucket, key and entity tag in its query.
    Redirect(String),
}
