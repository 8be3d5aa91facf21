//! What a fault does to a request.

/// What happens to a request that a fault strikes.
///
/// "Before" means that the operation is **not** applied, "after" that it is, whatever the client gets to see.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultAction {
    /// 503 `SlowDown`: S3's throttling. Not applied.
    SlowDown,
    /// 500 `InternalError`. Not applied.
    InternalError,
    /// Any other error reply, for instance 409 `ConditionalRequestConflict`, 400 `ExpiredToken` or 403
    /// `RequestTimeTooSkewed`. Not applied.
    Error {
        /// The HTTP status; one that is not between 400 and 599 becomes 500.
        status: u16,
        /// S3's error code.
        code: String,
    },
    /// 301 `PermanentRedirect`: the bucket lies in another region, which `x-amz-bucket-region` names. Not applied.
    WrongRegion {
        /// The region that the reply names.
        region: String,
    },
    /// Within a `DeleteObjects`: the key is not deleted, and the reply says so among its errors; the other keys are
    /// dealt with as ever. Restrict it to keys with [`Fault::key`](super::Fault::key).
    KeyError {
        /// S3's error code of that key, such as `InternalError` or `AccessDenied`.
        code: String,
    },
    /// Status 200 with an `<Error>` document as the body, which S3 sends for `CompleteMultipartUpload`, `CopyObject`
    /// and `UploadPartCopy` when they fail after it has begun to answer. Not applied.
    OkWithError {
        /// S3's error code.
        code: String,
    },
    /// The TCP connection is reset without a reply. Not applied.
    ResetBefore,
    /// The operation is applied, then the TCP connection is reset without a reply: the client cannot know.
    ResetAfter,
    /// The operation is applied, then the client gets 500 `InternalError`: it cannot know either.
    InternalErrorAfter,
    /// No reply until [`FaultHandle::release`](super::FaultHandle::release); applied only then. A client that gave up is not waited for: the
    /// connection ends with the server.
    Stall,
    /// The operation is applied, but no reply is sent until [`FaultHandle::release`](super::FaultHandle::release).
    StallAfter,
    /// The server takes that many bytes of the request's body and no more until [`FaultHandle::release`](super::FaultHandle::release), whether the
    /// client goes on sending or not. Applied only then.
    StallRequest {
        /// Bytes of the body that are taken.
        after: u64,
    },
    /// The TCP connection is reset after that many bytes of the request's body have arrived. Not applied.
    ResetRequest {
        /// Bytes of the body that are taken.
        after: u64,
    },
    /// The lowest bit of one byte of the request's body is flipped on its way, before any checksum is compared. A
    /// shorter body arrives whole.
    FlipRequestBit {
        /// Which byte, from 0, as it is on the wire (chunk headers of `aws-chunked` count).
        at: u64,
    },
    /// The head of the reply and that many bytes of its body are sent, the rest not until [`FaultHandle::release`](super::FaultHandle::release).
    /// Applied.
    StallBody {
        /// Bytes of the body that arrive.
        after: u64,
    },
    /// The head of the reply promises the whole body, and the connection is closed after that many bytes of it.
    /// Applied.
    TruncateBody {
        /// Bytes of the body that arrive.
        after: u64,
    },
    /// These headers stand in the reply instead of those of the same names, byte for byte: what other programs
    /// stored, and what servers get wrong. A name may stand there twice. Applied.
    ReplyHeaders {
        /// Names in lower case, and values that need not be text.
        headers: Vec<(&'static str, Vec<u8>)>,
    },
    /// The body of the reply arrives with the lowest bit of one byte flipped. Applied. A shorter body arrives whole.
    FlipBit {
        /// Which byte, from 0.
        at: u64,
    },
}
