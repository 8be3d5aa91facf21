//! `cargo xtask test`: everything that has to hold before a change lands, cheapest first.

use crate::browser::{self, Browser};
use crate::features;
use crate::foreign::{self, Servers};
use crate::packages::{self, Packages};
use crate::step::{cargo, has_cargo_command, run, skip};

/// The flags of `cargo xtask test`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    no_browser: bool,
    no_foreign_servers: bool,
    no_packages: bool,
}

impl Flags {
    /// Reads the command line.
    ///
    /// # Errors
    ///
    /// A sentence that names what is not known.
    pub(crate) fn parse(flags: &[&str]) -> Result<Self, String> {
        let mut parsed = Self::default();
        for flag in flags {
            match *flag {
                "--no-browser" => parsed.no_browser = true,
                "--no-foreign-servers" => parsed.no_foreign_servers = true,
                "--no-packages" => parsed.no_packages = true,
                other => return Err(format!("`cargo xtask test` has no flag {other:?}.")),
            }
        }
        Ok(parsed)
    }
}

/// Runs all steps, and stops at the first that fails.
///
/// # Errors
///
/// The sentence of the step that failed.
pub(crate) fn test(flags: Flags) -> Result<(), String> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !has_cargo_command(subcommand) {
            return Err(format!(
                "cargo {subcommand} is not installed. Install it with: rustup component add {component}"
            ));
        }
    }
    // Before the long builds: whoever has no browser should not learn it after ten minutes.
    let browser = if flags.no_browser {
        skip("browser tests", "--no-browser was given.");
        Browser::Skip
    } else {
        browser::provide()?
    };
    let servers = if flags.no_foreign_servers {
        skip("tests on S3 servers of others", "--no-foreign-servers was given.");
        Servers::Skip
    } else {
        foreign::provide()?
    };
    let packages = if flags.no_packages {
        skip("tests with packages", "--no-packages was given.");
        Packages::Skip
    } else {
        packages::provide()?
    };

    run("cargo fmt", cargo(&["fmt", "--all", "--check"]), "Mend it with: cargo fmt --all")?;

    let everything = ["--workspace", "--all-targets", "--all-features"];
    let clippy = [&["clippy"], everything.as_slice(), &["--", "-D", "warnings"]].concat();
    run("cargo clippy", cargo(&clippy), "Every warning counts; the first one is above.")?;

    features::check_each()?;

    let mut tests = cargo(&["test", "--workspace", "--all-features", "--no-fail-fast"]);
    tests.env("HOLDALL_BROWSER", browser.value());
    tests.env("HOLDALL_FOREIGN_SERVERS", servers.value());
    tests.env("HOLDALL_WEB_PACKAGES", packages.value());
    run("cargo test", tests, "The failures are listed above.")?;

    let mut docs = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
    docs.env("RUSTDOCFLAGS", "-D warnings");
    run("cargo doc", docs, "Every warning counts; the first one is above.")?;

    println!("\nAll steps passed.");
    if browser == Browser::Skip {
        println!("The browser tests did not run.");
    }
    if servers == Servers::Skip {
        println!("The tests on S3 servers of others did not run.");
    }
    if packages == Packages::Skip {
        println!("The tests with packages did not run.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Flags;

    #[test]
    fn flags_are_known_or_named() {
        assert_eq!(Flags::parse(&[]).unwrap(), Flags::default());
        let all = Flags { no_browser: true, no_foreign_servers: true, no_packages: true };
        assert_eq!(Flags::parse(&["--no-browser", "--no-foreign-servers", "--no-packages"]).unwrap(), all);
        assert!(Flags::parse(&["--no-browsr"]).unwrap_err().contains("--no-browsr"));
    }
}
