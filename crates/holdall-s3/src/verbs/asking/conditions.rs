//! Conditional requests: whether a condition that does not hold stops the request that carries it.
//!
//! A server may refuse a header, ignore it, or look first and write afterwards. One request shows only the first of
//! these. So each condition is also asked where it must fail.

use aws_sdk_s3::operation::copy_object::builders::CopyObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::MetadataDirective;

use super::answer::{Answer, NO_TAG, no_tag, stopped, taken};
use super::scratch::{OTHER, Scratch};
use super::trial_upload;
use crate::config::ServerCondition;
use crate::wire::encoding::path_of;
use crate::wire::error::Failure;

/// Whether the server honours one condition.
///
/// # Errors
///
/// The failure that left the question unanswered, or with which the server refused it.
pub(crate) async fn ask(scratch: &Scratch, condition: ServerCondition) -> Result<Answer, Failure> {
    match condition {
        ServerCondition::PutIfNoneMatch => create(scratch).await,
        ServerCondition::PutIfMatch => replace(scratch).await,
        ServerCondition::CompleteIfNoneMatch => trial_upload::create(scratch).await,
        ServerCondition::CompleteIfMatch => trial_upload::replace(scratch).await,
        ServerCondition::CopyIfNoneMatch => copy(scratch).await,
        ServerCondition::CopyIfMatch => copy_over(scratch).await,
        ServerCondition::CopySourceIfMatch => copy_of(scratch).await,
        ServerCondition::DeleteIfMatch => delete(scratch).await,
    }
}

async fn create(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("create");
    // Without the condition: should its reply be lost, it is simply sent again.
    scratch.store(&key).await?;
    let sent = scratch.put(&key).if_none_match("*").send().await;
    let sent = sent.map_err(|error| scratch.inner.failure(&error));
    stopped(sent, "it stored the object twice: the header is ignored")
}

async fn replace(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("replace");
    let Some(first) = scratch.store(&key).await? else { return Ok(no_tag()) };
    let put = |etag: &str| {
        let request = scratch.put(&key).body(ByteStream::from_static(OTHER)).if_match(etag);
        async move { request.send().await.map_err(|error| scratch.inner.failure(&error)) }
    };
    let refused = stopped(put(NO_TAG).await, "it stored over another version: the header is ignored")?;
    if !refused.is_yes() {
        return Ok(refused);
    }
    taken(refused, put(&first).await)
}

/// A copy of one key of the probe to another.
pub(crate) fn copying(scratch: &Scratch, from: &str, to: &str) -> CopyObjectFluentBuilder {
    scratch
        .client
        .copy_object()
        .bucket(scratch.bucket())
        .key(to)
        .copy_source(path_of(scratch.bucket(), from, None))
        .metadata_directive(MetadataDirective::Replace)
}

async fn copy(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("copy");
    scratch.store(&key).await?;
    let copied = copying(scratch, &key, &key).if_none_match("*").send().await;
    let copied = copied.map_err(|error| scratch.inner.failure(&error));
    stopped(copied, "it copied onto an object that was there: the header is ignored")
}

async fn copy_over(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("copy-over");
    let Some(etag) = scratch.store(&key).await? else { return Ok(no_tag()) };
    let copy = |etag: &str| {
        let request = copying(scratch, &key, &key).if_match(etag);
        async move { request.send().await.map_err(|error| scratch.inner.failure(&error)) }
    };
    let refused = stopped(copy(NO_TAG).await, "it copied over another version: the header is ignored")?;
    if !refused.is_yes() {
        return Ok(refused);
    }
    taken(refused, copy(&etag).await)
}

async fn copy_of(scratch: &Scratch) -> Result<Answer, Failure> {
    let (key, to) = (scratch.key("copy-of"), scratch.key("copied-of"));
    let Some(etag) = scratch.store(&key).await? else { return Ok(no_tag()) };
    let copy = |etag: &str| {
        let request = copying(scratch, &key, &to).copy_source_if_match(etag);
        async move { request.send().await.map_err(|error| scratch.inner.failure(&error)) }
    };
    let refused = stopped(copy(NO_TAG).await, "it copied another version: the header is ignored")?;
    if !refused.is_yes() {
        return Ok(refused);
    }
    taken(refused, copy(&etag).await)
}

async fn delete(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("delete");
    let Some(etag) = scratch.store(&key).await? else { return Ok(no_tag()) };
    let delete = |etag: &str| {
        let request = scratch.client.delete_object().bucket(scratch.bucket()).key(&key).if_match(etag);
        async move { request.send().await.map_err(|error| scratch.inner.failure(&error)) }
    };
    let refused = stopped(delete(NO_TAG).await, "it deleted another version: the header is ignored")?;
    if !refused.is_yes() {
        return Ok(refused);
    }
    taken(refused, delete(&etag).await)
}
