//! The suite on servers that others wrote; see `holdall_testing::foreign` for how they come here.
//!
//! Each failure there is written down with its reason. Each was looked into, and our own mistakes have been corrected.

use holdall_core::Store;
use holdall_s3::{ChecksumMode, Preset, S3StorageBuilder};
use holdall_testing::conformance::{Suite, suite};
use holdall_testing::foreign::{ForeignServer, Product, Programs};

use crate::conformance::browse;
use crate::support::{BUCKET, SECRET, at};

/// A server with one empty bucket; `None`, after saying so, where it is not installed.
pub(crate) async fn server(product: Product) -> Option<ForeignServer> {
    let programs = Programs::from_env()?;
    let builder = ForeignServer::builder(product).credentials("AKIDCANARY", SECRET).bucket(BUCKET);
    Some(builder.start(&programs).await.expect("the server starts"))
}

/// Settings for that server.
pub(crate) fn builder(server: &ForeignServer) -> S3StorageBuilder {
    at(server.endpoint(), BUCKET).max_attempts(1)
}

/// Cases that always fail, and cases that fail now and then.
struct Known {
    exceptions: &'static [(&'static str, &'static str)],
    races: &'static [(&'static str, &'static str)],
}

/// The suite without what is known, watching the server for open uploads.
fn on(server: &ForeignServer, known: &Known) -> Suite {
    let s3 = client(&server.endpoint(), server.access_key(), server.secret_key());
    let mut suite = suite().secret(SECRET).http(browse).leftovers(move || {
        let request = s3.list_multipart_uploads().bucket(BUCKET);
        async move {
            let open = request.send().await.expect("the server lists its uploads");
            open.uploads().iter().map(|upload| format!("{upload:?}")).collect()
        }
    });
    for (case, reason) in known.exceptions {
        suite = suite.except(*case, *reason);
    }
    for (case, reason) in known.races {
        suite = suite.skip(*case, *reason);
    }
    suite
}

/// The SDK alone, to look at a server past the storage.
pub(crate) fn client(endpoint: &str, access_key: &str, secret_key: &str) -> aws_sdk_s3::Client {
    use aws_sdk_s3::config::{BehaviorVersion, Builder, Credentials, Region};

    let keys = Credentials::new(access_key, secret_key, None, None, "test");
    aws_sdk_s3::Client::from_conf(
        Builder::new()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .endpoint_url(endpoint)
            .region(Region::new("us-east-1"))
            .credentials_provider(keys)
            .force_path_style(true)
            .build(),
    )
}

/// Objects are files of a tree of directories, and these stay when their last file has gone.
const EMPTY_DIRECTORIES: &str = "goes on listing a directory after its last object was deleted";
/// Segments.
const SHORT_SEGMENTS: &str = "takes no more than 255 bytes between two slashes";

/// `SeaweedFS` 4.48.
const SEAWEEDFS: Known = Known {
    exceptions: &[
        ("save_survives_directories_that_vanish", EMPTY_DIRECTORIES),
        ("delete_makes_empty_directories_vanish", EMPTY_DIRECTORIES),
        ("delete_many_deletes_exactly_these", EMPTY_DIRECTORIES),
        ("delete_location_deletes_what_is_below_and_nothing_else", EMPTY_DIRECTORIES),
        ("rename_moves_the_file", EMPTY_DIRECTORIES),
        ("names_may_have_segments_of_255_bytes", SHORT_SEGMENTS),
        ("names_of_255_bytes_can_be_renamed", SHORT_SEGMENTS),
    ],
    races: &[(
        "operations_in_any_order_match_the_model",
        "random sequences that meet the above; and If-None-Match takes a directory for an object: 412, then HEAD 404",
    )],
};

/// Checksums of single objects.
const CHECKSUM_BY_NAME: &str = "keeps a checksum only where x-amz-sdk-checksum-algorithm names it, too";
/// A look, then a write.
const CHECK_THEN_WRITE: &str =
    "checks a condition and writes afterwards, without a lock: several writers may win";
/// Forms.
const ANY_FORM: &str = "takes every form, whatever its policy says";
/// Threads that share objects.
const NOT_THREAD_SAFE: &str = "answers 500 when objects are read or listed while others are written";

/// moto 5.2.5, with `awscrt`: without it, it keeps a CRC-32 where it is given a CRC-64/NVME.
const MOTO: Known = Known {
    exceptions: &[
        ("upload_request_refuses_other_content", ANY_FORM),
        ("upload_request_stays_in_its_location", ANY_FORM),
        ("url_of_a_private_file_gives_the_file", "looks at no signature"),
        ("metadata_tells_the_checksum", CHECKSUM_BY_NAME),
        ("copy_keeps_the_checksum", CHECKSUM_BY_NAME),
        (
            "list_starts_behind_any_name",
            "repeats start-after in the listing unencoded, which XML may not hold",
        ),
    ],
    races: &[
        ("copy_onto_itself_with_attributes_undoes_no_save", NOT_THREAD_SAFE),
        ("save_with_create_has_one_winner", CHECK_THEN_WRITE),
        ("copy_with_create_has_one_winner", CHECK_THEN_WRITE),
        ("rename_with_create_has_one_winner", CHECK_THEN_WRITE),
        ("copy_with_replace_has_one_winner", CHECK_THEN_WRITE),
        ("copy_gives_simultaneous_copiers_a_name_each", CHECK_THEN_WRITE),
        ("save_of_streams_with_create_has_one_winner", CHECK_THEN_WRITE),
        ("save_with_replace_has_one_winner", CHECK_THEN_WRITE),
        ("save_gives_a_hundred_simultaneous_savers_a_hundred_names", CHECK_THEN_WRITE),
        ("save_is_never_seen_torn", NOT_THREAD_SAFE),
        ("save_with_overwrite_leaves_one_whole_file", NOT_THREAD_SAFE),
        ("list_survives_changes", NOT_THREAD_SAFE),
        ("operations_in_any_order_match_the_model", "random sequences that meet start-after"),
    ],
};

#[tokio::test(flavor = "multi_thread")]
async fn seaweedfs_conforms() {
    let Some(server) = server(Product::SeaweedFs).await else { return };
    let settings = builder(&server).preset(Preset::SeaweedFs).region("us-east-1");
    let stranger = builder(&server).secret_key("not the secret").build().unwrap();
    let suite = on(&server, &SEAWEEDFS).refused(Store::new(stranger));
    suite.run(&Store::new(settings.build().unwrap())).await.assert();
}

/// Without the cases that make hundreds of requests: what they prove of us, `SeaweedFS` shows in less time.
#[tokio::test(flavor = "multi_thread")]
async fn moto_conforms() {
    let Some(server) = server(Product::Moto).await else { return };
    let storage = builder(&server).checksum_mode(ChecksumMode::WhenSupported).build().unwrap();
    storage.connect().await.unwrap();
    on(&server, &MOTO).quick().run(&Store::new(storage)).await.assert();
}
