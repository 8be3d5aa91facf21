//! Who asks: keys, or where to find some.

use aws_sdk_s3::config::{Credentials, ProvideCredentials, SharedCredentialsProvider};
use holdall_core::Result;

use super::S3StorageBuilder;
use crate::config::invalid;

/// The settings of this room.
#[derive(Default)]
pub(super) struct CredentialSettings {
    access_key: Option<String>,
    secret_key: Option<String>,
    session_token: Option<String>,
    provider: Option<SharedCredentialsProvider>,
}

impl S3StorageBuilder {
    /// The access key id. Needs [`secret_key`](Self::secret_key). Without keys the SDK's chain is asked:
    /// environment, profile, web identity, container, instance.
    pub fn access_key(mut self, access_key: impl Into<String>) -> Self {
        self.credentials.access_key = Some(access_key.into());
        self
    }

    /// The secret access key. Needs [`access_key`](Self::access_key).
    pub fn secret_key(mut self, secret_key: impl Into<String>) -> Self {
        self.credentials.secret_key = Some(secret_key.into());
        self
    }

    /// The session token of temporary keys. Keys given so are never refreshed; leave them to the SDK's
    /// chain, or give a [`credentials_provider`](Self::credentials_provider), where they must be.
    pub fn session_token(mut self, token: impl Into<String>) -> Self {
        self.credentials.session_token = Some(token.into());
        self
    }

    /// Any provider of credentials, asked again whenever those that it gave are about to expire.
    pub fn credentials_provider(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.credentials.provider = Some(SharedCredentialsProvider::new(provider));
        self
    }
}

impl CredentialSettings {
    /// Whether any were given.
    pub(super) fn are_given(&self) -> bool {
        self.access_key.is_some() || self.provider.is_some()
    }

    /// The provider, `None` for the SDK's chain.
    pub(super) fn check(self) -> Result<Option<SharedCredentialsProvider>> {
        match (&self.access_key, &self.secret_key, &self.provider) {
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
            (None, None, _) => Ok(self.provider),
        }
    }
}
