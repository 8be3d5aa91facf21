//! The tree of static files that is collected: some 6,000 files of real packages, on a file system in memory.

use std::fs::{self, File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;

/// Where `cargo xtask bench` put the packages that `cargo xtask test` collects, too.
pub const PACKAGES: &str = "HOLDALL_WEB_PACKAGES";

/// Which part of which package. All of them are such that Django collects them, also with the imports of JavaScript
/// rewritten; so none is among them that names a file that it does not ship, and neither are `three` and `pdfjs-dist`,
/// which Django collects in quadratic time.
const PARTS: [&str; 17] = [
    "@fortawesome/fontawesome-free/css",
    "@fortawesome/fontawesome-free/js",
    "@fortawesome/fontawesome-free/sprites",
    "@fortawesome/fontawesome-free/svgs/brands",
    "@fortawesome/fontawesome-free/webfonts",
    "ace-builds/src-noconflict",
    "bootstrap-icons",
    "bootstrap/dist",
    "flag-icons",
    "highlight.js/es",
    "highlight.js/lib",
    "highlight.js/styles",
    "katex/dist",
    "mathjax/es5",
    "swagger-ui-dist",
    "tinymce",
    "video.js/dist",
];

/// A tree of static files, and room beside it for what is collected. It is removed when this is dropped.
#[derive(Debug)]
pub struct Tree {
    directory: TempDir,
    /// How many files there are.
    pub files: usize,
    /// What they have together, in bytes.
    pub bytes: u64,
    /// Whether all of this is in memory.
    pub in_memory: bool,
}

impl Tree {
    /// Of how many parts of packages it is made.
    pub const PARTS: usize = PARTS.len();

    /// Copies the parts of the packages.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn build(packages: &Path) -> io::Result<Self> {
        let memory = Path::new("/dev/shm");
        let in_memory = memory.is_dir();
        let directory = if in_memory {
            tempfile::tempdir_in(memory)?
        } else {
            tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR"))?
        };
        let mut tree = Self { directory, files: 0, bytes: 0, in_memory };
        for part in PARTS {
            let to = tree.source().join("vendor").join(part);
            tree.copy(&packages.join("node_modules").join(part), &to)?;
        }
        Ok(tree)
    }

    /// The directory of the sources.
    pub fn source(&self) -> PathBuf {
        self.directory.path().join("static")
    }

    /// A directory beside the sources.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A directory that does not exist yet, or no longer.
    ///
    /// # Errors
    ///
    /// Those of removing what was there.
    pub fn fresh(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.directory.path().join(name);
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(path),
        }
    }

    /// Gives every source the time of now: what a fresh checkout looks like.
    ///
    /// # Errors
    ///
    /// Those of the file system.
    pub fn touch(&self) -> io::Result<()> {
        let times = FileTimes::new().set_modified(SystemTime::now());
        files_below(&self.source(), &mut |path| File::options().write(true).open(path)?.set_times(times))
    }

    fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let name = entry.file_name();
            // What collectstatic leaves out, cp does not.
            if name.to_string_lossy().starts_with('.') {
                continue;
            }
            if entry.file_type()?.is_dir() {
                self.copy(&entry.path(), &to.join(name))?;
            } else {
                self.bytes += fs::copy(entry.path(), to.join(name))?;
                self.files += 1;
            }
        }
        Ok(())
    }
}

/// Does something with every file below a directory.
///
/// # Errors
///
/// Those of the file system, and of what is done.
pub fn files_below(directory: &Path, work: &mut dyn FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files_below(&entry.path(), work)?;
        } else {
            work(&entry.path())?;
        }
    }
    Ok(())
}
