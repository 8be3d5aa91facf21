//! An S3 server in memory, for testing code that talks to S3.
//!
//! It listens on a real loopback socket, so any client can be pointed at it, and it does what Amazon S3 does where
//! other stand-ins only come near: conditional writes that have exactly one winner, conditional reads, canned ACLs
//! with anonymous reads, checksums that are verified and given back, multipart limits, listings in byte order with
//! S3's own encoding. Beyond that it does what S3 does rarely and only in production: it [logs](S3Server::requests)
//! every request, and it [fails on demand](Fault), before or after it has applied the operation.
//!
//! ```
//! use holdall_testing::s3_server::{Fault, FaultAction, S3Server};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let server = S3Server::builder().credentials("AKID", "secret").bucket("media").start().await?;
//! // Point any S3 client at server.endpoint(), with path-style addressing and these keys.
//! assert!(server.endpoint().starts_with("http://127.0.0.1:"));
//!
//! // Plant what another program might have left there, without HTTP.
//! server.put_object("media", "a//b", "foreign");
//!
//! // The reply to the next PUT is lost although the object was stored.
//! let lost = server.inject(Fault::new(FaultAction::ResetAfter).operation("PutObject").once());
//!
//! // ... run the code under test ...
//!
//! assert_eq!(server.keys("media"), ["a//b"]);
//! assert_eq!(server.count("HeadObject"), 0);
//! assert!(server.open_uploads("media").is_empty(), "the client leaked a multipart upload");
//! assert_eq!(lost.hits(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! # What it answers
//!
//! - Buckets: `CreateBucket`, `HeadBucket`, `DeleteBucket`, `ListBuckets`, `GetBucketLocation`; CORS (with preflight
//!   requests and the headers of real replies), policy, public access block, ownership controls, lifecycle rules,
//!   request payment, versioning: each put, got and deleted as on S3.
//! - Objects: `PutObject`, `GetObject`, `HeadObject`, `CopyObject`, `DeleteObject`, `DeleteObjects`, `ListObjectsV2`,
//!   `ListObjectVersions`, ACLs (canned and grants), tags; version ids wherever S3 takes them; encryption with S3's, the
//!   Key Management Service's and the customer's keys.
//! - Multipart: `CreateMultipartUpload`, `UploadPart`, `UploadPartCopy`, `CompleteMultipartUpload`,
//!   `AbortMultipartUpload`, `ListParts`, `ListMultipartUploads`.
//! - A form POST whose policy is verified. Signatures (version 4 in headers, in presigned URLs and over chunks) are
//!   verified by [s3s](https://docs.rs/s3s).
//!
//! - `Expires`, website redirects and object lock are kept with an object and given back; nobody is redirected, and
//!   nothing is too locked to be deleted.
//!
//! Every other operation, and every header that asks for something that is not done here, is refused with 501
//! `NotImplemented`: never accepted and dropped.
//!
//! # Where it differs from Amazon S3
//!
//! - There is one account. It may do what no policy denies; anonymous requests may do what an ACL or a policy allows.
//! - A malformed `Range` header is refused with 400, where S3 ignores it.
//! - Nothing is really encrypted, and customer keys (SSE-C) are taken over plain HTTP; every check of them is S3's.
//! - 409 `ConditionalRequestConflict` only comes from a [`Fault`]: everything happens under one lock, so there never
//!   is a competing write in flight.
//! - A form is read whole before anything is decided about it: faults in the middle of its body do not strike. Its tags
//!   are refused.
//! - Policies are evaluated without conditions and for everybody or the owner's account only; others are refused with
//!   501 when they are set. Lifecycle rules are kept, but nothing expires.
//! - In a bucket whose requesters pay, the owner must say so too.
//! - Error replies have `Code` and `Message`, but no `Resource` or `RequestId`.

mod access;
mod acl;
mod backend;
mod browser;
mod bucket;
mod buckets;
mod builder;
mod checksum;
mod clock;
mod conditions;
mod config;
mod connection;
mod copy;
mod delete;
mod encryption;
mod faults;
mod form;
mod get;
mod grants;
mod habits;
mod listing;
mod log;
mod multipart;
mod multipart_list;
mod operation;
mod put;
mod random;
mod receive;
mod refusal;
mod reply_body;
mod request_body;
#[cfg(feature = "s3s-fs")]
mod s3s_fs;
mod service;
mod state;
mod tags;
mod transcoding;
mod version_list;
mod versions;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use tokio::task::JoinHandle;

pub use self::acl::{CannedAcl, OWNER_ID};
pub use self::builder::S3ServerBuilder;
pub use self::checksum::{ChecksumAlgorithm, ChecksumType, StoredChecksum};
pub use self::encryption::Encryption;
pub use self::faults::{Fault, FaultAction, FaultHandle};
pub use self::log::LoggedRequest;
pub(crate) use self::operation::{Resource, classify};
#[cfg(feature = "s3s-fs")]
pub use self::s3s_fs::{S3FsServer, S3FsServerBuilder};
pub use self::state::{OpenUpload, StoredObject};

use self::backend::Backend;
use self::faults::FaultList;
use self::log::Log;

/// A running S3 server; see the [module](self) for what it can do. It stops when it is dropped: every connection is
/// closed and everything in it is gone.
pub struct S3Server {
    address: SocketAddr,
    credentials: BTreeMap<String, String>,
    backend: Backend,
    log: Arc<Log>,
    faults: Arc<FaultList>,
    task: JoinHandle<()>,
}

impl fmt::Debug for S3Server {
    /// Without keys and contents.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Server").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}

impl S3Server {
    /// Starts from S3's own settings: any region, no buckets, a free port of `127.0.0.1`.
    pub fn builder() -> S3ServerBuilder {
        S3ServerBuilder::new()
    }

    /// The URL to point a client at, such as `http://127.0.0.1:40123`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The first access key.
    pub fn access_key(&self) -> &str {
        self.credentials.keys().next().map_or("", String::as_str)
    }

    /// The secret key that belongs to [`access_key`](Self::access_key).
    pub fn secret_key(&self) -> &str {
        self.credentials.values().next().map_or("", String::as_str)
    }

    /// The region that it says it is in.
    pub fn region(&self) -> &str {
        self.backend.region()
    }

    /// Stops, and returns once the port is free and every connection is closed.
    pub async fn stop(mut self) {
        self.task.abort();
        // The task was told to end; that it was cancelled is the expected result.
        let _cancelled = (&mut self.task).await;
    }

    /// Every request since the start or the last [`clear_requests`](Self::clear_requests), oldest first.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.log.requests()
    }

    /// How many requests of an operation there were, by its S3 name, such as `HeadObject`.
    pub fn count(&self, operation: &str) -> usize {
        self.log.count(operation)
    }

    /// Empties the log.
    pub fn clear_requests(&self) {
        self.log.clear();
    }

    /// Declares a session token expired: every request that is signed with it is refused with 400 `ExpiredToken` from
    /// now on. Other tokens are taken without a look.
    pub fn expire_token(&self, token: impl Into<String>) {
        self.backend.state().expired_tokens.push(token.into());
    }

    /// Puts a fault in force, behind those that are in force already.
    pub fn inject(&self, fault: Fault) -> FaultHandle {
        self.faults.inject(fault)
    }

    /// Starts the random numbers of faults with a probability anew, as if the server had been built with this
    /// [`seed`](S3ServerBuilder::seed): many seeded runs need one server.
    pub fn reseed(&self, seed: u64) {
        self.faults.reseed(seed);
    }

    /// Takes every fault out of force and lets everything go on that is stalled.
    pub fn clear_faults(&self) {
        self.faults.clear();
    }

    /// The object under a key, if there is one.
    pub fn object(&self, bucket: &str, key: &str) -> Option<StoredObject> {
        let object = Arc::clone(self.backend.state().buckets.get(bucket)?.objects.get(key)?);
        Some(StoredObject::from(&*object))
    }

    /// The keys of a bucket in the order of their bytes; none if there is no such bucket.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        let state = self.backend.state();
        state.buckets.get(bucket).map(|bucket| bucket.objects.keys().cloned().collect()).unwrap_or_default()
    }

    /// Stores an object without HTTP: private, without attributes, under any key, also one that no client could send.
    ///
    /// # Panics
    /// If there is no such bucket.
    pub fn put_object(&self, bucket: &str, key: impl Into<String>, content: impl Into<Bytes>) {
        let object = receive::planted(content.into(), self.backend.discards_content(), self.backend.now());
        let mut state = self.backend.state();
        let Some(bucket) = state.buckets.get_mut(bucket) else {
            drop(state);
            panic!("the test server has no bucket {bucket:?}: name it at S3Server::builder()");
        };
        bucket.store(key.into(), object);
    }

    /// The ids of every version and delete marker of a key, newest first.
    pub fn versions(&self, bucket: &str, key: &str) -> Vec<String> {
        let state = self.backend.state();
        let versions = state.buckets.get(bucket).map(|bucket| bucket.versions_of(key)).unwrap_or_default();
        versions.iter().map(|version| version.id().to_owned()).collect()
    }

    /// Removes an object and every version of it without HTTP; true if there was a current one.
    pub fn remove_object(&self, bucket: &str, key: &str) -> bool {
        let mut state = self.backend.state();
        state.buckets.get_mut(bucket).is_some_and(|bucket| {
            bucket.former.remove(key);
            bucket.objects.remove(key).is_some()
        })
    }

    /// The multipart uploads of a bucket that were neither completed nor aborted, by key.
    pub fn open_uploads(&self, bucket: &str) -> Vec<OpenUpload> {
        let state = self.backend.state();
        let Some(bucket) = state.buckets.get(bucket) else { return Vec::new() };
        let mut open: Vec<_> =
            bucket.uploads.iter().map(|(id, upload)| OpenUpload::new(id, upload)).collect();
        open.sort_by(|left, right| (&left.key, &left.upload_id).cmp(&(&right.key, &right.upload_id)));
        open
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
