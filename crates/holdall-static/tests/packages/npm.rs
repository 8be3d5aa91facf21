//! Packages of npm: what other parsers find is what was rewritten, and nothing else changed.

use std::path::Path;
use std::process::Command;

use holdall_core::{Durability, Store};
use holdall_fs::FileSystemStorage;
use holdall_static::{Collector, Directories, Report, Severity};

/// What is collected of each package.
const TREES: [&str; 17] = [
    "@fortawesome/fontawesome-free",
    "@tabler/core/dist",
    "ace-builds",
    "bootstrap-icons",
    "bootstrap/dist",
    "flag-icons",
    "highlight.js",
    "katex/dist",
    "mathjax/es5",
    "monaco-editor/esm",
    "monaco-editor/min",
    "pdfjs-dist",
    "swagger-ui-dist",
    "three/build",
    "three/examples",
    "tinymce",
    "video.js/dist",
];

async fn collect(source: &Path, to: &Path, rule: Severity) -> holdall_core::Result<Report> {
    let storage =
        FileSystemStorage::builder(to).create_root(true).durability(Durability::Buffered).build()?;
    let finder = Directories::new(source);
    Collector::new().finder(finder).missing("*", "*", rule).copies(false).collect(&Store::new(storage)).await
}

#[tokio::test]
async fn other_parsers_find_the_same_references() {
    let Some(packages) = crate::packages() else { return };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packages/check.mjs");
    let mut differ = Vec::new();
    for tree in TREES {
        let source = packages.join("node_modules").join(tree);
        let collected = tempfile::tempdir().unwrap();
        let report = collect(&source, collected.path(), Severity::Warning).await.unwrap();
        let mut node = Command::new("node");
        let output =
            node.arg(script).arg(&source).arg(collected.path()).current_dir(&packages).output().unwrap();
        println!(
            "{tree}: {} problems, {}",
            report.problems.len(),
            String::from_utf8_lossy(&output.stdout).trim()
        );
        if !output.status.success() {
            differ.push(format!("{tree}:\n{}", String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// A package whose references lead nowhere: Django tells the first one and stops.
#[tokio::test]
async fn all_that_is_missing_in_a_package_is_told_at_once() {
    let Some(packages) = crate::packages() else { return };
    let source = packages.join("node_modules/@tabler/core/dist");
    let collected = tempfile::tempdir().unwrap();
    let to = collected.path().join("collected");
    let strict = collect(&source, &to, Severity::Error).await.unwrap_err();
    println!("{strict}");
    assert!(strict.reason().contains("star-rating.min.css:1:"), "{strict}");
    assert!(
        strict.reason().contains(": ../img/star-empty.svg -> libs/star-rating.js/img/star-empty.svg"),
        "{strict}"
    );
    assert!(strict.reason().lines().count() > 3);
    assert_eq!(std::fs::read_dir(&to).unwrap().count(), 0);
}
