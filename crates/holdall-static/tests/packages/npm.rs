//! Packages of npm: what other parsers find is what was rewritten, and nothing else changed.

use std::path::Path;
use std::process::Command;

use holdall_core::{Durability, Store};
use holdall_fs::FileSystemStorage;
use holdall_static::{Collector, Directories, Ignore, Report, Severity};

/// What is collected: folders below that of the packages, of npm and of the Python Package Index.
const TREES: [&str; 59] = [
    "node_modules/@fortawesome/fontawesome-free",
    "node_modules/@hotwired/turbo",
    "node_modules/@tabler/core/dist",
    "node_modules/@uswds/uswds",
    "node_modules/ace-builds",
    "node_modules/admin-lte",
    "node_modules/alpinejs",
    "node_modules/babylonjs",
    "node_modules/bootstrap-icons",
    "node_modules/bootstrap/dist",
    "node_modules/bulma",
    "node_modules/cesium/Build/Cesium",
    "node_modules/chart.js",
    "node_modules/codemirror",
    "node_modules/datatables.net-dt",
    "node_modules/easymde",
    "node_modules/flag-icons",
    "node_modules/flatpickr",
    "node_modules/font-awesome",
    "node_modules/foundation-sites",
    "node_modules/fullcalendar",
    "node_modules/highlight.js",
    "node_modules/htmx.org",
    "node_modules/jquery",
    "node_modules/jquery-ui-dist",
    "node_modules/jstree",
    "node_modules/katex/dist",
    "node_modules/leaflet",
    "node_modules/lightbox2",
    "node_modules/lit",
    "node_modules/maplibre-gl",
    "node_modules/mathjax/es5",
    "node_modules/moment",
    "node_modules/monaco-editor/esm",
    "node_modules/monaco-editor/min",
    "node_modules/pdfjs-dist",
    "node_modules/photoswipe",
    "node_modules/plyr",
    "node_modules/preact",
    "node_modules/prismjs",
    "node_modules/quill",
    "node_modules/select2",
    "node_modules/slick-carousel",
    "node_modules/summernote",
    "node_modules/swagger-ui-dist",
    "node_modules/sweetalert2",
    "node_modules/swiper",
    "node_modules/three/build",
    "node_modules/three/examples",
    "node_modules/tinymce",
    "node_modules/uikit",
    "node_modules/video.js/dist",
    "node_modules/vue",
    "python/debug_toolbar/static",
    "python/django_ckeditor_5/static",
    "python/drf_spectacular_sidecar/static",
    "python/jazzmin/static",
    "python/rest_framework/static",
    "python/tinymce/static",
];

/// Trees whose style sheets refer to what is not there, which Django's default refuses too.
const REFUSED: [&str; 1] = ["node_modules/@tabler/core/dist"];

fn collector() -> Collector {
    // What a package depends on is no part of it.
    Collector::new().ignore(Ignore::default().with("node_modules")).copies(false)
}

async fn collect(collector: Collector, to: &Path) -> holdall_core::Result<Report> {
    let storage =
        FileSystemStorage::builder(to).create_root(true).durability(Durability::Buffered).build()?;
    collector.collect(&Store::new(storage)).await
}

#[tokio::test]
async fn other_parsers_find_the_same_references() {
    let Some(packages) = crate::packages() else { return };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packages/check.mjs");
    let (mut differ, mut refused) = (Vec::new(), Vec::new());
    for tree in TREES {
        let source = packages.join(tree);
        let collected = tempfile::tempdir().unwrap();
        let by_default = || collector().finder(Directories::new(&source));
        let report = match collect(by_default(), collected.path()).await {
            Ok(report) => report,
            Err(error) => {
                if !REFUSED.contains(&tree) {
                    differ.push(format!("{tree} is refused: {error}"));
                }
                refused.push(tree);
                collect(by_default().missing("*", "*", Severity::Warning), collected.path()).await.unwrap()
            }
        };
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
    assert_eq!(refused, REFUSED);
}

/// All of them in one run, side by side as in a site that has them all.
#[tokio::test]
async fn the_whole_corpus_is_collected_in_one_run() {
    let Some(packages) = crate::packages() else { return };
    let trees = TREES.iter().filter(|tree| !REFUSED.contains(tree));
    let all = trees
        .map(|tree| Directories::prefixed(tree.split_once('/').unwrap().1, packages.join(tree)).unwrap());
    let all = all.fold(collector(), Collector::finder);
    let started = std::time::Instant::now();
    let report = all.check().await.unwrap();
    println!(
        "{} files in {:.1} s, {} problems",
        report.files,
        started.elapsed().as_secs_f64(),
        report.problems.len()
    );
    assert!(report.files > 10_000, "{}", report.files);
    assert!(report.problems.iter().all(|problem| problem.severity == Severity::Warning));
}

/// A package whose references lead nowhere: Django tells the first one and stops.
#[tokio::test]
async fn all_that_is_missing_in_a_package_is_told_at_once() {
    let Some(packages) = crate::packages() else { return };
    let source = packages.join("node_modules/@tabler/core/dist");
    let collected = tempfile::tempdir().unwrap();
    let to = collected.path().join("collected");
    let by_default = collector().finder(Directories::new(&source));
    let strict = collect(by_default, &to).await.unwrap_err();
    println!("{strict}");
    assert!(strict.reason().contains("star-rating.min.css:1:"), "{strict}");
    assert!(
        strict.reason().contains(": ../img/star-empty.svg -> libs/star-rating.js/img/star-empty.svg"),
        "{strict}"
    );
    assert!(strict.reason().lines().count() > 3);
    assert_eq!(std::fs::read_dir(&to).unwrap().count(), 0);
}
