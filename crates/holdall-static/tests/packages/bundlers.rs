//! Real builds of Vite and of webpack: everything that they hashed is recognised, and nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use holdall_core::{MemoryStorage, Store};
use holdall_static::{Collector, Directories, Manifest, Prehashed, Report};

/// A program of two entries that share a module, with a worker, a module that is loaded later, styles and pictures.
const SOURCES: [(&str, &str); 15] = [
    ("package.json", "{ \"private\": true }"),
    ("index.html", "<!doctype html><title>x</title><script type=\"module\" src=\"/src/main.js\"></script>"),
    (
        "src/main.js",
        "import { shared } from './shared.js';\nimport './main.css';\nimport logo from './logo.svg';\n\
         document.title = shared(logo);\n\
         new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });\n\
         import('./lazy.js').then((module) => module.run());\n",
    ),
    (
        "src/admin.js",
        "import { shared } from './shared.js';\nimport './admin.css';\n\
         console.log(shared('admin'), new URL('./photo.png', import.meta.url).href);\n",
    ),
    ("src/shared.js", "import './shared.css';\nexport const shared = (text) => 'shared ' + text;\n"),
    ("src/lazy.js", "import './lazy.css';\nexport const run = () => console.log('lazy');\n"),
    ("src/worker.js", "postMessage(1);\n"),
    ("src/main.css", "body { background: url(./background.png) }\n"),
    ("src/admin.css", "a { color: red }\n"),
    ("src/shared.css", "p { margin: 0 }\n"),
    ("src/lazy.css", "b { margin: 0 }\n"),
    ("src/logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ("src/background.png", "background"),
    ("src/photo.png", "photo"),
    ("public/robots.txt", "User-agent: *\n"),
];

/// A directory with the sources, and what Node made of them with that script of ours and those arguments.
fn build(packages: &Path, script: &str, arguments: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in SOURCES {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::os::unix::fs::symlink(packages.join("node_modules"), folder.path().join("node_modules")).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packages").join(script);
    std::fs::copy(&script, folder.path().join(script.file_name().unwrap())).unwrap();
    let output = Command::new("node").args(arguments).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

/// The files below a directory, by name.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    files
}

/// Collects a build below `app/`, without copies: whatever the bundler refers to must be there all the same.
async fn collect(dist: &Path, bundle: Prehashed) -> (Report, Store) {
    let store = Store::new(MemoryStorage::new());
    let finder = Directories::prefixed("app", dist).unwrap();
    let collector = Collector::new().finder(finder).prehashed(bundle.prefix("app").unwrap()).copies(false);
    let report = collector.collect(&store).await.unwrap();
    let again = collector.collect(&store).await.unwrap();
    assert_eq!(again.published.changes, []);
    (report, store)
}

/// Everything but these keeps its name and its bytes, and is marked.
async fn check(dist: &Path, store: &Store, others: &[&str]) -> Manifest {
    let manifest = Manifest::load(store).await.unwrap();
    for (name, bytes) in files(dist) {
        if name.starts_with('.') {
            continue;
        }
        let key = format!("app/{name}");
        let details = manifest.details(&key).unwrap_or_else(|| panic!("no {key}"));
        let is_other = others.contains(&name.as_str());
        assert_eq!(details.immutable, !is_other, "{key}");
        assert_eq!(*manifest.get(&key).unwrap() == key.as_str(), !is_other, "{key}");
        if !is_other {
            assert_eq!(store.open(key.as_str()).await.unwrap().bytes().await.unwrap(), bytes, "{key}");
        }
    }
    manifest
}

/// The addresses of such tags in a page, in the order in which they stand there, as names.
fn addresses(page: &str, tag: &str, attribute: &str) -> Vec<String> {
    let behind = page.split(tag).skip(1);
    let values =
        behind.map(|rest| rest.split_once(&format!("{attribute}=\"")).unwrap().1.split('"').next().unwrap());
    values.map(|value| value.strip_prefix("/static/").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn vite_s_build_keeps_its_names_and_its_closure_is_that_of_vite_s_own_page() {
    let Some(packages) = crate::packages() else { return };
    let arguments = ["node_modules/vite/bin/vite.js", "build", "--logLevel", "error"];
    let folder = build(&packages, "vite/vite.config.mjs", &arguments);
    let dist = folder.path().join("dist");
    let (report, store) = collect(&dist, Prehashed::vite(dist.join(".vite/manifest.json"))).await;
    assert_eq!(report.problems, []);
    let manifest = check(&dist, &store, &["index.html", "robots.txt"]).await;

    let page = std::fs::read_to_string(dist.join("index.html")).unwrap();
    let entry = manifest.entry("app/index.html").unwrap();
    let texts = |names: &[holdall_core::Name]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(texts(&entry.scripts), addresses(&page, "<script type=\"module\"", "src"));
    assert_eq!(texts(&entry.css), addresses(&page, "<link rel=\"stylesheet\"", "href"));
    assert_eq!(texts(&entry.preload), addresses(&page, "<link rel=\"modulepreload\"", "href"));
    assert!(entry.module && entry.css.len() == 2 && entry.preload.len() == 1, "{entry:?}");
    let admin = manifest.entry("app/src/admin.js").unwrap();
    assert_eq!((admin.css.len(), &admin.preload), (2, &entry.preload));
    assert!(manifest.entry("app/src/logo.svg").unwrap().file.as_ref().unwrap().extension() == Some("svg"));
}

#[tokio::test]
async fn webpack_s_build_keeps_its_names_by_either_manifest() {
    let Some(packages) = crate::packages() else { return };
    let folder = build(&packages, "webpack/build.cjs", &["build.cjs"]);
    let dist = folder.path().join("dist");
    let (flat, rich) =
        (Prehashed::webpack(dist.join("flat.json")), Prehashed::webpack(dist.join("assets.json")));

    let (report, store) = collect(&dist, flat).await;
    assert_eq!(report.problems, []);
    let manifest = check(&dist, &store, &["flat.json", "assets.json"]).await;
    let main = manifest.entry("app/main.js").unwrap();
    assert!(main.scripts[0].as_str().starts_with("app/js/main."), "{main:?}");

    let (report, store) = collect(&dist, rich).await;
    assert_eq!(report.problems, []);
    let manifest = check(&dist, &store, &["flat.json", "assets.json"]).await;
    let main = manifest.entry("app/main").unwrap();
    // What runs the others comes first, the entry itself last.
    let begins = ["app/js/runtime.", "app/js/", "app/js/main."];
    assert!(
        main.scripts.iter().zip(begins).all(|(name, begin)| name.as_str().starts_with(begin)),
        "{main:?}"
    );
    assert_eq!((main.scripts.len(), main.css.len(), main.module), (3, 2, false));
    assert!(main.css[1].as_str().starts_with("app/css/main."), "{main:?}");
}
