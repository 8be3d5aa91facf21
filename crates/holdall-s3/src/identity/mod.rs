//! Where the credentials come from, and that they stay fresh.

mod expired;
mod web_identity;

use std::path::PathBuf;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_sdk_s3::config::{Region, SharedCredentialsProvider};
use url::Url;

pub(crate) use self::expired::{Identities, NoteGeneration, RetryExpired};
use self::web_identity::WebIdentity;

/// What was set about credentials, checked.
#[derive(Clone)]
pub(crate) struct IdentityConfig {
    pub(crate) source: Source,
    /// Taken with the credentials of the source.
    pub(crate) role: Option<Role>,
    pub(crate) session_name: Option<String>,
    /// Another security token service than the region's.
    pub(crate) sts_endpoint: Option<Url>,
}

/// The first credentials.
#[derive(Clone)]
pub(crate) enum Source {
    /// The SDK's chain: environment, profile, web identity, container, instance.
    Chain,
    /// Keys that stay as they are.
    Keys(SharedCredentialsProvider),
    Provider(SharedCredentialsProvider),
    Profile(String),
    WebIdentity {
        role_arn: String,
        token_file: PathBuf,
    },
}

/// A role to assume.
#[derive(Clone)]
pub(crate) struct Role {
    pub(crate) arn: String,
    pub(crate) external_id: Option<String>,
    pub(crate) duration: Option<Duration>,
}

impl IdentityConfig {
    /// Whether the SDK's chain has to be asked for the first credentials.
    pub(crate) fn asks_chain(&self) -> bool {
        matches!(self.source, Source::Chain)
    }

    pub(crate) fn profile(&self) -> Option<&str> {
        match &self.source {
            Source::Profile(name) => Some(name),
            _ => None,
        }
    }

    /// Whether asking again can give other credentials.
    pub(crate) fn can_refresh(&self) -> bool {
        self.role.is_some() || !matches!(self.source, Source::Keys(_))
    }

    /// The provider; `found` is what the chain has. `base` says how a security token service is talked to. No
    /// I/O but that.
    pub(crate) async fn provider(
        &self,
        found: Option<SharedCredentialsProvider>,
        base: &SdkConfig,
    ) -> Option<SharedCredentialsProvider> {
        let base = match &self.sts_endpoint {
            Some(endpoint) => base.to_builder().endpoint_url(endpoint.as_str().trim_end_matches('/')).build(),
            None => base.clone(),
        };
        let first = match &self.source {
            Source::Chain => found?,
            Source::Keys(given) | Source::Provider(given) => given.clone(),
            Source::Profile(name) => SharedCredentialsProvider::new(
                ProfileFileCredentialsProvider::builder()
                    .configure(&provider_config(&base))
                    .profile_name(name)
                    .build(),
            ),
            Source::WebIdentity { role_arn, token_file } => SharedCredentialsProvider::new(WebIdentity {
                sts: aws_sdk_sts::Client::new(&base),
                role_arn: role_arn.clone(),
                token_file: token_file.clone(),
                session_name: self.session_name().to_owned(),
            }),
        };
        let Some(role) = &self.role else { return Some(first) };
        let mut assume =
            AssumeRoleProvider::builder(&role.arn).configure(&base).session_name(self.session_name());
        if let Some(id) = &role.external_id {
            assume = assume.external_id(id);
        }
        if let Some(duration) = role.duration {
            assume = assume.session_length(duration);
        }
        Some(SharedCredentialsProvider::new(assume.build_from_provider(first).await))
    }

    /// By which the session is told in `CloudTrail`.
    fn session_name(&self) -> &str {
        self.session_name.as_deref().unwrap_or("holdall")
    }
}

/// What a provider of the SDK takes over from the client.
fn provider_config(base: &SdkConfig) -> ProviderConfig {
    let mut config = ProviderConfig::without_region().with_region(base.region().cloned().or(None::<Region>));
    if let Some(client) = base.http_client() {
        config = config.with_http_client(client);
    }
    if let Some(clock) = base.time_source() {
        config = config.with_time_source(clock);
    }
    if let Some(sleep) = base.sleep_impl() {
        config = config.with_sleep_impl(sleep);
    }
    config
}
