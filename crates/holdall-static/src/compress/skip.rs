//! Files that are compressed by their format.

use holdall_core::Name;

/// By extension, sorted. Formats that only may be compressed inside (PDF, TIFF, ICO) are not among them: trying
/// costs a moment once, and what does not pay is not kept.
const COMPRESSED: [&str; 64] = [
    "3g2", "3gp", "7z", "aac", "apk", "apng", "asf", "avi", "avif", "br", "bz2", "docx", "epub", "flac",
    "flv", "gif", "gz", "heic", "heif", "jar", "jfif", "jpe", "jpeg", "jpg", "jxl", "lz", "lz4", "lzma",
    "m4a", "m4v", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "odp", "ods", "odt", "oga", "ogg", "ogv",
    "opus", "png", "pptx", "rar", "svgz", "swf", "tbz", "tgz", "txz", "war", "weba", "webm", "webp", "whl",
    "wma", "wmv", "woff", "woff2", "xlsx", "xz", "zip", "zst",
];

/// Whether a file of that name need not be tried.
pub(super) fn is_compressed(name: &Name) -> bool {
    name.extension()
        .is_some_and(|extension| COMPRESSED.binary_search(&extension.to_ascii_lowercase().as_str()).is_ok())
}

#[cfg(test)]
mod tests {
    use holdall_core::Name;

    use super::{COMPRESSED, is_compressed};

    #[test]
    fn what_is_compressed_is_known_by_its_extension() {
        assert!(COMPRESSED.is_sorted());
        let compressed = |name| is_compressed(&Name::new(name).unwrap());
        for name in ["a.png", "a.JPG", "f/a.woff2", "a.b.zip", "a.js.gz"] {
            assert!(compressed(name), "{name}");
        }
        for name in ["a.svg", "a.bmp", "a.ico", "a.ttf", "a.wasm", "png", "LICENSE", "a.css"] {
            assert!(!compressed(name), "{name}");
        }
    }

    #[test]
    fn the_documentation_names_them_all() {
        let documentation = include_str!("settings.rs");
        for extension in COMPRESSED {
            assert!(documentation.contains(&format!("`{extension}`")), "{extension}");
        }
    }
}
