//! Secrets stay where they were written: no error and no `Debug` repeats them.

use std::error::Error as _;
use std::fmt::Write as _;

use holdall::{MemoryStorage, StorageSettings, Storages, open_url};

const CANARY: &str = "canary/+=Ab12";

/// Every way in which an error can be shown.
fn shown(error: &holdall::Error) -> String {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(shown, " {error} {error:?}").expect("text takes everything");
        cause = error.source();
    }
    shown
}

#[test]
fn errors_do_not_repeat_secrets() {
    let texts = [
        // Broken in every way on the line of the secret.
        format!("[storages.default]\nsecret_key = \"{CANARY}"),
        format!("[storages.default]\nsecret_key = {CANARY}"),
        format!("[storages.default]\nbackend = 'memory'\nsecret_key = '{CANARY}'"),
        format!("[storages.default]\nbackend = 'memory'\npassword = ['{CANARY}']"),
        format!("[storages.default]\nurl = 'memory://{CANARY}@host'"),
        format!("[storages.default]\nurl = 'memory:?secret_key={CANARY}'"),
        format!("[storages.default]\nurl = 'memory:?{CANARY}'"),
        format!("[storages.default]\nurl = 'memory:?secret_key={CANARY}%'"),
        format!("[storages.default]\nurl = 'memory:?secret_key={CANARY}#x'"),
        format!("[storages.default]\nurl = '//user:{CANARY}@host'"),
        format!("[storages.default]\nurl = 'file://user:{CANARY}@host/var'"),
        format!("[storages.default]\nurl = 'file:///var?secret_key={CANARY}'"),
        format!("[storages.default]\nurl = 's3://key:{CANARY}@bu_cket/media'"),
        format!("[storages.default]\nurl = 's3://my-site/media?secret_key={CANARY}'"),
        format!("[storages.default]\nurl = 's3://my-site/media?session_token={CANARY}'"),
        format!("[storages.default]\nurl = 'picky:?api_token={CANARY}'"),
    ];
    let picky = |options: &mut StorageSettings| {
        options.take_bool("api_token")?;
        Ok(MemoryStorage::new())
    };
    for text in texts {
        let error = Storages::builder().register("picky", picky).toml(&text).build().expect_err(&text);
        assert!(!shown(&error).contains(CANARY), "{}\n{text}", shown(&error));
    }
    let error = open_url(&format!("memory:?secret_key={CANARY}")).unwrap_err();
    assert!(!shown(&error).contains(CANARY));
    let variable = [("HOLDALL_STORAGES__DEFAULT__SECRET_KEY", CANARY)];
    let error = Storages::builder().environment(variable).build().unwrap_err();
    assert!(!shown(&error).contains(CANARY));
}

#[test]
fn debug_does_not_show_secrets() {
    let keeper = |options: &mut StorageSettings| {
        assert!(!format!("{options:?} {:?}", options.origin("password")).contains(CANARY));
        options.take_str("password")?;
        assert!(!format!("{options:?} {:?}", options.origin("password")).contains(CANARY));
        Ok(MemoryStorage::new())
    };
    let builder = Storages::builder()
        .register("keeper", keeper)
        .toml(format!("[storages.default]\nbackend = 'keeper'\npassword = '{CANARY}'"))
        .environment([("HOLDALL_STORAGES__BACKUP__URL", format!("keeper:?password={CANARY}"))]);
    assert!(!format!("{builder:?}").contains(CANARY));
    let storages = builder.build().unwrap();
    assert!(!format!("{storages:?}").contains(CANARY));
    assert_eq!(format!("{storages:?}"), r#"{"backup": "memory", "default": "memory"}"#);
}
