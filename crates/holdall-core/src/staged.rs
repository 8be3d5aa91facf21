//! A local file that takes its path only when it is whole.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::name::Name;

/// A temporary file beside the path that it is meant for. It takes the path with
/// [`publish`](Self::publish), atomically and once its bytes are on the disk; dropped before, it is gone.
///
/// For backends that download to a path. (It is no way around a storage: a
/// `FileSystemStorage` has stricter rules for what is published below its root.)
///
/// ```
/// use std::io::Write as _;
///
/// use holdall_core::StagedFile;
///
/// # async fn example() -> holdall_core::Result<()> {
/// let staged = StagedFile::beside("report.pdf").await?;
/// staged.handle()?.write_all(b"%PDF-...").map_err(holdall_core::Error::from_io)?;
/// staged.publish(true).await
/// # }
/// ```
#[derive(Debug)]
pub struct StagedFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl StagedFile {
    /// Makes an empty file in the directory of that path, with the mode that a file which is simply created would
    /// get.
    ///
    /// # Errors
    ///
    /// Those of the file system, naming the path.
    pub async fn beside(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let directory = directory_of(&path);
        let staged = blocking(move || {
            let mut builder = tempfile::Builder::new();
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            builder.prefix(Name::RESERVED_PREFIX).tempfile_in(directory)
        })
        .await;
        let file = staged.map_err(|error| failed(&path, error))?;
        Ok(Self { file, path })
    }

    /// The path that it is meant for.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A handle of its own to the file, with a position of its own: several can write at once.
    ///
    /// # Errors
    ///
    /// Those of the file system, naming the path.
    pub fn handle(&self) -> Result<File> {
        self.file.reopen().map_err(|error| failed(&self.path, error))
    }

    /// Writes the bytes through to the disk and gives the file its path; with `overwrite` in place of one that
    /// is there. What this reports as done survives a power cut, as far as the file system keeps its promises.
    ///
    /// A future that is dropped leaves the old file or the new one.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](crate::ErrorKind::AlreadyExists) without `overwrite`; those of the file system, naming
    /// the path.
    pub async fn publish(self, overwrite: bool) -> Result<()> {
        let Self { file, path } = self;
        let target = path.clone();
        let published = blocking(move || {
            file.as_file().sync_all()?;
            let staged = file.into_temp_path();
            let done = if overwrite { staged.persist(&target) } else { staged.persist_noclobber(&target) };
            done.map_err(|error| error.error)?;
            // Where directories are files too, the new name itself must reach the disk.
            #[cfg(unix)]
            File::open(directory_of(&target))?.sync_all()?;
            Ok(())
        });
        published.await.map_err(|error| failed(&path, error))
    }
}

/// Where the file lies: a path without a directory is in the current one.
fn directory_of(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

fn failed(path: &Path, error: io::Error) -> Error {
    let message = match error.kind() {
        io::ErrorKind::AlreadyExists => format!("there is a file {} already", path.display()),
        _ => format!("the file could not be written to {}: {error}", path.display()),
    };
    Error::from_io(error).with_message(message)
}

/// Runs a short blocking task on the blocking pool.
async fn blocking<T: Send + 'static>(task: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(task).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::StagedFile;
    use crate::error::ErrorKind;

    #[tokio::test]
    async fn a_file_takes_its_path_whole_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.bin");
        let count = || std::fs::read_dir(directory.path()).unwrap().count();
        for (content, overwrite) in [("one", false), ("two", true)] {
            let staged = StagedFile::beside(&path).await.unwrap();
            staged.handle().unwrap().write_all(content.as_bytes()).unwrap();
            assert_ne!(std::fs::read_to_string(&path).ok().as_deref(), Some(content));
            staged.publish(overwrite).await.unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
        }
        let taken = StagedFile::beside(&path).await.unwrap().publish(false).await.unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
        drop(StagedFile::beside(&path).await.unwrap());
        assert_eq!((count(), std::fs::read_to_string(&path).unwrap().as_str()), (1, "two"));
        let nowhere = StagedFile::beside(path.join("x")).await.unwrap_err();
        assert!(nowhere.to_string().contains("a.bin"), "{nowhere}");
    }
}
