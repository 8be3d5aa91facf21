//! The command `holdall`, with the storages that Holdall brings.

use std::process::ExitCode;

use holdall_cli::Command;

fn main() -> ExitCode {
    Command::new().run(std::env::args_os())
}
