//! Which layer wins: a backend replaces the table, other keys go on top.

use holdall::{MemoryStorage, Result, Storages, Store};

use crate::{expect_refusals, refused, shared};

/// Under which location the storage `default` keeps its files.
async fn location(storages: &Storages, underneath: &Store) -> Result<&'static str> {
    let saved = storages.get("default")?.save("probe.txt", "").await?;
    for location in ["low", "middle", "high"] {
        if underneath.exists(format!("{location}/{}", saved.name)).await? {
            return Ok(location);
        }
    }
    Ok("")
}

const LOW: &str = "[storages.default]\nbackend = 'shared'\nlocation = 'low'";
const MIDDLE: &str = "[storages.default]\nlocation = 'middle'";

#[tokio::test]
async fn a_higher_layer_wins() -> Result<()> {
    let high = [("HOLDALL_STORAGES__DEFAULT__LOCATION", "high")];

    let (builder, underneath) = shared();
    let storages = builder.defaults_toml(LOW).build()?;
    assert_eq!(location(&storages, &underneath).await?, "low");

    // Whatever the order of the calls.
    let (builder, underneath) = shared();
    let storages = builder.toml(MIDDLE).defaults_toml(LOW).build()?;
    assert_eq!(location(&storages, &underneath).await?, "middle");

    let (builder, underneath) = shared();
    let storages = builder.environment(high).toml(MIDDLE).defaults_toml(LOW).build()?;
    assert_eq!(location(&storages, &underneath).await?, "high");

    let (builder, underneath) = shared();
    let storages = builder.toml(LOW).toml(MIDDLE).build()?;
    assert_eq!(location(&storages, &underneath).await?, "middle");
    Ok(())
}

#[tokio::test]
async fn a_layer_that_chooses_the_backend_replaces_the_table() -> Result<()> {
    // The default's location is gone with its backend.
    let (builder, underneath) = shared();
    let storages = builder.defaults_toml(LOW).toml("storages.default.url = 'shared:'").build()?;
    assert_eq!(location(&storages, &underneath).await?, "");

    let (builder, underneath) = shared();
    let url = [("HOLDALL_STORAGES__DEFAULT__URL", "shared:")];
    let storages = builder.toml(LOW).environment(url).build()?;
    assert_eq!(location(&storages, &underneath).await?, "");

    // Further keys of the environment go on top of its URL.
    let (builder, underneath) = shared();
    let url =
        [("HOLDALL_STORAGES__DEFAULT__URL", "shared:"), ("HOLDALL_STORAGES__DEFAULT__LOCATION", "high")];
    let storages = builder.toml(LOW).environment(url).build()?;
    assert_eq!(location(&storages, &underneath).await?, "high");

    // What a URL says can be overridden by a higher layer, key by key.
    let (builder, underneath) = shared();
    let storages = builder.toml("storages.default.url = 'shared:low'").toml(MIDDLE).build()?;
    assert_eq!(location(&storages, &underneath).await?, "middle");
    Ok(())
}

#[test]
fn a_table_that_is_replaced_cannot_be_wrong() {
    let builder = || Storages::builder().defaults_toml("[storages.default]\nbackend = 'tape'\nreel = []");
    assert!(builder().build().is_err());
    assert!(builder().toml("storages.default.url = 'memory:'").build().is_ok());
    assert!(builder().storage("default", MemoryStorage::new()).build().is_ok());
}

#[test]
fn every_layer_says_its_name() {
    let hint = "unknown key \"locaton\" in [storages.default]; did you mean \"location\"?";
    let text = "[storages.default]\nbackend = 'memory'\nlocaton = 'media'";
    assert_eq!(refused(Storages::builder().defaults_toml(text)), format!("built-in settings:3: {hint}"));
    assert_eq!(refused(Storages::builder().toml(text)), format!("settings:3: {hint}"));
    // Two layers, one storage: each mistake is where it was written.
    let low = "[storages.default]\nbackend = 'memory'\nvisibility = 'hidden'";
    let high = [("HOLDALL_STORAGES__DEFAULT__LOCATON", "media")];
    assert_eq!(
        refused(Storages::builder().defaults_toml(low).environment(high)),
        format!(
            "2 settings are wrong:\n  HOLDALL_STORAGES__DEFAULT__LOCATON: {hint}\n  built-in settings:3: \"visibility\" in \
             [storages.default] is \"hidden\"; it has to be \"public\" or \"private\""
        )
    );
}

#[test]
fn one_layer_says_a_key_once() {
    expect_refusals(&[(
        "[storages.default]\nlocation = 'a'\nurl = 'memory:b'",
        "settings:2: \"location\" in [storages.default] is given in the url too; write it in one place",
    )]);
}

#[test]
fn other_storages_are_left_as_they_are() -> Result<()> {
    let storages = Storages::builder()
        .defaults_toml("storages.default.url = 'memory:'\nstorages.staticfiles.url = 'memory:'")
        .toml("storages.backup.url = 'memory:'")
        .environment([("HOLDALL_STORAGES__DEFAULT__URL", "memory:media")])
        .storage("scratch", MemoryStorage::new())
        .build()?;
    assert_eq!(storages.names().collect::<Vec<_>>(), ["backup", "default", "scratch", "staticfiles"]);
    assert_eq!(storages.get(Storages::DEFAULT)?.to_string(), "memory/media");
    assert_eq!(storages.get(Storages::STATICFILES)?.to_string(), "memory");
    Ok(())
}

#[tokio::test]
async fn a_storage_is_the_same_one_each_time() -> Result<()> {
    let storages = Storages::builder().toml("storages.default.url = 'memory:'").build()?;
    storages.get("default")?.save("cat.txt", "meow").await?;
    assert!(storages.clone().get("default")?.exists("cat.txt").await?);
    Ok(())
}

#[tokio::test]
async fn a_storage_made_by_hand_is_used_as_it_is() -> Result<()> {
    let store = Store::new(MemoryStorage::new());
    let storages = Storages::builder()
        .toml("storages.staticfiles.url = 'memory:static'")
        .storage("staticfiles", store.clone())
        .build()?;
    let first = storages.get("staticfiles")?.save("a.css", "").await?;
    let second = storages.get("staticfiles")?.save("a.css", "").await?;
    assert_ne!(first.name, second.name, "no policy was put around it");
    assert!(store.exists("a.css").await?, "and no location");
    Ok(())
}
