//! Presigned requests: whether they work for somebody without credentials, and whether what they do not grant is
//! refused.

use std::time::Duration;

use holdall_core::{Name, Result, SaveMode, UploadMethod, UploadPolicy, UploadRequest, random_alphanumeric};

use super::plain::{Plain, Reply};
use super::{Feature, ProbeReport};
use crate::verbs::asking::{Answer, BODY, OTHER, Scratch, settled};
use crate::verbs::presign::{PresignRequest, PresignedRequest};
use crate::wire::error::Failure;

/// Longer than a probe takes.
const LIFE: Duration = Duration::from_mins(10);

/// Asks about links: at most 9 requests, none of which has credentials but in its URL or form.
pub(super) async fn ask(scratch: &Scratch, report: &mut ProbeReport) {
    report.record(Feature::PresignedGet, settled(get(scratch).await));
    report.record(Feature::PresignedPut, settled(put(scratch).await));
    report.record(Feature::PresignedPost, settled(post(scratch).await));
}

/// The URL of an object without a signature.
pub(super) async fn unsigned(scratch: &Scratch, key: &str) -> Result<String, Failure> {
    Ok(scratch.inner.object_url(key).await?)
}

/// A signed request; an answer where the storage makes none, as under a key of the customer's.
async fn signed(scratch: &Scratch, request: PresignRequest) -> Result<PresignedRequest, Answer> {
    let signed = scratch.inner.presign(request.expires_in(LIFE)).await;
    signed.map_err(|error| Answer::Unknown(format!("no link can be made: {}", error.reason())))
}

/// The key of a name that was made for the probe.
fn key(scratch: &Scratch, name: &Name) -> Result<Name, Failure> {
    Ok(scratch.inner.key(name)?)
}

/// The same request, for somebody who has it, with that content type instead of the signed one.
fn plain(request: &PresignedRequest, content_type: Option<&str>) -> Plain {
    let plain = Plain::new(request.method.as_str(), &request.url);
    request.headers.iter().fold(plain, |plain, (name, value)| match content_type {
        Some(other) if name == "content-type" => plain.header(name, other),
        _ => plain.header(name, value),
    })
}

/// The same URL with another signature.
fn tampered(url: &str) -> String {
    let Some((before, signature)) = url.split_once("X-Amz-Signature=") else { return url.to_owned() };
    let other = if signature.starts_with('0') { '1' } else { '0' };
    format!("{before}X-Amz-Signature={other}{}", signature.get(1..).unwrap_or_default())
}

/// The answer about a link that must be refused.
fn refused(reply: &Reply, otherwise: &str) -> Answer {
    Answer::yes_if(!reply.is_success(), otherwise)
}

async fn get(scratch: &Scratch) -> Result<Answer, Failure> {
    let name = scratch.name("get")?;
    scratch.store(key(scratch, &name)?.as_str()).await?;
    let request = match signed(scratch, PresignRequest::get(&name)).await {
        Ok(request) => request,
        Err(answer) => return Ok(answer),
    };
    let reply = plain(&request, None).send(scratch).await?;
    if !reply.is_success() || reply.body != BODY {
        return Ok(Answer::No(format!("it answers {} to a signed link", reply.status)));
    }
    let reply = Plain::new("GET", tampered(&request.url)).send(scratch).await?;
    Ok(refused(&reply, "it takes a link whose signature was changed"))
}

async fn put(scratch: &Scratch) -> Result<Answer, Failure> {
    let name = scratch.name("put")?;
    let request = PresignRequest::put(&name).header("content-type", "text/x-probe");
    let request = match signed(scratch, request).await {
        Ok(request) => request,
        Err(answer) => return Ok(answer),
    };
    let reply = plain(&request, None).body(BODY).send(scratch).await?;
    let key = key(scratch, &name)?;
    if !reply.is_success() || scratch.content(key.as_str()).await?.as_deref() != Some(BODY) {
        return Ok(Answer::No(format!("it answers {} to a signed PUT", reply.status)));
    }
    let other = plain(&request, Some("text/html")).body(OTHER);
    let reply = other.send(scratch).await?;
    Ok(refused(&reply, "it takes another content type than the one that was signed"))
}

/// A form of the storage's own making: it is what would be handed out.
async fn post(scratch: &Scratch) -> Result<Answer, Failure> {
    let name = scratch.name("post")?;
    let policy = UploadPolicy::default()
        .with_method(UploadMethod::Post)
        .with_mode(SaveMode::Overwrite)
        .with_content_type("text/x-probe")
        .with_min_size(1)
        .with_max_size(BODY.len() as u64);
    let form = match scratch.inner.upload_request(&name, policy).await {
        Ok(form) => form,
        Err(error) => return Ok(Answer::Unknown(format!("no form can be made: {}", error.reason()))),
    };
    let reply = filled(&form, BODY).send(scratch).await?;
    // The policy chooses the answer to a form: 200, 201, 204 or a redirect.
    let key = key(scratch, &name)?;
    if reply.status >= 400 || scratch.content(key.as_str()).await?.as_deref() != Some(BODY) {
        return Ok(Answer::No(format!("it answers {} to a signed form", reply.status)));
    }
    let reply = filled(&form, &[OTHER, BODY].concat()).send(scratch).await?;
    Ok(Answer::yes_if(reply.status >= 400, "it takes a larger file than the form's policy allows"))
}

/// The form as a browser sends it (RFC 7578); the file comes last, as S3 wants it.
fn filled(form: &UploadRequest, file: &[u8]) -> Plain {
    let boundary = format!("holdall{}", random_alphanumeric(24));
    let mut body = Vec::new();
    for (field, value) in &form.fields {
        let part =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head =
        "Content-Disposition: form-data; name=\"file\"; filename=\"probe\"\r\nContent-Type: text/x-probe";
    body.extend_from_slice(format!("--{boundary}\r\n{head}\r\n\r\n").as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    let plain = Plain::new("POST", &form.url);
    let plain = form.headers.iter().fold(plain, |plain, (name, value)| plain.header(name, value));
    plain.header("content-type", format!("multipart/form-data; boundary={boundary}")).body(body)
}

#[cfg(test)]
mod tests {
    use super::tampered;

    #[test]
    fn another_signature_differs_in_one_digit() {
        assert_eq!(tampered("http://h/k?a=b&X-Amz-Signature=0f"), "http://h/k?a=b&X-Amz-Signature=1f");
        assert_eq!(tampered("http://h/k?X-Amz-Signature=ab&c=d"), "http://h/k?X-Amz-Signature=0b&c=d");
        assert_eq!(tampered("http://h/k"), "http://h/k");
    }
}
