//! Storage classes.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use holdall_core::{Error, ErrorKind, Result};

/// Where the bytes of an object lie ("Understanding and managing Amazon S3 storage classes", Amazon S3 User Guide).
///
/// Servers have classes of their own, so that this is a checked text with the names of AWS as constants.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StorageClass(Cow<'static, str>);

macro_rules! classes {
    ($($(#[doc = $doc:literal])+ $name:ident),+ $(,)?) => {
        impl StorageClass {
            $($(#[doc = $doc])+ pub const $name: Self = Self(Cow::Borrowed(stringify!($name)));)+
        }
    };
}

classes! {
    /// In three zones, at once: the default.
    STANDARD,
    /// In three zones, at once; cheaper to keep, dearer to read, at least 30 days.
    STANDARD_IA,
    /// In one zone: gone with it.
    ONEZONE_IA,
    /// Moves objects between tiers by how often they are read.
    INTELLIGENT_TIERING,
    /// Archive that can be read at once; at least 90 days.
    GLACIER_IR,
    /// Archive: must be restored before it can be read, within minutes to hours. Reading it before is
    /// [`ErrorKind::Unsupported`].
    GLACIER,
    /// The same, within 12 to 48 hours.
    DEEP_ARCHIVE,
    /// A directory bucket in one zone.
    EXPRESS_ONEZONE,
    /// Older than the others, and no longer cheaper.
    REDUCED_REDUNDANCY,
}

impl StorageClass {
    /// A class of that name, such as one that a compatible server defines.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for what can be no name: other than ASCII letters, digits, `_`, `-` and `.`, or none.
    pub fn new(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        if name.is_empty() || name.len() > 128 || !name.bytes().all(good) {
            let message = format!("{name:?} is no storage class; they look like \"STANDARD_IA\"");
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        Ok(Self(name.into()))
    }

    /// The name as S3 writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As the SDK has it.
    pub(crate) fn to_sdk(&self) -> aws_sdk_s3::types::StorageClass {
        aws_sdk_s3::types::StorageClass::from(self.as_str())
    }
}

impl FromStr for StorageClass {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl fmt::Display for StorageClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::StorageClass;

    #[test]
    fn names_are_kept_and_nonsense_is_refused() {
        assert_eq!(StorageClass::STANDARD_IA.as_str(), "STANDARD_IA");
        assert_eq!("STANDARD_IA".parse::<StorageClass>().unwrap(), StorageClass::STANDARD_IA);
        assert_eq!(StorageClass::new("COLD-2").unwrap().to_string(), "COLD-2");
        for wrong in ["", "a b", "a\r\nb", "é"] {
            assert!(StorageClass::new(wrong).is_err(), "{wrong:?}");
        }
    }
}
