//! The objects and uploads of a probe, and their end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::EncodingType;
use bytes::Bytes;
use holdall_core::{Error, Name, Result, random_alphanumeric};

use super::Answer;
use crate::client::Inner;
use crate::error::{Failure, local};
use crate::list::decode;

/// What most objects of a probe hold.
pub(super) const BODY: &[u8] = b"holdall probe";
/// Another content, with another entity tag.
pub(super) const OTHER: &[u8] = b"not the probe";

/// The client, and a prefix that nobody else uses: no `/` in it, so that no server makes a directory for it, and
/// reserved, so that no storage shows what is below it.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub(super) inner: Arc<Inner>,
    pub(super) client: Client,
    pub(super) prefix: String,
    made: Mutex<Made>,
}

#[derive(Debug, Default)]
struct Made {
    keys: Vec<String>,
    /// From upload id to key.
    uploads: BTreeMap<String, String>,
}

impl Scratch {
    /// A new prefix below the storage's location. Nothing is sent.
    pub(crate) async fn new(inner: &Arc<Inner>) -> Result<Self> {
        let client = inner.client().await?.clone();
        let location = inner.location().prefix();
        let prefix = format!("{location}{}probe-{}-", Name::RESERVED_PREFIX, random_alphanumeric(16));
        Ok(Self { inner: Arc::clone(inner), client, prefix, made: Mutex::default() })
    }

    pub(super) fn bucket(&self) -> &str {
        self.inner.bucket()
    }

    fn made(&self) -> std::sync::MutexGuard<'_, Made> {
        // Nothing panics while it holds the lock; the list would be as good afterwards.
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A key that is removed at the end.
    pub(crate) fn key(&self, name: &str) -> String {
        let key = format!("{}{name}", self.prefix);
        let mut made = self.made();
        if !made.keys.contains(&key) {
            made.keys.push(key.clone());
        }
        key
    }

    /// A name that is removed at the end, for what only takes names: those cannot be reserved ones.
    pub(super) fn name(&self, what: &str) -> std::result::Result<Name, Failure> {
        let reserved = self.prefix.rsplit('/').next().unwrap_or_default();
        let checked = |error: Error| local(error, false);
        let name = Name::new(&format!("{}{what}", reserved.trim_start_matches('.'))).map_err(checked)?;
        let key = self.inner.key(&name).map_err(checked)?;
        self.made().keys.push(key.as_str().to_owned());
        Ok(name)
    }

    /// A PUT of that key, with [`BODY`].
    pub(crate) fn put(&self, key: &str) -> PutObjectFluentBuilder {
        let request = self.client.put_object().bucket(self.bucket()).key(key);
        request.body(ByteStream::from_static(BODY))
    }

    /// A PUT that must work.
    pub(crate) async fn store(&self, key: &str) -> std::result::Result<Option<String>, Failure> {
        let stored = self.put(key).send().await.map_err(|error| self.inner.failure(&error))?;
        Ok(stored.e_tag)
    }

    /// The content of a key; `None` where there is none.
    pub(super) async fn content(&self, key: &str) -> std::result::Result<Option<Bytes>, Failure> {
        let request = self.client.get_object().bucket(self.bucket()).key(key);
        match request.send().await.map_err(|error| self.inner.failure(&error)) {
            Ok(object) => {
                Ok(object.body.collect().await.ok().map(aws_sdk_s3::primitives::AggregatedBytes::into_bytes))
            }
            Err(failure) if failure.is_missing() => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Remembers an upload, to abort it at the end.
    pub(super) fn opened(&self, upload: &str, key: &str) {
        self.made().uploads.insert(upload.to_owned(), key.to_owned());
    }

    /// An upload that was completed needs no abort.
    pub(super) fn completed(&self, upload: &str) {
        self.made().uploads.remove(upload);
    }

    /// Removes everything. What could not be removed comes back, as sentences.
    pub(crate) async fn clean(&self) -> Vec<String> {
        let made = std::mem::take(&mut *self.made());
        let mut left = Vec::new();
        for (upload, key) in made.uploads {
            let request =
                self.client.abort_multipart_upload().bucket(self.bucket()).key(&key).upload_id(upload);
            if let Err(failure) = request.send().await.map_err(|error| self.inner.failure(&error))
                && failure.status() != Some(404)
            {
                left.push(format!(
                    "The upload of {key:?} could not be aborted: {}.",
                    failure.into_error().reason()
                ));
            }
        }
        let mut is_versioned = false;
        for key in &made.keys {
            let request = self.client.delete_object().bucket(self.bucket()).key(key);
            match request.send().await.map_err(|error| self.inner.failure(&error)) {
                Ok(deleted) => {
                    is_versioned |= deleted.version_id.is_some() || deleted.delete_marker == Some(true);
                }
                Err(failure) if failure.status() == Some(404) => {}
                Err(failure) => {
                    left.push(format!(
                        "The object {key:?} could not be deleted: {}.",
                        failure.into_error().reason()
                    ));
                }
            }
        }
        if is_versioned {
            left.extend(self.clean_versions().await);
        }
        left
    }

    /// In a bucket that keeps versions, deleting has left versions and markers.
    async fn clean_versions(&self) -> Vec<String> {
        let mut left = Vec::new();
        // Below the prefix, and below that of `name`.
        for prefix in [self.prefix.clone(), self.prefix.replacen(Name::RESERVED_PREFIX, "holdall-", 1)] {
            left.extend(self.clean_versions_below(&prefix).await);
        }
        left
    }

    async fn clean_versions_below(&self, prefix: &str) -> Vec<String> {
        let request = self.client.list_object_versions().bucket(self.bucket()).prefix(prefix);
        let page = request.encoding_type(EncodingType::Url).send().await;
        let page = match page.map_err(|error| self.inner.failure(&error)) {
            Ok(page) => page,
            Err(failure) => {
                let reason = failure.into_error();
                return vec![format!(
                    "The versions of the objects could not be listed: {}.",
                    reason.reason()
                )];
            }
        };
        let encoded = page.encoding_type() == Some(&EncodingType::Url);
        let versions = page.versions().iter().map(|version| (version.key(), version.version_id()));
        let markers = page.delete_markers().iter().map(|marker| (marker.key(), marker.version_id()));
        let mut left = Vec::new();
        for (key, id) in versions.chain(markers) {
            let Some(key) = key else { continue };
            let key =
                if encoded { String::from_utf8_lossy(&decode(key)).into_owned() } else { key.to_owned() };
            let id = id.filter(|id| *id != "null").map(str::to_owned);
            let request = self.client.delete_object().bucket(self.bucket()).key(&key).set_version_id(id);
            if let Err(failure) = request.send().await.map_err(|error| self.inner.failure(&error)) {
                left.push(format!(
                    "A version of {key:?} could not be deleted: {}.",
                    failure.into_error().reason()
                ));
            }
        }
        left
    }
}

/// What a failed question means: a server that says no, credentials that may not ask, or no answer.
pub(super) fn answer_of(failure: Failure) -> Answer {
    let refused = failure.status() == Some(403);
    let unanswered = failure.status().is_none() || (failure.unknown && failure.status() != Some(500));
    let (code, status) = (failure.code().to_owned(), failure.status());
    let error = failure.into_error();
    match code.as_str() {
        _ if refused => Answer::Unknown(format!("the credentials may not do this: {}", error.reason())),
        _ if unanswered => match status {
            Some(status) => Answer::Unknown(format!("{} (status {status})", error.reason())),
            None => Answer::Unknown(error.reason().to_owned()),
        },
        "" => Answer::no(format!("it is refused: {}", error.reason())),
        code if error.reason().contains(code) => Answer::no(format!("it is refused: {}", error.reason())),
        code => Answer::no(format!("it is refused: {} ({code})", error.reason())),
    }
}
