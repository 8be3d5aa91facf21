#![doc = include_str!("docs/crate.md")]
#![doc = include_str!("docs/servers.md")]
#![doc = include_str!("docs/links.md")]
#![doc = include_str!("docs/protection.md")]
#![doc = include_str!("docs/costs.md")]
#![doc = include_str!("docs/django.md")]
#![doc = include_str!("docs/limits.md")]

mod acl;
mod blank_key;
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
mod every_reply;
mod every_request;
mod honoured;
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
mod reply;
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
pub use self::config::{
    AddressingStyle, ChecksumAlgorithm, ChecksumMode, RetryMode, ServerCondition, UniqueNames,
};
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

/// The examples of the crate's README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
