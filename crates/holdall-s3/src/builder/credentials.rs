//! Credentials: keys, or where to find some.

use std::path::PathBuf;
use std::time::Duration;

use aws_sdk_s3::config::{Credentials, ProvideCredentials, SharedCredentialsProvider};
use holdall_core::Result;

use super::S3StorageBuilder;
use crate::config::{IdentityConfig, Role, Source, both, check_endpoint, check_text, invalid, needs};

/// How long STS lets a role's session last: 15 minutes to 12 hours (`DurationSeconds` of `AssumeRole`, AWS STS API
/// Reference).
const ROLE_DURATIONS: std::ops::RangeInclusive<Duration> = Duration::from_mins(15)..=Duration::from_hours(12);

/// The end of the sentence about a setting of a role where there is none.
const NO_ROLE: &str = "is set, but neither assume_role nor web_identity_role is";

/// The settings of this module.
#[derive(Default)]
pub(super) struct CredentialSettings {
    access_key: Option<String>,
    secret_key: Option<String>,
    session_token: Option<String>,
    provider: Option<SharedCredentialsProvider>,
    profile: Option<String>,
    web_identity_role: Option<String>,
    web_identity_token_file: Option<PathBuf>,
    assume_role: Option<String>,
    external_id: Option<String>,
    role_session_name: Option<String>,
    role_duration: Option<Duration>,
    sts_endpoint: Option<String>,
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

    /// Any provider of credentials, asked again whenever those that it gave are about to expire, and when the
    /// server says that they have.
    pub fn credentials_provider(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.credentials.provider = Some(SharedCredentialsProvider::new(provider));
        self
    }

    /// A profile of the files `~/.aws/config` and `~/.aws/credentials` (or where `AWS_CONFIG_FILE` and
    /// `AWS_SHARED_CREDENTIALS_FILE` say), for credentials and, unless it is set, for the region. Keys in the
    /// environment do not count then. Profiles of IAM Identity Center (`sso_...`) and `credential_process` are
    /// for people's machines and are not read.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.credentials.profile = Some(name.into());
        self
    }

    /// The role that is taken for the token in [`web_identity_token_file`](Self::web_identity_token_file): an ARN.
    ///
    /// Where the environment has both (`AWS_ROLE_ARN` and `AWS_WEB_IDENTITY_TOKEN_FILE`, as in Kubernetes on
    /// AWS), the SDK's chain finds them, and nothing needs to be set.
    pub fn web_identity_role(mut self, arn: impl Into<String>) -> Self {
        self.credentials.web_identity_role = Some(arn.into());
        self
    }

    /// The file with the token of [`web_identity_role`](Self::web_identity_role). It is read whenever credentials
    /// are asked for.
    pub fn web_identity_token_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.credentials.web_identity_token_file = Some(path.into());
        self
    }

    /// A role to assume, as an ARN, with the credentials from wherever they come: keys, a profile, a web identity,
    /// a provider, the SDK's chain. Its own are asked for anew before they end.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use holdall_s3::S3Storage;
    ///
    /// # fn main() -> holdall_core::Result<()> {
    /// let storage = S3Storage::builder("their-bucket")
    ///     .region("eu-central-1")
    ///     .profile("work")
    ///     .assume_role("arn:aws:iam::123456789012:role/uploads")
    ///     .external_id("what they told us")
    ///     .role_duration(Duration::from_secs(6 * 3600))
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn assume_role(mut self, arn: impl Into<String>) -> Self {
        self.credentials.assume_role = Some(arn.into());
        self
    }

    /// The external id that the owner of the role in [`assume_role`](Self::assume_role) asks for.
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.credentials.external_id = Some(id.into());
        self
    }

    /// The name of the sessions of either role, by which logs tell them apart; by default `holdall`. 2 to 64
    /// letters, digits and `_=,.@-`.
    pub fn role_session_name(mut self, name: impl Into<String>) -> Self {
        self.credentials.role_session_name = Some(name.into());
        self
    }

    /// How long a session of the role in [`assume_role`](Self::assume_role) lasts, 15 minutes to 12 hours; by default
    /// one hour. Signed URLs end with it.
    pub fn role_duration(mut self, duration: Duration) -> Self {
        self.credentials.role_duration = Some(duration);
        self
    }

    /// The security token service that gives credentials for roles; by default that of AWS in the storage's region.
    /// `MinIO` and Ceph have one at their own endpoint.
    pub fn sts_endpoint(mut self, url: impl Into<String>) -> Self {
        self.credentials.sts_endpoint = Some(url.into());
        self
    }
}

impl CredentialSettings {
    /// Whether any were given.
    pub(super) fn are_given(&self) -> bool {
        self.access_key.is_some() || self.provider.is_some()
    }

    pub(super) fn check(self) -> Result<IdentityConfig> {
        self.check_texts()?;
        let role = self.role()?;
        let takes_role = role.is_some() || self.web_identity_role.is_some();
        if !takes_role && self.role_session_name.is_some() {
            return Err(invalid("role_session_name", format!("role_session_name {NO_ROLE}")));
        }
        if !takes_role && self.sts_endpoint.is_some() {
            return Err(invalid("sts_endpoint", format!("sts_endpoint {NO_ROLE}")));
        }
        if let Some(name) = &self.role_session_name {
            let good = |b: u8| b.is_ascii_alphanumeric() || b"_=,.@-".contains(&b);
            if !(2..=64).contains(&name.len()) || !name.bytes().all(good) {
                return Err(invalid(
                    "role_session_name",
                    "role_session_name must have 2 to 64 characters: letters, digits and \"_=,.@-\"",
                ));
            }
        }
        let sts_endpoint = match &self.sts_endpoint {
            Some(url) => Some(check_endpoint("sts_endpoint", url)?),
            None => None,
        };
        let session_name = self.role_session_name.clone();
        Ok(IdentityConfig { source: self.source()?, role, session_name, sts_endpoint })
    }

    /// Every text that is sent, or that a signature is made of.
    fn check_texts(&self) -> Result<()> {
        let texts = [
            ("access_key", &self.access_key),
            ("secret_key", &self.secret_key),
            ("session_token", &self.session_token),
            ("profile", &self.profile),
            ("web_identity_role", &self.web_identity_role),
            ("assume_role", &self.assume_role),
            ("external_id", &self.external_id),
        ];
        for (key, text) in texts {
            text.as_deref().map_or(Ok(()), |text| check_text(key, text))?;
        }
        // These two are sent as headers: the id in the middle of one, between slashes and commas.
        let is_word = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && b != b',');
        for (key, text) in [("access_key", &self.access_key), ("session_token", &self.session_token)] {
            if !text.as_deref().is_none_or(is_word) {
                return Err(invalid(
                    key,
                    format!("{key} holds what no key has: ASCII letters, digits and signs make one"),
                ));
            }
        }
        Ok(())
    }

    /// The one place that the first credentials come from.
    fn source(self) -> Result<Source> {
        let keys = match (
            both(("access_key", self.access_key), ("secret_key", self.secret_key))?,
            self.session_token,
        ) {
            (Some((access, secret)), token) if !access.is_empty() && !secret.is_empty() => {
                Some(Credentials::new(access, secret, token, None, "holdall"))
            }
            (Some((access, _)), _) => {
                let key = if access.is_empty() { "access_key" } else { "secret_key" };
                return Err(invalid(key, "access_key or secret_key is empty"));
            }
            (None, Some(_)) => {
                let message = "session_token is set, but access_key and secret_key are not";
                return Err(invalid("session_token", message));
            }
            (None, None) => None,
        };
        let web_identity = both(
            ("web_identity_role", self.web_identity_role),
            ("web_identity_token_file", self.web_identity_token_file),
        )?;
        if let Some((role, _)) = &web_identity {
            check_role("web_identity_role", role)?;
        }
        let web_identity =
            web_identity.map(|(role_arn, token_file)| Source::WebIdentity { role_arn, token_file });
        if self.profile.as_deref().is_some_and(str::is_empty) {
            return Err(invalid("profile", "profile is empty"));
        }
        let given = [
            ("access_key", "keys", keys.map(|keys| Source::Keys(SharedCredentialsProvider::new(keys)))),
            ("credentials_provider", "a credentials provider", self.provider.map(Source::Provider)),
            ("profile", "a profile", self.profile.map(Source::Profile)),
            ("web_identity_role", "a web identity", web_identity),
        ];
        let mut given = given.into_iter().filter_map(|(key, word, source)| Some((key, word, source?)));
        match (given.next(), given.next()) {
            (None, _) => Ok(Source::Chain),
            (Some((_, _, source)), None) => Ok(source),
            (Some((_, one, _)), Some((key, other, _))) => {
                Err(invalid(key, format!("both {one} and {other} are set; choose one")))
            }
        }
    }

    /// The role to assume, if any, and what belongs to it.
    fn role(&self) -> Result<Option<Role>> {
        let Some(arn) = &self.assume_role else {
            for (key, given) in
                [("external_id", self.external_id.is_some()), ("role_duration", self.role_duration.is_some())]
            {
                if given {
                    return Err(needs(key, "assume_role"));
                }
            }
            return Ok(None);
        };
        check_role("assume_role", arn)?;
        if self.role_duration.is_some_and(|duration| !ROLE_DURATIONS.contains(&duration)) {
            return Err(invalid(
                "role_duration",
                "role_duration must be between 15 minutes and 12 hours (the limits of AWS)",
            ));
        }
        Ok(Some(Role {
            arn: arn.clone(),
            external_id: self.external_id.clone(),
            duration: self.role_duration,
        }))
    }
}

/// The form of a role's ARN at AWS and its partitions, and at servers with a security token service of their own.
fn check_role(key: &'static str, arn: &str) -> Result<()> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", _, _, resource] if resource.starts_with("role/") && resource.len() > 5 => Ok(()),
        _ => Err(invalid(
            key,
            format!(
                "{key} is {arn:?}, which is no role; it looks like \"arn:aws:iam::123456789012:role/uploads\""
            ),
        )),
    }
}
