//! Versions: kept, listed, read, restored and deleted by id; delete markers.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    BucketVersioningStatus, Delete, ObjectCannedAcl, ObjectIdentifier, VersioningConfiguration,
};
use holdall_testing::s3_server::{CannedAcl, S3Server};

use crate::{BUCKET, client, http, refusal, server};

async fn versioned() -> S3Server {
    S3Server::builder().credentials("AKID", "secret").versioned(BUCKET).start().await.expect("a free port")
}

async fn set(s3: &Client, status: BucketVersioningStatus) {
    let configuration = VersioningConfiguration::builder().status(status).build();
    s3.put_bucket_versioning().bucket(BUCKET).versioning_configuration(configuration).send().await.unwrap();
}

async fn put(s3: &Client, key: &str, content: &'static str) -> Option<String> {
    let put = s3.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(content.as_bytes()));
    put.send().await.unwrap().version_id
}

async fn text(s3: &Client, key: &str, version: Option<&str>) -> String {
    let got = s3.get_object().bucket(BUCKET).key(key).set_version_id(version.map(str::to_owned));
    String::from_utf8(got.send().await.unwrap().body.collect().await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn a_bucket_without_versions_does_not_mention_them() {
    let server = server().await;
    let s3 = client(&server);
    assert_eq!(s3.get_bucket_versioning().bucket(BUCKET).send().await.unwrap().status(), None);
    assert_eq!(put(&s3, "k", "one").await, None);
    assert_eq!(s3.head_object().bucket(BUCKET).key("k").send().await.unwrap().version_id(), None);
    assert_eq!(text(&s3, "k", Some("null")).await, "one");
    let listed = s3.list_object_versions().bucket(BUCKET).send().await.unwrap();
    assert_eq!(listed.versions()[0].version_id(), Some("null"));
    let gone = s3.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!((gone.version_id(), gone.delete_marker()), (None, None));
    assert!(server.versions(BUCKET, "k").is_empty());
}

#[tokio::test]
async fn every_write_and_every_delete_keeps_what_was_there() {
    let server = server().await;
    let s3 = client(&server);
    put(&s3, "k", "before").await;
    set(&s3, BucketVersioningStatus::Enabled).await;
    let status = s3.get_bucket_versioning().bucket(BUCKET).send().await.unwrap();
    assert_eq!(status.status(), Some(&BucketVersioningStatus::Enabled));

    let one = put(&s3, "k", "one").await.unwrap();
    let two = put(&s3, "k", "two").await.unwrap();
    assert_ne!(one, two);
    assert_eq!(text(&s3, "k", None).await, "two");
    assert_eq!(text(&s3, "k", Some(&one)).await, "one");
    assert_eq!(text(&s3, "k", Some("null")).await, "before");
    let head = s3.head_object().bucket(BUCKET).key("k").version_id(&one).send().await.unwrap();
    assert_eq!(head.version_id(), Some(one.as_str()));

    let deleted = s3.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
    let marker = deleted.version_id().unwrap().to_owned();
    assert_eq!(deleted.delete_marker(), Some(true));
    assert_eq!(refusal(s3.get_object().bucket(BUCKET).key("k").send().await), (404, "NoSuchKey".into()));
    let by_id = s3.get_object().bucket(BUCKET).key("k").version_id(&marker).send().await;
    assert_eq!(refusal(by_id), (405, "MethodNotAllowed".into()));
    let head = s3.head_object().bucket(BUCKET).key("k").version_id(&marker).send().await.unwrap_err();
    assert_eq!(head.raw_response().unwrap().headers().get("x-amz-delete-marker"), Some("true"));
    assert!(s3.list_objects_v2().bucket(BUCKET).send().await.unwrap().contents().is_empty());
    assert_eq!(text(&s3, "k", Some(&two)).await, "two");
    assert_eq!(server.versions(BUCKET, "k"), [marker.as_str(), &two, &one, "null"]);

    // Deleting the marker brings the object back; deleting a version is for good.
    let gone = s3.delete_object().bucket(BUCKET).key("k").version_id(&marker).send().await.unwrap();
    assert_eq!((gone.version_id(), gone.delete_marker()), (Some(marker.as_str()), Some(true)));
    assert_eq!(text(&s3, "k", None).await, "two");
    let gone = s3.delete_object().bucket(BUCKET).key("k").version_id(&two).send().await.unwrap();
    assert_eq!((gone.version_id(), gone.delete_marker()), (Some(two.as_str()), None));
    assert_eq!(text(&s3, "k", None).await, "one");
    let missing = s3.get_object().bucket(BUCKET).key("k").version_id(&two).send().await;
    assert_eq!(refusal(missing), (404, "NoSuchVersion".into()));
    let nonsense = s3.get_object().bucket(BUCKET).key("k").version_id("nonsense").send().await;
    assert_eq!(refusal(nonsense), (400, "InvalidArgument".into()));
    // Twice deleted is deleted.
    s3.delete_object().bucket(BUCKET).key("k").version_id(&two).send().await.unwrap();
    assert_eq!(refusal(s3.delete_bucket().bucket(BUCKET).send().await), (409, "BucketNotEmpty".into()));
}

#[tokio::test]
async fn suspended_versioning_replaces_the_null_version_only() {
    let server = versioned().await;
    let s3 = client(&server);
    let kept = put(&s3, "k", "kept").await.unwrap();
    set(&s3, BucketVersioningStatus::Suspended).await;
    assert_eq!(put(&s3, "k", "null 1").await.as_deref(), Some("null"));
    assert_eq!(put(&s3, "k", "null 2").await.as_deref(), Some("null"));
    assert_eq!(server.versions(BUCKET, "k"), ["null", kept.as_str()]);
    assert_eq!(text(&s3, "k", Some("null")).await, "null 2");
    let deleted = s3.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!((deleted.version_id(), deleted.delete_marker()), (Some("null"), Some(true)));
    assert_eq!(server.versions(BUCKET, "k"), ["null", kept.as_str()]);
    assert_eq!(refusal(s3.get_object().bucket(BUCKET).key("k").send().await).0, 404);
    assert_eq!(text(&s3, "k", Some(&kept)).await, "kept");
}

#[tokio::test]
async fn conditions_see_the_current_version_and_no_marker() {
    let server = versioned().await;
    let s3 = client(&server);
    let create = || {
        let put = s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x"));
        put.if_none_match("*").send()
    };
    let first = create().await.unwrap();
    assert_eq!(refusal(create().await), (412, "PreconditionFailed".into()));
    put(&s3, "k", "other").await;
    let stale = s3.put_object().bucket(BUCKET).key("k").if_match(first.e_tag().unwrap()).send().await;
    assert_eq!(refusal(stale), (412, "PreconditionFailed".into()));
    s3.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
    create().await.expect("a delete marker is nothing");
    assert_eq!(server.versions(BUCKET, "k").len(), 4);
}

#[tokio::test]
async fn copies_read_a_version() {
    let server = versioned().await;
    let s3 = client(&server);
    let one = put(&s3, "k", "one").await.unwrap();
    put(&s3, "k", "two").await;
    let copy = |to: &str, version: &str| {
        let source = format!("{BUCKET}/k?versionId={version}");
        s3.copy_object().bucket(BUCKET).key(to).copy_source(source).send()
    };
    let copied = copy("old", &one).await.unwrap();
    assert_eq!(copied.copy_source_version_id(), Some(one.as_str()));
    assert_eq!(copied.version_id().unwrap(), server.versions(BUCKET, "old")[0]);
    assert_eq!(text(&s3, "old", None).await, "one");
    copy("k", &one).await.expect("a copy over itself restores an older version");
    assert_eq!(text(&s3, "k", None).await, "one");

    let created = s3.create_multipart_upload().bucket(BUCKET).key("parts").send().await.unwrap();
    let part = s3.upload_part_copy().bucket(BUCKET).key("parts").upload_id(created.upload_id().unwrap());
    let part = part.part_number(1).copy_source(format!("{BUCKET}/k?versionId={one}")).send().await.unwrap();
    assert_eq!(part.copy_source_version_id(), Some(one.as_str()));

    let marker = s3.delete_object().bucket(BUCKET).key("k").send().await.unwrap().version_id.unwrap();
    assert_eq!(refusal(copy("x", &marker).await), (400, "InvalidRequest".into()));
    let current = s3.copy_object().bucket(BUCKET).key("x").copy_source(format!("{BUCKET}/k")).send().await;
    assert_eq!(refusal(current), (404, "NoSuchKey".into()));
}

#[tokio::test]
async fn an_acl_belongs_to_a_version() {
    let server = versioned().await;
    let s3 = client(&server);
    let one = put(&s3, "k", "one").await.unwrap();
    put(&s3, "k", "two").await;
    let acl = s3.put_object_acl().bucket(BUCKET).key("k").version_id(&one);
    acl.acl(ObjectCannedAcl::PublicRead).send().await.unwrap();
    let url = format!("{}/{BUCKET}/k", server.endpoint());
    assert_eq!(http::send("GET", &url, &[], b"").await.unwrap().status, 403);
    let old = http::send("GET", &format!("{url}?versionId={one}"), &[], b"").await.unwrap();
    assert_eq!((old.status, old.text().as_str()), (200, "one"));
    assert_eq!(server.object(BUCKET, "k").unwrap().acl, CannedAcl::Private);
}

#[tokio::test]
async fn a_batch_deletes_by_version_and_by_marker() {
    let server = versioned().await;
    let s3 = client(&server);
    let one = put(&s3, "a", "one").await.unwrap();
    put(&s3, "b", "one").await;
    let object = |key: &str, version: Option<&str>| {
        ObjectIdentifier::builder().key(key).set_version_id(version.map(str::to_owned)).build().unwrap()
    };
    let delete =
        Delete::builder().objects(object("a", Some(&one))).objects(object("b", None)).build().unwrap();
    let done = s3.delete_objects().bucket(BUCKET).delete(delete).send().await.unwrap();
    let [a, b] = done.deleted() else { panic!("{done:?}") };
    assert_eq!((a.version_id(), a.delete_marker()), (Some(one.as_str()), None));
    assert_eq!((b.version_id(), b.delete_marker()), (None, Some(true)));
    assert_eq!(b.delete_marker_version_id().unwrap(), server.versions(BUCKET, "b")[0]);
    assert!(server.versions(BUCKET, "a").is_empty());
}

#[tokio::test]
async fn versions_are_listed_in_pages_by_key_and_newest_first() {
    let server = versioned().await;
    let s3 = client(&server);
    for key in ["a", "b/1", "b/2", "c d"] {
        for content in ["1", "2", "3"] {
            put(&s3, key, content).await;
        }
    }
    s3.delete_object().bucket(BUCKET).key("a").send().await.unwrap();
    for size in [1, 2, 3, 5, 1000] {
        let mut pages = s3.list_object_versions().bucket(BUCKET).max_keys(size);
        let mut seen = Vec::new();
        loop {
            let page = pages.clone().send().await.unwrap();
            assert!(page.versions().len() + page.delete_markers().len() <= usize::try_from(size).unwrap());
            for marker in page.delete_markers() {
                seen.push((marker.key().unwrap().to_owned(), marker.version_id().unwrap().to_owned()));
                assert_eq!(marker.is_latest(), Some(true));
            }
            for version in page.versions() {
                seen.push((version.key().unwrap().to_owned(), version.version_id().unwrap().to_owned()));
            }
            if page.is_truncated() != Some(true) {
                break;
            }
            let next = page.next_version_id_marker().map(str::to_owned);
            pages = pages.key_marker(page.next_key_marker().unwrap()).set_version_id_marker(next);
        }
        let expected: Vec<_> = ["a", "b/1", "b/2", "c d"]
            .into_iter()
            .flat_map(|key| server.versions(BUCKET, key).into_iter().map(move |id| (key.to_owned(), id)))
            .collect();
        assert_eq!(seen, expected, "pages of {size}");
    }
    let rolled = s3.list_object_versions().bucket(BUCKET).delimiter("/").max_keys(5).send().await.unwrap();
    assert_eq!((rolled.versions().len(), rolled.common_prefixes().len()), (3, 1));
    assert_eq!((rolled.next_key_marker(), rolled.next_version_id_marker()), (Some("b/"), None));
    let rest = s3.list_object_versions().bucket(BUCKET).delimiter("/").key_marker("b/").send().await.unwrap();
    assert_eq!((rest.versions().len(), rest.delete_markers().len(), rest.common_prefixes().len()), (3, 0, 0));
    let one = s3.list_object_versions().bucket(BUCKET).prefix("b/1").send().await.unwrap();
    assert_eq!(
        one.versions().iter().map(|version| version.is_latest().unwrap()).collect::<Vec<_>>(),
        [true, false, false]
    );
}
