//! URLs, fetched by a client that knows nothing of S3.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use holdall_core::{ErrorKind, Store, UrlMethod, Visibility};
use holdall_s3::S3Storage;
use holdall_s3::sdk::Credentials;

use crate::support::{builder, configured, fetch, server, store};

/// A name with everything that a URL must encode.
const ODD: &str = "usr/a b+c&d=é?#%41;~'(1).txt";

#[tokio::test]
async fn a_signed_url_grants_one_file_and_one_method_and_refuses_any_change() {
    let server = server().await;
    let store = store(&server);
    store.save(ODD, "hello").await.unwrap();
    let signed = store.url(ODD).await.unwrap();
    let got = fetch("GET", signed.as_str()).await;
    assert_eq!((got.status, &got.body[..]), (200, &b"hello"[..]));
    assert_eq!(fetch("HEAD", signed.as_str()).await.status, 403);

    let head = store.url(ODD).method(UrlMethod::Head).await.unwrap();
    assert_eq!(fetch("HEAD", head.as_str()).await.status, 200);
    assert_eq!(fetch("GET", head.as_str()).await.status, 403);

    store.save("usr/other.txt", "other").await.unwrap();
    let url = signed.as_str();
    let (path, query) = url.split_once('?').unwrap();
    let tampered = [
        url.replace("X-Amz-Expires=3600", "X-Amz-Expires=3601"),
        format!("{}usr/other.txt?{query}", &path[..path.find("usr/").unwrap()]),
        format!("{url}&response-content-type=text/html"),
        format!("{}0", &url[..url.len() - 1]).replace("00", "01"),
        path.to_owned(),
    ];
    for url in tampered {
        assert_eq!(fetch("GET", &url).await.status, 403, "{url}");
    }
}

#[tokio::test]
async fn response_headers_can_be_fixed() {
    let server = server().await;
    let store = store(&server);
    store.save("a.txt", "hello").await.unwrap();
    let disposition = "attachment; filename*=UTF-8''na%C3%AFve.txt";
    let url = store
        .url("a.txt")
        .response_content_type("application/x-thing")
        .response_content_disposition(disposition)
        .response_cache_control("no-store")
        .await
        .unwrap();
    let got = fetch("GET", url.as_str()).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.header("content-type"), Some("application/x-thing"));
    assert_eq!(got.header("content-disposition"), Some(disposition));
    assert_eq!(got.header("cache-control"), Some("no-store"));
    let public = Store::new(builder(&server).visibility(Visibility::Public).build().unwrap());
    let refused = public.url("a.txt").response_cache_control("no-store").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn plain_urls_serve_public_files_only() {
    let server = server().await;
    let store = store(&server);
    store.save(ODD, "hello").visibility(Visibility::Public).await.unwrap();
    store.save("private.txt", "hello").visibility(Visibility::Private).await.unwrap();
    let url = store.url(ODD).visibility(Visibility::Public).await.unwrap();
    assert_eq!(url.expires_at, None);
    let got = fetch("GET", url.as_str()).await;
    assert_eq!((got.status, &got.body[..]), (200, &b"hello"[..]));
    let private = store.url("private.txt").visibility(Visibility::Public).await.unwrap();
    assert_eq!(fetch("GET", private.as_str()).await.status, 403);
}

#[tokio::test]
async fn hosts_are_what_the_settings_say() {
    let aws = || S3Storage::builder("my-site").region("eu-central-1").access_key("a").secret_key("b");
    let plain = |storage: S3Storage| async move {
        let store = Store::new(storage);
        store.url("a b.txt").visibility(Visibility::Public).await.unwrap().url
    };
    assert_eq!(
        plain(aws().location("media").build().unwrap()).await,
        "https://my-site.s3.eu-central-1.amazonaws.com/media/a%20b.txt"
    );
    assert_eq!(
        plain(aws().custom_domain("cdn.example.com").location("static").build().unwrap()).await,
        "https://cdn.example.com/static/a%20b.txt"
    );
    assert_eq!(
        plain(aws().custom_domain("cdn.example.com/x/").url_protocol("http").build().unwrap()).await,
        "http://cdn.example.com/x/a%20b.txt"
    );
    let other = aws().endpoint("http://127.0.0.1:9000/").build().unwrap();
    assert_eq!(plain(other).await, "http://127.0.0.1:9000/my-site/a%20b.txt");
    let style = holdall_s3::AddressingStyle::Virtual;
    let host = aws().endpoint("https://s3.example.com").addressing_style(style).build().unwrap();
    assert_eq!(plain(host).await, "https://my-site.s3.example.com/a%20b.txt");
    let dotted = S3Storage::builder("a.b.c").region("eu-central-1").access_key("a").secret_key("b");
    assert_eq!(plain(dotted.build().unwrap()).await, "https://s3.eu-central-1.amazonaws.com/a.b.c/a%20b.txt");
    // A signed URL has the regional host, whatever serves the plain ones.
    let store = Store::new(aws().custom_domain("cdn.example.com").build().unwrap());
    let signed = store.url("a.txt").await.unwrap();
    assert!(signed.as_str().starts_with("https://my-site.s3.eu-central-1.amazonaws.com/a.txt?"));
}

#[tokio::test]
async fn virtual_hosts_serve_what_was_saved() {
    let server = configured().domain("localhost").start().await.unwrap();
    let endpoint = format!("http://localhost:{}", server.address().port());
    let style = holdall_s3::AddressingStyle::Virtual;
    let storage = builder(&server).endpoint(endpoint).addressing_style(style).build().unwrap();
    let store = Store::new(storage);
    // Names below localhost resolve where the system's resolver follows RFC 6761; elsewhere only the form is
    // seen.
    let url = store.url("a.txt").await.unwrap().url;
    assert!(url.starts_with(&format!("http://media.localhost:{}/a.txt?", server.address().port())), "{url}");
    if tokio::net::lookup_host(("media.localhost", 80)).await.is_ok() {
        store.save("a.txt", "hello").await.unwrap();
        assert_eq!(fetch("GET", &url).await.body, "hello");
        assert_eq!(server.keys(crate::support::BUCKET), ["a.txt"]);
    }
}

/// Seconds since the epoch, set by hand.
#[derive(Debug, Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn new() -> Self {
        Self(Arc::new(AtomicU64::new(START)))
    }
}

impl holdall_s3::sdk::TimeSource for Clock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.load(Ordering::SeqCst))
    }
}

/// Some second of the year 2027.
const START: u64 = 1_800_000_123;

#[tokio::test]
async fn the_expiry_is_the_real_one() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(START);
    let later = |seconds| Some(now + Duration::from_secs(seconds));
    let expiry = |ends: Option<SystemTime>, asked: u64| async move {
        let keys = Credentials::new("a", "canary", None, ends, "test");
        let storage = S3Storage::builder("my-site")
            .region("eu-central-1")
            .credentials_provider(keys)
            .time_source(Clock::new())
            .build()
            .unwrap();
        let store = Store::new(storage);
        let url = store.url("a.txt").expires_in(Duration::from_secs(asked)).await?;
        let seconds = url.url.split("X-Amz-Expires=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let signed = url.expires_at.unwrap().duration_since(now).unwrap().as_secs().to_string();
        assert_eq!(signed, seconds, "what is promised is what is signed");
        Ok::<_, holdall_core::Error>(url.expires_at)
    };
    assert_eq!(expiry(None, 600).await.unwrap(), later(600));
    assert_eq!(expiry(None, 700_000).await.unwrap(), later(604_800));
    assert_eq!(expiry(later(300), 600).await.unwrap(), later(300));
    assert_eq!(expiry(later(3000), 600).await.unwrap(), later(600));
    assert_eq!(expiry(Some(now), 600).await.unwrap_err().kind(), ErrorKind::PermissionDenied);
    assert_eq!(expiry(None, 0).await.unwrap_err().kind(), ErrorKind::InvalidInput);
}

/// Gives credentials that live longer each time it is asked.
#[derive(Debug, Default)]
struct Refreshing(AtomicU64);

impl holdall_s3::sdk::ProvideCredentials for Refreshing {
    fn provide_credentials<'a>(&'a self) -> aws_credential_types::provider::future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let call = self.0.fetch_add(1, Ordering::SeqCst);
        let end = SystemTime::UNIX_EPOCH + Duration::from_secs(START + (call + 1) * 1000);
        let keys = Credentials::new(format!("key{call}"), "canary", None, Some(end), "test");
        aws_credential_types::provider::future::ProvideCredentials::ready(Ok(keys))
    }
}

#[tokio::test]
async fn credentials_that_end_too_soon_are_asked_for_again() {
    let clock = Clock::new();
    let storage = S3Storage::builder("my-site")
        .region("eu-central-1")
        .credentials_provider(Refreshing::default())
        .time_source(clock.clone())
        .build()
        .unwrap();
    let store = Store::new(storage);
    let signed_by = |asked| {
        let url = store.url("a.txt").expires_in(Duration::from_secs(asked));
        async move {
            let url = url.await.unwrap().url;
            url.split("X-Amz-Credential=").nth(1).unwrap().split("%2F").next().unwrap().to_owned()
        }
    };
    assert_eq!(signed_by(600).await, "key0");
    assert_eq!(signed_by(600).await, "key0", "good enough, not asked again");
    // Too short for this one; but the provider was asked a moment ago.
    assert_eq!(signed_by(900).await, "key0");
    clock.0.fetch_add(500, Ordering::SeqCst);
    assert_eq!(signed_by(900).await, "key1", "asked again, because they would end too soon");
}
