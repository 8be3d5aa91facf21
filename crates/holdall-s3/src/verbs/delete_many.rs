//! Deleting many files: `DeleteObjects` by 1,000, with the result of every key.
//!
//! A 200 says nothing yet: each key has its own result in the reply. Keys that were throttled or failed inside the
//! server goes again, by itself, with the next request; what the reply does not mention is deleted singly. So is what
//! XML cannot carry, and everything where a server does not have the operation. One name is one `DeleteObject`: several
//! servers answer differently to a bulk request for a single key (apache/arrow-rs-object-store#731).

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use futures_util::StreamExt as _;
use futures_util::stream;
use holdall_core::{DeleteOptions, Error, ErrorKind, Name, Result, ServerReply};

use crate::wire::blank_key::is_blank;
use crate::wire::client::Inner;
use crate::wire::error::{Failure, of_code};

/// The most keys that one `DeleteObjects` takes.
const MAX_KEYS: usize = 1000;
/// How many requests of the same call are under way at once: bulk ones, and single ones.
const BULKS: usize = 4;
const SINGLES: usize = 16;

/// The result for each file, in the order of the names.
type Results = Vec<Option<Result<()>>>;

/// See [`Storage::delete_many`](holdall_core::Storage::delete_many).
pub(crate) async fn delete_many(inner: &Arc<Inner>, names: &[Name]) -> Vec<Result<()>> {
    let mut results: Results = std::iter::repeat_with(|| None).take(names.len()).collect();
    if inner.config.server.features.bulk_delete && names.len() > 1 {
        in_bulk(inner, names, &mut results).await;
    }
    // The names that are not settled: all of them where there is no bulk deletion.
    let open: Vec<_> = results
        .iter()
        .enumerate()
        .filter(|(_, result)| result.is_none())
        .map(|(index, _)| async move { (index, inner.delete(&names[index], DeleteOptions::default()).await) })
        .collect();
    let single: Vec<_> = stream::iter(open).buffer_unordered(SINGLES).collect().await;
    for (index, result) in single {
        results[index] = Some(result);
    }
    let name = |(result, name): (Option<Result<()>>, &Name)| {
        result.unwrap_or(Ok(())).map_err(|error| error.with_name(name.as_str()))
    };
    results.into_iter().zip(names).map(name).collect()
}

/// Settles what bulk requests can settle.
async fn in_bulk(inner: &Inner, names: &[Name], results: &mut Results) {
    // One entry for each key, even if several names mean it.
    let mut keys: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        match inner.key(name) {
            Ok(key) if fits_into_xml(key.as_str()) => {
                keys.entry(key.as_str().to_owned()).or_default().push(index);
            }
            Ok(_) => {}
            Err(error) => results[index] = Some(Err(error)),
        }
    }
    let batches: Vec<Vec<String>> =
        keys.keys().cloned().collect::<Vec<_>>().chunks(MAX_KEYS).map(<[String]>::to_vec).collect();
    let batches: Vec<_> = batches
        .into_iter()
        // One name that is left over after full batches is a single deletion.
        .filter(|batch| batch.len() > 1)
        .map(|batch| async move { delete_batch(inner, batch).await })
        .collect();
    let mut batches = stream::iter(batches).buffer_unordered(BULKS);
    while let Some(settled) = batches.next().await {
        for (key, failed) in settled {
            for &index in keys.get(&key).into_iter().flatten() {
                results[index] = Some(match &failed {
                    None => Ok(()),
                    Some(reason) => Err(reason.error(inner)),
                });
            }
        }
    }
}

/// Why a key could not be deleted. An [`Error`] belongs to one name, and several may mean a key.
#[derive(Debug)]
enum Reason {
    /// The server refused this key.
    Key { code: String, message: Option<String> },
    /// The request for all of them failed.
    Request { kind: ErrorKind, reason: String, retryable: bool, reply: Option<ServerReply> },
}

impl Reason {
    fn error(&self, inner: &Inner) -> Error {
        match self {
            Self::Key { code, message } => of_code(code, message.as_deref(), &inner.config).into(),
            Self::Request { kind, reason, retryable, reply } => {
                let error = Error::message(*kind, reason).with_retryable(*retryable);
                reply.iter().cloned().fold(error, Error::with_reply)
            }
        }
    }

    fn of_request(failure: Failure) -> impl Fn() -> Self {
        let error = failure.into_error();
        let (kind, reason, retryable) = (error.kind(), error.reason().to_owned(), error.is_retryable());
        let reply = error.reply().cloned();
        move || Self::Request { kind, reason: reason.clone(), retryable, reply: reply.clone() }
    }

    /// Whether the same request may succeed a moment later.
    fn is_passing(&self) -> bool {
        let Self::Key { code, .. } = self else { return false };
        matches!(
            code.as_str(),
            "InternalError"
                | "SlowDown"
                | "SlowDownWrite"
                | "ServiceUnavailable"
                | "RequestTimeout"
                | "OperationAborted"
                | "Throttling"
        )
    }
}

/// Deletes up to 1,000 keys. Says for each what became of it; a key that is missing in the answer is not settled.
async fn delete_batch(inner: &Inner, mut keys: Vec<String>) -> Vec<(String, Option<Reason>)> {
    let mut settled = Vec::new();
    let mut attempt = 1;
    loop {
        let said = match request(inner, &keys).await {
            Ok(said) => said,
            Err(Refused::Unknown) => return settled,
            Err(Refused::Failed(failure)) => {
                let reason = Reason::of_request(failure);
                settled.extend(keys.into_iter().map(|key| (key, Some(reason()))));
                return settled;
            }
        };
        let mut again = Vec::new();
        for (key, failed) in said {
            match failed {
                Some(reason) if reason.is_passing() && attempt < inner.config.client.max_attempts => {
                    again.push(key);
                }
                failed => settled.push((key, failed)),
            }
        }
        let pause = inner.config.client.retry_backoff.saturating_mul(2_u32.saturating_pow(attempt - 1));
        if again.is_empty() || inner.pause(pause).await.is_err() {
            return settled;
        }
        keys = again;
        attempt += 1;
    }
}

/// Why there is no answer.
enum Refused {
    /// The server does not have the operation, or not for these keys.
    Unknown,
    /// It failed or was refused.
    Failed(Failure),
}

/// One `DeleteObjects`. The SDK adds the checksum of the body that S3 wants.
async fn request(inner: &Inner, keys: &[String]) -> Result<Vec<(String, Option<Reason>)>, Refused> {
    let objects = keys.iter().map(|key| ObjectIdentifier::builder().key(key).build());
    let delete = objects.collect::<Result<Vec<_>, _>>().map_err(|_| Refused::Unknown)?;
    let delete =
        Delete::builder().set_objects(Some(delete)).quiet(false).build().map_err(|_| Refused::Unknown)?;
    let client = inner.client().await.map_err(|error| Refused::Failed(error.into()))?;
    let reply = client.delete_objects().bucket(inner.bucket()).delete(delete).send().await;
    let reply = reply.map_err(|error| {
        let failure = inner.failure(&error);
        // A method or body that the server does not know, or a key in it that it does not take.
        let unknown = matches!(failure.status(), Some(400 | 405 | 411 | 501))
            || failure.status() == Some(404) && failure.code() != "NoSuchBucket";
        if unknown && !is_about_credentials(failure.code()) {
            Refused::Unknown
        } else {
            Refused::Failed(failure)
        }
    })?;
    let deleted = reply.deleted().iter().filter_map(|object| Some((object.key()?.to_owned(), None)));
    let failed = reply.errors().iter().filter_map(|error| {
        let code = error.code().unwrap_or_default().to_owned();
        // It is gone, which is what was wanted.
        if matches!(code.as_str(), "NoSuchKey" | "NoSuchVersion") {
            return Some((error.key()?.to_owned(), None));
        }
        let message = error.message().map(str::to_owned);
        Some((error.key()?.to_owned(), Some(Reason::Key { code, message })))
    });
    Ok(deleted.chain(failed).collect())
}

/// A 400 that each single request would get too.
fn is_about_credentials(code: &str) -> bool {
    matches!(
        code,
        "ExpiredToken"
            | "InvalidToken"
            | "TokenRefreshRequired"
            | "AuthorizationHeaderMalformed"
            | "InvalidBucketName"
            | "BadDigest"
            | "InvalidDigest"
            | "XAmzContentSHA256Mismatch"
    )
}

/// Whether an XML document can hold the key. Of what names allow, only two characters it cannot (XML 1.0, section
/// 2.2); and white space alone may be lost on the way, because parsers may leave it out.
fn fits_into_xml(key: &str) -> bool {
    !key.contains(['\u{fffe}', '\u{ffff}']) && !is_blank(key)
}
