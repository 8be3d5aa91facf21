//! The settings of a storage after they were checked.

mod choices;
mod conditions;
mod per_name;
mod rules;

use std::fmt;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::config::{AppName, SharedAsyncSleep};
use aws_smithy_async::time::SharedTimeSource;
use holdall_core::{Attributes, Error, ErrorKind, Location, Operation, Visibility};
use url::Url;

use crate::objects::ObjectParameters;

pub use self::choices::{AddressingStyle, ChecksumAlgorithm, ChecksumMode, RetryMode, UniqueNames};
pub(crate) use self::conditions::Conditions;
pub use self::conditions::ServerCondition;
pub(crate) use self::per_name::PerName;
pub(crate) use self::rules::{
    check_bucket, check_custom_domain, check_endpoint, check_location, check_names_no_bucket, check_region,
    check_text, for_resolver, path_style,
};
use crate::cloudfront::CloudFront;
use crate::every_request::EveryRequest;
use crate::http::HttpConfig;
use crate::identity::IdentityConfig;

/// Everything that was set, checked.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) bucket: String,
    pub(crate) location: Location,
    pub(crate) server: Server,
    pub(crate) identity: IdentityConfig,
    pub(crate) requests: EveryRequest,
    pub(crate) objects: Objects,
    pub(crate) urls: Urls,
    /// Signs the URLs of private files instead of S3.
    pub(crate) cloudfront: Option<CloudFront>,
    pub(crate) transfers: Transfers,
    pub(crate) client: ClientConfig,
    pub(crate) http: HttpConfig,
    pub(crate) app_name: Option<AppName>,
}

/// Where the server is, and what it is known to do.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<Url>,
    pub(crate) path_style: bool,
    /// Whether checksums are sent, kept and verified.
    pub(crate) checksums: bool,
    /// Which, where they are.
    pub(crate) checksum_algorithm: ChecksumAlgorithm,
    pub(crate) conditions: Conditions,
    /// How `Unique` keeps names from being taken twice.
    pub(crate) unique_names: UniqueNames,
    pub(crate) features: Features,
}

/// What not every server or bucket has.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a statement of its own about a server")]
pub(crate) struct Features {
    /// Whether the server has `DeleteObjects`.
    pub(crate) bulk_delete: bool,
    /// Whether listings keep the order of bytes over pages.
    pub(crate) ordered_listings: bool,
    /// Whether the bucket keeps versions.
    pub(crate) versions: bool,
    /// Whether objects have ACLs of their own.
    pub(crate) acls: bool,
}

impl Server {
    /// The checksum that is sent, where one is.
    pub(crate) fn checksum(&self) -> Option<ChecksumAlgorithm> {
        self.checksums.then_some(self.checksum_algorithm)
    }
}

/// What is kept with every object unless a save says otherwise.
#[derive(Debug, Clone, Default)]
pub(crate) struct Objects {
    pub(crate) default_attributes: Attributes,
    pub(crate) parameters: ObjectParameters,
    /// Both by name, before the defaults.
    pub(crate) attributes_for: Option<PerName<Attributes>>,
    pub(crate) parameters_for: Option<PerName<ObjectParameters>>,
}

/// How URLs are made.
#[derive(Debug, Clone)]
pub(crate) struct Urls {
    pub(crate) visibility: Visibility,
    /// What comes before the key in plain URLs, without a slash at its end.
    pub(crate) public_base: Option<String>,
    /// Where browsers reach the server, if not at its endpoint.
    pub(crate) public_endpoint: Option<PublicEndpoint>,
    pub(crate) expires_in: Duration,
    /// Whether a shorter life than asked for is an error.
    pub(crate) strict_expiry: bool,
    /// What the time of signing is rounded to.
    pub(crate) expiry_window: Option<Duration>,
}

/// The server as browsers reach it.
#[derive(Debug, Clone)]
pub(crate) struct PublicEndpoint {
    pub(crate) url: Url,
    pub(crate) path_style: bool,
}

/// How the bytes of one file are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transfers {
    pub(crate) part_size: u64,
    pub(crate) concurrency: usize,
    /// `None` leaves it to what else protects a body.
    pub(crate) sign_payload: Option<bool>,
    /// Whether all parts of a file but the last must have one size.
    pub(crate) equal_parts: bool,
    /// The most that one `CopyObject` takes; more is copied by parts.
    pub(crate) max_copy_size: u64,
    pub(crate) copy_part_size: u64,
}

/// The client: its limits, and what was given instead of the SDK's own parts.
#[derive(Debug, Clone)]
pub(crate) struct ClientConfig {
    pub(crate) timeouts: Timeouts,
    pub(crate) max_attempts: u32,
    pub(crate) retry_mode: RetryMode,
    pub(crate) retry_backoff: Duration,
    pub(crate) sdk: Option<SdkConfig>,
    pub(crate) time_source: Option<SharedTimeSource>,
    pub(crate) sleep: Option<SharedAsyncSleep>,
}

/// The time limits; see the builder calls of the same names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    pub(crate) connect: Duration,
    pub(crate) read: Duration,
    pub(crate) attempt: Duration,
    pub(crate) operation: Duration,
}

impl Config {
    /// Whether the SHA-256 of a body is part of its request's signature.
    ///
    /// It is what protects a body on its way over plain HTTP. Over TLS, and with a signed checksum beside it, it
    /// protects from nothing more, and costs more than all else that a client does with the bytes; boto3 leaves it
    /// out in the same case.
    pub(crate) fn signs_payload(&self) -> bool {
        let is_tls = self.server.endpoint.as_ref().is_none_or(|endpoint| endpoint.scheme() == "https");
        self.transfers.sign_payload.unwrap_or(!(is_tls && self.server.checksums))
    }
}

impl fmt::Debug for Config {
    /// What tells storages apart. No credentials, and none of the injected parts that might hold some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("bucket", &self.bucket)
            .field("location", &self.location)
            .field("region", &self.server.region)
            .field("endpoint", &self.server.endpoint.as_ref().map(Url::as_str))
            .field("path_style", &self.server.path_style)
            .field("checksums", &self.server.checksums)
            .field("verify", &self.http.verify)
            .finish_non_exhaustive()
    }
}

/// A setting that is wrong.
pub(crate) fn invalid(message: impl Into<String>) -> Error {
    Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure)
}
