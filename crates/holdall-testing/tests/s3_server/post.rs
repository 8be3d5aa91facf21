//! Forms that a browser sends: the presigned POST.

use std::fmt::Write as _;
use std::time::SystemTime;

use aws_sdk_s3::primitives::DateTime;
use holdall_testing::s3_server::S3Server;
use s3s::crypto::{Checksum as _, Sha256};

use crate::http::{Reply, send};
use crate::{BUCKET, server};

/// HMAC-SHA-256 (RFC 2104), for keys of at most 64 bytes.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let pad = |with: u8| -> Vec<u8> { (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect() };
    let inner = Sha256::checksum(&[pad(0x36).as_slice(), message].concat());
    Sha256::checksum(&[pad(0x5c).as_slice(), inner.as_slice()].concat())
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bytes
        .chunks(3)
        .flat_map(|chunk| {
            let bits =
                (0..3).fold(0_usize, |bits, at| bits << 8 | usize::from(chunk.get(at).copied().unwrap_or(0)));
            (0..4).map(
                move |at| {
                    if at <= chunk.len() { char::from(ALPHABET[bits >> (18 - 6 * at) & 63]) } else { '=' }
                },
            )
        })
        .collect()
}

/// Sends a form whose policy allows `usr/…` keys, PNGs and 3 to 10 bytes, until it expires.
async fn post(
    server: &S3Server,
    key: &str,
    kind: &str,
    content: &str,
    expires_in: i64,
    extra: &str,
) -> Reply {
    let now = DateTime::from(SystemTime::now());
    let stamp = now.to_string().replace(['-', ':'], "");
    let (day, time) = (&stamp[..8], format!("{}Z", &stamp[..15]));
    let credential = format!("AKID/{day}/us-east-1/s3/aws4_request");
    let expiration = DateTime::from_secs(now.secs() + expires_in);
    let policy = base64(
        format!(
            r#"{{"expiration": "{expiration}", "conditions": [
                {{"bucket": "{BUCKET}"}}, ["starts-with", "$key", "usr/"], {{"content-type": "image/png"}},
                ["content-length-range", 3, 10], {{"x-amz-algorithm": "AWS4-HMAC-SHA256"}},
                {{"x-amz-credential": "{credential}"}}, {{"x-amz-date": "{time}"}},
                ["starts-with", "$x-amz-tagging", ""]]}}"#
        )
        .as_bytes(),
    );
    let key_of = [day, "us-east-1", "s3", "aws4_request"]
        .iter()
        .fold(b"AWS4secret".to_vec(), |key, message| hmac(&key, message.as_bytes()).to_vec());
    let mut signature = String::new();
    for byte in hmac(&key_of, policy.as_bytes()) {
        write!(signature, "{byte:02x}").expect("a String takes everything");
    }
    let fields = [
        ("key", key),
        ("content-type", kind),
        ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
        ("x-amz-credential", &credential),
        ("x-amz-date", &time),
        ("policy", &policy),
        ("x-amz-signature", &signature),
    ];
    let mut body = String::new();
    for (name, value) in fields.into_iter().chain((!extra.is_empty()).then_some(("x-amz-tagging", extra))) {
        let part = format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}");
        write!(body, "--boundary\r\n{part}\r\n").expect("a String takes everything");
    }
    let file =
        format!("Content-Disposition: form-data; name=\"file\"; filename=\"cat.png\"\r\n\r\n{content}");
    write!(body, "--boundary\r\n{file}\r\n--boundary--\r\n").expect("a String takes everything");
    let headers = [("Content-Type", "multipart/form-data; boundary=boundary")];
    send("POST", &format!("{}/{BUCKET}", server.endpoint()), &headers, body.as_bytes()).await.unwrap()
}

#[tokio::test]
async fn a_form_stores_what_its_policy_allows_and_nothing_else() {
    let server = server().await;
    for (key, kind, content, expires_in, extra, status) in [
        ("usr/cat.png", "image/png", "meow", 60, "", 204),
        ("usr/cat.png", "image/png", "m", 60, "", 400),
        ("usr/cat.png", "image/png", "meow meow meow", 60, "", 400),
        ("other/cat.png", "image/png", "meow", 60, "", 400),
        ("usr/cat.html", "text/html", "meow", 60, "", 400),
        ("usr/late.png", "image/png", "meow", -60, "", 403),
        ("usr/${filename}", "image/png", "meow", 60, "", 501),
        ("usr/tagged.png", "image/png", "meow", 60, "<Tagging/>", 501),
    ] {
        let reply = post(&server, key, kind, content, expires_in, extra).await;
        assert_eq!(reply.status, status, "{key} {kind} {content}: {}", reply.text());
    }
    assert_eq!(server.keys(BUCKET), ["usr/cat.png"]);
    let stored = server.object(BUCKET, "usr/cat.png").unwrap();
    assert_eq!(
        (stored.content.as_ref(), stored.content_type.as_deref()),
        (b"meow".as_slice(), Some("image/png"))
    );
    let first = &server.requests()[0];
    assert_eq!((first.operation.as_str(), first.key.as_deref()), ("PostObject", Some("usr/cat.png")));
}
