//! Django 6.1.3's `tests/staticfiles_tests`: our names are Django's.

use holdall_core::{MemoryStorage, Name, Store};
use holdall_static::{Collector, Directories, MANIFEST_NAME, Manifest, Severity};

/// What Django's tests expect (`test_storage.py`), and for `cached/module.js` with imports rewritten.
const GOLDEN: [&str; 18] = [
    "absolute_root.f821df1b64f7.css",
    "cached/absolute.eb04def9f9a4.css",
    "cached/css/fragments.7fe344dee895.css",
    "cached/css/ignored.b71666be52dd.css",
    "cached/css/window.5d5c10836967.css",
    "cached/img/relative.acae32e4532b.png",
    "cached/import.f53576679e5a.css",
    "cached/module.9ffdb99eeda2.js",
    "cached/other.d41d8cd98f00.css",
    "cached/relative.c3e9e1ea6f2e.css",
    "cached/source_map.b2fceaf426aa.css",
    "cached/source_map.cd45b8534a87.js",
    "cached/source_map_data_uri.3166be10260d.css",
    "cached/styles.5e0040571e1a.css",
    "cached/styles_insensitive.3fa427592a53.css",
    "cached/url.902310b73412.css",
    "styles_root.401f2509a628.css",
    "test/file.dad0999e4f8f.txt",
];

/// The hash that Django 6.1.3 writes for the same directories, with `support_js_module_import_aggregation`.
const MANIFEST_HASH: &str = "ea3e46a84da3";

/// The one file that Django names otherwise: it takes the name for a URL and decodes it, so that `%2F` is lost.
const DIFFERS: (&str, &str) = ("test/%2F.txt", "test/.txt.fd1cb434fc14");

#[tokio::test]
async fn names_and_manifest_are_those_of_django() {
    let Some(packages) = crate::packages() else { return };
    let tests = packages.join("django-6.1.3/tests/staticfiles_tests");
    let finder = Directories::new(tests.join("project/documents"))
        .and_prefixed("prefix", tests.join("project/prefixed"))
        .unwrap()
        .and(tests.join("apps/test/static"))
        .and(tests.join("apps/no_label/static"));
    let store = Store::new(MemoryStorage::new());
    // A comment in Django's file names a module that is not there; Django finds no reference in it either.
    let collector = Collector::new().finder(finder).missing("cached/*", "*_missing*", Severity::Error);
    let report = collector.collect(&store).await.unwrap();
    assert_eq!((report.files, report.conflicts.len()), (47, 1));

    let mut manifest =
        Manifest::parse(&store.open(MANIFEST_NAME).await.unwrap().bytes().await.unwrap()).unwrap();
    for golden in GOLDEN {
        assert!(manifest.iter().any(|(_, hashed)| hashed.as_str() == golden), "{golden}");
    }
    let (name, of_django) = (Name::new(DIFFERS.0).unwrap(), Name::new(DIFFERS.1).unwrap());
    assert_eq!(manifest.get(DIFFERS.0).unwrap().as_str(), "test/%2F.fd1cb434fc14.txt");
    manifest.insert(name, of_django, None);
    assert_eq!(manifest.hash(), MANIFEST_HASH);
}
