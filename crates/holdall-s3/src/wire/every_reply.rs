//! Headers of replies, made readable before the SDK parses them.
//!
//! Other programs store header values that the SDK's model of S3 does not foresee: Latin-1 in a file name, a number
//! that is none, a header twice. The SDK takes the whole reply for broken then, and the file could not be read because
//! of one header. So every value becomes text here (UTF-8, else Latin-1, as HTTP has always read it), and a value of a
//! type that it does not have is dropped; the rest of the reply stays as it came.
//!
//! | what came | what is read |
//! | --- | --- |
//! | bytes that are no UTF-8 | the same bytes as Latin-1 |
//! | user metadata twice | both, with a comma between them, as S3 stores it |
//! | another header twice | the first |
//! | a number, a truth value or a date that is none | nothing |
//! | a `Last-Modified` that is no date | 1970, since every file has one |

use aws_sdk_s3::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use aws_smithy_runtime_api::http::Headers;

/// Stands in for a `Last-Modified` that cannot be read.
const NO_DATE: &str = "Thu, 01 Jan 1970 00:00:00 GMT";

/// Makes the headers of every reply readable.
#[derive(Debug)]
pub(crate) struct ReadableHeaders;

impl Intercept for ReadableHeaders {
    fn name(&self) -> &'static str {
        "holdall: headers of replies"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        make_readable(context.response_mut().headers_mut())
    }
}

fn make_readable(headers: &mut Headers) -> Result<(), BoxError> {
    for (name, value) in unreadable(headers) {
        headers.remove(&name);
        if let Some(value) = value {
            headers.try_insert(name, value)?;
        }
    }
    Ok(())
}

/// The headers that the SDK would stumble over, each with what takes its place.
fn unreadable(headers: &Headers) -> Vec<(String, Option<String>)> {
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    for (name, value) in headers.iter_bytes() {
        let is_twice = headers.get_all_bytes(name).nth(1).is_some();
        let text = std::str::from_utf8(value);
        let is_good = !is_twice && text.is_ok_and(|text| is_well_formed(name, text));
        if is_good || found.iter().any(|(seen, _)| seen == name) {
            continue;
        }
        let value = if is_twice && name.starts_with("x-amz-meta-") {
            headers.get_all_bytes(name).map(to_text).collect::<Vec<_>>().join(",")
        } else {
            to_text(value)
        };
        let value = if is_well_formed(name, &value) {
            Some(value)
        } else {
            (name == "last-modified").then(|| NO_DATE.to_owned())
        };
        found.push((name.to_owned(), value));
    }
    found
}

/// UTF-8 where it is, otherwise Latin-1, in which each byte is the character of that number.
fn to_text(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => value.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// Whether the value has the type that the SDK expects of that header of `GetObject` and `HeadObject`.
fn is_well_formed(name: &str, value: &str) -> bool {
    match name {
        "last-modified" => DateTime::from_str(value, DateTimeFormat::HttpDate).is_ok(),
        "x-amz-object-lock-retain-until-date" => {
            DateTime::from_str(value, DateTimeFormat::DateTimeWithOffset).is_ok()
        }
        "x-amz-missing-meta"
        | "x-amz-tagging-count"
        | "x-amz-mp-parts-count"
        | "x-amz-object-lock-event-hold-duration-days"
        | "x-amz-object-lock-event-hold-duration-years" => value.parse::<i32>().is_ok(),
        "x-amz-delete-marker" | "x-amz-server-side-encryption-bucket-key-enabled" => {
            value.parse::<bool>().is_ok()
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::Headers;
    use proptest::prelude::*;

    use super::{NO_DATE, is_well_formed, make_readable, to_text};

    #[test]
    fn text_is_utf8_or_latin1() {
        assert_eq!(to_text("é".as_bytes()), "é");
        assert_eq!(to_text(b"caf\xe9 \xff"), "caf\u{e9} \u{ff}");
    }

    #[test]
    fn what_is_good_stays_and_what_is_not_is_replaced_or_dropped() {
        let mut headers = Headers::new();
        for (name, value) in [
            ("content-type", "text/plain"),
            ("last-modified", "yesterday"),
            ("x-amz-tagging-count", "many"),
            ("x-amz-delete-marker", "perhaps"),
            ("x-amz-object-lock-retain-until-date", "for ever"),
            ("etag", "\"a\""),
            ("etag", "\"b\""),
            ("x-amz-meta-a", "1"),
            ("x-amz-meta-a", "2"),
        ] {
            headers.append(name, value);
        }
        make_readable(&mut headers).unwrap();
        let mut left: Vec<_> = headers.iter().collect();
        left.sort_unstable();
        assert_eq!(
            left,
            [
                ("content-type", "text/plain"),
                ("etag", "\"a\""),
                ("last-modified", NO_DATE),
                ("x-amz-meta-a", "1,2"),
            ]
        );
    }

    proptest! {
        #[test]
        fn nothing_panics_and_nothing_malformed_is_left(
            name in prop::sample::select(vec![
                "last-modified", "x-amz-tagging-count", "x-amz-delete-marker", "content-type",
                "x-amz-object-lock-retain-until-date", "x-amz-meta-a",
            ]),
            values in prop::collection::vec("[ -~\u{a0}-\u{2ff}]{0,40}", 1..3),
        ) {
            let mut headers = Headers::new();
            for value in &values {
                headers.append(name, value.clone());
            }
            make_readable(&mut headers).unwrap();
            for (name, value) in &headers {
                prop_assert!(is_well_formed(name, value), "{name}: {value:?}");
            }
        }
    }
}
