//! Percent-encoding: of keys and parameters in URLs, and of keys in listings.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The characters that stay as they are in a query: RFC 3986's unreserved ones.
pub(crate) const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The characters that stay as they are in a path: the same, and the slash.
pub(crate) const PATH: &AsciiSet = &QUERY.remove(b'/');

/// Undoes `encoding-type=url`, once. S3 writes a space as `+` and a plus as `%2B` (measured in
/// brekkylab/backlot#178; botocore decodes the same); servers that write `%20` are understood too.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    percent_decode_str(&text.replace('+', " ")).collect()
}

/// The value of `x-amz-copy-source`: percent-encoding is left to the caller of the SDK.
pub(crate) fn path_of(bucket: &str, key: &str, version: Option<&str>) -> String {
    let path = format!("{bucket}/{}", utf8_percent_encode(key, PATH));
    match version {
        Some(version) => format!("{path}?versionId={}", utf8_percent_encode(version, PATH)),
        None => path,
    }
}
