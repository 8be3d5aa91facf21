//! One options struct a verb: plain data that can be stored, forwarded and extended.

mod copy;
mod list;
mod open;
mod save;
mod upload;
mod url;

pub use self::copy::{CopyOptions, DeleteOptions};
pub use self::list::ListOptions;
pub use self::open::OpenOptions;
pub use self::save::{Durability, SaveMode, SaveOptions};
pub use self::upload::{UploadPolicy, UploadRequest};
pub use self::url::{FileUrl, ResponseOverrides, UrlMethod, UrlOptions};
