//! Encryption at rest: who keeps the key, the server, the key service or the application.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use holdall_core::{Error, Result};
use md5::{Digest as _, Md5};

use super::choices::words;
use super::invalid;

/// The keys that the server encrypts new objects with.
///
/// By default the bucket's own setting applies (SSE-S3 in every bucket of AWS since January
/// 2023). For keys that only the application has, see
/// [`customer_key`](crate::S3StorageBuilder::customer_key).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encryption {
    /// SSE-S3: keys of S3 itself (`AES256`).
    S3,
    /// SSE-KMS: keys of the AWS Key Management Service (`aws:kms`). Reading needs `kms:Decrypt`, writing
    /// `kms:GenerateDataKey` (and `kms:Decrypt` for multipart uploads); each request may cost one to KMS,
    /// which a [bucket key](crate::S3StorageBuilder::bucket_key) spares.
    Kms,
    /// DSSE-KMS: two layers of SSE-KMS (`aws:kms:dsse`). It knows no bucket key.
    DoubleKms,
}

words!(Encryption, "encryption", "encryption": S3 = "AES256", Kms = "aws:kms", DoubleKms = "aws:kms:dsse");

/// The encryption of new objects, checked.
#[derive(Debug, Clone)]
pub(crate) struct ServerKeys {
    pub(crate) encryption: Encryption,
    pub(crate) kms_key_id: Option<String>,
    /// The encryption context as the header has it: JSON in base64.
    pub(crate) context: Option<String>,
    pub(crate) bucket_key: Option<bool>,
}

/// The encryption context as `x-amz-server-side-encryption-context` wants it. `None` where it is empty.
pub(crate) fn encoded_context(context: &BTreeMap<String, String>) -> Option<String> {
    if context.is_empty() {
        return None;
    }
    Some(STANDARD.encode(serde_json::to_vec(context).expect("text is JSON")))
}

/// A key of the application's own (SSE-C): S3 encrypts and decrypts with it and forgets it.
#[derive(Clone)]
pub(crate) struct CustomerKey {
    /// The key in base64.
    pub(crate) key: String,
    /// Its MD5 in base64, by which S3 sees that the key arrived whole.
    pub(crate) md5: String,
}

impl CustomerKey {
    /// # Errors
    ///
    /// `InvalidConfig` unless there are 32 bytes: S3 knows AES-256 only.
    pub(crate) fn new(key: &[u8]) -> Result<Self> {
        if key.len() != 32 {
            return Err(invalid(
                "customer_key",
                format!("customer_key has {} bytes; S3 takes keys of 32 bytes (AES-256)", key.len()),
            ));
        }
        Ok(Self { key: STANDARD.encode(key), md5: STANDARD.encode(Md5::digest(key)) })
    }
}

impl fmt::Debug for CustomerKey {
    /// Shows that there is one, and no more: the MD5 would allow to try keys against it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{CustomerKey, Encryption, encoded_context};

    #[test]
    fn settings_spell_the_encryptions() {
        for word in ["AES256", "aws:kms", "aws:kms:dsse"] {
            assert_eq!(word.parse::<Encryption>().unwrap().to_string(), word);
        }
        assert!("aes256".parse::<Encryption>().is_err());
    }

    /// The key of 32 zeros, whose MD5 is known.
    #[test]
    fn a_customer_key_is_told_by_its_md5() {
        let key = CustomerKey::new(&[0; 32]).unwrap();
        assert_eq!(key.key, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        assert_eq!(key.md5, "cLyPS3KoaSFGi/joRB3OUQ==");
        assert_eq!(format!("{key:?}"), "CustomerKey(..)");
        for length in [0, 16, 31, 33] {
            let error = CustomerKey::new(&vec![7; length]).unwrap_err().to_string();
            assert!(error.contains(&length.to_string()), "{error}");
        }
    }

    #[test]
    fn a_context_is_json_in_base64() {
        let context =
            BTreeMap::from([("a\"b".to_owned(), "c\\\n".to_owned()), ("x".to_owned(), "é".to_owned())]);
        // {"a\"b":"c\\\n","x":"é"}
        assert_eq!(encoded_context(&context).unwrap(), "eyJhXCJiIjoiY1xcXG4iLCJ4Ijoiw6kifQ==");
        assert_eq!(encoded_context(&BTreeMap::new()), None);
    }
}
