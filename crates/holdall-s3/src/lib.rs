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
//! Credentials come from where the SDK looks for them (environment, profile, roles) unless they are set. Another server
//! than AWS is an [`endpoint`](S3StorageBuilder::endpoint).
//!
//! # What it does, and with how many requests
//!
//! | call | requests |
//! | --- | --- |
//! | `save`, up to [`part_size`](S3StorageBuilder::part_size) | one `PutObject`; one more for each name that is taken |
//! | `save`, larger | a multipart upload, at most four parts in memory; one `HeadObject` unless it overwrites |
//! | `save`, larger, a stream or path, `Rename` | the same, one `CopyObject` and one `DeleteObject`, see below |
//! | `open` | one `GetObject`, with range and conditions |
//! | `metadata`, `exists` | one `HeadObject` |
//! | `list` | one `ListObjectsV2` for 1,000 entries |
//! | `copy` | one `HeadObject`, one `CopyObject` |
//! | `delete`, `set_visibility` | one |
//! | `url` | none |
//!
//! Files that were saved with a visibility of their own cost `metadata`, `open` and `copy` one `GetObjectAcl` more.
//!
//! # Names are never taken twice
//!
//! `Rename` and `Create` put `If-None-Match: *` on the write itself, so that of a hundred simultaneous savers exactly one
//! gets the name, also when replies are lost on the way: every such write carries a random mark by which it knows itself
//! again. Servers that ignore the header must be declared with
//! [`conditional_writes(false)`](S3StorageBuilder::conditional_writes).
//!
//! A multipart upload is bound to its key before it is known whether the key stays free. A large *stream* that is saved
//! with `Rename` goes to a random name first and is moved to the plain one inside the server if that is still free (for
//! up to 5 GiB; larger ones keep the random name). Save with `Create` where names are unique anyway and the copy is too
//! dear. On a server that ignores conditions on `CopyObject` (it is asked once), such a stream goes straight to the plain
//! name instead, and fails with a retryable `Conflict` in the rare case that another writer takes it meanwhile.
//!
//! # What is not kept
//!
//! - Times have whole seconds.
//! - A dropped `save` aborts its multipart upload in a task of the runtime. When the process dies, the upload stays and is
//!   paid for: give every bucket a lifecycle rule `AbortIncompleteMultipartUpload`.
//! - A stream of unknown length can have 17 TiB with the default part size, because parts must begin small; declare the
//!   size of larger ones (up to 48.8 TiB).
//! - Copies of files over 5 GiB are refused.
//! - `set_visibility` shows in `metadata` only for files that were saved with a visibility; asking for the ACL of every
//!   file would cost a request and a permission each.

mod acl;
mod bucket;
mod builder;
mod client;
mod conditional;
mod config;
mod copy;
mod credentials;
mod error;
mod gather;
mod list;
mod metadata;
mod multipart;
mod naming;
mod part_plan;
mod presign;
mod publish;
mod read;
mod save;
mod storage;

pub use self::builder::S3StorageBuilder;
pub use self::config::{AddressingStyle, ChecksumMode};
pub use self::storage::S3Storage;

/// The AWS types that the builder takes, for callers that need them.
pub mod sdk {
    pub use aws_config::SdkConfig;
    pub use aws_sdk_s3::config::{AsyncSleep, Credentials, HttpClient, ProvideCredentials};
    pub use aws_smithy_async::time::TimeSource;
}
