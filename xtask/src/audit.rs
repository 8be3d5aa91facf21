//! `cargo xtask audit`: the licences, sources and banned crates of all dependencies, without a network.

use crate::step::{cargo, has_cargo_command, run};

/// Runs `cargo deny` over what needs no advisory database. The advisories are a step of `RELEASING.md`.
///
/// # Errors
///
/// The sentence that says how to install `cargo deny`, or that something was found.
pub(crate) fn audit() -> Result<(), String> {
    if !has_cargo_command("deny") {
        return Err(
            "cargo deny is not installed. Install it with: cargo install --locked cargo-deny".to_owned()
        );
    }
    let deny = cargo(&["deny", "check", "bans", "licenses", "sources"]);
    run("cargo deny", deny, "The findings are above; `deny.toml` holds the rules with their reasons.")
}
