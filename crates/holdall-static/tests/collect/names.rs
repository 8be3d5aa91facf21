//! Names that a destination cannot hold: told before anything is published, all at once.

use std::sync::Arc;

use holdall_core::{ErrorKind, MemoryStorage, Store};
use holdall_static::{Collector, Embedded, Prehashed, ProblemKind, Severity};

use crate::faulty::{Fault, Faulty};
use crate::support::{contents, memory, of};

fn folding(inner: &Arc<MemoryStorage>) -> Store {
    let mut storage = Faulty::new(inner, Fault::Never);
    storage.folds_case = true;
    Store::new(storage)
}

const CASES: [(&str, &str); 3] = [("img/Cat.png", "one"), ("img/cat.png", "two"), ("robots.txt", "x")];

#[tokio::test]
async fn names_that_differ_only_in_case_are_a_warning() {
    let store = memory();
    let report = of(&CASES).collect(&store).await.unwrap();
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    let says = "img/cat.png: it differs from img/Cat.png only in case, which disks of macOS and Windows take for the same";
    assert_eq!(told, [says]);
    assert_eq!(of(&CASES).check().await.unwrap().problems.len(), 1);
    assert_eq!(contents(&store).await["img/Cat.png"], "one");
    // Hashed names that differ only in case have the same content.
    assert!(of(&CASES).copies(false).check().await.unwrap().problems.is_empty());
}

#[tokio::test]
async fn where_case_does_not_count_they_are_an_error_and_nothing_is_published() {
    // Where there is a file to ask for, and where there is none.
    for name in [Some("something.txt"), None] {
        let inner = Arc::new(MemoryStorage::new());
        let store = folding(&inner);
        if let Some(name) = name {
            store.save(name, "x").await.unwrap();
        }
        let error = of(&CASES).collect(&store).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let says = "img/cat.png: the destination takes it for img/Cat.png, which differs only in case";
        assert!(error.reason().starts_with(says), "{error}");
        let there: Vec<String> = contents(&store).await.into_keys().collect();
        assert_eq!(there, name.into_iter().map(str::to_owned).collect::<Vec<_>>());
        of(&CASES).copies(false).collect(&store).await.unwrap();
    }
    // A dry run cannot write, and an empty place does not tell.
    let report = of(&CASES).dry_run(true).collect(&folding(&Arc::new(MemoryStorage::new()))).await.unwrap();
    assert_eq!(report.problems[0].severity, Severity::Warning);
    // Without such names nobody asks.
    of(&CASES[1..]).collect(&folding(&Arc::new(MemoryStorage::new()))).await.unwrap();
}

#[tokio::test]
async fn names_that_are_too_long_once_they_have_a_hash_are_told_all_at_once() {
    let long = |length: usize| format!("css/{}.css", "x".repeat(length));
    let files = [(long(238), "fits"), (long(239), "a"), (long(250), "b"), ("c.css".to_owned(), "c")];
    let collector = || Collector::new().finder(Embedded::new(files.clone()).unwrap());
    // A bucket takes them.
    collector().collect(&memory()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let disk = Store::new(holdall_fs::FileSystemStorage::builder(folder.path()).build().unwrap());
    let error = collector().collect(&disk).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.reason().matches("longer than the 255 bytes").count(), 2, "{error}");
    assert!(contents(&disk).await.is_empty());
    // Under their own names the disk takes them.
    collector().post_process(false).collect(&disk).await.unwrap();

    // No storage takes a name of more than 1,024 bytes.
    let deep = format!("{}{}.css", "d/".repeat(500), "x".repeat(15));
    let error =
        Collector::new().finder(Embedded::new([(deep.as_str(), "a")]).unwrap()).check().await.unwrap_err();
    assert!(error.reason().contains("longer than the 1024 bytes"), "{error}");
}

#[tokio::test]
async fn a_file_below_a_file_is_refused_where_it_cannot_be_held() {
    let files = [("a", "1"), ("a/b/c", "2"), ("a/d", "3")];
    let bucket = Arc::new(MemoryStorage::new());
    let bucket = Store::new(
        Faulty::new(&bucket, Fault::Never).with_capabilities(|all| all.with_files_beside_directories(true)),
    );
    of(&files).collect(&bucket).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let disk = Store::new(holdall_fs::FileSystemStorage::builder(folder.path()).build().unwrap());
    let error = of(&files).collect(&disk).await.unwrap_err();
    assert_eq!(error.reason().matches("a is a file, below which").count(), 2, "{error}");
    assert!(contents(&disk).await.is_empty());
    of(&files).copies(false).collect(&disk).await.unwrap();
}

#[tokio::test]
async fn a_broken_manifest_is_told() {
    let store = memory();
    store.save("staticfiles.json", "{ broken").await.unwrap();
    let report = of(&CASES[1..]).replace_manifest(true).collect(&store).await.unwrap();
    let [problem] = &report.problems[..] else { panic!("{:?}", report.problems) };
    assert!(matches!(problem.kind, ProblemKind::BrokenManifest { .. }));
    assert_eq!((problem.file.as_str(), problem.severity), ("staticfiles.json", Severity::Warning));
    assert!(of(&CASES[1..]).collect(&store).await.unwrap().problems.is_empty());
}

/// An earlier collection is used as a source, beside what it was made of.
#[tokio::test]
async fn two_files_are_not_published_under_one_name() {
    let first = memory();
    let before = [("css/a.css", "a { b: url(../img/x.png) }"), ("img/x.png", "x")];
    of(&before).collect(&first).await.unwrap();
    let earlier: Vec<(String, String)> =
        contents(&first).await.into_iter().filter(|(name, _)| !name.starts_with("staticfiles.")).collect();
    let store = memory();
    let both = || Collector::new().finder(Embedded::new(earlier.clone()).unwrap());
    let error = both().collect(&store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let hashed =
        earlier.iter().map(|(name, _)| name).find(|name| name.starts_with("img/x.") && name.len() > 10);
    let says = format!(": it would be published as {0}, and so would ", hashed.unwrap());
    assert!(error.reason().contains(&says), "{error}");
    assert!(error.reason().contains("leave one of the two out with an ignore pattern"), "{error}");
    assert!(contents(&store).await.is_empty());
    // A file of a bundler keeps its name, which another one must not get either.
    let kept = both().copies(false).prehashed(Prehashed::pattern("*.[hash:12].*").unwrap());
    assert!(kept.check().await.unwrap_err().reason().contains(&says));
    // Nothing else is at stake where no file is published under its own name.
    both().copies(false).check().await.unwrap();
}
