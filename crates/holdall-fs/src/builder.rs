//! Building a [`FileSystemStorage`].

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use holdall_core::{Capabilities, Durability, Error, ErrorKind, Operation, Result, Visibility};

use crate::directories::{self, KnownDurable};
use crate::lock::DirectoryLock;
use crate::presence::Anchor;
use crate::root::{MAX_SEGMENT, Methods, Root, SaveClock};
use crate::staging;
use crate::storage::FileSystemStorage;
use crate::{url, xattr};

/// The settings of a [`FileSystemStorage`]. Made by [`FileSystemStorage::builder`].
#[derive(Debug, Clone)]
#[must_use = "nothing happens until build() is called"]
pub struct FileSystemStorageBuilder {
    root: PathBuf,
    base_url: Option<String>,
    file_mode: Option<u32>,
    directory_mode: Option<u32>,
    durability: Durability,
    visibility: Visibility,
    create_root: bool,
    methods: Methods,
}

impl FileSystemStorageBuilder {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self {
            root,
            base_url: None,
            file_mode: Some(0o644),
            directory_mode: None,
            durability: Durability::Synced,
            visibility: Visibility::Public,
            create_root: false,
            methods: Methods::of_this_system(),
        }
    }

    /// Where the application serves the files: `/media/`, or a whole URL for another host. Names are put
    /// behind it, percent-encoded; a missing `/` at its end is added. Without one there are no URLs.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// The mode of every file, exactly, whatever the process's umask is; `None` leaves it to the umask.
    /// The default is `0o644`, as Django's: a web server of another user can read what is uploaded. Unix
    /// only.
    pub fn file_mode(mut self, mode: impl Into<Option<u32>>) -> Self {
        self.file_mode = mode.into();
        self
    }

    /// The mode of every directory that is made, on every level, exactly; `None`, the default, leaves it to
    /// the umask. Directories that exist are not touched. Unix only.
    pub fn directory_mode(mut self, mode: impl Into<Option<u32>>) -> Self {
        self.directory_mode = mode.into();
        self
    }

    /// What has happened when an operation is acknowledged, unless a save says otherwise. The default is
    /// [`Durability::Synced`].
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Which kind of URL [`url`](holdall_core::Storage::url) makes unless the call says otherwise. The
    /// default is [`Visibility::Public`]: a plain URL below the base URL. This storage cannot sign URLs,
    /// so that with [`Visibility::Private`] it makes none.
    pub fn visibility(mut self, visibility: Visibility) -> Self {
        self.visibility = visibility;
        self
    }

    /// Whether a missing root is made, with what is missing above it. The default is not: a root that is
    /// missing may be a disk that is not mounted, which must not be hidden by an empty directory.
    pub fn create_root(mut self, create: bool) -> Self {
        self.create_root = create;
        self
    }

    /// Forces the ways of lesser file systems.
    #[cfg(test)]
    pub(crate) fn methods(mut self, methods: Methods) -> Self {
        self.methods = methods;
        self
    }

    /// Opens the root, and finds out what its file system can keep. It blocks for a few system calls. A
    /// root that cannot be written to is fine; saves into it are refused.
    ///
    /// # Errors
    ///
    /// `InvalidConfig` when the root is missing or is no directory, or when a setting is not valid;
    /// `PermissionDenied` when the process may not open the root. Each of them names the setting that was refused
    /// ([`Error::setting_key`]).
    pub fn build(self) -> Result<FileSystemStorage> {
        self.open().map_err(|error| error.with_operation(Operation::Configure))
    }

    fn open(self) -> Result<FileSystemStorage> {
        let base_url = self.base_url.as_deref().map(url::check_base).transpose()?;
        for (setting, mode) in [("file_mode", self.file_mode), ("directory_mode", self.directory_mode)] {
            if mode.is_some_and(|mode| mode > 0o7777) {
                let message = format!("the {setting} is no mode; modes are octal numbers up to 0o7777");
                return Err(Error::setting(setting, message));
            }
        }
        if self.create_root {
            make_root(&self.root, self.directory_mode).map_err(|error| self.root_error(error))?;
        }
        let dir = Dir::open_ambient_dir(&self.root, ambient_authority());
        let dir = dir.map_err(|error| self.root_error(error))?;
        let path = fs::canonicalize(&self.root).map_err(|error| self.root_error(error))?;
        let anchor = Anchor::new(&self.root, &dir).map_err(|error| self.root_error(error))?;
        let mut root = Root {
            dir,
            anchor,
            path,
            capabilities: Capabilities::default(),
            base_url,
            file_mode: self.file_mode,
            directory_mode: self.directory_mode,
            durability: self.durability,
            visibility: self.visibility,
            methods: self.methods,
            known_durable: KnownDurable::default(),
            clock: SaveClock::default(),
        };
        root.capabilities = capabilities(&root).map_err(|error| self.root_error(error))?;
        Ok(FileSystemStorage::from_root(Arc::new(root)))
    }

    /// What is wrong with the root, and what to do.
    fn root_error(&self, error: io::Error) -> Error {
        let root = self.root.display();
        let (kind, message) = match error.kind() {
            io::ErrorKind::NotFound => (
                ErrorKind::InvalidConfig,
                format!(
                    "the root {root} does not exist; make the directory, or let create_root(true) make it"
                ),
            ),
            io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => (
                ErrorKind::InvalidConfig,
                format!("the root {root} is not a directory; give the path of one"),
            ),
            io::ErrorKind::PermissionDenied => (
                ErrorKind::PermissionDenied,
                format!("the root {root} may not be opened by this process; look at its owner and mode"),
            ),
            _ => (ErrorKind::from_io(&error), format!("the root {root} cannot be opened: {error}")),
        };
        Error::message(kind, message).with_setting_key("root").with_source(error)
    }
}

/// Makes the root and what is missing above it, durably.
fn make_root(root: &Path, mode: Option<u32>) -> io::Result<()> {
    match fs::create_dir(root) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let Some(above) = root.parent() else { return Err(error) };
            make_root(above, mode)?;
            fs::create_dir(root)?;
        }
        Err(error) => return Err(error),
    }
    #[cfg(unix)]
    if let Some(mode) = mode {
        fs::set_permissions(root, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = mode;
    let above = root.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Windows cannot open directories so, and has no sync for them.
    #[cfg(unix)]
    File::open(above)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = above;
    Ok(())
}

/// What this storage can do at its root. Below other mounts it may be less; that is an error of the
/// operation then.
fn capabilities(root: &Root) -> io::Result<Capabilities> {
    let directory = directories::open(root, "")?;
    let locks = DirectoryLock::acquire(&directory)?.is_some();
    let attributes = keeps_attributes(root, &directory);
    Ok(Capabilities::default()
        .with_writable(true)
        .with_create(true)
        .with_create_large(true)
        .with_unique(true)
        .with_plain_names(true)
        .with_copy_create(true)
        .with_replace(locks)
        .with_replace_large(locks)
        .with_copy_replace(locks)
        .with_delete_if_match(locks)
        .with_copy_if_match(true)
        .with_attributes(attributes)
        .with_update_attributes(attributes && locks)
        .with_visibility(attributes)
        .with_checksum(attributes)
        .with_durable(cfg!(unix))
        .with_public_url(root.base_url.is_some())
        .with_max_segment(MAX_SEGMENT))
}

/// Whether the root's file system keeps extended attributes: tried on a file that is gone again, or, where
/// the root cannot be written to, asked by reading.
fn keeps_attributes(root: &Root, directory: &Dir) -> bool {
    let Ok(probe) = staging::probe(root, directory) else { return xattr::are_known(directory) };
    xattr::write(probe.file(), b"{}").is_ok()
}
