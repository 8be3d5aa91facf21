//! One cell: a server, a store, one fault, one call, and what came of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::future::ProvideCredentials as Provided;
use holdall_core::{ErrorKind, Store};
use holdall_s3::{ChecksumMode, S3Storage};

use super::MAX_ATTEMPTS;
use super::perform::Operation;
use super::timer::{ATTEMPT, OPERATION, Timer};
use super::trouble::Trouble;
use crate::support::{BUCKET, SECRET, server};

/// The observation.
#[derive(Debug)]
pub(super) struct Seen {
    /// The kind of the error, if it was one.
    pub(super) outcome: Option<ErrorKind>,
    /// Requests of the operation.
    pub(super) own: usize,
    /// All requests.
    pub(super) all: usize,
    /// How often the fault struck.
    pub(super) struck: u64,
    /// Text that must not be in any cell.
    pub(super) problems: Vec<String>,
    /// For the one who looks for the reason.
    pub(super) details: String,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            None => write!(f, "ok {}/{}", self.own, self.all),
            Some(kind) => write!(f, "{kind:?} {}/{}", self.own, self.all),
        }
    }
}

/// Credentials that are others each time they are asked for.
#[derive(Debug, Default)]
struct Rotating(AtomicU32);

impl ProvideCredentials for Rotating {
    fn provide_credentials<'a>(&'a self) -> Provided<'a>
    where
        Self: 'a,
    {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        let token = format!("canary-token-{number}");
        Provided::ready(Ok(Credentials::new("AKIDCANARY", SECRET, Some(token), None, "rotating")))
    }
}

/// Makes one cell happen.
pub(super) async fn run(operation: Operation, trouble: Trouble) -> Seen {
    let server = server().await;
    operation.plant(&server).await;
    let timer = Timer::default();
    let storage = S3Storage::builder(BUCKET)
        .endpoint(server.endpoint())
        .region("us-east-1")
        .credentials_provider(Rotating::default())
        .checksum_mode(ChecksumMode::WhenSupported)
        .retry_backoff(std::time::Duration::from_millis(1))
        .conditional_writes(true)
        .conditional_copies(true)
        .conditional_deletes(false)
        .attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .read_timeout(ATTEMPT)
        .sleep(timer.clone())
        .part_size(5 << 20)
        .max_copy_size(5 << 20)
        .copy_part_size(5 << 20)
        // One after the other: which request stands still is known then.
        .concurrency(1);
    let store = Store::new(storage.build().expect("good settings"));
    let fault = server.inject(trouble.fault(operation));
    if trouble == Trouble::Stall {
        timer.watch(fault.clone());
    }

    let result = operation.perform(&store).await;
    // Stalled requests go on now, if anybody still waits for them.
    fault.remove();

    let mut problems = operation.check(&server, result.is_ok());
    let requests = server.requests();
    let own = server.count(operation.name());
    let open = server.open_uploads(BUCKET);
    if !open.is_empty() {
        problems.push(format!("{} multipart uploads are left", open.len()));
    }
    let mut attempts: BTreeMap<(&str, Option<&str>, Option<&str>), usize> = BTreeMap::new();
    for request in &requests {
        let part = request.query.split('&').find(|pair| pair.starts_with("partNumber="));
        *attempts.entry((&request.operation, request.key.as_deref(), part)).or_default() += 1;
    }
    for ((operation, key, _), count) in attempts {
        if count > MAX_ATTEMPTS {
            problems.push(format!("{operation} of {key:?} was sent {count} times"));
        }
    }
    let error = result.as_ref().err();
    if trouble == Trouble::WrongRegion && !error.is_some_and(|error| error.to_string().contains("eu-west-1"))
    {
        problems.push("the right region is not named".to_owned());
    }
    let sequence: Vec<String> = requests
        .iter()
        .map(|request| {
            let status = request.status.map_or("-".to_owned(), |status| status.to_string());
            format!("{} {status}", request.operation)
        })
        .collect();
    Seen {
        outcome: error.map(holdall_core::Error::kind),
        own,
        all: requests.len(),
        struck: fault.hits(),
        problems,
        details: format!("{} [{}]", error.map(ToString::to_string).unwrap_or_default(), sequence.join(", ")),
    }
}
