//! Sweeping: multipart uploads that nobody completed, removed one by one.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::operation::list_multipart_uploads::ListMultipartUploadsOutput;
use aws_sdk_s3::types::{EncodingType, MultipartUpload};
use holdall_core::{Error, ErrorKind, Operation, Result, Swept};

use crate::wire::blank_key::for_sdk;
use crate::wire::client::Inner;
use crate::wire::encoding::decode;
use crate::wire::reply::{Progress, cut_short};

/// The least age of an upload that is taken for left behind.
const LEAST_AGE: Duration = Duration::from_hours(1);

/// An upload: its key and its id.
type Place = (String, String);

/// See [`Storage::sweep`](holdall_core::Storage::sweep).
pub(crate) async fn sweep(inner: &Inner, older_than: Duration) -> Result<Swept> {
    if older_than < LEAST_AGE {
        let message = "uploads of less than an hour may well be under way; use an hour or more";
        return Err(Error::message(ErrorKind::InvalidInput, message));
    }
    let youngest = inner.now().checked_sub(older_than).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut done = Swept::default();
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

async fn abort(inner: &Inner, uploads: Vec<Place>, done: &mut Swept) -> Result<()> {
    let client = inner.client().await?;
    for (key, id) in uploads {
        let request = client.abort_multipart_upload().bucket(inner.bucket()).key(for_sdk(&key)).upload_id(id);
        match request.send().await.map_err(|error| inner.failure(&error)) {
            Ok(_) => done.count(Ok(())),
            // Somebody completed or aborted it meanwhile.
            Err(failure) if failure.is_lost_upload() => {}
            Err(failure) => {
                let error = failure.into_error().with_name(key);
                done.count(Err(error.or_at(Operation::Delete, inner, None)));
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
