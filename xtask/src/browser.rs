//! Chromium and its driver, which the gallery's browser tests steer.

use std::path::Path;

use crate::step::{command, find_program, run};

/// The names that Chromium goes by.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// How somebody gets it who is not root on Debian.
const ADVICE: &str = "The browser tests need Chromium and ChromeDriver in the PATH. \
    On Debian: apt-get install chromium chromium-driver. On Fedora: dnf install chromium chromedriver. \
    On macOS: brew install --cask chromium chromedriver. \
    Or leave these tests out with: cargo xtask test --no-browser";

/// What the tests are told in `HOLDALL_BROWSER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Browser {
    /// The tests run, and fail if there is no browser.
    Required,
    /// The tests say that they were skipped.
    Skip,
}

impl Browser {
    /// The value of the environment variable.
    pub(crate) fn value(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Skip => "skip",
        }
    }
}

/// Sees to it that there is a browser.
///
/// Where it is missing, it is installed if that is possible without asking anybody: as root on a
/// Debian system. Elsewhere that is an error: leaving tests out is for the caller to ask for.
///
/// # Errors
///
/// The sentence that says how to get the browser.
pub(crate) fn provide() -> Result<Browser, String> {
    if is_there() {
        return Ok(Browser::Required);
    }
    if is_root() && Path::new("/etc/debian_version").exists() {
        let apt = |arguments: &[&str]| {
            let mut apt = command("apt-get", arguments);
            apt.env("DEBIAN_FRONTEND", "noninteractive");
            run(&format!("apt-get {}", arguments.join(" ")), apt, ADVICE)
        };
        apt(&["update", "--quiet"])?;
        apt(&["install", "--yes", "--quiet", "--no-install-recommends", "chromium", "chromium-driver"])?;
        return if is_there() { Ok(Browser::Required) } else { Err(ADVICE.to_owned()) };
    }
    Err(ADVICE.to_owned())
}

fn is_there() -> bool {
    find_program(&BROWSERS).is_some() && find_program(&["chromedriver"]).is_some()
}

/// Asked of `id`, because the standard library does not say and nothing else here needs a crate.
fn is_root() -> bool {
    command("id", &["-u"]).output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
