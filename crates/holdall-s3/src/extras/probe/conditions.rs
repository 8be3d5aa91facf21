//! Conditional requests: each condition by itself, and races between those that decide who wins.

use aws_sdk_s3::primitives::ByteStream;
use futures_util::future::join_all;

use super::{Feature, ProbeReport};
use crate::config::ServerCondition;
use crate::verbs::asking::{Answer, Scratch, ask as ask_one, copying, no_tag, settled};
use crate::wire::error::Failure;

/// How many writers compete in a race.
const RACERS: usize = 8;

/// Asks about every condition, and races three of them: at most 70 requests.
pub(super) async fn ask(scratch: &Scratch, report: &mut ProbeReport) {
    for condition in ServerCondition::ALL {
        report.record(Feature::of(condition), settled(ask_one(scratch, condition).await));
    }
    report.record(Feature::SimultaneousCreates, settled(race_of_creators(scratch).await));
    report.record(Feature::SimultaneousReplaces, settled(race_of_replacers(scratch).await));
    report.record(Feature::SimultaneousCopies, settled(race_of_copiers(scratch).await));
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
