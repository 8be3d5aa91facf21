//! What is compressed, how, and where it is put.

use std::collections::BTreeMap;

use holdall_core::{Error, ErrorKind, Name, Operation, Result};

use super::Encoding;
use super::skip::is_compressed;
use crate::finders::matches;

/// Which compressed variants are published; none unless asked for, as in Django.
///
/// ```
/// use holdall_static::{Collector, Compression, Encoding};
///
/// // gzip 9, Brotli 11 and Zstandard 19: for who collects once and serves often.
/// let collector = Collector::new().compress(Compression::all());
/// // What is sent to nearly every browser, at a level that takes a tenth of the time.
/// let collector = Collector::new().compress(Compression::new().brotli(9).gzip(6).skip("*.map"));
/// // For a bucket that nothing stands in front of: the hashed object itself is stored as gzip.
/// let collector = Collector::new().compress(Compression::in_place(Encoding::Gzip, 9));
/// ```
///
/// # What is compressed
///
/// Files under names that are their content, hashed here or by a bundler: whoever sends one knows that the
/// variant is the same file. Copies under a file's own name, whose content may change while a variant stays, are
/// not. Nor are files that are compressed by their format:
///
/// | | by extension |
/// | --- | --- |
/// | images | `apng`, `avif`, `gif`, `heic`, `heif`, `jfif`, `jpe`, `jpeg`, `jpg`, `jxl`, `png`, `webp` |
/// | fonts | `woff`, `woff2` |
/// | sound | `aac`, `flac`, `m4a`, `mp3`, `oga`, `ogg`, `opus`, `weba`, `wma` |
/// | video | `3g2`, `3gp`, `asf`, `avi`, `flv`, `m4v`, `mkv`, `mov`, `mp4`, `mpeg`, `mpg`, `ogv`, `swf`, `webm`, `wmv` |
/// | archives | `7z`, `apk`, `br`, `bz2`, `gz`, `jar`, `lz`, `lz4`, `lzma`, `rar`, `svgz`, `tbz`, `tgz`, `txz`, `war`, `whl`, `xz`, `zip`, `zst` |
/// | documents | `docx`, `epub`, `odp`, `ods`, `odt`, `pptx`, `xlsx` |
///
/// Everything else is tried: text, SVG, BMP, ICO, TTF, OTF, EOT, WebAssembly, PDF, and what has no extension. A variant
/// is kept only if it saves at least 5 % *and* 128 bytes.
///
/// # How variants are stored
///
/// Beside the file, as `css/app.5e0040571e1a.css.br`, in the encoded bytes that a server's static-compression
/// module expects, with the content type of the file itself and `Content-Encoding: br`: so the object can also be
/// sent from a bucket as it is, when something in front of it (an edge function, a router) chooses the key by
/// `Accept-Encoding`. Whoever chooses owes `Vary: Accept-Encoding`; [`Manifest::representation`] chooses.
///
/// Or, with [`in_place`](Self::in_place), the object under the hashed name is itself the encoded one.
///
/// # What it costs
///
/// All cores. Files are read piece by piece; variants that are being made or wait to be saved have 32 MiB together, and
/// for each core there is what the compressor itself takes. Neither the number of files nor their size matters. A
/// variant that would have more than 32 MiB is not made.
///
/// A variant is made once: the [`Manifest`] says which were made of a hashed name at which level, those that
/// did not pay among them, and the listing says which are there. After a run that failed before it wrote its
/// manifest, a variant that lies beside its file is taken for what it says.
///
/// The same file and level give the same bytes on every machine.
///
/// [`Manifest`]: crate::Manifest
/// [`Manifest::representation`]: crate::Manifest::representation
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Compression {
    levels: BTreeMap<Encoding, u8>,
    skip: Vec<String>,
    place: Place,
}

/// Where encoded bytes are stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// Under a name of their own.
    #[default]
    Beside,
    /// Instead of the plain ones.
    Within,
}

impl Compression {
    /// No variants.
    pub fn new() -> Self {
        Self::default()
    }

    /// All encodings, each at its [default level](Encoding::default_level).
    pub fn all() -> Self {
        Encoding::ALL
            .into_iter()
            .fold(Self::new(), |all, encoding| all.with(encoding, encoding.default_level()))
    }

    /// The object under the hashed name is stored in this encoding, where that pays, and there are no variants
    /// beside it. For storages that are read directly, without a server that could choose. A client is sent
    /// these bytes whatever it accepts: every browser takes gzip.
    ///
    /// After a run that failed they are compressed and sent again: a listing does not tell how an object is encoded.
    pub fn in_place(encoding: Encoding, level: u8) -> Self {
        Self { place: Place::Within, ..Self::new().with(encoding, level) }
    }

    /// Variants in gzip, at a level from 1 to 9.
    pub fn gzip(self, level: u8) -> Self {
        self.with(Encoding::Gzip, level)
    }

    /// Variants in Brotli, at a level from 0 to 11.
    pub fn brotli(self, level: u8) -> Self {
        self.with(Encoding::Brotli, level)
    }

    /// Variants in Zstandard, at a level from 1 to 22.
    pub fn zstd(self, level: u8) -> Self {
        self.with(Encoding::Zstd, level)
    }

    /// Variants in that encoding, at one of its [levels](Encoding::levels).
    pub fn with(mut self, encoding: Encoding, level: u8) -> Self {
        self.levels.insert(encoding, level);
        self
    }

    /// No variants of files that match this pattern, as in [`Ignore`](crate::Ignore).
    pub fn skip(mut self, pattern: impl Into<String>) -> Self {
        self.skip.push(pattern.into());
        self
    }

    /// Whether nothing is compressed.
    pub fn is_none(&self) -> bool {
        self.levels.is_empty()
    }

    /// The encodings with their levels.
    pub fn levels(&self) -> impl ExactSizeIterator<Item = (Encoding, u8)> {
        self.levels.iter().map(|(&encoding, &level)| (encoding, level))
    }

    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// Whether a file of that name and size is tried.
    pub(crate) fn takes(&self, name: &Name, size: u64) -> bool {
        let is_skipped = || {
            let fits =
                |pattern: &String| matches(pattern, name.file_name()) || matches(pattern, name.as_str());
            self.skip.iter().any(fits)
        };
        size > super::variant::MARGIN && !is_compressed(name) && !is_skipped()
    }

    /// Says what is wrong with the settings, before anything is done.
    pub(crate) fn check(&self) -> Result<()> {
        let wrong = |kind, message| Err(Error::message(kind, message).with_operation(Operation::Configure));
        for (encoding, level) in self.levels() {
            let levels = encoding.levels();
            if !levels.contains(&level) {
                let (first, last) = levels.into_inner();
                let message = format!("{encoding} has no level {level}; use one from {first} to {last}");
                return wrong(ErrorKind::InvalidConfig, message);
            }
        }
        if self.place == Place::Within && self.levels.len() != 1 {
            let message = "an object can be stored in one encoding only; use one, or variants beside it";
            return wrong(ErrorKind::InvalidConfig, message.to_owned());
        }
        if !self.is_none() && !cfg!(feature = "compress") {
            let message =
                "holdall-static was built without its feature `compress`, so that it compresses nothing";
            return wrong(ErrorKind::Unsupported, message.to_owned());
        }
        Ok(())
    }
}
