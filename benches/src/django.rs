//! Django's `collectstatic` in a process of its own.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::Taken;

/// The interpreter of the virtual environment that `cargo xtask bench` made.
pub const PYTHON: &str = "HOLDALL_BENCH_PYTHON";

const SCRIPT: &str = include_str!("collect.py");

/// A Python with Django.
#[derive(Debug, Clone)]
pub struct Django(OsString);

impl Django {
    /// The one that the environment names; without it the comparisons with Django are left out.
    pub fn find() -> Option<Self> {
        std::env::var_os(PYTHON).filter(|python| !python.is_empty()).map(Self)
    }

    /// What collects `source` into `root` with a storage: `manifest`, `whitenoise` or `s3`; with `+js` behind it with
    /// the imports of JavaScript rewritten.
    pub fn command(&self, storage: &str, source: &Path, root: &Path) -> Command {
        let mut command = Command::new(&self.0);
        command.arg("-c").arg(SCRIPT).arg(storage).arg(source).arg(root);
        command
    }

    /// Runs [`command`](Self::command).
    ///
    /// # Errors
    ///
    /// Those of the process.
    pub fn collect(&self, storage: &str, source: &Path, root: &Path) -> io::Result<Taken> {
        Taken::by(self.command(storage, source, root))
    }

    /// Another program of the same environment.
    pub fn program(&self, name: &str) -> PathBuf {
        Path::new(&self.0).with_file_name(name)
    }
}
