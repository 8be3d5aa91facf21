//! What is published, and what is said about it.

use holdall_core::ErrorKind;
use holdall_static::{Action, Generations, Headers, Published, Role};

use crate::support::{SITE, contents, manifest, memory, of, saved};

/// What is remembered about the copies.
const COPIES: &str = "staticfiles.copies.json";

#[tokio::test]
async fn a_check_does_everything_but_publish() {
    let report = of(&SITE).check().await.unwrap();
    assert_eq!((report.files, report.published), (SITE.len(), Published::default()));
    let error = of(&[("a.css", "a { b: url(x.png) } b { b: url(y.png) }")]).check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.reason().contains("x.png") && error.reason().contains("y.png"), "{error}");
}

#[tokio::test]
async fn without_post_processing_files_are_only_copied() {
    let store = memory();
    // A reference that leads nowhere is nobody's business then.
    let files = [("a.css", "a { b: url(gone.png) }"), ("b.txt", "b")];
    let report = of(&files).post_process(false).collect(&store).await.unwrap();
    assert_eq!(saved(&report), ["a.css", "b.txt"]);
    assert!(report.published.post_processed.is_empty());
    assert_eq!(contents(&store).await.len(), 3);
    let again = of(&files).post_process(false).collect(&store).await.unwrap();
    assert_eq!(saved(&again), [""; 0]);

    // A manifest that is there stays as it is.
    let store = memory();
    of(&SITE).collect(&store).await.unwrap();
    let before = (manifest(&store).await, contents(&store).await);
    let mut changed = SITE;
    changed[2].1 = "another cat";
    let report = of(&changed).post_process(false).collect(&store).await.unwrap();
    assert_eq!(saved(&report), ["img/cat.png"]);
    let mut after = (manifest(&store).await, contents(&store).await);
    assert_eq!(after.1.insert("img/cat.png".to_owned(), "a cat".to_owned()).unwrap(), "another cat");
    after.1.insert(COPIES.to_owned(), before.1[COPIES].clone());
    assert_eq!(before, after);
}

#[tokio::test]
async fn to_publish_nothing_at_all_is_an_error() {
    let error = of(&SITE).post_process(false).copies(false).collect(&memory()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert!(of(&SITE).post_process(false).copies(false).check().await.is_err());
    let no_header = Headers::new().content_language("no header\n");
    assert_eq!(of(&SITE).headers("*", no_header).check().await.unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn what_was_done_with_each_name_is_told() {
    let store = memory();
    of(&SITE).collect(&store).await.unwrap();
    let mut changed = SITE;
    changed[2].1 = "another cat";
    let published = of(&changed).collect(&store).await.unwrap().published;
    let manifest = manifest(&store).await;
    let hashed = |name: &str| manifest.get(name).unwrap().as_str();
    let versioned = Generations::load(&store).await.unwrap().current().unwrap().manifest_name.clone();
    let told: Vec<_> =
        published.changes.iter().map(|change| (change.name.as_str(), change.role, change.action)).collect();
    assert_eq!(
        told,
        [
            (hashed("css/app.css"), Role::Hashed, Action::Created),
            (hashed("img/cat.png"), Role::Hashed, Action::Created),
            ("img/cat.png", Role::Copy, Action::Replaced),
            (versioned.as_str(), Role::Manifest, Action::Created),
            ("staticfiles.json", Role::Manifest, Action::Replaced),
        ]
    );
    let pairs: Vec<_> =
        published.post_processed.iter().map(|(name, hashed)| (name.as_str(), hashed.as_str())).collect();
    assert_eq!(pairs, [("css/app.css", hashed("css/app.css")), ("img/cat.png", hashed("img/cat.png"))]);
    assert_eq!(published.unchanged.len(), SITE.len() * 2 - 3);
}
