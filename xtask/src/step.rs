//! One step of a chore: a command that is announced, seen, timed and believed.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The repository's root, whatever the working directory is.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask lies in the repository's root").to_owned()
}

/// A cargo command in the repository's root, with the cargo that runs us.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    command(&program.to_string_lossy(), arguments)
}

/// A command in the repository's root.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Runs `command` and lets its output through, so that it reads as if typed by hand.
///
/// # Errors
///
/// A sentence that begins with `what` and ends with `advice`, if the command cannot be started or
/// does not succeed.
pub(crate) fn run(what: &str, mut command: Command, advice: &str) -> Result<(), String> {
    println!("\n== {what}");
    let begun = Instant::now();
    let status = command.stdin(Stdio::null()).status();
    let seconds = begun.elapsed().as_secs_f64();
    match status {
        Ok(status) if status.success() => {
            println!("== {what}: passed in {seconds:.1} s");
            Ok(())
        }
        Ok(status) => Err(format!("{what} failed after {seconds:.1} s ({status}). {advice}")),
        Err(error) => Err(format!("{what} could not be started: {error}. {advice}")),
    }
}

/// Says in words that a step is left out, and why.
pub(crate) fn skip(what: &str, why: &str) {
    println!("\n== {what}: skipped. {why}");
}

/// Whether `cargo <subcommand>` is installed.
pub(crate) fn has_cargo_command(subcommand: &str) -> bool {
    cargo(&[subcommand, "--version"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The first program of `names` that lies in a folder of `PATH`.
pub(crate) fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(format!("{name}{EXE_SUFFIX}"))))
        .find(|file| file.is_file())
}
