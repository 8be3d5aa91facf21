//! Django's `collectstatic` in a process of its own.

use std::ffi::OsString;
use std::io;
use std::path::Path;
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

    /// Collects `source` into `root` with a storage: `manifest`, `manifest+js`, `whitenoise`, `s3` or `s3+js`.
    ///
    /// # Errors
    ///
    /// Those of the process.
    pub fn collect(&self, storage: &str, source: &Path, root: &Path) -> io::Result<Taken> {
        let mut command = Command::new(&self.0);
        command.arg("-c").arg(SCRIPT).arg(storage).arg(source).arg(root);
        Taken::by(command)
    }
}
