//! `holdall manifest show`.

use clap::Args as ClapArgs;
use holdall::static_files::Manifest;

use super::which::Which;
use crate::exit::{Exit, Failure};
use crate::screen::Screen;
use crate::settings::Settings;
use crate::signal::{Ended, runtime, until_signal};

/// Shows which published file each name stands for
#[derive(Debug, Clone, ClapArgs)]
pub(super) struct ShowArgs {
    /// `current`, `previous`, the id of a generation, or a file
    #[arg(default_value = "current", value_name = "MANIFEST")]
    which: Which,

    /// Write the manifest itself, which is JSON
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn run(args: &ShowArgs, settings: &Settings, screen: &Screen) -> Result<Exit, Failure> {
    let store = if args.which.is_stored() { Some(settings.store()?) } else { None };
    let manifest = match until_signal(runtime()?, args.which.load(store.as_ref()))? {
        Ended::With(manifest) => manifest?,
        Ended::By(exit) => return Ok(exit),
    };
    if args.json {
        let text = manifest.to_bytes();
        screen.document(&String::from_utf8_lossy(&text));
    } else {
        tell(&manifest, screen);
    }
    Ok(Exit::Done)
}

/// A line for each file, in columns; with the bytes and the type at level 2.
fn tell(manifest: &Manifest, screen: &Screen) {
    let width = manifest.iter().map(|(name, _)| name.as_str().chars().count()).max().unwrap_or_default();
    for (name, hashed) in manifest.iter() {
        let details = manifest.details(name.as_str()).filter(|_| screen.says(2));
        let more = details.map(|details| format!("  {} bytes  {}", details.size, details.content_type));
        screen.line(1, format_args!("{:width$}  {hashed}{}", name.as_str(), more.unwrap_or_default()));
    }
}
