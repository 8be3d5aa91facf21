//! Variables of the environment, and the file that one of them names.

use std::fs::write;

use holdall::{Result, Storages};

use crate::refused;

fn variables(pairs: &[(&str, &str)]) -> String {
    refused(Storages::builder().environment(pairs.iter().copied()))
}

#[test]
fn names_and_keys_are_in_any_case() -> Result<()> {
    let pairs = [
        ("HOLDALL_STORAGES__DEFAULT__BACKEND", "memory"),
        ("HOLDALL_STORAGES__default__location", "media"),
        ("holdall_storages__user_uploads__Url", "memory:uploads"),
    ];
    let storages = Storages::builder().environment(pairs).build()?;
    assert_eq!(storages.get("default")?.to_string(), "memory/media");
    assert_eq!(storages.get("user_uploads")?.to_string(), "memory/uploads");
    Ok(())
}

#[test]
fn other_variables_are_left_alone() -> Result<()> {
    let pairs =
        [("PATH", "/bin"), ("HOLDALL", "x"), ("HOLDALL_LOG", "debug"), ("MY_HOLDALL_STORAGES__A", "x")];
    assert_eq!(Storages::builder().environment(pairs).build()?.names().len(), 0);
    Ok(())
}

#[test]
fn wrong_variables_are_named() {
    const SHAPE: &str = "write HOLDALL_STORAGES__<NAME>__<KEY>, with two underscores between the parts";
    for (variable, what) in [
        ("HOLDALL_STORAGE__DEFAULT__URL", "this is no setting"),
        ("HOLDALL_STORAGES_DEFAULT_URL", "this is no setting"),
        ("HOLDALL_STORES__DEFAULT__URL", "this is no setting"),
        ("HOLDALL_STORAGES", "this is no setting"),
        ("HOLDALL_STORAGES__DEFAULT", "this names no key"),
        ("HOLDALL_STORAGES__DEFAULT__", "this names no key"),
    ] {
        assert_eq!(variables(&[(variable, "memory:")]), format!("{variable}: {what}; {SHAPE}"));
    }
    assert_eq!(
        variables(&[
            ("HOLDALL_STORAGES__DEFAULT__BACKEND", "memory"),
            ("HOLDALL_STORAGES__DEFAULT__LOCATON", "a")
        ]),
        "HOLDALL_STORAGES__DEFAULT__LOCATON: unknown key \"locaton\" in [storages.default]; did you mean \
         \"location\"?"
    );
    assert_eq!(
        variables(&[("HOLDALL_STORAGES__DEFAULT__LOCATION", "media")]),
        "HOLDALL_STORAGES__DEFAULT__LOCATION: [storages.default] has no backend; add a key \"backend\", like \"fs\", or \
         a key \"url\", like \"file:var/media\""
    );
    assert_eq!(
        variables(&[
            ("HOLDALL_STORAGES__DEFAULT__URL", "memory:a"),
            ("HOLDALL_STORAGES__DEFAULT__LOCATION", "b")
        ]),
        "HOLDALL_STORAGES__DEFAULT__LOCATION: \"location\" in [storages.default] is given in the url too; write it in \
         one place"
    );
    assert_eq!(
        variables(&[("HOLDALL_STORAGES__A__URL", "memory:"), ("HOLDALL_STORAGES__a__URL", "memory:")]),
        "HOLDALL_STORAGES__a__URL: HOLDALL_STORAGES__A__URL says the same; keep one"
    );
    assert_eq!(
        variables(&[("HOLDALL_STORAGES__MÜLL__URL", "memory:")]),
        "HOLDALL_STORAGES__MÜLL__URL: \"müll\" cannot name a storage; use lower-case letters, digits, \"-\" and single \
         \"_\" inside, which the environment can say too"
    );
}

#[cfg(unix)]
#[test]
fn values_that_are_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let pairs = [("HOLDALL_STORAGES__DEFAULT__URL", OsStr::from_bytes(b"memory:\xff"))];
    assert_eq!(
        refused(Storages::builder().environment(pairs)),
        "HOLDALL_STORAGES__DEFAULT__URL: the value is not UTF-8"
    );
    // Somebody else's are not looked at.
    let pairs = [("EDITOR", OsStr::from_bytes(b"\xff"))];
    assert!(Storages::builder().environment(pairs).build().is_ok());
}

#[test]
fn a_variable_names_the_file() -> Result<()> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("shop.toml");
    let text = path.to_str().unwrap();
    write(&path, "storages.default.url = 'memory:from-file'").unwrap();
    let builder = || Storages::builder().defaults_toml("storages.default.url = 'memory:built-in'");

    let storages = builder().environment([("HOLDALL_CONFIG", text)]).load()?;
    assert_eq!(storages.get("default")?.to_string(), "memory/from-file");

    let pairs = [("HOLDALL_CONFIG", text), ("HOLDALL_STORAGES__DEFAULT__URL", "memory:from-environment")];
    let storages = builder().environment(pairs).load()?;
    assert_eq!(storages.get("default")?.to_string(), "memory/from-environment");

    // A file that the application names lies above the one that a deployment has.
    let storages =
        builder().environment([("HOLDALL_CONFIG", text)]).toml("storages.default.url = 'memory:text'");
    assert_eq!(storages.load()?.get("default")?.to_string(), "memory/text");

    // `build` looks at nothing that it was not given.
    let storages = builder().environment([("HOLDALL_CONFIG", text)]).build()?;
    assert_eq!(storages.get("default")?.to_string(), "memory/built-in");
    Ok(())
}

#[test]
fn without_a_file_the_defaults_stand() -> Result<()> {
    // The working directory of this test has no holdall.toml.
    let storages = Storages::builder().defaults_toml("storages.default.url = 'memory:'");
    let storages = storages.environment([("PATH", "/bin")]).load()?;
    assert_eq!(storages.names().collect::<Vec<_>>(), ["default"]);
    Ok(())
}

#[test]
fn a_file_that_is_named_has_to_be_there() {
    let path = tempfile::tempdir().unwrap().path().join("gone.toml");
    let text = path.to_str().unwrap();
    let error = Storages::builder().environment([("HOLDALL_CONFIG", text)]).load().unwrap_err();
    let reason = std::fs::read(&path).unwrap_err();
    assert_eq!(error.to_string(), format!("HOLDALL_CONFIG: the settings in {text} cannot be read: {reason}"));

    let error = Storages::builder().environment([("HOLDALL_CONFIG", "")]).load().unwrap_err();
    assert_eq!(error.to_string(), "HOLDALL_CONFIG: the variable is empty; name a file, or unset it");
}
