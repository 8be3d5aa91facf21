//! One file to publish.

use bytes::Bytes;
use holdall_core::{Attributes, Checksum, Content, Name, Store};

use super::Publishing;
use super::published::{Action, Role};
use crate::collect::plan::Planned;
use crate::finders::Source;

/// One file to publish.
#[derive(Debug)]
pub(crate) struct Output<'a> {
    pub(crate) name: &'a Name,
    pub(crate) role: Role,
    pub(crate) action: Action,
    pub(crate) from: Origin<'a>,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) checksum: Checksum,
    /// What the storage keeps; nothing where it keeps none.
    pub(crate) attributes: Attributes,
    /// Whether a symbolic link has the name, over which no storage saves.
    pub(crate) over_link: bool,
}

/// Where the bytes of an output are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    Source(&'a Source),
    Text(&'a Bytes),
    /// In the storage, under the hashed name of the same file; and in the source.
    Hashed(&'a Name, &'a Source),
}

impl Origin<'_> {
    pub(crate) fn content(self) -> Content<'static> {
        match self {
            Self::Source(Source::Path(path)) | Self::Hashed(_, Source::Path(path)) => {
                Content::path(path.clone())
            }
            Self::Source(Source::Bytes(bytes))
            | Self::Hashed(_, Source::Bytes(bytes))
            | Self::Text(bytes) => Content::bytes(bytes.clone()),
        }
    }
}

impl<'a> Output<'a> {
    pub(super) fn new(role: Role, file: &'a Planned, store: &Store, options: &Publishing) -> Self {
        // The content of what a bundler hashed does not change, whatever the role.
        let cached_as = if file.prehashed { Role::Hashed } else { role };
        let mut attributes = options.headers.attributes(&file.name, file.is_utf8, cached_as);
        if !store.capabilities().attributes {
            // Headers are the business of whoever serves the files then; a visibility that was asked for is not.
            let visibility = attributes.visibility;
            attributes = Attributes::default();
            attributes.visibility = visibility;
        }
        let (name, from, digests) = match (role, &file.rewritten) {
            (Role::Copy, Some((text, digests))) if file.is_page => (&file.name, Origin::Text(text), digests),
            (Role::Copy, _) => (&file.name, Origin::Source(&file.source), &file.original),
            (_, None) => (&file.hashed, Origin::Source(&file.source), &file.original),
            (_, Some((text, digests))) => (&file.hashed, Origin::Text(text), digests),
        };
        let (size, checksum) = (digests.size, digests.checksum);
        Self { name, role, action: Action::Created, from, size, checksum, attributes, over_link: false }
    }
}
