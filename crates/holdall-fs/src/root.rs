//! What every operation shares: the root, opened once, and the settings.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _};
use cap_std::fs::{Dir, OpenOptions};
use holdall_core::{Capabilities, Durability, Error, Name, Result, Visibility};

use crate::directories::KnownDurable;
use crate::error::failed_to_find;
use crate::presence::Anchor;
use crate::stat::{Kind, Stat};

/// The longest segment of a name, in bytes, that common file systems take (`NAME_MAX`).
pub(crate) const MAX_SEGMENT: usize = 255;

/// An opened root with its settings.
#[derive(Debug)]
pub(crate) struct Root {
    /// Everything below goes through this handle, which no path, link or race leads out of (cap-std;
    /// `openat2` with `RESOLVE_BENEATH` on Linux).
    pub(crate) dir: Dir,
    /// Where it must stay.
    pub(crate) anchor: Anchor,
    /// Where the root was when it was opened, absolute and without links: for people only.
    pub(crate) path: PathBuf,
    pub(crate) base_url: Option<String>,
    pub(crate) file_mode: Option<u32>,
    pub(crate) directory_mode: Option<u32>,
    pub(crate) durability: Durability,
    pub(crate) visibility: Visibility,
    pub(crate) capabilities: Capabilities,
    pub(crate) methods: Methods,
    pub(crate) known_durable: KnownDurable,
    pub(crate) clock: SaveClock,
}

/// Which of the system's better methods are tried. Each has a fallback for file systems without it; this
/// only switches a method off altogether.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(test, expect(clippy::struct_excessive_bools, reason = "switches, each of its own"))]
pub(crate) struct Methods {
    /// Staging files without a name (`O_TMPFILE`), which need `/proc` to get one.
    pub(crate) unnamed_staging: bool,
    /// `renameat2(RENAME_NOREPLACE)`.
    pub(crate) exclusive_rename: bool,
    /// Hard links.
    pub(crate) link: bool,
    /// Syncs of directories that were removed, which FUSE refuses.
    #[cfg(test)]
    pub(crate) sync_of_removed: bool,
}

impl Methods {
    /// Everything that this system knows.
    pub(crate) fn of_this_system() -> Self {
        Self {
            unnamed_staging: cfg!(target_os = "linux") && std::path::Path::new("/proc/self/fd").exists(),
            exclusive_rename: cfg!(any(target_os = "linux", target_vendor = "apple")),
            link: true,
            #[cfg(test)]
            sync_of_removed: true,
        }
    }

    /// Refuses a sync as FUSE does, where a test asks for that.
    #[cfg(test)]
    pub(crate) fn may_sync(self, directory: &Dir) -> io::Result<()> {
        let stat = directory.dir_metadata().and_then(|found| Stat::from_metadata(&found))?;
        if stat.is_unlinked() && !self.sync_of_removed { Err(io::ErrorKind::NotFound.into()) } else { Ok(()) }
    }

    #[cfg(all(unix, not(test)))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "only tests refuse")]
    pub(crate) fn may_sync(self, _: &Dir) -> io::Result<()> {
        Ok(())
    }
}

impl Root {
    /// Opens a regular file for reading and looks at it.
    ///
    /// The last segment is not followed if it is a link, and a FIFO is not waited for: what is no regular
    /// file is `NotFound`. All of that is said only of a root that is still there.
    pub(crate) fn open_file(&self, name: &Name) -> Result<(std::fs::File, Stat)> {
        let mut options = OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        let opened = self.dir.open_with(name.as_str(), &options).and_then(|file| {
            let file = file.into_std();
            let stat = Stat::of(&file)?;
            Ok((file, stat))
        });
        self.check()?;
        match opened {
            Ok((file, stat)) if stat.kind == Kind::File => Ok((file, stat)),
            Ok(_) => Err(Error::not_found(name)),
            Err(error) if is_directory(&error) => Err(Error::not_found(name)),
            Err(error) => Err(failed_to_find(name, "opening the file", error)),
        }
    }

    /// What must have happened before an operation is acknowledged.
    pub(crate) fn is_synced(&self, asked: Option<Durability>) -> bool {
        asked.unwrap_or(self.durability) == Durability::Synced
    }
}

fn is_directory(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::IsADirectory
}

/// The clock of saves: the system's, but never twice the same nanosecond, so that two saves never share
/// an entity tag, even when the system's clock is set back.
#[derive(Debug, Default)]
pub(crate) struct SaveClock(AtomicI64);

impl SaveClock {
    pub(crate) fn now(&self) -> SystemTime {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let now = i64::try_from(since.as_nanos()).unwrap_or(i64::MAX);
        let before = self.0.fetch_max(now, Ordering::Relaxed);
        let unused = if before < now { now } else { self.0.fetch_add(1, Ordering::Relaxed) + 1 };
        UNIX_EPOCH + Duration::from_nanos(u64::try_from(unused).unwrap_or_default())
    }
}
