//! Where the credentials come from, and that they stay fresh.

mod expired;
mod web_identity;

use aws_config::SdkConfig;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_sdk_s3::config::{Region, SharedCredentialsProvider};

pub(crate) use self::expired::{Identities, NoteGeneration, RetryExpired};
use self::web_identity::WebIdentity;
use crate::config::{IdentityConfig, Source};

impl IdentityConfig {
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

    /// The name of the session in `CloudTrail`.
    fn session_name(&self) -> &str {
        self.session_name.as_deref().unwrap_or("holdall")
    }
}

/// The configuration of a provider of the SDK, taken over from the client.
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
