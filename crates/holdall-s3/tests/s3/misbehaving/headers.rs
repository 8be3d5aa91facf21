//! Numbers and texts of headers are whatever a server sends. None of them may end the program.

use holdall_core::{ErrorKind, Store};
use holdall_testing::misbehaving::{Misbehaving, Reply};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::builder;

/// A reply to GET and HEAD with everything that a file has.
fn file() -> Reply {
    Reply::new("file", 200)
        .header("etag", "\"0123456789abcdef0123456789abcdef\"")
        .header("last-modified", "Tue, 01 Dec 2026 00:00:00 GMT")
}

/// Garage sends this for the end of an empty file.
#[tokio::test]
async fn a_content_range_beyond_all_numbers_is_an_error() {
    for range in [
        "bytes 0-18446744073709551615/0",
        "bytes 0-18446744073709551615/18446744073709551615",
        "bytes 18446744073709551615-18446744073709551615/*",
        "bytes 0-3/99999999999999999999999999",
        "bytes -1-3/7",
    ] {
        let reply = file().status(206).header("content-range", range).body("cont");
        let server = Misbehaving::start(reply).await.unwrap();
        let store = Store::new(builder(&server).build().unwrap());
        for error in [
            store.open("a.txt").range(0..4).await.unwrap_err(),
            store.open("a.txt").range(holdall_core::ByteRange::Last(5)).await.unwrap_err(),
            store.metadata("a.txt").await.unwrap_err(),
        ] {
            assert!(
                matches!(error.kind(), ErrorKind::Other | ErrorKind::RangeNotSatisfiable),
                "{range}: {error}"
            );
        }
    }
}

/// Values that numbers, dates, tags, ranges and texts can have, and those that none of them can.
fn value() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        any::<u64>().prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        Just("18446744073709551615".to_owned()),
        Just("9223372036854775807".to_owned()),
        Just("99999999999999999999999".to_owned()),
        Just("-0".to_owned()),
        (0_u64..20).prop_map(|number| number.to_string()),
    ];
    // The numbers at which counting goes wrong, and those that belong to the reply.
    let edge = prop::sample::select(&[0, 3, 4, 6, 7, i64::MAX as u64, u64::MAX - 1, u64::MAX][..]);
    let range = (edge.clone(), edge.clone(), edge)
        .prop_map(|(first, last, size)| format!("bytes {first}-{last}/{size}"));
    prop_oneof![
        3 => number,
        3 => range,
        1 => Just("Thu, 01 Jan 1970 00:00:00 GMT".to_owned()),
        1 => Just("Fri, 31 Dec 9999 23:59:60 GMT".to_owned()),
        1 => Just("Mon, 01 Jan 0000 00:00:00 GMT".to_owned()),
        1 => Just("\"tag\"".to_owned()),
        1 => Just("=?UTF-8?B?4pyT".to_owned()),
        1 => "[ -~]{0,24}",
    ]
}

const HEADERS: [&str; 19] = [
    // More often than the others: no other header has so many numbers.
    "content-range",
    "content-range",
    "content-range",
    "content-range",
    "content-length",
    "content-type",
    "content-encoding",
    "etag",
    "last-modified",
    "date",
    "location",
    "x-amz-version-id",
    "x-amz-tagging-count",
    "x-amz-missing-meta",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-crc32",
    "x-amz-request-id",
    "x-amz-bucket-region",
    "x-amz-meta-holdall-acl",
];

/// A panic in a call is a panic of this test.
#[test]
fn no_header_of_any_reply_panics() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sent = prop::collection::vec((prop::sample::select(&HEADERS[..]), value()), 1..5);
    let status = prop::sample::select(
        &[200_u16, 200, 200, 206, 206, 206, 206, 206, 204, 301, 304, 403, 404, 412, 416, 503][..],
    );
    let strategy = (status, sent, prop::bool::weighted(0.8));
    let mut runner = TestRunner::new(ProptestConfig { cases: 150, ..ProptestConfig::default() });
    let run = runner.run(&strategy, |(status, sent, whole)| {
        let base = if whole { file() } else { Reply::new("headers", 200) };
        let mut reply = base.status(status).body("content");
        for (name, value) in sent {
            reply.headers.retain(|(found, _)| found != name);
            reply = reply.header(name, &value);
        }
        runtime.block_on(async {
            let server = Misbehaving::start(reply).await.unwrap();
            let store = Store::new(builder(&server).max_attempts(1).build().unwrap());
            for range in
                [None, Some(holdall_core::ByteRange::from(0..4)), Some(holdall_core::ByteRange::Last(5))]
            {
                let call = store.open("a.txt");
                let call = match range {
                    Some(range) => call.range(range),
                    None => call,
                };
                if let Ok(file) = call.await {
                    drop(file.bytes().await);
                }
            }
            drop(store.metadata("a.txt").await);
            drop(store.save("a.txt", "x").await);
            drop(store.copy("a.txt", "b.txt").await);
            drop(store.listdir("").await);
        });
        Ok(())
    });
    run.unwrap();
}
