//! The misbehaving server: every reply that is not S3's, to every request of a storage.
//!
//! [`TABLE`] says for each pair the kind of the error, the words that it must have, and how many requests the server
//! got before it was given up. That a call ends is part of each cell.

mod headers;
mod pages;
mod table;
mod verb;

use std::fmt::Write as _;
use std::time::Duration;

use futures_util::StreamExt as _;
use holdall_core::{Error, ErrorKind};
use holdall_s3::{S3Storage, S3StorageBuilder};
use holdall_testing::misbehaving::{Misbehaving, Reply};

use self::table::{Row, TABLE};
use self::verb::Verb;
use crate::support::{BUCKET, MIB, SECRET};

/// Longer than any call takes on a busy machine; it is met by a call that does not end.
const ENDS: Duration = Duration::from_mins(1);

/// A storage on that server, which tries everything twice.
fn builder(server: &Misbehaving) -> S3StorageBuilder {
    S3Storage::builder(BUCKET)
        .endpoint(server.endpoint())
        .region("us-east-1")
        .access_key("AKIDCANARY")
        .secret_key(SECRET)
        .versions(true)
        .part_size(5 * MIB as u64)
        .concurrency(1)
        // Nothing is to be asked before the requests that a test counts.
        .conditional_writes(true)
        .conditional_copies(true)
        .conditional_deletes(false)
        .max_attempts(2)
        .retry_backoff(Duration::from_millis(1))
}

/// The outcome of a call: a letter for the kind and the number of requests, as the table has it.
struct Seen {
    cell: String,
    error: Option<Error>,
}

fn letter(kind: ErrorKind) -> char {
    match kind {
        ErrorKind::InvalidConfig => 'C',
        ErrorKind::Unavailable => 'U',
        ErrorKind::Timeout => 'T',
        ErrorKind::PermissionDenied => 'P',
        ErrorKind::TooLarge => 'L',
        ErrorKind::StorageFull => 'F',
        ErrorKind::Unsupported => 'S',
        ErrorKind::Other => 'O',
        _ => '?',
    }
}

async fn run(reply: Reply, verb: Verb) -> Seen {
    let server = match verb.operation() {
        Some(operation) => Misbehaving::only(operation, reply).await,
        None => Misbehaving::start(reply).await,
    };
    let server = server.expect("a free port");
    let storage = verb.set_up(builder(&server)).build().expect("good settings");
    let Ok(done) = tokio::time::timeout(ENDS, verb.perform(storage)).await else {
        return Seen { cell: "endless".to_owned(), error: None };
    };
    let met = server.met();
    match done {
        Ok(()) => Seen { cell: format!("ok{met}"), error: None },
        Err(error) => Seen { cell: format!("{}{met}", letter(error.kind())), error: Some(error) },
    }
}

/// The mistake in a cell.
fn problems(row: &Row, expected: &str, verb: Verb, seen: &Seen) -> Option<String> {
    if seen.cell != expected {
        let error = seen.error.as_ref().map(ToString::to_string).unwrap_or_default();
        return Some(format!("expected {expected}, got {} {error}", seen.cell));
    }
    let error = seen.error.as_ref()?;
    let text = error.to_string();
    let words = if verb.hides_the_body() { row.hidden_words } else { row.words };
    let missing: Vec<_> = words.iter().filter(|word| !text.contains(**word)).collect();
    if !missing.is_empty() {
        return Some(format!("without {missing:?}: {text}"));
    }
    if text.contains('\n') || text.contains("sig=1") || text.contains("  ") {
        return Some(format!("not fit to be shown: {text}"));
    }
    let is_told = row.status.is_none_or(|status| error.reply().is_some_and(|reply| reply.status == status));
    (!is_told).then(|| format!("without the reply {:?}: {text}", row.status))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reply_of_somebody_else_is_a_yes() {
    let replies = Reply::all();
    let names: Vec<_> = replies.iter().map(|reply| reply.name).collect();
    assert_eq!(TABLE.map(|row| row.reply).to_vec(), names, "a row a reply");
    let cells = replies.iter().flat_map(|reply| Verb::ALL.map(|verb| (reply.clone(), verb)));
    let mut runs = futures_util::stream::iter(cells).map(|(reply, verb)| run(reply, verb)).buffered(8);
    let (mut wrong, mut found, mut count) = (Vec::new(), String::new(), 0);
    for row in TABLE {
        let expected: Vec<_> = row.cells.split_whitespace().collect();
        assert_eq!(expected.len(), Verb::ALL.len(), "{}", row.reply);
        let _infallible = write!(found, "{:<20}", row.reply);
        for (expected, verb) in expected.into_iter().zip(Verb::ALL) {
            let seen = runs.next().await.expect("a run a cell");
            count += 1;
            let _infallible = write!(found, "{} ", seen.cell);
            if let Some(problem) = problems(&row, expected, verb, &seen) {
                wrong.push(format!("{} / {verb:?}: {problem}", row.reply));
            }
        }
        found.push('\n');
    }
    assert!(wrong.is_empty(), "{} of {count} cells:\n{}\n\n{found}", wrong.len(), wrong.join("\n"));
    assert!(count >= 300, "{count} cells");
}
