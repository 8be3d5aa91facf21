#![doc = include_str!("docs/crate.md")]

mod attributes;
pub mod backend;
mod capabilities;
mod checksum;
mod conditions;
mod content;
mod disposition;
mod error;
mod etag;
mod file;
pub mod header_text;
mod memory;
mod metadata;
mod name;
mod options;
mod random;
mod range;
mod staged;
mod storage;
mod store;
mod swept;
mod upload_to;
mod visibility;
mod wrappers;
mod writer;

pub use self::attributes::{Attributes, guess_content_type};
pub use self::capabilities::Capabilities;
pub use self::checksum::{Checksum, ChecksumHasher};
pub use self::conditions::{Conditions, ETagCondition};
pub use self::content::{BlockingContent, Content, ContentStream, RepeatableContent};
pub use self::disposition::Disposition;
pub use self::error::{BoxError, Error, ErrorKind, Operation, Result, ServerReply};
pub use self::etag::ETag;
pub use self::file::File;
pub use self::memory::MemoryStorage;
pub use self::metadata::{Entry, FileEntry, ForeignEntry, Listing, Metadata, Saved};
pub use self::name::{Candidates, IntoLocation, IntoName, Location, Name};
pub use self::options::{
    CopyOptions, DeleteOptions, Durability, FileUrl, ListOptions, OpenOptions, ResponseOverrides, SaveMode,
    SaveOptions, UploadChecksum, UploadMethod, UploadPolicy, UploadRequest, UploadSuccess, UrlMethod,
    UrlOptions,
};
pub use self::random::alphanumeric as random_alphanumeric;
pub use self::range::ByteRange;
pub use self::staged::StagedFile;
pub use self::storage::{Storage, delete_each, rename_by_copy};
pub use self::store::{DeletedLocation, Promoted, Store};
pub use self::swept::Swept;
pub use self::upload_to::UploadTo;
pub use self::visibility::Visibility;
#[cfg(feature = "gzip")]
pub use self::wrappers::Gzipped;
pub use self::wrappers::{Located, MediaStorage, ReadOnly, StaticStorage};
pub use self::writer::Writer;

/// The calls of [`Store`], for signatures that name them.
pub mod calls {
    pub use crate::store::{
        Copy, Delete, DeleteLocation, List, Open, Promote, Rename, Save, Upload, Url, Write,
    };
}

/// The examples of the crate's README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
