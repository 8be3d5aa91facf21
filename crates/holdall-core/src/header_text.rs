//! Values of user metadata as headers can carry them: RFC 2047 where plain ASCII does not do. For backends that
//! keep user metadata in HTTP headers; S3 and other clouds do.
//!
//! A header value is visible ASCII without blanks at its ends. S3 itself hands out other text as encoded
//! words (`=?UTF-8?B?...?=`; Amazon S3 User Guide, "Working with object metadata"), so that is how other
//! letters than ASCII are sent, and other tools can read them.
//!
//! ASCII that headers would change (blanks at the ends or in a row, nothing at all, what looks like an
//! encoded word) cannot go that way: some servers decode encoded words, keep the ASCII text, and give that
//! back in plain. It is percent-encoded behind a mark of our own, which no server knows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Begins a value that is percent-encoded.
const MARK: &str = "%:";
const OPEN: &str = "=?UTF-8?B?";
const CLOSE: &str = "?=";
/// An encoded word has at most 75 characters (RFC 2047, section 2): 12 of them frame it, and 60 hold 45
/// bytes.
const BYTES_PER_WORD: usize = 45;

/// The value as it goes into a header: visible ASCII without blanks at its ends.
///
/// ```
/// use holdall_core::header_text;
///
/// assert_eq!(header_text::encode("Lisbon 2026"), "Lisbon 2026");
/// assert_eq!(header_text::encode("Grüße"), "=?UTF-8?B?R3LDvMOfZQ==?=");
/// ```
pub fn encode(value: &str) -> String {
    if value.is_ascii() {
        let is_safe = value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
            && value.trim() == value
            && !value.is_empty()
            // Signatures collapse blanks in a row, and servers differ in whether they keep them.
            && !value.contains("  ")
            && !value.contains("=?")
            && !value.starts_with(MARK);
        if is_safe {
            return value.to_owned();
        }
        return format!("{MARK}{}", utf8_percent_encode(value, NON_ALPHANUMERIC));
    }
    let mut words = Vec::new();
    let mut rest = value;
    loop {
        let (word, next) = rest.split_at(rest.floor_char_boundary(BYTES_PER_WORD));
        words.push(format!("{OPEN}{}{CLOSE}", BASE64.encode(word)));
        rest = next;
        if rest.is_empty() {
            return words.join(" ");
        }
    }
}

/// The value that a header stands for. What is no encoded word is kept as it is.
pub fn decode(header: &str) -> String {
    if let Some(escaped) = header.strip_prefix(MARK)
        && let Ok(text) = percent_decode_str(escaped).decode_utf8()
    {
        return text.into_owned();
    }
    let mut text = String::new();
    let mut rest = header;
    let mut after_word = false;
    while let Some(start) = rest.find("=?") {
        let (before, tail) = rest.split_at(start);
        let Some((word, next)) = encoded_word(tail) else {
            text.push_str(before);
            text.push_str("=?");
            rest = &tail[2..];
            after_word = false;
            continue;
        };
        // Blanks between two encoded words only separate them (RFC 2047, section 6.2).
        if !(after_word && before.trim().is_empty()) {
            text.push_str(before);
        }
        text.push_str(&word);
        rest = next;
        after_word = true;
    }
    text.push_str(rest);
    text
}

/// Reads the encoded word at the beginning of the text; gives its meaning and what follows.
fn encoded_word(text: &str) -> Option<(String, &str)> {
    let mut fields = text.strip_prefix("=?")?.splitn(3, '?');
    let (charset, encoding, tail) = (fields.next()?, fields.next()?, fields.next()?);
    let (content, next) = tail.split_once(CLOSE)?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => BASE64.decode(content).ok()?,
        "Q" | "q" => quoted_printable(content)?,
        _ => return None,
    };
    Some((String::from_utf8(bytes).ok()?, next))
}

/// The "Q" encoding (RFC 2047, section 4.2), which some servers write.
fn quoted_printable(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'_' => b' ',
            b'=' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{decode, encode};

    #[test]
    fn plain_values_stay_readable() {
        for value in ["a", "two words", "a=b?c", "100 %"] {
            assert_eq!(encode(value), value);
        }
        assert_eq!(encode("Grüße"), "=?UTF-8?B?R3LDvMOfZQ==?=");
        assert_eq!(encode(" x"), "%:%20x");
        assert_eq!(encode(""), "%:");
        assert_eq!(encode("%:"), "%:%25%3A");
    }

    #[test]
    fn words_of_others_are_read() {
        assert_eq!(decode("=?utf-8?q?Gr=C3=BC=C3=9Fe_an_alle?="), "Grüße an alle");
        assert_eq!(decode("=?UTF-8?B?R3LDvA==?= =?UTF-8?B?w59l?="), "Grüße");
        for raw in ["=?", "=?x?B?YQ==?=", "=?UTF-8?B?%?=", "=?UTF-8?X?a?=", "a =? b", "=?UTF-8?Q?=G0?="] {
            assert_eq!(decode(raw), raw);
        }
        assert_eq!(decode("a =?UTF-8?B?w7w=?= b"), "a ü b");
    }

    proptest! {
        #[test]
        fn every_value_comes_back(value in "\\PC{0,200}|[ -~]{0,9}|[%:=? ]{0,6}") {
            let header = encode(&value);
            prop_assert!(header.bytes().all(|byte| matches!(byte, b' '..=b'~')));
            prop_assert_eq!(header.trim(), header.as_str());
            prop_assert!(header.split(' ').all(|word| !word.starts_with("=?") || word.len() <= 75));
            prop_assert_eq!(decode(&header), value);
        }
    }
}
