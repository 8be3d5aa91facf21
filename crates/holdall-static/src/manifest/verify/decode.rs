//! Undoing an encoding while the bytes pass by.

use std::io::{self, Write as _};

use super::digest::Running;
use crate::compress::Encoding;

/// Decodes into a digest.
pub(super) enum Decoder {
    Plain(Running),
    #[cfg(feature = "compress")]
    Gzip(Box<flate2::write::GzDecoder<Running>>),
    #[cfg(feature = "compress")]
    Brotli(Box<brotli::DecompressorWriter<Running>>),
    #[cfg(feature = "compress")]
    Zstd(Box<zstd::stream::write::Decoder<'static, Running>>),
}

#[cfg(feature = "compress")]
impl Decoder {
    /// A decoder for that encoding; `None` where it is not built in.
    ///
    /// # Errors
    ///
    /// Where there is no memory for it.
    pub(super) fn new(encoding: Option<Encoding>, digest: Running) -> io::Result<Option<Self>> {
        Ok(Some(match encoding {
            None => Self::Plain(digest),
            Some(Encoding::Gzip) => Self::Gzip(Box::new(flate2::write::GzDecoder::new(digest))),
            Some(Encoding::Brotli) => {
                Self::Brotli(Box::new(brotli::DecompressorWriter::new(digest, 64 * 1024)))
            }
            Some(Encoding::Zstd) => Self::Zstd(Box::new(zstd::stream::write::Decoder::new(digest)?)),
        }))
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(digest) => digest.write_all(bytes),
            Self::Gzip(decoder) => decoder.write_all(bytes),
            Self::Brotli(decoder) => decoder.write_all(bytes),
            Self::Zstd(decoder) => decoder.write_all(bytes),
        }
    }

    /// The digest of everything. What ends too early has another one.
    pub(super) fn finish(self) -> io::Result<Running> {
        match self {
            Self::Plain(digest) => Ok(digest),
            Self::Gzip(decoder) => decoder.finish(),
            Self::Brotli(decoder) => Ok(decoder.into_inner().unwrap_or_else(|unfinished| unfinished)),
            Self::Zstd(mut decoder) => {
                decoder.flush()?;
                Ok(decoder.into_inner())
            }
        }
    }
}

#[cfg(not(feature = "compress"))]
impl Decoder {
    pub(super) fn new(encoding: Option<Encoding>, digest: Running) -> io::Result<Option<Self>> {
        Ok(encoding.is_none().then_some(Self::Plain(digest)))
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Self::Plain(digest) = self;
        digest.write_all(bytes)
    }

    pub(super) fn finish(self) -> io::Result<Running> {
        let Self::Plain(digest) = self;
        Ok(digest)
    }
}
