//! The command `holdall`: collects the static files of a web application, says where they come from, and looks after
//! what was published. What `manage.py collectstatic` and `findstatic` are to Django.
//!
//! Everything that it knows about static files is in `holdall::static_files`; here are arguments, questions, lines and
//! exit codes. An application with storages of its own makes the same command of it:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use holdall::{MemoryStorage, Storages};
//! use holdall_cli::Command;
//!
//! fn main() -> ExitCode {
//!     let settings = Storages::builder().register("acme", |_| Ok(MemoryStorage::new()));
//!     Command::new().settings(settings).run(std::env::args_os())
//! }
//! ```
//!
//! Exit codes, which scripts may rely on, are those of [`Exit`].

mod args;
mod collect;
mod confirm;
mod exit;
mod find;
mod manifest;
mod prune;
mod screen;
mod settings;
mod signal;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use holdall::{Storages, StoragesBuilder};

use self::args::{Args, Subcommand};
pub use self::exit::Exit;
use self::exit::Failure;
use self::screen::Screen;
use self::settings::Settings;

/// The command. See the documentation of the crate.
#[derive(Debug)]
pub struct Command {
    settings: StoragesBuilder,
}

impl Command {
    /// With the storages that the features of the crate bring.
    pub fn new() -> Self {
        Self { settings: Storages::builder() }
    }

    /// With what an application says before its settings are read: backends, defaults, storages made by hand. The
    /// file of settings and the environment are still looked at.
    pub fn settings(mut self, settings: StoragesBuilder) -> Self {
        self.settings = settings;
        self
    }

    /// Runs with these arguments, the first of which is the program's own name, and says everything that is to be
    /// said on standard output and standard error.
    ///
    /// It makes a runtime of its own, so that it must not be called inside one.
    pub fn run(self, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
        let args = match Args::try_parse_from(arguments) {
            Ok(args) => args,
            Err(error) => {
                // Help is printed the same way. Nobody can be told that telling failed.
                let _ = error.print();
                let usage = if error.use_stderr() { Exit::Usage } else { Exit::Done };
                return usage.into();
            }
        };
        let screen = Arc::new(Screen::new(&args.common, args.command.json()));
        let exit = match dispatch(args, self.settings, &screen) {
            Ok(exit) => exit,
            Err(failure) => failure.tell(&screen),
        };
        screen.finish(exit).into()
    }
}

impl Default for Command {
    fn default() -> Self {
        Self::new()
    }
}

fn dispatch(args: Args, builder: StoragesBuilder, screen: &Arc<Screen>) -> Result<Exit, Failure> {
    let settings = Settings::load(builder, &args.common)?;
    match args.command {
        Subcommand::Collectstatic(args) => collect::run(&args, settings, screen),
        Subcommand::Findstatic(args) => find::run(&args, &settings, screen),
        Subcommand::Manifest(args) => manifest::run(&args, &settings, screen),
        Subcommand::Prune(args) => prune::run(&args, &settings, screen),
    }
}
