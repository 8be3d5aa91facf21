//! Credentials for a token that somebody else vouches for (`OpenID` Connect), such as the tokens that Kubernetes gives
//! its pods.
//!
//! `aws-config` has such a provider, too; but it asks AWS only, while `MinIO` and Ceph have a security token
//! service of their own.

use std::path::PathBuf;
use std::time::SystemTime;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future;
use aws_sdk_s3::config::{Credentials, ProvideCredentials};
use aws_sdk_sts::Client;

/// Exchanges the token in a file for credentials; both are read anew each time, since both end.
#[derive(Debug)]
pub(super) struct WebIdentity {
    pub(super) sts: Client,
    pub(super) role_arn: String,
    pub(super) token_file: PathBuf,
    pub(super) session_name: String,
}

impl WebIdentity {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let file = self.token_file.clone();
        let token = tokio::task::spawn_blocking(move || std::fs::read_to_string(file))
            .await
            .map_err(CredentialsError::unhandled)?
            .map_err(|error| {
                let path = self.token_file.display();
                CredentialsError::invalid_configuration(format!(
                    "the token file {path} cannot be read: {error}"
                ))
            })?;
        let reply = self
            .sts
            .assume_role_with_web_identity()
            .role_arn(&self.role_arn)
            .role_session_name(&self.session_name)
            .web_identity_token(token.trim())
            .send()
            .await
            .map_err(|error| CredentialsError::provider_error(error.into_service_error()))?;
        let given = reply
            .credentials
            .ok_or_else(|| CredentialsError::unhandled("the security token service sent no credentials"))?;
        let ends = SystemTime::try_from(given.expiration)
            .map_err(|_| CredentialsError::unhandled("the security token service sent no time"))?;
        Ok(Credentials::new(
            given.access_key_id,
            given.secret_access_key,
            Some(given.session_token),
            Some(ends),
            "holdall web identity",
        ))
    }
}

impl ProvideCredentials for WebIdentity {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}
