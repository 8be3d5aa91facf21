//! Conditional reads, writes, copies and deletes; and that a race has exactly one winner.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_s3::primitives::{ByteStream, DateTime};
use holdall_testing::s3_server::S3Server;

use crate::{BUCKET, client, refusal, server};

const BODY: ByteStreamMaker = || ByteStream::from_static(b"content");
type ByteStreamMaker = fn() -> ByteStream;
/// The MD5 of `content`.
const ETAG: &str = "\"9a0364b9e99bb480dd25e1f0284c8555\"";
const OTHER: &str = "\"00000000000000000000000000000000\"";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_32_concurrent_creators_one_wins() {
    let server = server().await;
    let s3 = client(&server);
    for round in 0..5 {
        let key = format!("race-{round}");
        let mut creators = tokio::task::JoinSet::new();
        for creator in 0..32 {
            let put = s3
                .put_object()
                .bucket(BUCKET)
                .key(&key)
                .if_none_match("*")
                .body(format!("{creator}").into_bytes().into());
            creators.spawn(async move { (creator, put.send().await) });
        }
        let mut winners = Vec::new();
        while let Some(ended) = creators.join_next().await {
            match ended.unwrap() {
                (creator, Ok(_)) => winners.push(creator),
                (_, refused) => assert_eq!(refusal(refused), (412, "PreconditionFailed".into())),
            }
        }
        assert_eq!(winners.len(), 1, "round {round}: {winners:?}");
        assert_eq!(server.object(BUCKET, &key).unwrap().content, winners[0].to_string());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compare_and_swap_loses_no_update() {
    let server = server().await;
    let s3 = client(&server);
    s3.put_object().bucket(BUCKET).key("counter").body(ByteStream::from_static(b"0")).send().await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let s3 = s3.clone();
        writers.spawn(async move {
            for _ in 0..5 {
                loop {
                    let got = s3.get_object().bucket(BUCKET).key("counter").send().await.unwrap();
                    let etag = got.e_tag().unwrap().to_owned();
                    let text = String::from_utf8(got.body.collect().await.unwrap().to_vec()).unwrap();
                    let next = (text.parse::<u32>().unwrap() + 1).to_string();
                    let put = s3.put_object().bucket(BUCKET).key("counter").if_match(etag);
                    if put.body(next.into_bytes().into()).send().await.is_ok() {
                        break;
                    }
                }
            }
        });
    }
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
    assert_eq!(server.object(BUCKET, "counter").unwrap().content, "40");
}

#[tokio::test]
async fn writes_with_a_condition() {
    let server = server().await;
    let s3 = client(&server);
    let put = || s3.put_object().bucket(BUCKET).key("k").body(BODY());
    assert_eq!(refusal(put().if_match(ETAG).send().await), (404, "NoSuchKey".into()));
    put().if_none_match("*").send().await.unwrap();
    assert_eq!(refusal(put().if_none_match("*").send().await), (412, "PreconditionFailed".into()));
    assert_eq!(refusal(put().if_match(OTHER).send().await), (412, "PreconditionFailed".into()));
    put().if_match(ETAG).send().await.unwrap();
    // S3 knows no other conditions on a write.
    assert_eq!(refusal(put().if_none_match(ETAG).send().await), (501, "NotImplemented".into()));
}

#[tokio::test]
async fn reads_with_a_condition() {
    let now = UNIX_EPOCH + Duration::from_millis(1_800_000_000_700);
    let server = S3Server::builder()
        .credentials("AKID", "secret")
        .bucket(BUCKET)
        .clock(move || now)
        .start()
        .await
        .unwrap();
    let s3 = client(&server);
    server.put_object(BUCKET, "k", "content");
    let get = || s3.get_object().bucket(BUCKET).key("k");
    let head = || s3.head_object().bucket(BUCKET).key("k");
    let (before, at) = (DateTime::from_secs(1_799_999_999), DateTime::from_secs(1_800_000_000));
    assert_eq!(get().send().await.unwrap().last_modified(), Some(&at), "cut to the second");

    assert_eq!(refusal(get().if_none_match(ETAG).send().await).0, 304);
    assert_eq!(refusal(head().if_none_match(ETAG).send().await).0, 304);
    assert_eq!(refusal(get().if_none_match("*").send().await).0, 304);
    get().if_none_match(OTHER).send().await.unwrap();
    get().if_match(ETAG).send().await.unwrap();
    assert_eq!(refusal(get().if_match(OTHER).send().await), (412, "PreconditionFailed".into()));
    assert_eq!(refusal(head().if_match(OTHER).send().await).0, 412);
    assert_eq!(refusal(get().if_modified_since(at).send().await).0, 304);
    get().if_modified_since(before).send().await.unwrap();
    get().if_unmodified_since(at).send().await.unwrap();
    assert_eq!(refusal(get().if_unmodified_since(before).send().await), (412, "PreconditionFailed".into()));
    // RFC 9110, 13.2.2: the tag outweighs the time.
    get().if_match(ETAG).if_unmodified_since(before).send().await.unwrap();
    get().if_none_match(OTHER).if_modified_since(at).send().await.unwrap();
    // A condition on what is not there is not the answer.
    let missing = s3.get_object().bucket(BUCKET).key("none").if_none_match("*").send().await;
    assert_eq!(refusal(missing), (404, "NoSuchKey".into()));
}

#[tokio::test]
async fn a_304_carries_the_validators_and_no_body() {
    let server = server().await;
    server.put_object(BUCKET, "k", "content");
    let validity = aws_sdk_s3::presigning::PresigningConfig::expires_in(Duration::from_mins(1)).unwrap();
    let url = client(&server).get_object().bucket(BUCKET).key("k").presigned(validity).await.unwrap();
    let reply = crate::http::send("GET", url.uri(), &[("If-None-Match", ETAG)], b"").await.unwrap();
    assert_eq!((reply.status, reply.body.len()), (304, 0));
    assert_eq!(reply.header("etag").as_deref(), Some(ETAG));
    assert!(reply.header("last-modified").is_some_and(|date| date.ends_with(" GMT")));
}

#[tokio::test]
async fn copies_with_a_condition_on_either_end() {
    let server = server().await;
    let s3 = client(&server);
    server.put_object(BUCKET, "from", "content");
    let copy = || s3.copy_object().bucket(BUCKET).key("to").copy_source(format!("{BUCKET}/from"));
    assert_eq!(refusal(copy().copy_source_if_match(OTHER).send().await), (412, "PreconditionFailed".into()));
    assert_eq!(
        refusal(copy().copy_source_if_none_match(ETAG).send().await),
        (412, "PreconditionFailed".into())
    );
    copy().copy_source_if_match(ETAG).if_none_match("*").send().await.unwrap();
    assert_eq!(refusal(copy().if_none_match("*").send().await), (412, "PreconditionFailed".into()));
    assert_eq!(refusal(copy().if_match(OTHER).send().await), (412, "PreconditionFailed".into()));
    copy().if_match(ETAG).send().await.unwrap();
}

#[tokio::test]
async fn deletes_with_a_condition() {
    let server = server().await;
    let s3 = client(&server);
    server.put_object(BUCKET, "k", "content");
    let delete = || s3.delete_object().bucket(BUCKET).key("k");
    assert_eq!(refusal(delete().if_match(OTHER).send().await), (412, "PreconditionFailed".into()));
    delete().if_match(ETAG).send().await.unwrap();
    assert!(server.keys(BUCKET).is_empty());
    delete().if_match(ETAG).send().await.expect("what is not there is deleted already");
}

#[tokio::test]
async fn a_later_write_is_modified_later() {
    let seconds = Arc::new(AtomicU64::new(1_800_000_000));
    let clock = Arc::clone(&seconds);
    let server = S3Server::builder()
        .credentials("AKID", "secret")
        .bucket(BUCKET)
        .clock(move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst)))
        .start()
        .await
        .unwrap();
    let written = |server: &S3Server| -> SystemTime { server.object(BUCKET, "k").unwrap().last_modified };
    server.put_object(BUCKET, "k", "1");
    let first = written(&server);
    seconds.fetch_add(7, Ordering::SeqCst);
    server.put_object(BUCKET, "k", "2");
    assert_eq!(written(&server).duration_since(first).unwrap(), Duration::from_secs(7));
}
