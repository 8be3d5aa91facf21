//! PUT, GET, HEAD, DELETE, COPY: what comes back is what was stored.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, ChecksumType, Delete, MetadataDirective, ObjectIdentifier, StorageClass,
};

use holdall_testing::s3_server::S3Server;

use crate::{BUCKET, client, http, noise, refusal, server};

#[tokio::test]
async fn an_object_comes_back_with_everything_that_was_said_about_it() {
    let server = server().await;
    let s3 = client(&server);
    let put = s3
        .put_object()
        .bucket(BUCKET)
        .key("usr/a b+c%한.txt")
        .body(ByteStream::from_static(b"hello world"))
        .content_type("text/plain; charset=utf-8")
        .content_disposition("attachment; filename=\"a.txt\"")
        .content_encoding("identity")
        .content_language("ko")
        .cache_control("max-age=60")
        .expires(aws_sdk_s3::primitives::DateTime::from_secs(2_000_000_000))
        .metadata("Owner-Id", "17")
        .storage_class(StorageClass::StandardIa)
        .send()
        .await
        .unwrap();
    // The MD5 of the content, in quotes.
    assert_eq!(put.e_tag(), Some("\"5eb63bbbe01eeed093cb22bb8f5acdc3\""));

    let got = s3.get_object().bucket(BUCKET).key("usr/a b+c%한.txt").send().await.unwrap();
    assert_eq!(got.content_length(), Some(11));
    assert_eq!(got.content_type(), Some("text/plain; charset=utf-8"));
    assert_eq!(got.content_disposition(), Some("attachment; filename=\"a.txt\""));
    assert_eq!(got.content_encoding(), Some("identity"));
    assert_eq!(got.content_language(), Some("ko"));
    assert_eq!(got.cache_control(), Some("max-age=60"));
    assert_eq!(got.expires_string(), Some("Wed, 18 May 2033 03:33:20 GMT"));
    assert_eq!(got.metadata().unwrap().get("owner-id").map(String::as_str), Some("17"));
    assert_eq!(got.storage_class(), Some(&StorageClass::StandardIa));
    assert_eq!(got.e_tag(), put.e_tag());
    assert_eq!(got.last_modified().unwrap().subsec_nanos(), 0);
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), "hello world");

    let head = s3.head_object().bucket(BUCKET).key("usr/a b+c%한.txt").send().await.unwrap();
    assert_eq!((head.content_length(), head.content_type()), (Some(11), Some("text/plain; charset=utf-8")));
    assert_eq!(head.metadata().unwrap().len(), 1);

    let stored = server.object(BUCKET, "usr/a b+c%한.txt").unwrap();
    assert_eq!((stored.content.as_ref(), stored.size), (b"hello world".as_slice(), 11));
    assert_eq!(stored.metadata["owner-id"], "17");
}

#[tokio::test]
async fn missing_things_have_their_own_names() {
    let server = server().await;
    let s3 = client(&server);
    let get = |bucket: &str| s3.get_object().bucket(bucket).key("none").send();
    assert_eq!(refusal(get(BUCKET).await), (404, "NoSuchKey".into()));
    assert_eq!(refusal(get("no-such-bucket").await), (404, "NoSuchBucket".into()));
    // A HEAD has no body to carry a code; the SDK derives NotFound from the status.
    assert_eq!(refusal(s3.head_object().bucket(BUCKET).key("none").send().await), (404, "NotFound".into()));
    let put = s3.put_object().bucket("no-such-bucket").key("k").body(ByteStream::from_static(b"x")).send();
    assert_eq!(refusal(put.await), (404, "NoSuchBucket".into()));
    s3.delete_object().bucket(BUCKET).key("none").send().await.expect("deleting what is not there succeeds");
    // A directory is no object.
    server.put_object(BUCKET, "dir/file", "x");
    assert_eq!(refusal(get(BUCKET).await).0, 404);
    assert_eq!(refusal(s3.get_object().bucket(BUCKET).key("dir").send().await), (404, "NoSuchKey".into()));
    assert_eq!(refusal(s3.head_object().bucket(BUCKET).key("dir/").send().await).0, 404);
}

#[tokio::test]
async fn a_key_has_1024_bytes_at_most() {
    let server = server().await;
    let s3 = client(&server);
    let put =
        |key: String| s3.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(b"x")).send();
    put("k".repeat(1024)).await.unwrap();
    // Bytes, not characters: 341 * 3 + 1 = 1,024.
    put("한".repeat(341) + "x").await.unwrap();
    assert_eq!(refusal(put("k".repeat(1025)).await), (400, "KeyTooLongError".into()));
    assert_eq!(refusal(put("한".repeat(342)).await), (400, "KeyTooLongError".into()));
    assert_eq!(server.keys(BUCKET).len(), 2);
}

#[tokio::test]
async fn user_metadata_has_2_kib_at_most() {
    let server = server().await;
    let s3 = client(&server);
    let put = |length: usize| {
        s3.put_object()
            .bucket(BUCKET)
            .key("k")
            .metadata("name", "v".repeat(length))
            .body(ByteStream::from_static(b"x"))
            .send()
    };
    put(2044).await.unwrap();
    assert_eq!(refusal(put(2045).await), (400, "MetadataTooLarge".into()));
}

#[tokio::test]
async fn ranges_are_those_of_rfc_9110() {
    let server = server().await;
    let s3 = client(&server);
    let content = noise(1000);
    server.put_object(BUCKET, "k", content.clone());
    server.put_object(BUCKET, "empty", "");
    for (range, expected, header) in [
        ("bytes=0-0", 0..1, "bytes 0-0/1000"),
        ("bytes=10-19", 10..20, "bytes 10-19/1000"),
        ("bytes=990-", 990..1000, "bytes 990-999/1000"),
        ("bytes=990-5000", 990..1000, "bytes 990-999/1000"),
        ("bytes=-1", 999..1000, "bytes 999-999/1000"),
        ("bytes=-5000", 0..1000, "bytes 0-999/1000"),
    ] {
        let got = s3.get_object().bucket(BUCKET).key("k").range(range).send().await.unwrap();
        assert_eq!(got.content_range(), Some(header));
        assert_eq!(got.content_length(), Some(i64::try_from(expected.len()).unwrap()));
        assert_eq!(got.body.collect().await.unwrap().into_bytes(), content[expected], "{range}");
        let head = s3.head_object().bucket(BUCKET).key("k").range(range).send().await.unwrap();
        assert_eq!(head.content_range(), Some(header));
    }
    for (key, range) in
        [("k", "bytes=1000-"), ("k", "bytes=-0"), ("empty", "bytes=0-"), ("empty", "bytes=-5")]
    {
        let got = s3.get_object().bucket(BUCKET).key(key).range(range).send().await;
        assert_eq!(refusal(got), (416, "InvalidRange".into()), "{key} {range}");
    }
    let empty = s3.get_object().bucket(BUCKET).key("empty").send().await.unwrap();
    assert_eq!(empty.content_length(), Some(0));
}

#[tokio::test]
async fn what_the_client_claims_about_the_body_is_checked() {
    let server = server().await;
    let s3 = client(&server);
    let put = || s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"123456789"));
    // The check value of CRC-64/NVME is 0xAE8B14860A799888.
    let right = "rosUhgp5mIg=";

    assert_eq!(refusal(put().checksum_crc64_nvme("rosUhgp5mIk=").send().await), (400, "BadDigest".into()));
    assert_eq!(refusal(put().checksum_crc64_nvme("rosU").send().await), (400, "InvalidRequest".into()));
    assert_eq!(refusal(put().checksum_crc32("AAAAAA==").send().await), (400, "BadDigest".into()));
    assert_eq!(refusal(put().checksum_sha256("A".repeat(43) + "=").send().await), (400, "BadDigest".into()));
    assert_eq!(
        refusal(put().content_md5("AAAAAAAAAAAAAAAAAAAAAA==").send().await),
        (400, "BadDigest".into())
    );
    assert_eq!(refusal(put().content_md5("AAAA").send().await), (400, "InvalidDigest".into()));
    assert!(server.keys(BUCKET).is_empty(), "a refused body was stored");

    let stored = put().checksum_crc64_nvme(right).send().await.unwrap();
    assert_eq!(stored.checksum_crc64_nvme(), Some(right));
    let head =
        s3.head_object().bucket(BUCKET).key("k").checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
    assert_eq!(head.checksum_crc64_nvme(), Some(right));
    assert_eq!(head.checksum_type(), Some(&ChecksumType::FullObject));
    let silent = s3.head_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!(silent.checksum_crc64_nvme(), None);
    // A checksum of the whole does not go with a part of it.
    let get = s3.get_object().bucket(BUCKET).key("k").checksum_mode(ChecksumMode::Enabled);
    assert_eq!(get.range("bytes=0-3").send().await.unwrap().checksum_crc64_nvme(), None);

    let config = crate::config(&server.endpoint(), "secret")
        .request_checksum_calculation(aws_sdk_s3::config::RequestChecksumCalculation::WhenSupported);
    let computing = aws_sdk_s3::Client::from_conf(config.build());
    // Without a claim the server computes CRC-64/NVME itself; with another algorithm it keeps that one.
    put().send().await.unwrap();
    assert_eq!(server.object(BUCKET, "k").unwrap().checksum.value, right);
    for algorithm in [
        ChecksumAlgorithm::Crc32,
        ChecksumAlgorithm::Crc32C,
        ChecksumAlgorithm::Sha1,
        ChecksumAlgorithm::Sha256,
    ] {
        // Under WhenRequired the SDK names the algorithm and computes nothing, which S3 refuses.
        let named = put().checksum_algorithm(algorithm.clone()).send().await;
        assert_eq!(refusal(named), (400, "InvalidRequest".into()));
        let put = computing.put_object().bucket(BUCKET).key("k").checksum_algorithm(algorithm.clone());
        put.body(ByteStream::from_static(b"123456789")).send().await.unwrap();
        assert_eq!(server.object(BUCKET, "k").unwrap().checksum.algorithm.as_str(), algorithm.as_str());
    }
}

#[tokio::test]
async fn a_checksum_behind_a_streamed_body_is_checked() {
    // The SDK's defaults: CRC32 of the body, sent as a trailer where the body is a stream.
    let server = server().await;
    let config = crate::config(&server.endpoint(), "secret")
        .request_checksum_calculation(aws_sdk_s3::config::RequestChecksumCalculation::WhenSupported);
    let s3 = aws_sdk_s3::Client::from_conf(config.build());
    let content = noise(300_000);
    s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from(content.clone())).send().await.unwrap();
    let stored = server.object(BUCKET, "k").unwrap();
    assert_eq!((stored.content.as_ref(), stored.checksum.algorithm.as_str()), (content.as_slice(), "CRC32"));
    assert_eq!(stored.content_encoding, None, "aws-chunked is no content coding");
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_not_stored() {
    let server = server().await;
    let url = presigned_put(&server, "k").await;
    // The connection is closed for writing after 3 of 10 bytes; the client never gets a reply.
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, target) = rest.split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let head = format!("PUT /{target} HTTP/1.1\r\nHost: {authority}\r\nContent-Length: 10\r\n\r\nabc");
    tokio::io::AsyncWriteExt::write_all(&mut stream, head.as_bytes()).await.unwrap();
    tokio::io::AsyncWriteExt::shutdown(&mut stream).await.unwrap();
    let mut reply = Vec::new();
    // Whatever comes back, a reply or the end of the connection, it comes after the server is done with the request.
    let _ended = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut reply).await;
    assert!(!reply.starts_with(b"HTTP/1.1 200"));
    assert!(server.keys(BUCKET).is_empty());
}

async fn presigned_put(server: &holdall_testing::s3_server::S3Server, key: &str) -> String {
    let validity =
        aws_sdk_s3::presigning::PresigningConfig::expires_in(std::time::Duration::from_mins(1)).unwrap();
    client(server).put_object().bucket(BUCKET).key(key).presigned(validity).await.unwrap().uri().to_owned()
}

#[tokio::test]
async fn a_batch_delete_answers_for_each_key() {
    let server = server().await;
    let s3 = client(&server);
    for key in ["a", "b", "c d+한"] {
        server.put_object(BUCKET, key, "x");
    }
    let keys = ["a", "c d+한", "never-there"];
    let objects = keys.map(|key| ObjectIdentifier::builder().key(key).build().unwrap());
    let delete = Delete::builder().set_objects(Some(objects.to_vec())).build().unwrap();
    let done = s3.delete_objects().bucket(BUCKET).delete(delete).send().await.unwrap();
    let deleted: Vec<_> = done.deleted().iter().filter_map(|deleted| deleted.key()).collect();
    assert_eq!(deleted, keys);
    assert!(done.errors().is_empty());
    assert_eq!(server.keys(BUCKET), ["b"]);
}

#[tokio::test]
async fn a_copy_keeps_or_replaces_what_was_said() {
    let server = server().await;
    let s3 = client(&server);
    s3.put_object()
        .bucket(BUCKET)
        .key("a b+한")
        .content_type("text/css")
        .metadata("n", "1")
        .body(ByteStream::from_static(b"body"))
        .send()
        .await
        .unwrap();
    let source = format!("{BUCKET}/a%20b%2B%ED%95%9C");
    let copy = |to: &str| s3.copy_object().bucket(BUCKET).key(to).copy_source(source.clone());

    let kept = copy("kept").send().await.unwrap();
    assert_eq!(kept.copy_object_result().unwrap().e_tag(), Some("\"841a2d689ad86bd1611447453c22c6fc\""));
    let stored = server.object(BUCKET, "kept").unwrap();
    assert_eq!((stored.content_type.as_deref(), stored.metadata["n"].as_str()), (Some("text/css"), "1"));

    copy("replaced")
        .metadata_directive(MetadataDirective::Replace)
        .content_type("text/html")
        .send()
        .await
        .unwrap();
    let stored = server.object(BUCKET, "replaced").unwrap();
    assert_eq!((stored.content_type.as_deref(), stored.metadata.len()), (Some("text/html"), 0));
    assert_eq!(stored.content, "body");

    assert_eq!(refusal(copy("a b+한").send().await), (400, "InvalidRequest".into()));
    copy("a b+한")
        .metadata_directive(MetadataDirective::Replace)
        .content_type("text/xml")
        .send()
        .await
        .unwrap();
    assert_eq!(server.object(BUCKET, "a b+한").unwrap().content_type.as_deref(), Some("text/xml"));

    let missing =
        s3.copy_object().bucket(BUCKET).key("to").copy_source(format!("{BUCKET}/none")).send().await;
    assert_eq!(refusal(missing), (404, "NoSuchKey".into()));
    let nowhere = s3.copy_object().bucket(BUCKET).key("to").copy_source("no-such-bucket/none").send().await;
    assert_eq!(refusal(nowhere), (404, "NoSuchBucket".into()));
}

#[tokio::test]
async fn what_is_not_emulated_is_refused_not_dropped() {
    let server = server().await;
    let s3 = client(&server);
    let put = s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x"));
    assert_eq!(refusal(put.write_offset_bytes(0).send().await), (501, "NotImplemented".into()));
    let website = s3.get_bucket_website().bucket(BUCKET).send().await;
    assert_eq!(refusal(website), (501, "NotImplemented".into()));
    assert!(server.keys(BUCKET).is_empty());
}

#[tokio::test]
async fn a_discarding_server_keeps_sizes_and_checksums_only() {
    let server = holdall_testing::s3_server::S3Server::builder()
        .credentials("AKID", "secret")
        .bucket(BUCKET)
        .discard_content(true)
        .start()
        .await
        .unwrap();
    let s3 = client(&server);
    let put = || s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"123456789"));
    assert_eq!(refusal(put().checksum_crc64_nvme("AAAAAAAAAAA=").send().await), (400, "BadDigest".into()));
    put().send().await.unwrap();
    let stored = server.object(BUCKET, "k").unwrap();
    assert_eq!((stored.content.len(), stored.size, stored.checksum.value.as_str()), (0, 9, "rosUhgp5mIg="));
    assert_eq!(refusal(s3.get_object().bucket(BUCKET).key("k").send().await), (501, "NotImplemented".into()));
    assert_eq!(s3.head_object().bucket(BUCKET).key("k").send().await.unwrap().content_length(), Some(9));
}

#[tokio::test]
async fn buckets_are_made_found_and_removed() {
    let server = server().await;
    let s3 = client(&server);
    s3.create_bucket().bucket("another").send().await.unwrap();
    assert_eq!(
        refusal(s3.create_bucket().bucket("another").send().await),
        (409, "BucketAlreadyOwnedByYou".into())
    );
    assert_eq!(s3.head_bucket().bucket("another").send().await.unwrap().bucket_region(), Some("us-east-1"));
    assert_eq!(refusal(s3.head_bucket().bucket("none").send().await).0, 404);
    let listed = s3.list_buckets().send().await.unwrap();
    let names: Vec<_> = listed.buckets().iter().filter_map(|bucket| bucket.name()).collect();
    assert_eq!(names, ["another", BUCKET]);
    server.put_object("another", "k", "x");
    assert_eq!(refusal(s3.delete_bucket().bucket("another").send().await), (409, "BucketNotEmpty".into()));
    assert!(server.remove_object("another", "k"));
    s3.delete_bucket().bucket("another").send().await.unwrap();
    assert_eq!(refusal(s3.delete_bucket().bucket("another").send().await), (404, "NoSuchBucket".into()));
}

#[tokio::test]
async fn a_stopped_server_is_gone() {
    let server = server().await;
    let url = format!("{}/{BUCKET}/k", server.endpoint());
    assert_eq!(http::send("GET", &url, &[], b"").await.unwrap().status, 403);
    server.stop().await;
    assert!(http::send("GET", &url, &[], b"").await.is_err());
}

/// Redirect, expiry and lock come back from every read, and a copy has none of them but the expiry by itself.
#[tokio::test]
async fn redirect_expiry_and_lock_are_kept_and_not_copied() {
    use aws_sdk_s3::primitives::DateTime;
    use aws_sdk_s3::types::{ObjectLockLegalHoldStatus as Hold, ObjectLockMode as Mode};

    let server = S3Server::builder()
        .credentials("AKID", "secret")
        .bucket(BUCKET)
        .object_lock("locked")
        .start()
        .await
        .unwrap();
    let s3 = client(&server);
    let until = DateTime::from_secs(4_102_444_800);
    let put = |bucket| {
        s3.put_object()
            .bucket(bucket)
            .key("k")
            .body(ByteStream::from_static(b"x"))
            .expires(until)
            .website_redirect_location("/elsewhere")
    };
    let locked = put("locked").object_lock_mode(Mode::Governance).object_lock_retain_until_date(until);
    locked.object_lock_legal_hold_status(Hold::On).send().await.unwrap();
    let head = s3.head_object().bucket("locked").key("k").send().await.unwrap();
    assert_eq!(head.expires_string(), Some("Fri, 01 Jan 2100 00:00:00 GMT"));
    assert_eq!(head.website_redirect_location(), Some("/elsewhere"));
    assert_eq!(head.object_lock_mode(), Some(&Mode::Governance));
    assert_eq!(head.object_lock_retain_until_date(), Some(&until));
    assert_eq!(head.object_lock_legal_hold_status(), Some(&Hold::On));
    let stored = server.object("locked", "k").unwrap();
    assert_eq!(stored.retention.unwrap(), ("GOVERNANCE".to_owned(), "2100-01-01T00:00:00.000Z".to_owned()));
    assert!(stored.legal_hold);

    s3.copy_object().bucket("locked").key("copy").copy_source("locked/k").send().await.unwrap();
    let copy = server.object("locked", "copy").unwrap();
    assert_eq!(copy.expires, stored.expires);
    assert_eq!((copy.website_redirect, copy.retention, copy.legal_hold), (None, None, false));

    let unlocked = put(BUCKET).object_lock_legal_hold_status(Hold::On).send().await;
    assert_eq!(refusal(unlocked), (400, "InvalidRequest".into()));
    let over = put("locked").object_lock_mode(Mode::Compliance);
    let over = over.object_lock_retain_until_date(DateTime::from_secs(1)).send().await;
    assert_eq!(refusal(over), (400, "InvalidArgument".into()));
}

/// Google's habit: what is packed comes unpacked, whole and without its size, unless the reader says that it can unpack.
#[tokio::test]
async fn packed_objects_are_unpacked_for_readers_that_do_not_accept_them() {
    let server = S3Server::builder()
        .credentials("AKID", "secret")
        .bucket(BUCKET)
        .decompress_unless_accepted(true)
        .start()
        .await
        .unwrap();
    let s3 = client(&server);
    // "hello", packed.
    let packed: &[u8] =
        &[31, 139, 8, 0, 0, 0, 0, 0, 0, 255, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5, 0, 0, 0];
    let body = ByteStream::from_static(packed);
    s3.put_object().bucket(BUCKET).key("k").body(body).content_encoding("gzip").send().await.unwrap();
    for range in [None, Some("bytes=1-2".to_owned())] {
        let got = s3.get_object().bucket(BUCKET).key("k").set_range(range).send().await.unwrap();
        assert_eq!((got.content_length(), got.content_encoding(), got.content_range()), (None, None, None));
        assert_eq!(&got.body.collect().await.unwrap().into_bytes()[..], b"hello");
    }
    let head = s3.head_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!((head.content_length(), head.content_encoding()), (None, None));

    let accepting = |request: &mut aws_sdk_s3::config::http::HttpRequest| {
        request.headers_mut().insert("accept-encoding", "gzip");
    };
    let got =
        s3.get_object().bucket(BUCKET).key("k").customize().mutate_request(accepting).send().await.unwrap();
    assert_eq!((got.content_length(), got.content_encoding()), (Some(25), Some("gzip")));
    assert_eq!(&got.body.collect().await.unwrap().into_bytes()[..], packed);
    let head =
        s3.head_object().bucket(BUCKET).key("k").customize().mutate_request(accepting).send().await.unwrap();
    assert_eq!((head.content_length(), head.content_encoding()), (Some(25), Some("gzip")));
}
