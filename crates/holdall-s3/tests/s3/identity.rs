//! Credentials: where they come from, and that they stay fresh.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::future;
use bytes::Bytes;
use holdall_core::{Content, ErrorKind, Store};
use holdall_s3::S3Storage;
use holdall_s3::sdk::{Credentials, ProvideCredentials, TimeSource};
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};

use crate::loopback::{Sts, aws_profile};
use crate::support::{BUCKET, MIB, SECRET, noise};

/// A server that takes the keys `AKIDCANARY0` to `AKIDCANARY3`.
async fn server() -> S3Server {
    let builder =
        (0..4).fold(S3Server::builder(), |builder, n| builder.credentials(format!("AKIDCANARY{n}"), SECRET));
    builder.bucket(BUCKET).start().await.expect("a free port")
}

fn builder(server: &S3Server) -> holdall_s3::S3StorageBuilder {
    S3Storage::builder(BUCKET)
        .endpoint(server.endpoint())
        .region("us-east-1")
        .retry_backoff(Duration::from_millis(1))
}

/// A clock that runs when it is told to, from the time at which it was made.
#[derive(Debug, Clone)]
struct Clock {
    begin: SystemTime,
    seconds: Arc<AtomicU64>,
}

impl Clock {
    fn new() -> Self {
        Self { begin: SystemTime::now(), seconds: Arc::default() }
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        self.begin + Duration::from_secs(self.seconds.load(Ordering::SeqCst))
    }
}

/// Gives another access key each time it is asked; each lives as long as it is told.
#[derive(Debug, Clone)]
struct Keyring {
    clock: Clock,
    life: Duration,
    asked: Arc<AtomicU64>,
}

impl Keyring {
    fn new(clock: &Clock, life: Duration) -> Self {
        Self { clock: clock.clone(), life, asked: Arc::default() }
    }

    fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}

impl ProvideCredentials for Keyring {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let number = self.asked.fetch_add(1, Ordering::SeqCst).min(3);
        let ends = self.clock.now() + self.life;
        let token = Some(format!("canary-token-{number}"));
        let keys = Credentials::new(format!("AKIDCANARY{number}"), SECRET, token, Some(ends), "test");
        future::ProvideCredentials::ready(Ok(keys))
    }
}

#[tokio::test]
async fn credentials_that_end_in_the_middle_of_an_upload_are_replaced() {
    let server = server().await;
    let clock = Clock::new();
    let keyring = Keyring::new(&clock, Duration::from_mins(2));
    let settings =
        builder(&server).credentials_provider(keyring.clone()).time_source(clock.clone()).concurrency(1);
    let store = Store::new(settings.build().unwrap());
    // Parts of 8 MiB: between the second and the third the clock passes the end of the first credentials.
    let bytes = noise(28 * MIB);
    let chunks: Vec<Bytes> = bytes.chunks(MIB).map(Bytes::copy_from_slice).collect();
    let ticking = clock.seconds.clone();
    let stream = futures_util::stream::iter(chunks.into_iter().enumerate().map(move |(number, chunk)| {
        if number == 20 {
            ticking.store(180, Ordering::SeqCst);
        }
        Ok::<_, std::io::Error>(chunk)
    }));
    store.save("a.bin", Content::stream(stream)).overwrite().await.unwrap();
    assert_eq!(keyring.asked(), 2, "once at the beginning, once after their end");
    assert_eq!(store.open("a.bin").await.unwrap().bytes().await.unwrap(), bytes);
    assert!(server.open_uploads(BUCKET).is_empty());
}

#[tokio::test]
async fn a_token_that_the_server_takes_for_expired_is_replaced_and_the_request_sent_again() {
    let server = server().await;
    for operation in ["PutObject", "GetObject", "HeadObject", "ListObjectsV2", "DeleteObject"] {
        let clock = Clock::new();
        let keyring = Keyring::new(&clock, Duration::from_hours(1));
        let store = Store::new(builder(&server).credentials_provider(keyring.clone()).build().unwrap());
        store.save("a.txt", "hello").overwrite().await.unwrap();
        server.clear_requests();
        let expired = FaultAction::Error { status: 400, code: "ExpiredToken".to_owned() };
        let fault = server.inject(Fault::new(expired).operation(operation).times(1));
        match operation {
            "PutObject" => drop(store.save("a.txt", "hello").overwrite().await.unwrap()),
            "GetObject" => assert_eq!(store.open("a.txt").await.unwrap().text().await.unwrap(), "hello"),
            "HeadObject" => assert!(store.exists("a.txt").await.unwrap()),
            "ListObjectsV2" => assert_eq!(store.listdir("").await.unwrap().files.len(), 1),
            _ => store.delete("a.txt").await.unwrap(),
        }
        assert_eq!(fault.hits(), 1, "{operation}");
        assert_eq!(server.requests().len(), 2, "{operation}");
        assert_eq!(keyring.asked(), 2, "{operation}");
        fault.remove();
    }
}

#[tokio::test]
async fn a_token_that_stays_expired_is_told_after_one_more_try() {
    let server = server().await;
    let expired = FaultAction::Error { status: 400, code: "ExpiredToken".to_owned() };
    let fault = server.inject(Fault::new(expired));
    let keyring = Keyring::new(&Clock::new(), Duration::from_hours(1));
    let store = Store::new(builder(&server).credentials_provider(keyring).build().unwrap());
    let error = store.save("a.txt", "x").overwrite().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
    assert!(error.to_string().contains("token"), "{error}");
    assert_eq!(fault.hits(), 2);
    // Keys that cannot be replaced are not tried again.
    let fixed = builder(&server).access_key("AKIDCANARY0").secret_key(SECRET).session_token("canary-token");
    let error = Store::new(fixed.build().unwrap()).save("a.txt", "x").overwrite().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
    assert_eq!(fault.hits(), 3);
}

#[tokio::test]
async fn a_role_is_assumed_with_what_was_set() {
    let server = server().await;
    let sts = Sts::start("AKIDCANARY1", SECRET).await;
    let settings = builder(&server)
        .access_key("AKIDCANARY0")
        .secret_key("canary-source-secret")
        .assume_role("arn:aws:iam::123456789012:role/uploads")
        .external_id("what they told us")
        .role_session_name("site")
        .role_duration(Duration::from_mins(30))
        .sts_endpoint(sts.endpoint());
    let store = Store::new(settings.build().unwrap());
    store.save("a.txt", "hello").await.unwrap();
    assert!(store.exists("a.txt").await.unwrap());
    let [asked] = &sts.requests()[..] else { panic!("one request, not {}", sts.requests().len()) };
    for field in [
        "Action=AssumeRole&",
        "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fuploads",
        "ExternalId=what%20they%20told%20us",
        "RoleSessionName=site",
        "DurationSeconds=1800",
    ] {
        assert!(asked.body.contains(field), "{field} in {}", asked.body);
    }
    assert!(asked.head.contains("Credential=AKIDCANARY0/"), "signed by the source");
}

#[tokio::test]
async fn a_web_identity_is_exchanged_for_credentials() {
    let server = server().await;
    let sts = Sts::start("AKIDCANARY2", SECRET).await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    let settings = || {
        builder(&server)
            .web_identity_role("arn:aws:iam::123456789012:role/pod")
            .web_identity_token_file(&file)
            .sts_endpoint(sts.endpoint())
    };
    let error = Store::new(settings().build().unwrap()).exists("a.txt").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{error}");
    assert!(error.to_string().contains("token"), "{error}");

    std::fs::write(&file, "header.canary-web-token.signature\n").unwrap();
    let store = Store::new(settings().build().unwrap());
    store.save("a.txt", "hello").await.unwrap();
    let [asked] = &sts.requests()[..] else { panic!("one request") };
    for field in [
        "Action=AssumeRoleWithWebIdentity&",
        "WebIdentityToken=header.canary-web-token.signature&",
        "RoleSessionName=holdall",
    ] {
        assert!(format!("{}&", asked.body).contains(field), "{field} in {}", asked.body);
    }
    assert!(!asked.head.to_lowercase().contains("authorization:"), "nobody to sign it is known yet");
}

#[tokio::test]
async fn a_role_that_may_not_be_taken_is_told() {
    let server = server().await;
    let sts = Sts::refusing().await;
    let settings = builder(&server)
        .access_key("AKIDCANARY0")
        .secret_key(SECRET)
        .assume_role("arn:aws:iam::123456789012:role/uploads")
        .sts_endpoint(sts.endpoint());
    let error = Store::new(settings.build().unwrap()).exists("a.txt").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
    assert!(error.to_string().contains("AccessDenied") && error.to_string().contains("role"), "{error}");
}

/// The SDK finds the files of profiles by environment variables, and those of this process belong to all tests:
/// the store is used by a child of this test, which is this test in a process of its own.
#[tokio::test]
async fn a_profile_has_credentials_and_region() {
    if let Ok(endpoint) = std::env::var("HOLDALL_TEST_PROFILE_ENDPOINT") {
        let storage = S3Storage::builder(BUCKET).endpoint(endpoint).profile("work").build().unwrap();
        Store::new(storage).save("a.txt", "hello").await.unwrap();
        return;
    }
    let server = S3Server::builder()
        .credentials("AKIDCANARY3", SECRET)
        .bucket(BUCKET)
        .region("eu-central-1")
        .start()
        .await
        .unwrap();
    let files = aws_profile("work", "AKIDCANARY3", SECRET, "eu-central-1");
    let child = tokio::task::spawn_blocking({
        let endpoint = server.endpoint();
        let (config, credentials) = (files.path().join("config"), files.path().join("credentials"));
        move || {
            std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "identity::a_profile_has_credentials_and_region"])
                .env("HOLDALL_TEST_PROFILE_ENDPOINT", endpoint)
                .env("AWS_CONFIG_FILE", config)
                .env("AWS_SHARED_CREDENTIALS_FILE", credentials)
                // Named profiles come before these.
                .env("AWS_ACCESS_KEY_ID", "AKIDOTHER")
                .env("AWS_SECRET_ACCESS_KEY", "other")
                .env_remove("AWS_REGION")
                .output()
                .unwrap()
        }
    });
    let output = child.await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(server.keys(BUCKET), ["a.txt"]);
}
