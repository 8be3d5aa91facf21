//! `DeleteObject` and `DeleteObjects`.

use std::sync::Arc;
use std::time::SystemTime;

use hyper::HeaderMap;
use s3s::dto::{
    DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject,
    ETagCondition, Error, ObjectIdentifier,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::backend::Backend;
use super::bucket::Bucket;
use super::checksum::ChecksumAlgorithm;
use super::conditions::check_delete;
use super::service::Call;
use super::versions::Removed;

/// The most keys of one `DeleteObjects` (Amazon S3 API reference).
const MAX_BATCH: usize = 1000;

impl Backend {
    /// Deleting what is not there succeeds.
    pub(crate) fn delete(
        &self,
        req: &S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let input = &req.input;
        let mut state = self.state();
        let bucket = state.bucket_mut(&input.bucket)?;
        let if_match = self.heeded(bucket, "DeleteObject", "if-match", input.if_match.as_ref());
        check_delete(bucket.current(&input.key), if_match)?;
        let removed = bucket.remove(&input.key, input.version_id.as_deref(), self.now())?;
        Ok(S3Response::new(DeleteObjectOutput {
            version_id: removed.version_id,
            delete_marker: removed.delete_marker.then_some(true),
            ..DeleteObjectOutput::default()
        }))
    }

    /// Each key succeeds or fails for itself; the request as a whole succeeds.
    pub(crate) fn delete_batch(
        &self,
        req: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        check_vouched(&req.headers)?;
        let call = req.extensions.get::<Arc<Call>>();
        let input = req.input;
        let quiet = input.delete.quiet.unwrap_or(false);
        let objects = input.delete.objects;
        if objects.is_empty() || objects.len() > MAX_BATCH {
            return Err(s3_error!(
                MalformedXML,
                "The XML you provided was not well-formed or did not validate against our published schema"
            ));
        }
        let mut state = self.state();
        let bucket = state.bucket_mut(&input.bucket)?;
        let (mut deleted, mut errors) = (Vec::new(), Vec::new());
        for object in objects {
            let (key, version_id) = (object.key.clone(), object.version_id.clone());
            let fault = call.and_then(|call| call.key_fault("DeleteObjects", &key));
            match fault.map_or_else(|| delete_one(bucket, object, self.now()), Err) {
                Ok(removed) => deleted.push(report(key, version_id, removed)),
                Err(error) => errors.push(Error {
                    code: Some(error.code().as_str().to_owned()),
                    key: Some(key),
                    message: error.message().map(str::to_owned),
                    version_id,
                }),
            }
        }
        Ok(S3Response::new(DeleteObjectsOutput {
            deleted: (!quiet).then_some(deleted),
            errors: (!errors.is_empty()).then_some(errors),
            ..DeleteObjectsOutput::default()
        }))
    }
}

/// S3 refuses a batch that nothing vouches for. (The value is not compared here: s3s hands over the parsed document,
/// not its bytes, and the payload hash of the signature covers those already.)
fn check_vouched(headers: &HeaderMap) -> S3Result<()> {
    let vouched = headers.contains_key("content-md5")
        || headers.contains_key("x-amz-trailer")
        || ChecksumAlgorithm::ALL.iter().any(|algorithm| headers.contains_key(algorithm.header()));
    if vouched {
        return Ok(());
    }
    Err(s3_error!(InvalidRequest, "Missing required header for this request: Content-MD5"))
}

/// What a batch says of a key: the version that it named, and the marker that was made or deleted.
fn report(key: String, version_id: Option<String>, removed: Removed) -> DeletedObject {
    DeletedObject {
        key: Some(key),
        version_id,
        delete_marker: removed.delete_marker.then_some(true),
        delete_marker_version_id: removed.version_id.filter(|_| removed.delete_marker),
    }
}

fn delete_one(bucket: &mut Bucket, object: ObjectIdentifier, now: SystemTime) -> S3Result<Removed> {
    if !s3s::path::check_key(&object.key) {
        return Err(s3_error!(KeyTooLongError, "Your key is too long"));
    }
    let condition = object.e_tag.map(ETagCondition::ETag);
    check_delete(bucket.current(&object.key), condition.as_ref())?;
    bucket.remove(&object.key, object.version_id.as_deref(), now)
}
