//! For build scripts: static files as part of the program.
//!
//! A program of one file: nothing to collect when it is deployed, nothing that can be missing. The build script runs
//! the whole pipeline, so that names are hashed, references rewritten and mistakes told, and the compiler checks each
//! name that the program asks for.
//!
//! In `Cargo.toml` the crate stands twice, as what the program and as what its build script depends on:
//!
//! ```toml
//! [dependencies]
//! holdall-static = "0.1"
//! [build-dependencies]
//! holdall-static = "0.1"
//! ```
//!
//! In `build.rs`, for the files in `static/` beside it:
//!
//! ```no_run
//! holdall_static::build::Embed::new("static").generate();
//! ```
//!
//! In the program:
//!
//! ```text
//! let files = holdall_static::embedded!()?;
//! // For templates, and to serve: the same calls as for files anywhere else.
//! let store = Store::new(ManifestStorage::with_manifest(files.clone(), files.manifest()?));
//! // `/static/css/app.5e0040571e1a.css`. A name that no file has does not compile.
//! let stylesheet = holdall_static::static_url!("css/app.css");
//! ```
//!
//! Files whose content is the same are embedded once, among them most copies under their own names.

mod write;

use std::path::{Path, PathBuf};

use holdall_core::{Error, ErrorKind, MemoryStorage, Operation, Result, Store};

use crate::collect::{Collector, Report};
use crate::finders::Directories;

/// Embeds static files. See the [module](self).
#[derive(Debug, Clone)]
#[must_use]
pub struct Embed {
    collector: Collector,
}

impl Embed {
    /// The files below a directory, which is meant from the package's own on: there build scripts run.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self::of(Collector::new().finder(Directories::new(directory)))
    }

    /// What that collector collects, with its settings: other finders, a base path, compression, what a bundler
    /// built.
    pub fn of(collector: Collector) -> Self {
        Self { collector }
    }

    /// Embeds the files, in a build script.
    ///
    /// It is run again when a file changes or comes or goes. What is wrong is told as cargo's own errors and warnings
    /// are, and errors end the build.
    pub fn generate(self) {
        for path in self.collector.watched() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
        let out = std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| {
            let message = "OUT_DIR is not set: static files are embedded in a build script, which cargo runs";
            Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure)
        });
        match out.and_then(|out| self.write_to(&out)) {
            Ok(report) => {
                let conflicts = report.conflicts.iter().map(ToString::to_string);
                for line in report.problems.iter().map(ToString::to_string).chain(conflicts) {
                    println!("cargo::warning={line}");
                }
            }
            Err(error) => {
                for line in error.reason().lines() {
                    println!("cargo::error={line}");
                }
                std::process::exit(1);
            }
        }
    }

    /// Writes what [`embedded!`](crate::embedded) and [`static_url!`](crate::static_url) read into a directory,
    /// which is cargo's `OUT_DIR`, and says nothing to cargo.
    ///
    /// # Errors
    ///
    /// As [`Collector::collect`]; those of the disk.
    pub fn write_to(&self, out: &Path) -> Result<Report> {
        let store = Store::new(MemoryStorage::new());
        let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(Error::from_io)?;
        runtime.block_on(async {
            let report = self.collector.collect(&store).await?;
            write::write(&store, self.collector.base(), &out.join("holdall-static")).await?;
            Ok(report)
        })
    }
}
