//! Servers that ignore what they are asked: each habit by itself, found out by the storage, and nothing lost.

use std::collections::BTreeSet;

use holdall_core::{Attributes, Content, ErrorKind, Location, SaveMode, StaticStorage, Storage as _, Store};
use holdall_s3::{Feature, Preset, S3Storage, S3StorageBuilder, ServerCondition, UniqueNames};
use holdall_testing::conformance::suite;
use holdall_testing::s3_server::{S3Server, S3ServerBuilder};

use crate::support::{BUCKET, MIB, SECRET, configured, noise, stream_of};

/// Every condition, as our server and as settings call it.
const CONDITIONS: [(&str, &str, ServerCondition); 8] = [
    ("PutObject", "if-none-match", ServerCondition::PutIfNoneMatch),
    ("PutObject", "if-match", ServerCondition::PutIfMatch),
    ("CompleteMultipartUpload", "if-none-match", ServerCondition::CompleteIfNoneMatch),
    ("CompleteMultipartUpload", "if-match", ServerCondition::CompleteIfMatch),
    ("CopyObject", "if-none-match", ServerCondition::CopyIfNoneMatch),
    ("CopyObject", "if-match", ServerCondition::CopyIfMatch),
    ("CopyObject", "x-amz-copy-source-if-match", ServerCondition::CopySourceIfMatch),
    ("DeleteObject", "if-match", ServerCondition::DeleteIfMatch),
];

fn honest() -> S3ServerBuilder {
    configured()
}

/// A server that ignores all of these, on both ways of a copy.
fn ignoring(conditions: &[ServerCondition]) -> S3ServerBuilder {
    let mut server = honest();
    for (operation, header, condition) in CONDITIONS {
        if conditions.contains(&condition) {
            server = server.ignore_condition(operation, header);
            if condition == ServerCondition::CopySourceIfMatch {
                server = server.ignore_condition("UploadPartCopy", header);
            }
        }
    }
    server
}

/// Settings that say nothing about the server.
fn stranger(server: &S3Server) -> S3StorageBuilder {
    S3Storage::builder(BUCKET)
        .endpoint(server.endpoint())
        .access_key(server.access_key())
        .secret_key(server.secret_key())
        .max_attempts(1)
        .part_size(5 << 20)
}

/// The cases that any habit can break.
const CONCERNED: [&str; 16] = [
    "save_returns",
    "save_with_create",
    "save_with_replace",
    "save_with_rename",
    "save_adds_random",
    "hundred",
    "copy_has",
    "copy_with",
    "copy_gives",
    "copy_onto_itself_refuses",
    "copy_onto_itself_with_attributes_changes",
    "copy_onto_itself_with_attributes_honours",
    "copy_onto_itself_with_attributes_undoes",
    "rename_has",
    "rename_with",
    "delete_with",
];

async fn conforms(server: S3ServerBuilder, because: &str) {
    let server = server.start().await.unwrap();
    let storage = stranger(&server).build().unwrap();
    storage.connect().await.unwrap();
    let suite = CONCERNED.into_iter().fold(suite().secret(SECRET), holdall_testing::conformance::Suite::only);
    let report = suite.quick().run(&Store::new(storage)).await;
    assert!(report.is_ok(), "{because}:\n{report}");
    assert!(server.open_uploads(BUCKET).is_empty(), "{because}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_suite_holds_on_servers_that_ignore_one_condition() {
    for (operation, header, condition) in CONDITIONS {
        conforms(ignoring(&[condition]), &format!("{operation} ignores {header}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_suite_holds_on_servers_that_ignore_several_conditions() {
    use ServerCondition::{
        CompleteIfMatch, CompleteIfNoneMatch, CopyIfMatch, CopyIfNoneMatch, CopySourceIfMatch, DeleteIfMatch,
    };
    conforms(honest(), "as S3").await;
    conforms(ignoring(&ServerCondition::ALL), "as Garage 2.5").await;
    conforms(ignoring(&[CopyIfNoneMatch, CopyIfMatch, CopySourceIfMatch]), "as moto").await;
    let complete = [CompleteIfNoneMatch, CompleteIfMatch];
    let ceph = [&complete[..], &[CopyIfNoneMatch, CopyIfMatch, CopySourceIfMatch, DeleteIfMatch]].concat();
    conforms(ignoring(&ceph), "as Ceph 16").await;
    conforms(ignoring(&[CopyIfNoneMatch, CopyIfMatch]), "as R2").await;
    conforms(
        S3Server::builder()
            .credentials("AKIDCANARY", SECRET)
            .versioned(BUCKET)
            .ignore_condition_with_versions("PutObject", "if-none-match"),
        "as Ceph 16 with versions",
    )
    .await;
}

/// Large files go another way, which has conditions of its own.
#[tokio::test(flavor = "multi_thread")]
async fn large_files_hold_where_the_completion_of_uploads_ignores_conditions() {
    for condition in [ServerCondition::CompleteIfNoneMatch, ServerCondition::CompleteIfMatch] {
        let server = ignoring(&[condition]).start().await.unwrap();
        let storage = stranger(&server).build().unwrap();
        storage.connect().await.unwrap();
        let suite = suite().only("large_file").only("large_files");
        suite.run(&Store::new(storage)).await.assert();
    }
}

/// A condition that is looked at too early is declared, and the copy goes another way.
#[tokio::test(flavor = "multi_thread")]
async fn the_suite_holds_on_a_server_that_copies_without_a_lock() {
    let server = honest().copy_without_a_lock(true).start().await.unwrap();
    let storage = stranger(&server)
        .conditional_writes(true)
        .ignored_conditions([ServerCondition::CopyIfMatch, ServerCondition::CopyIfNoneMatch]);
    let storage = storage.build().unwrap();
    storage.connect().await.unwrap();
    let suite = suite().quick().only("copy_with").only("rename_with").only("undoes");
    suite.run(&Store::new(storage)).await.assert();
}

/// The order of listings, `start-after` and pages of a server that walks directories.
#[tokio::test(flavor = "multi_thread")]
async fn the_suite_holds_on_a_server_that_walks_directories() {
    let server = honest().walk_directories(true).page_size(3).start().await.unwrap();
    let report = stranger(&server).build().unwrap().probe().await.unwrap();
    assert!(report.lacks(Feature::ListTree), "{report}");
    assert_eq!(report.left_behind, [""; 0]);
    let believed = Store::new(stranger(&server).build().unwrap());
    let wrong = suite().only("list_").quick().run(&believed).await;
    assert!(!wrong.is_ok(), "the habit breaks nothing: {wrong}");
    for settings in [stranger(&server).probed(&report), stranger(&server).ordered_listings(false)] {
        let store = Store::new(settings.build().unwrap());
        let suite = suite().quick().only("list_").only("listdir").only("delete_location");
        suite.run(&store).await.assert();
    }
}

/// `copy` and `rename` to a name that is taken, in every mode, on a server that nobody said anything about.
#[tokio::test]
async fn copy_and_rename_destroy_no_taken_name() {
    use ServerCondition::{CompleteIfNoneMatch, CopyIfMatch, CopyIfNoneMatch};
    for ignored in
        [&[CopyIfNoneMatch, CopyIfMatch][..], &[CopyIfNoneMatch, CompleteIfNoneMatch], &ServerCondition::ALL]
    {
        let server = ignoring(ignored).start().await.unwrap();
        let store = Store::new(stranger(&server).build().unwrap());
        store.save("taken.txt", "precious").overwrite().await.unwrap();
        for (index, mode) in [SaveMode::Unique, SaveMode::Create].into_iter().enumerate() {
            for moves in [false, true] {
                let from = format!("from-{index}-{moves}");
                store.save(&from, "new").overwrite().await.unwrap();
                let done = if moves {
                    store.rename(&from, "taken.txt").mode(mode.clone()).await
                } else {
                    store.copy(&from, "taken.txt").mode(mode.clone()).await
                };
                match (done, &mode) {
                    (Ok(saved), SaveMode::Unique) => assert_ne!(saved.name, "taken.txt"),
                    (Err(error), SaveMode::Create) => {
                        let kinds = [ErrorKind::AlreadyExists, ErrorKind::Unsupported];
                        assert!(kinds.contains(&error.kind()), "{error}");
                    }
                    (done, mode) => panic!("{mode:?} of {ignored:?}: {done:?}"),
                }
                let left = store.open("taken.txt").await.unwrap().text().await.unwrap();
                assert_eq!(left, "precious", "{mode:?} destroyed it, moving: {moves}, {ignored:?}");
            }
        }
    }
}

/// Attributes change where a condition keeps others' saves, and nowhere else.
#[tokio::test]
async fn attributes_change_only_where_no_save_can_be_undone() {
    use ServerCondition::{CompleteIfMatch, CopyIfMatch, CopySourceIfMatch};
    let mut given = Attributes::default();
    given.cache_control = Some("no-store".to_owned());
    for (ignored, possible) in
        [(&[CopyIfMatch, CopySourceIfMatch][..], true), (&[CopyIfMatch, CompleteIfMatch], false)]
    {
        let server = ignoring(ignored).start().await.unwrap();
        let store = Store::new(stranger(&server).build().unwrap());
        for (name, content) in [("file", "x"), ("empty", "")] {
            store.save(name, content).overwrite().await.unwrap();
            let changed = store.copy(name, name).overwrite().attributes(given.clone()).await;
            let now = store.metadata(name).await.unwrap().attributes.cache_control;
            if possible {
                changed.unwrap();
                assert_eq!(now.as_deref(), Some("no-store"));
                assert_eq!(store.open(name).await.unwrap().text().await.unwrap(), content);
            } else {
                assert_eq!(changed.unwrap_err().kind(), ErrorKind::Unsupported);
                assert_eq!(now, None);
            }
        }
        assert!(server.open_uploads(BUCKET).is_empty());
    }
}

/// How many requests were about objects of the storage's own.
fn questions(server: &S3Server) -> usize {
    let requests = server.requests();
    requests
        .iter()
        .filter(|request| request.key.as_deref().is_some_and(|key| key.contains(".holdall-")))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_asked_once_and_kept() {
    let server = ignoring(&[ServerCondition::CompleteIfMatch]).start().await.unwrap();
    let storage = stranger(&server).location("below").build().unwrap();
    assert!(!storage.capabilities().create && storage.capabilities().unique, "it claims what is known");
    let store = Store::new(storage.clone());
    let saves: Vec<_> = (0..20)
        .map(|index| {
            let store = store.clone();
            tokio::spawn(async move { store.save("cat.jpg", format!("{index}")).create().await })
        })
        .collect();
    let mut winners = 0;
    for save in saves {
        winners += usize::from(save.await.unwrap().is_ok());
    }
    assert_eq!(winners, 1);
    assert!(storage.capabilities().create, "what was found out is claimed");
    let asked = questions(&server);
    assert_eq!(asked, 3, "two writes and a deletion, for all of them");
    store.save("dog.jpg", "x").create().await.unwrap();
    assert_eq!(questions(&server), asked);

    storage.connect().await.unwrap();
    let capabilities = storage.capabilities().clone();
    assert!(capabilities.create_large && capabilities.replace && !capabilities.replace_large);
    let asked = questions(&server);
    storage.connect().await.unwrap();
    assert_eq!(questions(&server), asked);
    assert!(server.keys(BUCKET).iter().all(|key| !key.contains(".holdall-")), "nothing is left");
    assert!(server.open_uploads(BUCKET).is_empty());
}

#[tokio::test]
async fn what_settings_say_is_not_asked() {
    let server = honest().start().await.unwrap();
    let storage = stranger(&server).honoured_conditions(ServerCondition::ALL).build().unwrap();
    storage.connect().await.unwrap();
    let store = Store::new(storage);
    store.save("a", "x").create().await.unwrap();
    store.copy("a", "b").mode(SaveMode::Create).await.unwrap();
    store.rename("b", "c").await.unwrap();
    let unsafe_one = stranger(&server).ignored_conditions(ServerCondition::ALL).build().unwrap();
    let store = Store::new(unsafe_one);
    assert_eq!(store.save("a", "y").create().await.unwrap_err().kind(), ErrorKind::Unsupported);
    assert_ne!(store.save("a", "y").await.unwrap().name, "a");
    assert_eq!(questions(&server), 0);
}

/// Dropped while it asks, it leaves neither the question nor its object behind.
#[tokio::test]
async fn a_question_is_asked_to_its_end() {
    use holdall_testing::s3_server::{Fault, FaultAction};

    let server = honest().start().await.unwrap();
    let storage = stranger(&server).build().unwrap();
    let stalled = server.inject(Fault::new(FaultAction::Stall).operation("CopyObject").once());
    let store = Store::new(storage.clone());
    store.save("a", "x").overwrite().await.unwrap();
    let copy = tokio::spawn(async move { store.copy("a", "b").mode(SaveMode::Create).await });
    crate::support::eventually("it asks", || stalled.hits() == 1).await;
    copy.abort();
    server.clear_faults();
    crate::support::eventually("the object is removed", || server.keys(BUCKET) == ["a"]).await;
}

/// The README's five lines: a save without a mode, small and large, a copy and a rename, with each preset, on a server
/// that honours what the preset says and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn the_five_lines_work_with_every_preset() {
    for preset in Preset::ALL {
        let known = stranger_of(preset, "http://127.0.0.1:9").build().unwrap();
        let claims = known.capabilities().clone();
        let mut ignored = vec![ServerCondition::CopySourceIfMatch];
        if !claims.create {
            ignored.extend(ServerCondition::ALL);
        }
        let server = ignoring(&ignored).start().await.unwrap();
        let settings = stranger_of(preset, &server.endpoint());
        let settings = settings.access_key(server.access_key()).secret_key(server.secret_key());
        let media = Store::new(settings.build().unwrap());
        let mut names = BTreeSet::new();
        let large = noise(6 * MIB);
        for content in
            [Content::text("small"), stream_of(&large), Content::bytes(large.clone()), Content::text("x")]
        {
            let saved = media.save("usr/cat.jpg", content).content_type("image/jpeg").await.unwrap();
            assert_eq!(media.open(&saved.name).range(0..1).await.unwrap().bytes().await.unwrap().len(), 1);
            assert!(names.insert(saved.name.to_string()), "{preset}: {} was given twice", saved.name);
        }
        assert_eq!(names.contains("usr/cat.jpg"), claims.plain_names, "{preset}");
        let (one, other) = (names.first().unwrap().clone(), names.last().unwrap().clone());
        let copy = media.copy(&one, &other).await.unwrap().name;
        let moved = media.rename(&one, &other).await.unwrap().name;
        assert!(names.insert(copy.to_string()) && names.insert(moved.to_string()), "{preset}");
        names.remove(&one);
        let kept: BTreeSet<_> = server.keys(BUCKET).into_iter().collect();
        assert_eq!(kept, names, "{preset}");
        assert!(server.open_uploads(BUCKET).is_empty());
    }
}

fn stranger_of(preset: Preset, endpoint: &str) -> S3StorageBuilder {
    let settings = S3Storage::builder(BUCKET).preset(preset).endpoint(endpoint).region("us-east-1");
    settings.access_key("a").secret_key("b").max_attempts(1).part_size(5 << 20)
}

/// `[storages.staticfiles]` on a server without conditional writes: the policy fills in `Overwrite`, and that is what
/// the storage checks.
#[tokio::test]
async fn static_files_are_saved_without_a_mode_on_a_server_without_conditions() {
    let server = ignoring(&ServerCondition::ALL).start().await.unwrap();
    let settings = stranger(&server).conditional_writes(false).unique_names(UniqueNames::Auto);
    let site = StaticStorage::new(settings.build().unwrap(), Location::new("static").unwrap());
    let site = Store::new(site);
    for content in ["old", "new"] {
        assert_eq!(site.save("app.css", content).await.unwrap().name, "app.css");
    }
    site.save("in/app.css", "promoted").await.unwrap();
    assert_eq!(site.promote("in/app.css", "app.css").await.unwrap().saved.name, "app.css");
    assert_eq!(site.copy("app.css", "copy.css").await.unwrap().name, "copy.css");
    let mut writer = site.writer("app.css").await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut writer, b"written").await.unwrap();
    assert_eq!(writer.finish().await.unwrap().name, "app.css");
}

#[tokio::test]
async fn names_that_cannot_be_unique_by_condition_are_told_at_the_start() {
    let settings = stranger_of(Preset::Garage, "http://127.0.0.1:9").unique_names(UniqueNames::Condition);
    let error = settings.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    let text = error.to_string();
    assert!(
        text.contains("unique_names") && text.contains("preset garage") && text.contains("\"random\""),
        "{text}"
    );
    let random =
        stranger_of(Preset::Aws, "http://127.0.0.1:9").unique_names(UniqueNames::Random).build().unwrap();
    assert!(random.capabilities().unique && !random.capabilities().plain_names);
}

/// Where everybody else's uploads are safe, so are ours: names of 1,024 bytes leave no room for letters, but the stem
/// gives way.
#[tokio::test]
async fn random_names_keep_to_the_limits() {
    let server = ignoring(&ServerCondition::ALL).start().await.unwrap();
    let storage = stranger(&server).location("media").conditional_writes(false).build().unwrap();
    let store = Store::new(storage);
    let longest = format!("{}.jpg", "x".repeat(1024 - "media/.jpg".len()));
    let saved = store.save(&longest, "x").await.unwrap().name;
    assert!(saved.as_str().len() == longest.len() && saved.extension() == Some("jpg"), "{saved}");
    let short = store.save("usr/cat.tar.gz", "x").max_name_length(40).await.unwrap().name;
    assert_eq!(short.as_str().split('_').nth(1).unwrap().len(), 22 + ".tar.gz".len(), "{short}");
    assert!(short.as_str().chars().count() <= 40);
}

/// A server that answers an abort and keeps the upload, and one whose answer says nothing.
#[tokio::test]
async fn a_probe_says_which_uploads_it_could_not_abort() {
    use holdall_testing::s3_server::{Fault, FaultAction};

    let server = honest().keep_aborted_uploads(true).start().await.unwrap();
    let report = stranger(&server).build().unwrap().probe().await.unwrap();
    assert_eq!(report.left_behind.len(), server.open_uploads(BUCKET).len(), "{report}");
    assert!(!report.left_behind.is_empty() && report.to_string().contains("lists it still"), "{report}");

    let server = honest().start().await.unwrap();
    let lost = FaultAction::Error { status: 404, code: "NotFound".to_owned() };
    server.inject(Fault::new(lost).operation("AbortMultipartUpload"));
    let report = stranger(&server).build().unwrap().probe().await.unwrap();
    assert!(!server.open_uploads(BUCKET).is_empty());
    assert_eq!(report.left_behind.len(), server.open_uploads(BUCKET).len(), "{report}");
}

/// The region of another server is a setting that is wrong, not a failure of unknown kind.
#[tokio::test]
async fn a_region_that_the_server_does_not_have_is_told() {
    let server = honest().region("garage").start().await.unwrap();
    let buckets = stranger(&server).region("garage").build().unwrap().buckets();
    let error = buckets.create_in("new-bucket", "eu-central-1").await.unwrap_err();
    assert_eq!((error.kind(), error.name()), (ErrorKind::InvalidConfig, Some("new-bucket")), "{error}");
    assert!(error.to_string().contains("own region"), "{error}");
}

/// A bucket keeps versions, and nobody said so: none is told.
#[tokio::test]
async fn versions_are_told_only_where_they_can_be_used() {
    let server =
        S3Server::builder().credentials("AKIDCANARY", SECRET).versioned(BUCKET).start().await.unwrap();
    let storage = stranger(&server).honoured_conditions(ServerCondition::ALL).build().unwrap();
    let store = Store::new(storage);
    suite().only("versions_are_refused").run(&store).await.assert();
    let saved = store.save("large", stream_of(&noise(6 * MIB))).await.unwrap();
    assert_eq!(saved.version, None);
    assert_eq!(store.rename("large", "moved").await.unwrap().version, None);
    let opened = store.open("moved").await.unwrap();
    assert_eq!(opened.metadata().version, None);
}
