//! What a probe has found out, as settings.

use super::S3StorageBuilder;
use crate::config::ChecksumMode;
use crate::probe::{Feature, ProbeReport};

impl S3StorageBuilder {
    /// Sets what a [probe](crate::S3Storage::probe) has found out about server and bucket. What is unknown in the
    /// report stays as it is, and later calls win.
    ///
    /// | setting | from |
    /// | --- | --- |
    /// | [`conditional_writes`](Self::conditional_writes) | all four conditions of `PutObject` and Complete; one no is a no |
    /// | [`conditional_deletes`](Self::conditional_deletes) | that of `DeleteObject` |
    /// | [`checksum_mode`](Self::checksum_mode) | CRC-64/NVME of single and of multipart objects |
    /// | [`equal_parts`](Self::equal_parts) | parts of unequal size |
    /// | [`bulk_delete`](Self::bulk_delete) | `DeleteObjects` |
    /// | [`acls`](Self::acls), [`versions`](Self::versions) | ACL, versions |
    ///
    /// And a storage that knows whether copies are conditional does not ask the server itself.
    pub fn probed(mut self, report: &ProbeReport) -> Self {
        let known = |features: &[Feature]| {
            if features.iter().any(|&feature| report.lacks(feature)) {
                return Some(false);
            }
            features.iter().all(|&feature| report.has(feature)).then_some(true)
        };
        let writes = [
            Feature::ConditionalCreate,
            Feature::SimultaneousCreates,
            Feature::ConditionalReplace,
            Feature::ConditionalComplete,
        ];
        let conditions = &mut self.server.conditions;
        conditions.writes = known(&writes).unwrap_or(conditions.writes);
        conditions.deletes = known(&[Feature::ConditionalDelete]).unwrap_or(conditions.deletes);
        conditions.copies = known(&[Feature::ConditionalCopy]).or(conditions.copies);
        match known(&[Feature::Crc64Nvme, Feature::MultipartChecksum]) {
            Some(true) => self.server.checksum_mode = ChecksumMode::WhenSupported,
            Some(false) => self.server.checksum_mode = ChecksumMode::WhenRequired,
            None => {}
        }
        let unequal = known(&[Feature::UnequalParts]);
        self.transfers.equal_parts = unequal.map_or(self.transfers.equal_parts, |unequal| !unequal);
        self.server.features.acls = known(&[Feature::Acl]).unwrap_or(self.server.features.acls);
        let bulk = known(&[Feature::BulkDelete]);
        self.server.features.bulk_delete = bulk.unwrap_or(self.server.features.bulk_delete);
        self.server.features.versions = known(&[Feature::Versions]).unwrap_or(self.server.features.versions);
        self
    }
}
