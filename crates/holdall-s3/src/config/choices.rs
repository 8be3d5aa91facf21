//! The settings that are a choice of words.

use std::fmt;
use std::str::FromStr;

use holdall_core::{Error, Result};

/// Spells the variants of an enum as settings do. A word that is none is an error about the setting of that key.
macro_rules! words {
    ($type:ident, $key:literal, $what:literal: $($variant:ident = $word:literal),+) => {
        impl FromStr for $type {
            type Err = Error;

            #[doc = concat!("The words of settings:", $(" `", $word, "`",)+ ".")]
            fn from_str(text: &str) -> Result<Self> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::config::unknown_word($key, $what, text, &[$($word),+])),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $word,)+
                })
            }
        }
    };
}
pub(super) use words;

/// How a bucket is named in a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressingStyle {
    /// [`Virtual`](Self::Virtual) at AWS (except for bucket names with dots, which no TLS certificate
    /// covers), [`Path`](Self::Path) at every other endpoint.
    #[default]
    Auto,
    /// `https://host/bucket/key`.
    Path,
    /// `https://bucket.host/key`.
    Virtual,
}

words!(
    AddressingStyle, "addressing_style", "addressing style":
    Auto = "auto", Path = "path", Virtual = "virtual"
);

/// When checksums travel with requests.
///
/// Since January 2025 AWS keeps a CRC of every object. Several compatible servers refuse requests that
/// carry one (see jschneier/django-storages#1482), so that it is off where the endpoint is not AWS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChecksumMode {
    /// [`WhenSupported`](Self::WhenSupported) at AWS, [`WhenRequired`](Self::WhenRequired) at every
    /// other endpoint.
    #[default]
    Auto,
    /// A CRC-64/NVME goes with every save, is verified by the server, kept by it, and checked again when
    /// the file is read.
    WhenSupported,
    /// None is sent and none is asked for. A signed body still arrives whole or not at all (the signature
    /// includes a SHA-256 of the body), but nothing is kept: the storage has no capability `checksum`.
    WhenRequired,
}

words!(
    ChecksumMode, "checksum_mode", "checksum mode":
    Auto = "auto", WhenSupported = "when_supported", WhenRequired = "when_required"
);

/// The checksum of the whole file that travels with requests and that the server keeps, where
/// [`ChecksumMode`] says that one does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChecksumAlgorithm {
    /// CRC-64/NVME: what AWS itself computes, and what
    /// [`Metadata::checksum`](holdall_core::Metadata::checksum) tells.
    #[default]
    Crc64Nvme,
    /// CRC-32, for servers that have no CRC-64/NVME. Bodies are verified all the same, both ways; but
    /// `Metadata::checksum` is a CRC-64, so that it stays `None` and the storage has no capability `checksum`.
    Crc32,
}

words!(ChecksumAlgorithm, "checksum_algorithm", "checksum algorithm": Crc64Nvme = "crc64nvme", Crc32 = "crc32");

/// How [`SaveMode::Unique`](holdall_core::SaveMode::Unique) keeps names from being taken twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UniqueNames {
    /// [`Condition`](Self::Condition) where the server honours `If-None-Match` on `PutObject` and on
    /// `CompleteMultipartUpload`, [`Random`](Self::Random) elsewhere.
    #[default]
    Auto,
    /// A name that is free is taken as it is, and one that is taken gets `_` and seven random letters. The server's
    /// conditions decide which it is; where it has none, such saves are refused.
    Condition,
    /// Every name gets `_` and 22 random letters before its first dot (130 bits), so that no two are equal and no
    /// condition is needed: `cat.jpg` becomes `cat_8Hq2vX0LkT5nRw3YdPzB7c.jpg`.
    Random,
}

words!(
    UniqueNames, "unique_names", "way to make names unique":
    Auto = "auto", Condition = "condition", Random = "random"
);

/// How the pace of retries is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryMode {
    /// Pauses that grow, and an allowance of retries that all requests of the storage share, so that a server
    /// that is down is not asked ever more.
    #[default]
    Standard,
    /// That, and fewer requests altogether while the server says that it is asked too much. For jobs that do
    /// nothing but many requests; it makes others wait for what they caused.
    Adaptive,
}

words!(RetryMode, "retry_mode", "retry mode": Standard = "standard", Adaptive = "adaptive");

#[cfg(test)]
mod tests {
    use super::{AddressingStyle, ChecksumAlgorithm, ChecksumMode, RetryMode, UniqueNames};

    #[test]
    fn settings_spell_the_choices() {
        for style in ["auto", "path", "virtual"] {
            assert_eq!(style.parse::<AddressingStyle>().unwrap().to_string(), style);
        }
        for mode in ["auto", "when_supported", "when_required"] {
            assert_eq!(mode.parse::<ChecksumMode>().unwrap().to_string(), mode);
        }
        for algorithm in ["crc64nvme", "crc32"] {
            assert_eq!(algorithm.parse::<ChecksumAlgorithm>().unwrap().to_string(), algorithm);
        }
        for mode in ["standard", "adaptive"] {
            assert_eq!(mode.parse::<RetryMode>().unwrap().to_string(), mode);
        }
        for way in ["auto", "condition", "random"] {
            assert_eq!(way.parse::<UniqueNames>().unwrap().to_string(), way);
        }
        assert!("always".parse::<UniqueNames>().is_err());
        assert!("md5".parse::<ChecksumAlgorithm>().is_err());
        assert!("Path".parse::<AddressingStyle>().is_err() && "always".parse::<ChecksumMode>().is_err());
    }
}
