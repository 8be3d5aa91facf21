//! Facts about servers that speak S3, each with its source.
//!
//! Only what a vendor documents, or what was measured on the server itself, stands here. Where nothing is known about
//! conditional writes, they are off: then `Create` and `IfMatch` are refused, which is seen at the first save, and
//! `Unique` adds random letters to every name, while a condition that a server ignores loses a file without a word. A
//! [probe](crate::S3Storage::probe) tells what can be switched on.

use std::fmt;
use std::str::FromStr;

use holdall_core::{Error, Result};

use super::{ChecksumMode, Conditions, ServerCondition, invalid};

use ServerCondition::{
    CompleteIfMatch, CompleteIfNoneMatch, CopyIfMatch, CopySourceIfMatch, DeleteIfMatch, PutIfMatch,
    PutIfNoneMatch,
};

/// A kind of server whose ways are known; see [`S3StorageBuilder::preset`](crate::S3StorageBuilder::preset).
///
/// | preset | spelled | endpoint | conditions | names of `Unique` | checksums | ACLs | |
/// | --- | --- | --- | --- | --- | --- | --- | --- |
/// | [`Aws`](Self::Aws) | `aws` | AWS | all | plain | yes | yes | buckets of today have ACLs off: set `acls(false)` |
/// | [`R2`](Self::R2) | `r2` | yours | of writes and of the source of copies | plain | yes | no | region `auto`, equal parts |
/// | [`MinIo`](Self::MinIo) | `minio` | yours | of writes and of the source of copies; the others are asked | plain | probe | no | |
/// | [`Ceph`](Self::Ceph) | `ceph` | yours | none | random | no | yes | newer releases than 16: probe |
/// | [`Garage`](Self::Garage) | `garage` | yours | none | random | probe | no | region `garage` |
/// | [`SeaweedFs`](Self::SeaweedFs) | `seaweedfs` | yours | of `PutObject`, of deletions, of the source and the creation of copies | random | yes | no | listings go level by level |
/// | [`Gcs`](Self::Gcs) | `gcs` | Google's | none; the source of copies is asked | random | no | probe | region `auto`; HMAC keys |
/// | [`Spaces`](Self::Spaces) | `spaces` | of the region | none; the source of copies is asked | random | probe | yes | |
/// | [`B2`](Self::B2) | `b2` | of the region | none; the source of copies is asked | random | probe | no | |
/// | [`Scaleway`](Self::Scaleway) | `scaleway` | of the region | of writes and copies | plain | probe | yes | |
/// | [`Ovh`](Self::Ovh) | `ovh` | of the region | of writes and deletions; copies are asked | plain | probe | yes | |
///
/// [`ServerCondition`] says what a storage does where a condition is missing, [`UniqueNames`](crate::UniqueNames) what
/// plain and random names are. "asked" is found out when it is first needed. "probe" is off until you know:
/// [`S3Storage::probe`](crate::S3Storage::probe) and [`probed`](crate::S3StorageBuilder::probed) find out about your
/// server and set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// Amazon S3.
    Aws,
    /// Cloudflare R2. The endpoint is `https://<account id>.r2.cloudflarestorage.com`.
    R2,
    /// `MinIO`, from release 2024-05 on.
    MinIo,
    /// Ceph's object gateway (RGW).
    Ceph,
    /// Garage.
    Garage,
    /// `SeaweedFS`.
    SeaweedFs,
    /// Google Cloud Storage through its XML API, with HMAC keys ("interoperability").
    ///
    /// Google unpacks files that were saved with `Content-Encoding: gzip` for readers that do not accept gzip. A
    /// storage accepts it and reads the stored bytes. A browser that follows a plain or signed URL accepts it too and
    /// unpacks them itself; a client that does not, such as `curl` without `--compressed`, gets the text, without a
    /// `Content-Length` and without ranges. `Cache-Control: no-transform` keeps Google from unpacking for anybody.
    Gcs,
    /// `DigitalOcean` Spaces, in a region such as `fra1`.
    Spaces,
    /// Backblaze B2, in a region such as `us-west-004`.
    B2,
    /// Scaleway Object Storage, in a region such as `fr-par`.
    Scaleway,
    /// `OVHcloud` Object Storage, in a region such as `gra`.
    Ovh,
}

/// Where a server is.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Where the SDK says.
    Aws,
    /// Only its owner knows.
    Given(&'static str),
    /// Always there.
    Fixed(&'static str),
    /// The region stands between these two.
    OfRegion(&'static str, &'static str),
}

/// The settings of a preset.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a statement of its own about a server")]
pub(crate) struct Facts {
    place: Place,
    pub(crate) region: Option<&'static str>,
    pub(crate) conditions: Conditions,
    pub(crate) checksum_mode: ChecksumMode,
    pub(crate) acls: bool,
    pub(crate) equal_parts: bool,
    pub(crate) bulk_delete: bool,
    pub(crate) ordered_listings: bool,
}

/// A server of which only the place is known.
const fn cautious(place: Place) -> Facts {
    Facts {
        place,
        region: None,
        conditions: Conditions::all(Some(false)).with(&[CopySourceIfMatch], None),
        checksum_mode: ChecksumMode::Auto,
        acls: true,
        equal_parts: false,
        bulk_delete: true,
        ordered_listings: true,
    }
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 11] = [
        Self::Aws,
        Self::R2,
        Self::MinIo,
        Self::Ceph,
        Self::Garage,
        Self::SeaweedFs,
        Self::Gcs,
        Self::Spaces,
        Self::B2,
        Self::Scaleway,
        Self::Ovh,
    ];

    /// The name in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::R2 => "r2",
            Self::MinIo => "minio",
            Self::Ceph => "ceph",
            Self::Garage => "garage",
            Self::SeaweedFs => "seaweedfs",
            Self::Gcs => "gcs",
            Self::Spaces => "spaces",
            Self::B2 => "b2",
            Self::Scaleway => "scaleway",
            Self::Ovh => "ovh",
        }
    }

    pub(crate) fn facts(self) -> Facts {
        let writes = [PutIfNoneMatch, PutIfMatch, CompleteIfNoneMatch, CompleteIfMatch];
        let nothing = Conditions::default();
        match self {
            // "Conditional requests" and "Conditional deletes", Amazon S3 User Guide. ACLs are left on: old buckets
            // have them ("Controlling ownership of objects and disabling ACLs").
            Self::Aws => Facts { conditions: Conditions::all(Some(true)), ..cautious(Place::Aws) },
            // developers.cloudflare.com/r2: "S3 API compatibility" (region, no ACLs, CRC-64/NVME of full objects),
            // "Conditional operations" (PutObject and Complete take the standard headers, CopyObject wants
            // cf-copy-destination-if-*; DeleteObject is not listed), "Multipart upload" (equal parts).
            Self::R2 => Facts {
                region: Some("auto"),
                conditions: Conditions::all(Some(false))
                    .with(&writes, Some(true))
                    .with(&[CopySourceIfMatch], Some(true)),
                checksum_mode: ChecksumMode::WhenSupported,
                acls: false,
                equal_parts: true,
                ..cautious(Place::Given("https://<account id>.r2.cloudflarestorage.com"))
            },
            // Conditions: minio/minio#20346 (PutObject), minio/minio#19713 (Complete). ACLs: docs/minio-limits.md
            // ("ObjectACL: use bucket policies instead"). CRC-64/NVME came with a release of 2025.
            Self::MinIo => Facts {
                conditions: nothing.with(&writes, Some(true)).with(&[CopySourceIfMatch], Some(true)),
                acls: false,
                ..cautious(Place::Given("http://127.0.0.1:9000"))
            },
            // Measured on RGW 16.2.15: the conditions of Complete, of both ends of CopyObject, of DeleteObject and, in
            // buckets with versions, of PutObject are ignored, as are checksums; If-Match takes an entity tag without
            // its quotes only; canned ACLs work.
            Self::Ceph => Facts {
                conditions: Conditions::all(Some(false)),
                ..cautious(Place::Given("https://rgw.example.com"))
            },
            // Measured on Garage 2.5: every condition is accepted and ignored. garagehq.deuxfleurs.fr: "S3
            // Compatibility status" (no ACLs), "Integrations" (the region of the documentation's own configuration).
            Self::Garage => Facts {
                region: Some("garage"),
                conditions: Conditions::all(Some(false)),
                acls: false,
                ..cautious(Place::Given("http://127.0.0.1:3900"))
            },
            // Measured on 4.48, and again by this crate's tests. CopyObject with If-Match and
            // CompleteMultipartUpload look first and write afterwards: races have two winners now and then. Its buckets
            // have BucketOwnerEnforced.
            Self::SeaweedFs => Facts {
                conditions: Conditions::all(Some(true))
                    .with(&[CopyIfMatch, CompleteIfMatch, CompleteIfNoneMatch], Some(false)),
                checksum_mode: ChecksumMode::WhenSupported,
                acls: false,
                ordered_listings: false,
                ..cautious(Place::Given("http://127.0.0.1:8333"))
            },
            // cloud.google.com/storage/docs: "Interoperability with other storage providers" (endpoint), "Request
            // preconditions" (x-goog-if-generation-match; claims about If-None-Match contradict each other, see
            // apache/opendal#7889). Old clients break on checksums; deletion of many is recent.
            Self::Gcs => Facts {
                region: Some("auto"),
                checksum_mode: ChecksumMode::WhenRequired,
                bulk_delete: false,
                ..cautious(Place::Fixed("https://storage.googleapis.com"))
            },
            // docs.digitalocean.com: "Spaces API Reference" (endpoint; the region's slug in signatures; object ACLs).
            // If-Match is refused in the form that the standard wants (slatedb/slatedb#1818).
            Self::Spaces => cautious(Place::OfRegion("https://", ".digitaloceanspaces.com")),
            // backblaze.com: "Call the S3-Compatible API" (endpoint), "S3 Compatible API" (no ACLs of objects).
            // Conditional PutObject is 501 (sathinduga/obsidian-s3-sync-and-backup#84).
            Self::B2 => Facts { acls: false, ..cautious(Place::OfRegion("https://s3.", ".backblazeb2.com")) },
            // scaleway.com/en/docs/object-storage: "Concepts" (endpoint, ACLs), "Using conditional writes" (PutObject,
            // CopyObject and Complete).
            Self::Scaleway => Facts {
                conditions: Conditions::all(Some(true)).with(&[DeleteIfMatch], Some(false)),
                ..cautious(Place::OfRegion("https://s3.", ".scw.cloud"))
            },
            // docs.ovhcloud.com: "Object Storage - Conditional writes" (PutObject, DeleteObject, Complete; CopyObject
            // is not listed). Endpoint and ACLs: "Object Storage". Trailers were refused in 2025
            // (ovh/public-cloud-roadmap#781); none are sent.
            Self::Ovh => Facts {
                conditions: nothing.with(&writes, Some(true)).with(&[DeleteIfMatch], Some(true)),
                ..cautious(Place::OfRegion("https://s3.", ".io.cloud.ovh.net"))
            },
        }
    }

    /// The endpoint where none was set.
    ///
    /// # Errors
    ///
    /// `InvalidConfig` where it follows from nothing, or from a region that was not set.
    pub(crate) fn endpoint(self, region: Option<&str>) -> Result<Option<String>> {
        match (self.facts().place, region) {
            (Place::Aws, _) => Ok(None),
            (Place::Fixed(endpoint), _) => Ok(Some(endpoint.to_owned())),
            (Place::OfRegion(before, after), Some(region)) => Ok(Some(format!("{before}{region}{after}"))),
            (Place::OfRegion(..), None) => Err(invalid(
                "preset",
                format!("the preset {self} needs a region, which names its host; set region"),
            )),
            (Place::Given(example), _) => Err(invalid(
                "preset",
                format!("the preset {self} needs an endpoint, such as {example}; set endpoint"),
            )),
        }
    }
}

impl FromStr for Preset {
    type Err = Error;

    /// The words of the table, as settings spell them.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|preset| format!("{:?}", preset.as_str())).collect();
            invalid("preset", format!("{text:?} is no preset; there are {}", known.join(", ")))
        })
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use holdall_core::{ErrorKind, Storage as _};

    use super::Preset;
    use crate::{ChecksumMode, S3Storage, S3StorageBuilder};

    fn builder(preset: Preset) -> S3StorageBuilder {
        S3Storage::builder("media").preset(preset).access_key("a").secret_key("b")
    }

    /// With what each preset asks for.
    fn storage(preset: Preset) -> S3Storage {
        let builder = builder(preset);
        let builder = match preset {
            Preset::Aws => builder.region("eu-central-1"),
            Preset::Gcs => builder,
            Preset::Spaces => builder.region("fra1"),
            Preset::B2 => builder.region("us-west-004"),
            Preset::Scaleway => builder.region("fr-par"),
            Preset::Ovh => builder.region("gra"),
            Preset::R2 | Preset::MinIo | Preset::Ceph | Preset::Garage | Preset::SeaweedFs => {
                builder.endpoint("https://s3.example.com")
            }
        };
        builder.build().unwrap()
    }

    #[test]
    fn each_preset_builds_and_sets_what_the_table_says() {
        let places = [
            (Preset::Aws, None, Some("eu-central-1")),
            (Preset::R2, Some("https://s3.example.com/"), Some("auto")),
            (Preset::MinIo, Some("https://s3.example.com/"), None),
            (Preset::Ceph, Some("https://s3.example.com/"), None),
            (Preset::Garage, Some("https://s3.example.com/"), Some("garage")),
            (Preset::SeaweedFs, Some("https://s3.example.com/"), None),
            (Preset::Gcs, Some("https://storage.googleapis.com/"), Some("auto")),
            (Preset::Spaces, Some("https://fra1.digitaloceanspaces.com/"), Some("fra1")),
            (Preset::B2, Some("https://s3.us-west-004.backblazeb2.com/"), Some("us-west-004")),
            (Preset::Scaleway, Some("https://s3.fr-par.scw.cloud/"), Some("fr-par")),
            (Preset::Ovh, Some("https://s3.gra.io.cloud.ovh.net/"), Some("gra")),
        ];
        assert_eq!(places.map(|(preset, ..)| preset), Preset::ALL);
        for (preset, endpoint, region) in places {
            let storage = storage(preset);
            let server = &storage.config().server;
            assert_eq!(server.endpoint.as_ref().map(url::Url::as_str), endpoint, "{preset}");
            assert_eq!(server.region.as_deref(), region, "{preset}");
        }
        let with = |has: fn(&S3Storage) -> bool| -> Vec<Preset> {
            Preset::ALL.into_iter().filter(|&preset| has(&storage(preset))).collect()
        };
        let writes =
            [Preset::Aws, Preset::R2, Preset::MinIo, Preset::SeaweedFs, Preset::Scaleway, Preset::Ovh];
        assert_eq!(with(|storage| storage.capabilities().create), writes);
        let deletes = [Preset::Aws, Preset::SeaweedFs, Preset::Ovh];
        assert_eq!(with(|storage| storage.capabilities().delete_if_match), deletes);
        let checksums = [Preset::Aws, Preset::R2, Preset::SeaweedFs];
        assert_eq!(with(|storage| storage.capabilities().checksum), checksums);
        let acls = [Preset::Aws, Preset::Ceph, Preset::Gcs, Preset::Spaces, Preset::Scaleway, Preset::Ovh];
        assert_eq!(with(|storage| storage.capabilities().visibility), acls);
        assert_eq!(with(|storage| storage.config().transfers.equal_parts), [Preset::R2]);
        assert_eq!(with(|storage| !storage.config().server.features.bulk_delete), [Preset::Gcs]);
    }

    #[test]
    fn calls_after_the_preset_win() {
        let storage = builder(Preset::R2)
            .endpoint("https://s3.example.com")
            .region("weur")
            .checksum_mode(ChecksumMode::WhenRequired)
            .conditional_writes(false)
            .acls(true)
            .build()
            .unwrap();
        assert_eq!(storage.config().server.region.as_deref(), Some("weur"));
        let capabilities = storage.capabilities();
        assert!(!capabilities.checksum && !capabilities.create && capabilities.visibility);
        // A proxy of one's own before a service that has its place.
        let storage = builder(Preset::Spaces).endpoint("https://proxy.example.com").build().unwrap();
        assert!(format!("{storage:?}").contains("https://proxy.example.com"));
    }

    #[test]
    fn what_a_preset_needs_is_said() {
        for (preset, missing) in [(Preset::R2, "endpoint"), (Preset::Spaces, "region")] {
            let error = builder(preset).build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig);
            assert!(error.to_string().contains(&format!("the preset {preset} needs")), "{error}");
            assert!(error.to_string().contains(&format!("set {missing}")), "{error}");
        }
    }

    #[test]
    fn settings_spell_them() {
        for preset in Preset::ALL {
            assert_eq!(preset.to_string().parse::<Preset>().unwrap(), preset);
        }
        let error = "wasabi".parse::<Preset>().unwrap_err().to_string();
        assert!(error.contains("\"wasabi\"") && error.contains("\"scaleway\""), "{error}");
    }
}
