//! Uploads in parts by a client.

use holdall_core::{ErrorKind, SaveMode, Store, UploadMethod, UploadPolicy, UploadSuccess, Visibility};
use holdall_s3::{MultipartUpload, PartRequest};

use super::send;
use crate::support::{BUCKET, MIB, builder, noise, server};

/// Sends a part and returns the status.
async fn put(part: &PartRequest, bytes: impl Into<bytes::Bytes>) -> u16 {
    assert_eq!(part.request.method, UploadMethod::Put);
    send("PUT", &part.request.url, &part.request.headers, bytes).await.status
}

fn policy() -> UploadPolicy {
    UploadPolicy::default().with_mode(SaveMode::Create).with_content_type("video/mp4")
}

#[tokio::test]
async fn a_client_uploads_in_parts_and_the_application_completes() {
    let server = server().await;
    let storage = builder(&server).location("media").part_size(5 * MIB as u64).build().unwrap();
    let content = noise(12 * MIB);
    let policy = policy().with_size(12 * MIB as u64).with_visibility(Visibility::Public);
    let uploads = storage.multipart_uploads(policy).unwrap();
    let upload = uploads.create("films/a b.mp4").await.unwrap();
    assert_eq!((upload.name.as_str(), upload.part_size), ("films/a b.mp4", 5 * MIB as u64));

    // Through a client and back.
    let json = serde_json::to_string(&upload).unwrap();
    let upload: MultipartUpload = serde_json::from_str(&json).unwrap();
    let before = server.requests().len();
    let parts = uploads.sign("films/a b.mp4", &upload, 1..=3).await.unwrap();
    assert_eq!(server.requests().len(), before, "signing asks nobody");
    let lengths: Vec<_> = parts.iter().map(|part| part.request.headers["content-length"].clone()).collect();
    assert_eq!(lengths, ["5242880", "5242880", "2097152"], "each length is bound");
    let json = serde_json::to_value(&parts[0]).unwrap();
    assert_eq!((&json["part_number"], &json["method"]), (&1.into(), &"PUT".into()));

    let piece = |number: usize| content.slice((number - 1) * 5 * MIB..content.len().min(number * 5 * MIB));
    assert_eq!(put(&parts[0], piece(1).slice(1..)).await, 403, "another length than was bound");
    assert_eq!(put(&parts[2], piece(3)).await, 200);
    assert_eq!(put(&parts[0], piece(1)).await, 200);
    let early = uploads.complete("films/a b.mp4", &upload).await.unwrap_err();
    assert_eq!(early.kind(), ErrorKind::InvalidInput);
    assert!(early.to_string().contains("part 2 has not arrived"), "{early}");
    assert_eq!(put(&parts[1], piece(2)).await, 200);
    let saved = uploads.complete("films/a b.mp4", &upload).await.unwrap();
    assert_eq!((saved.name.as_str(), saved.size), ("films/a b.mp4", content.len() as u64));

    let store = Store::new(storage);
    let metadata = store.metadata("films/a b.mp4").await.unwrap();
    assert_eq!(metadata.etag, saved.etag);
    assert_eq!(metadata.attributes.content_type.as_deref(), Some("video/mp4"));
    assert_eq!(metadata.attributes.visibility, Some(Visibility::Public));
    assert_eq!(store.open("films/a b.mp4").await.unwrap().bytes().await.unwrap(), content);
    assert!(server.open_uploads(BUCKET).is_empty());
    let again = uploads.complete("films/a b.mp4", &upload).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn nothing_that_the_client_says_is_believed() {
    let server = server().await;
    let storage = builder(&server).build().unwrap();
    let uploads = storage.multipart_uploads(policy().with_max_size(10)).unwrap();
    let mine = uploads.create("mine.mp4").await.unwrap();
    let theirs = uploads.create("theirs.mp4").await.unwrap();
    let with = |name: &str, id: &MultipartUpload, part_size: u64| -> MultipartUpload {
        let id = &serde_json::to_value(id).unwrap()["upload_id"];
        serde_json::from_value(serde_json::json!({ "name": name, "upload_id": id, "part_size": part_size }))
            .unwrap()
    };
    // Another name than the application remembers.
    for upload in [&theirs, &with("theirs.mp4", &mine, 1)] {
        for error in [
            uploads.complete("mine.mp4", upload).await.unwrap_err(),
            uploads.abort("mine.mp4", upload).await.unwrap_err(),
            uploads.sign("mine.mp4", upload, [1]).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        }
    }
    // An id that belongs to another name: the server knows.
    let mixed = with("mine.mp4", &theirs, 1);
    assert_eq!(uploads.complete("mine.mp4", &mixed).await.unwrap_err().kind(), ErrorKind::NotFound);
    let part = &uploads.sign("mine.mp4", &mixed, [1]).await.unwrap()[0];
    assert_eq!(put(part, "hello").await, 404);
    // A size of parts that would allow more of them.
    let small = with("mine.mp4", &mine, 1);
    assert_eq!(uploads.sign("mine.mp4", &small, [2]).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert!(
        serde_json::from_str::<MultipartUpload>(r#"{"name":"../a","upload_id":"a","part_size":1}"#).is_err()
    );

    // More bytes than were allowed: the upload is gone, and so are the bytes.
    let part = &uploads.sign("mine.mp4", &mine, [1]).await.unwrap()[0];
    assert_eq!(put(part, "eleven bytes").await, 200);
    let error = uploads.complete("mine.mp4", &mine).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(server.open_uploads(BUCKET).len(), 1, "only the other one is left");
    uploads.abort("theirs.mp4", &theirs).await.unwrap();
    uploads.abort("theirs.mp4", &theirs).await.unwrap();
    assert!(server.open_uploads(BUCKET).is_empty() && server.keys(BUCKET).is_empty());
}

#[tokio::test]
async fn the_mode_decides_at_the_completion() {
    let server = server().await;
    let storage = builder(&server).build().unwrap();
    let store = Store::new(storage.clone());
    let uploads = |mode| storage.multipart_uploads(policy().with_mode(mode).with_max_size(10)).unwrap();
    let sent = async |uploads: &holdall_s3::MultipartUploads, name: &str| {
        let upload = uploads.create(name).await.unwrap();
        let part = &uploads.sign(&upload.name, &upload, [1]).await.unwrap()[0];
        assert_eq!(put(part, "new").await, 200);
        upload
    };
    let create = uploads(SaveMode::Create);
    let upload = sent(&create, "a").await;
    let old = store.save("a", "old").create().await.unwrap();
    assert_eq!(create.complete("a", &upload).await.unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert!(server.open_uploads(BUCKET).is_empty(), "nothing of it is left");
    let replace = uploads(SaveMode::IfMatch(old.etag.unwrap()));
    let upload = sent(&replace, "a").await;
    assert!(replace.complete("a", &upload).await.is_ok());
    let upload = sent(&replace, "a").await;
    assert_eq!(replace.complete("a", &upload).await.unwrap_err().kind(), ErrorKind::PreconditionFailed);
    let rename = uploads(SaveMode::Unique);
    let upload = sent(&rename, "a").await;
    assert_ne!(upload.name, "a");
    assert_eq!(rename.complete(&upload.name, &upload).await.unwrap().name, upload.name);
    let overwrite = uploads(SaveMode::Overwrite);
    let upload = sent(&overwrite, "a").await;
    assert!(overwrite.complete("a", &upload).await.is_ok());
    assert!(server.open_uploads(BUCKET).is_empty());

    let shown = format!("{upload:?}");
    assert!(
        !shown.contains(serde_json::to_value(&upload).unwrap()["upload_id"].as_str().unwrap()),
        "{shown}"
    );
    for policy in [
        policy(),
        policy().with_max_size(1).with_content_type("image/*"),
        policy().with_max_size(1).with_success(UploadSuccess::Status(201)),
        policy().with_max_size(1).with_method(UploadMethod::Post),
        policy().with_max_size(1).with_checksum(holdall_core::Checksum::of(b"")),
    ] {
        let refused = storage.multipart_uploads(policy).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{refused}");
    }
}
