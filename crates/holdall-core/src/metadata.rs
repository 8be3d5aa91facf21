//! What storages tell about files: metadata, what a save made, what a listing found.

use std::time::SystemTime;

use crate::attributes::{Attributes, guess_content_type};
use crate::checksum::Checksum;
use crate::etag::ETag;
use crate::name::{Location, Name};

/// Everything that is known about a file, from one request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metadata {
    /// The file's name in the storage that was asked.
    pub name: Name,
    /// Bytes.
    pub size: u64,
    /// When the file was last saved. S3 tells whole seconds.
    pub modified: SystemTime,
    /// When the file was made, where the storage tells. On the local disk a save makes a new file, also when it
    /// overwrites one, so that this differs from `modified` only for files that other programs change in place.
    pub created: Option<SystemTime>,
    /// When the content was last read, where the storage tells. On the local disk as exactly as its mount counts:
    /// with Linux's `relatime` within a day, with `noatime` never.
    pub accessed: Option<SystemTime>,
    /// Changes whenever the content changes.
    pub etag: Option<ETag>,
    /// The checksum of the whole content, where the storage keeps one. Never a guess.
    pub checksum: Option<Checksum>,
    /// Which version of the file this is, where the storage tells. Opaque; for
    /// [`OpenOptions::version`](crate::OpenOptions::version) and its like.
    pub version: Option<String>,
    /// What was given at save. The content type is always there.
    pub attributes: Attributes,
}

impl Metadata {
    /// Metadata with the content type guessed from the name and nothing optional.
    pub fn new(name: Name, size: u64, modified: SystemTime) -> Self {
        let content_type = Some(guess_content_type(&name).to_owned());
        let attributes = Attributes { content_type, ..Attributes::default() };
        Self {
            name,
            size,
            modified,
            created: None,
            accessed: None,
            etag: None,
            checksum: None,
            version: None,
            attributes,
        }
    }

    /// Made at that time.
    pub fn with_created(mut self, created: impl Into<Option<SystemTime>>) -> Self {
        self.created = created.into();
        self
    }

    /// Last read at that time.
    pub fn with_accessed(mut self, accessed: impl Into<Option<SystemTime>>) -> Self {
        self.accessed = accessed.into();
        self
    }

    /// With that entity tag.
    pub fn with_etag(mut self, etag: impl Into<Option<ETag>>) -> Self {
        self.etag = etag.into();
        self
    }

    /// With that checksum.
    pub fn with_checksum(mut self, checksum: impl Into<Option<Checksum>>) -> Self {
        self.checksum = checksum.into();
        self
    }

    /// Of that version.
    pub fn with_version(mut self, version: impl Into<Option<String>>) -> Self {
        self.version = version.into();
        self
    }

    /// With these attributes; a missing content type stays the guessed one.
    pub fn with_attributes(mut self, attributes: Attributes) -> Self {
        let guessed = self.attributes.content_type.take();
        self.attributes = attributes;
        self.attributes.content_type = self.attributes.content_type.or(guessed);
        self
    }

    /// The content type: given at save, else guessed from the name.
    pub fn content_type(&self) -> &str {
        self.attributes.content_type.as_deref().unwrap_or_else(|| guess_content_type(&self.name))
    }
}

/// What a save or a copy made. Keep the name: it may differ from the one that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Saved {
    /// The name that the file really got.
    pub name: Name,
    /// Bytes stored.
    pub size: u64,
    /// The tag of this version, for a later [`SaveMode::IfMatch`](crate::SaveMode::IfMatch).
    pub etag: Option<ETag>,
    /// The checksum of the content, computed while it passed by; `None` when a copy inside the storage
    /// did not tell.
    pub checksum: Option<Checksum>,
    /// The version that was made, where the storage keeps versions and told it.
    pub version: Option<String>,
}

impl Saved {
    /// A result with nothing optional.
    pub fn new(name: Name, size: u64) -> Self {
        Self { name, size, etag: None, checksum: None, version: None }
    }

    /// With that entity tag.
    pub fn with_etag(mut self, etag: impl Into<Option<ETag>>) -> Self {
        self.etag = etag.into();
        self
    }

    /// With that checksum.
    pub fn with_checksum(mut self, checksum: impl Into<Option<Checksum>>) -> Self {
        self.checksum = checksum.into();
        self
    }

    /// That made that version.
    pub fn with_version(mut self, version: impl Into<Option<String>>) -> Self {
        self.version = version.into();
        self
    }
}

impl From<Metadata> for Saved {
    fn from(metadata: Metadata) -> Self {
        let Metadata { name, size, etag, checksum, version, .. } = metadata;
        Self { name, size, etag, checksum, version }
    }
}

/// A file as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileEntry {
    /// The whole name, ready for `open`. Its last segment is [`Name::file_name`].
    pub name: Name,
    /// Bytes.
    pub size: u64,
    /// When the file was last saved.
    pub modified: SystemTime,
    /// The same tag that `metadata` gives.
    pub etag: Option<ETag>,
}

impl FileEntry {
    /// An entry without a tag.
    pub fn new(name: Name, size: u64, modified: SystemTime) -> Self {
        Self { name, size, modified, etag: None }
    }

    /// With that entity tag.
    pub fn with_etag(mut self, etag: impl Into<Option<ETag>>) -> Self {
        self.etag = etag.into();
        self
    }
}

impl From<Metadata> for FileEntry {
    fn from(metadata: Metadata) -> Self {
        Self { name: metadata.name, size: metadata.size, modified: metadata.modified, etag: metadata.etag }
    }
}

/// Something that lies in the storage but that no verb takes: no [`Name`] can say it (an `a//b` key, a name that is
/// not UTF-8, a key that ends in `/`), or the process may not read it. Other programs put it there. It is shown, so
/// that nothing is hidden from who migrates or cleans up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignEntry {
    /// The name as the storage has it, relative to the storage, in its own encoding.
    pub raw_name: Vec<u8>,
    /// Bytes, where it is a file.
    pub size: Option<u64>,
    /// Why it could not be looked at or into, where that is the reason. Of a directory (its raw name ends in `/`)
    /// nobody knows then what lies below, and none of that is listed.
    pub unreadable: Option<String>,
}

impl ForeignEntry {
    /// An entry for that raw name.
    pub fn new(raw_name: impl Into<Vec<u8>>, size: Option<u64>) -> Self {
        Self { raw_name: raw_name.into(), size, unreadable: None }
    }

    /// An entry for something that may not be looked at, with the reason.
    pub fn unreadable(raw_name: impl Into<Vec<u8>>, reason: impl Into<String>) -> Self {
        Self { raw_name: raw_name.into(), size: None, unreadable: Some(reason.into()) }
    }

    /// The directory whose marker this is: an object without bytes under its name and a `/`. Consoles of clouds make
    /// these; [`Store::delete_location`](crate::Store::delete_location) deletes them.
    pub fn marker(&self) -> Option<Name> {
        let text = std::str::from_utf8(&self.raw_name).ok()?.strip_suffix('/')?;
        let name = Name::new(text).ok().filter(|name| name.as_str() == text);
        name.filter(|_| self.size == Some(0))
    }

    /// The raw name for people: what is not UTF-8 is replaced.
    pub fn display_name(&self) -> String {
        String::from_utf8_lossy(&self.raw_name).into_owned()
    }
}

/// One thing that a listing found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Entry {
    /// A file.
    File(FileEntry),
    /// A location that holds files, at any depth. Only listings of one level show these.
    Directory(Location),
    /// Something that cannot be named or may not be read.
    Foreign(ForeignEntry),
}

impl Entry {
    /// The text by whose bytes listings are ordered: a directory counts with its `/`, as in S3.
    pub fn sort_key(&self) -> Vec<u8> {
        match self {
            Self::File(file) => file.name.as_str().into(),
            Self::Directory(location) => location.prefix().into(),
            Self::Foreign(foreign) => foreign.raw_name.clone(),
        }
    }
}

/// One level of a storage, collected: what Django's `listdir` returns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listing {
    /// The directories right below the location, in listing order.
    pub dirs: Vec<Location>,
    /// The files right below the location, in listing order.
    pub files: Vec<FileEntry>,
    /// Entries that cannot be named or may not be read.
    pub foreign: Vec<ForeignEntry>,
}

impl Extend<Entry> for Listing {
    fn extend<I: IntoIterator<Item = Entry>>(&mut self, entries: I) {
        for entry in entries {
            match entry {
                Entry::File(file) => self.files.push(file),
                Entry::Directory(location) => self.dirs.push(location),
                Entry::Foreign(foreign) => self.foreign.push(foreign),
            }
        }
    }
}
