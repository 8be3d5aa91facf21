//! Compressed variants of published files.

mod encode;
mod settings;
mod skip;
mod variant;

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use holdall_core::{Error, ErrorKind, Operation, Result};
use serde::{Deserialize, Serialize};

pub(crate) use self::encode::{Cancel, encode};
pub use self::settings::Compression;
pub(crate) use self::settings::Place;
pub use self::variant::Variant;
pub(crate) use self::variant::{MARGIN, pays};

/// A content coding of HTTP (RFC 9110, section 8.4.1) that a file can be stored in beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Encoding {
    /// gzip (RFC 1952), which every client and every server knows.
    Gzip,
    /// Brotli (RFC 7932), which every browser knows over HTTPS.
    #[serde(rename = "br")]
    Brotli,
    /// Zstandard (RFC 8878), with a window of at most 8 MiB, as RFC 9659 demands of HTTP.
    Zstd,
}

impl Encoding {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Gzip, Self::Brotli, Self::Zstd];

    /// The token of `Content-Encoding` and `Accept-Encoding`: `gzip`, `br`, `zstd`.
    pub const fn token(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// What a variant's name has behind the file's: `.gz`, `.br`, `.zst`. What nginx (`gzip_static`,
    /// `brotli_static`), Caddy (`precompressed`) and tower-http (`ServeDir::precompressed_br`) look for.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Gzip => ".gz",
            Self::Brotli => ".br",
            Self::Zstd => ".zst",
        }
    }

    /// Which levels there are, from fast to small.
    pub const fn levels(self) -> RangeInclusive<u8> {
        match self {
            Self::Gzip => 1..=9,
            Self::Brotli => 0..=11,
            Self::Zstd => 1..=22,
        }
    }

    /// The level that is meant where none is given: the smallest result, since a file is compressed once and
    /// sent often. Zstandard's levels above 19 take windows that HTTP does not allow, and so have little to gain.
    pub const fn default_level(self) -> u8 {
        match self {
            Self::Gzip => 9,
            Self::Brotli => 11,
            Self::Zstd => 19,
        }
    }
}

impl FromStr for Encoding {
    type Err = Error;

    /// `gzip`, `brotli` or `br`, `zstd`, as settings spell it.
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "gzip" => Ok(Self::Gzip),
            "brotli" | "br" => Ok(Self::Brotli),
            "zstd" => Ok(Self::Zstd),
            _ => {
                let message = format!("{text:?} is no encoding; use \"gzip\", \"brotli\" or \"zstd\"");
                Err(Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure))
            }
        }
    }
}

impl fmt::Display for Encoding {
    /// Its [`token`](Self::token).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.token())
    }
}
