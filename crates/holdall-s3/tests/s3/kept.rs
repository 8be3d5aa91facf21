//! Properties that other programs stored with a file stay through every verb: grants, headers that no attribute speaks
//! of, storage class, tags, checksum, encryption, retention. Stored with the SDK, past this crate, and compared before
//! and after.

use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ObjectCannedAcl, ObjectLockLegalHoldStatus, ObjectLockMode, ServerSideEncryption,
    StorageClass,
};
use holdall_core::{Attributes, CopyOptions, ErrorKind, Gzipped, Store, Visibility};
use holdall_s3::{CannedAcl as Canned, Encryption, ObjectParameters, S3Storage, S3StorageBuilder};
use holdall_testing::s3_server::{CannedAcl, Fault, FaultAction, OWNER_ID, S3Server, StoredObject};

use crate::support::{BUCKET, MIB, SECRET, builder, noise, server};

const OTHER: &str = "archive";
const KMS_KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-4000-8000-00000000000f";
const STRANGER: &str = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
const EVERYBODY: &str = "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"";

/// Two buckets that take locks.
async fn locking() -> S3Server {
    let server = S3Server::builder().credentials("AKIDCANARY", SECRET);
    server.object_lock(BUCKET).object_lock(OTHER).start().await.unwrap()
}

fn sdk(server: &S3Server) -> aws_sdk_s3::Client {
    crate::foreign::client(&server.endpoint(), "AKIDCANARY", SECRET)
}

/// Small files in one request, large ones by parts.
fn storage(server: &S3Server) -> S3StorageBuilder {
    builder(server).versions(true).max_copy_size(5 << 20).copy_part_size(5 << 20)
}

/// Everything that `PutObject` takes.
async fn store_everything(server: &S3Server, key: &str, size: usize) -> StoredObject {
    let until = DateTime::from_secs(4_102_444_800);
    sdk(server)
        .put_object()
        .bucket(BUCKET)
        .key(key)
        .body(ByteStream::from(noise(size)))
        .cache_control("no-cache")
        .content_disposition("inline")
        .content_encoding("x-odd")
        .content_language("de, ko")
        .content_type("text/x-odd")
        .expires(DateTime::from_secs(2_000_000_000))
        .website_redirect_location("/elsewhere")
        .storage_class(StorageClass::StandardIa)
        .server_side_encryption(ServerSideEncryption::AwsKms)
        .ssekms_key_id(KMS_KEY)
        .bucket_key_enabled(true)
        .object_lock_mode(ObjectLockMode::Governance)
        .object_lock_retain_until_date(until)
        .object_lock_legal_hold_status(ObjectLockLegalHoldStatus::On)
        .tagging("team=web&empty=")
        .checksum_algorithm(ChecksumAlgorithm::Sha256)
        .metadata("plain", "1")
        .metadata("Upper_case", "2")
        .metadata("encoded", "=?UTF-8?B?R3LDvMOfZQ==?=")
        .grant_full_control(format!("id=\"{OWNER_ID}\""))
        .grant_read(format!("id=\"{STRANGER}\", {EVERYBODY}"))
        .grant_read_acp(format!("id=\"{STRANGER}\""))
        .send()
        .await
        .unwrap();
    object(server, BUCKET, key)
}

/// The object without this crate's own marks.
fn object(server: &S3Server, bucket: &str, key: &str) -> StoredObject {
    let mut object = server.object(bucket, key).unwrap_or_else(|| panic!("there is no {bucket}/{key}"));
    object.metadata.retain(|name, _| !name.starts_with("holdall-"));
    object
}

/// The properties that every copy is free to change: tags of the content, times and versions. Made of parts, a SHA-256
/// is one of parts.
fn neutral(mut object: StoredObject) -> StoredObject {
    object.etag.clear();
    object.version_id.clear();
    object.last_modified = std::time::UNIX_EPOCH;
    object.parts = 0;
    object.grants.sort();
    if object.checksum.value.contains('-') || object.size > 5 << 20 {
        object.checksum.value.clear();
        object.checksum.kind = holdall_testing::s3_server::ChecksumType::FullObject;
    }
    object
}

fn assert_kept(what: &str, before: &StoredObject, after: StoredObject) {
    assert_eq!(neutral(after), neutral(before.clone()), "{what}");
}

fn only_cache_control(value: &str) -> Attributes {
    let mut attributes = Attributes::default();
    attributes.cache_control = Some(value.to_owned());
    attributes
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_and_renames_keep_everything() {
    let server = locking().await;
    let from = storage(&server).build().unwrap();
    let store = Store::new(from.clone());
    let archive = S3Storage::builder(OTHER).endpoint(server.endpoint()).region("us-east-1");
    let archive = archive.access_key("AKIDCANARY").secret_key(SECRET).build().unwrap();
    for size in [10, 6 * MIB] {
        let before = store_everything(&server, "a", size).await;
        server.clear_requests();
        store.copy("a", "b").overwrite().await.unwrap();
        assert_kept("copy", &before, object(&server, BUCKET, "b"));
        assert_eq!(server.count("GetObjectAcl"), 1);
        store.copy("b", "c").overwrite().await.unwrap();
        assert_kept("copy of a copy", &before, object(&server, BUCKET, "c"));
        store.rename("c", "d").overwrite().await.unwrap();
        assert_kept("rename", &before, object(&server, BUCKET, "d"));
        from.copy_to("d", &archive, "e", CopyOptions::default()).await.unwrap();
        assert_kept("copy_to", &before, object(&server, OTHER, "e"));
        from.move_to("d", &archive, "f", CopyOptions::default()).await.unwrap();
        assert_kept("move_to", &before, object(&server, OTHER, "f"));
        let old = server.versions(BUCKET, "a")[0].clone();
        store.save("a", "new").overwrite().await.unwrap();
        from.restore_version("a", &old).await.unwrap();
        assert_kept("restore_version", &before, object(&server, BUCKET, "a"));
        for key in ["e", "f"] {
            server.remove_object(OTHER, key);
        }
    }
}

/// Other attributes are all that changes, and of the user metadata those whose names an attribute can have.
#[tokio::test(flavor = "multi_thread")]
async fn other_attributes_change_nothing_else() {
    let server = locking().await;
    let store = Store::new(storage(&server).build().unwrap());
    let packed = Store::new(Gzipped::new(storage(&server).build().unwrap()));
    for store in [store, packed] {
        for size in [10, 6 * MIB] {
            let before = store_everything(&server, "a", size).await;
            let mut expected = before.clone();
            expected.cache_control = Some("max-age=60".to_owned());
            expected.content_type = Some("application/octet-stream".to_owned());
            (expected.content_disposition, expected.content_encoding) = (None, None);
            expected.content_language = None;
            expected.metadata.retain(|name, _| name == "upper_case");
            store.copy("a", "a").attributes(only_cache_control("max-age=60")).await.unwrap();
            assert_kept("onto itself", &expected, object(&server, BUCKET, "a"));
            store.copy("a", "b").attributes(only_cache_control("max-age=60")).overwrite().await.unwrap();
            assert_kept("to another name", &expected, object(&server, BUCKET, "b"));
        }
    }
}

/// The example of everybody's bucket: a public file, and a new `Cache-Control`.
#[tokio::test]
async fn a_public_file_stays_public_when_its_cache_control_changes() {
    let server = server().await;
    let store = Store::new(builder(&server).build().unwrap());
    for (acl, stored) in [
        (ObjectCannedAcl::PublicRead, CannedAcl::PublicRead),
        (ObjectCannedAcl::PublicReadWrite, CannedAcl::PublicReadWrite),
        (ObjectCannedAcl::AuthenticatedRead, CannedAcl::AuthenticatedRead),
        (ObjectCannedAcl::Private, CannedAcl::Private),
    ] {
        // Saved by this crate, made public by another program: the put-id says nothing about grants.
        store.save("a.css", "body {}").overwrite().await.unwrap();
        sdk(&server).put_object_acl().bucket(BUCKET).key("a.css").acl(acl).send().await.unwrap();
        store.copy("a.css", "a.css").attributes(only_cache_control("max-age=60")).await.unwrap();
        assert_eq!(server.object(BUCKET, "a.css").unwrap().acl, stored);
        store.copy("a.css", "a.css").attributes(only_cache_control("no-store")).await.unwrap();
        assert_eq!(server.object(BUCKET, "a.css").unwrap().acl, stored);
        store.rename("a.css", "b.css").overwrite().await.unwrap();
        assert_eq!(server.object(BUCKET, "b.css").unwrap().acl, stored);
    }
}

/// Defaults are for new files: a file that is changed does not become public, tagged or archived by the way.
#[tokio::test]
async fn defaults_do_not_reach_a_file_whose_attributes_change() {
    let server = server().await;
    server.put_object(BUCKET, "a", "x");
    let defaults = ObjectParameters::default()
        .with_acl(Canned::PublicRead)
        .with_storage_class(holdall_s3::StorageClass::STANDARD_IA)
        .with_tags(holdall_s3::Tags::new([("team", "web")]).unwrap());
    let store = Store::new(builder(&server).object_parameters(defaults).build().unwrap());
    store.copy("a", "a").attributes(only_cache_control("no-store")).await.unwrap();
    let object = server.object(BUCKET, "a").unwrap();
    assert_eq!((object.acl, object.storage_class, object.tags.len()), (CannedAcl::Private, None, 0));
}

#[tokio::test]
async fn a_visibility_changes_no_other_grant() {
    let server = locking().await;
    let store = Store::new(storage(&server).build().unwrap());
    let before = store_everything(&server, "a", 10).await;
    store.set_visibility("a", Visibility::Private).await.unwrap();
    let mut private = before.clone();
    private.grants.retain(|(grantee, _)| !grantee.contains("AllUsers"));
    assert_eq!(private.grants.len(), before.grants.len() - 1);
    assert_kept("private", &private, object(&server, BUCKET, "a"));
    store.set_visibility("a", Visibility::Public).await.unwrap();
    assert_kept("public again", &before, object(&server, BUCKET, "a"));

    // With other attributes it is the same.
    let mut attributes = only_cache_control("no-store");
    attributes.visibility = Some(Visibility::Private);
    store.copy("a", "a").attributes(attributes).await.unwrap();
    let mut grants = object(&server, BUCKET, "a").grants;
    grants.sort();
    private.grants.sort();
    assert_eq!(grants, private.grants);
}

/// Nobody can keep grants that nobody may see: nothing is written, and the error says what helps.
#[tokio::test]
async fn grants_that_cannot_be_read_refuse_the_copy() {
    let server = server().await;
    server.put_object(BUCKET, "a", "x");
    let store = Store::new(builder(&server).build().unwrap());
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    server.inject(Fault::new(denied).operation("GetObjectAcl"));
    for error in [
        store.copy("a", "b").await.unwrap_err(),
        store.rename("a", "b").await.unwrap_err(),
        store.copy("a", "a").attributes(only_cache_control("no-store")).await.unwrap_err(),
        store.set_visibility("a", Visibility::Public).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
        let text = error.to_string();
        assert!(text.contains("s3:GetObjectAcl") && text.contains("acls"), "{text}");
    }
    assert_eq!(server.keys(BUCKET), ["a"]);
    assert_eq!(server.object(BUCKET, "a").unwrap().cache_control, None);

    // A file that was saved here without grants needs no such permission, and no ACL is asked for where there are none.
    store.save("mine", "x").await.unwrap();
    store.copy("mine", "copy").await.unwrap();
    let without = Store::new(builder(&server).acls(false).build().unwrap());
    without.copy("a", "b").await.unwrap();
    without.copy("a", "a").attributes(only_cache_control("no-store")).await.unwrap();
}

/// A bucket with ACLs disabled says of every object that its owner has control; that is nothing to keep, and to send it
/// would be refused.
#[tokio::test]
async fn where_acls_are_disabled_none_is_sent() {
    let server = S3Server::builder().credentials("AKIDCANARY", SECRET).acls_disabled(BUCKET);
    let server = server.start().await.unwrap();
    server.put_object(BUCKET, "a", "x");
    let store = Store::new(builder(&server).build().unwrap());
    store.copy("a", "b").await.unwrap();
    store.copy("a", "a").attributes(only_cache_control("no-store")).await.unwrap();
    store.rename("a", "c").await.unwrap();
    assert_eq!(server.keys(BUCKET), ["b", "c"]);
}

/// A bucket without locks cannot keep one: the server refuses, and the source stays.
#[tokio::test]
async fn a_lock_that_cannot_be_kept_refuses_the_copy() {
    let server = S3Server::builder().credentials("AKIDCANARY", SECRET).object_lock(BUCKET).bucket(OTHER);
    let server = server.start().await.unwrap();
    store_everything(&server, "a", 10).await;
    let from = storage(&server).build().unwrap();
    let to = S3Storage::builder(OTHER).endpoint(server.endpoint()).region("us-east-1");
    let to = to.access_key("AKIDCANARY").secret_key(SECRET).build().unwrap();
    let error = from.move_to("a", &to, "b", CopyOptions::default()).await.unwrap_err();
    assert!(error.to_string().contains("Object Lock"), "{error}");
    assert_eq!((server.keys(BUCKET).len(), server.keys(OTHER).len()), (1, 0));
}

/// The settings of the destination are how encryption is changed, and nothing else changes with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_encryption_changes_nothing_else() {
    let server = locking().await;
    let double = storage(&server).encryption(Encryption::DoubleKms).build().unwrap();
    let store = Store::new(double);
    for size in [10, 6 * MIB] {
        let before = store_everything(&server, "a", size).await;
        store.copy("a", "b").overwrite().await.unwrap();
        let mut after = object(&server, BUCKET, "b");
        assert!(format!("{:?}", after.encryption).contains("dual_layer: true"));
        after.encryption = before.encryption.clone();
        assert_kept("another encryption", &before, after);
    }
}

/// Between endpoints the bytes pass through here, and all that means something to another server goes with them.
#[tokio::test(flavor = "multi_thread")]
async fn what_passes_between_endpoints_keeps_what_means_something_there() {
    let (one, two) = (locking().await, locking().await);
    let (from, to) = (storage(&one).build().unwrap(), storage(&two).build().unwrap());
    for size in [10, 9 * MIB] {
        let before = store_everything(&one, "a", size).await;
        from.copy_to("a", &to, "a", CopyOptions::default()).await.unwrap();
        let after = object(&two, BUCKET, "a");
        let mut expected = before.clone();
        expected.grants = Vec::new();
        expected.acl = CannedAcl::PublicRead;
        expected.storage_class = None;
        expected.encryption = after.encryption.clone();
        expected.checksum = after.checksum.clone();
        assert_kept("between endpoints", &expected, after);
        two.remove_object(BUCKET, "a");
    }
}
