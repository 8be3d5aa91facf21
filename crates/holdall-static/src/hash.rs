//! Names that change with the content.

use std::fmt;
use std::str::FromStr;

use holdall_core::{Error, ErrorKind, Name, Operation, Result};
use md5::{Digest as _, Md5};
use sha2::Sha256;

/// What the hash in a file's name is made with. All are cut to twelve hexadecimal digits: names tell versions
/// apart, they prove nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashAlgorithm {
    /// Django's: names and URLs stay as they were for a site that moves from there.
    #[default]
    Md5,
    /// SHA-256.
    Sha256,
    /// BLAKE3, the fastest.
    Blake3,
}

impl HashAlgorithm {
    /// The hash of these bytes.
    pub(crate) fn hash(self, bytes: &[u8]) -> ContentHash {
        match self {
            Self::Md5 => ContentHash::from_start(&Md5::digest(bytes)),
            Self::Sha256 => ContentHash::from_start(&Sha256::digest(bytes)),
            Self::Blake3 => ContentHash::from_start(blake3::hash(bytes).as_bytes()),
        }
    }
}

impl FromStr for HashAlgorithm {
    type Err = Error;

    /// `md5`, `sha256` or `blake3`, as settings spell it.
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "md5" => Ok(Self::Md5),
            "sha256" => Ok(Self::Sha256),
            "blake3" => Ok(Self::Blake3),
            _ => {
                let message =
                    format!("{text:?} is no hash; use \"md5\" (as Django), \"sha256\" or \"blake3\"");
                Err(Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure))
            }
        }
    }
}

impl fmt::Display for HashAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Md5 => "md5",
            Self::Sha256 => "sha256",
            Self::Blake3 => "blake3",
        })
    }
}

/// The hash in a name: twelve hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ContentHash([u8; 6]);

impl ContentHash {
    /// The first bytes of a digest.
    pub(crate) fn from_start(digest: &[u8]) -> Self {
        Self(std::array::from_fn(|at| digest[at]))
    }

    /// Twelve hexadecimal digits in small letters.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 12 || !text.bytes().all(is_digit) {
            return None;
        }
        let number = u64::from_str_radix(text, 16).ok()?.to_be_bytes();
        Some(Self::from_start(&number[2..]))
    }

    /// The hash that makes `hashed` of a name, if there is one.
    pub(crate) fn in_name(name: &Name, hashed: &Name) -> Option<Self> {
        let mut candidates = hashed.file_name().split('.').filter_map(Self::parse);
        candidates.find(|hash| hash.name(name).is_ok_and(|made| made == *hashed))
    }

    /// Puts itself between stem and extension: `css/app.min.css` is `css/app.min.5e0040571e1a.css`. The extension
    /// is what is behind the last dot, unless only dots are before it (Django's rule, Python's `splitext`).
    ///
    /// # Errors
    ///
    /// `InvalidName` when the result is longer than a name may be.
    pub(crate) fn name(self, name: &Name) -> Result<Name> {
        let file_name = name.file_name();
        let dot = file_name.rfind('.').filter(|&dot| file_name[..dot].bytes().any(|byte| byte != b'.'));
        let (stem, extension) = file_name.split_at(dot.unwrap_or(file_name.len()));
        name.parent().join(&Name::new(&format!("{stem}.{self}{extension}"))?)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use holdall_core::Name;

    use super::{ContentHash, HashAlgorithm};

    #[test]
    fn names_are_those_of_django() {
        let hash = HashAlgorithm::Md5.hash(b"");
        for (name, hashed) in [
            ("cached/other.css", "cached/other.d41d8cd98f00.css"),
            ("a.min.js", "a.min.d41d8cd98f00.js"),
            ("LICENSE", "LICENSE.d41d8cd98f00"),
            (".htaccess", ".htaccess.d41d8cd98f00"),
            ("a/.b.c", "a/.b.d41d8cd98f00.c"),
            ("a.b/c", "a.b/c.d41d8cd98f00"),
            ("ends.", "ends.d41d8cd98f00."),
        ] {
            let name = Name::new(name).unwrap();
            assert_eq!(hash.name(&name).unwrap().as_str(), hashed);
            assert_eq!(ContentHash::in_name(&name, &Name::new(hashed).unwrap()), Some(hash));
        }
    }

    #[test]
    fn settings_spell_the_algorithms() {
        for (text, empty) in [("md5", "d41d8cd98f00"), ("sha256", "e3b0c44298fc"), ("blake3", "af1349b9f5f9")]
        {
            let algorithm: HashAlgorithm = text.parse().unwrap();
            assert_eq!(
                (algorithm.to_string().as_str(), algorithm.hash(b"").to_string().as_str()),
                (text, empty)
            );
        }
        assert!("MD5".parse::<HashAlgorithm>().is_err());
    }
}
