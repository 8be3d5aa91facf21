//! Multipart uploads: the rules that break clients, and what is left behind.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart, Part,
};
use holdall_testing::s3_server::S3Server;

use crate::{BUCKET, client, noise, refusal, server};

const MIB: usize = 1 << 20;

async fn create(s3: &Client, key: &str) -> String {
    let created =
        s3.create_multipart_upload().bucket(BUCKET).key(key).content_type("image/png").send().await.unwrap();
    created.upload_id().unwrap().to_owned()
}

async fn upload(s3: &Client, key: &str, id: &str, number: i32, content: Vec<u8>) -> CompletedPart {
    let part = s3.upload_part().bucket(BUCKET).key(key).upload_id(id).part_number(number);
    let part = part.body(ByteStream::from(content)).send().await.unwrap();
    CompletedPart::builder().part_number(number).e_tag(part.e_tag().unwrap()).build()
}

fn parts(parts: impl IntoIterator<Item = CompletedPart>) -> CompletedMultipartUpload {
    CompletedMultipartUpload::builder().set_parts(Some(parts.into_iter().collect())).build()
}

/// A server whose parts may have any size.
async fn small_parts() -> S3Server {
    S3Server::builder().credentials("AKID", "secret").bucket(BUCKET).min_part_size(0).start().await.unwrap()
}

#[tokio::test]
async fn parts_become_one_object() {
    let server = server().await;
    let s3 = client(&server);
    let content = noise(5 * MIB + 1234);
    let id = create(&s3, "big").await;
    let last = upload(&s3, "big", &id, 7, content[5 * MIB..].to_vec()).await;
    let first = upload(&s3, "big", &id, 2, content[..5 * MIB].to_vec()).await;

    let open = server.open_uploads(BUCKET);
    assert_eq!(
        (open.len(), open[0].parts.as_slice(), open[0].size),
        (1, [2, 7].as_slice(), content.len() as u64)
    );
    assert!(server.keys(BUCKET).is_empty(), "an upload is no object before it is completed");

    let done = s3.complete_multipart_upload().bucket(BUCKET).key("big").upload_id(&id);
    let done =
        done.mpu_object_size(i64::try_from(content.len()).unwrap()).multipart_upload(parts([first, last]));
    let done = done.send().await.unwrap();
    assert!(done.e_tag().unwrap().ends_with("-2\""));

    let got =
        s3.get_object().bucket(BUCKET).key("big").checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
    assert_eq!((got.e_tag(), got.content_type()), (done.e_tag(), Some("image/png")));
    let checksum = got.checksum_crc64_nvme().unwrap().to_owned();
    assert_eq!(got.checksum_type(), Some(&ChecksumType::FullObject));
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), content);
    // The combined checksum is that of the content: a single PUT of it has the same.
    server.put_object(BUCKET, "single", content.clone());
    assert_eq!(server.object(BUCKET, "single").unwrap().checksum.value, checksum);

    // A range over the seam of the parts, and a part by its place.
    let range = format!("bytes={}-{}", 5 * MIB - 3, 5 * MIB + 2);
    let seam = s3.get_object().bucket(BUCKET).key("big").range(range).send().await.unwrap();
    assert_eq!(seam.body.collect().await.unwrap().into_bytes(), content[5 * MIB - 3..5 * MIB + 3]);
    let second = s3.get_object().bucket(BUCKET).key("big").part_number(2).send().await.unwrap();
    assert_eq!((second.parts_count(), second.content_length()), (Some(2), Some(1234)));

    assert!(server.open_uploads(BUCKET).is_empty());
    let again = s3.complete_multipart_upload().bucket(BUCKET).key("big").upload_id(&id);
    let again = again.multipart_upload(parts([CompletedPart::builder().part_number(2).e_tag("x").build()]));
    assert_eq!(refusal(again.send().await), (404, "NoSuchUpload".into()));
}

#[tokio::test]
async fn what_s3_refuses_at_the_end_leaves_the_upload_open() {
    let server = server().await;
    let s3 = client(&server);
    let id = create(&s3, "k").await;
    let one = upload(&s3, "k", &id, 1, noise(5 * MIB)).await;
    let two = upload(&s3, "k", &id, 2, noise(10)).await;
    let three = upload(&s3, "k", &id, 3, noise(20)).await;
    let complete = || s3.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(&id);
    let with = |list: Vec<CompletedPart>| complete().multipart_upload(parts(list)).send();

    assert_eq!(refusal(with(vec![]).await), (400, "MalformedXML".into()));
    assert_eq!(refusal(with(vec![two.clone(), one.clone()]).await), (400, "InvalidPartOrder".into()));
    assert_eq!(refusal(with(vec![one.clone(), one.clone()]).await), (400, "InvalidPartOrder".into()));
    let unknown = CompletedPart::builder().part_number(9).e_tag(two.e_tag().unwrap()).build();
    assert_eq!(refusal(with(vec![one.clone(), unknown]).await), (400, "InvalidPart".into()));
    let stale = CompletedPart::builder().part_number(2).e_tag(one.e_tag().unwrap()).build();
    assert_eq!(refusal(with(vec![one.clone(), stale]).await), (400, "InvalidPart".into()));
    // Part 2 is too small for any place but the last.
    let early = with(vec![one.clone(), two.clone(), three]).await;
    assert_eq!(refusal(early), (400, "EntityTooSmall".into()));

    let right = || complete().multipart_upload(parts([one.clone(), two.clone()]));
    assert_eq!(refusal(right().mpu_object_size(17).send().await), (400, "InvalidRequest".into()));
    assert_eq!(refusal(right().checksum_crc64_nvme("AAAAAAAAAAA=").send().await), (400, "BadDigest".into()));
    let composite = right().checksum_type(ChecksumType::Composite).send().await;
    assert_eq!(refusal(composite), (400, "InvalidRequest".into()));
    server.put_object(BUCKET, "k", "in the way");
    assert_eq!(refusal(right().if_none_match("*").send().await), (412, "PreconditionFailed".into()));
    assert_eq!(refusal(right().if_match("\"other\"").send().await), (412, "PreconditionFailed".into()));
    assert_eq!(server.object(BUCKET, "k").unwrap().content, "in the way");
    assert_eq!(server.open_uploads(BUCKET).len(), 1);

    assert!(server.remove_object(BUCKET, "k"));
    right().if_none_match("*").send().await.unwrap();
    assert!(server.open_uploads(BUCKET).is_empty());
}

#[tokio::test]
async fn an_aborted_upload_is_gone() {
    let server = server().await;
    let s3 = client(&server);
    let id = create(&s3, "k").await;
    upload(&s3, "k", &id, 1, noise(10)).await;
    let abort = || s3.abort_multipart_upload().bucket(BUCKET).key("k").upload_id(&id).send();
    abort().await.unwrap();
    assert!(server.open_uploads(BUCKET).is_empty());
    assert_eq!(refusal(abort().await), (404, "NoSuchUpload".into()));
    let late = s3.upload_part().bucket(BUCKET).key("k").upload_id(&id).part_number(2);
    assert_eq!(refusal(late.body(ByteStream::from_static(b"x")).send().await), (404, "NoSuchUpload".into()));
}

#[tokio::test]
async fn parts_are_numbered_from_1_to_10000_and_replace_each_other() {
    let server = small_parts().await;
    let s3 = client(&server);
    let id = create(&s3, "k").await;
    for number in [0, 10_001, -1] {
        let part = s3.upload_part().bucket(BUCKET).key("k").upload_id(&id).part_number(number);
        assert_eq!(
            refusal(part.body(ByteStream::from_static(b"x")).send().await),
            (400, "InvalidArgument".into())
        );
    }
    let old = upload(&s3, "k", &id, 10_000, b"old".to_vec()).await;
    let new = upload(&s3, "k", &id, 10_000, b"new".to_vec()).await;
    let complete = |part| {
        s3.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(&id).multipart_upload(parts([part]))
    };
    assert_eq!(refusal(complete(old).send().await), (400, "InvalidPart".into()));
    complete(new).send().await.unwrap();
    assert_eq!(server.object(BUCKET, "k").unwrap().content, "new");
}

#[tokio::test]
async fn the_checksum_of_the_whole_is_of_the_kind_that_was_asked_for() {
    let server = small_parts().await;
    let config = crate::config(&server.endpoint(), "secret")
        .request_checksum_calculation(aws_sdk_s3::config::RequestChecksumCalculation::WhenSupported);
    let s3 = Client::from_conf(config.build());
    let content = noise(3000);
    server.put_object(BUCKET, "whole", content.clone());
    for (algorithm, kind) in [
        (ChecksumAlgorithm::Crc64Nvme, ChecksumType::FullObject),
        (ChecksumAlgorithm::Crc32, ChecksumType::FullObject),
        (ChecksumAlgorithm::Crc32C, ChecksumType::FullObject),
        (ChecksumAlgorithm::Crc32, ChecksumType::Composite),
        (ChecksumAlgorithm::Sha1, ChecksumType::Composite),
        (ChecksumAlgorithm::Sha256, ChecksumType::Composite),
    ] {
        let single = s3.put_object().bucket(BUCKET).key("single").checksum_algorithm(algorithm.clone());
        single.body(ByteStream::from(content.clone())).send().await.unwrap();
        let created = s3.create_multipart_upload().bucket(BUCKET).key("k");
        let created =
            created.checksum_algorithm(algorithm.clone()).checksum_type(kind.clone()).send().await.unwrap();
        let id = created.upload_id().unwrap();
        let mut done = Vec::new();
        for (number, chunk) in (1..).zip(content.chunks(1000)) {
            let part = s3.upload_part().bucket(BUCKET).key("k").upload_id(id).part_number(number);
            let part = part.checksum_algorithm(algorithm.clone()).body(ByteStream::from(chunk.to_vec()));
            let part = part.send().await.unwrap();
            done.push(
                CompletedPart::builder()
                    .part_number(number)
                    .e_tag(part.e_tag().unwrap())
                    .set_checksum_crc32(part.checksum_crc32().map(str::to_owned))
                    .set_checksum_sha256(part.checksum_sha256().map(str::to_owned))
                    .build(),
            );
        }
        let complete = s3.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(id);
        complete.checksum_type(kind.clone()).multipart_upload(parts(done)).send().await.unwrap();
        let (whole, joined) = (server.object(BUCKET, "single").unwrap(), server.object(BUCKET, "k").unwrap());
        assert_eq!(joined.content, whole.content);
        assert_eq!(joined.checksum.algorithm, whole.checksum.algorithm);
        if kind == ChecksumType::FullObject {
            assert_eq!(joined.checksum.value, whole.checksum.value, "{algorithm}");
        } else {
            assert!(joined.checksum.value.ends_with("-3"), "{algorithm}: {}", joined.checksum.value);
        }
    }
    for (algorithm, kind) in [
        (ChecksumAlgorithm::Sha256, ChecksumType::FullObject),
        (ChecksumAlgorithm::Crc64Nvme, ChecksumType::Composite),
    ] {
        let created = s3
            .create_multipart_upload()
            .bucket(BUCKET)
            .key("k")
            .checksum_algorithm(algorithm)
            .checksum_type(kind);
        assert_eq!(refusal(created.send().await), (400, "InvalidRequest".into()));
    }
    // Another algorithm than the upload's is refused on a part; a wrong value always is.
    let created =
        s3.create_multipart_upload().bucket(BUCKET).key("k").checksum_algorithm(ChecksumAlgorithm::Crc32C);
    let created = created.send().await.unwrap();
    let part = || {
        let part =
            s3.upload_part().bucket(BUCKET).key("k").upload_id(created.upload_id().unwrap()).part_number(1);
        part.body(ByteStream::from_static(b"123456789"))
    };
    assert_eq!(
        refusal(part().checksum_crc64_nvme("rosUhgp5mIg=").send().await),
        (400, "InvalidRequest".into())
    );
    assert_eq!(refusal(part().checksum_crc32_c("AAAAAA==").send().await), (400, "BadDigest".into()));
}

#[tokio::test]
async fn parts_can_be_copied_from_objects() {
    let server = small_parts().await;
    let s3 = client(&server);
    let content = noise(1000);
    server.put_object(BUCKET, "from", content.clone());
    let id = create(&s3, "to").await;
    let copy = |number| {
        s3.upload_part_copy()
            .bucket(BUCKET)
            .key("to")
            .upload_id(&id)
            .part_number(number)
            .copy_source(format!("{BUCKET}/from"))
    };
    let mut done = Vec::new();
    for (number, range) in [(1, "bytes=0-599"), (2, "bytes=600-999")] {
        let part = copy(number).copy_source_range(range).send().await.unwrap();
        let etag = part.copy_part_result().unwrap().e_tag().unwrap();
        done.push(CompletedPart::builder().part_number(number).e_tag(etag).build());
    }
    for range in ["bytes=600-1000", "bytes=5-", "bytes=-5", "5-6"] {
        assert_eq!(
            refusal(copy(3).copy_source_range(range).send().await),
            (400, "InvalidArgument".into()),
            "{range}"
        );
    }
    let stale = copy(3).copy_source_if_match("\"other\"").send().await;
    assert_eq!(refusal(stale), (412, "PreconditionFailed".into()));
    s3.complete_multipart_upload()
        .bucket(BUCKET)
        .key("to")
        .upload_id(&id)
        .multipart_upload(parts(done))
        .send()
        .await
        .unwrap();
    assert_eq!(server.object(BUCKET, "to").unwrap().content, content);

    // A copy of an object of parts is an object of one piece.
    s3.copy_object().bucket(BUCKET).key("flat").copy_source(format!("{BUCKET}/to")).send().await.unwrap();
    let (flat, from) = (server.object(BUCKET, "flat").unwrap(), server.object(BUCKET, "from").unwrap());
    assert_eq!((flat.etag, flat.checksum, flat.parts), (from.etag, from.checksum, 0));
}

#[tokio::test]
async fn uploads_and_parts_are_listed_in_pages() {
    let server = small_parts().await;
    let s3 = client(&server);
    let mut ids = Vec::new();
    for key in ["b c", "a", "b c", "d"] {
        ids.push((key.to_owned(), create(&s3, key).await));
    }
    let mut seen = Vec::new();
    let (mut key_marker, mut id_marker) = (None, None);
    loop {
        let page = s3.list_multipart_uploads().bucket(BUCKET).max_uploads(1);
        let page = page.set_key_marker(key_marker).set_upload_id_marker(id_marker).send().await.unwrap();
        for upload in page.uploads() {
            seen.push((upload.key().unwrap().to_owned(), upload.upload_id().unwrap().to_owned()));
        }
        if page.is_truncated() != Some(true) {
            break;
        }
        key_marker = page.next_key_marker().map(str::to_owned);
        id_marker = page.next_upload_id_marker().map(str::to_owned);
    }
    let keys: Vec<_> = seen.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["a", "b c", "b c", "d"]);
    seen.sort();
    ids.sort();
    assert_eq!(seen, ids);
    let some = s3.list_multipart_uploads().bucket(BUCKET).prefix("b").send().await.unwrap();
    assert_eq!(some.uploads().len(), 2);

    let (key, id) = &ids[0];
    for number in [3, 1, 2] {
        upload(&s3, key, id, number, noise(10)).await;
    }
    let list = s3.list_parts().bucket(BUCKET).key(key).upload_id(id);
    let page = list.clone().max_parts(2).send().await.unwrap();
    let numbers: Vec<_> = page.parts().iter().filter_map(Part::part_number).collect();
    assert_eq!((numbers.as_slice(), page.is_truncated()), ([1, 2].as_slice(), Some(true)));
    let rest = list.part_number_marker(page.next_part_number_marker().unwrap()).send().await.unwrap();
    assert_eq!((rest.parts()[0].part_number(), rest.parts()[0].size()), (Some(3), Some(10)));
    assert_eq!(rest.is_truncated(), Some(false));
}

#[tokio::test]
async fn a_part_can_be_put_by_a_presigned_url() {
    let server = small_parts().await;
    let s3 = client(&server);
    let id = create(&s3, "k").await;
    let part = s3.upload_part().bucket(BUCKET).key("k").upload_id(&id).part_number(1);
    let url = part.presigned(PresigningConfig::expires_in(Duration::from_mins(1)).unwrap()).await.unwrap();
    let reply = crate::http::send("PUT", url.uri(), &[], b"direct").await.unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(server.open_uploads(BUCKET)[0].size, 6);
}
