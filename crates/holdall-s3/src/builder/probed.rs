//! The report of a probe as settings.

use super::S3StorageBuilder;
use crate::config::{ChecksumMode, ServerCondition};
use crate::extras::probe::{Feature, ProbeReport};

impl S3StorageBuilder {
    /// Sets what a [probe](crate::S3Storage::probe) has found out about server and bucket. A setting that is unknown in
    /// the report stays as it is, and later calls win.
    ///
    /// | setting | from |
    /// | --- | --- |
    /// | [`condition`](Self::condition) of each | its own answer, and that of its race; one no is a no |
    /// | [`checksum_mode`](Self::checksum_mode) | CRC-64/NVME of single and of multipart objects |
    /// | [`equal_parts`](Self::equal_parts) | parts of unequal size |
    /// | [`bulk_delete`](Self::bulk_delete) | `DeleteObjects` |
    /// | [`ordered_listings`](Self::ordered_listings) | the order of listings, flat and of trees |
    /// | [`acls`](Self::acls), [`versions`](Self::versions) | ACL, versions |
    ///
    /// A storage that knows all conditions asks the server about none.
    pub fn probed(mut self, report: &ProbeReport) -> Self {
        let known = |features: &[Feature]| {
            if features.iter().any(|&feature| report.lacks(feature)) {
                return Some(false);
            }
            features.iter().all(|&feature| report.has(feature)).then_some(true)
        };
        for condition in ServerCondition::ALL {
            let asked = Feature::of(condition);
            let raced = match condition {
                ServerCondition::PutIfNoneMatch => Feature::SimultaneousCreates,
                ServerCondition::PutIfMatch => Feature::SimultaneousReplaces,
                ServerCondition::CopyIfNoneMatch => Feature::SimultaneousCopies,
                _ => asked,
            };
            if let Some(honoured) = known(&[asked, raced]) {
                self.server.conditions = self.server.conditions.with(&[condition], Some(honoured));
            }
        }
        match known(&[Feature::Crc64Nvme, Feature::MultipartChecksum]) {
            Some(true) => self.server.checksum_mode = ChecksumMode::WhenSupported,
            Some(false) => self.server.checksum_mode = ChecksumMode::WhenRequired,
            None => {}
        }
        let unequal = known(&[Feature::UnequalParts]);
        self.transfers.equal_parts = unequal.map_or(self.transfers.equal_parts, |unequal| !unequal);
        self.server.features.acls = known(&[Feature::Acl]).unwrap_or(self.server.features.acls);
        let ordered = known(&[Feature::ListOrder, Feature::ListTree]);
        self.server.features.ordered_listings = ordered.unwrap_or(self.server.features.ordered_listings);
        let bulk = known(&[Feature::BulkDelete]);
        self.server.features.bulk_delete = bulk.unwrap_or(self.server.features.bulk_delete);
        self.server.features.versions = known(&[Feature::Versions]).unwrap_or(self.server.features.versions);
        self
    }
}
