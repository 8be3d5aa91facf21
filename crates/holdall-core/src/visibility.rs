//! Who may read a file by its plain URL.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};

/// Who may read a file without asking the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// Anyone who has the plain URL.
    Public,
    /// Only who has a signed URL, until it expires.
    Private,
}

impl Visibility {
    /// `public` or `private`, as settings spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }
}

impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Visibility {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "public" => Ok(Self::Public),
            "private" => Ok(Self::Private),
            _ => Err(Error::message(
                ErrorKind::InvalidInput,
                format!("{text:?} is no visibility; use \"public\" or \"private\""),
            )),
        }
    }
}
