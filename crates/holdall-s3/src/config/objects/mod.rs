//! Properties of an object that only S3 has: its ACL, tags and storage class.
//!
//! The core's attributes are what every storage can keep. Those of this module are given as [`ObjectParameters`], as
//! defaults of the storage or with a single save. Calls of [`S3Storage`] read and change them.
//! Object lock (retention and legal hold) is not among them: it belongs to those who are bound by it, and is set on the
//! bucket. A copy keeps it, as it keeps all that other programs stored.
//!
//! [`S3Storage`]: crate::S3Storage

mod acl;
mod storage_class;
mod tags;

use holdall_core::{Error, ErrorKind, Result, Visibility};

pub(crate) use self::acl::AclHeaders;
pub use self::acl::{Acl, CannedAcl, Grant, Grantee, ObjectAcl, Permission};
pub use self::storage_class::StorageClass;
pub use self::tags::Tags;
use super::invalid;

/// Properties that S3 keeps with an object beyond the attributes that every storage has: the typed form of the
/// `object_parameters` of `django-storages`.
///
/// Every field that is set goes with the write itself, whether that is a `PutObject` or the beginning of a multipart
/// upload; it is bound into upload requests for clients, too. A copy keeps what its source has; what the source has
/// none of comes from the storage's defaults, as for a new object: its tags (none: the default ones), its storage class
/// (`STANDARD`: the default one), and its ACL (nobody but the owner: the default one). A file that is copied onto
/// itself with other attributes keeps all of it as it is.
///
/// ```
/// use holdall_s3::{CannedAcl, ObjectParameters, S3Storage, StorageClass, Tags};
///
/// # fn main() -> holdall_core::Result<()> {
/// let storage = S3Storage::builder("my-site")
///     .region("eu-central-1")
///     .object_parameters(
///         ObjectParameters::default()
///             .with_storage_class(StorageClass::INTELLIGENT_TIERING)
///             .with_tags(Tags::new([("team", "web")])?)
///             .with_acl(CannedAcl::BucketOwnerFullControl),
///     )
///     .build()?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectParameters {
    /// Where the bytes lie, and what that costs. `None` leaves it to the bucket (`STANDARD`).
    pub storage_class: Option<StorageClass>,
    /// Tags, for lifecycle rules, policies and bills. Empty ones send nothing. Needs `s3:PutObjectTagging`.
    pub tags: Tags,
    /// The rights to the object. `None` sends no ACL, which every bucket takes; a bucket with ACLs disabled
    /// takes none but [`CannedAcl::BucketOwnerFullControl`]. Needs `s3:PutObjectAcl`. With any other, `open`,
    /// `metadata` and `copy` of the object ask for its ACL (`s3:GetObjectAcl`), as for one saved with a visibility.
    pub acl: Option<Acl>,
}

impl ObjectParameters {
    /// With that storage class.
    pub fn with_storage_class(mut self, class: StorageClass) -> Self {
        self.storage_class = Some(class);
        self
    }

    /// With these tags.
    pub fn with_tags(mut self, tags: Tags) -> Self {
        self.tags = tags;
        self
    }

    /// With that ACL.
    pub fn with_acl(mut self, acl: impl Into<Acl>) -> Self {
        self.acl = Some(acl.into());
        self
    }

    /// These, and `defaults` for each that is not set.
    pub fn or(mut self, defaults: &Self) -> Self {
        if self.storage_class.is_none() {
            self.storage_class.clone_from(&defaults.storage_class);
        }
        if self.tags.is_empty() {
            self.tags.clone_from(&defaults.tags);
        }
        if self.acl.is_none() {
            self.acl.clone_from(&defaults.acl);
        }
        self
    }

    /// Both say who may read: only one of them can be meant.
    ///
    /// # Errors
    ///
    /// `InvalidInput`.
    pub(crate) fn check_beside(&self, visibility: Option<Visibility>) -> Result<()> {
        if self.acl.is_some() && visibility.is_some() {
            let message = "an ACL and a visibility are both given; a visibility is an ACL (public-read or private), \
                           leave one of them out";
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        Ok(())
    }

    /// The same for the defaults of a storage, and that the ACL can be sent.
    ///
    /// # Errors
    ///
    /// `InvalidConfig`.
    pub(crate) fn check_defaults(&self, visibility: Option<Visibility>) -> Result<()> {
        let checked = self.check_beside(visibility);
        let checked =
            checked.and_then(|()| self.acl.as_ref().map_or(Ok(()), |acl| acl.to_headers().map(drop)));
        checked.map_err(|error| {
            invalid(
                "object_parameters",
                format!("the default object parameters cannot be used: {}", error.reason()),
            )
        })
    }
}
