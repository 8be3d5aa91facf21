//! The compressors: bytes in, the same encoded bytes on every machine out.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Encoding;

/// Tells a compressor on another thread that nobody waits for it any more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub(crate) fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// # Errors
    ///
    /// `Interrupted`, once it was cancelled.
    #[cfg(feature = "compress")]
    fn check(&self) -> io::Result<()> {
        if self.0.load(Ordering::Relaxed) { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    }
}

/// The bytes in that encoding.
///
/// # Errors
///
/// `Interrupted` where it was cancelled, which is looked at every 64 KiB; those of the compressor, which has none
/// but for a want of memory.
#[cfg(feature = "compress")]
pub(crate) fn encode(encoding: Encoding, level: u8, bytes: &[u8], cancel: &Cancel) -> io::Result<Vec<u8>> {
    match encoding {
        Encoding::Gzip => {
            // Neither name nor time nor system, so that nothing but the content is in it.
            let builder = flate2::GzBuilder::new().mtime(0).operating_system(255);
            let mut encoder = builder.write(Vec::new(), flate2::Compression::new(level.into()));
            feed(&mut encoder, bytes, cancel)?;
            encoder.finish()
        }
        Encoding::Brotli => {
            let parameters = brotli::enc::BrotliEncoderParams {
                quality: level.into(),
                lgwin: brotli_window(bytes.len()),
                size_hint: bytes.len(),
                ..Default::default()
            };
            let mut encoder = brotli::CompressorWriter::with_params(Vec::new(), 64 * 1024, &parameters);
            feed(&mut encoder, bytes, cancel)?;
            Ok(encoder.into_inner())
        }
        Encoding::Zstd => {
            let mut encoder = zstd::Encoder::new(Vec::new(), level.into())?;
            encoder.set_pledged_src_size(Some(bytes.len() as u64))?;
            if level > 19 {
                // RFC 9659: no more than 8 MiB. Lower levels take no more.
                encoder.window_log(23)?;
            }
            feed(&mut encoder, bytes, cancel)?;
            encoder.finish()
        }
    }
}

/// Nothing can be compressed without compressors; settings that ask for it were refused before.
#[cfg(not(feature = "compress"))]
pub(crate) fn encode(_: Encoding, _: u8, _: &[u8], _: &Cancel) -> io::Result<Vec<u8>> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(feature = "compress")]
fn feed(encoder: &mut impl io::Write, bytes: &[u8], cancel: &Cancel) -> io::Result<()> {
    for chunk in bytes.chunks(64 * 1024) {
        cancel.check()?;
        encoder.write_all(chunk)?;
    }
    cancel.check()
}

/// The smallest window that has the whole file, within what RFC 7932 allows (section 9.1: 2 to the 16 or more,
/// and at most 2 to the 24).
#[cfg(feature = "compress")]
fn brotli_window(size: usize) -> i32 {
    (16..24).find(|window| size <= (1_usize << window) - 16).unwrap_or(24)
}

#[cfg(all(test, feature = "compress"))]
mod tests {
    use std::io::Read as _;

    use super::{Cancel, Encoding, brotli_window, encode};

    fn decode(encoding: Encoding, encoded: &[u8]) -> Vec<u8> {
        let mut decoded = Vec::new();
        match encoding {
            Encoding::Gzip => flate2::read::GzDecoder::new(encoded).read_to_end(&mut decoded),
            Encoding::Brotli => brotli::Decompressor::new(encoded, 4096).read_to_end(&mut decoded),
            Encoding::Zstd => zstd::Decoder::new(encoded).unwrap().read_to_end(&mut decoded),
        }
        .unwrap();
        decoded
    }

    #[test]
    fn what_goes_in_comes_out_at_every_level() {
        let lines: Vec<String> =
            (0..9_000).map(|number| format!("p{} {{ top: {number}px }}\n", number % 97)).collect();
        let text = lines.concat();
        for encoding in Encoding::ALL {
            for level in encoding.levels() {
                let encoded = encode(encoding, level, text.as_bytes(), &Cancel::default()).unwrap();
                assert!(encoded.len() < text.len() / 3, "{encoding} {level}: {}", encoded.len());
                assert!(decode(encoding, &encoded) == text.as_bytes(), "{encoding} {level}");
            }
            assert_eq!(decode(encoding, &encode(encoding, 1, b"", &Cancel::default()).unwrap()), b"");
        }
    }

    /// No time, no name, no system in it: the bytes depend on nothing but content and level. A new release of a
    /// compressor may change them; then the next collection of a changed file does.
    #[test]
    fn the_header_of_gzip_tells_nothing_of_the_machine() {
        let encoded = encode(Encoding::Gzip, 9, b"body { margin: 0 }", &Cancel::default()).unwrap();
        // RFC 1952, 2.3: no flags, no time, the smallest result, an unknown system.
        assert_eq!(encoded[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    }

    #[test]
    fn no_window_is_larger_than_http_allows() {
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .take(9 << 20)
        .collect();
        let encoded = encode(Encoding::Zstd, 22, &noise, &Cancel::default()).unwrap();
        let mut decoder = zstd::Decoder::new(encoded.as_slice()).unwrap();
        decoder.window_log_max(23).unwrap();
        assert_eq!(std::io::copy(&mut decoder, &mut std::io::sink()).unwrap(), noise.len() as u64);

        assert_eq!(brotli_window(0), 16);
        assert_eq!(brotli_window((1 << 20) - 16), 20);
        assert_eq!(brotli_window((1 << 20) - 15), 21);
        assert_eq!(brotli_window(1 << 30), 24);
    }

    #[test]
    fn what_nobody_waits_for_stops() {
        let cancel = Cancel::default();
        cancel.cancel();
        let error = encode(Encoding::Gzip, 9, b"x", &cancel).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::Interrupted);
    }
}
