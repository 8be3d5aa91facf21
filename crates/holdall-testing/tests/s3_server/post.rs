//! Forms that a browser sends: the presigned POST.

use std::fmt::Write as _;
use std::time::SystemTime;

use aws_sdk_s3::primitives::DateTime;
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};
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

/// A form, and what its policy allows.
struct Form<'a> {
    /// Conditions of the policy besides those of the bucket and the signature.
    conditions: &'a str,
    fields: Vec<(&'a str, &'a str)>,
    filename: &'a str,
    content: &'a str,
    expires_in: i64,
    secret: &'a str,
}

impl Default for Form<'_> {
    /// A PNG of 3 to 10 bytes below `usr/`, for a minute.
    fn default() -> Self {
        Self {
            conditions: r#"["starts-with", "$key", "usr/"], {"content-type": "image/png"},
                ["content-length-range", 3, 10]"#,
            fields: vec![("key", "usr/cat.png"), ("content-type", "image/png")],
            filename: "cat.png",
            content: "meow",
            expires_in: 60,
            secret: "secret",
        }
    }
}

impl Form<'_> {
    async fn post(&self, server: &S3Server) -> Reply {
        let now = DateTime::from(SystemTime::now());
        let stamp = now.to_string().replace(['-', ':'], "");
        let (day, time) = (&stamp[..8], format!("{}Z", &stamp[..15]));
        let credential = format!("AKID/{day}/us-east-1/s3/aws4_request");
        let expiration = DateTime::from_secs(now.secs() + self.expires_in);
        let conditions = self.conditions;
        let policy = base64(
            format!(
                r#"{{"expiration": "{expiration}", "conditions": [{{"bucket": "{BUCKET}"}}, {conditions},
                    {{"x-amz-algorithm": "AWS4-HMAC-SHA256"}}, {{"x-amz-credential": "{credential}"}},
                    {{"x-amz-date": "{time}"}}]}}"#
            )
            .as_bytes(),
        );
        let key_of = [day, "us-east-1", "s3", "aws4_request"]
            .iter()
            .fold(format!("AWS4{}", self.secret).into_bytes(), |key, message| {
                hmac(&key, message.as_bytes()).to_vec()
            });
        let mut signature = String::new();
        for byte in hmac(&key_of, policy.as_bytes()) {
            write!(signature, "{byte:02x}").expect("a String takes everything");
        }
        let signed = [
            ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
            ("x-amz-credential", &credential),
            ("x-amz-date", &time),
            ("policy", &policy),
            ("x-amz-signature", &signature),
        ];
        let mut body = String::new();
        for (name, value) in self.fields.iter().copied().chain(signed) {
            let part = format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}");
            write!(body, "--boundary\r\n{part}\r\n").expect("a String takes everything");
        }
        let (filename, content) = (self.filename, self.content);
        let file = format!(
            "Content-Disposition: form-data; name=\"file\"; filename=\"{filename}\"\r\n\r\n{content}"
        );
        write!(body, "--boundary\r\n{file}\r\n--boundary--\r\n").expect("a String takes everything");
        let headers = [("Content-Type", "multipart/form-data; boundary=boundary")];
        send("POST", &format!("{}/{BUCKET}", server.endpoint()), &headers, body.as_bytes()).await.unwrap()
    }
}

fn with(fields: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut all = Form::default().fields;
    all.retain(|(name, _)| fields.iter().all(|(field, _)| field != name));
    all.extend_from_slice(fields);
    all
}

#[tokio::test]
async fn a_form_stores_what_its_policy_allows_and_nothing_else() {
    let server = server().await;
    let fields = |fields: &[(&'static str, &'static str)]| Form { fields: with(fields), ..Form::default() };
    let denied = Some("AccessDenied");
    for (form, status, code) in [
        (Form::default(), 204, None),
        (Form { content: "m", ..Form::default() }, 400, Some("EntityTooSmall")),
        (Form { content: "meow meow meow", ..Form::default() }, 400, Some("EntityTooLarge")),
        (fields(&[("key", "other/cat.png")]), 403, denied),
        (fields(&[("content-type", "text/html")]), 403, denied),
        (fields(&[("x-amz-meta-extra", "1")]), 403, denied),
        (fields(&[("x-amz-server-side-encryption", "AES256")]), 403, denied),
        (fields(&[("x-ignore-me", "1")]), 204, None),
        (Form { expires_in: -60, ..Form::default() }, 403, denied),
        (Form { secret: "guessed", ..Form::default() }, 403, Some("SignatureDoesNotMatch")),
        (
            Form {
                conditions: r#"["starts-with", "$key", ""], ["eq", "$x-amz-tagging", "<Tagging/>"],
            ["starts-with", "$content-type", "image/"]"#,
                ..fields(&[("x-amz-tagging", "<Tagging/>")])
            },
            501,
            Some("NotImplemented"),
        ),
    ] {
        let reply = form.post(&server).await;
        let (conditions, sent) = (form.conditions, &form.fields);
        assert_eq!(reply.status, status, "{conditions} {sent:?}: {}", reply.text());
        let code = code.map(|code| format!("<Code>{code}</Code>"));
        assert!(code.is_none_or(|code| reply.text().contains(&code)), "{sent:?}: {}", reply.text());
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

#[tokio::test]
async fn the_name_of_the_file_is_put_in_place_before_the_policy_is_judged() {
    let server = server().await;
    let fields = || with(&[("key", "usr/${filename}")]);
    let form = Form { fields: fields(), filename: "C:\\pictures\\my cat.png", ..Form::default() };
    assert_eq!(form.post(&server).await.status, 204);
    assert_eq!(server.keys(BUCKET), ["usr/my cat.png"]);
    let exact = |conditions| Form { conditions, fields: fields(), ..Form::default() };
    let raw = exact(r#"{"key": "usr/${filename}"}, {"content-type": "image/png"}"#);
    assert_eq!(raw.post(&server).await.status, 403);
    let expanded = exact(r#"{"key": "usr/cat.png"}, {"content-type": "image/png"}"#);
    assert_eq!(expanded.post(&server).await.status, 204);
}

#[tokio::test]
async fn a_form_is_answered_as_it_asked_to_be() {
    let server = server().await;
    let created = Form {
        conditions: r#"["starts-with", "$key", "usr/"], {"content-type": "image/png"},
            {"success_action_status": "201"}"#,
        fields: with(&[("success_action_status", "201")]),
        ..Form::default()
    };
    let reply = created.post(&server).await;
    assert_eq!(reply.status, 201);
    assert!(reply.text().contains("<Key>usr/cat.png</Key>"), "{}", reply.text());
    let redirect = |to| Form {
        conditions: r#"["starts-with", "$key", "usr/"], {"content-type": "image/png"},
            ["starts-with", "$success_action_redirect", "https://"]"#,
        fields: with(&[("success_action_redirect", to)]),
        ..Form::default()
    };
    let reply = redirect("https://www.example.com/done").post(&server).await;
    assert_eq!(reply.status, 303);
    let location = reply.header("location").unwrap();
    assert!(location.starts_with("https://www.example.com/done?bucket=media&key=usr"), "{location}");
    let reply = redirect("javascript:alert(1)").post(&server).await;
    assert_eq!(reply.status, 403);
}

#[tokio::test]
async fn a_fault_finds_the_key_of_a_form() {
    let server = server().await;
    server.inject(Fault::new(FaultAction::SlowDown).operation("PostObject").key("usr/cat.png").once());
    assert_eq!(Form::default().post(&server).await.status, 503);
    assert_eq!(Form::default().post(&server).await.status, 204);
}
