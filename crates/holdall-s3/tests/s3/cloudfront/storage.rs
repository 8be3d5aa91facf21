//! `Storage::url` behind CloudFront.

use std::time::{Duration, SystemTime};

use holdall_core::{ErrorKind, Store, UrlMethod, Visibility};
use holdall_s3::{S3Storage, S3StorageBuilder};

use super::viewer::Viewer;
use super::{EC, KEY_ID, RSA, at};

const NOW: u64 = 1_800_000_000;

/// A clock that stands still, between two seconds.
#[derive(Debug)]
struct Clock;

impl holdall_s3::sdk::TimeSource for Clock {
    fn now(&self) -> SystemTime {
        at(NOW) + Duration::from_millis(700)
    }
}

/// No region, no credentials of S3: none are asked for.
fn builder(key: &str) -> S3StorageBuilder {
    S3Storage::builder("my-site")
        .location("media")
        .custom_domain("cdn.example.com")
        .cloudfront_key_id(KEY_ID)
        .cloudfront_key(key)
        .time_source(Clock)
}

fn store(key: &str) -> Store {
    Store::new(builder(key).build().expect("good settings"))
}

#[tokio::test]
async fn private_urls_are_signed_for_the_custom_domain_and_public_ones_plain() {
    for key in [RSA, EC] {
        let store = store(key);
        let signed = store.url("usr/a b+c*.txt").await.unwrap();
        assert!(signed.url.starts_with("https://cdn.example.com/media/usr/a%20b%2Bc%2A.txt?Expires="));
        assert_eq!(signed.expires_at, Some(at(NOW + 3600)));
        assert!(Viewer::at(NOW + 3599).may_read(key, &signed.url));
        assert!(!Viewer::at(NOW + 3600).may_read(key, &signed.url));
        assert!(!Viewer::at(NOW).may_read(key, &signed.url.replace("usr/", "etc/")));
        let plain = store.url("usr/a b.txt").visibility(Visibility::Public).await.unwrap();
        assert_eq!((plain.as_str(), plain.expires_at), ("https://cdn.example.com/media/usr/a%20b.txt", None));
    }
    let public = Store::new(builder(RSA).visibility(Visibility::Public).build().unwrap());
    assert_eq!(public.url("a.txt").await.unwrap().url, "https://cdn.example.com/media/a.txt");
    let signed = public.url("a.txt").visibility(Visibility::Private).await.unwrap();
    assert!(Viewer::at(NOW).may_read(RSA, &signed.url));
}

#[tokio::test]
async fn urls_end_when_they_were_asked_to() {
    let store = store(RSA);
    let week = 7 * 24 * 3600;
    for seconds in [1, 600, week, 4 * week] {
        let signed =
            store.url("a.txt").expires_in(Duration::from_millis(seconds * 1000 + 999)).await.unwrap();
        assert_eq!(signed.expires_at, Some(at(NOW + seconds)), "S3's limit of a week is not CloudFront's");
        assert!(signed.url.contains(&format!("?Expires={}&", NOW + seconds)), "{}", signed.url);
    }
    let same = [store.url("a.txt").await.unwrap(), store.url("a.txt").await.unwrap()];
    assert_eq!(same[0], same[1], "RSA gives the same URL for the same time");
    for duration in [Duration::from_millis(999), Duration::from_hours(900_000), Duration::MAX] {
        let error = store.url("a.txt").expires_in(duration).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
}

#[tokio::test]
async fn version_and_response_headers_are_part_of_what_is_signed() {
    let versioned = Store::new(builder(RSA).versions(true).build().unwrap());
    let url = versioned
        .url("a.txt")
        .response_content_disposition("attachment; filename*=UTF-8''na%C3%AFve.txt")
        .response_content_type("text/plain")
        .version("3/L4kqtJ")
        .await
        .unwrap()
        .url;
    let query = "?response-content-disposition=attachment%3B%20filename%2A%3DUTF-8%27%27na%25C3%25AFve.txt\
                 &response-content-type=text%2Fplain&versionId=3%2FL4kqtJ&Expires=";
    assert!(url.contains(query), "{url}");
    assert!(Viewer::at(NOW).may_read(RSA, &url));
    assert!(!Viewer::at(NOW).may_read(RSA, &url.replace("text%2Fplain", "text%2Fhtml")));
    let refused =
        store(RSA).url("a.txt").visibility(Visibility::Public).response_cache_control("no-store").await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_method_cannot_be_bound() {
    let error = store(RSA).url("a.txt").method(UrlMethod::Head).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("sign for GET, which HEAD may use too"), "{error}");
}
