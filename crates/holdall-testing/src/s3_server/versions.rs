//! Versions: what a bucket keeps of objects that were overwritten or deleted.
//!
//! A key's newest version is either the current object (in `Bucket::objects`) or a delete marker (the first of
//! `Bucket::former`). Every write and every delete goes through [`Bucket::store`] and [`Bucket::remove`], so that no
//! operation can forget to keep what was there. (Amazon S3 User Guide, "How S3 Versioning works".)

use std::sync::Arc;
use std::time::SystemTime;

use hyper::header::{ALLOW, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use s3s::dto::{
    BucketVersioningStatus, GetBucketVersioningInput, GetBucketVersioningOutput, PutBucketVersioningInput,
    PutBucketVersioningOutput,
};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::backend::Backend;
use super::bucket::Bucket;
use super::random::Random;
use super::refusal::malformed_xml;
use super::state::Object;

/// The id of a version that was written while versioning was not enabled.
pub(crate) const NULL: &str = "null";

/// Whether a bucket keeps versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Versioning {
    /// It never did: replies do not mention versions.
    Never,
    /// Every write makes a version with an id of its own.
    Enabled,
    /// Writes replace the version `null`, the others stay.
    Suspended,
}

/// A version that is not the current object.
#[derive(Debug, Clone)]
pub(crate) enum Former {
    /// An object that was overwritten or deleted.
    Object(Arc<Object>),
    /// A delete without a version id.
    Marker {
        /// Its version id.
        id: String,
        /// When the delete happened.
        last_modified: SystemTime,
    },
}

impl Former {
    /// The version id.
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Object(object) => &object.version_id,
            Self::Marker { id, .. } => id,
        }
    }
}

/// What a delete did.
#[derive(Debug, Default)]
pub(crate) struct Removed {
    /// The version that was deleted, or that the new delete marker got.
    pub(crate) version_id: Option<String>,
    /// Whether that version is a delete marker, made or deleted.
    pub(crate) delete_marker: bool,
}

impl Bucket {
    /// Puts an object under a key as the current version. Returns its version id as replies mention it.
    pub(crate) fn store(&mut self, key: String, mut object: Object) -> Option<String> {
        let id = self.next_version();
        object.version_id.clone_from(&id);
        self.make_room(&key, &id);
        self.objects.insert(key, Arc::new(object));
        self.shown(id)
    }

    /// The object under a key, or that version of it.
    ///
    /// # Errors
    /// `NoSuchKey` (404), `NoSuchVersion` (404), `InvalidArgument` (400) for an id of a form that no version has, and
    /// `MethodNotAllowed` (405) for the id of a delete marker; markers are named in the reply's headers.
    pub(crate) fn version(&self, key: &str, id: Option<&str>) -> S3Result<&Arc<Object>> {
        let former = self.former.get(key).map(Vec::as_slice).unwrap_or_default();
        let Some(id) = id else {
            return self.objects.get(key).ok_or_else(|| {
                let error = s3_error!(NoSuchKey, "The specified key does not exist.");
                former.first().map_or(error, |marker| no_such_key(marker.id()))
            });
        };
        check_form(id)?;
        if let Some(object) = self.objects.get(key).filter(|object| object.version_id == id) {
            return Ok(object);
        }
        match former.iter().find(|version| version.id() == id) {
            Some(Former::Object(object)) => Ok(object),
            Some(Former::Marker { id, .. }) => Err(is_a_marker(id)),
            None => Err(s3_error!(NoSuchVersion, "The specified version does not exist.")),
        }
    }

    /// Replaces what is said about a version, which keeps its place, its content and its time.
    ///
    /// # Errors
    /// Those of [`version`](Self::version).
    pub(crate) fn amend(
        &mut self,
        key: &str,
        id: Option<&str>,
        change: impl FnOnce(&mut Object),
    ) -> S3Result<()> {
        let mut object = Object::clone(self.version(key, id)?);
        change(&mut object);
        let object = Arc::new(object);
        if let Some(current) = self.objects.get_mut(key).filter(|it| it.version_id == object.version_id) {
            *current = object;
        } else if let Some(former) = self
            .former
            .get_mut(key)
            .and_then(|versions| versions.iter_mut().find(|it| it.id() == object.version_id))
        {
            *former = Former::Object(object);
        }
        Ok(())
    }

    /// Deletes: with a version id that version for good, without one behind a delete marker, or for good in a bucket
    /// that keeps no versions. What is not there is deleted already.
    ///
    /// # Errors
    /// `InvalidArgument` (400) for an id of a form that no version has.
    pub(crate) fn remove(&mut self, key: &str, id: Option<&str>, now: SystemTime) -> S3Result<Removed> {
        match id {
            Some(id) => {
                check_form(id)?;
                let delete_marker = self.destroy(key, id);
                Ok(Removed { version_id: self.shown(id.to_owned()), delete_marker })
            }
            None if self.versioning == Versioning::Never => {
                self.objects.remove(key);
                Ok(Removed::default())
            }
            None => {
                let id = self.next_version();
                self.make_room(key, &id);
                let marker = Former::Marker { id: id.clone(), last_modified: now };
                self.former.entry(key.to_owned()).or_default().insert(0, marker);
                Ok(Removed { version_id: self.shown(id), delete_marker: true })
            }
        }
    }

    /// The version id as replies mention it: not at all where versioning never was enabled.
    pub(crate) fn shown(&self, id: String) -> Option<String> {
        (self.versioning != Versioning::Never).then_some(id)
    }

    /// Moves the current object behind the version to come, unless that one takes its place: both are `null`.
    fn make_room(&mut self, key: &str, id: &str) {
        if let Some(current) = self.objects.remove(key) {
            self.former.entry(key.to_owned()).or_default().insert(0, Former::Object(current));
        }
        if id == NULL {
            self.forget(key, NULL);
        }
    }

    /// Takes a version away for good; what was behind it becomes current. True if it was a delete marker.
    fn destroy(&mut self, key: &str, id: &str) -> bool {
        if let Some(current) = self.objects.remove(key) {
            self.former.entry(key.to_owned()).or_default().insert(0, Former::Object(current));
        }
        let gone = self.forget(key, id);
        if let Some(versions) = self.former.get_mut(key) {
            if let Some(Former::Object(newest)) = versions.first() {
                self.objects.insert(key.to_owned(), Arc::clone(newest));
                versions.remove(0);
            }
            if versions.is_empty() {
                self.former.remove(key);
            }
        }
        matches!(gone, Some(Former::Marker { .. }))
    }

    fn forget(&mut self, key: &str, id: &str) -> Option<Former> {
        let versions = self.former.get_mut(key)?;
        let gone = versions.iter().position(|version| version.id() == id).map(|at| versions.remove(at));
        if versions.is_empty() {
            self.former.remove(key);
        }
        gone
    }

    fn next_version(&mut self) -> String {
        if self.versioning != Versioning::Enabled {
            return NULL.to_owned();
        }
        self.versions_made += 1;
        let mut random = Random::new(self.versions_made);
        format!("{:016x}{:016x}", random.next_u64(), self.versions_made)
    }
}

impl Backend {
    /// `PutBucketVersioning`.
    ///
    /// # Errors
    /// `NoSuchBucket`; `MalformedXML` without a status; `NotImplemented` for MFA delete.
    pub(crate) fn put_versioning(
        &self,
        req: S3Request<PutBucketVersioningInput>,
    ) -> S3Result<S3Response<PutBucketVersioningOutput>> {
        let input = req.input;
        if input.mfa.is_some() || input.versioning_configuration.mfa_delete.is_some() {
            return Err(s3_error!(NotImplemented, "This server has no MFA delete."));
        }
        let status = input.versioning_configuration.status;
        let versioning = match status.as_ref().map(BucketVersioningStatus::as_str) {
            Some(BucketVersioningStatus::ENABLED) => Versioning::Enabled,
            Some(BucketVersioningStatus::SUSPENDED) => Versioning::Suspended,
            _ => {
                return Err(malformed_xml());
            }
        };
        self.state().bucket_mut(&input.bucket)?.versioning = versioning;
        Ok(S3Response::new(PutBucketVersioningOutput::default()))
    }

    /// `GetBucketVersioning`: without a status where versioning was never enabled.
    ///
    /// # Errors
    /// `NoSuchBucket`.
    pub(crate) fn get_versioning(
        &self,
        req: &S3Request<GetBucketVersioningInput>,
    ) -> S3Result<S3Response<GetBucketVersioningOutput>> {
        let status = match self.state().bucket(&req.input.bucket)?.versioning {
            Versioning::Never => None,
            Versioning::Enabled => Some(BucketVersioningStatus::ENABLED),
            Versioning::Suspended => Some(BucketVersioningStatus::SUSPENDED),
        };
        Ok(S3Response::new(GetBucketVersioningOutput {
            status: status.map(BucketVersioningStatus::from_static),
            ..GetBucketVersioningOutput::default()
        }))
    }
}

/// S3 tells an id that it could have given from one that it could not.
fn check_form(id: &str) -> S3Result<()> {
    if id == NULL || id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(s3_error!(InvalidArgument, "Invalid version id specified"))
}

fn no_such_key(marker: &str) -> S3Error {
    let mut error = s3_error!(NoSuchKey, "The specified key does not exist.");
    error.set_headers(marker_headers(marker));
    error
}

/// A delete marker has no content to read: the one thing to do with it is to delete it.
fn is_a_marker(id: &str) -> S3Error {
    let mut headers = marker_headers(id);
    headers.insert(ALLOW, HeaderValue::from_static("DELETE"));
    let mut error = s3_error!(MethodNotAllowed, "The specified method is not allowed against this resource.");
    error.set_headers(headers);
    error.set_status_code(StatusCode::METHOD_NOT_ALLOWED);
    error
}

fn marker_headers(id: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-delete-marker", HeaderValue::from_static("true"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-amz-version-id", id);
    }
    headers
}
