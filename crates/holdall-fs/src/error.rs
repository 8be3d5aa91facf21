//! Errors of the operating system as errors of a storage: the kind that fits, and what to do about it.

use std::fmt::Display;
use std::io;

use holdall_core::{Error, ErrorKind, Name};

/// An error of the operating system while `doing` something ("writing the file").
pub(crate) fn failed(doing: impl Display, error: io::Error) -> Error {
    let (kind, advice) = classify(&error);
    let retryable = matches!(kind, ErrorKind::Unavailable);
    let message = match advice {
        Some(advice) => format!("{doing} failed: {advice} ({error})"),
        None => format!("{doing} failed: {error}"),
    };
    Error::message(kind, message).with_retryable(retryable).with_source(error)
}

/// The same for verbs that look at an existing file: whatever says "there is no regular file of that
/// name" is `NotFound`. A name that is too long for the file system is no file's name either.
pub(crate) fn failed_to_find(name: &Name, doing: impl Display, error: io::Error) -> Error {
    if is_absence(&error) { Error::not_found(name) } else { failed(doing, error) }
}

/// Whether the error means that no regular file has the name.
pub(crate) fn is_absence(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | InvalidFilename) || is_special(error)
}

/// Whether the process lacks the right to do it.
pub(crate) fn is_refusal(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
}

/// `ELOOP`: a symbolic link that is not followed. `ENXIO`: a socket, or a FIFO without its other end.
#[cfg(unix)]
fn is_special(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(Errno::from_io_error(error), Some(Errno::LOOP | Errno::NXIO))
}

#[cfg(not(unix))]
fn is_special(_: &io::Error) -> bool {
    false
}

/// The kind, and where the mend is known the sentence that says it.
fn classify(error: &io::Error) -> (ErrorKind, Option<&'static str>) {
    use io::ErrorKind as Io;
    let advice = match error.kind() {
        // cap-std makes this error itself, so that it has no number of the operating system.
        Io::PermissionDenied if error.raw_os_error().is_none() => {
            "a symbolic link on the way leads outside the storage's root, where this storage does not go"
        }
        Io::PermissionDenied => "the process lacks the right; look at owner and mode of the directory",
        Io::ReadOnlyFilesystem => "the file system is mounted read-only",
        Io::StorageFull => "the file system has no space or no inodes left",
        Io::QuotaExceeded => "the quota of the process's user is used up",
        Io::FileTooLarge => "the file system or a limit of the process takes no larger files",
        Io::InvalidFilename => "the file system takes no segment that long",
        _ => return (number_kind(error).unwrap_or_else(|| ErrorKind::from_io(error)), number_advice(error)),
    };
    (ErrorKind::from_io(error), Some(advice))
}

/// Kinds that the standard library has no name for.
#[cfg(unix)]
fn number_kind(error: &io::Error) -> Option<ErrorKind> {
    use rustix::io::Errno;
    match Errno::from_io_error(error)? {
        // Other operations will end and give their descriptors back.
        Errno::MFILE | Errno::NFILE => Some(ErrorKind::Unavailable),
        _ => None,
    }
}

#[cfg(unix)]
fn number_advice(error: &io::Error) -> Option<&'static str> {
    use rustix::io::Errno;
    match Errno::from_io_error(error)? {
        Errno::MFILE => Some("the process has too many files open; raise its limit (ulimit -n)"),
        Errno::NFILE => Some("the system has too many files open; raise fs.file-max"),
        Errno::IO => Some("the disk reports an input/output error; look at the system's log"),
        Errno::LOOP => Some("there are symbolic links on the way that go round in a circle"),
        _ => None,
    }
}

#[cfg(not(unix))]
fn number_kind(_: &io::Error) -> Option<ErrorKind> {
    None
}

#[cfg(not(unix))]
fn number_advice(_: &io::Error) -> Option<&'static str> {
    None
}

/// A save onto something that is there and is no file: a directory, a link, a device.
pub(crate) fn in_the_way_of(name: &Name, directory: bool) -> Error {
    let message = if directory {
        format!(
            "the directory \"{name}/\" stands in the way: on a disk the file {name:?} cannot lie beside names \
             that begin with \"{name}/\"; choose another name"
        )
    } else {
        format!(
            "what has the name {name:?} on the disk is no regular file (a symbolic link or a device), and is \
             not touched; remove it or choose another name"
        )
    };
    Error::message(ErrorKind::Conflict, message).with_name(name.as_str())
}

/// A save below something that is a file.
pub(crate) fn below_a_file(name: &Name, file: &str) -> Error {
    let message = format!(
        "the file {file:?} stands in the way: on a disk {name:?} cannot lie beside it, because {file:?} would \
         have to be a directory; choose another name"
    );
    Error::message(ErrorKind::Conflict, message).with_name(name.as_str())
}

/// What the disk alone cannot take in a name: [`Capabilities::max_segment`](holdall_core::Capabilities).
pub(crate) fn segment_too_long(name: &Name) -> Error {
    let message = "a segment of the name has more than 255 bytes, which no common file system takes; \
                   shorten it, or sanitize the name first (Name::sanitize)";
    Error::message(ErrorKind::InvalidName, message).with_name(name.as_str())
}
