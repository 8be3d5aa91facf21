//! Whether a part of a file name looks like a hash.
//!
//! A name that was taken for hashed without being so would be cached for a year and never change, so that in
//! doubt it is none: then the file is hashed as any other, and that is told.

/// What Vite, Rollup, esbuild and Parcel write unless told otherwise.
const USUAL_LENGTH: usize = 8;
/// The most digits that a hash in a name has: SHA-256 in full.
const MAX_LENGTH: usize = 64;

/// Whether this is a hash of the length that was said; of the usual lengths where none was: eight letters, digits,
/// `_` or `-` (Vite, Rollup, esbuild), or 8 to 64 hexadecimal digits (webpack, Parcel).
///
/// A hash has a digit or an upper-case letter; `settings` is a word. Where nobody said the length, one with `-` or `_`
/// inside has an upper-case letter; `jquery-3` are two words.
pub(super) fn is_hash(text: &str, length: Option<usize>) -> bool {
    let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    let is_long_enough = if let Some(length) = length {
        text.len() == length
    } else {
        let is_usual = text.len() == USUAL_LENGTH
            && (has(u8::is_ascii_uppercase) || !has(|byte| matches!(byte, b'_' | b'-')));
        is_usual || ((USUAL_LENGTH..=MAX_LENGTH).contains(&text.len()) && is_hex(text))
    };
    let is_long_enough = is_long_enough && (length.is_some() || !is_date(text));
    is_long_enough && text.bytes().all(is_of_hash) && (has(u8::is_ascii_digit) || has(u8::is_ascii_uppercase))
}

/// Whether a file name has a hash: a part between `-`, `.`, `_` or `~` that looks like one.
///
/// `of` is what the file was called before, if that is known: what a bundler put behind it needs no digit to be a
/// hash.
pub(super) fn has_hash(file_name: &str, of: Option<&str>) -> bool {
    let stem = file_name.split_once('.').map_or(file_name, |(stem, _)| stem);
    let behind = of.and_then(|of| file_name.strip_prefix(of)?.strip_prefix(is_separator));
    if let Some(rest) = behind {
        let part = rest.split('.').next().unwrap_or_default();
        if part.len() == USUAL_LENGTH && part.bytes().all(is_of_hash) {
            return true;
        }
    }
    // The last eight characters of the stem may have separators among them: `logo-CtWsXgn-.svg`.
    let at_end = |text: &str| {
        let start = text.len().checked_sub(USUAL_LENGTH)?;
        let (before, tail) = (text.get(..start)?, text.get(start..)?);
        Some(before.ends_with(is_separator) && is_hash(tail, None))
    };
    at_end(stem) == Some(true) || file_name.split(is_separator).any(|part| is_hash(part, None))
}

/// Whether this is a day, perhaps with a time, as people write it into names: `20240608`, `202406081530`. Of the hashes
/// of eight hexadecimal digits one in some thousands looks so.
fn is_date(text: &str) -> bool {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
    text.bytes().all(|byte| byte.is_ascii_digit())
        && matches!(text.len(), 8 | 10 | 12 | 14)
        && number(0, 4).is_some_and(|year| (1900..2100).contains(&year))
        && number(4, 6).is_some_and(|month| (1..=12).contains(&month))
        && number(6, 8).is_some_and(|day| (1..=31).contains(&day))
}

fn is_separator(char: char) -> bool {
    matches!(char, '-' | '.' | '_' | '~')
}

fn is_of_hash(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::{has_hash, is_hash};

    #[test]
    fn names_of_bundlers_have_a_hash_and_names_of_people_have_none() {
        for (name, has) in [
            // As Vite 8 wrote them.
            ("logo-CtWsXgn-.svg", true),
            ("lazy-_dtTerkb.css", true),
            ("admin-aI-KMijL.css", true),
            ("index-B6eWh3TH.js.map", true),
            // As webpack 5 wrote them.
            ("b511689a3604783ac3cb.png", true),
            ("480.8a79ced1256fae247a02.js", true),
            ("480.2ccb3685.css.map", true),
            // By people.
            ("main.js", false),
            ("my-settings.js", false),
            ("jquery-3.7.1.min.js", false),
            ("my-component2-extra.js", false),
            ("bootstrap.bundle.min.js", false),
            ("LICENSE", false),
            ("logo-20240608.png", false),
            ("logo.20240608.png", false),
            ("backup-20240608153000.js", false),
            ("20240608.jpg", false),
            // No day.
            ("app-20249908.js", true),
            ("größe-größer.css", false),
        ] {
            assert_eq!(has_hash(name, None), has, "{name}");
        }
        // Eight letters behind the name that the file had before, and not one of them a digit.
        assert!(!has_hash("main-abcdefgh.js", None) && has_hash("main-abcdefgh.js", Some("main")));
        assert!(!has_hash("main.js", Some("main")) && !has_hash("main-page.js", Some("main")));
    }

    #[test]
    fn another_length_is_said() {
        assert!(is_hash("aB3", Some(3)) && !is_hash("aB3", None) && !is_hash("aB3d", Some(3)));
        assert!(!is_hash("abc", Some(3)) && !is_hash("a.3", Some(3)));
    }
}
