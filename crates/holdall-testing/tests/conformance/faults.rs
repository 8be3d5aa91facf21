//! A suite that nothing fails proves nothing: each fault is a mistake that a backend could make, and the
//! named case must find it.

use holdall_core::Store;
use holdall_testing::conformance::suite;

use crate::doctored::{Doctored, Fault};

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_found() {
    for (fault, case) in [
        (Fault::RenameOverwrites, "save_returns_the_name_that_opens"),
        (Fault::RenameOverwrites, "save_gives_a_hundred_simultaneous_savers_a_hundred_names"),
        (Fault::CreateIsCheckedBefore, "save_with_create_has_one_winner"),
        (Fault::ReplaceIgnoresTheVersion, "save_with_replace_refuses_a_stale_version"),
        (Fault::ReplaceIgnoresTheVersion, "save_with_replace_has_one_winner"),
        (Fault::KeepsHalfOfAFailedSource, "save_with_a_failing_source_leaves_nothing"),
        (Fault::KeepsHalfOfAFailedSource, "save_with_a_failing_source_leaves_the_old_file"),
        (Fault::KeepsHalfOfAFailedSource, "save_over_the_limit_stores_nothing"),
        (Fault::WritesInPlace, "save_is_never_seen_torn"),
        (Fault::WritesInPlace, "save_of_a_stream_dropped_at_any_poll_leaves_none_or_all"),
        (Fault::WritesInPlace, "writer_publishes_with_finish_and_not_before"),
        (Fault::MaxLengthIgnored, "save_keeps_to_max_name_length_with_rename"),
        (Fault::AttributesLost, "save_keeps_every_attribute"),
        (Fault::AttributesLost, "save_keeps_user_metadata_byte_for_byte"),
        (Fault::ChecksumForgotten, "metadata_tells_the_checksum"),
        (Fault::ChecksumNotVerified, "save_with_a_wrong_checksum_stores_nothing"),
        (Fault::NamesTrimmed, "names_that_are_odd_are_kept_byte_for_byte"),
        (Fault::RangesOffByOne, "open_reads_every_range"),
        (Fault::ConditionsIgnored, "open_honours_etags"),
        (Fault::ConditionsIgnored, "open_honours_dates"),
        (Fault::DirectoriesExist, "metadata_of_a_directory_is_not_found"),
        (Fault::DeleteOfMissingFails, "delete_of_a_missing_file_is_ok"),
        (Fault::ListsOnePage, "list_is_complete_beyond_a_page"),
        (Fault::ListsBySegment, "list_is_in_the_byte_order_of_whole_names"),
        (Fault::ListsBySegment, "list_of_one_level_sorts_directories_with_their_slash"),
        (Fault::ListStartsAtTheName, "list_starts_behind_any_name"),
        (Fault::CopyOntoItselfRewrites, "copy_onto_itself_does_nothing"),
        (Fault::CopyLosesAttributes, "copy_keeps_the_attributes"),
        (Fault::CopyIgnoresAttributes, "copy_with_attributes_replaces_them"),
        (Fault::CopyMergesAttributes, "copy_with_attributes_replaces_them"),
        (Fault::CopyOntoItselfIgnoresAttributes, "copy_onto_itself_with_attributes_changes_only_them"),
        (Fault::AttributesAreSavedWithWhatWasRead, "copy_onto_itself_with_attributes_undoes_no_save"),
        (Fault::RenameKeepsTheSource, "rename_moves_the_file"),
        (Fault::RenameDeletesFirst, "rename_has_the_modes_of_save"),
        (Fault::CopyCreateIsCheckedBefore, "copy_with_create_has_one_winner"),
        (Fault::CopyReplaceIgnoresTheVersion, "copy_with_replace_has_one_winner"),
        (Fault::CopyReplaceIgnoresTheVersion, "copy_with_replace_takes_only_that_version"),
        (Fault::CopyIgnoresItsIfMatch, "copy_with_if_match_never_copies_another_version"),
        (Fault::DeleteIgnoresItsIfMatch, "delete_with_if_match_never_deletes_another_version"),
        (Fault::CreatedIsNow, "metadata_tells_when_a_file_was_made_and_read"),
        (Fault::LeadsNowhere, "path_leads_to_the_bytes"),
        (Fault::SweepsFiles, "sweep_leaves_files_alone"),
        (Fault::UrlsAreNotEncoded, "url_of_a_public_file_is_plain"),
        (Fault::UrlsAreNotEncoded, "url_of_a_private_file_is_signed_and_expires"),
        (Fault::UrlsLiveForEver, "url_of_a_private_file_is_signed_and_expires"),
        (Fault::OneSignatureForAll, "url_grants_one_name_and_one_method"),
        (Fault::ListsBySegment, "operations_in_any_order_match_the_model"),
        (Fault::RenameKeepsTheSource, "operations_in_any_order_match_the_model"),
        (Fault::ReplaceIgnoresTheVersion, "operations_in_any_order_match_the_model"),
    ] {
        let report = suite().only(case).run(&Store::new(Doctored::broken(fault))).await;
        let found = report.failed.iter().any(|(name, _)| *name == case);
        assert!(found, "{fault:?} was not found by {case}:\n{report}");
    }
}

/// Nobody but the storage itself looks at the options, so that one which forgets to is found by every case that
/// expects a refusal.
#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_forgets_to_check_its_options_is_found() {
    for case in [
        "save_with_create_is_refused_where_it_is_not_atomic",
        "save_with_replace_is_refused_where_it_is_not_atomic",
        "save_with_rename_is_refused_where_names_are_not_unique",
        "save_refuses_attributes_where_none_are_kept",
        "save_refuses_a_visibility_where_none_is_kept",
        "copy_with_create_is_refused_where_it_is_not_atomic",
        "copy_with_replace_is_refused_where_it_is_not_atomic",
        "copy_with_if_match_is_refused_where_it_is_not_atomic",
        "copy_refuses_attributes_where_none_are_kept",
        "delete_with_if_match_is_refused_where_it_is_not_atomic",
    ] {
        let report = suite().only(case).run(&Store::new(Doctored::poor(Fault::None))).await;
        report.assert();
        let report = suite().only(case).run(&Store::new(Doctored::poor(Fault::ChecksForgotten))).await;
        assert_eq!(report.failed.len(), 1, "{case} does not find it:\n{report}");
    }
}

/// Without a fault the same storage passes, so that it is the fault which the cases find.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_fault_it_conforms() {
    suite().run(&Store::new(Doctored::broken(Fault::None))).await.assert();
}
