//! Wrong TOML: every error names key, file and line, and what was probably meant.

use std::fs::{create_dir, read_to_string, write};

use holdall::{ErrorKind, Storages};

use crate::{expect_refusals, refused};

#[test]
fn documents_that_are_no_settings() {
    expect_refusals(&[
        (
            "[storages.default]\nbackend = ",
            "settings:2: this is not TOML: string values must be quoted, expected literal string",
        ),
        (
            "[storages.default]\nbackend = 'memory'\nbackend = 'fs'",
            "settings:3: this is not TOML: duplicate key",
        ),
        (
            "[storage.default]\nbackend = 'memory'",
            "settings:1: unknown key \"storage\"; did you mean \"storages\"?",
        ),
        (
            "\n\n[logging]\nlevel = 1",
            "settings:3: unknown key \"logging\"; storages are written as [storages.default]",
        ),
        ("[statc]\ndirs = []", "settings:1: unknown key \"statc\"; did you mean \"static\"?"),
        ("static = 'memory:'", "settings:1: \"static\" has to be a table: [static]"),
        (
            "storages = 'memory:'",
            "settings:1: \"storages\" has to be a table of storages, like [storages.default]",
        ),
        (
            "[storages]\ndefault = 'memory:'",
            "settings:2: \"storages.default\" has to be a table: [storages.default]",
        ),
        (
            "[storages.userUploads]\nbackend = 'memory'",
            "settings:1: \"userUploads\" cannot name a storage; use lower-case letters, digits, \"-\" and single \"_\" \
             inside, which the environment can say too",
        ),
        (
            "[storages.user__uploads]\nbackend = 'memory'",
            "settings:1: \"user__uploads\" cannot name a storage; use lower-case letters, digits, \"-\" and single \"_\" \
             inside, which the environment can say too",
        ),
    ]);
}

#[test]
fn the_backend() {
    expect_refusals(&[
        (
            "[storages.default]\nlocation = 'media'",
            "settings:1: [storages.default] has no backend; add a key \"backend\", like \"fs\", or a key \"url\", like \
             \"file:var/media\"",
        ),
        (
            "[storages.default]\nbakend = 'memory'",
            "settings:2: unknown key \"bakend\" in [storages.default]; did you mean \"backend\"?",
        ),
        (
            "[storages.default]\nbackend = ['fs', 's3']",
            "settings:2: \"backend\" in [storages.default] is a list; it has to be text, in quotes",
        ),
        (
            "[storages.default]\nurl = true",
            "settings:2: \"url\" in [storages.default] is no text; it has to be text, in quotes",
        ),
        (
            "[storages.default]\nbackend = 'memory'\nurl = 'memory:'",
            "settings:2: [storages.default] has both \"backend\" and \"url\"; the url says the backend, so keep one",
        ),
    ]);
}

/// The words that are there, as a sentence lists them.
fn listed(words: &[(&str, bool)]) -> String {
    let words = words.iter().filter(|(_, there)| *there).map(|(word, _)| format!("{word:?}"));
    let words: Vec<_> = words.collect();
    let (last, others) = words.split_last().expect("there is one");
    format!("{} and {last}", others.join(", "))
}

#[test]
fn an_unknown_backend_lists_the_known_ones() {
    let builder = || Storages::builder().register("acme", |_| Ok(holdall::MemoryStorage::new()));
    let known = listed(&[
        ("acme", true),
        ("azure", cfg!(feature = "azure")),
        ("fs", cfg!(feature = "fs")),
        ("gcs", cfg!(feature = "gcs")),
        ("memory", true),
        ("s3", cfg!(feature = "s3")),
    ]);
    assert_eq!(
        refused(builder().toml("[storages.default]\nbackend = 'memroy'")),
        format!(
            "settings:2: unknown backend \"memroy\" in [storages.default]; known are {known}; did you mean \"memory\"?"
        )
    );
    assert_eq!(
        refused(builder().toml("[storages.default]\nbackend = 'tape'")),
        format!("settings:2: unknown backend \"tape\" in [storages.default]; known are {known}")
    );
    assert_eq!(
        refused(builder().toml("[storages.default]\nurl = 'tape:reel-7'")),
        format!(
            "settings:2: unknown scheme \"tape\" in the url of [storages.default]; known are {}",
            known.replace("\"fs\"", "\"file\"").replace("\"azure\"", "\"az\"").replace("\"gcs\"", "\"gs\"")
        )
    );
}

/// The workspace enables all features, so that this runs where the crate is tested by itself.
#[cfg(not(feature = "s3"))]
#[test]
fn a_backend_without_its_feature_names_the_feature() {
    expect_refusals(&[
        (
            "[storages.default]\nbackend = 's3'\nbucket = 'my-site'",
            "settings:2: the backend \"s3\" in [storages.default] needs the cargo feature \"s3\" of the crate \"holdall\"",
        ),
        (
            "[storages.default]\nurl = 's3://my-site'",
            "settings:2: the scheme \"s3\" in the url of [storages.default] needs the cargo feature \"s3\" of the crate \
             \"holdall\"",
        ),
    ]);
}

#[test]
fn keys() {
    expect_refusals(&[
        (
            "[storages.default]\nbackend = 'memory'\n\n# A comment.\nlocaton = 'media'",
            "settings:5: unknown key \"locaton\" in [storages.default]; did you mean \"location\"?",
        ),
        (
            "[storages.default]\nbackend = 'memory'\nshelf = 7",
            "settings:3: unknown key \"shelf\" in [storages.default]; known are \"cache_control\", \"location\", \
             \"policy\" and \"visibility\"",
        ),
        (
            "[storages.default]\nbackend = 'memory'\nlocation = ['a', 'b']",
            "settings:3: \"location\" in [storages.default] is a list; it has to be text, in quotes",
        ),
        (
            "[storages.default]\nbackend = 'memory'\n[storages.default.options]\nlocation = 'a'",
            "settings:3: unknown key \"options\" in [storages.default]; known are \"cache_control\", \"location\", \
             \"policy\" and \"visibility\"",
        ),
        (
            "[storages.default]\nbackend = 'memory'\nlocation = 2024-01-01",
            "settings:3: \"location\" in [storages.default] is a date; it has to be text, in quotes",
        ),
        (
            "[storages.default]\nbackend = 'memory'\nlocation = 2024",
            "settings:3: \"location\" in [storages.default] is 2024; it has to be text, in quotes",
        ),
        (
            "[storages.default]\nbackend = 'memory'\nlocation = '../other'",
            "settings:3: \"location\" in [storages.default] cannot be used: \"../other\" is not a valid name: it has a \
             \"..\" segment, which could lead outside the storage",
        ),
    ]);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "[storages.staticfiles]\nbackend = 'memory'\nvisibility = 'hidden'\npolcy = 'static'\n\
                [storages.default]\nbackend = 'memroy'\n[storages.Backup]\nurl = 'memory:'";
    // All that there can be, whatever the features are.
    let builder = ["azure", "fs", "gcs", "s3"].into_iter().fold(Storages::builder(), |builder, backend| {
        builder.register(backend, |_| Ok(holdall::MemoryStorage::new()))
    });
    assert_eq!(
        refused(builder.toml(text)),
        "4 settings are wrong:\n  \
         settings:7: \"Backup\" cannot name a storage; use lower-case letters, digits, \"-\" and single \"_\" inside, \
         which the environment can say too\n  \
         settings:6: unknown backend \"memroy\" in [storages.default]; known are \"azure\", \"fs\", \"gcs\", \"memory\" and \"s3\"; \
         did you mean \"memory\"?\n  \
         settings:3: \"visibility\" in [storages.staticfiles] is \"hidden\"; it has to be \"public\" or \"private\"\n  \
         settings:4: unknown key \"polcy\" in [storages.staticfiles]; did you mean \"policy\"?"
    );
}

#[test]
fn files_are_named_as_they_were_given() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("holdall.toml");
    write(&path, "# Storages of the shop.\n[storages.default]\nbackend = 'memory'\nlocaton = 'media'\n")
        .unwrap();
    assert_eq!(
        refused(Storages::builder().file(&path)),
        format!(
            "{}:4: unknown key \"locaton\" in [storages.default]; did you mean \"location\"?",
            path.display()
        )
    );
}

#[test]
fn files_that_cannot_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    create_dir(path("folder")).unwrap();
    write(path("latin1.toml"), b"# caf\xe9\n").unwrap();
    let refused = |name: &str| refused(Storages::builder().file(path(name)));
    let settings = |name: &str| format!("the settings in {} cannot be read: ", path(name).display());

    // The system's own words, whatever the system.
    for name in ["none.toml", "folder"] {
        let reason = read_to_string(path(name)).unwrap_err().to_string();
        assert_eq!(refused(name), settings(name) + &reason);
    }
    assert_eq!(refused("latin1.toml"), settings("latin1.toml") + "it is not UTF-8");
}

#[test]
fn a_document_that_cannot_be_read_is_all_that_is_wrong() {
    // Otherwise the variable would be blamed for a storage without a backend.
    let variable = [("HOLDALL_STORAGES__DEFAULT__LOCATION", "media")];
    assert_eq!(
        refused(Storages::builder().toml("[storages.default]\nbackend 'memory'").environment(variable)),
        "settings:2: this is not TOML: key with no value, expected `=`"
    );
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_not_matter() {
    let text = "\u{feff}[storages.default]\r\nbackend = 'memory'\r\nlocation = 7\r\n";
    expect_refusals(&[(
        text,
        "settings:3: \"location\" in [storages.default] is 7; it has to be text, in quotes",
    )]);
}

#[test]
fn a_storage_that_nobody_configured() {
    let get = |text: &str, name: &str| {
        let error = Storages::builder().toml(text).build().unwrap().get(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        error.to_string()
    };
    let two = "storages.default.url = 'memory:'\nstorages.staticfiles.url = 'memory:'";
    assert_eq!(
        get(two, "defualt"),
        "there is no storage \"defualt\"; configured are \"default\" and \"staticfiles\"; did you mean \"default\"?"
    );
    assert_eq!(
        get(two, "archive"),
        "there is no storage \"archive\"; configured are \"default\" and \"staticfiles\""
    );
    assert_eq!(
        get("", "default"),
        "there is no storage \"default\"; none is configured; write [storages.default] into holdall.toml or set \
         HOLDALL_STORAGES__DEFAULT__URL"
    );
}
