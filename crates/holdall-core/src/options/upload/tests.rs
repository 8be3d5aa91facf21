//! Policies: what can be asked for at once, and what a client is given.

use std::time::{Duration, UNIX_EPOCH};

use super::{UploadChecksum, UploadMethod, UploadPolicy, UploadRequest, UploadSuccess};
use crate::{Attributes, Capabilities, Checksum, ETag, ErrorKind, Name, SaveMode};

fn able() -> Capabilities {
    Capabilities::default()
        .with_writable(true)
        .with_upload_request(true)
        .with_upload_forms(true)
        .with_create(true)
        .with_replace(true)
        .with_attributes(true)
        .with_visibility(true)
        .with_checksum(true)
        .with_max_size(1000)
}

fn policy() -> UploadPolicy {
    UploadPolicy::default()
}

#[test]
fn the_method_is_the_one_that_can_keep_the_policy() {
    for (policy, method) in [
        (policy(), Ok(UploadMethod::Put)),
        (policy().with_size(5), Ok(UploadMethod::Put)),
        (policy().with_size(5).with_method(UploadMethod::Post), Ok(UploadMethod::Post)),
        (policy().with_max_size(5), Ok(UploadMethod::Post)),
        (policy().with_min_size(5), Ok(UploadMethod::Post)),
        (policy().with_content_type("image/*"), Ok(UploadMethod::Post)),
        (policy().with_success(UploadSuccess::Status(201)), Ok(UploadMethod::Post)),
        (policy().with_mode(SaveMode::Create).with_size(5), Ok(UploadMethod::Put)),
        (policy().with_mode(SaveMode::Create).with_max_size(5), Err(())),
        (policy().with_mode(SaveMode::Create).with_method(UploadMethod::Post), Err(())),
        (policy().with_mode(SaveMode::IfMatch(ETag::strong("a"))).with_content_type("image/*"), Err(())),
        (policy().with_max_size(5).with_method(UploadMethod::Put), Err(())),
    ] {
        let resolved = policy.resolve_method().map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        });
        assert_eq!(resolved, method, "{policy:?}");
    }
}

#[test]
fn what_cannot_be_kept_is_refused() {
    assert!(policy().with_content_type("image/png").with_size(1000).check(&able()).is_ok());
    let redirect = |url: &str| policy().with_success(UploadSuccess::Redirect(url.to_owned()));
    assert!(redirect("https://www.example.com/done?a=b").check(&able()).is_ok());
    let both = UploadPolicy { content_type_prefix: Some("image/".to_owned()), ..policy() }
        .with_attributes(Attributes { content_type: Some("image/png".to_owned()), ..Attributes::default() });
    for (policy, kind) in [
        (policy().with_content_type("image/png,text/html"), ErrorKind::InvalidInput),
        (policy().with_content_type("*/*"), ErrorKind::InvalidInput),
        (policy().with_content_type("image"), ErrorKind::InvalidInput),
        (policy().with_content_type("image/p*"), ErrorKind::InvalidInput),
        (both, ErrorKind::InvalidInput),
        (policy().with_min_size(6).with_max_size(5), ErrorKind::InvalidInput),
        (policy().with_min_size(1001), ErrorKind::TooLarge),
        (policy().with_any_file_name(true), ErrorKind::InvalidInput),
        (policy().with_success(UploadSuccess::Status(302)), ErrorKind::InvalidInput),
        (redirect("/done"), ErrorKind::InvalidInput),
        (redirect("javascript:alert(1)"), ErrorKind::InvalidInput),
        (policy().with_user_metadata("Not-Lower", "x"), ErrorKind::InvalidInput),
    ] {
        let refused = policy.check(&able()).map_err(|error| error.kind());
        assert_eq!(refused, Err(kind), "{policy:?}");
    }
    let any = policy().with_any_file_name(true).with_mode(SaveMode::Overwrite);
    assert!(any.check(&able()).is_ok());
    for (policy, capabilities) in [
        (policy(), able().with_upload_request(false)),
        (policy().with_mode(SaveMode::Create), able().with_create(false)),
        (policy().with_checksum(Checksum::of(b"")), able().with_checksum(false)),
        (policy().with_cache_control("no-store"), able().with_attributes(false)),
        (policy().with_visibility(crate::Visibility::Public), able().with_visibility(false)),
    ] {
        let refused = policy.check(&capabilities).map_err(|error| error.kind());
        assert_eq!(refused, Err(ErrorKind::Unsupported), "{policy:?}");
    }
    // The name itself is unique, so that no condition of the storage's is needed.
    assert!(policy().check(&able().with_create(false)).is_ok());
}

#[test]
fn names_follow_the_mode() {
    let name = Name::new("usr/cat.tar.gz").unwrap();
    let chosen = policy().choose_name(&name).unwrap();
    assert_ne!(chosen, policy().choose_name(&name).unwrap());
    let random = chosen.as_str().strip_prefix("usr/cat_").unwrap().strip_suffix(".tar.gz").unwrap();
    assert_eq!(random.len(), 22);
    assert_eq!(policy().with_max_name_length(35).choose_name(&name).unwrap().as_str().len(), 35);
    assert!(policy().with_max_name_length(20).choose_name(&name).is_err(), "no room for the letters");
    for mode in [SaveMode::Create, SaveMode::Overwrite] {
        assert_eq!(policy().with_mode(mode).choose_name(&name).unwrap(), name);
    }
    assert!(policy().with_mode(SaveMode::Create).with_max_name_length(5).choose_name(&name).is_err());
}

#[test]
fn checksums_have_the_form_of_their_headers() {
    let crc64 = UploadChecksum::from(Checksum::of(b"123456789"));
    assert_eq!((crc64.algorithm(), crc64.value().as_str()), ("crc64nvme", "rosUhgp5mIg="));
    let crc32 = UploadChecksum::Crc32(0xcbf4_3926);
    assert_eq!((crc32.algorithm(), crc32.value().as_str()), ("crc32", "y/Q5Jg=="));
    assert_eq!(UploadChecksum::Sha256([0; 32]).value().len(), 44);
}

#[test]
fn debug_shows_nothing_that_grants() {
    let url = "https://b.example/a?X-Amz-Signature=canary";
    let mut request = UploadRequest::new(Name::new("a").unwrap(), UploadMethod::Post, url, UNIX_EPOCH);
    request.fields.insert("policy".to_owned(), "canary".to_owned());
    request.headers.insert("x-amz-meta-a".to_owned(), "canary".to_owned());
    let shown = format!("{request:?}");
    assert!(shown.contains("https://b.example/a") && !shown.contains("canary"), "{shown}");
}

#[test]
fn json_is_read_back_and_checked() {
    let expires_at = UNIX_EPOCH + Duration::new(1_800_000_000, 500);
    let request =
        UploadRequest::new(Name::new("a/日本.txt").unwrap(), UploadMethod::Put, "https://x", expires_at);
    let json = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<UploadRequest>(&json).unwrap(), request);
    let outside = json.replace("a/日本.txt", "../a");
    assert!(serde_json::from_str::<UploadRequest>(&outside).is_err(), "names are checked");
}
