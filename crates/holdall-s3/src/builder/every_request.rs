//! Headers of every request: encryption, the bucket's owner, the payer.

use std::collections::BTreeMap;

use holdall_core::Result;
use url::{Host, Url};

use super::S3StorageBuilder;
use crate::config::{CustomerKey, Encryption, EveryRequest, ServerKeys, encoded_context, invalid};

/// The settings of this module.
#[derive(Default)]
pub(super) struct RequestSettings {
    encryption: Option<Encryption>,
    kms_key_id: Option<String>,
    kms_context: BTreeMap<String, String>,
    bucket_key: Option<bool>,
    customer_key: Option<Vec<u8>>,
    expected_bucket_owner: Option<String>,
    requester_pays: bool,
}

impl S3StorageBuilder {
    /// The encryption of new objects; by default the bucket's own.
    ///
    /// It goes with every write: `PutObject`, `CreateMultipartUpload`, `CopyObject`, and signed uploads. Under
    /// SSE-KMS an `ETag` is no MD5 of the content; nothing here takes one for it.
    ///
    /// ```
    /// use holdall_s3::{Encryption, S3Storage};
    ///
    /// # fn main() -> holdall_core::Result<()> {
    /// let storage = S3Storage::builder("my-site")
    ///     .region("eu-central-1")
    ///     .encryption(Encryption::Kms)
    ///     .kms_key_id("alias/uploads")
    ///     .bucket_key(true)
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn encryption(mut self, encryption: Encryption) -> Self {
        self.requests.encryption = Some(encryption);
        self
    }

    /// The key of [`Encryption::Kms`]: an id, an ARN or an alias; by default AWS's own key for S3.
    pub fn kms_key_id(mut self, key: impl Into<String>) -> Self {
        self.requests.kms_key_id = Some(key.into());
        self
    }

    /// A pair of the encryption context of [`Encryption::Kms`]; once for each. Policies of the key can ask for
    /// it, and it is shown in `CloudTrail`: it is no place for secrets.
    pub fn kms_context(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.requests.kms_context.insert(name.into(), value.into());
        self
    }

    /// Whether [`Encryption::Kms`] uses an S3 bucket key, which spares most requests to KMS; by default the bucket
    /// decides.
    pub fn bucket_key(mut self, used: bool) -> Self {
        self.requests.bucket_key = Some(used);
        self
    }

    /// A key of 32 bytes that only the application has (SSE-C): the server encrypts with it and forgets it.
    /// **Who loses the key has lost the files.**
    ///
    /// It goes with every request that writes, reads or copies an object, and is refused where it would travel
    /// in the clear (an endpoint with `http://` that is not this machine). `url` and `upload_request` are
    /// `Unsupported`: a reader of the link would need the key, too. Serve such files through the application
    /// ([`open`](holdall_core::Store::open)). New buckets of AWS refuse SSE-C since April 2026 unless it is
    /// turned on in their encryption settings.
    pub fn customer_key(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.requests.customer_key = Some(key.into());
        self
    }

    /// The AWS account, twelve digits, that the bucket must belong to: every request is refused with
    /// `PermissionDenied` if the name has passed to somebody else.
    pub fn expected_bucket_owner(mut self, account: impl Into<String>) -> Self {
        self.requests.expected_bucket_owner = Some(account.into());
        self
    }

    /// Says with every request that its costs may be charged to these credentials' account, as a bucket with
    /// "requester pays" demands; by default `false`.
    pub fn requester_pays(mut self, pays: bool) -> Self {
        self.requests.requester_pays = pays;
        self
    }
}

impl RequestSettings {
    pub(super) fn check(self, endpoint: Option<&Url>) -> Result<EveryRequest> {
        let customer_key = self.customer_key.as_deref().map(CustomerKey::new).transpose()?;
        if customer_key.is_some() {
            if self.encryption.is_some() {
                return Err(invalid("customer_key", "both encryption and customer_key are set; choose one"));
            }
            if endpoint.is_some_and(|url| url.scheme() == "http" && !is_this_machine(url)) {
                return Err(invalid(
                    "customer_key",
                    "customer_key is set, but the endpoint begins with http://; the key would travel in the \
                     clear, use https://",
                ));
            }
        }
        if let Some(owner) = &self.expected_bucket_owner
            && !(owner.len() == 12 && owner.bytes().all(|b| b.is_ascii_digit()))
        {
            return Err(invalid(
                "expected_bucket_owner",
                format!(
                    "expected_bucket_owner is {owner:?}, which is no account id; those have twelve digits, like \
                 \"123456789012\""
                ),
            ));
        }
        Ok(EveryRequest {
            customer_key,
            owner: self.expected_bucket_owner.clone(),
            requester_pays: self.requester_pays,
            server_keys: self.server_keys()?,
        })
    }

    /// Encryption with keys of the server or the key service, whose parts must fit together.
    fn server_keys(self) -> Result<Option<ServerKeys>> {
        let Self { encryption, kms_key_id, kms_context, bucket_key, .. } = self;
        let by_kms = matches!(encryption, Some(Encryption::Kms | Encryption::DoubleKms));
        for (key, given) in [
            ("kms_key_id", kms_key_id.is_some()),
            ("kms_context", !kms_context.is_empty()),
            ("bucket_key", bucket_key.is_some()),
        ] {
            if given && !by_kms {
                return Err(invalid(key, format!("{key} is set, but encryption is not \"aws:kms\"")));
            }
        }
        if bucket_key == Some(true) && encryption == Some(Encryption::DoubleKms) {
            return Err(invalid(
                "bucket_key",
                "bucket_key is set, but \"aws:kms:dsse\" knows no bucket keys",
            ));
        }
        let is_key = |key: &str| !key.is_empty() && key.bytes().all(|b| b.is_ascii_graphic());
        if kms_key_id.as_deref().is_some_and(|key| !is_key(key)) {
            return Err(invalid("kms_key_id", "kms_key_id is no key; it is an id, an ARN or \"alias/...\""));
        }
        let context = encoded_context(&kms_context);
        Ok(encryption.map(|encryption| ServerKeys { encryption, kms_key_id, context, bucket_key }))
    }
}

/// Whether requests stay on this machine, where nobody listens on the line.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
