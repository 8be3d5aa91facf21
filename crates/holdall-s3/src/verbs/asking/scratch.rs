//! Objects and uploads that are made to ask a question, and their end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::list_multipart_uploads::ListMultipartUploadsOutput;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::EncodingType;
use bytes::Bytes;
use holdall_core::{Name, Result, random_alphanumeric};

use crate::wire::client::Inner;
use crate::wire::encoding::decode;
use crate::wire::error::Failure;

/// The content of most objects.
pub(crate) const BODY: &[u8] = b"holdall probe";
/// Another content, with another entity tag.
pub(crate) const OTHER: &[u8] = b"not the probe";

/// The client, and a prefix that nobody else uses: no `/` in it, so that no server makes a directory for it, and
/// reserved, so that no storage shows what is below it.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub(crate) inner: Arc<Inner>,
    pub(crate) client: Client,
    pub(crate) prefix: String,
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

    pub(crate) fn bucket(&self) -> &str {
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
    pub(crate) fn name(&self, what: &str) -> std::result::Result<Name, Failure> {
        let reserved = self.prefix.rsplit('/').next().unwrap_or_default();
        let name = Name::new(&format!("{}{what}", reserved.trim_start_matches('.')))?;
        let key = self.inner.key(&name)?;
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
    pub(crate) async fn content(&self, key: &str) -> std::result::Result<Option<Bytes>, Failure> {
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
    pub(crate) fn opened(&self, upload: &str, key: &str) {
        self.made().uploads.insert(upload.to_owned(), key.to_owned());
    }

    /// An upload that was completed needs no abort.
    pub(crate) fn completed(&self, upload: &str) {
        self.made().uploads.remove(upload);
    }

    /// Removes everything. Returns a sentence about each object that could not be removed.
    pub(crate) async fn clean(&self) -> Vec<String> {
        let made = std::mem::take(&mut *self.made());
        let mut left = self.clean_uploads(made.uploads).await;
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

    /// Aborts what was begun, and looks whether it is gone: what a server answers to an abort proves nothing, and one
    /// that gave no id may have begun an upload all the same.
    async fn clean_uploads(&self, uploads: BTreeMap<String, String>) -> Vec<String> {
        let mut left = Vec::new();
        if uploads.is_empty() {
            return left;
        }
        let mut refused = BTreeMap::new();
        for (upload, key) in uploads.iter().filter(|(upload, _)| !upload.is_empty()) {
            if let Err(failure) = self.abort(key, upload).await {
                let is_gone = failure.status() == Some(404);
                refused.insert(upload.as_str(), (key, is_gone, failure.into_error().reason().to_owned()));
            }
        }
        let request = self.client.list_multipart_uploads().bucket(self.bucket()).prefix(&self.prefix);
        let listing = request.encoding_type(EncodingType::Url).send().await;
        let listing = listing.map_err(|error| self.inner.failure(&error));
        let listed = listing.as_ref().map(ListMultipartUploadsOutput::uploads).unwrap_or_default();
        for upload in listed {
            let (Some(key), Some(id)) = (upload.key(), upload.upload_id()) else { continue };
            let encoded = listing.as_ref().is_ok_and(|page| page.encoding_type() == Some(&EncodingType::Url));
            let key =
                if encoded { String::from_utf8_lossy(&decode(key)).into_owned() } else { key.to_owned() };
            if !key.starts_with(&self.prefix) {
                continue;
            }
            let reason = match refused.remove(id) {
                Some((_, _, reason)) => reason,
                None if uploads.contains_key(id) => {
                    "the server answered that it is gone, and lists it still".to_owned()
                }
                // Its id was not known before.
                None => match self.abort(&key, id).await {
                    Ok(()) => continue,
                    Err(failure) => failure.into_error().reason().to_owned(),
                },
            };
            left.push(format!("The upload of {key:?} could not be aborted: {reason}."));
        }
        for (key, is_gone, reason) in refused.into_values() {
            if !is_gone || listing.is_err() {
                left.push(format!("The upload of {key:?} could not be aborted: {reason}."));
            }
        }
        if let (Some(key), Err(_)) = (uploads.get(""), &listing) {
            left.push(format!(
                "An upload of {key:?} may have been begun: the server gave no id of it and does not list its uploads."
            ));
        }
        left
    }

    async fn abort(&self, key: &str, upload: &str) -> std::result::Result<(), Failure> {
        let request = self.client.abort_multipart_upload().bucket(self.bucket()).key(key).upload_id(upload);
        request.send().await.map(drop).map_err(|error| self.inner.failure(&error))
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
