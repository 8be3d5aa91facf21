//! Encryption at rest, as a client sees it: what was asked for is kept and given back, and a customer's own key is
//! required on every call that S3 requires it on. (Nothing is really encrypted: it all lies in memory.)
//!
//! The one thing that S3 does and this server does not: refusing customer keys that come over plain HTTP.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::ServerSideEncryption;
use s3s::{S3Result, s3_error};

use super::acl::OWNER_ID;
use super::refusal::bad_request;

/// The one algorithm of customer keys.
pub(crate) const AES256: &str = ServerSideEncryption::AES256;

/// How an object is encrypted at rest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Encryption {
    /// With S3's own keys (SSE-S3): what every object gets that asks for nothing else, since January 2023.
    #[default]
    S3,
    /// With a key of the Key Management Service (SSE-KMS). The entity tag is not the MD5 of the content.
    Kms {
        /// The key's ARN.
        key_id: String,
        /// `aws:kms:dsse`, two layers.
        dual_layer: bool,
        /// Whether an S3 Bucket Key is used.
        bucket_key: bool,
    },
    /// With a key that the client sends along (SSE-C) and must send again at every read. The entity tag is not the MD5
    /// of the content.
    Customer {
        /// Base64 of the MD5 of the key: what S3 gives back. The key is not kept.
        key_md5: String,
    },
}

impl Encryption {
    /// Whether the entity tag is something else than an MD5.
    pub(crate) fn hides_md5(&self) -> bool {
        *self != Self::S3
    }

    /// `x-amz-server-side-encryption` of a reply.
    pub(crate) fn on_the_wire(&self) -> Option<ServerSideEncryption> {
        let name = match self {
            Self::S3 => AES256,
            Self::Kms { dual_layer: false, .. } => ServerSideEncryption::AWS_KMS,
            Self::Kms { dual_layer: true, .. } => ServerSideEncryption::AWS_KMS_DSSE,
            Self::Customer { .. } => return None,
        };
        Some(ServerSideEncryption::from_static(name))
    }

    /// The key of the Key Management Service.
    pub(crate) fn kms_key(&self) -> Option<String> {
        match self {
            Self::Kms { key_id, .. } => Some(key_id.clone()),
            Self::S3 | Self::Customer { .. } => None,
        }
    }

    /// Whether an S3 Bucket Key is used; only said where it is.
    pub(crate) fn bucket_key(&self) -> Option<bool> {
        matches!(self, Self::Kms { bucket_key: true, .. }).then_some(true)
    }

    /// The MD5 of the customer's key.
    pub(crate) fn customer_key(&self) -> Option<&String> {
        match self {
            Self::Customer { key_md5 } => Some(key_md5),
            Self::S3 | Self::Kms { .. } => None,
        }
    }

    /// Whether a read, or a copy from here, may happen with the key that came along.
    ///
    /// # Errors
    /// `InvalidRequest` (400) where a key is missing or there is none to match; `AccessDenied` (403) for a wrong one.
    pub(crate) fn check_read(&self, given: Option<&CustomerKey>) -> S3Result<()> {
        match (self.customer_key(), given) {
            (None, Some(_)) => {
                Err(s3_error!(InvalidRequest, "The encryption parameters are not applicable to this object."))
            }
            (Some(_), None) => Err(s3_error!(
                InvalidRequest,
                "The object was stored using a form of Server Side Encryption. The correct parameters must be provided \
                 to retrieve the object."
            )),
            (Some(expected), Some(given)) if *expected != given.md5 => {
                Err(s3_error!(AccessDenied, "Access Denied"))
            }
            (None, None) | (Some(_), Some(_)) => Ok(()),
        }
    }

    /// Whether a part may come with this key to an upload that was created like this.
    ///
    /// # Errors
    /// `InvalidRequest` (400).
    pub(crate) fn check_part(&self, given: Option<&CustomerKey>) -> S3Result<()> {
        match (self.customer_key(), given) {
            (None, Some(_)) => Err(s3_error!(
                InvalidRequest,
                "The multipart upload initiate did not request encryption. Please resend the request without sending \
                 encryption parameters."
            )),
            (Some(_), None) => Err(s3_error!(
                InvalidRequest,
                "The multipart upload initiate requested encryption. Subsequent part requests must include the \
                 appropriate encryption parameters."
            )),
            (Some(expected), Some(given)) if *expected != given.md5 => Err(s3_error!(
                InvalidRequest,
                "The provided encryption parameters did not match the ones used originally."
            )),
            (None, None) | (Some(_), Some(_)) => Ok(()),
        }
    }
}

/// A customer's key that is what its MD5 says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CustomerKey {
    md5: String,
}

impl CustomerKey {
    /// From the three headers; `None` if there is none of them.
    ///
    /// # Errors
    /// 400 where one of them is missing or wrong.
    pub(crate) fn new(
        algorithm: Option<String>,
        key: Option<String>,
        md5: Option<String>,
    ) -> S3Result<Option<Self>> {
        let (algorithm, key, md5) = match (algorithm, key, md5) {
            (None, None, None) => return Ok(None),
            (None, _, _) => {
                return Err(s3_error!(
                    InvalidArgument,
                    "Requests specifying Server Side Encryption with Customer provided keys must provide a valid \
                     encryption algorithm."
                ));
            }
            (Some(_), None, _) => {
                return Err(s3_error!(
                    InvalidArgument,
                    "Requests specifying Server Side Encryption with Customer provided keys must provide an \
                     appropriate secret key."
                ));
            }
            (Some(_), Some(_), None) => {
                return Err(s3_error!(
                    InvalidArgument,
                    "Requests specifying Server Side Encryption with Customer provided keys must provide the client \
                     calculated MD5 of the secret key."
                ));
            }
            (Some(algorithm), Some(key), Some(md5)) => (algorithm, key, md5),
        };
        if algorithm != AES256 {
            return Err(bad_request(
                "InvalidEncryptionAlgorithmError",
                "The encryption request that you specified is not valid. Supported value: AES256.",
            ));
        }
        let Some(raw) = STANDARD.decode(&key).ok().filter(|raw| raw.len() == 32) else {
            return Err(s3_error!(
                InvalidArgument,
                "The secret key was invalid for the specified algorithm."
            ));
        };
        if STANDARD.encode(Md5::checksum(&raw)) != md5 {
            return Err(s3_error!(
                InvalidArgument,
                "The calculated MD5 hash of the key did not match the hash that was provided."
            ));
        }
        Ok(Some(Self { md5 }))
    }
}

/// What a write asks for besides a customer's key.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) algorithm: Option<ServerSideEncryption>,
    pub(crate) kms_key: Option<String>,
    pub(crate) bucket_key: Option<bool>,
}

/// The encryption that a write asks for.
///
/// # Errors
/// `InvalidArgument` (400) for contradictions and for a name that is no encryption.
pub(crate) fn requested(asked: Asked, customer: Option<CustomerKey>, region: &str) -> S3Result<Encryption> {
    let name = asked.algorithm.as_ref().map(ServerSideEncryption::as_str);
    let kms = matches!(name, Some(ServerSideEncryption::AWS_KMS | ServerSideEncryption::AWS_KMS_DSSE));
    if asked.kms_key.is_some() && !kms {
        return Err(s3_error!(
            InvalidArgument,
            "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms"
        ));
    }
    match (name, customer) {
        (Some(_), Some(_)) => Err(s3_error!(
            InvalidArgument,
            "Server Side Encryption with Customer provided key is incompatible with the encryption method specified"
        )),
        (None, Some(key)) => Ok(Encryption::Customer { key_md5: key.md5 }),
        (None | Some(ServerSideEncryption::AES256), None) => Ok(Encryption::S3),
        (Some(name), None) if kms => {
            // Without a key, the one that AWS manages for S3; a bare id is one of the own account.
            let id = asked.kms_key.unwrap_or_else(|| "00000000-0000-4000-8000-000000000000".to_owned());
            let key_id =
                if id.starts_with("arn:") { id } else { format!("arn:aws:kms:{region}:{OWNER_ID}:key/{id}") };
            let dual_layer = name == ServerSideEncryption::AWS_KMS_DSSE;
            Ok(Encryption::Kms { key_id, dual_layer, bucket_key: asked.bucket_key == Some(true) })
        }
        (Some(_), None) => {
            Err(s3_error!(InvalidArgument, "The encryption method specified is not supported"))
        }
    }
}

/// The customer's key of an input; reads, parts and writes have the same three fields in different types.
macro_rules! customer_key {
    ($input:expr) => {
        $crate::s3_server::encryption::CustomerKey::new(
            $input.sse_customer_algorithm.take(),
            $input.sse_customer_key.take(),
            $input.sse_customer_key_md5.take(),
        )
    };
}
pub(crate) use customer_key;

/// The customer's key for the source of a copy.
macro_rules! source_key {
    ($input:expr) => {
        $crate::s3_server::encryption::CustomerKey::new(
            $input.copy_source_sse_customer_algorithm.take(),
            $input.copy_source_sse_customer_key.take(),
            $input.copy_source_sse_customer_key_md5.take(),
        )
    };
}
pub(crate) use source_key;

/// The encryption that a write asks for.
macro_rules! encryption {
    ($input:expr, $region:expr) => {{
        let customer = $crate::s3_server::encryption::customer_key!($input)?;
        let asked = $crate::s3_server::encryption::Asked {
            algorithm: $input.server_side_encryption.take(),
            kms_key: $input.ssekms_key_id.take(),
            bucket_key: $input.bucket_key_enabled.take(),
        };
        $crate::s3_server::encryption::requested(asked, customer, $region)
    }};
}
pub(crate) use encryption;

/// Says in a reply how the object is encrypted.
macro_rules! show_encryption {
    ($output:expr, $encryption:expr) => {{
        $output.server_side_encryption = $encryption.on_the_wire();
        $output.ssekms_key_id = $encryption.kms_key();
        $output.bucket_key_enabled = $encryption.bucket_key();
        $output.sse_customer_key_md5 = $encryption.customer_key().cloned();
        $output.sse_customer_algorithm =
            $encryption.customer_key().map(|_| $crate::s3_server::encryption::AES256.to_owned());
    }};
}
pub(crate) use show_encryption;
