//! Crates of real workspaces. None of them depends on anything but its neighbours, so that no registry is needed.

use std::path::Path;

use holdall_core::{ErrorKind, MemoryStorage, Store};
use holdall_static::{Collector, Crates, Finder as _, Ignore};

use crate::write;

/// A `Cargo.toml`.
fn package(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n{rest}")
}

/// An application that depends on two libraries, of which one depends on the other and both on a third.
fn workspace(root: &Path) {
    let declares = "[package.metadata.holdall]\nstatic = \"static\"\n";
    for (name, dependencies, metadata) in [
        (
            "site",
            "aaa = { path = \"../aaa\" }\nzzz = { path = \"../zzz\" }\nextra = { path = \"../extra\", optional = true }\n\
             [build-dependencies]\nbuilds = { path = \"../builds\" }\n[dev-dependencies]\ntests = { path = \"../tests\" }\n\
             [target.'cfg(target_os = \"none\")'.dependencies]\nelsewhere = { path = \"../elsewhere\" }\n",
            declares,
        ),
        // Depends on what comes after it in no other order.
        ("zzz", "aaa = { path = \"../aaa\" }\nbase = { path = \"../base\" }\n", declares),
        ("aaa", "base = { path = \"../base\" }\n", declares),
        (
            "base",
            "",
            "[package.metadata.holdall]\nstatic = [\"static\", { path = \"more/dist\", prefix = \"vendor/base\" }]\n",
        ),
        ("extra", "", declares),
        ("builds", "", declares),
        ("tests", "", declares),
        ("elsewhere", "", declares),
        ("plain", "", ""),
    ] {
        let manifest = package(name, &format!("[dependencies]\n{dependencies}\n{metadata}"));
        let own = format!("static/{name}.css");
        write(
            &root.join(name),
            &[("Cargo.toml", &manifest), ("src/lib.rs", ""), (&own, name), ("static/all.css", name)],
        );
    }
    write(
        root,
        &[("base/more/dist/b.js", "b"), ("base/static/two.css", "base"), ("aaa/static/two.css", "aaa")],
    );
    write(root, &[("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\n")]);
    lock(root);
}

/// Makes `Cargo.lock`, as a build does.
fn lock(root: &Path) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = std::process::Command::new(cargo);
    let status = command.args(["generate-lockfile", "--offline", "--quiet"]).current_dir(root).status();
    assert!(status.unwrap().success());
}

fn names(crates: &Crates) -> Vec<String> {
    crates.list(&Ignore::default()).unwrap().into_iter().map(|file| file.name.to_string()).collect()
}

/// The crates in the order of their priority.
fn order(crates: &Crates) -> Vec<String> {
    let own = names(crates)
        .into_iter()
        .filter(|name| !name.contains('/') && name != "two.css" && name != "all.css");
    own.map(|name| name.trim_end_matches(".css").to_owned()).collect()
}

#[test]
fn a_crate_comes_before_what_it_depends_on() {
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path());
    let crates = Crates::of(folder.path().join("site"));
    assert_eq!(order(&crates), ["site", "zzz", "aaa", "base"]);
    assert!(names(&crates).contains(&"vendor/base/b.js".to_owned()));
    assert!(crates.places()[0].ends_with("site/static (of the crate site)"), "{:?}", crates.places());
    let found = crates.find(&"vendor/base/b.js".parse().unwrap()).unwrap();
    assert!(found.is_some());
    // The same of the workspace's file, with the package named; and of a library alone.
    assert_eq!(order(&Crates::of(folder.path()).package("site")), order(&crates));
    assert_eq!(order(&Crates::of(folder.path().join("aaa/Cargo.toml"))), ["aaa", "base"]);
    assert_eq!(order(&Crates::of(folder.path().join("plain"))), [""; 0]);
}

#[test]
fn features_and_platforms_decide_about_optional_dependencies() {
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path());
    let site = || Crates::of(folder.path().join("site"));
    assert_eq!(order(&site().features(["extra"])), ["site", "extra", "zzz", "aaa", "base"]);
    assert_eq!(order(&site().platform("thumbv7em-none-eabi")), ["site", "elsewhere", "zzz", "aaa", "base"]);
}

#[tokio::test]
async fn conflicts_between_crates_name_both_files() {
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path());
    let store = Store::new(MemoryStorage::new());
    let report =
        Collector::new().finder(Crates::of(folder.path().join("site"))).collect(&store).await.unwrap();
    assert_eq!(store.open("all.css").await.unwrap().text().await.unwrap(), "site");
    assert_eq!(store.open("two.css").await.unwrap().text().await.unwrap(), "aaa");
    let told: Vec<String> = report.conflicts.iter().map(|conflict| format!("{conflict:?}")).collect();
    assert_eq!(told.len(), 4);
    let two = told.iter().find(|line| line.contains("two.css")).unwrap();
    assert!(two.contains("aaa/static/two.css") && two.contains("base/static/two.css"), "{two}");
}

#[test]
fn looking_changes_nothing_and_asks_no_network() {
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path());
    let lock = folder.path().join("Cargo.lock");
    let before = std::fs::read(&lock).unwrap();
    // A dependency that nobody has fetched: a network would be asked, and the lock written.
    let manifest = package("site", "[dependencies]\nnobody-has-fetched-this = \"1\"\n");
    write(&folder.path().join("site"), &[("Cargo.toml", &manifest)]);
    let error = Crates::of(folder.path().join("site")).list(&Ignore::default()).unwrap_err();
    assert!(error.reason().contains("asked with --locked and --offline; a build before"), "{error}");
    assert_eq!(std::fs::read(lock).unwrap(), before);
}

#[test]
fn what_is_declared_wrongly_is_told_with_crate_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("blog");
    write(&at, &[("src/lib.rs", ""), ("static/a.css", "")]);
    for (metadata, says) in [
        ("static = 1", "holdall.static of the crate blog must be \"static\", "),
        ("static = [true]", "it is a boolean"),
        ("static = { prefix = \"a\" }", "holdall.static of the crate blog has a table without path"),
        ("static = { path = 1 }", "must have text for path; it is a number"),
        ("static = { path = \"static\", to = \"a\" }", "has the key \"to\"; path and prefix are known"),
        ("static = { path = \"static\", prefix = \"../a\" }", "has no prefix that can be"),
        ("static = \"../other\"", "must lead to a directory inside the crate"),
        ("static = \"/etc\"", "must lead to a directory inside the crate"),
        ("static = \"gone\"", "blog/gone, which does not exist"),
        ("statics = \"static\"", "holdall of the crate blog has the key \"statics\"; \"static\" is known"),
    ] {
        write(&at, &[("Cargo.toml", &package("blog", &format!("[package.metadata.holdall]\n{metadata}\n")))]);
        lock(&at);
        let error = Crates::of(&at).list(&Ignore::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        assert!(error.reason().contains("package.metadata.holdall"), "{error}");
        assert!(error.reason().contains(says), "{metadata}: {error}");
        assert!(error.reason().ends_with("blog/Cargo.toml)"), "{error}");
    }
}

#[test]
fn what_cannot_be_asked_is_told() {
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path());
    let said = |crates: Crates| crates.list(&Ignore::default()).unwrap_err().reason().to_owned();
    let without_cargo = said(Crates::of(folder.path().join("site")).cargo(folder.path().join("no-cargo")));
    assert!(without_cargo.contains("cargo cannot be run (No such file or directory"), "{without_cargo}");
    let workspace = said(Crates::of(folder.path()));
    assert!(workspace.contains("say which package is meant: there are aaa, base, "), "{workspace}");
    let unknown = said(Crates::of(folder.path()).package("sites"));
    assert!(unknown.contains("there is no package \"sites\" (but aaa, base, "), "{unknown}");
    let nowhere = said(Crates::of(folder.path().join("gone")));
    assert!(nowhere.contains("gone"), "{nowhere}");
}
