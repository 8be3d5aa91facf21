//! Loops over pages end, whatever the server says.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use holdall_core::{Storage as _, Store};
use holdall_testing::misbehaving::{Misbehaving, Reply};

use super::builder;

/// Every page has the same file and says that there is another page, behind the same mark or behind none.
#[tokio::test]
async fn listings_that_go_in_circles_end() {
    let entry =
        "<Contents><Key>a</Key><Size>1</Size><LastModified>2026-12-01T00:00:00Z</LastModified></Contents>";
    let next = "<NextContinuationToken>t</NextContinuationToken><NextKeyMarker>a.txt</NextKeyMarker>\
                <NextVersionIdMarker>v</NextVersionIdMarker><NextUploadIdMarker>u</NextUploadIdMarker>";
    for (marks, words) in [(next, "circles"), ("", "does not say how it goes on")] {
        for root in ["ListBucketResult", "ListVersionsResult", "ListMultipartUploadsResult"] {
            let page = format!("<{root}><IsTruncated>true</IsTruncated>{entry}{marks}</{root}>");
            let server = Misbehaving::start(Reply::new("circle", 200).body(&page)).await.unwrap();
            let storage = builder(&server).build().unwrap();
            let store = Store::new(storage.clone());
            let errors = match root {
                "ListBucketResult" => vec![
                    store.listdir("").await.map(drop).unwrap_err(),
                    store.list("").stream().try_collect::<Vec<_>>().await.map(drop).unwrap_err(),
                ],
                "ListVersionsResult" => {
                    vec![storage.versions("a.txt").try_collect::<Vec<_>>().await.map(drop).unwrap_err()]
                }
                _ => vec![storage.sweep(Duration::from_hours(24)).await.map(drop).unwrap_err()],
            };
            for error in errors {
                assert!(error.to_string().contains(words), "{root}: {error}");
                assert!(!error.is_retryable(), "{error}");
            }
            assert!(server.met() < 8, "{} requests", server.met());

            // Deleting is polite here, so that it is the listing that ends it.
            let listing =
                Misbehaving::only("ListObjectsV2", Reply::new("circle", 200).body(&page)).await.unwrap();
            let store = Store::new(builder(&listing).build().unwrap());
            assert!(store.delete_location("a").await.is_err());
            assert!(listing.met() < 8, "{} requests", listing.met());
        }
    }
}

/// The buckets of an account, and the parts of an upload.
#[tokio::test]
async fn the_other_listings_end_too() {
    let page = "<ListAllMyBucketsResult><ContinuationToken>t</ContinuationToken><Buckets><Bucket><Name>a</Name></Bucket>\
                </Buckets></ListAllMyBucketsResult>";
    let server = Misbehaving::start(Reply::new("circle", 200).body(page)).await.unwrap();
    let storage = builder(&server).build().unwrap();
    let error = storage.buckets().list().try_collect::<Vec<_>>().await.map(drop).unwrap_err();
    assert!(error.to_string().contains("circles"), "{error}");

    let page = "<ListPartsResult><UploadId>upload-1</UploadId><IsTruncated>true</IsTruncated>\
                <NextPartNumberMarker>1</NextPartNumberMarker><Part><PartNumber>1</PartNumber><Size>9</Size></Part></ListPartsResult>";
    let server = Misbehaving::only("ListParts", Reply::new("circle", 200).body(page)).await.unwrap();
    let storage = builder(&server).build().unwrap();
    let policy = holdall_core::UploadPolicy::default().with_max_size(50 << 20);
    let uploads = storage.multipart_uploads(policy).unwrap();
    let upload = uploads.create("a.bin").await.unwrap();
    let name = upload.name.clone();
    let error = uploads.complete(name.as_str(), &upload).await.unwrap_err();
    assert!(error.to_string().contains("circles"), "{error}");
    assert!(server.met() < 5);
}
