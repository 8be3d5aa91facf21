//! Forms that browsers post, read before s3s reads them.
//!
//! s3s verifies the signature of the policy and most of its conditions. What it does not do is done here: `${filename}` is
//! put in place in every field, conditions are judged with S3's answer (403 `AccessDenied`), and the policy's end is judged
//! by the server's own clock. (Amazon S3 API reference, "POST Policy" and "POST Object".)

use std::time::SystemTime;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use s3s::dto::Timestamp;
use s3s::post_policy::{PostPolicy, PostPolicyCondition};
use s3s::{S3Error, s3_error};

/// What stands for the name of the file.
const FILENAME: &str = "${filename}";

/// Fields that a policy need not mention.
const EXEMPT: [&str; 4] = ["x-amz-signature", "file", "policy", "submit"];

/// A form with the name of its file in place.
#[derive(Debug)]
pub(crate) struct Form {
    /// The whole body to hand on.
    pub(crate) body: Bytes,
    fields: Vec<(String, String)>,
}

/// Whether the request is a form.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.to_ascii_lowercase().starts_with("multipart/form-data")
}

impl Form {
    /// Reads the fields before the file and puts the file's name in place. A body that is no form is handed on as it is:
    /// s3s refuses it.
    pub(crate) fn read(body: Bytes, content_type: Option<&HeaderValue>) -> Self {
        let boundary = content_type.and_then(|kind| kind.to_str().ok()).and_then(boundary_of);
        let Some(boundary) = boundary else { return Self { body, fields: Vec::new() } };
        let delimiter = format!("--{boundary}").into_bytes();
        let Some((fields, file, filename)) = split(&body, &delimiter) else {
            return Self { body, fields: Vec::new() };
        };
        let before = String::from_utf8_lossy(&body[..file]).replace(FILENAME, &filename);
        let whole = [before.as_bytes(), &body[file..]].concat();
        let fields =
            fields.into_iter().map(|(name, value)| (name, value.replace(FILENAME, &filename))).collect();
        Self { body: whole.into(), fields }
    }

    /// The value of a field, by its name in lower case.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// What S3 answers once the signature is good: nothing, or why the policy does not allow the form.
    pub(crate) fn judge(&self, bucket: &str, now: SystemTime) -> Option<S3Error> {
        let policy = PostPolicy::from_base64(self.field("policy")?).ok()?;
        if Timestamp::from(now) >= policy.expiration {
            return Some(s3_error!(AccessDenied, "Invalid according to Policy: Policy expired."));
        }
        let value = |field: &str| if field == "bucket" { Some(bucket) } else { self.field(field) };
        for condition in &policy.conditions {
            let failed = match condition {
                PostPolicyCondition::Eq { field, value: expected } => (value(field) != Some(expected))
                    .then(|| format!("[\"eq\", \"${field}\", \"{expected}\"]")),
                PostPolicyCondition::StartsWith { field, prefix } => {
                    (!starts_with(field, value(field).unwrap_or_default(), prefix))
                        .then(|| format!("[\"starts-with\", \"${field}\", \"{prefix}\"]"))
                }
                // s3s counts the bytes.
                PostPolicyCondition::ContentLengthRange { .. } => None,
            };
            if let Some(failed) = failed {
                return Some(s3_error!(
                    AccessDenied,
                    "Invalid according to Policy: Policy Condition failed: {failed}"
                ));
            }
        }
        let named = |name: &str| {
            policy.conditions.iter().any(|condition| match condition {
                PostPolicyCondition::Eq { field, .. } | PostPolicyCondition::StartsWith { field, .. } => {
                    field == name
                }
                PostPolicyCondition::ContentLengthRange { .. } => false,
            })
        };
        let extra = self
            .fields
            .iter()
            .map(|(name, _)| name.as_str())
            .find(|name| !EXEMPT.contains(name) && !name.starts_with("x-ignore-") && !named(name));
        extra.map(|name| s3_error!(AccessDenied, "Invalid according to Policy: Extra input fields: {name}"))
    }
}

/// A content type may be a list; each of it must begin so.
fn starts_with(field: &str, value: &str, prefix: &str) -> bool {
    match field {
        "content-type" => value.split(',').all(|part| part.trim().starts_with(prefix)),
        _ => value.starts_with(prefix),
    }
}

fn boundary_of(content_type: &str) -> Option<String> {
    let value = content_type.split(';').find_map(|parameter| parameter.trim().strip_prefix("boundary="))?;
    Some(value.trim_matches('"').to_owned())
}

type Fields = Vec<(String, String)>;

/// The fields before the file, where the file's part begins, and the file's name.
fn split(body: &[u8], delimiter: &[u8]) -> Option<(Fields, usize, String)> {
    let mut fields = Vec::new();
    let mut start = find(body, delimiter)? + delimiter.len();
    loop {
        let head_end = start + find(&body[start..], b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&body[start..head_end]).into_owned();
        let name = parameter(&head, "name")?.to_ascii_lowercase();
        if name == "file" {
            let filename = parameter(&head, "filename").unwrap_or_default();
            // Browsers of old sent the whole path; S3 takes what is behind the last slash of either kind.
            let filename = filename.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            return Some((fields, start, filename));
        }
        let value = head_end + 4;
        let end = value + find(&body[value..], delimiter)?;
        let text = String::from_utf8_lossy(&body[value..end.checked_sub(2)?]).into_owned();
        fields.push((name, text));
        start = end + delimiter.len();
    }
}

/// A parameter of `Content-Disposition`.
fn parameter(head: &str, name: &str) -> Option<String> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let value =
        line.split(';').find_map(|parameter| parameter.trim().strip_prefix(name)?.strip_prefix('='))?;
    Some(value.trim().trim_matches('"').to_owned())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
