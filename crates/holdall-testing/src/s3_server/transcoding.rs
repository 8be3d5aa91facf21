//! A habit of Google Cloud Storage: what is stored packed is sent unpacked, unless the reader says that it can unpack.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use futures_util::stream;
use hyper::HeaderMap;
use hyper::header::ACCEPT_ENCODING;
use s3s::dto::StreamingBlob;
use s3s::{S3Result, s3_error};

use super::backend::Backend;
use super::state::Object;

impl Backend {
    /// Whether what is packed is unpacked for the one who sent these headers.
    pub(crate) fn unpacks(&self, headers: &HeaderMap) -> bool {
        let accepted = headers.get(ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok());
        self.decompresses() && !accepted.is_some_and(|accepted| accepted.contains("gzip"))
    }
}

/// Whether the object says that it is packed.
pub(crate) fn is_packed(object: &Object) -> bool {
    object.attributes.content_encoding.as_deref() == Some("gzip")
}

/// The object unpacked, as a body of unknown length.
///
/// # Errors
/// `InternalError` for what is no gzip.
pub(crate) fn unpacked(object: &Object) -> S3Result<StreamingBlob> {
    let mut bytes = Vec::new();
    let packed = object.content.to_bytes();
    MultiGzDecoder::new(packed.as_ref())
        .read_to_end(&mut bytes)
        .map_err(|_| s3_error!(InternalError, "The object says that it is packed, and is not."))?;
    Ok(StreamingBlob::wrap(stream::iter([Ok::<_, std::io::Error>(Bytes::from(bytes))])))
}
