//! Settings on their way to a storage: one call each, a module for each subject, checked together by `build`.

mod client;
mod cloudfront;
mod connection;
mod credentials;
mod every_request;
mod preset;
mod probed;
mod server;
mod transfers;
mod urls;

use std::fmt;
use std::sync::Arc;

use aws_config::SdkConfig;
use holdall_core::{Attributes, Name, Result};

use self::cloudfront::CloudFrontSettings;
use self::connection::ConnectionSettings;
use self::credentials::CredentialSettings;
use self::every_request::RequestSettings;
use self::server::ServerSettings;
use self::urls::UrlSettings;
use crate::config::{
    ClientConfig, Config, ObjectParameters, Objects, PerName, Transfers, check_location, invalid,
};
use crate::handle::S3Storage;
use crate::wire::client::Inner;

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
/// // A wrong setting is an error of `build`, not of the first request.
/// let half = S3Storage::builder("my-site").access_key("AKIA...").build().unwrap_err();
/// assert_eq!(half.kind(), ErrorKind::InvalidConfig);
/// # Ok(()) }
/// ```
#[must_use]
pub struct S3StorageBuilder {
    bucket: String,
    location: String,
    server: ServerSettings,
    credentials: CredentialSettings,
    requests: RequestSettings,
    objects: Objects,
    urls: UrlSettings,
    cloudfront: CloudFrontSettings,
    transfers: Transfers,
    client: ClientConfig,
    connection: ConnectionSettings,
}

impl S3StorageBuilder {
    pub(crate) fn new(bucket: impl Into<String>) -> Self {
        Self {
            bucket: bucket.into(),
            location: String::new(),
            server: ServerSettings::default(),
            credentials: CredentialSettings::default(),
            requests: RequestSettings::default(),
            objects: Objects::default(),
            urls: UrlSettings::default(),
            cloudfront: CloudFrontSettings::default(),
            transfers: Transfers::default(),
            client: ClientConfig::default(),
            connection: ConnectionSettings::default(),
        }
    }

    /// The key prefix under which the storage keeps its files, such as `media`; by default the whole bucket.
    /// It must not begin with `/`.
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.location = location.into();
        self
    }

    /// Attributes for every save that does not give its own: a cache control, a disposition. A visibility
    /// here is sent as an ACL with every save.
    pub fn default_attributes(mut self, attributes: Attributes) -> Self {
        self.objects.default_attributes = attributes;
        self
    }

    /// Properties that S3 keeps with every object that is saved without parameters of its own: a storage class, tags,
    /// an ACL. See [`ObjectParameters`].
    pub fn object_parameters(mut self, parameters: ObjectParameters) -> Self {
        self.objects.parameters = parameters;
        self
    }

    /// Attributes for every save of a name, where the save does not give its own; what the closure leaves out
    /// comes from the [`default_attributes`](Self::default_attributes). The same as `get_object_parameters` of
    /// django-storages.
    ///
    /// ```
    /// use holdall_core::Attributes;
    /// use holdall_s3::S3Storage;
    ///
    /// # fn main() -> holdall_core::Result<()> {
    /// let storage = S3Storage::builder("my-site")
    ///     .attributes_for(|name| {
    ///         let mut attributes = Attributes::default();
    ///         if name.as_str().starts_with("hashed/") {
    ///             attributes.cache_control = Some("public, max-age=31536000, immutable".to_owned());
    ///         }
    ///         attributes
    ///     })
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    ///
    /// It is called once a save, with the name that was asked for, relative to the location, and once for each
    /// upload that a client is to make, with the name that was chosen; it should not block. Copies keep what they
    /// are copies of, and take what that has none of from the defaults. Attributes that cannot be stored are an
    /// error of the save.
    pub fn attributes_for(
        mut self,
        attributes: impl Fn(&Name) -> Attributes + Send + Sync + 'static,
    ) -> Self {
        self.objects.attributes_for = Some(PerName::new(attributes));
        self
    }

    /// The same for what only S3 keeps: storage class, tags and ACL by name, before those of
    /// [`object_parameters`](Self::object_parameters). Access that the closure sets, here or in
    /// [`attributes_for`](Self::attributes_for), replaces the default visibility and ACL; both at once are an
    /// error of the save.
    pub fn object_parameters_for(
        mut self,
        parameters: impl Fn(&Name) -> ObjectParameters + Send + Sync + 'static,
    ) -> Self {
        self.objects.parameters_for = Some(PerName::new(parameters));
        self
    }

    /// Checks the settings and makes the storage. No I/O.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for the first setting that is refused. The
    /// error names its call ([`Error::setting_key`](holdall_core::Error::setting_key)) and says how it must be.
    pub fn build(self) -> Result<S3Storage> {
        if !self.server.features.acls && self.objects.default_attributes.visibility.is_some() {
            return Err(invalid(
                "default_attributes",
                "acls is false, but the default attributes have a visibility, which is an ACL",
            ));
        }
        let from_sdk = self.client.sdk.as_ref().and_then(SdkConfig::endpoint_url);
        let addressing_style = self.server.addressing_style;
        let server = self.server.check(from_sdk, &self.bucket)?;
        let (http, app_name) = self.connection.check()?;
        let mut urls = self.urls.check(addressing_style, &self.bucket)?;
        urls.signed_domain = self.cloudfront.check(urls.public_base.as_deref())?;
        let config = Config {
            location: check_location(&self.location)?,
            requests: self.requests.check(server.endpoint.as_ref())?,
            server,
            identity: self.credentials.check()?,
            objects: self.objects.check()?,
            urls,
            transfers: self.transfers.check()?,
            client: self.client.check()?,
            http,
            app_name,
            bucket: self.bucket,
        };
        let verify = config.http.verify;
        let storage = S3Storage::new(Arc::new(Inner::new(config)));
        if !verify {
            tracing::warn!(
                "{storage}: whoever is on the line can read and change everything, because verify is false"
            );
        }
        Ok(storage)
    }
}

impl Objects {
    fn check(self) -> Result<Self> {
        self.default_attributes.validate().map_err(|error| {
            invalid(
                "default_attributes",
                format!("the default attributes cannot be used: {}", error.reason()),
            )
        })?;
        self.parameters.check_defaults(self.default_attributes.visibility)?;
        Ok(self)
    }
}

impl fmt::Debug for S3StorageBuilder {
    /// Neither keys nor the injected parts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3StorageBuilder")
            .field("bucket", &self.bucket)
            .field("location", &self.location)
            .field("region", &self.server.region)
            .field("addressing_style", &self.server.addressing_style)
            .field("checksum_mode", &self.server.checksum_mode)
            .field("has_keys", &self.credentials.are_given())
            .finish_non_exhaustive()
    }
}
