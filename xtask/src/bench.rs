//! `cargo xtask bench`: Holdall beside plain code that does the same work, as ratios.

use crate::step::{cargo, run};

/// The comparisons, each a bench target of `holdall-benches`.
const NAMES: [&str; 3] = ["disk", "s3", "memory"];

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
        let bench = cargo(&["bench", "--package", "holdall-benches", "--bench", name]);
        run(&format!("comparison: {name}"), bench, "What it printed is above.")?;
    }
    Ok(())
}
