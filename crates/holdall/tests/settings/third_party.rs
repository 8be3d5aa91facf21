//! Backends that Holdall has never heard of.

use std::sync::Arc;

use holdall::{
    Error, ErrorKind, MemoryStorage, Result, Storage, StorageSettings, Storages, StoragesBuilder, Store,
};

use crate::refused;

/// Takes all that Acme offers. Its storages say where they would be.
fn acme(options: &mut StorageSettings) -> Result<Store> {
    let account = options.require_str("account")?;
    let token = options.take_str("token")?;
    if account == "suspended" {
        return Err(options.invalid("account", "has not paid its bill"));
    }
    if account == "offline" {
        return Err(Error::message(ErrorKind::Unavailable, "acme.example does not answer"));
    }
    assert_ne!(token.as_deref(), Some(""));
    Ok(Store::new(MemoryStorage::new()))
}

fn builder() -> StoragesBuilder {
    Storages::builder().register("acme", acme)
}

#[test]
fn by_name() -> Result<()> {
    let text = "[storages.default]\nbackend = 'acme'\naccount = 'cats'\ntoken = 'x'\nlocation = 'photos'";
    let storages = builder().toml(text).build()?;
    assert_eq!(storages.get("default")?.to_string(), "memory/photos");
    Ok(())
}

#[test]
fn by_scheme_the_parts_of_the_url_are_keys() -> Result<()> {
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let keys = Arc::clone(&seen);
    let builder = Storages::builder().register("acme", move |options: &mut StorageSettings| {
        assert_eq!(options.storage_name(), Some("default"));
        for key in ["username", "password", "host", "port", "zone"] {
            assert!(options.contains(key));
            assert_eq!(options.origin(key).unwrap().to_string(), "settings:1");
            keys.lock().unwrap().push(options.require_str(key)?);
        }
        Ok(MemoryStorage::new())
    });
    let text = "storages.default.url = 'acme://me:p%40ss@Cats.example:99/photos/2024?zone=eu'";
    let storages = builder.toml(text).build()?;
    assert_eq!(*seen.lock().unwrap(), ["me", "p@ss", "Cats.example", "99", "eu"]);
    assert_eq!(storages.get("default")?.to_string(), "memory/photos/2024");
    Ok(())
}

#[test]
fn any_storage_will_do() -> Result<()> {
    let storages = Storages::builder()
        .register("plain", |_| Ok(MemoryStorage::new()))
        .register("boxed", |_| Ok(Arc::new(MemoryStorage::new()) as Arc<dyn Storage>))
        .register("handle", |_| Ok(Store::new(MemoryStorage::new())))
        .toml("storages.a.url = 'plain:'\nstorages.b.url = 'boxed:'\nstorages.c.url = 'handle:'")
        .build()?;
    assert_eq!(storages.names().len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_known_backend_can_be_replaced() -> Result<()> {
    let underneath = Store::new(MemoryStorage::new());
    let fake = underneath.clone();
    let storages = Storages::builder()
        .register("s3", move |options: &mut StorageSettings| {
            options.require_str("bucket")?;
            Ok(fake.clone())
        })
        .toml("storages.default.url = 's3://my-site/media'")
        .build()?;
    storages.get("default")?.save("cat.txt", "meow").await?;
    assert!(underneath.exists("media/cat.txt").await?);
    Ok(())
}

#[test]
fn their_mistakes_read_like_ours() {
    for (keys, sentence) in [
        ("", "settings:2: [storages.default] has no \"account\", which the backend \"acme\" needs"),
        ("account = ''", "settings:3: \"account\" in [storages.default] is empty"),
        (
            "acount = 'cats'",
            "settings:3: unknown key \"acount\" in [storages.default]; did you mean \"account\"?",
        ),
        (
            "account = 'cats'\ntokn = 'x'",
            "settings:4: unknown key \"tokn\" in [storages.default]; did you mean \"token\"?",
        ),
        ("account = 'suspended'", "settings:3: \"account\" in [storages.default] has not paid its bill"),
        (
            "account = true",
            "settings:3: \"account\" in [storages.default] is true; it has to be text, in quotes",
        ),
    ] {
        let text = format!("[storages.default]\nbackend = 'acme'\n{keys}");
        assert_eq!(refused(builder().toml(text)), sentence);
    }
    assert_eq!(
        refused(builder().toml("[storages.default]\nurl = 'acme:'")),
        "settings:2: [storages.default] has no \"account\", which the backend \"acme\" needs"
    );
}

#[test]
fn what_a_backend_says_at_the_start_keeps_its_kind() {
    let text = "[storages.default]\nbackend = 'acme'\naccount = 'offline'";
    let error = builder().toml(text).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.is_retryable());
    assert_eq!(
        error.to_string(),
        "settings:2: [storages.default] cannot be used: acme.example does not answer"
    );
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn a_mistake_that_the_factory_swallows_is_still_reported() {
    let careless = |options: &mut StorageSettings| {
        let _ = options.take_bool("fast");
        Ok(MemoryStorage::new())
    };
    let text = "[storages.default]\nbackend = 'careless'\nfast = 'very'";
    assert_eq!(
        refused(Storages::builder().register("careless", careless).toml(text)),
        "settings:3: \"fast\" in [storages.default] is \"very\"; it has to be true or false"
    );
}
