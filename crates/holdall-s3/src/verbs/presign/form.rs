//! Uploads by form: the POST policy, which is the one way to limit a size to a range ("Browser-Based Uploads
//! Using POST", Amazon S3 API Reference).
//!
//! The policy is the grant: the server compares every field of the form with it and refuses fields that it
//! does not mention. So each field that is given has its condition, and nothing else has one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use holdall_core::{
    Error, ErrorKind, Name, Result, UploadMethod, UploadPolicy, UploadRequest, UploadSuccess,
};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::life::Life;
use crate::wire::client::Inner;

/// The placeholder in the field `key` that the server replaces by the name of the file.
const FILE_NAME: &str = "${filename}";

impl Inner {
    /// A form for one upload.
    pub(super) async fn form_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
        let name = if policy.any_file_name { name.clone() } else { policy.choose_name(name)? };
        let key = self.key(&name)?;
        if key.as_str().contains(FILE_NAME) {
            let message =
                format!("a form cannot upload to a name with {FILE_NAME:?}; the server would expand it");
            return Err(Error::message(ErrorKind::InvalidName, message).with_name(name.as_str()));
        }
        if self.about_the_bucket("PutObject").next().is_some() {
            let what = "say in a form whose bucket it is or who pays (expected_bucket_owner, requester_pays); use PUT";
            return Err(Error::unsupported(what));
        }
        let (mut fields, mut conditions) = self.form_fields(&name, &policy)?;
        let key_condition = if policy.any_file_name {
            fields.insert("key".to_owned(), format!("{key}/{FILE_NAME}"));
            json!(["starts-with", "$key", format!("{key}/")])
        } else {
            fields.insert("key".to_owned(), key.to_string());
            json!({ "key": key.as_str() })
        };
        conditions.extend([json!({ "bucket": self.bucket() }), key_condition]);

        let life = self.life_of_request(policy.expires_in).await?;
        for (field, value) in self.form_credentials(&life).await? {
            conditions.push(condition(field, &value));
            fields.insert(field.to_owned(), value);
        }
        let policy = BASE64.encode(document(&life, &conditions)?);
        let signature = self.sign_policy(&policy, &life).await?;
        fields.extend([("policy".to_owned(), policy), ("x-amz-signature".to_owned(), signature)]);
        let url = self.form_url().await?;
        Ok(UploadRequest::new(name, UploadMethod::Post, url, life.expires_at()).with_fields(fields))
    }

    /// Size, type, attributes and answer: fields with their conditions.
    fn form_fields(
        &self,
        name: &Name,
        policy: &UploadPolicy,
    ) -> Result<(BTreeMap<String, String>, Vec<Value>)> {
        let mut headers = self.upload_headers(name, policy)?;
        if headers.contains_key("content-language") {
            let message = "a form has no field for the content language; use PUT, or leave it out";
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        if headers.keys().any(|name| name.starts_with("x-amz-grant-")) {
            let message = "a form has no fields for grants; use PUT, or an ACL that has a name";
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        if let Some(tagging) = headers.remove("x-amz-tagging") {
            headers.insert("tagging".to_owned(), tagging_document(&tagging));
        }
        let mut conditions = Vec::new();
        if policy.min_size.is_some() || policy.max_size.is_some() {
            let (min, max) =
                (policy.min_size.unwrap_or(0), policy.max_size.unwrap_or(super::upload::MAX_SINGLE));
            conditions.push(json!(["content-length-range", min, max]));
        }
        if let Some(family) = &policy.content_type_prefix {
            headers.remove("content-type");
            conditions.push(json!(["starts-with", "$Content-Type", family]));
        }
        let mut fields: BTreeMap<String, String> =
            headers.into_iter().map(|(name, value)| (field(&name).to_owned(), value)).collect();
        match &policy.success {
            Some(UploadSuccess::Status(status)) => {
                fields.insert("success_action_status".to_owned(), status.to_string());
            }
            Some(UploadSuccess::Redirect(url)) => {
                fields.insert("success_action_redirect".to_owned(), url.clone());
            }
            _ => {}
        }
        conditions.extend(fields.iter().map(|(name, value)| condition(name, value)));
        Ok((fields, conditions))
    }
}

/// Tags as a form has them: where the header is a query, the field is the body of `PutObjectTagging`. Checked tags
/// have nothing that XML would have to escape.
fn tagging_document(header: &str) -> String {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let tags = header.split('&').filter_map(|pair| pair.split_once('='));
    let mut set = String::new();
    for (name, value) in tags {
        let (name, value) = (decode(name), decode(value));
        write!(set, "<Tag><Key>{name}</Key><Value>{value}</Value></Tag>").expect("a String takes everything");
    }
    format!("<Tagging><TagSet>{set}</TagSet></Tagging>")
}

/// The field that a form has for a header.
fn field(header: &str) -> &str {
    match header {
        "content-type" => "Content-Type",
        "content-disposition" => "Content-Disposition",
        "content-encoding" => "Content-Encoding",
        "cache-control" => "Cache-Control",
        "x-amz-acl" => "acl",
        other => other,
    }
}

/// A field must have exactly that value.
fn condition(field: &str, value: &str) -> Value {
    Value::Object([(field.to_owned(), Value::from(value))].into_iter().collect())
}

/// The policy document, in ASCII: "Policy conditions" asks for other characters to be escaped.
fn document(life: &Life, conditions: &[Value]) -> Result<String> {
    let cannot = |error: &dyn std::fmt::Display| {
        Error::message(ErrorKind::Other, format!("no policy can be made: {error}"))
    };
    let expiration = DateTime::from(life.expires_at()).fmt(DateTimeFormat::DateTime);
    let expiration = expiration.map_err(|error| cannot(&error))?;
    let json = serde_json::to_string(&Document { expiration, conditions }).map_err(|error| cannot(&error))?;
    let mut ascii = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_ascii() {
            ascii.push(letter);
            continue;
        }
        // Outside strings JSON is ASCII, and in them every unit of UTF-16 has such an escape.
        for unit in letter.encode_utf16(&mut [0; 2]) {
            write!(ascii, "\\u{unit:04x}").expect("a String takes everything");
        }
    }
    Ok(ascii)
}

/// In the order in which people write it.
#[derive(serde::Serialize)]
struct Document<'a> {
    expiration: String,
    conditions: &'a [Value],
}
