//! What a store can do, said by who knows it: an `object_store` itself does not tell.

/// How a store replaces a file only if it is the expected version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Update {
    /// Not at all: [`SaveMode::IfMatch`](holdall_core::SaveMode::IfMatch) is refused.
    #[default]
    None,
    /// By entity tag.
    ETag,
    /// By the version that it gives beside the tag, which has to be asked for first: one request more.
    Version,
}

/// Under which names a store keeps user metadata.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum MetadataNames {
    /// As headers are called.
    #[default]
    Headers,
    /// As identifiers of C# are called, without `-`: Azure (Naming and referencing containers, blobs, and
    /// metadata, "Metadata names").
    Identifiers,
}

/// What the signatures of a store can hold beside method, name and expiry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Signatures {
    /// Nothing.
    #[default]
    Plain,
    /// Nothing, and a PUT has to say what kind of blob it makes.
    Azure,
    /// Headers, and the overrides of the XML API: content type and disposition.
    Gcs,
    /// Headers, and all overrides.
    S3,
}

/// What a store can do. Everything that an [`ObjectStore`](object_store::ObjectStore) may do or not is a
/// statement here, because the trait has no way to ask: what it cannot do is an error of the call itself,
/// which comes too late for an upload of gigabytes.
///
/// There is one for each store that comes with `object_store`. For others begin with the least,
/// [`Profile::default`], and say what there is more. A capability that is claimed and missing is an
/// `Unsupported` error later than need be; one of `ordered`, `publish` and `create` that the store honours in
/// name only breaks promises.
///
/// ```
/// use holdall_object_store::Profile;
///
/// let company_store = Profile::default().with_create(true).with_attributes(true);
/// # let _ = company_store;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is one independent statement about a store")]
pub struct Profile {
    pub(crate) writable: bool,
    pub(crate) create: bool,
    pub(crate) update: Update,
    pub(crate) multipart: bool,
    pub(crate) copy: bool,
    pub(crate) publish: bool,
    pub(crate) attributes: bool,
    pub(crate) ordered: bool,
    pub(crate) durable: bool,
    pub(crate) files_beside_directories: bool,
    pub(crate) max_put: u64,
    pub(crate) max_parts: usize,
    pub(crate) max_segment: Option<usize>,
    pub(crate) max_file_name: Option<usize>,
    pub(crate) any_file_name: bool,
    pub(crate) collections: bool,
    pub(crate) metadata_names: MetadataNames,
    pub(crate) signatures: Signatures,
}

const GIB: u64 = 1 << 30;

impl Default for Profile {
    /// The least: what every writable store does. Files are saved with `Overwrite` only, without attributes,
    /// and copied by way of this process.
    fn default() -> Self {
        Self {
            writable: true,
            create: false,
            update: Update::None,
            multipart: false,
            copy: false,
            publish: false,
            attributes: false,
            ordered: false,
            durable: false,
            files_beside_directories: true,
            max_put: 5 * GIB,
            max_parts: 10_000,
            max_segment: None,
            max_file_name: None,
            any_file_name: true,
            collections: false,
            metadata_names: MetadataNames::Headers,
            signatures: Signatures::Plain,
        }
    }
}

impl Profile {
    /// [`InMemory`](object_store::memory::InMemory).
    pub fn memory() -> Self {
        Self {
            create: true,
            update: Update::ETag,
            multipart: true,
            copy: true,
            publish: true,
            attributes: true,
            ordered: true,
            ..Self::default()
        }
    }

    /// `LocalFileSystem`, without syncs. Where it was made `with_fsync(true)`, add
    /// [`with_durable(true)`](Self::with_durable).
    ///
    /// It keeps no attributes and cannot replace a certain version. File names that end in `#` and digits it
    /// uses itself, those that end in a letter and `:` it takes for drives: both are refused. It adds an ending
    /// to the file name while it writes, so that 250 bytes are left for one. An upload that was aborted leaves
    /// the directories that it was the first in.
    pub fn local() -> Self {
        Self {
            create: true,
            multipart: true,
            // Not `copy`: its copies that overwrite are hard links under a name of its own, and that name stays
            // where the two files are links of each other already, since rename(2) does nothing then.
            publish: true,
            files_beside_directories: false,
            max_segment: Some(255),
            max_file_name: Some(250),
            any_file_name: false,
            ..Self::default()
        }
    }

    /// Google Cloud Storage: strongly consistent, conditional by generation, with objects listed in the byte
    /// order of their names (XML API, "List objects": lexicographic by UTF-8).
    pub fn gcs() -> Self {
        Self {
            create: true,
            update: Update::Version,
            multipart: true,
            copy: true,
            publish: true,
            attributes: true,
            ordered: true,
            durable: true,
            signatures: Signatures::Gcs,
            ..Self::default()
        }
    }

    /// Azure Blob Storage with a flat namespace. For a hierarchical one add
    /// [`with_files_beside_directories(false)`](Self::with_files_beside_directories).
    ///
    /// Blobs are not published by a copy: `Copy Blob` may be under way when it is acknowledged (Azure,
    /// "Copy Blob": `x-ms-copy-status: pending`), which `object_store` does not tell, so that deleting the
    /// source would be a risk. Nor is the order of its listings relied on: Azure calls it alphabetical, and
    /// says no more.
    pub fn azure() -> Self {
        Self {
            create: true,
            update: Update::ETag,
            multipart: true,
            attributes: true,
            durable: true,
            // "Put Blob", versions since 2019-12-12: 5,000 MiB.
            max_put: 5_000 << 20,
            // "Put Block List": 50,000 blocks.
            max_parts: 50_000,
            metadata_names: MetadataNames::Identifiers,
            signatures: Signatures::Azure,
            ..Self::default()
        }
    }

    /// Amazon S3 and servers that honour `If-None-Match` and `If-Match` on PUT as it does.
    ///
    /// Where the store was made with a header for `copy_if_not_exists`, add
    /// [`with_publish(true)`](Self::with_publish); its variant `Multipart` loses attributes and must not be
    /// declared.
    pub fn s3() -> Self {
        Self {
            create: true,
            update: Update::ETag,
            multipart: true,
            copy: true,
            attributes: true,
            ordered: true,
            durable: true,
            signatures: Signatures::S3,
            ..Self::default()
        }
    }

    /// A web server that files are read from. Listings need `PROPFIND`.
    pub fn http() -> Self {
        Self { writable: false, files_beside_directories: false, collections: true, ..Self::default() }
    }

    /// A `WebDAV` server: files are overwritten, listed and deleted, nothing is conditional, and nothing is kept
    /// beside the bytes.
    pub fn webdav() -> Self {
        Self { writable: true, ..Self::http() }
    }

    /// Whether anything can be written.
    pub fn with_writable(mut self, writable: bool) -> Self {
        self.writable = writable;
        self
    }

    /// Whether `PutMode::Create` is atomic: of many simultaneous writers exactly one gets the name.
    pub fn with_create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// Whether and how `PutMode::Update` is atomic.
    pub fn with_update(mut self, update: Update) -> Self {
        self.update = update;
        self
    }

    /// Whether there are multipart uploads, invisible until they are complete.
    pub fn with_multipart(mut self, multipart: bool) -> Self {
        self.multipart = multipart;
        self
    }

    /// Whether `copy` works inside the store and keeps the attributes. Otherwise files are copied by way of
    /// this process.
    pub fn with_copy(mut self, copy: bool) -> Self {
        self.copy = copy;
        self
    }

    /// Whether `copy_if_not_exists` is atomic, keeps the attributes, and is done when it returns: then large
    /// streams are saved without overwriting by way of a staging name. Otherwise they are held in memory, up
    /// to [`max_buffer`](crate::ObjectStoreStorageBuilder::max_buffer).
    pub fn with_publish(mut self, publish: bool) -> Self {
        self.publish = publish;
        self
    }

    /// Whether all attributes and user metadata are kept and come back with every read.
    pub fn with_attributes(mut self, attributes: bool) -> Self {
        self.attributes = attributes;
        self
    }

    /// Whether `list` and `list_with_offset` come in the byte order of whole names. Then a recursive listing
    /// is one stream; otherwise it goes directory by directory, and each is sorted in memory. A store that
    /// breaks this word is caught: the listing ends with an error.
    pub fn with_ordered(mut self, ordered: bool) -> Self {
        self.ordered = ordered;
        self
    }

    /// Whether what the store acknowledged survives a power cut.
    pub fn with_durable(mut self, durable: bool) -> Self {
        self.durable = durable;
        self
    }

    /// Whether `a` and `a/b` can both be files.
    pub fn with_files_beside_directories(mut self, both: bool) -> Self {
        self.files_beside_directories = both;
        self
    }
}
