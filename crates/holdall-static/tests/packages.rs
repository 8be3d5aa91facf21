//! Collecting what others wrote: Django's own test files, packages from npm and what bundlers build, all of which
//! `cargo xtask test` fetches.

use std::path::PathBuf;

#[path = "packages/addresses.rs"]
mod addresses;
#[path = "packages/browser.rs"]
mod browser;
#[path = "packages/bundlers.rs"]
mod bundlers;
#[path = "packages/django.rs"]
mod django;
#[path = "packages/npm.rs"]
mod npm;

/// The folder with the packages; `None`, said in words, where the tests are left out.
fn packages() -> Option<PathBuf> {
    match std::env::var_os("HOLDALL_WEB_PACKAGES") {
        Some(folder) if folder != "skip" => Some(folder.into()),
        _ => {
            println!(
                "skipped: HOLDALL_WEB_PACKAGES names no folder; `cargo xtask test` fetches the packages"
            );
            None
        }
    }
}
