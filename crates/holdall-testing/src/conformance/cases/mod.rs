//! The cases: one function for each statement, named `<verb>_<what holds>`.
//!
//! A function takes a [`Store`](holdall_core::Store) in which it may do what it wants: call it with an
//! empty location of its own, as [`Suite::run_case`](super::Suite::run_case) does. It panics when its
//! statement does not hold. It does not look at capabilities where the [table](super::cases())
//! has done so already.
#![expect(clippy::missing_panics_doc, reason = "every case panics when its statement does not hold")]

// The modules are private and the table re-exports each of its cases: a case that is forgotten in the
// table is dead code, which the compiler reports.
mod attributes;
mod cancellation;
mod capabilities;
mod checksum;
mod concurrency;
mod conditions;
mod copy;
mod copy_attributes;
mod delete;
mod delete_many;
mod hierarchy;
mod list;
mod metadata;
mod modes;
mod names;
mod open;
mod path;
mod promote;
mod refusal;
mod rename;
mod save;
mod sequences;
mod sweep;
mod upload;
mod url;
mod versions;
mod visibility;
mod writer;

/// The table of all cases. `name: [promises] + capability - missing capability @ flag`.
///
/// It is a macro that hands the rows to another, so that tests can be made of them too.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_table {
    ($callback:ident $($argument:tt)*) => {
        $crate::$callback! { [$($argument)*]
            save {
                save_returns_the_name_that_opens: [1] + writable + unique;
                save_tells_what_metadata_tells: [1, 12] + writable;
                save_changes_the_etag_with_the_content: [3] + writable;
                save_keeps_content_of_any_size: [2] + writable;
                save_keeps_large_content: [2] + writable @ heavy;
                save_takes_a_source_in_tiny_chunks: [2] + writable;
                save_takes_a_local_path: [2] + writable;
                save_takes_an_open_file: [2] + writable;
                save_reads_a_borrowed_reader_from_where_it_stands: [17] + writable;
                save_with_a_failing_source_leaves_nothing: [2] + writable;
                save_with_a_large_failing_source_leaves_nothing: [2] + writable @ heavy;
                save_with_a_failing_source_leaves_the_old_file: [2] + writable;
                save_over_the_limit_stores_nothing: [2] + writable;
                save_of_another_size_than_declared_stores_nothing: [2] + writable;
                save_takes_the_durability_asked_for: [4] + writable + durable;
                save_synced_is_refused_where_nothing_is_durable: [4] + writable - durable;
            }
            modes {
                save_renames_before_the_first_dot: [3] + writable + unique + plain_names;
                save_renames_a_stream_without_reading_it_twice: [3] + writable + unique;
                save_with_create_refuses_a_taken_name: [3] + writable + create;
                save_with_create_refuses_a_large_file_too: [3] + writable + create + create_large @ heavy;
                save_with_create_takes_a_deleted_name: [3] + writable + create + plain_names;
                save_with_overwrite_replaces_the_file: [3] + writable;
                save_with_replace_takes_the_current_version: [3] + writable + replace;
                save_with_replace_refuses_a_stale_version: [3] + writable + replace;
                save_with_replace_refuses_a_missing_file: [3] + writable + replace;
                save_with_replace_is_refused_where_it_is_not_atomic: [3] + writable - replace;
                save_with_create_is_refused_where_it_is_not_atomic: [3] + writable - create;
                save_keeps_to_max_name_length_with_rename: [3] + writable + unique + plain_names;
                save_keeps_to_max_name_length_with_overwrite: [3] + writable;
                save_with_create_refuses_a_name_over_max_name_length: [3] + writable + create;
            }
            hierarchy {
                save_keeps_a_file_beside_a_directory: [9] + writable + files_beside_directories;
                save_below_a_file_is_a_conflict: [9] + writable - files_beside_directories;
                save_over_a_directory_is_a_conflict: [9] + writable - files_beside_directories;
                copy_below_a_file_is_a_conflict: [9] + writable - files_beside_directories;
            }
            concurrency {
                save_gives_a_hundred_simultaneous_savers_a_hundred_names: [3] + writable + unique;
                save_with_create_has_one_winner: [3] + writable + create;
                save_of_streams_with_create_has_one_winner: [3] + writable + create;
                save_with_replace_has_one_winner: [3] + writable + replace;
                save_is_never_seen_torn: [2] + writable;
                save_with_overwrite_leaves_one_whole_file: [2] + writable;
                save_survives_directories_that_vanish: [2, 7] + writable;
                copy_gives_simultaneous_copiers_a_name_each: [3, 13] + writable + unique;
                list_survives_changes: [8] + writable;
            }
            conditions {
                save_of_large_files_with_create_has_one_winner: [3] + writable + create + create_large @ heavy;
                save_of_large_files_with_replace_has_one_winner: [3] + writable + replace + replace_large @ heavy;
                save_of_a_large_file_with_create_is_refused_where_it_is_not_atomic: [3] + writable + create - create_large @ heavy;
                save_of_a_large_file_with_replace_is_refused_where_it_is_not_atomic: [3] + writable + replace - replace_large @ heavy;
                save_with_rename_is_refused_where_names_are_not_unique: [3] + writable - unique;
                save_adds_random_letters_where_plain_names_are_not_safe: [3] + writable + unique - plain_names;
                copy_with_rename_overwrites_nothing: [3, 13] + writable + unique;
                copy_with_create_has_one_winner: [3, 13] + writable + copy_create;
                rename_with_create_has_one_winner: [3, 13] + writable + copy_create;
                copy_with_create_is_refused_where_it_is_not_atomic: [3, 13] + writable - copy_create;
                copy_with_replace_has_one_winner: [3, 13] + writable + copy_replace;
                copy_with_replace_is_refused_where_it_is_not_atomic: [3, 13] + writable - copy_replace;
                copy_with_if_match_never_copies_another_version: [13] + writable + copy_if_match;
                delete_with_if_match_never_deletes_another_version: [3] + writable + delete_if_match;
            }
            cancellation {
                save_dropped_at_any_poll_leaves_none_or_all: [2] + writable + create;
                save_of_a_stream_dropped_at_any_poll_leaves_none_or_all: [2] + writable + create;
                save_with_overwrite_dropped_at_any_poll_leaves_old_or_new: [2] + writable;
                save_of_a_stream_with_overwrite_dropped_at_any_poll_leaves_old_or_new: [2] + writable;
                save_of_a_large_stream_dropped_leaves_none_or_all: [2] + writable @ heavy;
                copy_dropped_at_any_poll_leaves_none_or_all: [2, 13] + writable;
                rename_dropped_at_any_poll_keeps_the_file: [13] + writable;
                writer_dropped_at_any_poll_leaves_none_or_all: [2] + writable;
            }
            writer {
                writer_publishes_with_finish_and_not_before: [2] + writable;
                writer_without_bytes_makes_an_empty_file: [2] + writable;
                writer_dropped_stores_nothing: [2] + writable;
                writer_honours_mode_and_limit: [3] + writable;
            }
            open {
                open_of_a_missing_file_is_not_found: [7];
                open_of_a_directory_is_not_found: [7] + writable;
                open_tells_what_metadata_tells: [10] + writable;
                open_reads_an_empty_file: [7] + writable;
                open_gives_a_stream_and_a_reader: [7] + writable;
                open_reads_every_range: [7] + writable;
                open_refuses_ranges_beyond_every_file: [7] + writable;
                open_reads_ranges_of_a_large_file: [7] + writable @ heavy;
                open_honours_etags: [3] + writable;
                open_honours_dates: [3] + writable;
                open_keeps_its_version_while_it_is_overwritten: [2] + writable;
                open_keeps_its_version_while_it_is_deleted: [2] + writable;
            }
            metadata {
                metadata_of_a_missing_file_is_not_found: [7];
                metadata_of_a_directory_is_not_found: [7] + writable;
                metadata_follows_the_file: [7] + writable;
                metadata_tells_the_whole_name: [1] + writable;
                metadata_tells_when_a_file_was_made_and_read: [7] + writable;
            }
            attributes {
                save_keeps_every_attribute: [10] + writable + attributes;
                save_keeps_every_attribute_of_a_large_file: [10] + writable + attributes @ heavy;
                save_keeps_user_metadata_byte_for_byte: [10] + writable + attributes;
                save_keeps_as_much_user_metadata_as_is_allowed: [10] + writable + attributes;
                save_refuses_malformed_attributes: [10] + writable + attributes;
                save_replaces_the_attributes_with_the_file: [10] + writable + attributes;
                save_refuses_attributes_where_none_are_kept: [10] + writable - attributes;
                save_tells_the_content_type: [11] + writable;
            }
            checksum {
                metadata_tells_the_checksum: [12] + writable + checksum;
                metadata_tells_the_checksum_of_a_large_file: [12] + writable + checksum @ heavy;
                metadata_guesses_no_checksum: [12] + writable - checksum;
                save_with_a_wrong_checksum_stores_nothing: [12] + writable;
                save_of_a_large_file_with_a_wrong_checksum_stores_nothing: [12] + writable @ heavy;
            }
            names {
                names_that_are_invalid_are_refused_by_every_verb: [5];
                names_that_are_odd_are_kept_byte_for_byte: [5] + writable;
                names_that_are_odd_can_be_copied_and_deleted: [5] + writable @ heavy;
                names_of_directories_may_be_odd: [5, 8] + writable;
                names_in_two_spellings_are_one: [5] + writable;
                names_are_not_normalised: [5] + writable;
                names_may_have_1024_bytes: [5] + writable;
                names_may_have_segments_of_255_bytes: [5] + writable;
                names_of_255_bytes_can_be_renamed: [3, 5] + writable + unique;
                names_do_not_lead_out_of_a_location: [6] + writable;
                names_of_white_space_are_files_at_the_root: [5] + writable @ whole;
                names_are_taken_at_the_root_as_below_a_location: [5] + writable @ whole;
            }
            delete {
                delete_of_a_missing_file_is_ok: [7] + writable;
                delete_makes_the_file_absent: [7] + writable;
                delete_makes_empty_directories_vanish: [7] + writable;
                delete_with_if_match_deletes_only_that_version: [3] + writable + delete_if_match;
                delete_with_if_match_is_refused_where_it_is_not_atomic: [3] + writable - delete_if_match;
                delete_by_many_at_once_is_ok: [7] + writable;
                delete_of_a_missing_marker_is_ok: [7] + writable + markers;
                delete_of_a_marker_is_refused_where_there_are_none: [7] + writable - markers;
            }
            delete_many {
                delete_many_deletes_exactly_these: [7] + writable;
                delete_many_tells_what_became_of_each: [7] + writable;
                delete_many_takes_more_than_a_page: [7] + writable @ heavy;
                delete_location_deletes_what_is_below_and_nothing_else: [7] + writable;
                delete_location_of_nothing_is_ok: [7] + writable;
                delete_location_refuses_the_root_unless_forced: [7] + writable;
                delete_location_streams_what_it_deletes: [7] + writable;
            }
            copy {
                copy_keeps_the_content_and_the_source: [13] + writable;
                copy_keeps_a_large_file: [13] + writable @ heavy;
                copy_keeps_the_attributes: [13] + writable + attributes;
                copy_keeps_the_checksum: [12, 13] + writable + checksum;
                copy_is_independent_of_its_source: [13] + writable;
                copy_of_a_missing_file_is_not_found: [7] + writable;
                copy_onto_itself_does_nothing: [13] + writable;
                copy_has_the_modes_of_save: [3] + writable + copy_create + unique + plain_names;
                copy_with_replace_takes_only_that_version: [3] + writable + copy_replace;
                copy_with_if_match_copies_only_that_version: [13] + writable + copy_if_match;
                copy_with_if_match_is_refused_where_it_is_not_atomic: [13] + writable - copy_if_match;
            }
            copy_attributes {
                copy_with_attributes_replaces_them: [10, 13] + writable + attributes;
                copy_onto_itself_with_attributes_changes_only_them: [10, 12, 13] + writable + update_attributes;
                copy_onto_itself_with_attributes_keeps_a_large_file: [10, 12, 13] + writable + update_attributes @ heavy;
                copy_with_attributes_of_a_missing_file_is_not_found: [7] + writable + attributes + update_attributes;
                copy_onto_itself_with_attributes_honours_versions: [13] + writable + copy_if_match + update_attributes;
                copy_with_attributes_keeps_the_visibility: [10, 13] + writable + visibility + update_attributes;
                copy_refuses_malformed_attributes: [10] + writable + attributes + update_attributes;
                copy_refuses_attributes_where_none_are_kept: [10] + writable - attributes;
                copy_onto_itself_refuses_attributes_where_they_cannot_change: [2, 13] + writable + attributes - update_attributes;
                copy_onto_itself_with_attributes_undoes_no_save: [2, 13] + writable + update_attributes;
                copy_onto_itself_with_attributes_dropped_at_any_poll_leaves_old_or_new: [2, 13] + writable + update_attributes;
            }
            rename {
                rename_moves_the_file: [13] + writable;
                rename_keeps_the_attributes: [10, 12, 13] + writable + attributes;
                rename_keeps_the_content_type: [11] + writable + attributes;
                rename_of_a_missing_file_is_not_found: [7] + writable;
                rename_onto_itself_does_nothing: [13] + writable;
                rename_has_the_modes_of_save: [3] + writable + copy_create + unique + plain_names;
                rename_frees_the_old_name: [3] + writable + create + copy_create;
                rename_with_if_match_moves_only_that_version: [13] + writable + copy_if_match + delete_if_match;
            }
            list {
                list_of_an_empty_location_is_empty: [8];
                list_is_in_the_byte_order_of_whole_names: [8] + writable;
                list_of_one_level_sorts_directories_with_their_slash: [8] + writable;
                list_starts_behind_any_name: [8] + writable;
                list_tells_what_metadata_tells: [8] + writable;
                list_compares_whole_segments: [8] + writable;
                listdir_tells_directories_and_files_apart: [8] + writable;
                list_reaches_any_depth: [8] + writable;
                list_is_complete_beyond_a_page: [8] + writable @ heavy;
                list_shows_the_root: [8] + writable @ whole;
            }
            url {
                url_of_a_public_file_is_plain: [14] + public_url;
                url_of_a_private_file_is_signed_and_expires: [14] + signed_url;
                url_hides_its_signature_in_debug: [18] + signed_url;
                url_grants_one_name_and_one_method: [14] + signed_url;
                url_takes_overrides: [14] + signed_url + url_overrides;
                url_of_a_public_file_refuses_overrides: [14] + public_url;
                url_refuses_overrides_where_there_are_none: [14] - url_overrides;
                url_of_a_public_file_is_refused_where_there_is_none: [14] - public_url;
                url_of_a_private_file_is_refused_where_nothing_is_signed: [14] - signed_url;
            }
            upload {
                upload_request_expires: [14] + writable + upload_request;
                upload_request_gives_every_client_a_name: [1, 3] + writable + upload_request;
                upload_request_refuses_what_it_cannot_bind: [14] + writable + upload_request;
                upload_request_is_refused_where_there_is_none: [14] - upload_request;
                upload_request_takes_a_file: [1, 11, 14] + writable + upload_request @ http;
                upload_request_keeps_the_attributes: [10] + writable + upload_request + attributes @ http;
                upload_request_refuses_other_content: [14] + writable + upload_request + upload_forms @ http;
                upload_request_with_create_refuses_a_taken_name: [3] + writable + upload_request + create @ http;
                upload_request_stays_in_its_location: [6] + writable + upload_request + upload_forms @ http;
                url_of_a_private_file_gives_the_file: [14] + writable + signed_url @ http;
            }
            versions {
                open_of_a_version_reads_what_was_overwritten: [19] + writable + versions;
                open_of_a_version_reads_what_was_deleted: [19] + writable + versions;
                open_of_an_unknown_version_is_not_found: [7, 19] + writable + versions;
                open_of_a_version_honours_range_and_conditions: [19] + writable + versions;
                save_and_copy_tell_the_version: [19] + writable + versions;
                delete_of_a_version_is_for_good: [19] + writable + versions;
                delete_of_the_current_version_uncovers_the_one_before: [19] + writable + versions;
                delete_of_an_unknown_version_is_ok: [7, 19] + writable + versions;
                url_of_a_version_is_signed_for_it: [14, 19] + signed_url + versions;
                versions_are_refused_where_none_are_kept: [19] - versions;
            }
            visibility {
                save_keeps_the_visibility: [10] + writable + visibility;
                set_visibility_changes_only_the_visibility: [10] + writable + visibility;
                set_visibility_keeps_every_attribute: [10] + writable + visibility + attributes;
                copy_keeps_the_visibility_that_was_set_last: [10, 13] + writable + visibility;
                set_visibility_of_a_missing_file_is_not_found: [7] + writable + visibility;
                save_refuses_a_visibility_where_none_is_kept: [10] + writable - visibility;
            }
            promote {
                promote_moves_what_passes_the_checks: [20] + writable + unique + plain_names;
                promote_stores_nothing_that_fails_a_check: [20] + writable + unique;
                promote_stores_what_it_checked_while_the_client_writes_on: [20] + writable + unique + plain_names;
                promote_keeps_nothing_that_the_client_said: [20] + writable + unique + plain_names + attributes;
                promote_dropped_at_any_poll_never_loses_the_file: [20] + writable + unique + plain_names;
            }
            path {
                path_leads_to_the_bytes: [21] + writable;
                path_refuses_names_that_are_invalid: [5, 21];
            }
            sweep {
                sweep_leaves_files_alone: [22] + writable;
            }
            sequences {
                operations_in_any_order_match_the_model: [1, 3, 7, 8, 9, 13] + writable @ heavy;
            }
            refusal {
                refusal_is_never_taken_for_absence: [15] @ refused;
            }
            capabilities {
                capabilities_are_steady_and_consistent: [3];
                capabilities_refuse_every_change_where_nothing_can_be_written: [3, 22] - writable;
                capabilities_tell_the_largest_file: [2] + writable;
                debug_and_errors_show_no_secret: [18];
            }
        }
    };
}

/// Re-exports the cases and makes the table of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_list {
    ([] $($module:ident {
        $($case:ident: [$($promise:literal),+] $(+ $has:ident)* $(- $lacks:ident)* $(@ $flag:ident)*;)+
    })+) => {
        $(pub use self::$module::{$($case),+};)+

        /// The table behind [`cases()`](super::cases()).
        pub(super) static ALL: &[super::Case] = &[$($(super::Case {
            name: stringify!($case),
            promises: &[$($promise),+],
            needs: |_capabilities| true $(&& _capabilities.$has)* $(&& !_capabilities.$lacks)*,
            has: &[$(stringify!($has)),*],
            lacks: &[$(stringify!($lacks)),*],
            flags: super::case::Flags { $($flag: true,)* ..super::case::Flags::NONE },
            start: |store| Box::pin(async move { $case(&store).await }),
        }),+),+];
    };
}

__conformance_table!(__conformance_list);
