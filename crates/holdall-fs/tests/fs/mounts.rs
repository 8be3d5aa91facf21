//! File systems made for a test: small, without inodes, read-only, without extended attributes.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::skip;

/// A mounted file system in a directory of its own, gone with the guard.
pub(crate) struct Mount {
    directory: tempfile::TempDir,
}

impl Mount {
    /// Mounts; `None`, said in words, where that is not allowed.
    pub(crate) fn new(kind: &str, options: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mounted = mount(&["-t", kind, "-o", options, "holdall-test"], directory.path());
        match mounted {
            Ok(()) => Some(Self { directory }),
            Err(why) => {
                skip(&format!("a {kind} with {options}"), &why);
                None
            }
        }
    }

    /// Mounts what is in an image file.
    pub(crate) fn of_image(image: &Path, options: &str) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        match mount(&["-o", options, image.to_str().unwrap()], directory.path()) {
            Ok(()) => Some(Self { directory }),
            Err(why) => {
                skip("an image in a loop device", &why);
                None
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn remount(&self, options: &str) {
        mount(&["-o", &format!("remount,{options}")], self.path()).unwrap();
    }

    /// Shows the same file system in another directory too, until the guard goes.
    pub(crate) fn bind(&self, elsewhere: &Path) -> Bound {
        mount(&["--bind", self.path().to_str().unwrap()], elsewhere).unwrap();
        Bound(elsewhere.to_owned())
    }
}

/// See [`Mount::bind`].
pub(crate) struct Bound(PathBuf);

impl Drop for Bound {
    fn drop(&mut self) {
        unmount(&self.0);
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        unmount(self.path());
    }
}

/// Lazily: a file that a test still has open must not keep the mount.
fn unmount(path: &Path) {
    let status = Command::new("umount").arg("-l").arg(path).status();
    assert!(std::thread::panicking() || status.is_ok_and(|status| status.success()));
}

fn mount(arguments: &[&str], path: &Path) -> Result<(), String> {
    let output =
        Command::new("mount").args(arguments).arg(path).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}
