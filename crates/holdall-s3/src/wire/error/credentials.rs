//! Reasons why a source of credentials gives none.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use holdall_core::{Error, ErrorKind};

use super::cause::{cause, chain};

/// The error of a provider of credentials.
pub(crate) fn credentials(error: &CredentialsError) -> Error {
    let reason = || chain(error).last().map(ToString::to_string).unwrap_or_default();
    let (kind, message) = match error {
        CredentialsError::CredentialsNotLoaded(_) => (
            ErrorKind::InvalidConfig,
            "no credentials were found; set access_key and secret_key, or give the process what the AWS SDK \
             looks for (AWS_ACCESS_KEY_ID, a profile, a role)"
                .to_owned(),
        ),
        CredentialsError::InvalidConfiguration(_) => (
            ErrorKind::InvalidConfig,
            format!("the source of the credentials is not set up as it must be: {}", reason()),
        ),
        CredentialsError::ProviderTimedOut(_) => {
            (ErrorKind::Timeout, "the source of the credentials did not answer in time".to_owned())
        }
        _ => match sts_code(error) {
            Some(code) => (
                ErrorKind::PermissionDenied,
                format!(
                    "the security token service gave no credentials for the role ({code}); check the role, whom it \
                     trusts, and the credentials that ask for it"
                ),
            ),
            None => (ErrorKind::Unavailable, "the source of the credentials failed".to_owned()),
        },
    };
    Error::message(kind, message).with_source(cause(error))
}

/// The code of a security token service that said no, not of one that failed.
fn sts_code(error: &(dyn StdError + 'static)) -> Option<String> {
    let said = |error: &(dyn StdError + 'static)| -> Option<String> {
        let assume = error.downcast_ref::<AssumeRoleError>().map(ProvideErrorMetadata::meta);
        let web = error.downcast_ref::<AssumeRoleWithWebIdentityError>().map(ProvideErrorMetadata::meta);
        Some(assume.or(web)?.code()?.to_owned())
    };
    chain(error)
        .find_map(said)
        .filter(|code| !matches!(code.as_str(), "InternalFailure" | "ServiceUnavailable"))
}
