//! What the server remembers: buckets, objects and open multipart uploads.
//!
//! All of it lies behind one mutex (see `Backend`), which is held for the whole of a check and the write that
//! depends on it. That is what makes `If-None-Match: *` have exactly one winner, however many clients race.

use std::collections::BTreeMap;
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use s3s::dto::{Grant, Timestamp, TimestampFormat};
use s3s::{S3Result, s3_error};

use super::acl::{Acl, CannedAcl};
use super::bucket::Bucket;
use super::checksum::{ChecksumType, StoredChecksum, UploadChecksum};
use super::encryption::Encryption;
use super::grants;
use super::random::Random;
use super::tags::Tags;

/// Everything that the server holds.
#[derive(Debug)]
pub(crate) struct State {
    /// The buckets by name.
    pub(crate) buckets: BTreeMap<String, Bucket>,
    /// Session tokens that are over.
    pub(crate) expired_tokens: Vec<String>,
    /// The source of upload ids: seeded, so that a run can be repeated.
    pub(crate) random: Random,
}

impl State {
    /// An empty server.
    pub(crate) fn new(seed: u64) -> Self {
        Self { buckets: BTreeMap::new(), expired_tokens: Vec::new(), random: Random::new(seed) }
    }

    /// Sixteen bytes for an entity tag that says nothing about the content.
    pub(crate) fn opaque_etag(&mut self) -> [u8; 16] {
        let (high, low) = (self.random.next_u64(), self.random.next_u64());
        (u128::from(high) << 64 | u128::from(low)).to_be_bytes()
    }

    /// The bucket, or the error that S3 answers where there is none.
    pub(crate) fn bucket(&self, name: &str) -> S3Result<&Bucket> {
        self.buckets.get(name).ok_or_else(no_such_bucket)
    }

    /// The bucket to change, or the error that S3 answers where there is none.
    pub(crate) fn bucket_mut(&mut self, name: &str) -> S3Result<&mut Bucket> {
        self.buckets.get_mut(name).ok_or_else(no_such_bucket)
    }
}

fn no_such_bucket() -> s3s::S3Error {
    s3_error!(NoSuchBucket, "The specified bucket does not exist.")
}

/// An object as it is stored. Never changed in place: a write puts a new one under the key.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    /// The bytes.
    pub(crate) content: Content,
    /// Length in bytes, known in the discarding mode too.
    pub(crate) size: u64,
    /// Without quotes: hex MD5, with `-N` for a multipart upload of N parts.
    pub(crate) etag: String,
    /// Cut to whole seconds: S3 knows no finer time, and conditions compare what the client saw.
    pub(crate) last_modified: SystemTime,
    /// What was said about it at the write.
    pub(crate) attributes: Attributes,
    /// Who may read it.
    pub(crate) acl: Acl,
    /// S3 keeps exactly one checksum of an object.
    pub(crate) checksum: StoredChecksum,
    /// Sizes of the parts of a multipart upload, for `?partNumber=`; empty for a single PUT.
    pub(crate) parts: Vec<u64>,
    /// How it is encrypted.
    pub(crate) encryption: Encryption,
    /// Its tags.
    pub(crate) tags: Tags,
    /// Given by the bucket when the object is stored; `null` where it keeps no versions.
    pub(crate) version_id: String,
}

/// The bytes of an object or of a part.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// In segments, so that completing a multipart upload does not copy it.
    Kept(Vec<Bytes>),
    /// Thrown away on arrival (`S3ServerBuilder::discard_content`).
    Discarded,
}

impl Content {
    /// The segments of `range`, cut without copying.
    ///
    /// # Errors
    /// `NotImplemented` when the content was discarded: an invented body would be a lie.
    pub(crate) fn slice(&self, range: std::ops::Range<u64>) -> S3Result<Vec<Bytes>> {
        let Self::Kept(segments) = self else {
            return Err(s3_error!(
                NotImplemented,
                "This server discards content: it keeps sizes and checksums only."
            ));
        };
        let mut selected = Vec::new();
        let mut position = 0_u64;
        for segment in segments {
            let end = position + segment.len() as u64;
            let from = range.start.clamp(position, end) - position;
            let to = range.end.clamp(position, end) - position;
            if from < to {
                // Both are bounded by the segment's length, which is a usize.
                selected.push(segment.slice(index(from)..index(to)));
            }
            position = end;
        }
        Ok(selected)
    }

    /// All bytes in one piece; empty when they were discarded.
    pub(crate) fn to_bytes(&self) -> Bytes {
        match self {
            Self::Kept(segments) if segments.len() == 1 => segments[0].clone(),
            Self::Kept(segments) => {
                let mut whole = BytesMut::with_capacity(segments.iter().map(Bytes::len).sum());
                for segment in segments {
                    whole.extend_from_slice(segment);
                }
                whole.freeze()
            }
            Self::Discarded => Bytes::new(),
        }
    }
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).expect("an offset inside a buffer in memory fits a usize")
}

/// What a client says about an object at its write and S3 gives back at every read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attributes {
    /// As sent; `binary/octet-stream` at a read where it was not.
    pub(crate) content_type: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_language: Option<String>,
    pub(crate) cache_control: Option<String>,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) website_redirect: Option<String>,
    pub(crate) storage_class: Option<String>,
    pub(crate) lock: Lock,
    /// `x-amz-meta-*`, names in lower case without the prefix.
    pub(crate) metadata: BTreeMap<String, String>,
}

/// Object lock: kept and given back. Nothing is ever too locked to be deleted here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    pub(crate) mode: Option<String>,
    pub(crate) retain_until: Option<Timestamp>,
    pub(crate) legal_hold: Option<String>,
}

impl Lock {
    /// Whether a write to this bucket may have it.
    ///
    /// # Errors
    /// `InvalidRequest` (400) in a bucket without object lock; `InvalidArgument` (400) for a mode without a date or the
    /// other way round, and for a date that is over.
    pub(crate) fn check(&self, bucket: &Bucket, now: SystemTime) -> S3Result<()> {
        if *self == Self::default() {
            return Ok(());
        }
        if !bucket.config.object_lock {
            return Err(s3_error!(InvalidRequest, "Bucket is missing Object Lock Configuration"));
        }
        match (&self.mode, &self.retain_until) {
            (None, None) => Ok(()),
            (Some(_), Some(until)) if *until > Timestamp::from(now) => Ok(()),
            (Some(_), Some(_)) => {
                Err(s3_error!(InvalidArgument, "The retain until date must be in the future!"))
            }
            _ => Err(s3_error!(
                InvalidArgument,
                "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
            )),
        }
    }
}

/// A multipart upload that was neither completed nor aborted.
#[derive(Debug)]
pub(crate) struct Upload {
    /// The key of the object to come.
    pub(crate) key: String,
    pub(crate) initiated: SystemTime,
    pub(crate) attributes: Attributes,
    pub(crate) acl: Acl,
    pub(crate) encryption: Encryption,
    pub(crate) tags: Tags,
    pub(crate) checksum: UploadChecksum,
    /// The parts by number; a second upload of a number replaces the first.
    pub(crate) parts: BTreeMap<i32, Part>,
}

/// One part of a multipart upload.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) content: Content,
    pub(crate) size: u64,
    /// What its entity tag says: the MD5 of the content, unless the encryption hides that.
    pub(crate) md5: [u8; 16],
    /// Every algorithm that may be asked for at the end, keyed as S3 names them.
    pub(crate) checksums: s3s::dto::Checksum,
    pub(crate) last_modified: SystemTime,
}

/// An object as the server holds it, for assertions that must not go through HTTP.
///
/// Returned by [`S3Server::object`](super::S3Server::object).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredObject {
    /// The bytes. Empty on a server with [`discard_content`](super::S3ServerBuilder::discard_content): look at
    /// `size` and `checksum` there.
    pub content: Bytes,
    /// Length in bytes.
    pub size: u64,
    /// Without quotes.
    pub etag: String,
    /// In whole seconds.
    pub last_modified: SystemTime,
    /// As the client sent it; `None` if it sent none (reads then answer `binary/octet-stream`, as S3 does).
    pub content_type: Option<String>,
    /// The `Content-Disposition` header of the write.
    pub content_disposition: Option<String>,
    /// The `Content-Encoding` header of the write, without the transfer coding `aws-chunked`.
    pub content_encoding: Option<String>,
    /// The `Content-Language` header of the write.
    pub content_language: Option<String>,
    /// The `Cache-Control` header of the write.
    pub cache_control: Option<String>,
    /// The `Expires` header of the write.
    pub expires: Option<String>,
    /// The `x-amz-website-redirect-location` header of the write.
    pub website_redirect: Option<String>,
    /// The mode of its retention, and until when (RFC 3339).
    pub retention: Option<(String, String)>,
    /// Whether there is a legal hold.
    pub legal_hold: bool,
    /// User metadata: names in lower case, without `x-amz-meta-`.
    pub metadata: BTreeMap<String, String>,
    /// Who may read it, where no grants were spelled out.
    pub acl: CannedAcl,
    /// The grants that were spelled out: who (id, group or e-mail address) and what, such as `READ`.
    pub grants: Vec<(String, String)>,
    /// The one checksum that S3 keeps: CRC-64/NVME of the whole content unless the client chose another.
    pub checksum: StoredChecksum,
    /// How many parts it was uploaded in; 0 for a single PUT.
    pub parts: usize,
    /// How it is encrypted.
    pub encryption: Encryption,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// As the client sent it; `None` is `STANDARD`.
    pub storage_class: Option<String>,
    /// The id of this version; `null` where the bucket keeps none.
    pub version_id: String,
}

impl From<&Object> for StoredObject {
    fn from(object: &Object) -> Self {
        let attributes = object.attributes.clone();
        Self {
            content: object.content.to_bytes(),
            size: object.size,
            etag: object.etag.clone(),
            last_modified: object.last_modified,
            content_type: attributes.content_type,
            content_disposition: attributes.content_disposition,
            content_encoding: attributes.content_encoding,
            content_language: attributes.content_language,
            cache_control: attributes.cache_control,
            expires: attributes.expires.map(|time| text(&time, TimestampFormat::HttpDate)),
            website_redirect: attributes.website_redirect,
            retention: attributes
                .lock
                .mode
                .zip(attributes.lock.retain_until.map(|time| text(&time, TimestampFormat::DateTime))),
            legal_hold: attributes.lock.legal_hold.as_deref() == Some("ON"),
            metadata: attributes.metadata,
            acl: object.acl.canned,
            grants: object.acl.grants.iter().flatten().map(named_grant).collect(),
            checksum: object.checksum.clone(),
            parts: object.parts.len(),
            encryption: object.encryption.clone(),
            tags: object.tags.clone(),
            storage_class: attributes.storage_class,
            version_id: object.version_id.clone(),
        }
    }
}

fn text(time: &Timestamp, format: TimestampFormat) -> String {
    let mut text = Vec::new();
    time.format(format, &mut text).expect("a vector takes everything");
    String::from_utf8(text).expect("dates are ASCII")
}

fn named_grant(grant: &Grant) -> (String, String) {
    let permission = grant.permission.as_ref().map(|permission| permission.as_str().to_owned());
    (grants::name_of(grant), permission.unwrap_or_default())
}

/// A multipart upload that was neither completed nor aborted: what a client leaks when it dies or forgets to abort.
///
/// Returned by [`S3Server::open_uploads`](super::S3Server::open_uploads).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenUpload {
    /// The key that it would become.
    pub key: String,
    /// S3's id of the upload.
    pub upload_id: String,
    /// The numbers of the parts that have arrived, in order.
    pub parts: Vec<i32>,
    /// Sum of their sizes in bytes.
    pub size: u64,
}

impl OpenUpload {
    pub(crate) fn new(id: &str, upload: &Upload) -> Self {
        Self {
            key: upload.key.clone(),
            upload_id: id.to_owned(),
            parts: upload.parts.keys().copied().collect(),
            size: upload.parts.values().map(|part| part.size).sum(),
        }
    }
}

/// What kind of checksum the object carries on the wire.
pub(crate) fn checksum_type(checksum: &StoredChecksum) -> s3s::dto::ChecksumType {
    match checksum.kind {
        ChecksumType::FullObject => s3s::dto::ChecksumType::from_static(s3s::dto::ChecksumType::FULL_OBJECT),
        ChecksumType::Composite => s3s::dto::ChecksumType::from_static(s3s::dto::ChecksumType::COMPOSITE),
    }
}
