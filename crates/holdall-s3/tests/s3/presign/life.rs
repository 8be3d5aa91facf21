//! How long signed requests live: promise S7, a URL never outlives what it says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use holdall_core::{ErrorKind, Result, Store};
use holdall_s3::sdk::{Credentials, ProvideCredentials};
use holdall_s3::{PresignRequest, S3Storage, S3StorageBuilder};

use super::{Clock, at};

/// Some second of the year 2027: a multiple of an hour.
const HOUR: u64 = 1_800_000_000;
/// Now, so many seconds into the hour.
const NOW: u64 = HOUR + 123;
const WEEK: u64 = 604_800;

/// Gives credentials that end at a time of their own at each call; the last one again and again.
#[derive(Debug, Clone)]
struct Ends(Arc<[Option<u64>]>, Arc<AtomicU64>);

impl Ends {
    fn at(ends: &[Option<u64>]) -> Self {
        Self(ends.into(), Arc::default())
    }

    fn asked(&self) -> u64 {
        self.1.load(Ordering::SeqCst)
    }
}

impl ProvideCredentials for Ends {
    fn provide_credentials<'a>(&'a self) -> aws_credential_types::provider::future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let call = self.1.fetch_add(1, Ordering::SeqCst);
        let index = usize::try_from(call).unwrap().min(self.0.len() - 1);
        let keys = Credentials::new(format!("key{call}"), "canary", None, self.0[index].map(at), "test");
        aws_credential_types::provider::future::ProvideCredentials::ready(Ok(keys))
    }
}

fn builder(ends: &Ends, clock: &Clock) -> S3StorageBuilder {
    S3Storage::builder("my-site")
        .region("eu-central-1")
        .credentials_provider(ends.clone())
        .time_source(clock.clone())
}

/// When the signature itself ends, which is what the server goes by.
fn signed_end(url: &str) -> u64 {
    let value = |name: &str| url.split(name).nth(1).unwrap().split('&').next().unwrap();
    // 20270115T080203Z; every time here is of one day.
    let date = value("X-Amz-Date=");
    assert_eq!(&date[..9], "20270115T");
    let number = |range: std::ops::Range<usize>| date[range].parse::<u64>().unwrap();
    let midnight = HOUR - HOUR % 86_400;
    let start = midnight + number(9..11) * 3600 + number(11..13) * 60 + number(13..15);
    start + value("X-Amz-Expires=").parse::<u64>().unwrap()
}

#[tokio::test]
async fn nothing_outlives_its_credentials_or_what_it_says() {
    let lives = [1, 10, 59, 60, 61, 299, 300, 3600, 6 * 3600, 12 * 3600, 36 * 3600, 8 * 86_400];
    for left in lives.map(Some).into_iter().chain([None]) {
        for asked in [1, 60, 600, 3600, 86_400, WEEK, WEEK + 1] {
            let end = left.map(|left| NOW + left);
            let expected = NOW + asked.min(WEEK).min(left.unwrap_or(u64::MAX));
            let clock = Clock::at(NOW);
            let ends = Ends::at(&[end]);
            let asked_for = Duration::from_secs(asked);

            let storage = builder(&ends, &clock).build().unwrap();
            let store = Store::new(storage.clone());
            let link = store.url("a").expires_in(asked_for).await.unwrap();
            let put = store.upload_request("a").expires_in(asked_for).await.unwrap();
            let form = store.upload_request("a").max_size(1).expires_in(asked_for).await.unwrap();
            let any = storage.presign(PresignRequest::delete("a").expires_in(asked_for)).await.unwrap();
            for said in [link.expires_at.unwrap(), put.expires_at, form.expires_at, any.expires_at] {
                assert_eq!(said, at(expected), "{left:?} left, {asked} asked");
            }
            for url in [&link.url, &put.url, &any.url] {
                assert_eq!(signed_end(url), expected, "what is promised is what is signed");
            }

            let strict = Store::new(builder(&ends, &clock).strict_expiry(true).build().unwrap());
            let is_whole = expected == NOW + asked;
            match strict.url("a").expires_in(asked_for).await {
                Ok(url) => assert!(is_whole && url.expires_at == Some(at(expected))),
                Err(error) if asked > WEEK => {
                    assert_eq!(error.kind(), ErrorKind::InvalidInput);
                    assert!(error.to_string().contains("seven days"), "{error}");
                }
                Err(error) => {
                    assert!(!is_whole, "{error}");
                    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
                    let says = format!("end in {} s", left.unwrap());
                    assert!(error.to_string().contains(&says), "{error}");
                }
            }
        }
    }
}

#[tokio::test]
async fn credentials_that_end_too_soon_are_refreshed_before_anything_is_cut() {
    let clock = Clock::at(NOW);
    for strict in [false, true] {
        let ends = Ends::at(&[Some(NOW + 100), Some(NOW + 7200)]);
        let store = Store::new(builder(&ends, &clock).strict_expiry(strict).build().unwrap());
        // Good enough for a minute.
        let short = store.url("a").expires_in(Duration::from_secs(100)).await.unwrap();
        assert_eq!((short.expires_at, ends.asked()), (Some(at(NOW + 100)), 1));
        clock.set(NOW + 60);
        let long = store.url("a").expires_in(Duration::from_hours(1)).await.unwrap();
        assert_eq!((long.expires_at, ends.asked()), (Some(at(NOW + 60 + 3600)), 2));
        clock.set(NOW);
    }
    let gone = Store::new(builder(&Ends::at(&[Some(NOW)]), &clock).build().unwrap());
    assert_eq!(gone.url("a").await.unwrap_err().kind(), ErrorKind::PermissionDenied);
}

#[tokio::test]
async fn links_stay_the_same_within_their_window() {
    let clock = Clock::at(HOUR);
    let ends = Ends::at(&[None]);
    let storage = builder(&ends, &clock).expiry_window(Duration::from_mins(30)).build().unwrap();
    let store = Store::new(storage);
    let url = async |second: u64| {
        clock.set(HOUR + second);
        store.url("usr/cat.jpg").await.unwrap()
    };
    let first = url(0).await;
    assert_eq!(url(1).await, first);
    assert_eq!(url(1799).await, first);
    // An hour from the beginning of the window, and so it is said.
    assert_eq!(first.expires_at, Some(at(HOUR + 3600)));
    assert_eq!(signed_end(&first.url), HOUR + 3600);
    let second = url(1800).await;
    assert_ne!(second.url, first.url);
    assert_eq!(second.expires_at, Some(at(HOUR + 1800 + 3600)));
    assert_ne!(store.url("usr/dog.jpg").await.unwrap(), second);

    // A link that shall live shorter than the window is signed for the moment, and so is an upload.
    clock.set(HOUR + 1000);
    let short = store.url("usr/cat.jpg").expires_in(Duration::from_mins(5)).await.unwrap();
    assert_eq!(short.expires_at, Some(at(HOUR + 1300)));
    let upload = store.upload_request("a").overwrite().await.unwrap();
    assert_eq!(upload.expires_at, at(HOUR + 4600));
}

#[tokio::test]
async fn links_of_cloudfront_have_the_window_too() {
    let clock = Clock::at(HOUR);
    let key = include_str!("../golden/cloudfront_rsa.pem");
    let storage = builder(&Ends::at(&[None]), &clock)
        .custom_domain("cdn.example.com")
        .cloudfront_key_id("K2TESTHOLDALL")
        .cloudfront_key(key)
        .expiry_window(Duration::from_mins(30))
        .build()
        .unwrap();
    let store = Store::new(storage);
    let first = store.url("a").response_expires(at(HOUR)).await.unwrap();
    assert!(first.url.contains("response-expires="), "{}", first.url);
    clock.set(HOUR + 1799);
    assert_eq!(store.url("a").response_expires(at(HOUR)).await.unwrap(), first);
    assert_eq!(first.expires_at, Some(at(HOUR + 3600)));
    clock.set(HOUR + 1800);
    assert_ne!(store.url("a").response_expires(at(HOUR)).await.unwrap(), first);
}

#[tokio::test]
async fn a_window_keeps_its_credentials_as_long_as_can_be() {
    let clock = Clock::at(HOUR);
    // A role's sessions, each an hour; the window is asked about a link of an hour.
    let ends = Ends::at(&[Some(HOUR + 3000), Some(HOUR + 9000), Some(HOUR + 20_000)]);
    let store = Store::new(builder(&ends, &clock).expiry_window(Duration::from_mins(30)).build().unwrap());
    let url = async |second: u64| -> Result<_> {
        clock.set(HOUR + second);
        store.url("a").await
    };
    let first = url(0).await.unwrap();
    assert_eq!(first.expires_at, Some(at(HOUR + 3000)), "cut to the session");
    // The provider has better ones, but they would make another link.
    assert_eq!(url(600).await.unwrap(), first);
    assert_eq!(url(1799).await.unwrap(), first);
    assert_eq!(ends.asked(), 1);
    let second = url(1800).await.unwrap();
    assert_eq!((second.expires_at, ends.asked()), (Some(at(HOUR + 1800 + 3600)), 2));

    // Credentials that end inside the window cannot hold it.
    let ends = Ends::at(&[Some(HOUR + 100), Some(HOUR + 9000)]);
    let store = Store::new(builder(&ends, &clock).expiry_window(Duration::from_mins(30)).build().unwrap());
    clock.set(HOUR);
    let first = store.url("a").await.unwrap();
    clock.set(HOUR + 99);
    let second = store.url("a").await.unwrap();
    assert_eq!(first.expires_at, Some(at(HOUR + 100)));
    assert_eq!(second.expires_at, Some(at(HOUR + 3600)));
}

#[test]
fn windows_and_lives_that_cannot_be_are_refused() {
    let build = |set: fn(S3StorageBuilder) -> S3StorageBuilder| {
        set(builder(&Ends::at(&[None]), &Clock::at(NOW)))
            .build()
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert!(build(|builder| builder.expiry_window(Duration::from_hours(1))).is_ok());
    for set in [
        |builder: S3StorageBuilder| builder.expiry_window(Duration::from_secs(3601)),
        |builder: S3StorageBuilder| builder.expiry_window(Duration::ZERO),
        |builder: S3StorageBuilder| builder.expiry_window(Duration::from_millis(1500)),
    ] {
        assert!(build(set).unwrap_err().contains("expiry_window"));
    }
    assert!(build(|builder| builder.url_expires_in(Duration::from_secs(WEEK + 1))).is_err());
    assert!(
        build(|builder| builder.public_endpoint("files.example.com"))
            .unwrap_err()
            .contains("public endpoint")
    );
    assert!(build(|builder| builder.public_endpoint("https://key:canary@files.example.com")).is_err());
}
