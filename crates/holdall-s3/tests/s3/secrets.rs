//! Everything that a storage does, under a subscriber that keeps every line of every crate (level TRACE): no line,
//! `Debug`, `Display` or error has a secret, a token or a signature in it.
//!
//! The tests search for the canaries that the settings were given, and the signatures that really went over the
//! wire, which a proxy in between has seen.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use holdall_core::{Content, Error, Name, Storage as _, Store, UploadMethod, UploadPolicy, Visibility};
use holdall_s3::{PresignRequest, S3Storage, S3StorageBuilder};
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};
use tokio::runtime::{Builder, Runtime};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::loopback::{LoopbackProxy, Sts};
use crate::support::{BUCKET, MIB, SECRET, noise, stream_of};

const TOKEN: &str = "canary-session-token-4713";
const PROXY_PASSWORD: &str = "canary-proxy-password-4714";
/// The user and that password, as they travel.
const PROXY_BASIC: &str = "c3F1aWQ6Y2FuYXJ5LXByb3h5LXBhc3N3b3JkLTQ3MTQ=";
const WRONG_SECRET: &str = "canary-wrong-secret-4715";
const STS_SECRET: &str = "canary-sts-secret-4716";
const STS_TOKEN: &str = "canary-sts-token";
const WEB_TOKEN: &str = "canary-web-token-4717";
const CUSTOMER_KEY: [u8; 32] = *b"canary customer key of 32 bytes!";
const CUSTOMER_KEY_BASE64: &str = "Y2FuYXJ5IGN1c3RvbWVyIGtleSBvZiAzMiBieXRlcyE=";
const CLOUDFRONT_KEY: &str = include_str!("golden/cloudfront_rsa.pem");

/// Lines that the SDK itself writes and that no setting turns off, by target, message and secret. `lib.rs` names each,
/// and the filter that keeps it out.
const OF_THE_SDK: [(&str, &str, &str); 1] = [
    // The signer writes the request as it is before it is signed, with the values of all headers. S3 wants the key
    // signed, so that it has to be there.
    ("aws_sigv4::http_request::sign", "signing request", CUSTOMER_KEY_BASE64),
];

/// Keeps what is written.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that a person or a log might see of an error.
fn show(shown: &mut String, error: &Error) {
    writeln!(shown, "{error} {error:?} {error:#?}").unwrap();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        writeln!(shown, "{error} {error:?}").unwrap();
        source = error.source();
    }
}

/// The servers, on threads of their own: what they log is theirs.
struct Servers {
    server: S3Server,
    proxy: LoopbackProxy,
    sts: Sts,
    _runtime: Runtime,
}

impl Servers {
    fn start() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (server, proxy, sts) = runtime.block_on(async {
            let server = S3Server::builder()
                .credentials("AKIDCANARY", SECRET)
                .credentials("AKIDSTS", STS_SECRET)
                .bucket(BUCKET)
                .start();
            (server.await.unwrap(), LoopbackProxy::start().await, Sts::start("AKIDSTS", STS_SECRET).await)
        });
        Self { server, proxy, sts, _runtime: runtime }
    }

    /// Settings for that server, through the proxy.
    fn builder(&self) -> S3StorageBuilder {
        S3Storage::builder(BUCKET)
            .endpoint(self.server.endpoint())
            .region("us-east-1")
            .checksum_mode(holdall_s3::ChecksumMode::WhenSupported)
            .retry_backoff(Duration::from_millis(1))
            .proxy(self.proxy.url())
            .proxy_username("squid")
            .proxy_password(PROXY_PASSWORD)
    }

    fn with_keys(&self) -> S3StorageBuilder {
        self.builder().access_key("AKIDCANARY").secret_key(SECRET)
    }

    /// The signatures of all requests that passed, and those in these texts.
    fn signatures(&self, urls: &[String]) -> Vec<String> {
        let heads = self.proxy.heads();
        let of_headers = heads.iter().filter_map(|head| head.split_once("Signature=")).map(|(_, rest)| rest);
        let of_urls = urls.iter().flat_map(|url| url.split("Signature=").skip(1));
        let end =
            |text: &str| text.split(['&', ' ', '\r', '\n', '"', ',']).next().unwrap_or_default().to_owned();
        of_headers.chain(of_urls).map(end).filter(|signature| signature.len() > 20).collect()
    }
}

/// A store that saves, reads, lists, copies, links and deletes. Results are shown, right or wrong.
async fn use_everything(storage: &S3Storage, shown: &mut String, urls: &mut Vec<String>) {
    let store = Store::new(storage.clone());
    writeln!(shown, "{storage:?} {storage} {store:?} {store}").unwrap();
    macro_rules! seen {
        ($call:expr) => {
            match $call {
                Ok(value) => writeln!(shown, "{value:?}").unwrap(),
                Err(error) => show(shown, &error),
            }
        };
    }
    seen!(store.save("a.txt", "hello").await);
    seen!(store.save("a.txt", "hello").visibility(Visibility::Public).await);
    seen!(store.save("b.bin", stream_of(&noise(9 * MIB))).await);
    seen!(
        store
            .save("c.bin", Content::stream(futures_util::stream::iter([Err(io::Error::other("gone"))])))
            .await
    );
    seen!(store.open("a.txt").await);
    seen!(store.metadata("b.bin").await);
    seen!(store.exists("nothing.txt").await);
    seen!(store.open("nothing.txt").await);
    seen!(store.copy("a.txt", "d.txt").await);
    seen!(store.rename("d.txt", "e.txt").await);
    seen!(store.listdir("").await);
    seen!(store.set_visibility("a.txt", Visibility::Private).await);
    let policy = || UploadPolicy::default().with_content_type("image/png");
    for policy in [
        policy().with_method(UploadMethod::Put).with_size(100),
        policy().with_method(UploadMethod::Post).with_max_size(1 << 20),
    ] {
        let request = storage.upload_request(&Name::new("up.png").unwrap(), policy).await;
        if let Ok(request) = &request {
            urls.push(request.url.clone());
            let signature =
                request.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amz-signature"));
            urls.extend(signature.map(|(_, value)| format!("Signature={value}")));
        }
        seen!(request);
    }
    let link = store.url("a.txt").await;
    urls.extend(link.as_ref().ok().map(|link| link.url.clone()));
    seen!(link);
    let signed = storage.presign(PresignRequest::put("a.txt").header("content-type", "text/plain")).await;
    urls.extend(signed.as_ref().ok().map(|signed| signed.url.clone()));
    seen!(signed);
    let uploads = storage.multipart_uploads(UploadPolicy::default().with_max_size(20 << 20));
    if let Ok(uploads) = uploads {
        writeln!(shown, "{uploads:?}").unwrap();
        if let Ok(upload) = uploads.create("film.mp4").await {
            writeln!(shown, "{upload:?}").unwrap();
            seen!(uploads.abort("film.mp4", &upload).await);
        }
    }
    seen!(store.promote("e.txt", "f.txt").await);
    seen!(storage.versions("a.txt").try_collect::<Vec<_>>().await);
    seen!(storage.probe().await);
    let buckets = storage.buckets();
    writeln!(shown, "{buckets:?}").unwrap();
    seen!(buckets.exists(BUCKET).await);
    seen!(buckets.list().try_collect::<Vec<_>>().await);
    seen!(buckets.cors(BUCKET).await);
    for result in store.delete_many(["a.txt", "e.txt", "nothing.txt"]).await {
        seen!(result);
    }
    seen!(store.delete("b.bin").await);
}

#[test]
fn nothing_secret_is_logged_or_shown() {
    let servers = Servers::start();
    let directory = tempfile::tempdir().unwrap();
    let token_file = directory.path().join("token");
    std::fs::write(&token_file, WEB_TOKEN).unwrap();
    let role = "arn:aws:iam::123456789012:role/uploads";
    let everything = [
        servers.with_keys(),
        servers.with_keys().session_token(TOKEN),
        servers.with_keys().secret_key(WRONG_SECRET).max_attempts(1),
        servers.with_keys().customer_key(CUSTOMER_KEY),
        servers
            .with_keys()
            .custom_domain("cdn.example.com")
            .cloudfront_key_id("K2")
            .cloudfront_key(CLOUDFRONT_KEY),
        servers.with_keys().assume_role(role).sts_endpoint(servers.sts.endpoint()).no_proxy("127.0.0.1"),
        servers
            .builder()
            .web_identity_role(role)
            .web_identity_token_file(&token_file)
            .sts_endpoint(servers.sts.endpoint()),
        servers.builder().profile("there-is-none").max_attempts(1),
    ];

    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(lines.clone())
        .finish();
    let (mut shown, mut urls) = (String::new(), Vec::new());
    tracing::subscriber::with_default(subscriber, || {
        // On this thread alone, whose lines are kept.
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for settings in everything {
                writeln!(shown, "{settings:?}").unwrap();
                let storage = settings.build().unwrap();
                use_everything(&storage, &mut shown, &mut urls).await;
                for fault in [
                    FaultAction::ResetBefore,
                    FaultAction::Error { status: 400, code: "ExpiredToken".to_owned() },
                ] {
                    let handle = servers.server.inject(Fault::new(fault));
                    if let Err(error) = Store::new(storage.clone()).open("a.txt").await {
                        show(&mut shown, &error);
                    }
                    handle.remove();
                }
            }
        });
    });

    let lines = lines.text();
    for target in ["aws_sigv4", "aws_smithy_runtime", "aws_sdk_s3", "hyper_util"] {
        assert!(lines.contains(target), "the subscriber hears nothing of {target}");
    }
    let pem = CLOUDFRONT_KEY.lines().find(|line| !line.starts_with('-')).unwrap();
    let canaries = [
        SECRET,
        TOKEN,
        PROXY_PASSWORD,
        PROXY_BASIC,
        WRONG_SECRET,
        STS_SECRET,
        STS_TOKEN,
        WEB_TOKEN,
        "canary customer key",
        CUSTOMER_KEY_BASE64,
        pem,
    ];
    let signatures = servers.signatures(&urls);
    assert!(signatures.len() > 100, "only {} signatures were seen", signatures.len());
    let words = long_words(&lines);
    for signature in &signatures {
        assert!(signature.chars().all(is_of_a_word), "{signature} is more than one word");
        assert!(!shown.contains(signature), "{signature} in {}", around(&shown, signature));
        assert!(!words.contains(signature), "{signature} is logged: {}", around(&lines, signature));
    }
    for secret in canaries {
        assert!(!shown.contains(secret), "{secret} in {}", around(&shown, secret));
        if !lines.contains(secret) {
            continue;
        }
        for line in lines.lines().filter(|line| line.contains(secret)) {
            let excused = OF_THE_SDK.iter().any(|(target, message, of_it)| {
                *of_it == secret && line.contains(&format!("{target}: {message}"))
            });
            assert!(excused, "{secret} is logged: {}", around(line, secret));
        }
    }
    // An excuse that is not needed any more must go.
    for (target, message, secret) in OF_THE_SDK {
        assert!(
            lines.lines().any(|line| line.contains(&format!("{target}: {message}")) && line.contains(secret)),
            "{target} does not log {message:?} with that secret any more"
        );
    }
}

/// Whether a signature may have that character.
fn is_of_a_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "+/=~_-%".contains(letter)
}

/// The different words of a text that are long enough to hold a signature. There are hundreds of signatures, and
/// these are a small part of the log.
fn long_words(text: &str) -> String {
    let words = text.split(|letter| !is_of_a_word(letter)).filter(|word| word.len() > 20);
    words.collect::<HashSet<_>>().into_iter().collect::<Vec<_>>().join("\n")
}

/// The neighbourhood of a secret in a text, for the message of a failure.
fn around<'a>(text: &'a str, secret: &str) -> &'a str {
    let at = text.find(secret).unwrap_or_default();
    let begin = (0..=at.saturating_sub(300)).rev().find(|&index| text.is_char_boundary(index)).unwrap_or(0);
    let end = (at..text.len()).find(|&index| index >= at + 100 && text.is_char_boundary(index));
    &text[begin..end.unwrap_or(text.len())]
}
