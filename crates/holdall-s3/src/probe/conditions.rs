//! Conditional writes: whether a condition that does not hold stops the write.
//!
//! A server may refuse a header, ignore it, or look first and write afterwards. Only the first is seen by asking once:
//! so each condition is also asked where it must fail, and the creation of a key is raced.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::MetadataDirective;
use futures_util::future::join_all;

use super::scratch::{OTHER, Scratch, answer_of};
use super::{Answer, Feature, ProbeReport};
use crate::error::Failure;

/// How many writers create one key at once.
const RACERS: usize = 8;

/// Asks about every condition but that on Complete: 24 requests.
pub(super) async fn ask(scratch: &Scratch, report: &mut ProbeReport) {
    report.record(Feature::ConditionalCreate, settled(create(scratch).await));
    report.record(Feature::SimultaneousCreates, race(scratch).await);
    report.record(Feature::ConditionalReplace, settled(replace(scratch).await));
    report.record(Feature::ConditionalCopy, settled(copy(scratch).await));
    report.record(Feature::ConditionalDelete, settled(delete(scratch).await));
}

/// A failure is an answer too.
pub(super) fn settled(asked: Result<Answer, Failure>) -> Answer {
    asked.unwrap_or_else(answer_of)
}

/// What became of a write that a condition must stop.
pub(super) fn stopped<T>(outcome: Result<T, Failure>, ignored: &str) -> Result<Answer, Failure> {
    match outcome {
        Ok(_) => Ok(Answer::no(ignored)),
        Err(failure) if failure.is_condition() || failure.is_conflict() => Ok(Answer::Yes),
        Err(failure) => Err(failure),
    }
}

async fn create(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("create");
    let put = || async {
        let sent = scratch.put(&key).if_none_match("*").send().await;
        sent.map_err(|error| scratch.inner.failure(&error))
    };
    put().await?;
    stopped(put().await, "it stored the object twice: the header is ignored")
}

async fn race(scratch: &Scratch) -> Answer {
    let key = scratch.key("race");
    let writers = (0..RACERS).map(|_| scratch.put(&key).if_none_match("*").send());
    let outcomes = join_all(writers).await;
    match outcomes.iter().filter(|outcome| outcome.is_ok()).count() {
        0 => Answer::Unknown("none of the writers got an answer that says so".to_owned()),
        1 => Answer::Yes,
        winners => Answer::no(format!(
            "{winners} of {RACERS} writers were told that they had created the same object"
        )),
    }
}

async fn replace(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("replace");
    let Some(first) = scratch.store(&key).await? else {
        return Ok(Answer::no("it gives no entity tag"));
    };
    let put = |etag: String| scratch.put(&key).body(ByteStream::from_static(OTHER)).if_match(etag).send();
    match put(first.clone()).await.map_err(|error| scratch.inner.failure(&error)) {
        Ok(_) => {}
        Err(failure) if failure.is_condition() => {
            return Ok(Answer::no("it refuses the entity tag that it gave"));
        }
        Err(failure) => return Err(failure),
    }
    let stale = put(first).await.map_err(|error| scratch.inner.failure(&error));
    stopped(stale, "it stored over another version: the header is ignored")
}

async fn copy(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("copy");
    scratch.store(&key).await?;
    let request = scratch
        .client
        .copy_object()
        .bucket(scratch.bucket())
        .key(&key)
        .copy_source(crate::copy::path_of(scratch.bucket(), &key, None))
        .metadata_directive(MetadataDirective::Replace)
        .if_none_match("*");
    let copied = request.send().await.map_err(|error| scratch.inner.failure(&error));
    stopped(copied, "it copied onto an object that was there: the header is ignored")
}

async fn delete(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("delete");
    let Some(etag) = scratch.store(&key).await? else {
        return Ok(Answer::no("it gives no entity tag"));
    };
    let delete = |etag: &str| {
        let request = scratch.client.delete_object().bucket(scratch.bucket()).key(&key).if_match(etag);
        async move { request.send().await.map_err(|error| scratch.inner.failure(&error)) }
    };
    // As long as an MD5, which is what an entity tag looks like everywhere.
    let refused = stopped(
        delete("\"00000000000000000000000000000000\"").await,
        "it deleted another version: the header is ignored",
    )?;
    if !refused.is_yes() {
        return Ok(refused);
    }
    match delete(&etag).await {
        Ok(_) => Ok(Answer::Yes),
        Err(failure) if failure.is_condition() => Ok(Answer::no("it refuses the entity tag that it gave")),
        Err(failure) => Err(failure),
    }
}

/// Whether a copy onto a taken key is refused: the one question that a storage asks by itself; see `publish.rs`.
///
/// # Errors
///
/// The failure that left the question unanswered. A refusal is a no.
pub(crate) async fn copies_conditionally(scratch: &Scratch) -> Result<bool, Failure> {
    match copy(scratch).await {
        Ok(answer) => Ok(answer.is_yes()),
        Err(failure) if failure.unknown => Err(failure),
        Err(_) => Ok(false),
    }
}
