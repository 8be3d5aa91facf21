//! The table `[static]`: its keys, its mistakes, and what is checked before anything is collected.

use std::fs::{create_dir_all, write};
use std::path::PathBuf;

use holdall::static_files::{Manifest, Report};
use holdall::{Result, StaticCheck, Storages, Store};

use crate::{expect_refusals, refused};

/// A `holdall.toml` with files beside it.
struct Site {
    directory: tempfile::TempDir,
}

impl Site {
    fn new(settings: &str, files: &[(&str, &str)]) -> Self {
        let site = Self { directory: tempfile::tempdir().unwrap() };
        for (name, text) in [("holdall.toml", settings)].iter().chain(files) {
            let path = site.path(name);
            create_dir_all(path.parent().unwrap()).unwrap();
            write(path, text).unwrap();
        }
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn storages(&self, variables: &[(&str, &str)]) -> Storages {
        let settings = Storages::builder().file(self.path("holdall.toml"));
        settings.environment(variables.iter().copied()).build().unwrap()
    }

    /// Collects, with these variables on top.
    async fn collect(&self, variables: &[(&str, &str)]) -> Result<(Report, Store, Manifest)> {
        let storages = self.storages(variables);
        let settings = storages.static_settings();
        let store = storages.get(settings.storage())?;
        let report = settings.collector()?.collect(&store).await?;
        let manifest = Manifest::parse(&store.open("staticfiles.json").await?.bytes().await?)?;
        Ok((report, store, manifest))
    }

    fn check(&self) -> Vec<String> {
        let storages = self.storages(&[]);
        let checks = storages.static_settings().check(&storages);
        let place = format!("{}/", self.directory.path().display());
        checks.iter().map(StaticCheck::to_string).map(|check| check.replace(&place, "")).collect()
    }
}

const STORAGES: &str = "[storages.staticfiles]\nbackend = 'memory'\n[storages.other]\nbackend = 'memory'\n";

fn names(manifest: &Manifest) -> Vec<&str> {
    manifest.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn directories_are_relative_to_the_file_and_have_prefixes() -> Result<()> {
    let settings =
        format!("{STORAGES}[static]\ndirs = ['assets', {{ prefix = 'vendor', path = 'npm/dist' }}]");
    let site = Site::new(&settings, &[("assets/app.css", "a"), ("npm/dist/x.js", "b"), ("assets/.git", "c")]);
    let (report, _, manifest) = site.collect(&[]).await?;
    assert_eq!((report.files, names(&manifest)), (2, vec!["app.css", "vendor/x.js"]));
    Ok(())
}

#[tokio::test]
async fn keys_reach_the_collector() -> Result<()> {
    let settings = format!(
        "{STORAGES}[static]\nstorage = 'other'\ndirs = ['s']\nignore = ['*.scss']\ndefault_ignore = false\n\
         hash = 'blake3'\nbase_path = '/assets/'\njobs = 3\ncopies = false\n\
         [[static.missing]]\nfiles = 'vendor/*'\nseverity = 'ignore'\n\
         [[static.missing]]\nreferences = '*.map'\nseverity = 'warning'\n"
    );
    let files = [
        ("s/.well-known", "1"),
        ("s/a.scss", "2"),
        ("s/b.css", "a { background: url(/assets/c.png) }\nb { background: url(x.map) }"),
        ("s/c.png", "3"),
        ("s/vendor/d.css", "a { background: url(gone.png) }"),
    ];
    let (report, store, manifest) = Site::new(&settings, &files).collect(&[]).await?;
    assert_eq!(names(&manifest), [".well-known", "b.css", "c.png", "vendor/d.css"]);
    assert_eq!(report.problems.len(), 1);
    assert_eq!(manifest.get("c.png").unwrap().as_str(), "c.58d6fd3dc609.png", "BLAKE3 of \"3\"");
    let text = store.open(manifest.get("b.css").unwrap()).await?.text().await?;
    assert!(text.contains("url(/assets/c.58d6fd3dc609.png)"), "{text}");
    assert!(!store.exists("c.png").await?, "no copies");
    Ok(())
}

#[tokio::test]
async fn the_environment_goes_on_top() -> Result<()> {
    let site = Site::new(
        &format!("{STORAGES}[static]\ndirs = ['one']\ncopies = false"),
        &[("one/1.txt", "1"), ("two/2.txt", "2"), ("three/3.txt", "3")],
    );
    let (two, three) = (site.path("two"), site.path("three"));
    let list = format!("{}, {}", two.display(), three.display());
    let toml = format!("['{}', {{ prefix = 'v', path = '{}' }}]", two.display(), three.display());
    let (_, _, manifest) = site.collect(&[("HOLDALL_STATIC__DIRS", &list)]).await?;
    assert_eq!(names(&manifest), ["2.txt", "3.txt"]);
    let variables = [("HOLDALL_STATIC__DIRS", &*toml), ("holdall_static__copies", "true")];
    let (_, store, manifest) = site.collect(&variables).await?;
    assert_eq!(names(&manifest), ["2.txt", "v/3.txt"]);
    assert!(store.exists("v/3.txt").await?);
    Ok(())
}

#[test]
fn what_is_wrong_has_its_place() {
    expect_refusals(&[
        (
            "[static]\ndirs = 'static'",
            "settings:2: \"dirs\" in [static] is \"static\"; it has to be a list: [\"static\"]",
        ),
        (
            "[static]\ndirs = [{ prefix = 'a/', path = 'b' }]",
            "settings:2: \"prefix\" in [[static.dirs]] is \"a/\"; it must not end with a slash",
        ),
        (
            "[static]\ndirs = [\n'a',\n{ pth = 'b' }]",
            "settings:4: unknown key \"pth\" in [[static.dirs]]; did you mean \"path\"?",
        ),
        (
            "[static]\ndirs = [1]",
            "settings:2: \"path\" in [[static.dirs]] is 1; it has to be text, in quotes",
        ),
        (
            "[static]\nignore = ['a', 1]",
            "settings:2: \"ignore\" in [static] has to hold text only, in quotes",
        ),
        (
            "[static]\nmissing = ['a']",
            "settings:2: \"missing\" in [static] has to hold tables only, like { key = \"value\" }",
        ),
        (
            "[[static.missing]]\nfiles = '*'",
            "settings:1: [[static.missing]] has no \"severity\", which it needs",
        ),
        (
            "[[static.prehashed]]\nvite = 'a'\npattern = 'b'",
            "settings:2: \"vite\" in [[static.prehashed]] is needed, or \"webpack\" or \"pattern\" instead: one of them",
        ),
        (
            "[static.import_map]\nthree = 3",
            "settings:1: \"import_map\" in [static] has to be a table of text, like { name = \"value\" }",
        ),
        (
            "[static]\ncompress = 9",
            "settings:2: \"compress\" in [static] is 9; it has to be true, false, or a table like { gzip = 9, brotli = 11 }",
        ),
        (
            "[static.compress]\ngzip = 10",
            "settings:2: \"gzip\" in [static.compress] is 10; it has to be a level from 1 to 9, or true for 9",
        ),
        (
            "[static.compress]\ngzip = 9\nbrotli = 9\nin_place = true",
            "settings:4: \"in_place\" in [static.compress] is true; then exactly one of \"gzip\", \"brotli\" and \"zstd\" \
             has to be given",
        ),
        ("[static]\njobs = 0", "settings:2: \"jobs\" in [static] is 0; it has to be a whole number above 0"),
        (
            "[static]\nbase_path = 'static'",
            "settings:2: \"base_path\" in [static] is \"static\"; it has to begin and to end with a slash",
        ),
        (
            "[static]\nhash = 'md4'\nignroe = []\n[[static.missing]]\nseverity = 'x'",
            "3 settings are wrong:\n  \
             settings:2: \"hash\" in [static] is \"md4\"; it has to be \"md5\", \"sha256\" or \"blake3\"\n  \
             settings:3: unknown key \"ignroe\" in [static]; did you mean \"ignore\"?\n  \
             settings:5: \"severity\" in [[static.missing]] is \"x\"; it has to be \"error\", \"warn\", \"warning\" or \"ignore\"",
        ),
    ]);
    let refused = |variable, value| refused(Storages::builder().environment([(variable, value)]));
    for (variable, value, sentence) in [
        (
            "HOLDALL_STATIC__JOBS",
            "many",
            "\"jobs\" in [static] is \"many\"; it has to be a whole number above 0",
        ),
        ("HOLDALL_STATIC__DIRS", "['a'", "\"dirs\" in [static] is not TOML: unclosed array, expected `]`"),
        ("HOLDALL_STATIC__JBOS", "1", "unknown key \"jbos\" in [static]; did you mean \"jobs\"?"),
        ("HOLDALL_STATIC_JOBS", "1", "this is no setting; write HOLDALL_STATIC__<KEY>, with two underscores"),
        ("HOLDALL_STATIC__", "1", "this names no key; write HOLDALL_STATIC__<KEY>"),
        (
            "HOLDALL_STATIC__COMPRESS__GZIP",
            "9",
            "tables inside [static] are set as a whole; write HOLDALL_STATIC__COMPRESS='{ key = \"value\" }'",
        ),
    ] {
        assert_eq!(refused(variable, value), format!("{variable}: {sentence}"));
    }
}

#[test]
fn checks_are_those_of_django() {
    let site = |settings: &str| {
        Site::new(
            &format!("{settings}\ndirs = ['static', {{ prefix = 'v', path = 'gone' }}]"),
            &[("static/a", "a")],
        )
    };
    let disk = |root: &str| format!("[storages.staticfiles]\nbackend = 'fs'\nroot = '{root}'\n[static]");
    let absent = "holdall.toml:5: the directory gone in \"dirs\" of [static] does not exist; it is left out \
         (staticfiles.W004)";
    assert_eq!(site(&disk("collected")).check(), [absent]);
    for (root, how) in [
        ("static", "is where"),
        ("static/collected", "holds the directory where"),
        (".", "is inside the directory where"),
    ] {
        let overlap = format!(
            "holdall.toml:5: static in \"dirs\" of [static] {how} the storage \"staticfiles\" keeps its files; \
             publish to another directory (staticfiles.E002)"
        );
        assert_eq!(site(&disk(root)).check()[0], overlap);
    }
    assert_eq!(site(&disk("static/.collected")).check(), [absent], "what is ignored is not collected");
    assert_eq!(
        site("[static]").check()[0],
        "there is no storage \"staticfiles\"; none is configured; write [storages.staticfiles] into holdall.toml or \
         set HOLDALL_STORAGES__STATICFILES__URL (staticfiles.E005)"
    );
    assert_eq!(
        Site::new(STORAGES, &[]).check(),
        ["[static] names nothing to collect; write dirs = [\"static\"] there"]
    );
}

#[test]
fn a_storage_of_the_settings_has_a_place() -> Result<()> {
    let site = Site::new("[storages.a]\nbackend = 'fs'\nroot = 'var'\nlocation = 'static'", &[]);
    let memory = holdall::MemoryStorage::new();
    let storages = Storages::builder().file(site.path("holdall.toml")).storage("b", memory).build()?;
    let place = storages.place("a")?.unwrap();
    assert_eq!(place.directory().unwrap(), site.path("var/static"));
    assert_eq!(place.location().as_str(), "static");
    assert!(storages.place("b")?.is_none() && storages.place("c").is_err());
    // Whichever way a backend takes it.
    let acme = |options: &mut holdall::StorageSettings| {
        options.take_str("location")?;
        Ok(holdall::MemoryStorage::new())
    };
    let settings = "[storages.a]\nbackend = 'acme'\nlocation = 'static'";
    let storages = Storages::builder().register("acme", acme).toml(settings).build()?;
    assert_eq!(storages.place("a")?.unwrap().location().as_str(), "static");
    Ok(())
}

/// Every key, so that none is forgotten on the way to the collector.
const EVERYTHING: &str = r#"
[static]
storage = "other"
dirs = ["static"]
ignore = ["*.scss"]
default_ignore = true
hash = "sha256"
base_path = "/assets/"
jobs = 4
copies = false
import_map = { three = "vendor/three.js", "three/" = "vendor/jsm/" }
import_map_modules = ["js/*"]
preload = ["app.js"]
scan = { html = true, svg = false, web_manifests = true, web_manifest_names = ["site.json"], import_scripts = true }
source_maps = "follow"
drop_missing_source_maps = true
compress = { gzip = 9, brotli = true, zstd = false, skip = ["*.map"] }

[[static.prehashed]]
pattern = "assets/*-[hash].js"

[[static.headers]]
files = "*.pdf"
content_type = "application/pdf"
content_language = "ko"
content_disposition = "attachment"
cache_control = "no-cache"
hashed_cache_control = "private"
copy_cache_control = "no-store"
visibility = "public"
user_metadata = { team = "web" }

[[static.missing]]
files = "vendor/*"
references = "*.map"
severity = "ignore"
"#;

/// Calls of the collector that take what no text can say, or that settings say in other words.
const NO_KEYS: [&str; 11] = [
    "new",
    // `dirs`.
    "finder",
    // Of one run: `--dry-run`, `--no-post-process`, `--clear`, `--link`.
    "dry_run",
    "post_process",
    "clear",
    "link",
    // `--force`.
    "replace_manifest",
    // `[static.severity]`, and `javascript` of `[static.scan]`.
    "missing_kind",
    "javascript",
    // Where the storage lies.
    "local_root",
    // The application's own code.
    "on_event",
];

#[test]
fn every_call_of_the_collector_has_a_key() {
    let error = refused(Storages::builder().toml(EVERYTHING.replace("[static]\n", "[static]\nshelf = 7\n")));
    let line = |key: &str| error.contains(&format!("{key:?}"));
    for key in EVERYTHING.split("\n\n").next().unwrap().lines().filter_map(|line| line.split_once(" = ")) {
        assert!(line(key.0), "{} is not known in {error}", key.0);
    }
    let calls = calls(concat!(env!("CARGO_MANIFEST_DIR"), "/../holdall-static/src/collect").as_ref());
    assert!(calls.len() > 15, "the calls are declared otherwise now: {calls:?}");
    let missing: Vec<_> = calls.iter().filter(|call| !NO_KEYS.contains(&&***call) && !line(call)).collect();
    assert!(missing.is_empty(), "no key for {missing:?} in {error}");
}

/// The calls that are declared for the collector, in whichever room.
fn calls(directory: &std::path::Path) -> Vec<String> {
    let mut calls = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            calls.extend(self::calls(&path));
            continue;
        }
        let source = std::fs::read_to_string(path).unwrap();
        let blocks = source.split("\nimpl Collector {\n").skip(1);
        let lines = blocks.flat_map(|block| block.lines().take_while(|line| *line != "}"));
        let declared = lines.filter_map(|line| line.strip_prefix("    pub fn "));
        calls.extend(declared.filter_map(|line| Some(line.split('(').next()?.split('<').next()?.to_owned())));
    }
    calls
}

#[test]
fn every_key_is_read() {
    let settings = format!("{STORAGES}{EVERYTHING}");
    let storages = Storages::builder().toml(settings).build().unwrap();
    assert_eq!(storages.static_settings().storage(), "other");
    let collector = format!("{:?}", storages.static_settings().collector().unwrap());
    for value in [
        "*.scss",
        "/assets/",
        "vendor/three.js",
        "vendor/jsm/",
        "js/*",
        "app.js",
        "*.pdf",
        "ko",
        "web",
        "*.map",
        "Brotli: 11",
        "site.json",
        "Follow",
    ] {
        assert!(collector.contains(value), "{collector} has no {value}");
    }
}

#[cfg(feature = "static-crates")]
#[tokio::test]
async fn crates_come_after_directories() -> Result<()> {
    let settings = format!("{STORAGES}[static]\ndirs = ['overrides']\ncrates = {{ path = 'site' }}");
    let cargo = "[package]\nname = 'site'\nversion = '0.1.0'\nedition = '2024'\n[package.metadata.holdall]\nstatic = \
                 'assets'\n[workspace]\n";
    let files = [
        ("overrides/a.txt", "ours"),
        ("site/Cargo.toml", cargo),
        ("site/Cargo.lock", "version = 4\n[[package]]\nname = 'site'\nversion = '0.1.0'\n"),
        ("site/src/lib.rs", ""),
        ("site/assets/a.txt", "theirs"),
        ("site/assets/b.txt", "theirs"),
    ];
    let (report, store, manifest) = Site::new(&settings, &files).collect(&[]).await?;
    assert_eq!((names(&manifest), report.conflicts.len()), (vec!["a.txt", "b.txt"], 1));
    assert_eq!(store.open("a.txt").await?.text().await?, "ours");
    Ok(())
}

#[cfg(feature = "static-gitignore")]
#[tokio::test]
async fn git_rules_are_kept() -> Result<()> {
    let settings =
        format!("{STORAGES}[static]\ndirs = ['s']\ngitignore = ['*.map', '!keep.map']\nignore_files = true");
    let files = [
        ("s/a.map", "1"),
        ("s/keep.map", "2"),
        ("s/.gitignore", "b.txt"),
        ("s/b.txt", "3"),
        ("s/c.txt", "4"),
    ];
    let (_, _, manifest) = Site::new(&settings, &files).collect(&[]).await?;
    assert_eq!(names(&manifest), ["c.txt", "keep.map"]);
    Ok(())
}

#[cfg(not(any(feature = "static-crates", feature = "static-gitignore")))]
#[test]
fn a_key_without_its_feature_is_refused() {
    expect_refusals(&[
        (
            "[static]\ncrates = true",
            "settings:2: \"crates\" in [static] needs the cargo feature \"static-crates\" of the crate \"holdall\"",
        ),
        (
            "[static]\ngitignore = ['*.map']",
            "settings:2: \"gitignore\" in [static] needs the cargo feature \"static-gitignore\" of the crate \"holdall\"",
        ),
    ]);
}

#[tokio::test]
async fn severities_are_set_by_kind_of_reference() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.css", "a { b: url(gone.png) }");
    write("a.js", "import './gone.js'; import('./gone.js')");
    for (settings, problems) in [
        ("[static.severity]\ncss = 'warn'", Some(3)),
        ("[static.severity]\ncss = 'ignore'\nimport = 'ignore'\ndynamic_import = 'warning'", Some(1)),
        ("[static.severity]\ncss = 'warn'\nimport = 'error'", None),
        ("[static.severity]\ncss = 'warn'\n[static.scan]\njavascript = false", Some(1)),
        ("[static.severity]\ncss = 'warn'\nurl = 'error'\nhtml = 'error'\nsource_map = 'error'", Some(3)),
        ("strict = true\n[static.severity]\ncss = 'warn'", None),
        ("", None),
    ] {
        let toml = format!("[static]\ndirs = [{:?}]\n{settings}", folder.path().to_str().unwrap());
        let storages = Storages::builder().toml(toml).build().unwrap();
        let report = storages.static_settings().collector().unwrap().check().await;
        assert_eq!(report.ok().map(|report| report.problems.len()), problems, "{settings}");
    }
    let error = refused(Storages::builder().toml("[static.severity]\nimprot = 'warn'"));
    assert!(error.contains("\"import\""), "{error}");
}
