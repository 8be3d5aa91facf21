//! ACLs, tags, storage classes: at save, in copies, read and changed.

use std::collections::BTreeMap;

use holdall_core::{Content, ErrorKind, SaveOptions, Store, Visibility};
use holdall_s3::{
    Acl, CannedAcl, Encryption, Grant, Grantee, ObjectParameters, Permission, S3Storage, StorageClass, Tags,
};
use holdall_testing::s3_server::{CannedAcl as Stored, Fault, FaultAction, OWNER_ID, S3Server, StoredObject};

use crate::support::{BUCKET, MIB, SECRET, builder, noise, server, stream_of};

fn tags(tags: &[(&str, &str)]) -> Tags {
    Tags::new(tags.iter().copied()).unwrap()
}

fn stored_tags(object: &StoredObject) -> Vec<(&str, &str)> {
    object.tags.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn parameters() -> ObjectParameters {
    ObjectParameters::default()
        .with_storage_class(StorageClass::STANDARD_IA)
        .with_tags(tags(&[("team", "web + é"), ("a b", "")]))
}

fn storage(server: &S3Server) -> S3Storage {
    builder(server).build().unwrap()
}

fn object(server: &S3Server, key: &str) -> StoredObject {
    server.object(BUCKET, key).unwrap()
}

/// One PUT, a multipart upload of memory, and of a stream that is moved to its name: all carry them.
#[tokio::test]
async fn parameters_hold_for_every_way_of_saving() {
    let server = server().await;
    let storage = builder(&server).object_parameters(parameters()).build().unwrap();
    let store = Store::new(storage.clone());
    let large = noise(9 * MIB);
    store.save("small", "x").await.unwrap();
    store.save("large", large.clone()).await.unwrap();
    store.save("stream", stream_of(&large)).await.unwrap();
    store.save("large-over", large).overwrite().await.unwrap();
    for key in ["small", "large", "stream", "large-over"] {
        let object = object(&server, key);
        assert_eq!(object.storage_class.as_deref(), Some("STANDARD_IA"), "{key}");
        assert_eq!(stored_tags(&object), [("a b", ""), ("team", "web + é")], "{key}");
    }
    assert_eq!(server.keys(BUCKET).len(), 4);
    assert!(server.requests().iter().all(|request| request.header("x-amz-acl").is_none()));
}

#[tokio::test]
async fn what_a_save_says_goes_before_the_defaults() {
    let server = server().await;
    let storage =
        builder(&server).object_parameters(parameters().with_acl(CannedAcl::PublicRead)).build().unwrap();
    let own = ObjectParameters::default().with_tags(tags(&[("own", "1")]));
    let content = || Content::bytes("x");
    storage.save_with("a", content(), SaveOptions::default(), own).await.unwrap();
    let object = object(&server, "a");
    assert_eq!(stored_tags(&object), [("own", "1")]);
    assert_eq!((object.storage_class.as_deref(), object.acl), (Some("STANDARD_IA"), Stored::PublicRead));

    // A visibility is an ACL: it replaces the default one, and the other way round; both at once are a mistake.
    let private = SaveOptions::default().with_visibility(Visibility::Private);
    storage.save_with("b", content(), private.clone(), ObjectParameters::default()).await.unwrap();
    assert_eq!(self::object(&server, "b").acl, Stored::Private);
    let both = ObjectParameters::default().with_acl(CannedAcl::PublicRead);
    let error = storage.save_with("c", content(), private, both).await.unwrap_err();
    assert_eq!((error.kind(), error.name()), (ErrorKind::InvalidInput, Some("c")));
    assert!(server.object(BUCKET, "c").is_none());

    let mut attributes = holdall_core::Attributes::default();
    attributes.visibility = Some(Visibility::Public);
    let both = builder(&server)
        .default_attributes(attributes)
        .object_parameters(parameters().with_acl(CannedAcl::Private));
    assert_eq!(both.build().unwrap_err().kind(), ErrorKind::InvalidConfig);
}

#[tokio::test]
async fn canned_acls_go_with_the_write_itself() {
    let server = server().await;
    let storage = storage(&server);
    for (acl, stored) in [
        (CannedAcl::Private, Stored::Private),
        (CannedAcl::PublicRead, Stored::PublicRead),
        (CannedAcl::AuthenticatedRead, Stored::AuthenticatedRead),
        (CannedAcl::BucketOwnerRead, Stored::BucketOwnerRead),
        (CannedAcl::BucketOwnerFullControl, Stored::BucketOwnerFullControl),
    ] {
        let parameters = ObjectParameters::default().with_acl(acl);
        let options = SaveOptions::default().with_mode(holdall_core::SaveMode::Overwrite);
        storage.save_with("a", Content::bytes("x"), options, parameters).await.unwrap();
        assert_eq!(object(&server, "a").acl, stored);
    }
    assert_eq!(server.count("PutObjectAcl"), 0);
    // Where ACLs are disabled, the one that is taken everywhere is, and the others say why they are not.
    let enforced =
        S3Server::builder().credentials("AKIDCANARY", SECRET).acls_disabled(BUCKET).start().await.unwrap();
    let default =
        |acl| builder(&enforced).object_parameters(ObjectParameters::default().with_acl(acl)).build();
    let store = Store::new(default(CannedAcl::BucketOwnerFullControl).unwrap());
    store.save("a", "x").await.unwrap();
    store.copy("a", "b").await.unwrap();
    let copy = enforced.requests().into_iter().find(|request| request.operation == "CopyObject").unwrap();
    assert_eq!(copy.header("x-amz-acl"), Some("bucket-owner-full-control"), "copies carry it too");
    let error = Store::new(default(CannedAcl::PublicRead).unwrap()).save("c", "x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn an_acl_is_read_and_set() {
    let server = server().await;
    let storage = storage(&server);
    let store = Store::new(storage.clone());
    store.save("a", "x").await.unwrap();
    let owner = Grant::new(Grantee::Account(OWNER_ID.to_owned()), Permission::FullControl);
    let acl = storage.acl("a").await.unwrap();
    assert_eq!((acl.owner.as_deref(), acl.grants.as_slice()), (Some(OWNER_ID), [owner.clone()].as_slice()));
    assert_eq!(acl.visibility(), Visibility::Private);

    storage.set_acl("a", CannedAcl::PublicRead).await.unwrap();
    let acl = storage.acl("a").await.unwrap();
    assert_eq!(acl.visibility(), Visibility::Public);
    assert!(acl.grants.contains(&Grant::new(Grantee::Everybody, Permission::Read)));

    let other = Grant::new(Grantee::Account("79a5".repeat(16)), Permission::Read);
    let reads = Grant::new(Grantee::AuthenticatedUsers, Permission::ReadAcl);
    let grants = vec![owner, other.clone(), reads.clone()];
    storage.set_acl("a", grants.clone()).await.unwrap();
    let acl = storage.acl("a").await.unwrap();
    assert_eq!(acl.grants.len(), 3);
    assert!(grants.iter().all(|grant| acl.grants.contains(grant)), "{acl:?}");

    // With the write itself; and a copy has them, too.
    let parameters = ObjectParameters::default().with_acl(grants.clone());
    storage.save_with("b", Content::bytes("x"), SaveOptions::default(), parameters).await.unwrap();
    store.copy("b", "c").await.unwrap();
    for name in ["b", "c"] {
        let acl = storage.acl(name).await.unwrap();
        assert!(grants.iter().all(|grant| acl.grants.contains(grant)), "{name}: {acl:?}");
        assert_eq!(store.metadata(name).await.unwrap().attributes.visibility, Some(Visibility::Private));
    }

    for error in [
        storage.acl("missing").await.unwrap_err(),
        storage.set_acl("missing", CannedAcl::Private).await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.name()), (ErrorKind::NotFound, Some("missing")));
    }
    server.clear_requests();
    let error = storage.set_acl("a", Acl::Grants(vec![])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn tags_are_read_set_and_deleted() {
    let server = server().await;
    let storage = storage(&server);
    Store::new(storage.clone()).save("a é", "x").await.unwrap();
    assert!(storage.tags("a é").await.unwrap().is_empty());
    let given = tags(&[("team", "web"), ("x/y", "1 + 1 = 2")]);
    storage.set_tags("a é", &given).await.unwrap();
    assert_eq!(storage.tags("a é").await.unwrap(), given);
    assert_eq!(
        object(&server, "a é").tags,
        BTreeMap::from([("team", "web"), ("x/y", "1 + 1 = 2")].map(|(n, v)| (n.to_owned(), v.to_owned())))
    );
    storage.set_tags("a é", &Tags::default()).await.unwrap();
    assert!(object(&server, "a é").tags.is_empty());
    assert_eq!((server.count("PutObjectTagging"), server.count("DeleteObjectTagging")), (1, 1));
    for error in
        [storage.tags("missing").await.unwrap_err(), storage.set_tags("missing", &given).await.unwrap_err()]
    {
        assert_eq!((error.kind(), error.name()), (ErrorKind::NotFound, Some("missing")));
        assert!(error.to_string().contains("s3://media"), "{error}");
    }
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    server.inject(Fault::new(denied).operation("GetObjectTagging"));
    assert_eq!(storage.tags("a é").await.unwrap_err().kind(), ErrorKind::PermissionDenied);
}

/// Properties of the source are kept; those that it lacks come from the defaults.
#[tokio::test]
async fn copies_keep_tags_and_storage_class() {
    let server = server().await;
    let plain = Store::new(storage(&server));
    let defaults = builder(&server).object_parameters(parameters()).build().unwrap();
    let own = ObjectParameters::default()
        .with_storage_class(StorageClass::GLACIER_IR)
        .with_tags(tags(&[("own", "1")]));
    defaults.save_with("tagged", Content::bytes("x"), SaveOptions::default(), own).await.unwrap();
    plain.save("bare", "x").await.unwrap();
    let defaults = Store::new(defaults);
    defaults.copy("tagged", "copy").await.unwrap();
    defaults.copy("bare", "clothed").await.unwrap();
    plain.copy("tagged", "plain copy").await.unwrap();
    plain.copy("bare", "bare copy").await.unwrap();
    for (key, class, tags) in [
        ("copy", Some("GLACIER_IR"), vec![("own", "1")]),
        ("plain copy", Some("GLACIER_IR"), vec![("own", "1")]),
        ("clothed", Some("STANDARD_IA"), vec![("a b", ""), ("team", "web + é")]),
        ("bare copy", None, vec![]),
    ] {
        let object = object(&server, key);
        assert_eq!((object.storage_class.as_deref(), stored_tags(&object)), (class, tags), "{key}");
    }
    let moved = defaults.rename("copy", "moved").await.unwrap();
    assert_eq!(stored_tags(&object(&server, moved.name.as_str())), [("own", "1")]);
}

#[tokio::test]
async fn details_tell_what_metadata_does_not() {
    let server = server().await;
    let storage = builder(&server).object_parameters(parameters()).build().unwrap();
    let store = Store::new(storage.clone());
    store.save("a", "x").await.unwrap();
    server.clear_requests();
    let details = storage.details("a").await.unwrap();
    assert_eq!(server.requests().len(), 1);
    assert_eq!(details.storage_class, StorageClass::STANDARD_IA);
    assert_eq!((details.parts, details.tags, details.version.as_deref()), (None, Some(2), None));
    assert_eq!((details.has_customer_key, details.is_archived), (false, false));
    store.save("large", noise(9 * MIB)).await.unwrap();
    let details = storage.details("large").await.unwrap();
    assert_eq!((details.parts, details.has_full_checksum), (Some(2), Some(true)));
    assert!(matches!(details.encryption, None | Some(Encryption::S3)), "{details:?}");
    Store::new(self::storage(&server)).save("plain", "x").await.unwrap();
    assert_eq!(storage.details("plain").await.unwrap().storage_class, StorageClass::STANDARD);
    assert_eq!(storage.details("missing").await.unwrap_err().kind(), ErrorKind::NotFound);
}

/// A client that uploads straight to the bucket cannot leave them out: they are signed for.
#[tokio::test]
async fn upload_requests_carry_the_defaults() {
    let server = server().await;
    let storage =
        builder(&server).object_parameters(parameters().with_acl(CannedAcl::PublicRead)).build().unwrap();
    let store = Store::new(storage);
    let put = store.upload_request("a.txt").await.unwrap();
    assert_eq!(put.headers["x-amz-storage-class"], "STANDARD_IA");
    assert_eq!(put.headers["x-amz-tagging"], "a%20b=&team=web%20%2B%20%C3%A9");
    assert_eq!(put.headers["x-amz-acl"], "public-read");
    let form = store.upload_request("a.txt").method(holdall_core::UploadMethod::Post).await.unwrap();
    assert_eq!(form.fields["x-amz-storage-class"], "STANDARD_IA");
    assert_eq!(form.fields["acl"], "public-read");
    let tag = |name: &str, value: &str| format!("<Tag><Key>{name}</Key><Value>{value}</Value></Tag>");
    let expected =
        format!("<Tagging><TagSet>{}{}</TagSet></Tagging>", tag("a b", ""), tag("team", "web + é"));
    assert_eq!(form.fields["tagging"], expected);
}
