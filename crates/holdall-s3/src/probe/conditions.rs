//! Conditional requests: whether a condition that does not hold stops what it goes with.
//!
//! A server may refuse a header, ignore it, or look first and write afterwards. Only the first is seen by asking once:
//! so each condition is also asked where it must fail, and those that decide who wins are raced.

use aws_sdk_s3::operation::copy_object::builders::CopyObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::MetadataDirective;
use futures_util::future::join_all;

use super::parts::completion;
use super::scratch::{OTHER, Scratch, answer_of};
use super::{Answer, Feature, ProbeReport};
use crate::config::ServerCondition;
use crate::error::Failure;

/// How many writers compete in a race.
const RACERS: usize = 8;

/// As long as an MD5, which is what an entity tag looks like everywhere.
pub(super) const NO_TAG: &str = "\"00000000000000000000000000000000\"";

/// Asks about every condition, and races three of them: at most 70 requests.
pub(super) async fn ask(scratch: &Scratch, report: &mut ProbeReport) {
    for condition in ServerCondition::ALL {
        report.record(Feature::of(condition), settled(one(scratch, condition).await));
    }
    report.record(Feature::SimultaneousCreates, settled(race_of_creators(scratch).await));
    report.record(Feature::SimultaneousReplaces, settled(race_of_replacers(scratch).await));
    report.record(Feature::SimultaneousCopies, settled(race_of_copiers(scratch).await));
}

/// Whether the server honours one condition: what a storage asks by itself, too; see `honoured.rs`.
///
/// # Errors
///
/// The failure that left the question unanswered, or with which the server refused it.
pub(crate) async fn one(scratch: &Scratch, condition: ServerCondition) -> Result<Answer, Failure> {
    match condition {
        ServerCondition::PutIfNoneMatch => create(scratch).await,
        ServerCondition::PutIfMatch => replace(scratch).await,
        ServerCondition::CompleteIfNoneMatch => completion::create(scratch).await,
        ServerCondition::CompleteIfMatch => completion::replace(scratch).await,
        ServerCondition::CopyIfNoneMatch => copy(scratch).await,
        ServerCondition::CopyIfMatch => copy_over(scratch).await,
        ServerCondition::CopySourceIfMatch => copy_of(scratch).await,
        ServerCondition::DeleteIfMatch => delete(scratch).await,
    }
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

/// What became of a write whose condition holds, after `refused` has shown that the other one is stopped.
pub(super) fn taken<T>(refused: Answer, outcome: Result<T, Failure>) -> Result<Answer, Failure> {
    match outcome {
        _ if !refused.is_yes() => Ok(refused),
        Ok(_) => Ok(Answer::Yes),
        Err(failure) if failure.is_condition() => Ok(Answer::no("it refuses the entity tag that it gave")),
        Err(failure) => Err(failure),
    }
}

/// What is said of a server that gives no tag to compare with.
pub(super) fn no_tag() -> Answer {
    Answer::no("it gives no entity tag")
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
fn copying(scratch: &Scratch, from: &str, to: &str) -> CopyObjectFluentBuilder {
    scratch
        .client
        .copy_object()
        .bucket(scratch.bucket())
        .key(to)
        .copy_source(crate::copy::path_of(scratch.bucket(), from, None))
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

async fn race_of_creators(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("race");
    let writers = (0..RACERS).map(|_| scratch.put(&key).if_none_match("*").send());
    Ok(winners(&join_all(writers).await, "writers were told that they had created the same object"))
}

async fn race_of_replacers(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("race-over");
    let Some(etag) = scratch.store(&key).await? else { return Ok(no_tag()) };
    let writers = (0..RACERS).map(|writer| {
        // Each another content, so that the tag is no longer that of the first.
        let body = ByteStream::from(format!("writer {writer}").into_bytes());
        scratch.put(&key).body(body).if_match(&etag).send()
    });
    Ok(winners(&join_all(writers).await, "writers were told that they had replaced the same version"))
}

async fn race_of_copiers(scratch: &Scratch) -> Result<Answer, Failure> {
    let (key, to) = (scratch.key("race-copy"), scratch.key("race-copied"));
    scratch.store(&key).await?;
    let copiers = (0..RACERS).map(|_| copying(scratch, &key, &to).if_none_match("*").send());
    Ok(winners(&join_all(copiers).await, "copies were told that they had created the same object"))
}

fn winners<T, E>(outcomes: &[Result<T, E>], seen: &str) -> Answer {
    match outcomes.iter().filter(|outcome| outcome.is_ok()).count() {
        0 => Answer::Unknown("none of the writers got an answer that says so".to_owned()),
        1 => Answer::Yes,
        winners => Answer::no(format!("{winners} of {RACERS} {seen}")),
    }
}
