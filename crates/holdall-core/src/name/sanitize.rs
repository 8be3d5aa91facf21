//! Django's `get_valid_name`: a file name out of whatever a person called the file.

use super::{Name, invalid};
use crate::error::Result;

/// What a file system takes for one segment, in bytes (ext4, XFS, APFS, NTFS in UTF-16 units).
const SEGMENT_BYTES: usize = 255;

pub(super) fn sanitize(file_name: &str) -> Result<Name> {
    let valid: String = file_name
        .trim()
        .chars()
        .map(|letter| if letter == ' ' { '_' } else { letter })
        .filter(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.'))
        .collect();
    if matches!(valid.as_str(), "" | "." | "..") {
        return Err(invalid(file_name, "nothing is left of it that could name a file"));
    }
    Name::new(cut(&valid).as_str())
}

/// Cuts the stem, not the extension: `.jpg` decides how the file is served.
fn cut(file_name: &str) -> String {
    if file_name.len() <= SEGMENT_BYTES {
        return file_name.to_owned();
    }
    let (stem, extension) = match file_name.rfind('.') {
        // An "extension" that fills the name is no extension.
        Some(dot) if dot > 0 && file_name.len() - dot <= SEGMENT_BYTES / 2 => file_name.split_at(dot),
        _ => (file_name, ""),
    };
    format!("{}{extension}", floor(stem, SEGMENT_BYTES - extension.len()))
}

/// The longest beginning of `text` that has at most `bytes` bytes and ends between characters.
pub(super) fn floor(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
