//! The columns: a call, and the request of it that the reply is for.

use futures_util::TryStreamExt as _;
use holdall_core::{Result, Storage as _, Store, Visibility};
use holdall_s3::{S3Storage, S3StorageBuilder};

use crate::support::{MIB, noise};

/// A call of a storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Save,
    SaveOver,
    SaveCreate,
    Begin,
    Part,
    Complete,
    Copy,
    CopyPart,
    Open,
    OpenRange,
    Metadata,
    Exists,
    Delete,
    DeleteMany,
    List,
    DeleteLocation,
    SetVisibility,
    BucketExists,
    Buckets,
    Versions,
    Sweep,
}

impl Verb {
    pub(super) const ALL: [Self; 21] = [
        Self::Save,
        Self::SaveOver,
        Self::SaveCreate,
        Self::Begin,
        Self::Part,
        Self::Complete,
        Self::Copy,
        Self::CopyPart,
        Self::Open,
        Self::OpenRange,
        Self::Metadata,
        Self::Exists,
        Self::Delete,
        Self::DeleteMany,
        Self::List,
        Self::DeleteLocation,
        Self::SetVisibility,
        Self::BucketExists,
        Self::Buckets,
        Self::Versions,
        Self::Sweep,
    ];

    /// The operation that the reply is for; every one of them where the server knows no other.
    pub(super) fn operation(self) -> Option<&'static str> {
        match self {
            Self::Begin => Some("CreateMultipartUpload"),
            Self::Part => Some("UploadPart"),
            Self::Complete => Some("CompleteMultipartUpload"),
            Self::Copy => Some("CopyObject"),
            Self::CopyPart => Some("UploadPartCopy"),
            Self::SaveOver => Some("PutObject"),
            _ => None,
        }
    }

    /// Whether the reply has no body, or one that may be any: that of a file.
    pub(super) fn hides_the_body(self) -> bool {
        matches!(self, Self::Open | Self::OpenRange | Self::Metadata | Self::Exists | Self::BucketExists)
    }

    /// The settings that the call needs.
    pub(super) fn set_up(self, builder: S3StorageBuilder) -> S3StorageBuilder {
        let mib = MIB as u64;
        match self {
            Self::CopyPart => builder.max_copy_size(10 * mib).copy_part_size(6 * mib),
            _ => builder,
        }
    }

    /// The call, which must not come to an end that is a yes.
    pub(super) async fn perform(self, storage: S3Storage) -> Result<()> {
        let store = Store::new(storage.clone());
        match self {
            Self::Save => drop(store.save("a.txt", "x").await?),
            Self::SaveOver => drop(store.save("a.txt", "x").overwrite().await?),
            Self::SaveCreate => drop(store.save("a.txt", "x").create().await?),
            Self::Begin | Self::Part | Self::Complete => {
                drop(store.save("a.bin", noise(6 * MIB)).overwrite().await?);
            }
            Self::Copy | Self::CopyPart => drop(store.copy("a.txt", "b.txt").overwrite().await?),
            Self::Open => drop(store.open("a.txt").await?.bytes().await?),
            Self::OpenRange => drop(store.open("a.txt").range(0..4).await?.bytes().await?),
            Self::Metadata => drop(store.metadata("a.txt").await?),
            Self::Exists => drop(store.exists("a.txt").await?),
            Self::Delete => store.delete("a.txt").await?,
            Self::DeleteMany => {
                for result in store.delete_many(["a.txt", "b.txt"]).await {
                    result?;
                }
            }
            Self::List => drop(store.listdir("").await?),
            Self::DeleteLocation => drop(store.delete_location("old").await?),
            Self::SetVisibility => store.set_visibility("a.txt", Visibility::Private).await?,
            Self::BucketExists => drop(storage.bucket_exists().await?),
            Self::Buckets => drop(storage.buckets().list().try_collect::<Vec<_>>().await?),
            Self::Versions => drop(storage.versions("a.txt").try_collect::<Vec<_>>().await?),
            Self::Sweep => {
                drop(storage.sweep(std::time::Duration::from_hours(24)).await?);
            }
        }
        Ok(())
    }
}
