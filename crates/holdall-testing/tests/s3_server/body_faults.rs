//! Faults in the middle of bodies, of single keys, and of regions.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, Delete, ObjectIdentifier};
use holdall_testing::s3_server::{Fault, FaultAction};

use crate::{BUCKET, client, noise, refusal, server};

async fn put(s3: &Client, key: &str) -> (u16, String) {
    let sent = s3.put_object().bucket(BUCKET).key(key).body(ByteStream::from(noise(200_000))).send().await;
    match sent {
        Ok(_) => (200, String::new()),
        refused => refusal(refused),
    }
}

#[tokio::test]
async fn a_request_can_stall_in_the_middle_of_its_body() {
    let server = server().await;
    let s3 = client(&server);
    let fault = server.inject(Fault::new(FaultAction::StallRequest { after: 70_000 }).operation("PutObject"));
    let task = tokio::spawn({
        let s3 = s3.clone();
        async move { put(&s3, "k").await }
    });
    fault.wait_for_hits(1).await;
    assert!(!task.is_finished());
    assert!(server.keys(BUCKET).is_empty());
    fault.release();
    assert_eq!(task.await.unwrap().0, 200);
    assert_eq!(server.object(BUCKET, "k").unwrap().content, noise(200_000));
}

#[tokio::test]
async fn a_request_can_be_cut_in_the_middle_of_its_body() {
    let server = server().await;
    let s3 = client(&server);
    server.inject(Fault::new(FaultAction::ResetRequest { after: 70_000 }).operation("PutObject").once());
    assert_eq!(put(&s3, "k").await, (0, String::new()));
    assert!(server.keys(BUCKET).is_empty());
    assert_eq!(put(&s3, "k").await.0, 200);
}

#[tokio::test]
async fn a_bit_that_flips_on_its_way_is_found_by_whoever_vouched_for_the_body() {
    let server = server().await;
    let s3 = client(&server);
    server.inject(Fault::new(FaultAction::FlipRequestBit { at: 150_000 }));
    // The signature covers the body.
    assert_eq!(put(&s3, "k").await, (400, "XAmzContentSHA256Mismatch".into()));
    // Or a checksum does.
    let unsigned = s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from(noise(200_000)));
    let unsigned = unsigned.checksum_algorithm(ChecksumAlgorithm::Crc32).checksum_crc32("AAAAAA==");
    let sent = unsigned.customize().disable_payload_signing().send().await;
    assert_eq!(refusal(sent), (400, "BadDigest".into()));
    // Or nothing does.
    let blind = s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from(noise(200_000)));
    blind.customize().disable_payload_signing().send().await.unwrap();
    let stored = server.object(BUCKET, "k").unwrap().content;
    let sent = noise(200_000);
    let differing: Vec<usize> = (0..sent.len()).filter(|at| stored[*at] != sent[*at]).collect();
    assert_eq!(differing, [150_000]);
}

#[tokio::test]
async fn a_reply_can_stall_in_the_middle_of_its_body() {
    let server = server().await;
    let s3 = client(&server);
    server.put_object(BUCKET, "k", noise(200_000));
    let fault = server.inject(Fault::new(FaultAction::StallBody { after: 70_000 }).operation("GetObject"));
    let mut got = s3.get_object().bucket(BUCKET).key("k").send().await.unwrap();
    let mut read = Vec::new();
    while read.len() < 70_000 {
        read.extend_from_slice(&got.body.next().await.unwrap().unwrap());
    }
    assert_eq!(read.len(), 70_000);
    fault.release();
    while let Some(chunk) = got.body.next().await {
        read.extend_from_slice(&chunk.unwrap());
    }
    assert_eq!(read, noise(200_000));
}

#[tokio::test]
async fn single_keys_of_a_batch_can_fail() {
    let server = server().await;
    let s3 = client(&server);
    for key in ["a", "b", "c"] {
        server.put_object(BUCKET, key, "x");
    }
    let fault = Fault::new(FaultAction::KeyError { code: "InternalError".into() }).key("b").once();
    let fault = server.inject(fault.operation("DeleteObjects"));
    let objects = ["a", "b", "c"].map(|key| ObjectIdentifier::builder().key(key).build().unwrap());
    let delete = Delete::builder().set_objects(Some(objects.into())).build().unwrap();
    let delete = || s3.delete_objects().bucket(BUCKET).delete(delete.clone()).send();
    let done = delete().await.unwrap();
    assert_eq!(done.deleted().iter().filter_map(|deleted| deleted.key()).collect::<Vec<_>>(), ["a", "c"]);
    let [error] = done.errors() else { panic!("{done:?}") };
    assert_eq!((error.key(), error.code()), (Some("b"), Some("InternalError")));
    assert_eq!((server.keys(BUCKET), fault.hits()), (vec!["b".to_owned()], 1));
    assert!(delete().await.unwrap().errors().is_empty());
    assert!(server.keys(BUCKET).is_empty());
}

#[tokio::test]
async fn a_wrong_region_is_answered_with_the_right_one() {
    let server = server().await;
    let s3 = client(&server);
    server.inject(Fault::new(FaultAction::WrongRegion { region: "eu-west-1".into() }).once());
    let error = s3.get_object().bucket(BUCKET).key("k").send().await.unwrap_err();
    let reply = error.raw_response().unwrap();
    assert_eq!(
        (reply.status().as_u16(), reply.headers().get("x-amz-bucket-region")),
        (301, Some("eu-west-1"))
    );
    assert_eq!(error.code(), Some("PermanentRedirect"));
}
