//! Multipart uploads that nobody completed, removed from here: for servers without lifecycle rules.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::operation::list_multipart_uploads::ListMultipartUploadsOutput;
use aws_sdk_s3::types::{EncodingType, MultipartUpload};
use holdall_core::{Error, ErrorKind, Operation, Result};

use crate::handle::S3Storage;
use crate::wire::blank_key::for_sdk;
use crate::wire::client::Inner;
use crate::wire::encoding::decode;
use crate::wire::reply::{Progress, cut_short};

/// How many errors [`AbortedUploads::errors`] holds.
const MAX_ERRORS: usize = 1000;

/// What became of the uploads that were left open. See [`S3Storage::abort_stale_uploads`].
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct AbortedUploads {
    /// Uploads that are gone.
    pub aborted: u64,
    /// Uploads that could not be aborted.
    pub failed: u64,
    /// Why: an error for each, which names its key; the first thousand of them.
    pub errors: Vec<Error>,
}

impl S3Storage {
    /// Aborts multipart uploads below the storage's location that were begun longer ago than `older_than` and are
    /// still open: what processes that died in the middle of a save have left, and what is paid for without being
    /// listed. Returns how many, and which could not be.
    ///
    /// For servers without lifecycle rules; where there are some,
    /// [`Buckets::abort_abandoned_uploads`](crate::Buckets::abort_abandoned_uploads) does it without anybody calling.
    ///
    /// Nothing tells an upload that was left from one that goes on: `older_than` must be longer than the longest save
    /// takes, of whatever program that writes there. A day is a good age. Ages are taken by this machine's clock,
    /// which may differ from the server's by up to 15 minutes.
    ///
    /// Needs `s3:ListBucketMultipartUploads` and `s3:AbortMultipartUpload`.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for less than an hour; `PermissionDenied` and whatever else keeps the uploads from being listed.
    pub async fn abort_stale_uploads(&self, older_than: Duration) -> Result<AbortedUploads> {
        let aborted = if older_than < Duration::from_hours(1) {
            let message = "uploads of less than an hour may well be under way; use an hour or more";
            Err(Error::message(ErrorKind::InvalidInput, message))
        } else {
            abort_all(self.inner(), older_than).await
        };
        aborted.map_err(|error| error.or_at(Operation::List, self, None))
    }
}

/// An upload: its key and its id.
type Place = (String, String);

async fn abort_all(inner: &Inner, older_than: Duration) -> Result<AbortedUploads> {
    let youngest = inner.now().checked_sub(older_than).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut done = AbortedUploads::default();
    // The listing goes on behind an upload, which servers look up. So what a page shows is aborted only when the
    // next one is here.
    let mut found = Vec::new();
    let mut marker = None;
    let mut progress = Progress::default();
    loop {
        let listing = page(inner, marker).await?;
        let encoded = listing.encoding_type() == Some(&EncodingType::Url);
        let old = listing
            .uploads()
            .iter()
            .filter(|upload| is_older(upload, youngest))
            .filter_map(|upload| Some((plain(upload.key()?, encoded), upload.upload_id()?.to_owned())));
        abort(inner, std::mem::replace(&mut found, old.collect()), &mut done).await?;
        if listing.is_truncated() != Some(true) {
            abort(inner, found, &mut done).await?;
            return Ok(done);
        }
        let Some(key) = listing.next_key_marker() else {
            return Err(cut_short());
        };
        let id = listing.next_upload_id_marker().unwrap_or_default();
        let first = listing.uploads().iter().find_map(|upload| upload.upload_id());
        progress.page(first.map(str::as_bytes), &format!("{key}\n{id}"))?;
        marker = Some((plain(key, encoded), id.to_owned()));
    }
}

/// One page of the uploads below the storage's location.
async fn page(inner: &Inner, marker: Option<Place>) -> Result<ListMultipartUploadsOutput> {
    let (key, id) = marker.unzip();
    let request = inner.client().await?.list_multipart_uploads().bucket(inner.bucket());
    let reply = request
        .set_prefix(Some(inner.location().prefix()).filter(|prefix| !prefix.is_empty()))
        .set_key_marker(key)
        .set_upload_id_marker(id.filter(|id| !id.is_empty()))
        .encoding_type(EncodingType::Url)
        .send()
        .await;
    Ok(reply.map_err(|error| inner.failure(&error))?)
}

async fn abort(inner: &Inner, uploads: Vec<Place>, done: &mut AbortedUploads) -> Result<()> {
    let client = inner.client().await?;
    for (key, id) in uploads {
        let request = client.abort_multipart_upload().bucket(inner.bucket()).key(for_sdk(&key)).upload_id(id);
        match request.send().await.map_err(|error| inner.failure(&error)) {
            Ok(_) => done.aborted += 1,
            // Somebody completed or aborted it meanwhile.
            Err(failure) if failure.is_lost_upload() => {}
            Err(failure) => {
                done.failed += 1;
                if done.errors.len() < MAX_ERRORS {
                    let error = failure.into_error().with_name(key);
                    done.errors.push(error.or_at(Operation::Delete, inner, None));
                }
            }
        }
    }
    Ok(())
}

fn is_older(upload: &MultipartUpload, youngest: SystemTime) -> bool {
    let begun = upload.initiated().and_then(|&time| SystemTime::try_from(time).ok());
    begun.is_some_and(|begun| begun < youngest)
}

fn plain(key: &str, encoded: bool) -> String {
    if encoded { String::from_utf8_lossy(&decode(key)).into_owned() } else { key.to_owned() }
}
