//! The conformance suite on both servers, plain and below a location.

use std::sync::Arc;

use holdall_core::{Storage as _, Store};
use holdall_s3::ChecksumMode;
use holdall_testing::conformance::{HttpReply, HttpRequest, Suite, suite};
use holdall_testing::s3_server::{S3FsServer, S3Server};

use crate::presign::send;
use crate::support::{BUCKET, Fetched, SECRET, at, builder, server, store};

/// Sends a request as a browser does.
pub(crate) async fn browse(request: HttpRequest) -> HttpReply {
    let Fetched { status, body, .. } =
        send(&request.method, &request.url, &request.headers, request.body).await;
    HttpReply { status, body }
}

/// The suite, watching our server for open uploads.
fn on(server: &Arc<S3Server>) -> Suite {
    let server = Arc::clone(server);
    suite().secret(SECRET).http(browse).leftovers(move || {
        let open = server.open_uploads(BUCKET).iter().map(|upload| format!("{upload:?}")).collect();
        async move { open }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn our_server() {
    let server = Arc::new(server().await);
    let stranger = builder(&server).secret_key("not the secret").build().unwrap();
    on(&server).refused(Store::new(stranger)).run(&store(&server)).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn our_server_below_a_location() {
    let server = Arc::new(server().await);
    let store = Store::new(builder(&server).location("the/media").build().unwrap());
    on(&server).quick().run(&store.located("inner/place").unwrap()).await.assert();
    assert!(server.keys(BUCKET).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn our_server_with_versions() {
    let server = Arc::new(crate::versions::versioned().await);
    let storage = builder(&server).versions(true).conditional_deletes(true).build().unwrap();
    on(&server).quick().run(&Store::new(storage)).await.assert();
}

/// As every endpoint that is not AWS is talked to unless somebody says otherwise: without checksums.
#[tokio::test(flavor = "multi_thread")]
async fn our_server_without_checksums() {
    let server = Arc::new(server().await);
    let storage =
        builder(&server).checksum_mode(ChecksumMode::Auto).conditional_deletes(true).build().unwrap();
    assert!(!storage.capabilities().checksum && storage.capabilities().delete_if_match);
    on(&server).quick().run(&Store::new(storage)).await.assert();
}

/// A store on `s3s-fs`, which others wrote.
async fn s3s_fs() -> (S3FsServer, Store) {
    let server =
        S3FsServer::builder().credentials("AKIDCANARY", SECRET).bucket(BUCKET).start().await.unwrap();
    let storage = at(server.endpoint(), BUCKET)
        .checksum_mode(ChecksumMode::WhenSupported)
        .max_attempts(1)
        // It takes an ACL with a PUT and drops it.
        .acls(false)
        .build()
        .unwrap();
    // The conditions that it does not honour are found out here.
    storage.connect().await.unwrap();
    (server, Store::new(storage))
}

/// It keeps objects as files of their names, so that `a` and `a/b` exclude each other.
const DIRECTORIES: &str = "keeps keys as paths of a disk: no `a` beside `a/b`, directories stay";
/// HEAD, GET and DELETE of a key that is a directory.
const DIRECTORY_IS_500: &str = "answers 500 to HEAD, GET and DELETE of a key that is a directory on its disk";
/// The file beside each object in which it keeps attributes has base64 of the key as its name.
const LONG_KEYS: &str = "names a file after base64 of the key: keys over about 160 bytes are 500";
/// Listings with keys that need the encoding.
const NOT_ENCODED: &str = "says encoding-type=url in listings but does not encode: `+` cannot be told from a blank, and \
                           some letters break its XML";
/// Content, attributes and checksum are separate files.
const NOT_ATOMIC: &str =
    "writes content, attributes and checksum one after the other: a reader meets old beside new";
/// A look, then a write.
const CHECK_THEN_WRITE: &str =
    "checks a condition and writes afterwards, without a lock: several writers may win";

/// The mistakes of `s3s-fs` 0.14.1. Each was seen in its code or on the wire; that a case which holds after
/// all is a failure keeps the list true.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("save_keeps_a_file_beside_a_directory", DIRECTORIES),
    ("delete_makes_empty_directories_vanish", DIRECTORIES),
    ("list_is_in_the_byte_order_of_whole_names", DIRECTORIES),
    ("list_of_one_level_sorts_directories_with_their_slash", DIRECTORIES),
    ("list_starts_behind_any_name", DIRECTORIES),
    ("listdir_tells_directories_and_files_apart", DIRECTORIES),
    ("open_of_a_directory_is_not_found", DIRECTORY_IS_500),
    ("metadata_of_a_directory_is_not_found", DIRECTORY_IS_500),
    ("delete_of_a_missing_marker_is_ok", DIRECTORY_IS_500),
    ("delete_of_a_missing_file_is_ok", DIRECTORY_IS_500),
    ("copy_of_a_missing_file_is_not_found", DIRECTORY_IS_500),
    ("rename_of_a_missing_file_is_not_found", DIRECTORY_IS_500),
    ("open_reads_an_empty_file", "panics at a suffix range of an empty object and drops the connection"),
    ("open_reads_every_range", "answers 500 to a suffix range that is longer than the object"),
    ("open_honours_etags", "ignores conditions on GET, so that an unsatisfiable range answers first"),
    ("names_that_are_odd_are_kept_byte_for_byte", NOT_ENCODED),
    ("names_that_are_odd_can_be_copied_and_deleted", NOT_ENCODED),
    ("names_of_directories_may_be_odd", NOT_ENCODED),
    ("list_shows_the_root", "cannot list the odd names that another case could not clean up for that reason"),
    ("names_may_have_1024_bytes", LONG_KEYS),
    ("names_may_have_segments_of_255_bytes", LONG_KEYS),
    ("names_of_255_bytes_can_be_renamed", LONG_KEYS),
    ("list_reaches_any_depth", LONG_KEYS),
    ("list_tells_what_metadata_tells", "leaves the entity tag out of listings"),
    ("upload_request_takes_a_file", NOT_ENCODED),
    ("url_of_a_private_file_gives_the_file", NOT_ENCODED),
    ("copy_with_attributes_of_a_missing_file_is_not_found", DIRECTORY_IS_500),
    ("sweep_leaves_files_alone", "answers 501 to ListMultipartUploads, by which leftovers are found"),
    (
        "copy_with_replace_takes_only_that_version",
        "keeps the checksum of the file that a completed upload replaces, and tells it of the new one",
    ),
];

/// The mistakes that it makes only now and then.
const RACES: &[(&str, &str)] = &[
    ("save_with_create_has_one_winner", CHECK_THEN_WRITE),
    ("save_of_streams_with_create_has_one_winner", CHECK_THEN_WRITE),
    ("save_with_replace_has_one_winner", CHECK_THEN_WRITE),
    ("save_gives_a_hundred_simultaneous_savers_a_hundred_names", CHECK_THEN_WRITE),
    ("copy_with_if_match_never_copies_another_version", NOT_ATOMIC),
    ("copy_with_create_has_one_winner", CHECK_THEN_WRITE),
    ("rename_with_create_has_one_winner", CHECK_THEN_WRITE),
    ("copy_with_replace_has_one_winner", CHECK_THEN_WRITE),
    ("copy_gives_simultaneous_copiers_a_name_each", CHECK_THEN_WRITE),
    ("save_of_large_files_with_create_has_one_winner", CHECK_THEN_WRITE),
    ("save_of_large_files_with_replace_has_one_winner", CHECK_THEN_WRITE),
    ("save_is_never_seen_torn", NOT_ATOMIC),
    ("save_with_overwrite_leaves_one_whole_file", NOT_ATOMIC),
    ("copy_onto_itself_with_attributes_undoes_no_save", NOT_ATOMIC),
    ("delete_by_many_at_once_is_ok", "removes its side files without allowing for another who did"),
    ("list_survives_changes", "walks directories without allowing for those that vanish meanwhile"),
    ("operations_in_any_order_match_the_model", "random sequences that meet all of the above"),
];

fn with_what_is_known(mut suite: Suite) -> Suite {
    for (case, reason) in EXCEPTIONS {
        suite = suite.except(*case, *reason);
    }
    for (case, reason) in RACES {
        suite = suite.skip(*case, *reason);
    }
    suite.secret(SECRET).http(browse)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server() {
    let (_server, store) = s3s_fs().await;
    let reason = "keeps no checksum of a multipart upload";
    let suite = with_what_is_known(suite());
    let suite = suite.except("metadata_tells_the_checksum_of_a_large_file", reason);
    let suite = suite.except("copy_onto_itself_with_attributes_keeps_a_large_file", reason);
    suite.run(&store).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_below_a_location() {
    let (_server, store) = s3s_fs().await;
    with_what_is_known(suite()).quick().run(&store.located("inner/place").unwrap()).await.assert();
}
