//! Which images the gallery takes, told from their first bytes.
//!
//! Neither the file's name nor the `Content-Type` of the upload is asked: both are the client's
//! claim, and a claim of `image/png` over a page full of script is how stored cross-site scripting
//! begins. SVG is left out on purpose: it is a document that can hold scripts, not a picture.

/// How much of a file is looked at. Every signature below lies within the first few dozen bytes;
/// the brands of an AVIF file may stand a little further in.
pub const SNIFF_BYTES: usize = 8 * 1024;

/// A kind of image that the gallery takes.
#[derive(Debug)]
pub struct Kind {
    /// The media type that the file is stored and served with.
    pub content_type: &'static str,
    /// The extension that the stored name gets, whatever the client's name ended with.
    pub extension: &'static str,
    matches: fn(&[u8]) -> bool,
}

/// All that the gallery takes, in the order in which they are tried.
pub static KINDS: [Kind; 5] = [
    Kind { content_type: "image/png", extension: "png", matches: infer::image::is_png },
    Kind { content_type: "image/jpeg", extension: "jpg", matches: infer::image::is_jpeg },
    Kind { content_type: "image/gif", extension: "gif", matches: infer::image::is_gif },
    Kind { content_type: "image/webp", extension: "webp", matches: infer::image::is_webp },
    Kind { content_type: "image/avif", extension: "avif", matches: infer::image::is_avif },
];

impl Kind {
    /// The kind of the file that begins with `head`, or `None` for everything we do not take.
    pub fn sniff(head: &[u8]) -> Option<&'static Self> {
        KINDS.iter().find(|kind| (kind.matches)(head))
    }

    /// The value of the file field's `accept` attribute.
    pub fn accept() -> String {
        KINDS.each_ref().map(|kind| kind.content_type).join(",")
    }

    /// Whether a stored file of this type may be shown inside a page of ours.
    pub fn is_shown_inline(content_type: &str) -> bool {
        KINDS.iter().any(|kind| kind.content_type == content_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_known_by_its_signature() {
        let table: [(&[u8], &str); 6] = [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg"),
            (b"GIF89a\x01\0\x01\0", "image/gif"),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
            (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "image/avif"),
            // Written by some cameras: the generic brand first, AVIF among the compatible ones.
            (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "image/avif"),
        ];
        for (head, expected) in table {
            assert_eq!(Kind::sniff(head).map(|kind| kind.content_type), Some(expected), "{head:?}");
        }
    }

    #[test]
    fn what_is_no_image_is_no_kind() {
        let table: [&[u8]; 7] = [
            b"",
            b"\x89PN",
            b"<!doctype html><script>alert(1)</script>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
            b"%PDF-1.7",
            b"MZ\x90\0",
            b"\0\0\0\x18ftypisom\0\0\0\0isomiso2mp41",
        ];
        for head in table {
            assert!(Kind::sniff(head).is_none(), "{head:?}");
        }
    }
}
