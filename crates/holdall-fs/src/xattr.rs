//! One extended attribute of an open file, where the system has such attributes.

use std::fs::File;
use std::io;

/// Linux lets every program that may write a file keep attributes of its own under `user.`; macOS takes
/// any name.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod system {
    use super::{File, io};
    use rustix::buffer::spare_capacity;
    use rustix::fs::{XattrFlags, fgetxattr, fsetxattr};
    use rustix::io::Errno;

    const NAME: &str = "user.holdall";

    /// Nearly all records fit; the rest is asked again with room for what Linux allows at most.
    const USUAL: usize = 4 * 1024;
    const MOST: usize = 64 * 1024;

    #[cfg(target_vendor = "apple")]
    const ABSENT: Errno = Errno::NOATTR;
    #[cfg(not(target_vendor = "apple"))]
    const ABSENT: Errno = Errno::NODATA;

    pub(crate) fn read(file: &File) -> io::Result<Option<Vec<u8>>> {
        let mut record = Vec::with_capacity(USUAL);
        let mut result = fgetxattr(file, NAME, spare_capacity(&mut record));
        if result == Err(Errno::RANGE) {
            record.reserve(MOST);
            result = fgetxattr(file, NAME, spare_capacity(&mut record));
        }
        match result {
            Ok(_) => Ok(Some(record)),
            Err(ABSENT | Errno::OPNOTSUPP) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn write(file: &File, record: &[u8]) -> io::Result<()> {
        fsetxattr(file, NAME, record, XattrFlags::empty()).map_err(Into::into)
    }

    /// Whether the file system of this file or directory knows such attributes, asked by reading: for
    /// roots that cannot be written to.
    pub(crate) fn are_known(file: impl std::os::fd::AsFd) -> bool {
        let mut record = Vec::with_capacity(MOST);
        matches!(fgetxattr(file, NAME, spare_capacity(&mut record)), Ok(_) | Err(ABSENT))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
mod system {
    use super::{File, io};

    pub(crate) fn read(_: &File) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    pub(crate) fn write(_: &File, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn are_known<T>(_: T) -> bool {
        false
    }
}

pub(crate) use self::system::{are_known, read, write};
