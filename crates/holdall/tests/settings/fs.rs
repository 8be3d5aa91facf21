//! The disk: where files lie, and what a root can be.

use std::fs::{create_dir, read_to_string, write};
use std::path::Path;

use holdall::{ErrorKind, Result, Storages, Store, open_url};

use crate::refused;

/// A `holdall.toml` in a directory of its own.
struct Site {
    directory: tempfile::TempDir,
}

impl Site {
    fn new(settings: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path().join("holdall.toml"), settings).unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    fn storages(&self) -> Result<Storages> {
        Storages::builder().file(self.path("holdall.toml")).build()
    }

    /// The sentence without the place, which is checked to be that line.
    #[track_caller]
    fn refused(&self, line: usize) -> String {
        let file = self.path("holdall.toml");
        let sentence = refused(Storages::builder().file(&file));
        let place = format!("{}:{line}: ", file.display());
        sentence.strip_prefix(&place).unwrap_or_else(|| panic!("{sentence} is not at line {line}")).to_owned()
    }
}

/// The example of the design.
const EXAMPLE: &str = r#"
[storages.default]
backend = "fs"
root = "var"
location = "media"
base_url = "/media/"
visibility = "public"

[storages.staticfiles]
backend = "fs"
root = "var"
location = "static"
base_url = "https://cdn.example.com/static"
"#;

async fn url(store: &Store, name: &str) -> Result<String> {
    Ok(store.url(name).await?.as_str().to_owned())
}

#[tokio::test]
async fn the_root_is_relative_to_the_file_and_the_url_to_the_location() -> Result<()> {
    let site = Site::new(EXAMPLE);
    let storages = site.storages()?;
    let media = storages.get("default")?;
    let saved = media.save("cats/tom.txt", "meow").await?;
    assert_eq!(read_to_string(site.path("var/media/cats/tom.txt")).unwrap(), "meow");
    assert_eq!(url(&media, saved.name.as_str()).await?, "/media/cats/tom.txt");

    let assets = storages.get("staticfiles")?;
    assets.save("style.css", "a {}").await?;
    assert_eq!(read_to_string(site.path("var/static/style.css")).unwrap(), "a {}");
    assert_eq!(url(&assets, "style.css").await?, "https://cdn.example.com/static/style.css");
    Ok(())
}

#[tokio::test]
async fn media_are_private_unless_told_otherwise() -> Result<()> {
    let site = Site::new(&EXAMPLE.replace("visibility = \"public\"", ""));
    let error = site.storages()?.get("default")?.url("tom.txt").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "the disk cannot sign URLs");
    Ok(())
}

#[tokio::test]
async fn urls_of_files() -> Result<()> {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("röot with space");
    let encoded = url::Url::from_file_path(&root).unwrap();
    let store = open_url(&format!("{encoded}?base_url=/media/&visibility=public"))?;
    store.save("tom.txt", "meow").await?;
    assert_eq!(read_to_string(root.join("tom.txt")).unwrap(), "meow");
    assert_eq!(url(&store, "tom.txt").await?, "/media/tom.txt");

    // The location can be given too, and is one on the disk.
    open_url(&format!("{encoded}?location=cats/old"))?.save("tom.txt", "hiss").await?;
    assert_eq!(read_to_string(root.join("cats/old/tom.txt")).unwrap(), "hiss");
    Ok(())
}

#[tokio::test]
async fn a_relative_url_is_relative_to_the_file_that_says_it() -> Result<()> {
    for (url, saved) in [
        ("file:var/media", "var/media/tom.txt"),
        ("file:./var/media/?location=a%20b", "var/media/a b/tom.txt"),
        ("FILE:var", "var/tom.txt"),
        ("file:.", "tom.txt"),
    ] {
        let site = Site::new(&format!("storages.default.url = {url:?}"));
        site.storages()?.get("default")?.save("tom.txt", "meow").await?;
        assert!(site.path(saved).is_file(), "{url}");
    }
    Ok(())
}

#[test]
fn urls_that_name_no_directory() {
    for (url, sentence) in [
        ("file:", "[storages.default] has no \"root\", which the backend \"fs\" needs"),
        (
            "file://var/media",
            "the url of [storages.default] names a host; write file:///var/media for an absolute directory, \
             file:var/media for a relative one",
        ),
        ("file:var?root=other", "the url of [storages.default] gives \"root\" twice"),
        (
            "file:var?base=/media/",
            "unknown key \"base\" in the url of [storages.default]; did you mean \"base_url\"?",
        ),
    ] {
        assert_eq!(Site::new(&format!("\nstorages.default.url = {url:?}")).refused(2), sentence, "{url}");
    }
}

#[test]
fn wrong_keys_and_values() {
    for (line, sentence) in [
        ("bas_url = '/media/'", "unknown key \"bas_url\" in [storages.default]; did you mean \"base_url\"?"),
        (
            "bucket = 'x'",
            "unknown key \"bucket\" in [storages.default]; known are \"base_url\", \"cache_control\", \"create_root\", \
             \"directory_mode\", \"durability\", \"file_mode\", \"location\", \"policy\", \"root\" and \"visibility\"",
        ),
        (
            "durability = 'safe'",
            "\"durability\" in [storages.default] is \"safe\"; it has to be \"synced\" or \"buffered\"",
        ),
        (
            "file_mode = 644",
            "\"file_mode\" in [storages.default] is 644; it has to be an octal mode like \"644\"",
        ),
        ("create_root = 'no'", "\"create_root\" in [storages.default] is \"no\"; it has to be true or false"),
        (
            "location = '/media'",
            "\"location\" in [storages.default] cannot be used: \"/media\" is not a valid name: it is absolute; names \
             are relative to the storage",
        ),
        (
            "base_url = 'media/'",
            "\"base_url\" in [storages.default] cannot be used: the base_url \"media/\" is not valid: it must begin with \
             \"/\", \"https://\" or \"http://\"",
        ),
    ] {
        let site = Site::new(&format!("[storages.default]\nbackend = 'fs'\nroot = 'var'\n{line}"));
        assert_eq!(site.refused(4), sentence, "{line}");
    }
    let site = Site::new("[storages.default]\nbackend = 'fs'\nbase_url = '/media/'");
    assert_eq!(site.refused(2), "[storages.default] has no \"root\", which the backend \"fs\" needs");
    let site = Site::new("[storages.default]\nbackend = 'fs'\n\nrot = 'var'");
    assert_eq!(site.refused(4), "unknown key \"rot\" in [storages.default]; did you mean \"root\"?");
}

#[test]
fn roots_that_cannot_be_used() {
    let site = Site::new("[storages.default]\nbackend = 'fs'\nroot = 'holdall.toml'");
    assert_eq!(
        site.refused(3),
        format!(
            "\"root\" in [storages.default] cannot be used: the root {} is not a directory; give the path of one",
            site.path("holdall.toml").display()
        )
    );
    let site = Site::new(
        "[storages.default]\nbackend = 'fs'\nroot = 'mnt'\nlocation = 'media'\ncreate_root = false",
    );
    let missing = site.refused(3);
    let named = format!("the root {} does not exist", site.path("mnt").display());
    assert!(missing.contains(&named), "{missing}");
    assert!(!site.path("mnt").exists(), "nothing was made");
    // What lies inside the root is ours to make.
    create_dir(site.path("mnt")).unwrap();
    assert!(site.storages().is_ok());
    assert!(site.path("mnt/media").is_dir());
}

#[cfg(unix)]
#[tokio::test]
async fn modes() -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
    let site = Site::new(
        "[storages.default]\nbackend = 'fs'\nroot = 'var'\nfile_mode = '600'\ndirectory_mode = 0o2750\n\
         durability = 'buffered'",
    );
    site.storages()?.get("default")?.save("cats/tom.txt", "meow").await?;
    assert_eq!(mode(&site.path("var/cats/tom.txt")), 0o600);
    assert_eq!(mode(&site.path("var/cats")), 0o2750);
    Ok(())
}

#[tokio::test]
async fn one_variable_moves_the_root() -> Result<()> {
    let elsewhere = tempfile::tempdir().unwrap();
    let root = elsewhere.path().to_str().unwrap();
    let storages = Storages::builder()
        .defaults_toml(EXAMPLE)
        .environment([
            ("HOLDALL_STORAGES__DEFAULT__ROOT", root),
            ("HOLDALL_STORAGES__STATICFILES__URL", "memory:"),
        ])
        .build()?;
    let media = storages.get("default")?;
    media.save("tom.txt", "meow").await?;
    assert_eq!(read_to_string(elsewhere.path().join("media/tom.txt")).unwrap(), "meow");
    assert_eq!(url(&media, "tom.txt").await?, "/media/tom.txt");
    Ok(())
}
