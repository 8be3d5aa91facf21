//! Uploads by PUT: what is bound is what arrives, or nothing does.

use std::time::Duration;

use holdall_core::{
    Checksum, ErrorKind, SaveMode, Store, UploadChecksum, UploadMethod, UploadPolicy, Visibility,
};
use holdall_s3::{PresignMethod, PresignRequest};

use super::{send, upload};
use crate::support::{BUCKET, SECRET, builder, fetch, server, store};

#[tokio::test]
async fn an_upload_keeps_everything_that_was_bound() {
    let server = server().await;
    let store = Store::new(builder(&server).location("media").build().unwrap());
    let request = store
        .upload_request("usr/cät b.png")
        .content_type("image/png")
        .content_disposition("attachment")
        .cache_control("no-store")
        .visibility(Visibility::Public)
        .user_metadata("album", "Sommer & Grüße")
        .size(5)
        .checksum(Checksum::of(b"hello"))
        .await
        .unwrap();
    assert_eq!(request.method, UploadMethod::Put);
    assert!(request.name.as_str().starts_with("usr/cät b_"), "{}", request.name);
    assert_eq!(upload(&request, b"hello").await.status, 200);

    let metadata = store.metadata(&request.name).await.unwrap();
    assert_eq!((metadata.size, metadata.checksum), (5, Some(Checksum::of(b"hello"))));
    let attributes = metadata.attributes;
    assert_eq!(attributes.content_type.as_deref(), Some("image/png"));
    assert_eq!(attributes.content_disposition.as_deref(), Some("attachment"));
    assert_eq!(attributes.cache_control.as_deref(), Some("no-store"));
    assert_eq!(attributes.visibility, Some(Visibility::Public));
    assert_eq!(attributes.user["album"], "Sommer & Grüße");
    assert_eq!(server.keys(BUCKET), [format!("media/{}", request.name)]);
    // A second time the name is taken: the client cannot replace what was looked at already.
    assert_eq!(upload(&request, b"hello").await.status, 412);
}

#[tokio::test]
async fn other_bytes_than_were_bound_are_refused() {
    let server = server().await;
    let store = store(&server);
    let by_size = store.upload_request("a").size(5).await.unwrap();
    assert_eq!(upload(&by_size, b"hello!").await.status, 403, "another length");
    for checksum in [
        UploadChecksum::from(Checksum::of(b"hello")),
        UploadChecksum::Crc32(0x3610_a686),
        UploadChecksum::Sha256([
            0x2c, 0xf2, 0x4d, 0xba, 0x5f, 0xb0, 0xa3, 0x0e, 0x26, 0xe8, 0x3b, 0x2a, 0xc5, 0xb9, 0xe2, 0x9e,
            0x1b, 0x16, 0x1e, 0x5c, 0x1f, 0xa7, 0x42, 0x5e, 0x73, 0x04, 0x33, 0x62, 0x93, 0x8b, 0x98, 0x24,
        ]),
    ] {
        let request = store.upload_request("b.txt").checksum(checksum).await.unwrap();
        assert_eq!(upload(&request, b"hallo").await.status, 400, "{checksum:?}: other bytes");
        assert_eq!(upload(&request, b"hello").await.status, 200, "{checksum:?}: the bytes");
    }
    let typed = store.upload_request("c.txt").await.unwrap();
    assert_eq!(typed.headers["content-type"], "text/plain", "the name tells the type");
    let mut html = typed.headers.clone();
    html.insert("content-type".to_owned(), "text/html".to_owned());
    assert_eq!(send("PUT", &typed.url, &html, "<script>").await.status, 403, "a client's own type");
    assert_eq!(server.keys(BUCKET).len(), 3);

    // Without checksums nobody would look.
    let plain = builder(&server).checksum_mode(holdall_s3::ChecksumMode::WhenRequired).build().unwrap();
    for checksum in [UploadChecksum::Crc32(0), UploadChecksum::from(Checksum::of(b""))] {
        let refused = Store::new(plain.clone()).upload_request("a").checksum(checksum).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unsupported, "{refused}");
    }
}

#[tokio::test]
async fn the_mode_is_kept_by_the_server() {
    let server = server().await;
    let store = store(&server);
    let old = store.save("a.txt", "old").await.unwrap();

    let create = store.upload_request("a.txt").create().await.unwrap();
    assert_eq!(create.name, "a.txt");
    assert_eq!(upload(&create, b"new").await.status, 412);
    let replace = store.upload_request("a.txt").mode(SaveMode::IfMatch(old.etag.unwrap())).await.unwrap();
    assert_eq!(upload(&replace, b"second").await.status, 200);
    assert_eq!(upload(&replace, b"third").await.status, 412, "it is another version now");
    let overwrite = store.upload_request("a.txt").overwrite().await.unwrap();
    assert_eq!(upload(&overwrite, b"third").await.status, 200);
    assert_eq!(upload(&overwrite, b"fourth").await.status, 200);
    assert_eq!(store.open("a.txt").await.unwrap().text().await.unwrap(), "fourth");
    let renamed = store.upload_request("a.txt").await.unwrap();
    assert_eq!(upload(&renamed, b"other").await.status, 200);
    assert_eq!(store.open("a.txt").await.unwrap().text().await.unwrap(), "fourth");

    // A server that ignores conditions cannot promise it; a random name needs none.
    let unsafe_one = Store::new(builder(&server).conditional_writes(false).build().unwrap());
    assert_eq!(unsafe_one.upload_request("a.txt").create().await.unwrap_err().kind(), ErrorKind::Unsupported);
    let random = unsafe_one.upload_request("a.txt").await.unwrap();
    assert!(!random.headers.contains_key("if-none-match"));
    assert_eq!(upload(&random, b"other").await.status, 200);
}

#[tokio::test]
async fn what_no_request_can_carry_is_refused() {
    let server = server().await;
    let store = store(&server);
    let refused = store.upload_request("a").size((5 << 30) + 1).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TooLarge);
    assert!(refused.to_string().contains("multipart_uploads"), "{refused}");
    assert_eq!(store.upload_request("../a").await.unwrap_err().kind(), ErrorKind::InvalidName);
    assert_eq!(
        store.upload_request("a").expires_in(Duration::ZERO).await.unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    // The client that uploads would need the customer's key.
    let keyed = builder(&server).endpoint("https://s3.example.com").customer_key([7; 32]).build().unwrap();
    let refused = keyed.presign(PresignRequest::get("a")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    assert_eq!(
        keyed.multipart_uploads(UploadPolicy::default().with_max_size(1)).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    assert_eq!(Store::new(keyed).upload_request("a").await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert!(server.requests().is_empty(), "nobody was asked");
}

#[tokio::test]
async fn what_every_request_carries_is_signed_too() {
    let storage = holdall_s3::S3Storage::builder("my-site")
        .region("eu-central-1")
        .access_key("a")
        .secret_key("b")
        .encryption(holdall_s3::Encryption::S3)
        .expected_bucket_owner("123456789012")
        .requester_pays(true)
        .build()
        .unwrap();
    let store = Store::new(storage.clone());
    let about = "&x-amz-expected-bucket-owner=123456789012&x-amz-request-payer=requester&";
    let with = |url: &str| url.replace('?', "?&").contains(about);
    let put = store.upload_request("a").await.unwrap();
    assert!(with(&put.url), "{}", put.url);
    assert_eq!(put.headers["x-amz-server-side-encryption"], "AES256");
    assert!(with(&store.url("a").await.unwrap().url));
    let any = storage.presign(PresignRequest::put("a")).await.unwrap();
    assert!(with(&any.url) && any.headers.contains_key("x-amz-server-side-encryption"));
    // A form has no place for the owner and the payer.
    let refused = store.upload_request("a").max_size(1).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn any_request_for_one_object_can_be_signed() {
    let server = server().await;
    let storage = builder(&server).location("media").build().unwrap();
    let put =
        PresignRequest::put("a b.txt").header("Content-Type", "text/x-thing").header("x-amz-meta-a", "b");
    let put = storage.presign(put).await.unwrap();
    assert_eq!(put.method, PresignMethod::Put);
    assert_eq!(send("PUT", &put.url, &put.headers, "hello").await.status, 200);
    assert_eq!(server.keys(BUCKET), ["media/a b.txt"], "below the location");
    let head = storage.presign(PresignRequest::head("a b.txt")).await.unwrap();
    let reply = send("HEAD", &head.url, &head.headers, "").await;
    assert_eq!(
        (reply.header("content-type"), reply.header("x-amz-meta-a")),
        (Some("text/x-thing"), Some("b"))
    );
    let get =
        PresignRequest::get("a b.txt").header("range", "bytes=1-2").query("response-content-type", "a/b");
    let get = storage.presign(get).await.unwrap();
    let reply = send("GET", &get.url, &get.headers, "").await;
    assert_eq!((reply.status, &reply.body[..]), (206, &b"el"[..]));
    assert_eq!(reply.header("content-type"), Some("a/b"));
    assert_eq!(fetch("GET", &get.url).await.status, 403, "the range is bound");
    let delete = storage.presign(PresignRequest::delete("a b.txt")).await.unwrap();
    assert_eq!(fetch("GET", &delete.url).await.status, 403, "the method is bound");
    assert_eq!(send("DELETE", &delete.url, &delete.headers, "").await.status, 204);
    assert!(server.keys(BUCKET).is_empty());

    let shown = format!("{put:?} {delete:?}");
    assert!(!shown.contains("Signature=") && !shown.contains(SECRET), "{shown}");
    for request in [
        PresignRequest::get("a").query("X-Amz-Expires", "999999"),
        PresignRequest::get("a").query("x-amz-signature", "0"),
        PresignRequest::get("a").query("versionId", "1").query("versionId", "2"),
        PresignRequest::get("a").query("", "1"),
        PresignRequest::get("a").header("Host", "other.example"),
        PresignRequest::get("a").header("User-Agent", "me"),
        PresignRequest::get("a").header("a b", "c"),
        PresignRequest::get("a").header("x-amz-meta-a", "b\r\nc: d"),
        PresignRequest::get("a").header("x-amz-meta-a", "1").header("X-Amz-Meta-A", "2"),
        PresignRequest::get("a").expires_in(Duration::from_millis(999)),
    ] {
        let refused = storage.presign(request).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{refused}");
    }
    let refused = storage.presign(PresignRequest::get("../secret")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidName);
}
