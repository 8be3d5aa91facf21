//! Checksums: computed while the body arrives, compared with what the client claims, combined over parts.
//!
//! S3 keeps exactly one checksum of an object. The client chooses the algorithm; without a choice S3 computes
//! CRC-64/NVME itself (default since December 2024). For multipart uploads the three CRCs can cover the whole object
//! (`FULL_OBJECT`), SHA-1 and SHA-256 only be a checksum of the parts' checksums (`COMPOSITE`, value `…-N`).
//! Source: Amazon S3 User Guide, "Checking object integrity for data uploads".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::{CrcAlgorithm, checksum_combine};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use s3s::dto;
use s3s::{S3Result, TrailingHeaders, s3_error};

use super::state::Part;

/// An algorithm of `x-amz-checksum-*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChecksumAlgorithm {
    /// CRC-32 (ISO-HDLC).
    Crc32,
    /// CRC-32C (Castagnoli).
    Crc32c,
    /// CRC-64/NVME, S3's default.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl ChecksumAlgorithm {
    /// All five.
    pub(crate) const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// S3's name, as in `x-amz-checksum-algorithm`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The header that carries its value.
    pub(crate) fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64Nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    /// Length of the raw value in bytes.
    fn width(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme => 8,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// The CRC to combine parts with; the SHAs cannot be combined.
    fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Self::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            Self::Sha1 | Self::Sha256 => None,
        }
    }

    /// Reads S3's name.
    pub(crate) fn parse(name: &str) -> S3Result<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(name))
            .ok_or_else(|| s3_error!(InvalidRequest, "Checksum algorithm provided is unsupported."))
    }
}

/// Whether a checksum covers the content or only the checksums of the parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChecksumType {
    /// Of the whole content, whatever way it was uploaded.
    FullObject,
    /// Of the parts' checksums; says nothing that a reader of the whole content could check.
    Composite,
}

/// The checksum that S3 keeps of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredChecksum {
    /// Which algorithm.
    pub algorithm: ChecksumAlgorithm,
    /// Of the content or of the parts.
    pub kind: ChecksumType,
    /// Base64, as on the wire; a composite one ends with `-` and the number of parts.
    pub value: String,
}

/// What `CreateMultipartUpload` fixed about the checksum of the object to come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UploadChecksum {
    /// The algorithm, S3's default where the client named none.
    pub(crate) algorithm: ChecksumAlgorithm,
    pub(crate) kind: ChecksumType,
    /// Whether the client named it: only then may other algorithms be refused on the parts.
    pub(crate) declared: bool,
}

impl UploadChecksum {
    /// Reads the two headers of `CreateMultipartUpload`.
    pub(crate) fn new(
        algorithm: Option<&dto::ChecksumAlgorithm>,
        kind: Option<&dto::ChecksumType>,
    ) -> S3Result<Self> {
        let declared = algorithm.is_some();
        let algorithm = match algorithm {
            Some(name) => ChecksumAlgorithm::parse(name.as_str())?,
            None => ChecksumAlgorithm::Crc64Nvme,
        };
        let kind = match kind.map(dto::ChecksumType::as_str) {
            Some(dto::ChecksumType::FULL_OBJECT) => ChecksumType::FullObject,
            Some(dto::ChecksumType::COMPOSITE) => ChecksumType::Composite,
            Some(other) => return Err(s3_error!(InvalidRequest, "Checksum type {other} is unsupported.")),
            // CRC-64/NVME only exists as a checksum of the whole; for the others S3's default is composite.
            None if algorithm == ChecksumAlgorithm::Crc64Nvme => ChecksumType::FullObject,
            None => ChecksumType::Composite,
        };
        let possible = match kind {
            ChecksumType::FullObject => algorithm.crc().is_some(),
            ChecksumType::Composite => algorithm != ChecksumAlgorithm::Crc64Nvme,
        };
        if !possible {
            let (kind, name) = (kind_name(kind), algorithm.as_str());
            return Err(s3_error!(
                InvalidRequest,
                "The {kind} checksum type cannot be used with the {name} checksum algorithm."
            ));
        }
        Ok(Self { algorithm, kind, declared })
    }
}

/// S3's name of the kind.
pub(crate) fn kind_name(kind: ChecksumType) -> &'static str {
    match kind {
        ChecksumType::FullObject => dto::ChecksumType::FULL_OBJECT,
        ChecksumType::Composite => dto::ChecksumType::COMPOSITE,
    }
}

/// The checksum that a client claims for a body: at most one, by header or by trailer.
#[derive(Debug, Default)]
pub(crate) struct Claim(pub(crate) Option<(ChecksumAlgorithm, String)>);

impl Claim {
    /// From the five optional fields of an input; see the `claim!` macro.
    pub(crate) fn from_fields(fields: [(ChecksumAlgorithm, Option<String>); 5]) -> S3Result<Self> {
        let mut given = fields.into_iter().filter_map(|(algorithm, value)| Some((algorithm, value?)));
        let first = given.next();
        if given.next().is_some() {
            return Err(s3_error!(
                InvalidRequest,
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
            ));
        }
        if let Some((algorithm, value)) = &first {
            well_formed(*algorithm, value)?;
        }
        Ok(Self(first))
    }

    /// Adds what came behind the body of an `aws-chunked` upload.
    pub(crate) fn or_trailer(self, trailers: Option<&TrailingHeaders>) -> S3Result<Self> {
        let Some(headers) = trailers.and_then(TrailingHeaders::take) else { return Ok(self) };
        for algorithm in ChecksumAlgorithm::ALL {
            if let Some(value) = headers.get(algorithm.header()) {
                let value = value.to_str().unwrap_or_default().to_owned();
                well_formed(algorithm, &value)?;
                return Ok(Self(Some((algorithm, value))));
            }
        }
        Ok(self)
    }

    /// Compares with what arrived.
    ///
    /// # Errors
    /// `BadDigest`, as S3 answers; nothing may be stored then.
    pub(crate) fn verify(&self, computed: &dto::Checksum) -> S3Result<()> {
        let Some((algorithm, claimed)) = &self.0 else { return Ok(()) };
        if value(computed, *algorithm) == Some(claimed) {
            return Ok(());
        }
        let name = algorithm.as_str();
        Err(s3_error!(BadDigest, "The {name} you specified did not match the calculated checksum."))
    }
}

fn well_formed(algorithm: ChecksumAlgorithm, value: &str) -> S3Result<()> {
    match STANDARD.decode(value) {
        Ok(raw) if raw.len() == algorithm.width() => Ok(()),
        _ => {
            let header = algorithm.header();
            Err(s3_error!(InvalidRequest, "Value for {header} header is invalid."))
        }
    }
}

/// A hasher for CRC-64/NVME, which is always wanted, and whatever else was asked for.
pub(crate) fn hasher(algorithms: impl IntoIterator<Item = ChecksumAlgorithm>) -> ChecksumHasher {
    let mut hasher = ChecksumHasher { crc64nvme: Some(Crc64Nvme::new()), ..ChecksumHasher::default() };
    for algorithm in algorithms {
        match algorithm {
            ChecksumAlgorithm::Crc32 => hasher.crc32 = Some(Crc32::new()),
            ChecksumAlgorithm::Crc32c => hasher.crc32c = Some(Crc32c::new()),
            ChecksumAlgorithm::Crc64Nvme => {}
            ChecksumAlgorithm::Sha1 => hasher.sha1 = Some(Sha1::new()),
            ChecksumAlgorithm::Sha256 => hasher.sha256 = Some(Sha256::new()),
        }
    }
    hasher
}

/// The value of one algorithm among those that were computed.
pub(crate) fn value(checksums: &dto::Checksum, algorithm: ChecksumAlgorithm) -> Option<&String> {
    match algorithm {
        ChecksumAlgorithm::Crc32 => checksums.checksum_crc32.as_ref(),
        ChecksumAlgorithm::Crc32c => checksums.checksum_crc32c.as_ref(),
        ChecksumAlgorithm::Crc64Nvme => checksums.checksum_crc64nvme.as_ref(),
        ChecksumAlgorithm::Sha1 => checksums.checksum_sha1.as_ref(),
        ChecksumAlgorithm::Sha256 => checksums.checksum_sha256.as_ref(),
    }
}

/// The checksum of an object from those of its parts, as S3 computes it at `CompleteMultipartUpload`.
pub(crate) fn of_parts(upload: UploadChecksum, parts: &[&Part]) -> StoredChecksum {
    let raw = |part: &Part| {
        let value =
            value(&part.checksums, upload.algorithm).expect("a part is hashed with its upload's algorithm");
        STANDARD.decode(value).expect("the server encoded it itself")
    };
    let value = if let (ChecksumType::FullObject, Some(crc)) = (upload.kind, upload.algorithm.crc()) {
        let combined = parts.iter().fold(None, |left: Option<u64>, part| {
            let right = raw(part).into_iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(byte));
            Some(left.map_or(right, |left| checksum_combine(crc, left, right, part.size)))
        });
        let bytes = combined.unwrap_or_default().to_be_bytes();
        STANDARD.encode(&bytes[bytes.len() - upload.algorithm.width()..])
    } else {
        // The SHAs are refused as FULL_OBJECT when the upload is created, so this is the composite form.
        let mut outer = hasher([upload.algorithm]);
        for part in parts {
            outer.update(&raw(part));
        }
        let outer = outer.finalize();
        let outer = self::value(&outer, upload.algorithm).expect("the algorithm was asked for");
        format!("{outer}-{}", parts.len())
    };
    StoredChecksum { algorithm: upload.algorithm, kind: upload.kind, value }
}

/// Collects the five checksum fields of an input structure into a [`Claim`].
macro_rules! claim {
    ($input:expr) => {
        $crate::s3_server::checksum::Claim::from_fields([
            ($crate::s3_server::ChecksumAlgorithm::Crc32, $input.checksum_crc32.take()),
            ($crate::s3_server::ChecksumAlgorithm::Crc32c, $input.checksum_crc32c.take()),
            ($crate::s3_server::ChecksumAlgorithm::Crc64Nvme, $input.checksum_crc64nvme.take()),
            ($crate::s3_server::ChecksumAlgorithm::Sha1, $input.checksum_sha1.take()),
            ($crate::s3_server::ChecksumAlgorithm::Sha256, $input.checksum_sha256.take()),
        ])
    };
}
pub(crate) use claim;

/// Sets the field of an output structure that belongs to the algorithm.
macro_rules! set_checksum {
    ($output:expr, $algorithm:expr, $value:expr) => {
        match $algorithm {
            $crate::s3_server::ChecksumAlgorithm::Crc32 => $output.checksum_crc32 = Some($value),
            $crate::s3_server::ChecksumAlgorithm::Crc32c => $output.checksum_crc32c = Some($value),
            $crate::s3_server::ChecksumAlgorithm::Crc64Nvme => $output.checksum_crc64nvme = Some($value),
            $crate::s3_server::ChecksumAlgorithm::Sha1 => $output.checksum_sha1 = Some($value),
            $crate::s3_server::ChecksumAlgorithm::Sha256 => $output.checksum_sha256 = Some($value),
        }
    };
}
pub(crate) use set_checksum;
