//! What a bundler hashed already.

use holdall_core::ErrorKind;
use holdall_static::{Collector, Directories, Embedded, MANIFEST_NAME, Prehashed, Severity, ViteManifest};

use crate::support::{RECORDS, contents, manifest, memory, saved, write};

/// As Vite writes it for `base: "/static/app/"`.
const VITE: &str = r#"{
  "src/main.js": {
    "file": "assets/main-BIedkE5R.js", "name": "main", "src": "src/main.js", "isEntry": true,
    "imports": ["_shared-ChekSBJ8.js"], "css": ["assets/main-BiwzXhey.css"], "assets": ["assets/bg-BchrkKus.png"]
  },
  "_shared-ChekSBJ8.js": { "file": "assets/shared-ChekSBJ8.js", "name": "shared" }
}"#;

const DIST: [(&str, &str); 8] = [
    (".vite/manifest.json", VITE),
    (
        "assets/main-BIedkE5R.js",
        "import './shared-ChekSBJ8.js';\nnew URL('/static/favicon.svg', import.meta.url);\n//# sourceMappingURL=main-BIedkE5R.js.map\n",
    ),
    ("assets/main-BIedkE5R.js.map", "{}"),
    ("assets/main-BiwzXhey.css", "a { b: url(\"/static/app/assets/bg-BchrkKus.png\") }"),
    ("assets/bg-BchrkKus.png", "bg"),
    ("assets/shared-ChekSBJ8.js", "export const x = 1;"),
    // Of Vite's `public` directory.
    ("robots.txt", "all"),
    ("app.webmanifest", "{}"),
];

const OWN: [(&str, &str); 2] =
    [("site.css", "p { b: url('app/assets/bg-BchrkKus.png') }"), ("favicon.svg", "<svg/>")];

/// A collector of a site with a build of Vite below `app/`, in a directory.
fn site(folder: &std::path::Path) -> Collector {
    write(&folder.join("dist"), &DIST);
    write(&folder.join("static"), &OWN);
    let finder = Directories::new(folder.join("static")).and_prefixed("app", folder.join("dist")).unwrap();
    let bundle = Prehashed::vite(folder.join("dist/.vite/manifest.json")).prefix("app").unwrap();
    Collector::new().finder(finder).prehashed(bundle)
}

#[tokio::test]
async fn what_vite_hashed_is_published_once_and_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = memory();
    let report = site(folder.path()).collect(&store).await.unwrap();
    assert_eq!(report.problems, []);
    let (contents, manifest) = (contents(&store).await, manifest(&store).await);
    for (name, text) in &DIST[1..6] {
        let name = format!("app/{name}");
        assert_eq!(contents[&name], *text);
        assert_eq!(manifest.get(&name).unwrap().as_str(), name);
        let details = manifest.details(&name).unwrap();
        assert!(details.immutable && details.copy.is_none());
        let metadata = store.metadata(&name).await.unwrap();
        assert!(metadata.attributes.cache_control.unwrap().ends_with("immutable"), "{name}");
    }
    // One object each: five of the bundler; two of `public` and two of our own with a copy.
    assert_eq!(contents.len(), 5 + 2 * 4 + RECORDS);
    assert_ne!(manifest.get("app/robots.txt").unwrap(), &"app/robots.txt");
    // What refers to it is left as its author wrote it.
    assert_eq!(contents[manifest.get("site.css").unwrap().as_str()], OWN[0].1);

    let again = site(folder.path()).collect(&store).await.unwrap();
    assert_eq!(saved(&again), [""; 0]);
}

#[tokio::test]
async fn entries_stand_in_the_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let store = memory();
    site(folder.path()).collect(&store).await.unwrap();
    let manifest = manifest(&store).await;
    assert_eq!(manifest.entries().map(|(key, _)| key).collect::<Vec<_>>(), ["app/src/main.js"]);
    let entry = manifest.entry("app/src/main.js").unwrap();
    assert_eq!(entry.scripts, ["app/assets/main-BIedkE5R.js"]);
    assert_eq!(entry.css, ["app/assets/main-BiwzXhey.css"]);
    assert_eq!(entry.preload, ["app/assets/shared-ChekSBJ8.js"]);
    assert!(entry.module);
}

#[tokio::test]
async fn without_copies_a_reference_to_a_file_that_has_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let collector = site(folder.path()).copies(false);
    let error = collector.collect(&memory()).await.unwrap_err();
    assert_eq!(
        error.reason().lines().next().unwrap(),
        "app/assets/main-BIedkE5R.js:2:10: /static/favicon.svg -> favicon.svg: references of a bundler's file stay as \
         they are, and that file is published under its hashed name only; publish copies, or let the bundler hash it"
    );
    let store = memory();
    collector.missing("app/*", "*", Severity::Warning).collect(&store).await.unwrap();
    assert!(contents(&store).await.contains_key("app/assets/bg-BchrkKus.png"));
}

/// Then no name is ours, and those of the bundler are cached all the same.
#[tokio::test]
async fn without_post_processing_there_is_one_object_a_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let store = memory();
    site(folder.path()).post_process(false).collect(&store).await.unwrap();
    let names: Vec<String> =
        contents(&store).await.into_keys().filter(|name| !name.contains(".json")).collect();
    assert_eq!(names.len(), 5 + 4, "{names:?}");
    for (name, is_immutable) in [("app/assets/main-BIedkE5R.js", true), ("app/robots.txt", false)] {
        let caching = store.metadata(name).await.unwrap().attributes.cache_control.unwrap();
        assert_eq!(caching.contains("immutable"), is_immutable, "{name}: {caching}");
    }
}

#[tokio::test]
async fn a_file_that_the_bundler_wrote_anew_under_its_name_is_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = memory();
    let collector = site(folder.path());
    collector.collect(&store).await.unwrap();
    // As long as before.
    std::fs::write(folder.path().join("dist/assets/shared-ChekSBJ8.js"), "export const x = 2;").unwrap();
    let report = collector.collect(&store).await.unwrap();
    let [file, versioned, manifest] = saved(&report)[..] else { panic!("{:?}", saved(&report)) };
    assert_eq!((file, manifest), ("app/assets/shared-ChekSBJ8.js", MANIFEST_NAME));
    assert!(versioned.starts_with("staticfiles."), "{versioned}");
}

#[tokio::test]
async fn what_a_manifest_lists_and_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = memory();
    write(folder.path(), &DIST);
    std::fs::remove_file(folder.path().join("assets/bg-BchrkKus.png")).unwrap();
    let vite = || Prehashed::vite(folder.path().join(".vite/manifest.json"));
    let collector = Collector::new().finder(Directories::new(folder.path()));
    let error = collector.clone().prehashed(vite()).collect(&store).await.unwrap_err();
    assert!(error.reason().starts_with("assets/bg-BchrkKus.png: "), "{error}");
    assert!(error.reason().contains("manifest.json lists it, but no finder has it"), "{error}");
    // The prefix is another one.
    let error = collector.prehashed(vite().prefix("app").unwrap()).collect(&store).await.unwrap_err();
    assert_eq!(error.reason().lines().filter(|line| line.contains("tell the prefix")).count(), 4);
    assert!(contents(&store).await.is_empty());
}

#[tokio::test]
async fn a_name_without_a_hash_is_hashed_as_any_other_and_told() {
    let text = r#"{"src/main.js": {"file": "assets/main.js", "name": "main", "isEntry": true}}"#;
    let bundle = Prehashed::vite_manifest(ViteManifest::parse(text.as_bytes()).unwrap());
    let store = memory();
    let files = Embedded::new([("assets/main.js", "1")]).unwrap();
    let report = Collector::new().finder(files).prehashed(bundle).collect(&store).await.unwrap();
    assert_eq!(
        report.problems[0].to_string(),
        "assets/main.js: nothing in its name looks like a hash, though Vite's manifest has it; it is hashed as any \
         other file"
    );
    let manifest = manifest(&store).await;
    assert!(!manifest.details("assets/main.js").unwrap().immutable);
    assert_ne!(manifest.get("assets/main.js").unwrap(), &"assets/main.js");
    // The helper asks for the hashed one.
    assert_eq!(manifest.entry("src/main.js").unwrap().scripts, ["assets/main.js"]);
}

#[tokio::test]
async fn a_rule_takes_names_with_a_hash_only() {
    let store = memory();
    let names = ["js/a-B6eWh3TH.js", "js/a-B6eWh3TH.js.map", "js/my-settings.js", "js/b.js", "c-B6eWh3TH.js"];
    let files = Embedded::new(names.map(|name| (name, name))).unwrap();
    let rule = Prehashed::pattern("*-[hash].js").unwrap().prefix("js").unwrap();
    let report = Collector::new().finder(files).prehashed(rule).collect(&store).await.unwrap();
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "js/my-settings.js: nothing in its name looks like a hash, though the pattern *-[hash].js has it; it is \
          hashed as any other file"
        ]
    );
    let manifest = manifest(&store).await;
    let kept: Vec<&str> =
        manifest.iter().filter(|(name, hashed)| name == hashed).map(|(name, _)| name.as_str()).collect();
    assert_eq!(kept, names[..2]);
}

#[tokio::test]
async fn webpack_s_manifests_name_files_below_the_public_path() {
    let flat = r#"{"main.js": "/static/app/js/main.ade51bb68f4d0f0ae361.js", "logo.svg": "/static/app/03712348266abd09f85c.svg",
                   "index.html": "/static/app/index.html"}"#;
    let rich = r#"{"main.js": {"src": "https://cdn.example.com/js/main.ade51bb68f4d0f0ae361.js", "integrity": "x"},
                   "entrypoints": {"main": {"assets": {"js": ["https://cdn.example.com/js/main.ade51bb68f4d0f0ae361.js"]}}}}"#;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("flat.json", flat), ("rich.json", rich)]);
    let files = || {
        let names = ["app/js/main.ade51bb68f4d0f0ae361.js", "app/03712348266abd09f85c.svg", "app/index.html"];
        Collector::new().finder(Embedded::new(names.map(|name| (name, "x"))).unwrap())
    };
    let webpack = |name| Prehashed::webpack(folder.path().join(name)).prefix("app").unwrap();

    let store = memory();
    let report = files().prehashed(webpack("flat.json")).collect(&store).await.unwrap();
    assert_eq!(report.problems, []);
    let read = manifest(&store).await;
    assert_eq!(read.entry("app/logo.svg").unwrap().file.as_ref().unwrap(), &"app/03712348266abd09f85c.svg");
    assert_eq!(read.entry("app/main.js").unwrap().scripts, ["app/js/main.ade51bb68f4d0f0ae361.js"]);
    assert!(!read.details("app/index.html").unwrap().immutable);

    let store = memory();
    let rule = webpack("rich.json").public_path("https://cdn.example.com/");
    files().prehashed(rule).collect(&store).await.unwrap();
    let entry = manifest(&store).await.entry("app/main").unwrap().clone();
    assert_eq!(entry.scripts, ["app/js/main.ade51bb68f4d0f0ae361.js"]);
    assert!(!entry.module);

    let error = files().prehashed(webpack("rich.json")).collect(&store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert!(error.reason().contains("tell the bundler's public path"), "{error}");
}

#[tokio::test]
async fn a_manifest_that_cannot_be_read_is_told_and_nothing_is_published() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("broken.json", "{"), ("a.js", "1")]);
    for (rule, says) in [
        (Prehashed::vite(folder.path().join("gone.json")), "build first, with its manifest switched on"),
        (Prehashed::vite(folder.path().join("broken.json")), "broken.json: it is no manifest of Vite"),
        (Prehashed::webpack(folder.path().join("broken.json")), "broken.json: it is no manifest of webpack"),
    ] {
        let store = memory();
        let collector = Collector::new().finder(Directories::new(folder.path()));
        let error = collector.prehashed(rule).collect(&store).await.unwrap_err();
        assert!(error.reason().contains(says), "{error}");
        assert!(contents(&store).await.is_empty());
    }
}
