//! Where the credentials come from.

use std::path::PathBuf;
use std::time::Duration;

use aws_sdk_s3::config::SharedCredentialsProvider;
use url::Url;

/// The settings of credentials, checked.
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
}
