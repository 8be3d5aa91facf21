//! Extended attributes of an open file, where the system has them: our own, and those of other programs.

use std::fs::File;
use std::io;

/// Linux lets every program that may write a file keep attributes of its own under `user.`; macOS takes
/// any name.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod system {
    use std::ffi::{CStr, CString};

    use super::{File, io};
    use rustix::buffer::spare_capacity;
    use rustix::fs::{Mode, XattrFlags, fchmod, fgetxattr, flistxattr, fsetxattr, fstat};
    use rustix::io::Errno;

    const NAME: &str = "user.holdall";

    /// How the names begin that programs choose for themselves.
    #[cfg(target_vendor = "apple")]
    const THEIRS: &[u8] = b"";
    #[cfg(not(target_vendor = "apple"))]
    const THEIRS: &[u8] = b"user.";

    /// Where Linux shows access control lists (POSIX.1e).
    #[cfg(target_vendor = "apple")]
    const ACL: Option<&CStr> = None;
    #[cfg(not(target_vendor = "apple"))]
    const ACL: Option<&CStr> = Some(c"system.posix_acl_access");

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
        let set_record = || fsetxattr(file, NAME, record, XattrFlags::empty());
        match set_record() {
            Err(Errno::ACCESS) => while_writable(file, set_record),
            outcome => outcome,
        }
        .map_err(Into::into)
    }

    /// The mode of a file decides whether its attributes may be written, for its owner too and whatever the
    /// descriptor was opened for. The owner may change the mode: it is writable for the moment of the change.
    fn while_writable(file: &File, set: impl FnOnce() -> rustix::io::Result<()>) -> rustix::io::Result<()> {
        let mode = Mode::from_raw_mode(fstat(file)?.st_mode);
        if mode.contains(Mode::WUSR) || fchmod(file, mode | Mode::WUSR).is_err() {
            return Err(Errno::ACCESS);
        }
        let outcome = set();
        outcome.and(fchmod(file, mode))
    }

    /// The attributes that other programs set for themselves, with their values.
    pub(crate) fn foreign(file: &File) -> io::Result<Vec<(CString, Vec<u8>)>> {
        let mut names = Vec::with_capacity(MOST);
        match flistxattr(file, spare_capacity(&mut names)) {
            Ok(_) => {}
            Err(Errno::OPNOTSUPP) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        }
        let mut found = Vec::new();
        for name in names.split_inclusive(|&byte| byte == 0) {
            let is_theirs = name.starts_with(THEIRS) && name.strip_suffix(b"\0") != Some(NAME.as_bytes());
            let Ok(name) = CString::from_vec_with_nul(name.to_vec()) else { continue };
            if is_theirs && let Some(value) = get(file, &name)? {
                found.push((name, value));
            }
        }
        Ok(found)
    }

    /// The access control list, where the file has one.
    pub(crate) fn acl(file: &File) -> io::Result<Option<Vec<u8>>> {
        ACL.map_or(Ok(None), |name| get(file, name))
    }

    pub(crate) fn set_acl(file: &File, acl: &[u8]) -> io::Result<()> {
        ACL.map_or(Ok(()), |name| set(file, name, acl))
    }

    pub(crate) fn set(file: &File, name: &CStr, value: &[u8]) -> io::Result<()> {
        fsetxattr(file, name, value, XattrFlags::empty()).map_err(Into::into)
    }

    /// `None` where the file has none of that name, or has lost it.
    fn get(file: &File, name: &CStr) -> io::Result<Option<Vec<u8>>> {
        let mut value = Vec::with_capacity(MOST);
        match fgetxattr(file, name, spare_capacity(&mut value)) {
            Ok(_) => Ok(Some(value)),
            Err(ABSENT | Errno::OPNOTSUPP) => Ok(None),
            Err(error) => Err(error.into()),
        }
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
    use std::ffi::{CStr, CString};

    use super::{File, io};

    pub(crate) fn read(_: &File) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    pub(crate) fn write(_: &File, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn foreign(_: &File) -> io::Result<Vec<(CString, Vec<u8>)>> {
        Ok(Vec::new())
    }

    pub(crate) fn acl(_: &File) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }

    pub(crate) fn set_acl(_: &File, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn set(_: &File, _: &CStr, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn are_known<T>(_: T) -> bool {
        false
    }
}

pub(crate) use self::system::{acl, are_known, foreign, read, set, set_acl, write};
