//! Listings, against the plainest model of what S3 promises.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::EncodingType;
use holdall_testing::s3_server::S3Server;
use proptest::prelude::*;

use crate::{BUCKET, client, refusal, server};

/// What a client sees of a whole listing: keys with sizes, common prefixes, and the number of pages.
#[derive(Debug, PartialEq, Eq)]
struct Listed {
    keys: Vec<(String, i64)>,
    prefixes: Vec<String>,
}

/// Reverses `encoding-type=url` as every official SDK does: `+` is a space.
fn decode(name: &str) -> String {
    let spaced = name.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8().expect("S3 encodes UTF-8").into_owned()
}

/// Follows the pages to the end.
async fn list(s3: &Client, bucket: &str, prefix: &str, delimiter: Option<&str>, page: i32) -> Listed {
    let mut listed = Listed { keys: Vec::new(), prefixes: Vec::new() };
    let mut token = None;
    loop {
        let reply = s3
            .list_objects_v2()
            .bucket(bucket)
            .prefix(prefix)
            .set_delimiter(delimiter.map(str::to_owned))
            .encoding_type(EncodingType::Url)
            .max_keys(page)
            .set_continuation_token(token)
            .send()
            .await
            .unwrap();
        let on_page = reply.contents().len() + reply.common_prefixes().len();
        assert_eq!(reply.key_count(), Some(i32::try_from(on_page).unwrap()));
        assert!(on_page <= usize::try_from(page).unwrap(), "common prefixes count against max-keys");
        assert_eq!(decode(reply.prefix().unwrap_or_default()), prefix);
        for object in reply.contents() {
            listed.keys.push((decode(object.key().unwrap()), object.size().unwrap()));
        }
        for common in reply.common_prefixes() {
            listed.prefixes.push(decode(common.prefix().unwrap()));
        }
        token = reply.next_continuation_token().map(str::to_owned);
        assert_eq!(reply.is_truncated(), Some(token.is_some()));
        if token.is_none() {
            return listed;
        }
        assert_eq!(on_page, usize::try_from(page).unwrap(), "a page that is not the last is full");
    }
}

/// The same from a map, in the words of the API reference.
fn model(objects: &BTreeMap<String, i64>, prefix: &str, delimiter: Option<&str>) -> Listed {
    let mut prefixes = BTreeSet::new();
    let mut keys = Vec::new();
    for (key, size) in objects.iter().filter(|(key, _)| key.starts_with(prefix)) {
        match delimiter.and_then(|delimiter| key[prefix.len()..].split_once(delimiter)) {
            Some((head, _)) => {
                prefixes.insert(format!("{prefix}{head}{}", delimiter.unwrap_or_default()));
            }
            None => keys.push((key.clone(), *size)),
        }
    }
    Listed { keys, prefixes: prefixes.into_iter().collect() }
}

/// Keys that have broken listings somewhere: see the reference of each client's issue tracker.
const HOSTILE: [&str; 30] = [
    "a",
    "a/b",
    "a//b",
    "a b",
    "a+b",
    "a%20b",
    "a%2Bb",
    "a&b",
    "a<b>",
    "a\"b'",
    "a\u{1}b",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "/lead",
    "trail/",
    "//",
    "./dot",
    "../up",
    "한글/파일.txt",
    "é",
    "e\u{301}",
    "😀/😀",
    "a\u{fffd}",
    "~tilde*star",
    "soap",
    "back\\slash",
    "a;b=c?d#e",
    "a\u{7f}",
    "\u{10ffff}",
];

#[tokio::test]
async fn hostile_keys_come_back_as_they_went() {
    let server = server().await;
    let s3 = client(&server);
    let mut objects = BTreeMap::new();
    for (size, key) in HOSTILE.iter().enumerate() {
        // Through HTTP, so that the path of the request is tested with them.
        s3.put_object()
            .bucket(BUCKET)
            .key(*key)
            .body(ByteStream::from(vec![b'x'; size]))
            .send()
            .await
            .unwrap();
        let head = s3.head_object().bucket(BUCKET).key(*key).send().await.unwrap();
        assert_eq!(head.content_length(), i64::try_from(size).ok(), "{key:?}");
        objects.insert((*key).to_owned(), i64::try_from(size).unwrap());
    }
    let keys: Vec<_> = objects.keys().cloned().collect();
    assert_eq!(server.keys(BUCKET), keys);
    for page in [1, 3, 1000] {
        assert_eq!(list(&s3, BUCKET, "", None, page).await, model(&objects, "", None));
        assert_eq!(list(&s3, BUCKET, "", Some("/"), page).await, model(&objects, "", Some("/")));
        assert_eq!(list(&s3, BUCKET, "a", Some("b"), page).await, model(&objects, "a", Some("b")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_listing_is_that_of_a_map(
        keys in proptest::collection::btree_set("[ab/+ %한]{1,6}", 0..40),
        prefix in "[ab/+ 한]{0,3}",
        delimiter in proptest::option::of(prop_oneof![Just("/"), Just("ab"), Just("한"), Just("//")]),
        page in 1_i32..8,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = server().await;
            let objects: BTreeMap<String, i64> =
                keys.iter().map(|key| (key.clone(), i64::try_from(key.len()).unwrap())).collect();
            for key in &keys {
                server.put_object(BUCKET, key, "x".repeat(key.len()));
            }
            let listed = list(&client(&server), BUCKET, &prefix, delimiter, page).await;
            prop_assert_eq!(listed, model(&objects, &prefix, delimiter));
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn pages_end_where_s3_ends_them() {
    let server = server().await;
    let s3 = client(&server);
    let mut expected = BTreeMap::new();
    for count in [0_usize, 1, 999, 1000, 1001, 2500] {
        for index in expected.len()..count {
            let key = format!("k{index:05}");
            server.put_object(BUCKET, &key, "x");
            expected.insert(key, 1);
        }
        server.clear_requests();
        assert_eq!(list(&s3, BUCKET, "", None, 1000).await, model(&expected, "", None));
        assert_eq!(server.count("ListObjectsV2"), count.div_ceil(1000).max(1), "{count} keys");
    }
    // 1,001 common prefixes need two pages.
    for index in 0..1001 {
        server.put_object(BUCKET, format!("d{index:05}/file"), "x");
    }
    server.clear_requests();
    assert_eq!(list(&s3, BUCKET, "d", Some("/"), 1000).await.prefixes.len(), 1001);
    assert_eq!(server.count("ListObjectsV2"), 2);
    // More than 1,000 cannot be had on one page.
    let page = s3.list_objects_v2().bucket(BUCKET).max_keys(5000).send().await.unwrap();
    assert_eq!((page.contents().len(), page.max_keys()), (1000, Some(1000)));
}

#[tokio::test]
async fn parameters_of_a_listing() {
    let server = server().await;
    let s3 = client(&server);
    for key in ["a", "b/1", "b/2", "c d"] {
        server.put_object(BUCKET, key, "x");
    }
    let list = || s3.list_objects_v2().bucket(BUCKET);
    let keys = |reply: aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output| -> Vec<String> {
        reply.contents().iter().filter_map(|object| object.key()).map(str::to_owned).collect()
    };
    assert_eq!(keys(list().start_after("b/1").send().await.unwrap()), ["b/2", "c d"]);
    assert_eq!(keys(list().start_after("b").send().await.unwrap()), ["b/1", "b/2", "c d"]);
    assert_eq!(keys(list().start_after("zzz").send().await.unwrap()), [""; 0]);
    let none = list().max_keys(0).send().await.unwrap();
    assert_eq!((none.contents().len(), none.is_truncated()), (0, Some(false)));
    assert_eq!(refusal(list().max_keys(-1).send().await), (400, "InvalidArgument".into()));
    assert_eq!(refusal(list().continuation_token("nonsense").send().await), (400, "InvalidArgument".into()));
    let missing = s3.list_objects_v2().bucket("no-such-bucket").send().await;
    assert_eq!(refusal(missing), (404, "NoSuchBucket".into()));
    // Without a delimiter in the request there is none in the reply; an empty one is none.
    let all = list().delimiter("").send().await.unwrap();
    assert_eq!((all.contents().len(), all.delimiter()), (4, None));
    let owned = list().fetch_owner(true).send().await.unwrap();
    assert!(owned.contents()[0].owner().is_some());
    assert_eq!(owned.contents()[0].e_tag(), Some("\"9dd4e461268c8034f5c8564e155c67a6\""));
}

#[tokio::test]
async fn a_server_can_be_told_to_make_small_pages() {
    let server =
        S3Server::builder().credentials("AKID", "secret").bucket(BUCKET).page_size(2).start().await.unwrap();
    for key in ["a", "b", "c", "d", "e"] {
        server.put_object(BUCKET, key, "x");
    }
    let page = client(&server).list_objects_v2().bucket(BUCKET).send().await.unwrap();
    assert_eq!((page.contents().len(), page.is_truncated()), (2, Some(true)));
}
