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

/// The bytes of a file in that encoding, read piece by piece; `None` where there would be more of them than `most`.
///
/// # Errors
///
/// `Interrupted` where it was cancelled, which is looked at every 64 KiB; those of the file and of the compressor.
#[cfg(feature = "compress")]
pub(crate) fn encode(
    encoding: Encoding,
    level: u8,
    (source, size): (&mut dyn io::Read, u64),
    most: usize,
    cancel: &Cancel,
) -> io::Result<Option<Vec<u8>>> {
    let room = Room { bytes: Vec::new(), most };
    let filled = match encoding {
        Encoding::Gzip => {
            // Neither name nor time nor system, so that nothing but the content is in it.
            let builder = flate2::GzBuilder::new().mtime(0).operating_system(255);
            let mut encoder = builder.write(room, flate2::Compression::new(level.into()));
            feed(&mut encoder, source, cancel).and_then(|()| encoder.finish())
        }
        Encoding::Brotli => {
            let parameters = brotli::enc::BrotliEncoderParams {
                quality: level.into(),
                lgwin: brotli_window(size),
                size_hint: usize::try_from(size).unwrap_or(usize::MAX),
                ..Default::default()
            };
            let mut encoder = brotli::CompressorWriter::with_params(room, 64 * 1024, &parameters);
            // It writes what is left when it is taken apart, and does not tell what came of that.
            feed(&mut encoder, source, cancel).map(|()| encoder.into_inner())
        }
        Encoding::Zstd => {
            let mut encoder = zstd::Encoder::new(room, level.into())?;
            encoder.set_pledged_src_size(Some(size))?;
            if level > 19 {
                // RFC 9659: no more than 8 MiB. Lower levels take no more.
                encoder.window_log(23)?;
            }
            feed(&mut encoder, source, cancel).and_then(|()| encoder.finish())
        }
    };
    match filled {
        Ok(room) if room.bytes.len() > most => Ok(None),
        Ok(room) => Ok(Some(room.bytes)),
        Err(error) if error.kind() == io::ErrorKind::StorageFull => Ok(None),
        Err(error) => Err(error),
    }
}

/// Nothing can be compressed without compressors; settings that ask for it were refused before.
#[cfg(not(feature = "compress"))]
pub(crate) fn encode(
    _: Encoding,
    _: u8,
    _: (&mut dyn io::Read, u64),
    _: usize,
    _: &Cancel,
) -> io::Result<Option<Vec<u8>>> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Encoded bytes, up to a limit.
#[cfg(feature = "compress")]
#[derive(Debug)]
struct Room {
    bytes: Vec<u8>,
    most: usize,
}

#[cfg(feature = "compress")]
impl io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() > self.most {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(feature = "compress")]
fn feed(encoder: &mut impl io::Write, source: &mut dyn io::Read, cancel: &Cancel) -> io::Result<()> {
    let mut piece = vec![0; 64 * 1024];
    loop {
        cancel.check()?;
        // Whole pieces, however the source gives them: the encoded bytes must not depend on it.
        let mut read = 0;
        while read < piece.len() {
            match source.read(&mut piece[read..]) {
                Ok(0) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                more => read += more?,
            }
        }
        if read == 0 {
            return Ok(());
        }
        encoder.write_all(&piece[..read])?;
    }
}

/// The smallest window that has the whole file, within what RFC 7932 allows (section 9.1: 2 to the 16 or more,
/// and at most 2 to the 24).
#[cfg(feature = "compress")]
fn brotli_window(size: u64) -> i32 {
    (16..24).find(|window| size <= (1_u64 << window) - 16).unwrap_or(24)
}

#[cfg(all(test, feature = "compress"))]
mod tests {
    use std::io::Read as _;

    use super::{Cancel, Encoding, brotli_window};

    fn encode(encoding: Encoding, level: u8, bytes: &[u8], cancel: &Cancel) -> std::io::Result<Vec<u8>> {
        let source = (&mut &*bytes as &mut dyn std::io::Read, bytes.len() as u64);
        super::encode(encoding, level, source, usize::MAX, cancel).map(Option::unwrap)
    }

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
    fn what_gets_too_large_is_given_up() {
        let text: String = (0..200_000).map(|number| (number * 7919 % 10_007).to_string()).collect();
        for encoding in Encoding::ALL {
            let all = encode(encoding, 4, text.as_bytes(), &Cancel::default()).unwrap().len();
            for (most, fits) in [(all, true), (all - 1, false), (0, false)] {
                let source = (&mut text.as_bytes() as &mut dyn std::io::Read, text.len() as u64);
                let encoded = super::encode(encoding, 4, source, most, &Cancel::default()).unwrap();
                assert_eq!(encoded.is_some(), fits, "{encoding} {most}");
            }
        }
    }

    #[test]
    fn what_nobody_waits_for_stops() {
        let cancel = Cancel::default();
        cancel.cancel();
        let error = encode(Encoding::Gzip, 9, b"x", &cancel).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::Interrupted);
    }
}
