//! Uploads by form: the policy decides, and nothing else.

use std::collections::BTreeMap;

use holdall_core::{Checksum, ErrorKind, Store, UploadMethod, UploadRequest, UploadSuccess, Visibility};

use super::{form, send, upload};
use crate::support::{BUCKET, SECRET, builder, server, store};

/// The same form with one field set to something.
fn with(request: &UploadRequest, field: &str, value: &str) -> UploadRequest {
    let mut changed = request.clone();
    changed.fields.insert(field.to_owned(), value.to_owned());
    changed
}

/// The server does not take it.
async fn assert_refused(request: &UploadRequest, content: &[u8]) {
    let status = upload(request, content).await.status;
    assert!(matches!(status, 400 | 403), "{status} to {:?}", request.fields);
}

#[tokio::test]
async fn a_form_keeps_everything_that_was_asked_for() {
    let server = server().await;
    let store = Store::new(builder(&server).location("media").build().unwrap());
    let request = store
        .upload_request("usr/cät.png")
        .content_type("image/png")
        .content_disposition("attachment")
        .cache_control("no-store")
        .visibility(Visibility::Public)
        .user_metadata("album", "Sommer & Grüße")
        .min_size(2)
        .max_size(5)
        .await
        .unwrap();
    assert_eq!(request.method, UploadMethod::Post);
    assert_eq!(upload(&request, b"hello").await.status, 204);
    let metadata = store.metadata(&request.name).await.unwrap();
    assert_eq!(metadata.size, 5);
    let attributes = metadata.attributes;
    assert_eq!(attributes.content_type.as_deref(), Some("image/png"));
    assert_eq!(attributes.content_disposition.as_deref(), Some("attachment"));
    assert_eq!(attributes.cache_control.as_deref(), Some("no-store"));
    // S3's field is `acl`; s3s, on which the test server stands, looks for `x-amz-acl` and leaves the file
    // private.
    assert_eq!(request.fields["acl"], "public-read");
    assert_eq!(attributes.user["album"], "Sommer & Grüße");

    assert_eq!(upload(&request, b"hello!").await.status, 400, "too large");
    assert_eq!(upload(&request, b"h").await.status, 400, "too small");
    for (field, value) in [
        ("key", "media/usr/other.png"),
        ("Content-Type", "text/html"),
        ("acl", "public-read-write"),
        ("Cache-Control", "max-age=60"),
        ("Content-Encoding", "gzip"),
        ("x-amz-meta-other", "field"),
    ] {
        assert_refused(&with(&request, field, value), b"hello").await;
    }
    assert_eq!(server.keys(BUCKET).len(), 1);
}

#[tokio::test]
async fn a_family_of_types_leaves_the_client_one_of_them() {
    let server = server().await;
    let store = store(&server);
    let request = store.upload_request("cat").overwrite().content_type("image/*").await.unwrap();
    assert!(!request.fields.contains_key("Content-Type"));
    assert_eq!(upload(&with(&request, "Content-Type", "image/webp"), b"x").await.status, 204);
    let kept = store.metadata("cat").await.unwrap().attributes.content_type;
    assert_eq!(kept.as_deref(), Some("image/webp"));
    for kind in ["text/html", "image", ""] {
        assert_refused(&with(&request, "Content-Type", kind), b"x").await;
    }
}

#[tokio::test]
async fn a_client_may_choose_the_file_name_below_a_prefix_and_nowhere_else() {
    let server = server().await;
    let store = Store::new(builder(&server).location("media").build().unwrap());
    let request = store
        .located("inbox")
        .unwrap()
        .upload_request("a1b2")
        .any_file_name(true)
        .overwrite()
        .content_type("text/plain")
        .max_size(5)
        .await
        .unwrap();
    assert_eq!(request.name, "a1b2");
    assert_eq!(request.fields["key"], "media/inbox/a1b2/${filename}");
    // The server puts the file's name in, or the client does so itself, as it may.
    assert_eq!(upload(&request, b"hello").await.status, 204);
    let named = with(&request, "key", "media/inbox/a1b2/notes.txt");
    assert_eq!(upload(&named, b"hello").await.status, 204);
    for key in ["media/inbox/a1b", "media/inbox/other/a", "media/notes.txt", "notes.txt"] {
        assert_refused(&with(&request, "key", key), b"hello").await;
    }
    assert_eq!(server.keys(BUCKET), ["media/inbox/a1b2/any.bin", "media/inbox/a1b2/notes.txt"]);
    // Text that would be expanded, though nobody asked for it.
    let refused = store.upload_request("a${filename}b").max_size(1).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidName);
    assert_eq!(store.upload_request("").max_size(1).await.unwrap_err().kind(), ErrorKind::InvalidName);
}

#[tokio::test]
async fn answers_and_checksums_are_part_of_the_policy() {
    let server = server().await;
    let store = store(&server);
    let created = store.upload_request("a").success(UploadSuccess::Status(201)).await.unwrap();
    assert_eq!(created.fields["success_action_status"], "201");
    assert_refused(&with(&created, "success_action_status", "200"), b"x").await;
    assert!(matches!(upload(&created, b"x").await.status, 200..=204));
    let redirect = UploadSuccess::Redirect("https://www.example.com/done".to_owned());
    let redirected = store.upload_request("b").success(redirect).await.unwrap();
    let elsewhere = with(&redirected, "success_action_redirect", "https://evil.example/");
    assert_refused(&elsewhere, b"x").await;

    let sum = store.upload_request("c").max_size(9).checksum(Checksum::of(b"hello")).await.unwrap();
    assert_eq!(sum.fields["x-amz-checksum-crc64nvme"], Checksum::of(b"hello").to_string());
    let zero = Checksum::of(b"").to_string();
    assert_refused(&with(&sum, "x-amz-checksum-crc64nvme", &zero), b"hello").await;
    let language = holdall_core::UploadPolicy::default().with_max_size(1);
    let mut attributes = holdall_core::Attributes::default();
    attributes.content_language = Some("de".to_owned());
    let refused = store.upload_request("d").options(language.with_attributes(attributes)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn a_form_survives_json_and_shows_no_secret() {
    let server = server().await;
    let request = store(&server).upload_request("a.txt").max_size(5).await.unwrap();
    let json = serde_json::to_string(&request).unwrap();
    assert!(!json.contains(SECRET));
    let read: UploadRequest = serde_json::from_str(&json).unwrap();
    let shown = format!("{read:?}");
    for field in ["policy", "x-amz-signature", "x-amz-credential"] {
        assert!(!shown.contains(&read.fields[field]), "{field} is in {shown}");
    }
    let (content_type, body) = form(&read.fields, "a.txt", b"hello");
    let headers = BTreeMap::from([("content-type".to_owned(), content_type)]);
    assert_eq!(send("POST", &read.url, &headers, body).await.status, 204);
    assert_eq!(server.keys(BUCKET), [read.name.as_str()]);
}
