//! What a storage can do, as data: it decides which options are refused before any I/O and which cases
//! of the conformance suite run.

use std::fmt;

use crate::error::{Error, Result};

/// Declares the struct, its builder calls and the list of names from one table.
macro_rules! capabilities {
    ($($(#[doc = $doc:literal])+ $field:ident / $with:ident: $what:literal),+ $(,)?) => {
        /// What a storage can do.
        ///
        /// An option that needs a capability which is missing is refused with
        /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) before any I/O, never ignored. The storage
        /// itself does that, when wrappers have filled in what the call left open: every verb begins with the
        /// `check` of its options ([`SaveOptions::check`](crate::SaveOptions::check) and the others). The
        /// default is a storage that can be read and listed and nothing else.
        ///
        /// ```
        /// use holdall_core::Capabilities;
        ///
        /// let capabilities = Capabilities::default().with_writable(true).with_create(true);
        /// assert!(capabilities.create && !capabilities.signed_url);
        /// ```
        #[derive(Clone, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Capabilities {
            $($(#[doc = $doc])+ pub $field: bool,)+
            /// The most bytes that one file may have; `None` where no limit is known.
            pub max_size: Option<u64>,
            /// The most bytes that one segment of a name may have; `None` where only the limit of the
            /// whole name counts.
            pub max_segment: Option<usize>,
        }

        impl Capabilities {
            /// With that limit for the size of a file, in bytes.
            pub fn with_max_size(mut self, bytes: impl Into<Option<u64>>) -> Self {
                self.max_size = bytes.into();
                self
            }

            /// With that limit for a segment of a name, in bytes.
            pub fn with_max_segment(mut self, bytes: impl Into<Option<usize>>) -> Self {
                self.max_segment = bytes.into();
                self
            }

            /// Sets every capability that is a promise about simultaneous writers, from `create` to `delete_if_match`
            /// and `update_attributes`: all of them for a storage that has a lock of its own, none for one that only
            /// overwrites.
            pub fn with_conditions(self, available: bool) -> Self {
                self.with_create(available)
                    .with_create_large(available)
                    .with_unique(available)
                    .with_plain_names(available)
                    .with_replace(available)
                    .with_replace_large(available)
                    .with_copy_create(available)
                    .with_copy_replace(available)
                    .with_copy_if_match(available)
                    .with_delete_if_match(available)
                    .with_update_attributes(available)
            }

            /// Every yes-or-no capability with its value, for reports.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, bool)> {
                [$((stringify!($field), self.$field)),+].into_iter()
            }

            $(
                /// Says whether the storage has the capability of that name.
                pub fn $with(mut self, available: bool) -> Self {
                    self.$field = available;
                    self
                }
            )+

            /// What a missing capability keeps the storage from doing.
            fn describe(field: &str) -> &'static str {
                match field {
                    $(stringify!($field) => $what,)+
                    _ => "do this",
                }
            }
        }
    };
}

capabilities! {
    /// Files can be saved, deleted, copied and renamed.
    writable / with_writable: "be written to",
    /// `save` takes `Create`, atomically: of many simultaneous savers of a name exactly one gets it.
    create / with_create: "create a file only if its name is free; save with Unique where names are made unique, or with Overwrite under names that nobody else uses",
    /// `Create` holds also for content that the storage sends in more than one request; without it that is refused.
    create_large / with_create_large: "create a large file only if its name is free; save with Unique where names are made unique, or with Overwrite under names that nobody else uses",
    /// `Unique` of a save, copy or rename gives each file a name that no other file has, also in a race.
    unique / with_unique: "make names unique; let it add random letters to every name (S3: unique_names = \"random\"), or save with Overwrite under names that nobody else uses",
    /// `Unique` gives the name itself where that is free; without it every name gets random letters.
    plain_names / with_plain_names: "keep a plain name with Unique; save with Create or Overwrite",
    /// `save` takes `IfMatch`: an atomic compare-and-swap.
    replace / with_replace: "replace a file only if it is the expected version",
    /// `IfMatch` holds also for content that the storage sends in more than one request; without it that is refused.
    replace_large / with_replace_large: "replace a large file only if it is the expected version",
    /// `copy` and `rename` take `Create`, atomically.
    copy_create / with_copy_create: "copy a file only if the new name is free; copy with Unique where names are made unique, or with Overwrite to a name that nobody else uses",
    /// `copy` and `rename` take `IfMatch`: the destination is an atomic compare-and-swap.
    copy_replace / with_copy_replace: "copy over a file only if that is the expected version",
    /// `copy` and `rename` take an `if_match` for their source.
    copy_if_match / with_copy_if_match: "copy a file only if it is the expected version",
    /// `delete` takes an `if_match`.
    delete_if_match / with_delete_if_match: "delete a file only if it is the expected version",
    /// Content type, disposition, encoding, language, cache control and user metadata are kept.
    attributes / with_attributes: "keep attributes such as a content type or user metadata",
    /// `copy` can change the attributes of a file onto itself, and never undoes what another writer saves.
    update_attributes / with_update_attributes: "change the attributes of a file where it is; copy it to another name, or save it anew",
    /// Each file has a visibility of its own, given at save or set later.
    visibility / with_visibility: "keep a visibility for each file",
    /// The checksum of a save is kept and comes back from `metadata`.
    checksum / with_checksum: "keep checksums",
    /// What `save` acknowledged survives a power cut.
    durable / with_durable: "promise that files survive a power cut",
    /// Every save makes a version that can be opened, linked to and deleted by its id after newer ones were saved.
    versions / with_versions: "keep versions of a file",
    /// There are plain URLs for public files.
    public_url / with_public_url: "make plain URLs; give it a base URL",
    /// There are signed URLs for private files.
    signed_url / with_signed_url: "sign URLs",
    /// Signed URLs can override response headers.
    url_overrides / with_url_overrides: "override response headers in URLs",
    /// Clients can upload directly to the storage.
    upload_request / with_upload_request: "take uploads directly from clients",
    /// Such uploads can be forms (`POST`), which alone can limit a size or leave a choice to the client.
    upload_forms / with_upload_forms: "take uploads by forms (POST), which this policy needs",
    /// Directories can have markers, which other programs made, and which it lists and deletes.
    markers / with_markers: "delete the marker of a directory, because it has none",
    /// `a` and `a/b` can both be files.
    files_beside_directories / with_files_beside_directories: "hold a file and a directory of one name",
}

impl Capabilities {
    /// Checks that files have a visibility of their own: the first line of
    /// [`Storage::set_visibility`](crate::Storage::set_visibility), as `options.check` is of the verbs that have options.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    pub fn check_visibility(&self) -> Result<()> {
        self.check_writable()?;
        Self::require(true, self.visibility, "visibility")
    }

    /// Checks that something can be changed at all: the first line of [`Storage::sweep`](crate::Storage::sweep).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    pub fn check_writable(&self) -> Result<()> {
        Self::require(true, self.writable, "writable")
    }

    /// `Ok` if `available`, else [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) with a
    /// sentence about the capability of that name.
    pub(crate) fn require(needed: bool, available: bool, field: &'static str) -> Result<()> {
        if needed && !available { Err(Error::unsupported(Self::describe(field))) } else { Ok(()) }
    }
}

impl fmt::Debug for Capabilities {
    /// Lists what is there; what is missing is the rest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().filter(|(_, has)| *has).map(|(name, _)| name)).finish()
    }
}
