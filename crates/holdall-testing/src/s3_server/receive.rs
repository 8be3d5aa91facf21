//! Taking in the body of a PUT or of a part: read it all, hash it, compare it with every claim about it.
//!
//! Nothing is stored before all of that went well, so a client that dies half way, lies about the length or sends a
//! flipped bit leaves no trace.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{Checksum, StreamingBlob};
use s3s::{S3Error, S3ErrorCode, S3Result, StdError, TrailingHeaders, s3_error};

use super::checksum::{self, ChecksumAlgorithm, Claim};
use super::put::object_of;
use super::state::{Attributes, Content, Object};

/// The most that one PUT or one part may carry: 5 GiB (Amazon S3 User Guide, "Multipart upload limits").
pub(crate) const MAX_SINGLE_BODY: u64 = 5 << 30;

/// Never reserve more than this on a client's word.
const MAX_RESERVED: usize = 64 << 20;

/// A body that arrived whole and is what the client said it is.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) content: Content,
    pub(crate) size: u64,
    pub(crate) md5: [u8; 16],
    pub(crate) checksums: Checksum,
    /// The algorithm that the client vouched with, if it did.
    pub(crate) claimed: Option<ChecksumAlgorithm>,
}

/// What the request says about its body.
#[derive(Debug, Default)]
pub(crate) struct Announced<'a> {
    pub(crate) length: Option<i64>,
    pub(crate) md5: Option<&'a str>,
    pub(crate) claim: Claim,
    pub(crate) trailers: Option<&'a TrailingHeaders>,
    /// The value of `x-amz-trailer`: what will follow the body, so that it can be hashed on the way.
    pub(crate) trailer_name: Option<&'a str>,
    /// `x-amz-sdk-checksum-algorithm`: the algorithm of the value that must be in a header or a trailer.
    pub(crate) named: Option<ChecksumAlgorithm>,
    /// More to compute: the algorithm of the multipart upload.
    pub(crate) also: Option<ChecksumAlgorithm>,
}

/// Reads `body` to its end and checks it.
///
/// # Errors
/// `EntityTooLarge`, `IncompleteBody`, `BadDigest`, `InvalidDigest`, `InvalidRequest`,
/// `XAmzContentSHA256Mismatch`, as S3 answers each of them.
pub(crate) async fn receive(
    body: Option<StreamingBlob>,
    announced: Announced<'_>,
    discard: bool,
) -> S3Result<Received> {
    let length = announced.length.and_then(|length| u64::try_from(length).ok());
    if length.is_some_and(|length| length > MAX_SINGLE_BODY) {
        return Err(s3_error!(EntityTooLarge, "Your proposed upload exceeds the maximum allowed size."));
    }
    let announced_md5 = announced.md5.map(parse_md5).transpose()?;

    let trailing = announced.trailer_name.and_then(|name| {
        ChecksumAlgorithm::ALL
            .into_iter()
            .find(|algorithm| algorithm.header().eq_ignore_ascii_case(name.trim()))
    });
    let by_header = announced.claim.0.as_ref().map(|(algorithm, _)| *algorithm);
    check_named(announced.named, by_header.or(trailing))?;
    let mut hasher = checksum::hasher(by_header.into_iter().chain(trailing).chain(announced.also));
    let mut md5 = Md5::new();
    let mut size = 0_u64;
    let reserve = length.and_then(|length| usize::try_from(length).ok()).unwrap_or(0).min(MAX_RESERVED);
    let mut kept = BytesMut::with_capacity(if discard { 0 } else { reserve });

    if let Some(mut body) = body {
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(broken_body)?;
            hasher.update(&chunk);
            md5.update(&chunk);
            size += chunk.len() as u64;
            if !discard {
                kept.extend_from_slice(&chunk);
            }
        }
    }

    if length.is_some_and(|length| length != size) {
        return Err(s3_error!(
            IncompleteBody,
            "You did not provide the number of bytes specified by the Content-Length HTTP header."
        ));
    }
    let md5 = md5.finalize();
    if announced_md5.is_some_and(|announced| announced != md5) {
        return Err(s3_error!(BadDigest, "The Content-MD5 you specified did not match what we received."));
    }
    let checksums = hasher.finalize();
    let claim = announced.claim.or_trailer(announced.trailers)?;
    claim.verify(&checksums)?;

    let content = if discard { Content::Discarded } else { Content::Kept(vec![kept.freeze()]) };
    Ok(Received { content, size, md5, checksums, claimed: claim.0.map(|(algorithm, _)| algorithm) })
}

/// The object that `content` is when a test puts it there itself.
pub(crate) fn planted(content: Bytes, discard: bool, now: SystemTime) -> Object {
    let mut hasher = checksum::hasher([]);
    hasher.update(&content);
    let received = Received {
        size: content.len() as u64,
        md5: Md5::checksum(&content),
        checksums: hasher.finalize(),
        content: if discard { Content::Discarded } else { Content::Kept(vec![content]) },
        claimed: None,
    };
    object_of(received, Attributes::default(), now)
}

/// S3 refuses an algorithm that is named without a value to check, so that nobody believes in a check that never took
/// place. (The Rust SDK sends just that for `checksum_algorithm` under `RequestChecksumCalculation::WhenRequired`.)
fn check_named(named: Option<ChecksumAlgorithm>, given: Option<ChecksumAlgorithm>) -> S3Result<()> {
    match (named, given) {
        (Some(_), None) => Err(s3_error!(
            InvalidRequest,
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers \
             were found."
        )),
        (Some(named), Some(given)) if named != given => {
            Err(s3_error!(InvalidRequest, "Value for x-amz-sdk-checksum-algorithm header is invalid."))
        }
        _ => Ok(()),
    }
}

fn parse_md5(header: &str) -> S3Result<[u8; 16]> {
    STANDARD
        .decode(header)
        .ok()
        .and_then(|raw| raw.try_into().ok())
        .ok_or_else(|| s3_error!(InvalidDigest, "The Content-MD5 you specified was invalid."))
}

/// s3s checks the payload hash and the chunk signatures while the body is read and hides the error's type, so its
/// text is all there is to tell a wrong body from a broken connection.
fn broken_body(error: StdError) -> S3Error {
    let text = error.to_string();
    let code = if text.contains("Sha256Mismatch") {
        S3ErrorCode::from_bytes(b"XAmzContentSHA256Mismatch").unwrap_or(S3ErrorCode::InvalidRequest)
    } else if text.contains("SignatureMismatch") {
        S3ErrorCode::SignatureDoesNotMatch
    } else {
        S3ErrorCode::IncompleteBody
    };
    let mut refusal = S3Error::with_source(code, error);
    refusal.set_message(format!("The request body could not be taken: {text}"));
    if refusal.status_code().is_none() {
        refusal.set_status_code(hyper::StatusCode::BAD_REQUEST);
    }
    refusal
}

/// Lower-case hexadecimal, as S3 writes entity tags.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
