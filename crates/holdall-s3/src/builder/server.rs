//! Where the server is, and what it is known to do.

use holdall_core::Result;
use url::Url;

use super::S3StorageBuilder;
use crate::config::{self, AddressingStyle, ChecksumAlgorithm, ChecksumMode, Conditions, Features, Server};
use crate::preset::Preset;

/// The settings of this room.
pub(super) struct ServerSettings {
    pub(super) preset: Option<Preset>,
    pub(super) region: Option<String>,
    pub(super) endpoint: Option<String>,
    pub(super) addressing_style: AddressingStyle,
    pub(super) checksum_mode: ChecksumMode,
    checksum_algorithm: ChecksumAlgorithm,
    pub(super) conditions: Conditions,
    pub(super) features: Features,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            preset: None,
            region: None,
            endpoint: None,
            addressing_style: AddressingStyle::Auto,
            checksum_mode: ChecksumMode::Auto,
            checksum_algorithm: ChecksumAlgorithm::Crc64Nvme,
            conditions: Conditions { writes: true, deletes: false, copies: None },
            features: Features { bulk_delete: true, versions: false, acls: true },
        }
    }
}

impl S3StorageBuilder {
    /// The region, such as `eu-central-1`. Without a call the SDK's chain is asked (`AWS_REGION`, the
    /// profile, the instance); at a custom endpoint it is `us-east-1`, which most servers take for their own.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.server.region = Some(region.into());
        self
    }

    /// The API endpoint of another server than AWS, such as `http://127.0.0.1:9000`.
    ///
    /// Environment variables (`AWS_ENDPOINT_URL`) are not read: where an application's files go is a
    /// setting of its own.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.server.endpoint = Some(url.into());
        self
    }

    /// How the bucket is named in requests and URLs; [`AddressingStyle::Auto`] without a call.
    pub fn addressing_style(mut self, style: AddressingStyle) -> Self {
        self.server.addressing_style = style;
        self
    }

    /// When checksums travel with requests; [`ChecksumMode::Auto`] without a call.
    pub fn checksum_mode(mut self, mode: ChecksumMode) -> Self {
        self.server.checksum_mode = mode;
        self
    }

    /// Which checksum travels with requests; [`ChecksumAlgorithm::Crc64Nvme`] without a call. It matters only
    /// where [`checksum_mode`](Self::checksum_mode) says that one does.
    pub fn checksum_algorithm(mut self, algorithm: ChecksumAlgorithm) -> Self {
        self.server.checksum_algorithm = algorithm;
        self
    }

    /// Whether the server honours `If-None-Match` and `If-Match` on writes; `true` without a call.
    ///
    /// AWS, Cloudflare R2, `MinIO` and `SeaweedFS` do. Garage and some others accept the header and ignore it,
    /// Ceph 16 does so when a multipart upload is completed: say `false` there, and `Rename`, `Create` and `Replace`
    /// are refused instead of being unsafe. A [`Preset`] says it for you, a [probe](crate::S3Storage::probe) finds
    /// out.
    pub fn conditional_writes(mut self, honoured: bool) -> Self {
        self.server.conditions.writes = honoured;
        self
    }

    /// Whether the server honours `If-Match` on `DeleteObject`; `false` without a call, since most
    /// compatible servers ignore it and delete whatever is there. AWS honours it.
    pub fn conditional_deletes(mut self, honoured: bool) -> Self {
        self.server.conditions.deletes = honoured;
        self
    }

    /// Whether the server has `DeleteObjects`, which deletes up to 1,000 files with one request; `true` without a
    /// call. Where it is refused, files are deleted one by one anyway; `false` spares the attempt.
    pub fn bulk_delete(mut self, available: bool) -> Self {
        self.server.features.bulk_delete = available;
        self
    }

    /// Says that the bucket has versioning enabled; `false` without a call. Then files can be opened, linked to
    /// and deleted by their version (the capability `versions`), and [`S3Storage::versions`] lists them. Without
    /// it those calls are `Unsupported`, since nothing is asked of the bucket when a storage is built.
    ///
    /// [`S3Storage::versions`]: crate::S3Storage::versions
    pub fn versions(mut self, kept: bool) -> Self {
        self.server.features.versions = kept;
        self
    }

    /// Whether objects can have ACLs of their own; `true` without a call, and then none is sent unless a save
    /// gives a visibility.
    ///
    /// Say `false` where they cannot: a bucket with `BucketOwnerEnforced`, which is how AWS makes buckets since April
    /// 2023, or a server without ACLs. The storage then has no capability `visibility`, and a visibility is refused
    /// before anything is sent.
    ///
    /// With `true`, copies keep the grants that other programs gave: a copy or rename of a file without a mark of this
    /// crate, and every copy of a file onto itself, asks for the ACL first (one `GetObjectAcl` more), and so does
    /// `set_visibility`. That takes the permission `s3:GetObjectAcl`, and `s3:PutObjectAcl` where there are grants to
    /// keep; without it these calls are `PermissionDenied` and nothing is written. Grants that another program gives to
    /// a file after this crate saved it are kept when its attributes change, but not by a copy to another name.
    pub fn acls(mut self, honoured: bool) -> Self {
        self.server.features.acls = honoured;
        self
    }
}

impl ServerSettings {
    pub(super) fn check(self, from_sdk: Option<&str>) -> Result<Server> {
        self.region.as_deref().map_or(Ok(()), config::check_region)?;
        let endpoint = match (self.endpoint.as_deref().or(from_sdk), self.preset) {
            (Some(given), _) => Some(given.to_owned()),
            (None, Some(preset)) => preset.endpoint(self.region.as_deref())?,
            (None, None) => None,
        };
        let endpoint: Option<Url> =
            endpoint.map(|url| config::check_endpoint("the endpoint", &url)).transpose()?;
        let checksums = match self.checksum_mode {
            ChecksumMode::Auto => endpoint.is_none(),
            ChecksumMode::WhenSupported => true,
            ChecksumMode::WhenRequired => false,
        };
        Ok(Server {
            path_style: config::path_style(self.addressing_style, endpoint.as_ref())?,
            region: self.region,
            endpoint,
            checksums,
            checksum_algorithm: self.checksum_algorithm,
            conditions: self.conditions,
            features: self.features,
        })
    }
}
