//! Settings on their way to a storage: one call each, checked together by `build`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::config::{
    AsyncSleep, Credentials, HttpClient, IntoShared as _, ProvideCredentials, SharedAsyncSleep,
    SharedCredentialsProvider, SharedHttpClient,
};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use holdall_core::{Attributes, Result, Visibility};

use crate::client::Inner;
use crate::config::{
    AddressingStyle, ChecksumMode, Config, Timeouts, check_bucket, check_custom_domain, check_endpoint,
    check_location, check_region, invalid, path_style,
};
use crate::part_plan::{MAX_PART_SIZE, MIN_PART_SIZE};
use crate::presign::MAX_EXPIRY;
use crate::storage::S3Storage;

/// 8 MiB: with [`DEFAULT_CONCURRENCY`] parts in flight and one being gathered, a save of any unknown
/// length takes 32 MiB.
const DEFAULT_PART_SIZE: u64 = 8 << 20;
const DEFAULT_CONCURRENCY: usize = 3;

/// Builds an [`S3Storage`]; made by [`S3Storage::builder`].
///
/// Every setting but the bucket has a default. Building does no I/O: the SDK's client is made, and
/// credentials are looked for, when the storage is first used.
///
/// ```
/// use std::time::Duration;
///
/// use holdall_core::{Attributes, ErrorKind};
/// use holdall_s3::S3Storage;
///
/// # fn main() -> holdall_core::Result<()> {
/// let mut attributes = Attributes::default();
/// attributes.cache_control = Some("max-age=3600".to_owned());
/// let storage = S3Storage::builder("my-site")
///     .region("eu-central-1")
///     .location("media")
///     .default_attributes(attributes)
///     .url_expires_in(Duration::from_secs(600))
///     .build()?;
/// assert_eq!(storage.bucket(), "my-site");
///
/// // What is wrong is told when the storage is built, not when it is first used.
/// let half = S3Storage::builder("my-site").access_key("AKIA...").build().unwrap_err();
/// assert_eq!(half.kind(), ErrorKind::InvalidConfig);
/// # Ok(()) }
/// ```
#[must_use]
pub struct S3StorageBuilder {
    bucket: String,
    location: String,
    region: Option<String>,
    endpoint: Option<String>,
    addressing_style: AddressingStyle,
    access_key: Option<String>,
    secret_key: Option<String>,
    session_token: Option<String>,
    credentials: Option<SharedCredentialsProvider>,
    default_attributes: Attributes,
    visibility: Visibility,
    custom_domain: Option<String>,
    url_protocol: String,
    url_expires_in: Duration,
    timeouts: Timeouts,
    max_attempts: u32,
    retry_backoff: Duration,
    checksum_mode: ChecksumMode,
    conditional_writes: bool,
    conditional_deletes: bool,
    part_size: u64,
    concurrency: usize,
    sdk_config: Option<SdkConfig>,
    http_client: Option<SharedHttpClient>,
    time_source: Option<SharedTimeSource>,
    sleep: Option<SharedAsyncSleep>,
}

impl S3StorageBuilder {
    pub(crate) fn new(bucket: impl Into<String>) -> Self {
        Self {
            bucket: bucket.into(),
            location: String::new(),
            region: None,
            endpoint: None,
            addressing_style: AddressingStyle::Auto,
            access_key: None,
            secret_key: None,
            session_token: None,
            credentials: None,
            default_attributes: Attributes::default(),
            visibility: Visibility::Private,
            custom_domain: None,
            url_protocol: "https".to_owned(),
            url_expires_in: Duration::from_hours(1),
            timeouts: Timeouts {
                connect: Duration::from_millis(3100),
                read: Duration::from_secs(20),
                attempt: Duration::from_mins(1),
                operation: Duration::from_mins(5),
            },
            max_attempts: 3,
            retry_backoff: Duration::from_secs(1),
            checksum_mode: ChecksumMode::Auto,
            conditional_writes: true,
            conditional_deletes: false,
            part_size: DEFAULT_PART_SIZE,
            concurrency: DEFAULT_CONCURRENCY,
            sdk_config: None,
            http_client: None,
            time_source: None,
            sleep: None,
        }
    }

    /// The key prefix under which the storage keeps its files, such as `media`; the whole bucket without
    /// a call. It must not begin with `/`.
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.location = location.into();
        self
    }

    /// The region, such as `eu-central-1`. Without a call the SDK's chain is asked (`AWS_REGION`, the
    /// profile, the instance); at a custom endpoint it is `us-east-1`, which most servers take for their own.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// The API endpoint of another server than AWS, such as `http://127.0.0.1:9000`.
    ///
    /// Environment variables (`AWS_ENDPOINT_URL`) are not read: where an application's files go is a
    /// setting of its own.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// How the bucket is named in requests and URLs; [`AddressingStyle::Auto`] without a call.
    pub fn addressing_style(mut self, style: AddressingStyle) -> Self {
        self.addressing_style = style;
        self
    }

    /// The access key id. Needs [`secret_key`](Self::secret_key). Without keys the SDK's chain is asked:
    /// environment, profile, web identity, container, instance.
    pub fn access_key(mut self, access_key: impl Into<String>) -> Self {
        self.access_key = Some(access_key.into());
        self
    }

    /// The secret access key. Needs [`access_key`](Self::access_key).
    pub fn secret_key(mut self, secret_key: impl Into<String>) -> Self {
        self.secret_key = Some(secret_key.into());
        self
    }

    /// The session token of temporary keys. Keys given so are never refreshed; leave them to the SDK's
    /// chain, or give a [`credentials_provider`](Self::credentials_provider), where they must be.
    pub fn session_token(mut self, token: impl Into<String>) -> Self {
        self.session_token = Some(token.into());
        self
    }

    /// Any provider of credentials, asked again whenever those that it gave are about to expire.
    pub fn credentials_provider(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.credentials = Some(SharedCredentialsProvider::new(provider));
        self
    }

    /// Attributes for every save that does not give its own: a cache control, a disposition. A visibility
    /// here is sent as an ACL with every save.
    pub fn default_attributes(mut self, attributes: Attributes) -> Self {
        self.default_attributes = attributes;
        self
    }

    /// Whether `url` makes plain or signed URLs when the caller does not say;
    /// [`Visibility::Private`] (signed) without a call. It sends no ACL.
    pub fn visibility(mut self, visibility: Visibility) -> Self {
        self.visibility = visibility;
        self
    }

    /// The host of plain URLs, such as `cdn.example.com`, with a path if need be. Signed URLs keep the
    /// host of the API, for which they are signed.
    pub fn custom_domain(mut self, domain: impl Into<String>) -> Self {
        self.custom_domain = Some(domain.into());
        self
    }

    /// `https` (without a call) or `http`, for the URLs of a [`custom_domain`](Self::custom_domain).
    pub fn url_protocol(mut self, protocol: impl Into<String>) -> Self {
        self.url_protocol = protocol.into();
        self
    }

    /// How long signed URLs live when the caller does not say; an hour without a call, seven days at most.
    pub fn url_expires_in(mut self, duration: Duration) -> Self {
        self.url_expires_in = duration;
        self
    }

    /// How long connecting may take; 3.1 s without a call.
    pub fn connect_timeout(mut self, duration: Duration) -> Self {
        self.timeouts.connect = duration;
        self
    }

    /// How long a body, sent or received, may stand still; 20 s without a call.
    ///
    /// (The SDK's own "read timeout" is another thing: it counts from the first byte that is sent, and so
    /// cannot fit a small request and a large part at once. [`attempt_timeout`](Self::attempt_timeout) takes
    /// its place.)
    pub fn read_timeout(mut self, duration: Duration) -> Self {
        self.timeouts.read = duration;
        self
    }

    /// How long one attempt of a request may take until its reply begins; 60 s without a call. A request
    /// with a body gets a second more for every 64 KiB, and one that makes the server copy or assemble a file
    /// a second more for every 4 MiB, so that the limit fits small and large files.
    pub fn attempt_timeout(mut self, duration: Duration) -> Self {
        self.timeouts.attempt = duration;
        self
    }

    /// How long a request may take with all its attempts and the pauses between them; 300 s without a
    /// call, and the same allowances for every attempt.
    pub fn operation_timeout(mut self, duration: Duration) -> Self {
        self.timeouts.operation = duration;
        self
    }

    /// How often a request is tried: 3 times without a call, 1 turns retries off. Throttling, 5xx replies
    /// and broken connections are tried again, with exponential pauses (the SDK's standard mode).
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The longest first pause before a retry; a second without a call. It doubles for each further one.
    pub fn retry_backoff(mut self, duration: Duration) -> Self {
        self.retry_backoff = duration;
        self
    }

    /// When checksums travel with requests; [`ChecksumMode::Auto`] without a call.
    pub fn checksum_mode(mut self, mode: ChecksumMode) -> Self {
        self.checksum_mode = mode;
        self
    }

    /// Whether the server honours `If-None-Match` and `If-Match` on writes; `true` without a call.
    ///
    /// AWS, Cloudflare R2, Ceph and `SeaweedFS` do. Garage and some others accept the header and ignore it:
    /// say `false` there, and `Rename`, `Create` and `Replace` are refused instead of being unsafe.
    pub fn conditional_writes(mut self, honoured: bool) -> Self {
        self.conditional_writes = honoured;
        self
    }

    /// Whether the server honours `If-Match` on `DeleteObject`; `false` without a call, since most
    /// compatible servers ignore it and delete whatever is there. AWS honours it.
    pub fn conditional_deletes(mut self, honoured: bool) -> Self {
        self.conditional_deletes = honoured;
        self
    }

    /// The size of the parts of a multipart upload in bytes, 5 MiB to 5 GiB; 8 MiB without a call. Content
    /// up to this size is saved with one request. Larger files get larger parts where 10,000 of these would
    /// not do.
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.part_size = bytes;
        self
    }

    /// How many parts of one file are sent at once; 3 without a call. A save holds that many parts in
    /// memory and one more, which it gathers meanwhile.
    pub fn concurrency(mut self, parts: usize) -> Self {
        self.concurrency = parts;
        self
    }

    /// Takes region, credentials, endpoint, HTTP client, clock and sleep from here where they are not set
    /// otherwise; the SDK's chain is not asked then.
    pub fn sdk_config(mut self, config: SdkConfig) -> Self {
        self.sdk_config = Some(config);
        self
    }

    /// The HTTP client; the SDK's own without a call.
    pub fn http_client(mut self, client: impl HttpClient + 'static) -> Self {
        self.http_client = Some(client.into_shared());
        self
    }

    /// The clock of signatures and of the expiry of URLs; the system's without a call.
    pub fn time_source(mut self, clock: impl TimeSource + 'static) -> Self {
        self.time_source = Some(SharedTimeSource::new(clock));
        self
    }

    /// How pauses and time limits are waited for; Tokio's timer without a call.
    pub fn sleep(mut self, sleep: impl AsyncSleep + 'static) -> Self {
        self.sleep = Some(SharedAsyncSleep::new(sleep));
        self
    }

    /// Checks the settings and makes the storage. No I/O.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) with a sentence about the
    /// setting that is wrong.
    pub fn build(self) -> Result<S3Storage> {
        check_bucket(&self.bucket)?;
        self.region.as_deref().map_or(Ok(()), check_region)?;
        let from_sdk = self.sdk_config.as_ref().and_then(SdkConfig::endpoint_url);
        let endpoint = self.endpoint.as_deref().or(from_sdk).map(check_endpoint).transpose()?;
        let public_base = match &self.custom_domain {
            Some(domain) => Some(check_custom_domain(domain, &self.url_protocol)?),
            None => None,
        };
        self.check_numbers()?;
        self.default_attributes
            .validate()
            .map_err(|error| invalid(format!("the default attributes cannot be used: {}", error.reason())))?;
        let checksums = match self.checksum_mode {
            ChecksumMode::Auto => endpoint.is_none(),
            ChecksumMode::WhenSupported => true,
            ChecksumMode::WhenRequired => false,
        };
        let config = Config {
            path_style: path_style(self.addressing_style, endpoint.as_ref())?,
            location: check_location(&self.location)?,
            credentials: self.explicit_credentials()?,
            bucket: self.bucket,
            region: self.region,
            endpoint,
            default_attributes: self.default_attributes,
            visibility: self.visibility,
            public_base,
            url_expires_in: self.url_expires_in,
            timeouts: self.timeouts,
            max_attempts: self.max_attempts,
            retry_backoff: self.retry_backoff,
            checksums,
            part_size: self.part_size,
            concurrency: self.concurrency,
            sdk: self.sdk_config,
            http_client: self.http_client,
            time_source: self.time_source,
            sleep: self.sleep,
        };
        let inner = Arc::new(Inner::new(config));
        Ok(S3Storage::new(inner, self.conditional_writes, self.conditional_deletes))
    }

    fn check_numbers(&self) -> Result<()> {
        if !(MIN_PART_SIZE..=MAX_PART_SIZE).contains(&self.part_size) {
            let message = format!("part_size is {} bytes; S3 takes parts of 5 MiB to 5 GiB", self.part_size);
            return Err(invalid(message));
        }
        if self.concurrency == 0 {
            return Err(invalid("concurrency is 0; at least one part must be on its way"));
        }
        if self.max_attempts == 0 {
            return Err(invalid("max_attempts is 0; 1 turns retries off"));
        }
        if self.url_expires_in.as_secs() == 0 || self.url_expires_in > MAX_EXPIRY {
            return Err(invalid("url_expires_in must be between one second and seven days (S3's limit)"));
        }
        let Timeouts { connect, read, attempt, operation } = self.timeouts;
        if [connect, read, attempt, operation].contains(&Duration::ZERO) {
            return Err(invalid("a timeout of 0 lets nothing succeed"));
        }
        Ok(())
    }

    fn explicit_credentials(&self) -> Result<Option<SharedCredentialsProvider>> {
        match (&self.access_key, &self.secret_key, &self.credentials) {
            (Some(_), Some(_), Some(_)) => {
                Err(invalid("both keys and a credentials provider are set; choose one"))
            }
            (Some(access), Some(secret), None) if access.is_empty() || secret.is_empty() => {
                Err(invalid("access_key or secret_key is empty"))
            }
            (Some(access), Some(secret), None) => {
                let keys = Credentials::new(access, secret, self.session_token.clone(), None, "holdall");
                Ok(Some(SharedCredentialsProvider::new(keys)))
            }
            (Some(_), None, _) => Err(invalid("access_key is set, but secret_key is not")),
            (None, Some(_), _) => Err(invalid("secret_key is set, but access_key is not")),
            (None, None, _) if self.session_token.is_some() => {
                Err(invalid("session_token is set, but access_key and secret_key are not"))
            }
            (None, None, provider) => Ok(provider.clone()),
        }
    }
}

impl fmt::Debug for S3StorageBuilder {
    /// Neither keys nor the injected parts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3StorageBuilder")
            .field("bucket", &self.bucket)
            .field("location", &self.location)
            .field("region", &self.region)
            .field("has_keys", &(self.access_key.is_some() || self.credentials.is_some()))
            .field("addressing_style", &self.addressing_style)
            .field("checksum_mode", &self.checksum_mode)
            .finish_non_exhaustive()
    }
}
