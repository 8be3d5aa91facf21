//! The capabilities that follow from the settings and from the conditions that the server honours.

use holdall_core::Capabilities;

use super::limits::MAX_OBJECT_SIZE;
use super::{ChecksumAlgorithm, Config, ServerCondition, UniqueNames};

use ServerCondition::{
    CompleteIfMatch, CompleteIfNoneMatch, CopyIfMatch, CopyIfNoneMatch, CopySourceIfMatch, DeleteIfMatch,
    PutIfMatch, PutIfNoneMatch,
};

/// The capabilities of a storage whose server honours those conditions.
pub(crate) fn capabilities(config: &Config, honours: &dyn Fn(ServerCondition) -> bool) -> Capabilities {
    let server = &config.server;
    let links = config.requests.can_be_linked();
    let by_condition = honours(PutIfNoneMatch) && honours(CompleteIfNoneMatch);
    let random = server.unique_names != UniqueNames::Condition;
    let replaces_by_copy = honours(CopyIfMatch) || honours(CompleteIfMatch);
    Capabilities::default()
        .with_writable(true)
        .with_create(honours(PutIfNoneMatch))
        .with_create_large(by_condition)
        .with_unique(by_condition || random)
        .with_plain_names(by_condition && server.unique_names != UniqueNames::Random)
        .with_replace(honours(PutIfMatch))
        .with_replace_large(honours(PutIfMatch) && honours(CompleteIfMatch))
        .with_copy_create(honours(CopyIfNoneMatch) || honours(CompleteIfNoneMatch))
        .with_copy_replace(replaces_by_copy)
        .with_copy_if_match(honours(CopySourceIfMatch))
        .with_delete_if_match(honours(DeleteIfMatch))
        .with_attributes(true)
        .with_update_attributes(replaces_by_copy)
        .with_visibility(server.features.acls)
        .with_checksum(server.checksum() == Some(ChecksumAlgorithm::Crc64Nvme))
        .with_durable(true)
        .with_versions(server.features.versions)
        .with_public_url(links)
        .with_signed_url(links)
        .with_url_overrides(links)
        .with_upload_request(links)
        .with_upload_forms(links)
        .with_files_beside_directories(true)
        .with_markers(server.features.ordered_listings)
        .with_max_size(MAX_OBJECT_SIZE)
}
