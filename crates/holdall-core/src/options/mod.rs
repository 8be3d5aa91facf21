//! One options struct a verb: plain data that can be stored, forwarded and extended.

mod copy;
mod list;
mod open;
mod save;
mod upload;
mod url;

use crate::capabilities::Capabilities;
use crate::error::{Error, ErrorKind, Result};

pub use self::copy::{CopyOptions, DeleteOptions};
pub use self::list::ListOptions;
pub use self::open::OpenOptions;
pub use self::save::{Durability, SaveMode, SaveOptions};
pub use self::upload::{UploadChecksum, UploadMethod, UploadPolicy, UploadRequest, UploadSuccess};
pub use self::url::{FileUrl, ResponseOverrides, UrlMethod, UrlOptions};

/// What an option that names a version needs.
fn check_version(version: Option<&str>, capabilities: &Capabilities) -> Result<()> {
    Capabilities::require(version.is_some(), capabilities.versions, "versions")?;
    if version == Some("") {
        let message = "the version is empty; leave it out for the current one";
        return Err(Error::message(ErrorKind::InvalidInput, message));
    }
    Ok(())
}
