//! Amazon S3 and compatible servers as a Holdall storage, on the official AWS SDK.
//!
//! ```
//! use holdall_core::Store;
//! use holdall_s3::S3Storage;
//!
//! # fn main() -> holdall_core::Result<()> {
//! let media = Store::new(
//!     S3Storage::builder("my-site")
//!         .region("eu-central-1")
//!         .location("media")
//!         .build()?,
//! );
//! assert_eq!(media.to_string(), "s3://my-site/media");
//! # Ok(()) }
//! ```
//!
//! Credentials come from where the AWS SDK looks for them (environment, profile, web identity, container,
//! instance) unless they are set. Nothing is asked before the storage is used.
//!
//! # Another server than AWS
//!
//! ```
//! use holdall_s3::{ChecksumMode, S3Storage};
//!
//! # fn main() -> holdall_core::Result<()> {
//! let storage = S3Storage::builder("media")
//!     .endpoint("http://127.0.0.1:9000")
//!     .access_key("minio")
//!     .secret_key("a secret from the environment")
//!     // Only where the server keeps checksums: MinIO, SeaweedFS, R2 and others do, Ceph 16 does not.
//!     .checksum_mode(ChecksumMode::WhenSupported)
//!     .build()?;
//! # Ok(()) }
//! ```
//!
//! Of eleven kinds of servers it is known what they do: [`Preset`] sets it. Of yours, [`S3Storage::probe`] finds it
//! out.
//!
//! An endpoint is talked to in path style and without checksums unless you say otherwise: that is what every
//! server takes. A server that ignores `If-None-Match` (Garage 2.5 does) must be declared with
//! [`conditional_writes(false)`](S3StorageBuilder::conditional_writes); then `Rename`, `Create` and `Replace`
//! are refused instead of being unsafe, and files are saved with `Overwrite` under names that nobody else
//! uses.
//!
//! # What it costs
//!
//! | call | requests |
//! | --- | --- |
//! | `save`, up to [`part_size`](S3StorageBuilder::part_size) | one `PutObject`; two more for each name that is taken |
//! | `save`, larger | one `HeadObject` unless it overwrites, and a multipart upload with at most four parts in memory |
//! | `save`, larger, a stream, `Rename` | the same, one `CopyObject` and one `DeleteObject`; see below |
//! | `open` | one `GetObject`, with range and conditions; one more for the rest where the connection is cut |
//! | `download` | one `HeadObject`, one `GetObject` for each 8 MiB |
//! | `metadata`, `exists` | one `HeadObject` |
//! | `list` | one `ListObjectsV2` for 1,000 entries |
//! | `copy` | one `HeadObject`, one `CopyObject`; over 5 GiB a multipart upload with one `UploadPartCopy` for each 512 MiB |
//! | `move_to` | as `copy`, two `HeadObject` and one `DeleteObject` |
//! | `rename` | as `copy`, one `DeleteObject` |
//! | `delete`, `set_visibility` | one |
//! | `delete_many`, `delete_location` | one `DeleteObjects` for 1,000 files, and the listing |
//! | `versions` | one `ListObjectVersions` for 1,000 versions |
//! | `restore_version` | one `HeadObject`, one `CopyObject` |
//! | `url` | none |
//!
//! Files that were saved with a visibility of their own cost `metadata`, `open` and `copy` one `GetObjectAcl`
//! more.
//!
//! # What the credentials must be allowed
//!
//! `s3:PutObject`, `s3:GetObject` and `s3:DeleteObject` on the objects, and `s3:ListBucket` on the bucket.
//! The last is needed not only for listings: without it S3 answers 403 instead of 404 for a file that is
//! missing, which `exists` reports as `PermissionDenied`, since it cannot know. `s3:AbortMultipartUpload` is
//! needed for large files; `s3:ListBucketMultipartUploads` and `s3:ListMultipartUploadParts` let an upload be
//! found whose creation was not answered. Copies of tagged files need `s3:GetObjectTagging` and
//! `s3:PutObjectTagging`. A visibility needs `s3:PutObjectAcl` and `s3:GetObjectAcl`, and a bucket that has
//! ACLs enabled.
//!
//! # Names are never taken twice
//!
//! `Rename` and `Create` put `If-None-Match: *` on the write itself, so that of a hundred simultaneous savers
//! exactly one gets the name, also when replies are lost on the way: every such write carries a random mark
//! in its metadata, by which it knows itself again.
//!
//! A multipart upload is bound to its key before it is known whether the key stays free. A large *stream*
//! that is saved with `Rename` goes to a random name first and is moved to the plain one inside the server if
//! that is still free. (Bytes in memory and paths can be sent again and need no such way round.) Save with `Create` where names are
//! unique anyway and the copy is too dear. On a server that ignores conditions on `CopyObject` (it is asked
//! once, with an object of one byte), such a stream goes straight to the plain name instead, and fails with a
//! retryable `Conflict` in the rare case that another writer takes it meanwhile.
//!
//! # From django-storages
//!
//! | there | here |
//! | --- | --- |
//! | `bucket_name`, `location`, `region_name`, `endpoint_url` | [`S3Storage::builder`], `location`, `region`, `endpoint` |
//! | `access_key`, `secret_key`, `security_token` | `access_key`, `secret_key`, `session_token` |
//! | `session_profile` | `AWS_PROFILE`, or a [`credentials_provider`](S3StorageBuilder::credentials_provider) |
//! | `addressing_style` | [`addressing_style`](S3StorageBuilder::addressing_style) |
//! | `signature_version` | always version 4, always with the regional host |
//! | `file_overwrite` | the mode of a save; `Rename` unless said otherwise |
//! | `object_parameters` | [`default_attributes`](S3StorageBuilder::default_attributes), [`object_parameters`](S3StorageBuilder::object_parameters) |
//! | `default_acl` | the visibility in the former or the ACL in the latter; no ACL is sent without one |
//! | `querystring_auth`, `querystring_expire` | [`visibility`](S3StorageBuilder::visibility), `url_expires_in` |
//! | `custom_domain`, `url_protocol` | `custom_domain`, `url_protocol` |
//! | `transfer_config`, `max_memory_size` | `part_size`, `concurrency` |
//! | `client_config` | `connect_timeout`, `read_timeout`, `attempt_timeout`, `operation_timeout`, `max_attempts`, `checksum_mode` |
//! | `cloudfront_key_id`, `cloudfront_key` | the same, and `cloudfront_hash` for SHA-1 as there; cookies by [`CloudFrontSigner`] |
//! | `gzip`, `proxies`, `verify` | not yet |
//!
//! # What is not kept
//!
//! - Times have whole seconds.
//! - A dropped `save` aborts its multipart upload in a task of the runtime. When the process dies, the upload
//!   stays and is paid for: give every bucket a lifecycle rule `AbortIncompleteMultipartUpload`.
//! - A stream of unknown length can have 17 TiB with the default part size, because parts must begin small;
//!   declare the size of larger ones (up to 48.8 TiB). With
//!   [`equal_parts`](S3StorageBuilder::equal_parts) it is 10,000 times the part size.
//! - `set_visibility` shows in `metadata` only for files that were saved with a visibility; asking for the
//!   ACL of every file would cost a request and a permission each.
//! - User metadata shares S3's 2 KB with the marks: where it fills them to the last 36 bytes, a write whose
//!   reply is lost is reported as an error although the file may be there.

mod acl;
mod buckets;
mod builder;
mod client;
mod cloudfront;
mod conditional;
mod config;
mod copy;
mod credentials;
mod delete;
mod delete_many;
mod download;
mod encryption;
mod error;
mod every_request;
mod http;
mod identity;
mod list;
mod metadata;
mod multipart;
mod naming;
mod objects;
mod preset;
mod presign;
mod probe;
mod publish;
mod read;
mod save;
mod stale_uploads;
mod storage;
mod sums;
mod versions;

pub use self::buckets::{
    BucketEntry, BucketNotEmpty, BucketPolicy, Buckets, CorsMethod, CorsRule, LifecycleRule, ObjectOwnership,
    PublicAccessBlock, cors_for_browser_uploads,
};
pub use self::builder::S3StorageBuilder;
pub use self::cloudfront::{
    CloudFrontCookie, CloudFrontCookies, CloudFrontHash, CloudFrontPolicy, CloudFrontSigner,
};
pub use self::config::{AddressingStyle, ChecksumAlgorithm, ChecksumMode, RetryMode};
pub use self::download::Download;
pub use self::encryption::Encryption;
pub use self::objects::{
    Acl, CannedAcl, Grant, Grantee, ObjectAcl, ObjectDetails, ObjectParameters, Permission, StorageClass,
    Tags,
};
pub use self::preset::Preset;
pub use self::presign::{
    MultipartUpload, MultipartUploads, PartRequest, PresignMethod, PresignRequest, PresignedRequest,
};
pub use self::probe::{Answer, Feature, MAX_PROBE_REQUESTS, ProbeReport};
pub use self::stale_uploads::AbortedUploads;
pub use self::storage::S3Storage;
pub use self::versions::FileVersion;

/// The AWS types that the builder takes, for callers that need them.
pub mod sdk {
    pub use aws_config::SdkConfig;
    pub use aws_sdk_s3::config::{AsyncSleep, Credentials, HttpClient, ProvideCredentials};
    pub use aws_smithy_async::time::TimeSource;
}
