//! A small site, and its manifest once it is collected.

use std::path::Path;

use holdall_core::Store;
use holdall_static::{Collector, Embedded, MANIFEST_NAME, Manifest};

/// A small site: a style sheet that imports another one and shows a picture, two modules that import each other,
/// and a worker.
pub(crate) const SITE: [(&str, &str); 8] = [
    ("css/app.css", "@import 'base.css';\nbody { background: url(../img/cat.png?v=1#x) }\n"),
    ("css/base.css", "/* url(nowhere.png) */ p { content: 'url(nowhere.png)' }\n"),
    ("img/cat.png", "a cat"),
    ("js/main.js", "import { even } from './even.js';\nnew Worker(new URL('worker.js', import.meta.url));\n"),
    ("js/even.js", "import { odd } from './odd.js';\nexport const even = n => n == 0 || odd(n - 1);\n"),
    ("js/odd.js", "import { even } from './even.js';\nexport const odd = n => n != 0 && even(n - 1);\n"),
    ("js/worker.js", "postMessage(1);\n"),
    ("robots.txt", "User-agent: *\n"),
];

/// A collector of these files.
pub(crate) fn of(files: &[(&'static str, &'static str)]) -> Collector {
    Collector::new().finder(Embedded::new(files.iter().copied()).unwrap())
}

/// Writes these files below a directory.
pub(crate) fn write(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

pub(crate) async fn manifest(store: &Store) -> Manifest {
    Manifest::parse(&store.open(MANIFEST_NAME).await.unwrap().bytes().await.unwrap()).unwrap()
}

/// The hashed name of a file.
pub(crate) async fn hashed(store: &Store, name: &str) -> String {
    manifest(store).await.get(name).unwrap_or_else(|| panic!("no {name}")).to_string()
}
