//! Uploads in parts by a client, for files that one request cannot carry.

use std::fmt;
use std::sync::Arc;

use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, Part};
use holdall_core::{
    Error, ErrorKind, IntoName, Name, Result, SaveMode, Saved, UploadMethod, UploadPolicy, UploadRequest,
};
use serde::{Deserialize, Serialize};

use super::sign::{Headers, ToSign};
use crate::config::ServerCondition;
use crate::config::limits::MAX_OBJECT_SIZE;
use crate::verbs::conditional::{Again, Condition, Made, Outcome};
use crate::verbs::metadata::with_headers;
use crate::verbs::multipart::{PartPlan, abort};
use crate::wire::blank_key::for_sdk;
use crate::wire::client::{Inner, send};
use crate::wire::reply::{Progress, cut_short};

/// Uploads in parts, straight from a client, under one policy. Made by
/// [`S3Storage::multipart_uploads`](crate::S3Storage::multipart_uploads).
///
/// The application creates an upload and hands [`MultipartUpload`] to the client, which comes back with it to
/// have parts signed, and in the end to have the upload completed. **Nothing that comes back is believed**:
/// every call takes the name from the application, which has to remember it (in a session, a database, a
/// signed cookie), and the server itself says which parts of that upload have arrived.
///
/// ```no_run
/// use holdall_core::{SaveMode, UploadPolicy};
/// use holdall_s3::{MultipartUpload, S3Storage};
///
/// # async fn example(storage: S3Storage, name: &str, from_client: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let policy = UploadPolicy::default().with_content_type("video/mp4").with_max_size(50 << 30);
/// let uploads = storage.multipart_uploads(policy)?;
///
/// // The client begins: it gets the upload as JSON, and the application keeps its name.
/// let upload = uploads.create("films/holiday.mp4").await?;
/// let json = serde_json::to_string(&upload)?;
///
/// // The client cuts the file into parts of `part_size` and asks for requests, many at once.
/// let upload: MultipartUpload = serde_json::from_str(from_client)?;
/// let requests = uploads.sign(name, &upload, 1..=100).await?;
///
/// // It has sent them all.
/// let saved = uploads.complete(name, &upload).await?;
/// # Ok(()) }
/// ```
///
/// An upload that is neither completed nor aborted is paid for: give the bucket a lifecycle rule
/// `AbortIncompleteMultipartUpload`.
#[derive(Debug, Clone)]
pub struct MultipartUploads {
    inner: Arc<Inner>,
    policy: UploadPolicy,
    max_size: u64,
}

/// An upload in parts that was begun. It serializes, so that a client can keep it between requests.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MultipartUpload {
    /// The name that the file will have: keep this one, and give it to every call.
    pub name: Name,
    /// The server's id of the upload.
    pub upload_id: String,
    /// How many bytes each part has; the last one has the rest.
    pub part_size: u64,
}

impl fmt::Debug for MultipartUpload {
    /// Without the id: who has it and may sign can add to the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MultipartUpload")
            .field("name", &self.name)
            .field("part_size", &self.part_size)
            .finish_non_exhaustive()
    }
}

/// The request for one part, as JSON that of an [`UploadRequest`] with a `part_number`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartRequest {
    /// Counts from 1.
    pub part_number: u32,
    /// A PUT of the part's bytes.
    #[serde(flatten)]
    pub request: UploadRequest,
}

impl MultipartUploads {
    /// # Errors
    ///
    /// `InvalidInput` and `Unsupported` for a policy that parts cannot keep.
    pub(crate) fn new(inner: Arc<Inner>, policy: UploadPolicy) -> Result<Self> {
        inner.config.requests.check_link()?;
        policy.check_values(&inner.possible())?;
        let invalid = |message: &str| Err(Error::message(ErrorKind::InvalidInput, message));
        let Some(max_size) = policy.max_size else {
            return invalid(
                "say how large the file may be at most (with_max_size); parts have no limit of their own",
            );
        };
        if policy.content_type_prefix.is_some() || policy.any_file_name || policy.success.is_some() {
            return invalid("an upload in parts has its type and name from its beginning, and no form");
        }
        if policy.method == Some(UploadMethod::Post) {
            return invalid("parts are sent by PUT, not by a form (POST)");
        }
        if policy.checksum.is_some() {
            return invalid(
                "an upload in parts by a client cannot be bound to a checksum; check the file itself",
            );
        }
        Ok(Self { inner, policy, max_size: max_size.min(MAX_OBJECT_SIZE) })
    }

    /// How many bytes a part has: as few as 10,000 of them allow.
    fn part_size(&self) -> u64 {
        PartPlan::new(Some(self.max_size), self.inner.config.transfers.part_size, true).part_size(0)
    }

    /// Begins an upload: one `CreateMultipartUpload`, with the type and the attributes of the policy. The
    /// name follows the mode, as [`UploadPolicy`] says.
    ///
    /// # Errors
    ///
    /// `InvalidName`; `PermissionDenied`, `Unavailable`, `Timeout` from the server.
    pub async fn create(&self, name: impl IntoName) -> Result<MultipartUpload> {
        let inner = &self.inner;
        inner.check_large(&self.policy.mode()).await?;
        let name = self.policy.choose_name(&name.into_name()?)?;
        let key = inner.key(&name)?;
        let headers = inner.upload_attributes(&name, &self.policy)?;
        let request =
            inner.client().await?.create_multipart_upload().bucket(inner.bucket()).key(for_sdk(key.as_str()));
        let reply = with_headers!(request, headers).send().await.map_err(|error| inner.failure(&error))?;
        let upload_id = reply.upload_id().ok_or_else(|| {
            Error::message(ErrorKind::Other, "the server began a multipart upload but gave it no id")
        })?;
        Ok(MultipartUpload { name, upload_id: upload_id.to_owned(), part_size: self.part_size() })
    }

    /// Signs requests for those parts, without asking anybody. Each can be sent as often as wanted until it
    /// expires; the last one counts. Where the policy has an exact size, the length of each part is bound.
    ///
    /// # Errors
    ///
    /// `InvalidInput` where the upload is of another name, or a number is none of a part of such a file.
    pub async fn sign(
        &self,
        name: impl IntoName,
        upload: &MultipartUpload,
        parts: impl IntoIterator<Item = u32>,
    ) -> Result<Vec<PartRequest>> {
        let name = vouched(name, upload)?;
        let (part_size, count) = (self.part_size(), self.max_size.div_ceil(self.part_size()).max(1));
        let inner = &self.inner;
        let life = inner.life_of_request(self.policy.expires_in).await?;
        let url = inner.object_url(inner.key(&name)?.as_str()).await?;
        let mut requests = Vec::new();
        for part_number in parts {
            let number = u64::from(part_number);
            if !(1..=count).contains(&number) {
                let message = format!("the file has {count} parts at most; there is no part {part_number}");
                return Err(Error::message(ErrorKind::InvalidInput, message));
            }
            let mut headers = Headers::new();
            if let Some(size) = self.policy.exact_size() {
                let length = part_size.min(size - (number - 1) * part_size);
                headers.insert("content-length".to_owned(), length.to_string());
            }
            let mut query = vec![
                ("partNumber".to_owned(), part_number.to_string()),
                ("uploadId".to_owned(), upload.upload_id.clone()),
            ];
            query.extend(inner.about_the_bucket("UploadPart"));
            let to_sign = ToSign { method: "PUT", url: url.clone(), query, headers: &headers };
            let url = inner.sign(to_sign, &life).await?;
            let request = UploadRequest::new(name.clone(), UploadMethod::Put, url, life.expires_at());
            requests.push(PartRequest { part_number, request: request.with_headers(headers) });
        }
        Ok(requests)
    }

    /// Makes the file out of the parts that the server has, if they are what the policy allows: all of them
    /// from the first on, together as many bytes as they may be, and the name as the mode wants it.
    ///
    /// One `ListParts` for 1,000 parts, and one `CompleteMultipartUpload`.
    ///
    /// # Errors
    ///
    /// `InvalidInput` where the upload is of another name, where parts are missing or the file is too small:
    /// the client can send what is missing, and try again. `TooLarge`, and `AlreadyExists` or
    /// `PreconditionFailed` as the mode asks: the upload is aborted, nothing of it is left. `NotFound` where
    /// the server has no such upload of that name: it was aborted, or completed before. When the reply of
    /// the server is lost, the error does not tell whether the file is there; `metadata` does.
    pub async fn complete(&self, name: impl IntoName, upload: &MultipartUpload) -> Result<Saved> {
        let name = vouched(name, upload)?;
        let key = self.inner.key(&name)?;
        let parts = self.parts(&key, upload).await?;
        let size = match self.check(&parts) {
            Err(error) if error.kind() == ErrorKind::TooLarge => {
                abort(&self.inner, &key, &upload.upload_id).await?;
                return Err(error);
            }
            checked => checked?,
        };
        let parts = parts.iter().map(|part| {
            CompletedPart::builder()
                .set_part_number(part.part_number())
                .set_e_tag(part.e_tag().map(str::to_owned))
                .build()
        });
        match self.finish(&key, upload, parts.collect(), size).await {
            Ok(Some(saved)) => Ok(saved),
            Ok(None) => {
                abort(&self.inner, &key, &upload.upload_id).await?;
                Err(Error::new(ErrorKind::AlreadyExists).with_name(name.as_str()))
            }
            Err(error) if error.kind() == ErrorKind::PreconditionFailed => {
                abort(&self.inner, &key, &upload.upload_id).await?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Gives an upload up, so that nothing of it is left; one that is gone is fine.
    ///
    /// A part whose sending began before can arrive afterwards, which S3 then keeps: sign no more parts, and
    /// abort again when the last request has expired, or leave it to the lifecycle rule.
    ///
    /// # Errors
    ///
    /// `InvalidInput` where the upload is of another name.
    pub async fn abort(&self, name: impl IntoName, upload: &MultipartUpload) -> Result<()> {
        let name = vouched(name, upload)?;
        abort(&self.inner, &self.inner.key(&name)?, &upload.upload_id).await
    }

    /// The parts that the server has, in order. It finds an upload only under the key that it was made for.
    async fn parts(&self, key: &Name, upload: &MultipartUpload) -> Result<Vec<Part>> {
        let inner = &self.inner;
        let mut parts = Vec::new();
        let mut after: Option<String> = None;
        let mut progress = Progress::default();
        loop {
            let request =
                inner.client().await?.list_parts().bucket(inner.bucket()).key(for_sdk(key.as_str()));
            let request = request.upload_id(&upload.upload_id).set_part_number_marker(after);
            let reply = match request.send().await.map_err(|error| inner.failure(&error)) {
                Ok(reply) => reply,
                Err(failure) if failure.is_lost_upload() => {
                    let message = "there is no such upload of that name; it was aborted, or completed before";
                    return Err(Error::message(ErrorKind::NotFound, message));
                }
                Err(failure) => return Err(failure.into()),
            };
            if reply.is_truncated() != Some(true) {
                parts.extend(reply.parts.unwrap_or_default());
                return Ok(parts);
            }
            let marker = reply.next_part_number_marker().ok_or_else(cut_short)?;
            let first = reply.parts().iter().find_map(Part::part_number).map(i32::to_be_bytes);
            progress.page(first.as_ref().map(<[u8; 4]>::as_slice), marker)?;
            after = Some(marker.to_owned());
            parts.extend(reply.parts.unwrap_or_default());
        }
    }

    /// The size of the whole, where the parts are what the policy allows.
    fn check(&self, parts: &[Part]) -> Result<u64> {
        let missing = (1..).zip(parts).find(|(number, part)| part.part_number() != Some(*number));
        let missing = missing.map(|(number, _)| number).or_else(|| parts.is_empty().then_some(1));
        if let Some(number) = missing {
            let message = format!("part {number} has not arrived");
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        let sizes =
            parts.iter().map(|part| u64::try_from(part.size().unwrap_or_default()).unwrap_or_default());
        let size = sizes.fold(0, u64::saturating_add);
        let least = self.policy.min_size.unwrap_or(0);
        if size > self.max_size {
            let message =
                format!("the parts have {size} bytes together; at most {} were allowed", self.max_size);
            return Err(Error::message(ErrorKind::TooLarge, message));
        }
        if size < least {
            let message = format!("the parts have {size} bytes together; at least {least} were asked for");
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        Ok(size)
    }

    /// `None` where another file has the name.
    async fn finish(
        &self,
        key: &Name,
        upload: &MultipartUpload,
        parts: Vec<CompletedPart>,
        size: u64,
    ) -> Result<Option<Saved>> {
        let inner = &self.inner;
        let condition = match self.policy.mode() {
            SaveMode::Create => Condition::Absent,
            SaveMode::Unique if inner.knows(ServerCondition::CompleteIfNoneMatch) != Some(false) => {
                Condition::Absent
            }
            SaveMode::IfMatch(etag) => Condition::Matches(etag),
            _ => Condition::None,
        };
        let request = inner
            .client()
            .await?
            .complete_multipart_upload()
            .bucket(inner.bucket())
            .key(for_sdk(key.as_str()))
            .upload_id(&upload.upload_id)
            .set_if_none_match(condition.if_none_match())
            .set_if_match(condition.if_match())
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build());
        let mut attempt = 0;
        loop {
            let failure = match send!(request.clone(), inner.with_limits(0, size)) {
                Ok(reply) => {
                    let made = Made::new(reply.e_tag(), reply.version_id());
                    let made = inner.look_at_completed(key, made, None, size).await?;
                    return Ok(Some(made.complete(Saved::new(upload.name.clone(), size))));
                }
                Err(error) => inner.failure(&error),
            };
            // Nothing is settled, and S3 wants a new upload ("CompleteMultipartUpload", errors).
            if failure.is_conflict() {
                return Err(failure.into());
            }
            match inner.settle(key, &condition, None, failure).await? {
                Outcome::Taken => return Ok(None),
                Outcome::Again(why) => inner.before_again(attempt, why).await?,
                Outcome::Written(_) => inner.before_again(attempt, Again::Busy).await?,
            }
            attempt += 1;
        }
    }
}

/// The name, if the upload says the same one. The name of the application counts; a client that says another
/// has mixed up its uploads, or tries.
fn vouched(name: impl IntoName, upload: &MultipartUpload) -> Result<Name> {
    let name = name.into_name()?;
    if upload.name != name {
        let message = "the upload is of another name than the one that was begun under it";
        return Err(Error::message(ErrorKind::InvalidInput, message).with_name(name.as_str()));
    }
    Ok(name)
}
