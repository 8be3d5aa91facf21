//! Where the server is, and what it is known to do.

use holdall_core::Result;
use url::Url;

use super::S3StorageBuilder;
use crate::config::{
    self, AddressingStyle, ChecksumAlgorithm, ChecksumMode, Conditions, Features, Preset, Server,
    ServerCondition, UniqueNames, invalid,
};

/// The settings of this module.
pub(super) struct ServerSettings {
    pub(super) preset: Option<Preset>,
    pub(super) region: Option<String>,
    pub(super) endpoint: Option<String>,
    pub(super) addressing_style: AddressingStyle,
    pub(super) checksum_mode: ChecksumMode,
    checksum_algorithm: ChecksumAlgorithm,
    pub(super) conditions: Conditions,
    unique_names: UniqueNames,
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
            conditions: Conditions::default(),
            unique_names: UniqueNames::Auto,
            features: Features { bulk_delete: true, ordered_listings: true, versions: false, acls: true },
        }
    }
}

impl S3StorageBuilder {
    /// The region, such as `eu-central-1`. By default the SDK's chain is asked (`AWS_REGION`, the
    /// profile, the instance); at a custom endpoint it is `us-east-1`, which most servers take for their own. There it
    /// may have upper-case letters, too: `GRA`, `RegionOne`.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.server.region = Some(region.into());
        self
    }

    /// The API endpoint of another server than AWS, such as `http://127.0.0.1:9000`. It may have a path, such as
    /// `https://project.supabase.co/storage/v1/s3`.
    ///
    /// It does not name the bucket: `build` refuses an endpoint whose path ends in the bucket, or whose host begins
    /// with it where the rest begins with `s3.` or `s3-` or belongs to a known service
    /// (`https://media.s3.eu-central-1.amazonaws.com`).
    ///
    /// Environment variables (`AWS_ENDPOINT_URL`) are not read: where an application's files go is a
    /// setting of its own.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.server.endpoint = Some(url.into());
        self
    }

    /// How the bucket is named in requests and URLs; by default [`AddressingStyle::Auto`].
    pub fn addressing_style(mut self, style: AddressingStyle) -> Self {
        self.server.addressing_style = style;
        self
    }

    /// When checksums travel with requests; by default [`ChecksumMode::Auto`].
    pub fn checksum_mode(mut self, mode: ChecksumMode) -> Self {
        self.server.checksum_mode = mode;
        self
    }

    /// The checksum that travels with requests; by default [`ChecksumAlgorithm::Crc64Nvme`]. It matters only
    /// where [`checksum_mode`](Self::checksum_mode) says that one does.
    pub fn checksum_algorithm(mut self, algorithm: ChecksumAlgorithm) -> Self {
        self.server.checksum_algorithm = algorithm;
        self
    }

    /// Says that the server honours one condition, or that it does not. By default the storage asks when it first
    /// needs to know, with a small object of its own; AWS is known to honour all. A [`Preset`] says several at once,
    /// and so does the report of a [probe](crate::S3Storage::probe) ([`probed`](Self::probed)).
    ///
    /// Where a condition is not honoured, the storage goes another way that is as safe, or refuses what would need it:
    /// see [`ServerCondition`].
    ///
    /// ```
    /// use holdall_s3::{S3Storage, ServerCondition};
    ///
    /// # fn main() -> holdall_core::Result<()> {
    /// let storage = S3Storage::builder("media")
    ///     .endpoint("https://s3.example.com")
    ///     .conditional_writes(true)
    ///     .condition(ServerCondition::CopyIfNoneMatch, false)
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn condition(mut self, condition: ServerCondition, honoured: bool) -> Self {
        self.server.conditions = self.server.conditions.with(&[condition], Some(honoured));
        self
    }

    /// Says for several [conditions](Self::condition) at once that the server honours them.
    pub fn honoured_conditions(self, conditions: impl IntoIterator<Item = ServerCondition>) -> Self {
        conditions.into_iter().fold(self, |builder, condition| builder.condition(condition, true))
    }

    /// Says for several [conditions](Self::condition) at once that the server does not honour them.
    pub fn ignored_conditions(self, conditions: impl IntoIterator<Item = ServerCondition>) -> Self {
        conditions.into_iter().fold(self, |builder, condition| builder.condition(condition, false))
    }

    /// Says whether the server honours `If-None-Match` and `If-Match` on `PutObject` and `CompleteMultipartUpload`.
    /// `false` says the same of the destination of `CopyObject`, which no server honours alone.
    pub fn conditional_writes(mut self, honoured: bool) -> Self {
        let mut conditions = self.server.conditions.with(&WRITES, Some(honoured));
        if !honoured {
            conditions = conditions.with(&COPIES, Some(false));
        }
        self.server.conditions = conditions;
        self
    }

    /// Says whether the server honours the conditions of `CopyObject`, on its destination and on its source.
    pub fn conditional_copies(mut self, honoured: bool) -> Self {
        let conditions = self.server.conditions.with(&COPIES, Some(honoured));
        self.server.conditions = conditions.with(&[ServerCondition::CopySourceIfMatch], Some(honoured));
        self
    }

    /// Says whether the server honours `If-Match` on `DeleteObject`.
    pub fn conditional_deletes(self, honoured: bool) -> Self {
        self.condition(ServerCondition::DeleteIfMatch, honoured)
    }

    /// How `Unique` keeps names from being taken twice; by default [`UniqueNames::Auto`].
    pub fn unique_names(mut self, way: UniqueNames) -> Self {
        self.server.unique_names = way;
        self
    }

    /// Whether the server has `DeleteObjects`, which deletes up to 1,000 files with one request; by default `true`.
    /// Where it is refused, files are deleted one by one anyway; `false` spares the attempt.
    pub fn bulk_delete(mut self, available: bool) -> Self {
        self.server.features.bulk_delete = available;
        self
    }

    /// Whether recursive listings come in the byte order of the keys over several pages, as S3's do; by default `true`.
    /// With `false` a listing goes level by level and sorts each: one request more for each directory. For
    /// `SeaweedFS`, whose [`Preset`] says it.
    pub fn ordered_listings(mut self, ordered: bool) -> Self {
        self.server.features.ordered_listings = ordered;
        self
    }

    /// Says that the bucket has versioning enabled; by default `false`. If it has, files can be opened, linked to
    /// and deleted by their version (the capability `versions`), and [`S3Storage::versions`] lists them. Without
    /// it those calls are `Unsupported`, since nothing is asked of the bucket when a storage is built.
    ///
    /// [`S3Storage::versions`]: crate::S3Storage::versions
    pub fn versions(mut self, kept: bool) -> Self {
        self.server.features.versions = kept;
        self
    }

    /// Whether objects can have ACLs of their own; by default `true`, and then none is sent unless a save
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
    pub(super) fn check(self, from_sdk: Option<&str>, bucket: &str) -> Result<Server> {
        let endpoint = match (self.endpoint.as_deref().or(from_sdk), self.preset) {
            (Some(given), _) => Some(given.to_owned()),
            (None, Some(preset)) => preset.endpoint(self.region.as_deref())?,
            (None, None) => None,
        };
        let endpoint: Option<Url> =
            endpoint.map(|url| config::check_endpoint("endpoint", &url)).transpose()?;
        if let Some(endpoint) = &endpoint {
            config::check_names_no_bucket("endpoint", endpoint, bucket)?;
        }
        let is_custom = endpoint.is_some();
        self.region.as_deref().map_or(Ok(()), |region| config::check_region(region, is_custom))?;
        config::check_bucket(bucket, self.region.as_deref(), is_custom)?;
        // AWS honours all of them ("Conditional requests", "Conditional deletes", Amazon S3 User Guide).
        let conditions = match (endpoint.is_some(), self.preset) {
            (false, None) => self.conditions.or(true),
            _ => self.conditions,
        };
        check_unique_names(self.unique_names, conditions, self.preset)?;
        let checksums = match self.checksum_mode {
            ChecksumMode::Auto => endpoint.is_none(),
            ChecksumMode::WhenSupported => true,
            ChecksumMode::WhenRequired => false,
        };
        Ok(Server {
            path_style: config::path_style(self.addressing_style, endpoint.as_ref(), bucket)?,
            region: self.region,
            endpoint,
            checksums,
            checksum_algorithm: self.checksum_algorithm,
            conditions,
            unique_names: self.unique_names,
            features: self.features,
        })
    }
}

/// The conditions of writes that send content.
const WRITES: [ServerCondition; 4] = [
    ServerCondition::PutIfNoneMatch,
    ServerCondition::PutIfMatch,
    ServerCondition::CompleteIfNoneMatch,
    ServerCondition::CompleteIfMatch,
];
/// The conditions on the destination of a copy.
const COPIES: [ServerCondition; 2] = [ServerCondition::CopyIfNoneMatch, ServerCondition::CopyIfMatch];

/// Refuses to make names unique by a condition that is known to be ignored.
fn check_unique_names(way: UniqueNames, conditions: Conditions, preset: Option<Preset>) -> Result<()> {
    let needed = [ServerCondition::PutIfNoneMatch, ServerCondition::CompleteIfNoneMatch];
    let ignored = needed.into_iter().find(|&condition| conditions.get(condition) == Some(false));
    let (UniqueNames::Condition, Some(ignored)) = (way, ignored) else { return Ok(()) };
    let server = match preset {
        Some(preset) => format!("the server of preset {preset}"),
        None => "the server".to_owned(),
    };
    Err(invalid(
        "unique_names",
        format!(
            "unique_names is \"condition\", but {server} does not honour {ignored}; set unique_names = \"random\""
        ),
    ))
}
