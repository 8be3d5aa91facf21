//! A storage from one URL, without settings.

use holdall_core::{Result, Store};

use crate::layers::url;
use crate::problems::Problems;
use crate::registry::Registry;
use crate::value::{SettingOrigin, Value};

/// Opens the storage that a URL describes: for scripts, tests and command lines, which have no names for
/// storages.
///
/// | URL | storage |
/// | --- | --- |
/// | `memory:` | in memory |
/// | `file:///var/media?base_url=/media/` | the directory `/var/media` |
/// | `file:var/media` | a directory relative to the working directory |
/// | `s3://bucket/location?region=eu-central-1` | a bucket, below a location |
///
/// The query takes every key of `holdall.toml`, `policy` and `visibility` included; the policy is
/// `media` unless it says otherwise. All parts are percent-decoded, and `+` is a plus.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall::Result<()> {
/// let scratch = holdall::open_url("memory:")?;
/// scratch.save("notes.txt", "Buy milk.").await?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for a text that is no URL, an unknown
/// scheme and a wrong or unknown key; otherwise what the backend says. No error repeats a value of the
/// URL that may be a secret.
pub fn open_url(url: &str) -> Result<Store> {
    let mut problems = Problems::default();
    let opened = url::parse(&Value::text(url, SettingOrigin::argument()), None)
        .map_err(|problem| problems.push(problem))
        .and_then(|resolved| Registry::new().open(None, resolved).map_err(|others| problems.extend(others)));
    match opened {
        Ok(opened) => Ok(opened.store),
        Err(()) => Err(problems.into_error()),
    }
}
