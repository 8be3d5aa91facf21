#![doc = include_str!("docs/crate.md")]
#![doc = include_str!("docs/servers.md")]
#![doc = include_str!("docs/links.md")]
#![doc = include_str!("docs/protection.md")]
#![doc = include_str!("docs/costs.md")]
#![doc = include_str!("docs/django.md")]
#![doc = include_str!("docs/limits.md")]

// Four storeys, whose imports point down: `config` (plain data and its rules), `wire` (the way to the server and back),
// `verbs` (the work of each verb), `extras` (calls that no other storage has). Above them stand `handle` (the type that
// applications hold), `builder` (settings on their way to it) and `storage` (the trait, as thin methods).
mod builder;
mod config;
mod extras;
mod handle;
mod storage;
mod verbs;
mod wire;

pub use self::builder::S3StorageBuilder;
pub use self::config::objects::{
    Acl, CannedAcl, Grant, Grantee, ObjectAcl, ObjectParameters, Permission, StorageClass, Tags,
};
pub use self::config::{
    AddressingStyle, ChecksumAlgorithm, ChecksumMode, Encryption, Preset, RetryMode, ServerCondition,
    UniqueNames,
};
pub use self::extras::buckets::{
    BucketEntry, BucketNotEmpty, BucketPolicy, Buckets, CorsMethod, CorsRule, LifecycleRule, ObjectOwnership,
    PublicAccessBlock, cors_for_browser_uploads,
};
pub use self::extras::cloudfront::{CloudFrontCookie, CloudFrontCookies, CloudFrontPolicy, CloudFrontSigner};
pub use self::extras::download::Download;
pub use self::extras::objects::ObjectDetails;
pub use self::extras::probe::{Answer, Feature, MAX_PROBE_REQUESTS, ProbeReport};
pub use self::extras::versions::FileVersion;
pub use self::handle::S3Storage;
pub use self::verbs::presign::{
    MultipartUpload, MultipartUploads, PartRequest, PresignMethod, PresignRequest, PresignedRequest,
};

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
