//! What every storage has: location, policy, visibility, cache control.

use holdall::{Result, Storages};

use crate::{expect_refusals, refused, shared};

/// Whether a second save of a name overwrites the first.
async fn overwrites(storages: &Storages, name: &str) -> Result<bool> {
    let store = storages.get(name)?;
    let first = store.save("style.css", "a {}").await?;
    let second = store.save("style.css", "b {}").await?;
    Ok(first.name == second.name)
}

#[tokio::test]
async fn staticfiles_is_static_and_everything_else_is_media() -> Result<()> {
    let text = "storages.default.url = 'memory:'\nstorages.staticfiles.url = 'memory:'\nstorages.assets.url = 'memory:'";
    let storages = Storages::builder().toml(text).build()?;
    assert!(!overwrites(&storages, "default").await?);
    assert!(overwrites(&storages, "staticfiles").await?);
    assert!(!overwrites(&storages, "assets").await?);

    let text =
        "storages.staticfiles.url = 'memory:?policy=media'\nstorages.assets.url = 'memory:?policy=static'";
    let storages = Storages::builder().toml(text).build()?;
    assert!(!overwrites(&storages, "staticfiles").await?);
    assert!(overwrites(&storages, "assets").await?);
    Ok(())
}

#[tokio::test]
async fn files_lie_below_the_location() -> Result<()> {
    let (builder, underneath) = shared();
    let storages =
        builder.toml("[storages.default]\nbackend = 'shared'\nlocation = 'media/cats/'").build()?;
    let saved = storages.get("default")?.save("tom.txt", "meow").await?;
    assert_eq!(saved.name, *"tom.txt");
    assert!(underneath.exists("media/cats/tom.txt").await?);
    Ok(())
}

#[tokio::test]
async fn static_files_carry_their_cache_control() -> Result<()> {
    let stored = async |text: &str| {
        let store = Storages::builder().toml(text).build()?.get("staticfiles")?;
        let saved = store.save("style.css", "a {}").await?;
        Ok::<_, holdall::Error>(store.metadata(&saved.name).await?.attributes.cache_control)
    };
    assert_eq!(
        stored("storages.staticfiles.url = 'memory:'").await?.as_deref(),
        Some("public, max-age=86400")
    );
    assert_eq!(
        stored("storages.staticfiles = { backend = 'memory', cache_control = 'no-cache' }").await?.as_deref(),
        Some("no-cache")
    );
    // An empty text is how the environment says "none".
    assert_eq!(stored("storages.staticfiles = { backend = 'memory', cache_control = '' }").await?, None);
    Ok(())
}

#[test]
fn what_does_not_fit_together() {
    expect_refusals(&[
        (
            "[storages.staticfiles]\nbackend = 'memory'\nvisibility = 'private'",
            "settings:3: \"visibility\" in [storages.staticfiles] is \"private\", but static files are public; remove it, \
             or set policy = \"media\"",
        ),
        (
            "[storages.default]\nbackend = 'memory'\ncache_control = 'no-cache'",
            "settings:3: \"cache_control\" in [storages.default] is for static files on this backend; remove it, or set \
             policy = \"static\"",
        ),
        (
            "[storages.staticfiles]\nbackend = 'memory'\ncache_control = \"no\\ncache\"",
            "settings:3: \"cache_control\" in [storages.staticfiles] holds a line break or another control character; \
             remove it",
        ),
        (
            "[storages.default]\nbackend = 'memory'\npolicy = 'uploads'",
            "settings:3: \"policy\" in [storages.default] is \"uploads\"; it has to be \"media\" or \"static\"",
        ),
    ]);
    // Public static files are what they are anyway: saying so is no mistake.
    let text = "[storages.staticfiles]\nbackend = 'memory'\nvisibility = 'public'";
    assert!(Storages::builder().toml(text).build().is_ok());
}

#[test]
fn names_of_storages_made_by_hand_follow_the_rule_too() {
    assert_eq!(
        refused(Storages::builder().storage("Default", holdall::MemoryStorage::new())),
        "\"Default\" cannot name a storage; use lower-case letters, digits, \"-\" and single \"_\" inside, which the \
         environment can say too"
    );
}
