//! Object tags: with a write, later, on copies; and S3's limits of them.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    CompletedMultipartUpload, CompletedPart, StorageClass, Tag, Tagging, TaggingDirective,
};
use aws_sdk_s3::{Client, types};

use crate::{BUCKET, client, refusal, server};

async fn tags(s3: &Client, key: &str) -> Vec<(String, String)> {
    let got = s3.get_object_tagging().bucket(BUCKET).key(key).send().await.unwrap();
    got.tag_set.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

fn set(pairs: &[(&str, &str)]) -> Tagging {
    let tag = |(key, value): &(&str, &str)| Tag::builder().key(*key).value(*value).build().unwrap();
    Tagging::builder().set_tag_set(Some(pairs.iter().map(tag).collect())).build().unwrap()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn tags_come_with_a_write_and_are_counted_in_a_read() {
    let server = server().await;
    let s3 = client(&server);
    let put = s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x"));
    put.tagging("team=web%20%2B1&%ED%95%9C=a+b&empty=").send().await.unwrap();
    assert_eq!(tags(&s3, "k").await, pairs(&[("empty", ""), ("team", "web +1"), ("한", "a b")]));
    assert_eq!(server.object(BUCKET, "k").unwrap().tags["team"], "web +1");
    let got = s3.get_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!(got.tag_count(), Some(3));
    let head = s3.head_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!(head.tag_count(), Some(3));
    s3.put_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert!(tags(&s3, "k").await.is_empty(), "a write replaces the tags too");
    assert_eq!(s3.get_object().bucket(BUCKET).key("k").send().await.unwrap().tag_count(), None);
}

#[tokio::test]
async fn tags_are_set_and_taken_away_later() {
    let server = server().await;
    let s3 = client(&server);
    server.put_object(BUCKET, "k", "x");
    let etag = server.object(BUCKET, "k").unwrap().etag;
    let put = |tagging| s3.put_object_tagging().bucket(BUCKET).key("k").tagging(tagging).send();
    put(set(&[("a", "1"), ("b", "2")])).await.unwrap();
    put(set(&[("c", "3")])).await.unwrap();
    assert_eq!(tags(&s3, "k").await, pairs(&[("c", "3")]));
    assert_eq!(server.object(BUCKET, "k").unwrap().etag, etag);
    s3.delete_object_tagging().bucket(BUCKET).key("k").send().await.unwrap();
    assert!(tags(&s3, "k").await.is_empty());
    let missing = s3.get_object_tagging().bucket(BUCKET).key("none").send().await;
    assert_eq!(refusal(missing), (404, "NoSuchKey".into()));
}

#[tokio::test]
async fn the_limits_of_tags_are_s3_s() {
    let server = server().await;
    let s3 = client(&server);
    server.put_object(BUCKET, "k", "x");
    let names: Vec<String> = (0..11).map(|number| format!("t{number}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "v")).collect();
    let (long, longer) = ("키".repeat(128), "k".repeat(129));
    let (text, texter) = ("v".repeat(256), "v".repeat(257));
    for (tags, expected) in [
        (&many[..10], Ok(())),
        (&many[..], Err("BadRequest")),
        (&[(long.as_str(), text.as_str())], Ok(())),
        (&[(longer.as_str(), "v")], Err("InvalidTag")),
        (&[("k", texter.as_str())], Err("InvalidTag")),
        (&[("k", "1"), ("k", "2")], Err("InvalidTag")),
        (&[("aws:k", "1")], Err("InvalidTag")),
        (&[("k", "a;b")], Err("InvalidTag")),
    ] {
        let put = s3.put_object_tagging().bucket(BUCKET).key("k").tagging(set(tags)).send().await;
        match expected {
            Ok(()) => assert!(put.is_ok(), "{tags:?}"),
            Err(code) => assert_eq!(refusal(put), (400, code.into()), "{tags:?}"),
        }
    }
    let put = |header: &str| s3.put_object().bucket(BUCKET).key("h").tagging(header).send();
    assert_eq!(refusal(put("a=1&a=2").await), (400, "InvalidArgument".into()));
    assert_eq!(refusal(put("a=%FF").await), (400, "InvalidArgument".into()));
    assert_eq!(refusal(put(&format!("{longer}=1")).await), (400, "InvalidTag".into()));
    assert_eq!(server.keys(BUCKET), ["k"]);
}

#[tokio::test]
async fn copies_and_uploads_in_parts_carry_tags() {
    let server = server().await;
    let s3 = client(&server);
    let put = s3.put_object().bucket(BUCKET).key("k").tagging("a=1").storage_class(StorageClass::StandardIa);
    put.send().await.unwrap();
    let copy = |to: &str| s3.copy_object().bucket(BUCKET).key(to).copy_source(format!("{BUCKET}/k"));
    copy("kept").tagging("ignored=1").send().await.unwrap();
    copy("new").tagging("b=2").tagging_directive(TaggingDirective::Replace).send().await.unwrap();
    copy("none").tagging_directive(TaggingDirective::Replace).send().await.unwrap();
    assert_eq!(tags(&s3, "kept").await, pairs(&[("a", "1")]));
    assert_eq!(tags(&s3, "new").await, pairs(&[("b", "2")]));
    assert!(tags(&s3, "none").await.is_empty());
    // The class is the copy's own.
    assert_eq!(server.object(BUCKET, "k").unwrap().storage_class.as_deref(), Some("STANDARD_IA"));
    assert_eq!(server.object(BUCKET, "kept").unwrap().storage_class, None);

    let created =
        s3.create_multipart_upload().bucket(BUCKET).key("parts").tagging("c=3").send().await.unwrap();
    let id = created.upload_id().unwrap();
    let part =
        s3.upload_part().bucket(BUCKET).key("parts").upload_id(id).part_number(1).send().await.unwrap();
    let part = CompletedPart::builder().part_number(1).e_tag(part.e_tag().unwrap()).build();
    let parts: types::CompletedMultipartUpload = CompletedMultipartUpload::builder().parts(part).build();
    let complete = s3.complete_multipart_upload().bucket(BUCKET).key("parts").upload_id(id);
    complete.multipart_upload(parts).send().await.unwrap();
    assert_eq!(tags(&s3, "parts").await, pairs(&[("c", "3")]));
}
