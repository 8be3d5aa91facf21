//! What is wrong with the sources: told in full, with places, and nothing published.

use holdall_core::ErrorKind;
use holdall_static::{Collector, Directories, Severity};

use crate::support::{SITE, contents, memory, of, write};

const BROKEN: [(&str, &str); 4] = [
    ("css/a.css", "a {\n  b: url(../img/Cat.png);\n  é: url(gone.png) }\n/*# sourceMappingURL=a.css.map */"),
    ("img/cat.png", "a cat"),
    ("js/a.js", "import './b.js';\n//# sourceMappingURL=a.js.map\n"),
    ("js/c.js", "export * from '../../outside.js'"),
];

#[tokio::test]
async fn every_missing_file_is_told_with_its_place_and_the_nearest_name() {
    let store = memory();
    let error = of(&BROKEN).collect(&store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let lines: Vec<&str> = error.reason().lines().collect();
    assert_eq!(
        lines,
        [
            "css/a.css:2:10: ../img/Cat.png -> img/Cat.png: there is no such file; did you mean img/cat.png?",
            "css/a.css:3:10: gone.png -> css/gone.png: there is no such file",
            "js/a.js:1:9: ./b.js -> js/b.js: there is no such file; did you mean js/c.js?",
            "js/c.js:1:16: ../../outside.js -> ../outside.js: there is no such file",
            "nothing was published: 4 of these must be mended",
        ]
    );
    assert!(contents(&store).await.is_empty());
}

#[tokio::test]
async fn a_missing_source_map_is_a_warning_and_rules_decide_the_rest() {
    let store = memory();
    let report = of(&BROKEN)
        .missing("css/*", "gone.png", Severity::Ignore)
        .missing("*", "*", Severity::Warning)
        .collect(&store)
        .await
        .unwrap();
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 5);
    assert!(told.iter().all(|line| !line.contains("gone.png")));
    assert!(told.iter().any(|line| line.starts_with("js/a.js:2:22: a.js.map -> js/a.js.map")), "{told:#?}");
}

#[tokio::test]
async fn text_that_is_not_utf8_is_copied_as_it_is_and_told() {
    let store = memory();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.css"), b"a { b: url(gone.png) } /* \xe9 */").unwrap();
    let report = Collector::new().finder(Directories::new(folder.path())).collect(&store).await.unwrap();
    assert_eq!(
        report.problems[0].to_string(),
        "a.css: the text is not UTF-8; it is copied as it is, references unchanged"
    );
    assert_eq!(store.open("a.css").await.unwrap().bytes().await.unwrap().last_chunk(), Some(b"\xe9 */"));
}

/// Sources that cannot be collected, each with a part of its sentence.
#[tokio::test]
async fn sources_that_cannot_be_read_are_told_and_nothing_is_published() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(&at("loop"), &[("a/b.txt", "b")]);
    std::os::unix::fs::symlink(at("loop"), at("loop/a/again")).unwrap();
    write(&at("nowhere"), &[("a.txt", "a")]);
    std::os::unix::fs::symlink(at("gone"), at("nowhere/b.txt")).unwrap();
    for (root, kind, says) in [
        ("missing", ErrorKind::NotFound, "missing of static files does not exist"),
        ("loop", ErrorKind::InvalidInput, "is a symbolic link that leads back to"),
        ("nowhere", ErrorKind::NotFound, "b.txt disappeared, or is a symbolic link that leads nowhere"),
    ] {
        let store = memory();
        let error = Collector::new().finder(Directories::new(at(root))).collect(&store).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.reason().contains(says), "{error}");
        assert!(contents(&store).await.is_empty());
    }
}

#[tokio::test]
async fn a_broken_manifest_is_replaced() {
    let store = memory();
    store.save("staticfiles.json", "{ broken").await.unwrap();
    of(&SITE).collect(&store).await.unwrap();
    assert!(crate::support::manifest(&store).await.get("robots.txt").is_some());
}
