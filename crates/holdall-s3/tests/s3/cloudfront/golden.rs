//! The same bytes as botocore's and django-storages', for the same key and policy.

use std::time::SystemTime;

use holdall_core::Store;
use holdall_s3::{CloudFrontCookies, CloudFrontPolicy, S3Storage};
use serde_json::Value;

use super::viewer::Viewer;
use super::{EC, KEY_ID, RSA, at, signer};

fn golden() -> Value {
    serde_json::from_str(include_str!("../golden/cloudfront.json")).expect("the golden values")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

/// botocore does not say which hash its caller took; SHA-256 has to be said.
const SUFFIX: &str = "&Hash-Algorithm=SHA256";

fn assert_cookies(cookies: &CloudFrontCookies, case: &Value) {
    let mut expected: Vec<(&str, &str)> =
        case["cookies"].as_array().unwrap().iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect();
    expected.push(("CloudFront-Hash-Algorithm", "SHA256"));
    let ours: Vec<_> = cookies.cookies.iter().map(|cookie| (cookie.name, cookie.value.as_str())).collect();
    assert_eq!(ours, expected);
}

fn policy(case: &Value) -> CloudFrontPolicy {
    let mut policy = CloudFrontPolicy::new(text(&case["resource"]), at(case["until"].as_u64().unwrap()));
    if let Some(from) = case["from"].as_u64() {
        policy = policy.starts_at(at(from));
    }
    if let Some(address) = case["address"].as_str() {
        policy = policy.ip_address(address);
    }
    policy
}

#[test]
fn canned_policies_match_botocore() {
    let golden = golden();
    let cases = golden["canned"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let (url, until) = (text(&case["url"]), at(case["until"].as_u64().unwrap()));
        let signer = signer(RSA);
        let made = signer.sign_url(url, until).unwrap();
        assert_eq!(made.url, format!("{}{SUFFIX}", text(&case["signed"])));
        assert_eq!(made.expires_at, Some(until));
        assert_cookies(&signer.sign_cookies(url, until).unwrap(), case);
    }
}

#[test]
fn custom_policies_match_botocore() {
    let golden = golden();
    let cases = golden["custom"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let signer = signer(RSA);
        let made = signer.sign_url_with(text(&case["url"]), &policy(case)).unwrap();
        assert_eq!(made.url, format!("{}{SUFFIX}", text(&case["signed"])));
        assert_cookies(&signer.sign_cookies_with(&policy(case)).unwrap(), case);
    }
}

#[test]
fn ecdsa_signs_the_policies_of_botocore_anew_each_time() {
    let golden = golden();
    let signer = signer(EC);
    for case in golden["canned"].as_array().unwrap() {
        let (url, until) = (text(&case["url"]), case["until"].as_u64().unwrap());
        let (one, other) =
            (signer.sign_url(url, at(until)).unwrap(), signer.sign_url(url, at(until)).unwrap());
        assert_ne!(one.url, other.url);
        for signed in [one, other] {
            assert!(Viewer::at(until - 1).may_read(EC, &signed.url), "{}", signed.url);
            assert!(!Viewer::at(until).may_read(EC, &signed.url), "{}", signed.url);
        }
    }
}

/// A clock that stands at the beginning of the epoch, as that of the golden values.
#[derive(Debug)]
struct AtZero;

impl holdall_s3::sdk::TimeSource for AtZero {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

#[tokio::test]
async fn urls_of_a_storage_match_django_storages() {
    let golden = golden();
    let cases = golden["django_storages"].as_array().unwrap();
    assert_eq!(cases.len(), 2);
    for case in cases {
        let storage = S3Storage::builder("bucket")
            .location(text(&case["location"]))
            .custom_domain("mock.cloudfront.net")
            .cloudfront_key_id(KEY_ID)
            .cloudfront_key(RSA)
            .time_source(AtZero)
            .build()
            .unwrap();
        let seconds = case["expire"].as_u64().unwrap();
        let store = Store::new(storage);
        let url = store.url(text(&case["name"])).expires_in(std::time::Duration::from_secs(seconds)).await;
        let url = url.unwrap().url;
        // It signs with SHA-1, so that all but the signature is the same.
        assert_eq!(unsigned(&url), format!("{}{SUFFIX}", unsigned(text(&case["signed"]))));
        assert!(Viewer::at(seconds - 1).may_read(RSA, &url), "{url}");
    }
}

/// The URL without its signature.
fn unsigned(url: &str) -> String {
    let (before, rest) = url.split_once("&Signature=").expect("a signature");
    let (_, after) = rest.split_once('&').expect("the id of a key");
    format!("{before}&{after}")
}
