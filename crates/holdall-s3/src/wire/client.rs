//! The SDK's client: made when it is first used, with every limit set.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    AsyncSleep as _, BehaviorVersion, Builder, Region, RequestChecksumCalculation,
    ResponseChecksumValidation, SharedAsyncSleep, SharedCredentialsProvider, SharedHttpClient,
    StalledStreamProtectionConfig,
};
use aws_smithy_async::rt::sleep::default_async_sleep;
use holdall_core::{Error, ErrorKind, Location, Name, Result};
use tokio::sync::OnceCell;

use crate::config::{ClientConfig, Config, HttpConfig, RetryMode, for_resolver, invalid};
use crate::wire::credentials::UrlCredentials;
use crate::wire::error::{Failure, failure};
use crate::wire::every_reply::ReadableHeaders;
use crate::wire::every_request::{AcceptEncoding, AddToEveryRequest, AskForStoredBytes};
use crate::wire::honoured::Honoured;
use crate::wire::identity::{Identities, NoteGeneration, RetryExpired};
use crate::wire::reply::IsThisS3;

/// The SDK's defaults, by date: a change of them arrives by commit, not by `cargo update`.
fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// The region that is signed for where nothing names one. Most other servers than AWS take it for their own.
const FALLBACK_REGION: &str = "us-east-1";

/// A body gets a second for every so many bytes: half a megabit a second, in parallel.
const BYTES_PER_SECOND: u64 = 64 << 10;
/// The server's own work, copying or assembling, gets a second for every so many bytes.
const SERVER_BYTES_PER_SECOND: u64 = 4 << 20;

/// The longest pause between two attempts, as in the SDK.
const LONGEST_BACKOFF: Duration = Duration::from_secs(20);

/// The state that handles of one storage share with each other, and with tasks that outlive a dropped future.
pub(crate) struct Inner {
    pub(crate) config: Config,
    sdk: OnceCell<Sdk>,
    pub(crate) url_credentials: UrlCredentials,
    /// Where browsers reach the bucket: scheme, host and, in path style, its name, without a slash at the end. Found
    /// once: a page may have a hundred links.
    pub(crate) address: OnceCell<String>,
    pub(crate) accept_encoding: AcceptEncoding,
    pub(crate) honoured: Honoured,
    /// Whether a reply has shown that the bucket exists.
    bucket_is_there: Arc<AtomicBool>,
}

/// The client and what it was made of.
#[derive(Debug)]
pub(crate) struct Sdk {
    pub(crate) client: Client,
    pub(crate) credentials: SharedCredentialsProvider,
    pub(crate) region: String,
}

/// Sends a request of the SDK, with limits of its own where it has some.
macro_rules! send {
    ($request:expr, $limits:expr) => {{
        let request = $request.customize();
        match $limits {
            Some(limits) => request.config_override(limits).send().await,
            None => request.send().await,
        }
    }};
}
pub(crate) use send;

/// The same for a request with a body from memory: `PutObject` or `UploadPart`.
macro_rules! send_body {
    ($request:expr, $limits:expr, $inner:expr) => {{
        let request = $request.customize();
        let request = match $limits {
            Some(limits) => request.config_override(limits),
            None => request,
        };
        if $inner.config.signs_payload() {
            request.send().await
        } else {
            request.disable_payload_signing().send().await
        }
    }};
}
pub(crate) use send_body;

impl Inner {
    pub(crate) fn new(config: Config) -> Self {
        let accept_encoding = AcceptEncoding::of(config.server.endpoint.as_ref());
        let honoured = Honoured::default();
        honoured.begin(&config);
        Self {
            config,
            accept_encoding,
            sdk: OnceCell::new(),
            url_credentials: UrlCredentials::default(),
            address: OnceCell::new(),
            honoured,
            bucket_is_there: Arc::default(),
        }
    }

    pub(crate) fn bucket(&self) -> &str {
        &self.config.bucket
    }

    pub(crate) fn location(&self) -> &Location {
        &self.config.location
    }

    /// The key of a name: both are checked names, the key with the location in front.
    ///
    /// # Errors
    ///
    /// `InvalidName` when the two together are longer than S3's 1,024 bytes.
    pub(crate) fn key(&self, name: &Name) -> Result<Name> {
        self.config.location.join(name)
    }

    /// The name of a key that was made by [`key`](Self::key).
    pub(crate) fn name_of(&self, key: &Name) -> Name {
        key.strip_location(&self.config.location).expect("a key of this storage lies below its location")
    }

    /// The client, made at the first call. Loading the SDK's configuration may read files and ask the
    /// instance's metadata service; a failure is not remembered.
    ///
    /// # Errors
    ///
    /// `InvalidConfig` when no region or no source of credentials is known.
    pub(crate) async fn sdk(&self) -> Result<&Sdk> {
        // Boxed: it happens once, and would otherwise make the future of every request as large as it is.
        self.sdk.get_or_try_init(|| Box::pin(self.connect())).await
    }

    pub(crate) async fn client(&self) -> Result<&Client> {
        Ok(&self.sdk().await?.client)
    }

    async fn connect(&self) -> Result<Sdk> {
        let config = &self.config;
        let in_sdk_config = || config.client.sdk.as_ref()?.http_client();
        let http = config.http.client().or_else(in_sdk_config).or_else(|| Some(HttpConfig::plain()));
        let found = self.found(http.as_ref()).await;
        let found_region = || Some(found.as_ref()?.region()?.to_string());
        let fallback = || config.server.endpoint.is_some().then(|| FALLBACK_REGION.to_owned());
        let region =
            config.server.region.clone().or_else(found_region).or_else(fallback).ok_or_else(|| {
                invalid("region", "no region is set; set region, or AWS_REGION, to where the bucket lies")
            })?;
        let base = self.base(found.as_ref(), http.clone(), &region);
        let chain = found.as_ref().and_then(SdkConfig::credentials_provider);
        let credentials =
            config.identity.provider(chain, &base).await.ok_or_else(|| {
                invalid("access_key", "no credentials are set; set access_key and secret_key")
            })?;

        let mut builder = self.limits(Builder::new().behavior_version(behavior()), 0, 0);
        builder.set_http_client(config.http.limited(http));
        builder.set_time_source(base.time_source());
        builder.set_sleep_impl(base.sleep_impl());
        builder.set_app_name(base.app_name().cloned());
        if let Some(endpoint) = &config.server.endpoint {
            builder = builder.endpoint_url(for_resolver(endpoint));
        }
        if config.identity.can_refresh() {
            let identities = Identities::new();
            builder = builder
                .interceptor(NoteGeneration(identities.clone()))
                .retry_classifier(RetryExpired(identities.clone()))
                .identity_cache(identities);
        }
        // We send and ask for checksums ourselves, where they are wanted.
        let client = Client::from_conf(
            builder
                .region(Region::new(region.clone()))
                .credentials_provider(credentials.clone())
                .interceptor(AddToEveryRequest::new(config.requests.clone(), &config.bucket))
                .interceptor(AskForStoredBytes(self.accept_encoding.clone()))
                .interceptor(ReadableHeaders)
                .interceptor(IsThisS3::new(Arc::clone(&self.bucket_is_there)))
                .force_path_style(config.server.path_style)
                .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
                .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
                .retry_config(self.retries())
                // Otherwise all storages of the process share one allowance of retries, and a server that
                // is down uses up that of another one.
                .retry_partition(RetryPartition::new(format!("holdall {}", self.place())))
                .stalled_stream_protection(
                    StalledStreamProtectionConfig::enabled()
                        // To the SDK a request that waits for its turn looks like one that stands still.
                        .upload_enabled(config.http.max_requests.is_none())
                        .grace_period(config.client.timeouts.read)
                        .build(),
                )
                .build(),
        );
        Ok(Sdk { client, credentials, region })
    }

    /// The configuration that the application gave or the SDK's chain finds; `None` where nothing is missing.
    async fn found(&self, http: Option<&SharedHttpClient>) -> Option<SdkConfig> {
        let config = &self.config;
        if let Some(given) = &config.client.sdk {
            return Some(given.clone());
        }
        let region = &config.server.region;
        // At an endpoint any region will do, but a profile may name the right one.
        let is_placed =
            region.is_some() || (config.server.endpoint.is_some() && config.identity.profile().is_none());
        if is_placed && !config.identity.asks_chain() {
            return None;
        }
        let mut loader = aws_config::defaults(behavior());
        if let Some(region) = region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = config.identity.profile() {
            loader = loader.profile_name(profile);
        }
        if let Some(client) = http {
            loader = loader.http_client(client.clone());
        }
        Some(loader.load().await)
    }

    /// The configuration that the client and the providers of its credentials have in common.
    fn base(&self, found: Option<&SdkConfig>, http: Option<SharedHttpClient>, region: &str) -> SdkConfig {
        let ClientConfig { time_source, sleep, timeouts, .. } = &self.config.client;
        let app_name = self.config.app_name.clone().or_else(|| found?.app_name().cloned());
        let clock = time_source.clone().or_else(|| found?.time_source()).unwrap_or_default();
        let mut base = SdkConfig::builder()
            .behavior_version(behavior())
            .region(Region::new(region.to_owned()))
            .retry_config(self.retries())
            .time_source(clock)
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(timeouts.connect)
                    .operation_attempt_timeout(timeouts.attempt)
                    .operation_timeout(timeouts.operation)
                    .build(),
            );
        base.set_http_client(http);
        base.set_app_name(app_name);
        base.set_sleep_impl(sleep.clone().or_else(|| found?.sleep_impl()).or_else(default_async_sleep));
        base.build()
    }

    fn retries(&self) -> RetryConfig {
        let client = &self.config.client;
        let config = match client.retry_mode {
            RetryMode::Standard => RetryConfig::standard(),
            RetryMode::Adaptive => RetryConfig::adaptive(),
        };
        config.with_max_attempts(client.max_attempts).with_initial_backoff(client.retry_backoff)
    }

    /// Endpoint and bucket.
    fn place(&self) -> String {
        let endpoint = self.config.server.endpoint.as_ref().map_or("aws", |endpoint| endpoint.as_str());
        format!("{endpoint} {}", self.config.bucket)
    }

    /// Sets the time limits of a request with so many bytes of body, for which the server copies or
    /// assembles so many bytes itself.
    fn limits(&self, builder: Builder, body: u64, server: u64) -> Builder {
        let timeouts = &self.config.client.timeouts;
        let seconds = body / BYTES_PER_SECOND + server / SERVER_BYTES_PER_SECOND;
        let allowance = Duration::from_secs(seconds);
        let operation =
            timeouts.operation.saturating_add(allowance.saturating_mul(self.config.client.max_attempts));
        builder.timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(timeouts.connect)
                .operation_attempt_timeout(timeouts.attempt.saturating_add(allowance))
                .operation_timeout(operation)
                .build(),
        )
    }

    /// The same as an override for one request; `None` where the client's own limits will do, which spares
    /// small requests the SDK's work of merging two configurations.
    pub(crate) fn with_limits(&self, body: u64, server: u64) -> Option<Builder> {
        let is_large = body >= BYTES_PER_SECOND || server >= SERVER_BYTES_PER_SECOND;
        is_large.then(|| self.limits(aws_sdk_s3::Config::builder(), body, server))
    }

    /// Turns an SDK error around.
    pub(crate) fn failure<E>(
        &self,
        error: &aws_sdk_s3::error::SdkError<E, aws_sdk_s3::config::http::HttpResponse>,
    ) -> Failure
    where
        E: aws_sdk_s3::error::ProvideErrorMetadata + std::error::Error + 'static,
    {
        failure(error, &self.config, self.now())
    }

    /// Notes that the bucket exists.
    pub(crate) fn saw_the_bucket(&self) {
        self.bucket_is_there.store(true, Ordering::Relaxed);
    }

    /// The failure of a look, where it is an answer: the reply to HEAD does not tell a missing file from a missing
    /// bucket.
    pub(crate) async fn sure(&self, failure: Failure) -> Failure {
        if !failure.is_missing() {
            return failure;
        }
        // Boxed: it is rare, and would make the futures of all verbs as large as it is.
        Box::pin(self.check_bucket()).await.err().unwrap_or(failure)
    }

    /// Asks whether the bucket exists, unless a reply has shown it: what is not in a bucket that is not there is
    /// not known to be absent. One `HeadBucket` in the life of a storage.
    ///
    /// # Errors
    ///
    /// `InvalidConfig` where it does not exist. A question that is not answered changes nothing.
    async fn check_bucket(&self) -> Result<(), Failure> {
        if self.bucket_is_there.load(Ordering::Relaxed) {
            return Ok(());
        }
        let client = self.client().await?;
        let reply = client.head_bucket().bucket(self.bucket()).send().await;
        match reply.map_err(|error| self.failure(&error)) {
            Ok(_) => self.saw_the_bucket(),
            Err(failure) if failure.is_missing() => {
                return Err(crate::wire::error::of_code("NoSuchBucket", None, &self.config));
            }
            Err(_) => {}
        }
        Ok(())
    }

    /// The clock of signatures.
    pub(crate) fn now(&self) -> SystemTime {
        let injected = self.config.client.time_source.clone();
        let found = || self.config.client.sdk.as_ref()?.time_source();
        injected.or_else(found).map_or_else(SystemTime::now, |clock| clock.now())
    }

    /// Waits before something is tried again for the `attempt`th time, counted from 1: as the SDK does between
    /// its own attempts.
    ///
    /// # Errors
    ///
    /// `InvalidConfig` where there is no timer.
    pub(crate) async fn pause_before_retry(&self, attempt: u32) -> Result<()> {
        let doubled = self.config.client.retry_backoff.saturating_mul(1 << (attempt - 1).min(16));
        self.pause(doubled.min(LONGEST_BACKOFF)).await
    }

    /// Waits, with the timer that the client uses.
    ///
    /// # Errors
    ///
    /// `InvalidConfig` where there is no timer.
    pub(crate) async fn pause(&self, duration: Duration) -> Result<()> {
        let found = || self.config.client.sdk.as_ref()?.sleep_impl();
        let sleep: Option<SharedAsyncSleep> =
            self.config.client.sleep.clone().or_else(found).or_else(default_async_sleep);
        let sleep = sleep
            .ok_or_else(|| Error::message(ErrorKind::InvalidConfig, "there is no timer to wait with"))?;
        sleep.sleep(duration).await;
        Ok(())
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.config.fmt(f)
    }
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.config.bucket)?;
        if !self.config.location.is_root() {
            write!(f, "/{}", self.config.location)?;
        }
        if !self.config.http.verify {
            f.write_str(" (certificates are not verified)")?;
        }
        Ok(())
    }
}
