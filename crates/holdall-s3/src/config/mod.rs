//! The settings of a storage after they were checked: plain data and its rules. Nothing here does I/O.
//!
//! | module | job |
//! | --- | --- |
//! | this one | [`Config`], and the parts of it that have no rules of their own |
//! | `choices.rs`, `conditions.rs` | settings that are a choice of words |
//! | `rules.rs` | rules of buckets, regions, endpoints and domains |
//! | `limits.rs` | the limits of S3 in bytes and time |
//! | `preset.rs` | facts about kinds of servers |
//! | `capabilities.rs` | the capabilities that follow from settings and honoured conditions |
//! | `identity.rs`, `http.rs`, `proxy.rs` | credentials and connections |
//! | `requests.rs`, `operations.rs`, `encryption.rs` | headers that do not depend on the request |
//! | `objects/`, `per_name.rs` | data that is kept with every object |
//! | `links.rs` | how URLs are made |

mod capabilities;
mod choices;
mod conditions;
mod encryption;
mod http;
mod identity;
pub(crate) mod limits;
mod links;
pub(crate) mod objects;
pub(crate) mod operations;
mod per_name;
mod preset;
mod proxy;
mod requests;
mod rules;

use std::fmt;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::config::{AppName, SharedAsyncSleep};
use aws_smithy_async::time::SharedTimeSource;
use holdall_core::{Attributes, Error, Location, Operation, Result};
use url::Url;

pub(crate) use self::capabilities::capabilities;
pub use self::choices::{AddressingStyle, ChecksumAlgorithm, ChecksumMode, RetryMode, UniqueNames};
pub(crate) use self::conditions::Conditions;
pub use self::conditions::ServerCondition;
pub use self::encryption::Encryption;
pub(crate) use self::encryption::{CustomerKey, ServerKeys, encoded_context};
pub(crate) use self::http::{CaBundle, HttpConfig};
pub(crate) use self::identity::{IdentityConfig, Role, Source};
pub(crate) use self::links::{LinkSigner, PublicEndpoint, SignedDomain, Urls};
pub(crate) use self::objects::ObjectParameters;
pub(crate) use self::per_name::PerName;
pub use self::preset::Preset;
pub(crate) use self::proxy::Proxy;
pub(crate) use self::requests::EveryRequest;
pub(crate) use self::rules::{
    check_bucket, check_custom_domain, check_endpoint, check_location, check_names_no_bucket, check_region,
    check_text, for_resolver, path_style,
};

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
    /// The checksum, where one is sent.
    pub(crate) checksum_algorithm: ChecksumAlgorithm,
    pub(crate) conditions: Conditions,
    /// How `Unique` keeps names from being taken twice.
    pub(crate) unique_names: UniqueNames,
    pub(crate) features: Features,
}

/// Features that not every server or bucket has.
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

/// Data that is kept with every object unless a save says otherwise.
#[derive(Debug, Clone, Default)]
pub(crate) struct Objects {
    pub(crate) default_attributes: Attributes,
    pub(crate) parameters: ObjectParameters,
    /// Both by name, before the defaults.
    pub(crate) attributes_for: Option<PerName<Attributes>>,
    pub(crate) parameters_for: Option<PerName<ObjectParameters>>,
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
    /// Only settings that tell storages apart. No credentials, and none of the injected parts that might hold some.
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

/// The error of a setting that means nothing without another one.
pub(crate) fn needs(key: &'static str, other: &str) -> Error {
    invalid(key, format!("{key} is set, but {other} is not"))
}

/// Two settings that need each other; `None` where neither is set.
///
/// # Errors
///
/// `InvalidConfig` about the one that is set where the other is not.
pub(crate) fn both<A, B>(
    (key, first): (&'static str, Option<A>),
    (other, second): (&'static str, Option<B>),
) -> Result<Option<(A, B)>> {
    match (first, second) {
        (Some(first), Some(second)) => Ok(Some((first, second))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(needs(key, other)),
        (None, Some(_)) => Err(needs(other, key)),
    }
}

/// The error of a word that is none of those that a setting can have.
fn unknown_word(key: &'static str, what: &str, text: &str, words: &[&str]) -> Error {
    let (last, others) = words.split_last().expect("a choice has two words at least");
    let others = others.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ");
    invalid(key, format!("{text:?} is no {what}; use {others} or {last:?}"))
}

/// The error of a setting that is refused. `key` is the call of the builder that set it.
pub(crate) fn invalid(key: &'static str, message: impl Into<String>) -> Error {
    Error::setting(key, message).with_operation(Operation::Configure)
}
