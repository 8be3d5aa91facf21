//! What `url` promises.

use std::time::{Duration, SystemTime};

use holdall_core::ErrorKind::{InvalidInput, Unsupported};
use holdall_core::{FileUrl, Store, UrlMethod, Visibility};
use percent_encoding::percent_decode_str;

use crate::conformance::support::refused_naming;

/// Names whose characters mean something in a URL.
const NAMES: [&str; 8] = [
    "cat.jpg",
    "a b/c+d.txt",
    "a#b?c=d&e",
    "100%.txt",
    "%41",
    "日本/caf\u{e9}.png",
    "it's (1).pdf",
    "a:b;c,d=e",
];

/// How long the suite asks for.
const ASKED: Duration = Duration::from_mins(10);

/// A public file has a plain URL: it does not expire, and its path says the name. Promise 14.
pub async fn url_of_a_public_file_is_plain(store: &Store) {
    for name in NAMES {
        let url = store.url(name).visibility(Visibility::Public).await.unwrap();
        assert_eq!(url.expires_at, None);
        says(&url, name);
        let asked = store.url(name).visibility(Visibility::Public).expires_in(ASKED).await.unwrap();
        assert_eq!(asked, url, "a plain URL does not expire, so it is the same whatever expiry is asked for");
    }
}

/// A private file has a signed URL that says when it expires: not later than was asked for. Promise 14.
pub async fn url_of_a_private_file_is_signed_and_expires(store: &Store) {
    for name in NAMES {
        let before = SystemTime::now();
        let url = store.url(name).visibility(Visibility::Private).expires_in(ASKED).await.unwrap();
        let expires_at = url.expires_at.expect("a signed URL says when it expires");
        assert!(expires_at > before, "the URL has expired already");
        // Signatures count whole seconds.
        assert!(
            expires_at <= SystemTime::now() + ASKED + Duration::from_secs(1),
            "it lives longer than asked"
        );
        says(&url, name);
        assert!(url.as_str().contains('?'), "a signed URL has a signature: {url:?}");
    }
}

/// `Debug` of a signed URL hides what it grants: it is a key to the file. Promise 18.
pub async fn url_hides_its_signature_in_debug(store: &Store) {
    let url = store.url("cat.jpg").visibility(Visibility::Private).await.unwrap();
    let (_, query) = url.as_str().split_once('?').expect("a signed URL has a signature");
    let shown = format!("{url:?}");
    let values = query.split('&').filter_map(|pair| pair.split_once('='));
    for (key, value) in values.filter(|(_, value)| value.len() >= 16) {
        assert!(!shown.contains(value), "Debug shows the value of {key:?}");
    }
}

/// A signed URL grants one name and one method: those of other names and methods are others. Promise 14.
pub async fn url_grants_one_name_and_one_method(store: &Store) {
    let url = async |name: &str, method| {
        let url = store.url(name).visibility(Visibility::Private).expires_in(ASKED).method(method).await;
        let url = url.unwrap().url;
        url.split_once('?').expect("a signed URL has a signature").1.to_owned()
    };
    let (a, b) = (url("a", UrlMethod::Get).await, url("b", UrlMethod::Get).await);
    let head = url("a", UrlMethod::Head).await;
    assert!(a != b && a != head, "two grants have one signature");
}

/// Response headers can be fixed in a signed URL; they make another URL, and a malformed one is
/// `InvalidInput`. Promise 14.
pub async fn url_takes_overrides(store: &Store) {
    let url = || store.url("cat.jpg").visibility(Visibility::Private).expires_in(ASKED);
    let disposition = "attachment; filename=\"cat.jpg\"; filename*=UTF-8''%E7%8C%AB.jpg";
    let plain = url().await.unwrap();
    for overridden in [
        url().response_content_disposition(disposition),
        url().response_content_type("text/plain; charset=utf-8"),
        url().response_cache_control("no-store"),
    ] {
        let overridden = overridden.await.unwrap();
        says(&overridden, "cat.jpg");
        assert_ne!(overridden.url, plain.url, "the override is not in the URL");
    }
    refused_naming(url().response_content_type("a\r\nset-cookie: b").await, InvalidInput, "cat.jpg");
}

/// A plain URL cannot override anything, and says so. Promise 14.
pub async fn url_of_a_public_file_refuses_overrides(store: &Store) {
    let url = store.url("cat.jpg").visibility(Visibility::Public).response_content_type("text/plain");
    refused_naming(url.await, Unsupported, "cat.jpg");
}

/// Overrides are refused where URLs cannot have them. Promise 14.
pub async fn url_refuses_overrides_where_there_are_none(store: &Store) {
    for visibility in [Visibility::Public, Visibility::Private] {
        let url = store.url("cat.jpg").visibility(visibility).response_content_type("text/plain");
        refused_naming(url.await, Unsupported, "cat.jpg");
    }
    refused_naming(store.url("cat.jpg").response_cache_control("no-store").await, Unsupported, "cat.jpg");
}

/// Where there are no plain URLs, asking for one is `Unsupported`. Promise 14.
pub async fn url_of_a_public_file_is_refused_where_there_is_none(store: &Store) {
    refused_naming(store.url("cat.jpg").visibility(Visibility::Public).await, Unsupported, "cat.jpg");
    if !store.capabilities().signed_url {
        refused_naming(store.url("cat.jpg").await, Unsupported, "cat.jpg");
    }
}

/// Where nothing can be signed, asking for a signed URL is `Unsupported`, and no plain one is given
/// instead. Promise 14.
pub async fn url_of_a_private_file_is_refused_where_nothing_is_signed(store: &Store) {
    refused_naming(store.url("cat.jpg").visibility(Visibility::Private).await, Unsupported, "cat.jpg");
}

/// The URL is ASCII without blanks, and its decoded path ends in the name.
#[track_caller]
fn says(url: &FileUrl, name: &str) {
    let text = url.as_str();
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "no URL: {url:?}");
    assert!(!text.contains('#'), "what follows \"#\" does not reach the server: {url:?}");
    let path = text.split('?').next().unwrap_or_default();
    let decoded = percent_decode_str(path).decode_utf8().expect("names are UTF-8");
    assert!(decoded.ends_with(&format!("/{name}")), "{url:?} does not say {name:?}");
}
