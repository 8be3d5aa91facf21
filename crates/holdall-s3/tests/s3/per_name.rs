//! Attributes by name, seen in the requests.

use holdall_core::{Attributes, ErrorKind, Store, UploadMethod, Visibility};
use holdall_s3::{CannedAcl, ObjectParameters, StorageClass};

use crate::support::{MIB, builder, noise, server};

fn cache_control(value: &str) -> Attributes {
    let mut attributes = Attributes::default();
    attributes.cache_control = Some(value.to_owned());
    attributes
}

#[tokio::test]
async fn a_saves_own_come_before_those_of_its_name_before_the_defaults() {
    let server = server().await;
    let mut defaults = cache_control("default");
    defaults.content_language = Some("de".to_owned());
    defaults.content_disposition = Some("inline".to_owned());
    defaults.user.insert("from".to_owned(), "default".to_owned());
    defaults.user.insert("kept".to_owned(), "default".to_owned());
    let storage = builder(&server)
        .location("media")
        .part_size(5 << 20)
        .default_attributes(defaults)
        .attributes_for(|name| {
            let mut attributes = cache_control(name.as_str());
            if name.file_name().rsplit_once('.').is_some_and(|(_, extension)| extension == "zip") {
                attributes.content_disposition = Some("attachment".to_owned());
            }
            attributes.user.insert("from".to_owned(), "name".to_owned());
            attributes
        })
        .build()
        .unwrap();
    let store = Store::new(storage);
    store.save("a.txt", "x").await.unwrap();
    store.save("b.zip", noise(6 * MIB)).await.unwrap();
    store.save("c.zip", "x").cache_control("own").user_metadata("from", "own").await.unwrap();
    let found = async |name: &str| {
        let attributes = store.metadata(name).await.unwrap().attributes;
        let user = ["from", "kept"].map(|key| attributes.user[key].clone());
        (attributes.cache_control.unwrap(), attributes.content_disposition.unwrap(), user)
    };
    let expected = |cache: &str, disposition: &str, from: &str| {
        (cache.to_owned(), disposition.to_owned(), [from.to_owned(), "default".to_owned()])
    };
    assert_eq!(found("a.txt").await, expected("a.txt", "inline", "name"));
    assert_eq!(found("b.zip").await, expected("b.zip", "attachment", "name"), "by parts, too");
    assert_eq!(found("c.zip").await, expected("own", "attachment", "own"));
    assert_eq!(store.metadata("a.txt").await.unwrap().attributes.content_language.as_deref(), Some("de"));

    // Another name of a save is not another kind of file: the name is the one that was asked for.
    let renamed = store.save("a.txt", "y").await.unwrap().name;
    assert_ne!(renamed, "a.txt");
    assert_eq!(found(renamed.as_str()).await.0, "a.txt");
    // A copy keeps what it is a copy of.
    store.copy("a.txt", "d.zip").await.unwrap();
    assert_eq!(found("d.zip").await, expected("a.txt", "inline", "name"));
    // Direct uploads of clients are bound to the same.
    let request = store.upload_request("e.zip").method(UploadMethod::Put).await.unwrap();
    let header = |name: &str| request.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
    assert_eq!(header("cache-control").map(|(_, value)| value.as_str()), Some(request.name.as_str()));
}

#[tokio::test]
async fn storage_classes_and_acls_come_by_name_too() {
    let server = server().await;
    let storage = builder(&server)
        .object_parameters(
            ObjectParameters::default()
                .with_storage_class(StorageClass::STANDARD_IA)
                .with_acl(CannedAcl::BucketOwnerFullControl),
        )
        .object_parameters_for(|name| match name.as_str() {
            "cold" => ObjectParameters::default().with_storage_class(StorageClass::GLACIER),
            "public" => ObjectParameters::default().with_acl(CannedAcl::PublicRead),
            _ => ObjectParameters::default(),
        })
        .build()
        .unwrap();
    let store = Store::new(storage);
    let sent = async |name: &str, visibility: Option<Visibility>| {
        server.clear_requests();
        let mut attributes = Attributes::default();
        attributes.visibility = visibility;
        store.save(name, "x").attributes(attributes).overwrite().await.unwrap();
        let request = server.requests().into_iter().find(|request| request.operation == "PutObject").unwrap();
        ["x-amz-storage-class", "x-amz-acl"]
            .map(|header| request.header(header).unwrap_or_default().to_owned())
    };
    assert_eq!(sent("other", None).await, ["STANDARD_IA", "bucket-owner-full-control"]);
    assert_eq!(sent("cold", None).await, ["GLACIER", "bucket-owner-full-control"]);
    assert_eq!(sent("public", None).await, ["STANDARD_IA", "public-read"]);
    assert_eq!(sent("public", Some(Visibility::Private)).await, ["STANDARD_IA", "private"]);
}

#[tokio::test]
async fn what_cannot_be_stored_is_an_error_before_any_request() {
    let server = server().await;
    let storage = builder(&server).attributes_for(|_| cache_control("no\nheader")).build().unwrap();
    let before = server.requests().len();
    let error = Store::new(storage).save("a.txt", "x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(
        error
            .to_string()
            .contains("attributes_for or object_parameters_for gave what cannot be used: cache-control"),
        "{error}"
    );
    assert_eq!(server.requests().len(), before);
}
