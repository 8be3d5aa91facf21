//! `cargo xtask bench`: Holdall beside other code that does the same work, as ratios.

use std::process::Command;

use crate::django;
use crate::packages::{self, Packages};
use crate::step::{cargo, run};

/// The comparisons, each a bench target of `holdall-benches`.
const NAMES: [&str; 5] = ["disk", "s3", "memory", "static", "static_s3"];

/// Runs the comparisons of these names, or all of them, one after another: they measure, so nothing
/// else should run beside them.
///
/// # Errors
///
/// A sentence that names what is not known, or the comparison that failed.
pub(crate) fn run_all(names: &[&str]) -> Result<(), String> {
    if let Some(unknown) = names.iter().find(|name| !NAMES.contains(name)) {
        return Err(format!("there is no comparison {unknown:?}; there are {}", NAMES.join(", ")));
    }
    for name in NAMES.into_iter().filter(|name| names.is_empty() || names.contains(name)) {
        let mut bench = cargo(&["bench", "--package", "holdall-benches", "--bench", name]);
        if name == "static" {
            // The SDK takes minutes to build, and nothing here needs it.
            bench.arg("--no-default-features");
        }
        if name.starts_with("static") {
            provide(&mut bench)?;
        }
        run(&format!("comparison: {name}"), bench, "What it printed is above.")?;
    }
    Ok(())
}

/// What the comparisons of static files need: files of real packages, and Django. What cannot be had is left out.
fn provide(bench: &mut Command) -> Result<(), String> {
    if let Packages::In(folder) = packages::provide()? {
        bench.env("HOLDALL_WEB_PACKAGES", folder);
    }
    if let Some(programs) = django::provide()? {
        bench.env("HOLDALL_BENCH_PYTHON", programs.join("python"));
    }
    Ok(())
}
