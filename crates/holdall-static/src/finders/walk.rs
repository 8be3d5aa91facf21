//! Walking a directory: every file below it that is not left out, and a sentence for what cannot be collected.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use holdall_core::{Error, ErrorKind, Location, Name, Operation, Result};
use walkdir::{DirEntry, WalkDir};

use super::{Ignore, SourceFile};

/// The files below a directory, in the order of names, under that prefix.
///
/// What is left out need not be readable: neither a link to nowhere (the lock of an editor) nor a name that is no
/// text keeps the rest from being collected.
pub(super) fn walk(prefix: &Location, root: &Path, ignore: &Ignore) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut tree = ignore.tree();
    let mut is_left_out = |path: &Path, depth: usize, is_directory: bool| -> Result<bool> {
        let name = lossy(root, path);
        let said = tree.says(path, depth, is_directory);
        // The root itself may be called anything.
        let is_left_out = depth > 0
            && said
                .unwrap_or_else(|| if is_directory { ignore.directory(&name) } else { ignore.file(&name) });
        if is_directory && !is_left_out {
            tree.enter(path, depth)?;
        }
        Ok(is_left_out)
    };
    let mut walk = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(root);
                let is_loop = error.loop_ancestor().is_some();
                if error.depth() > 0 && is_left_out(path, error.depth(), is_loop)? {
                    continue;
                }
                return Err(unreadable(root, error));
            }
        };
        let is_directory = entry.file_type().is_dir();
        if entry.depth() == 0 && !is_directory {
            let message = format!("{} is no directory", root.display());
            return Err(Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::List));
        }
        if is_left_out(entry.path(), entry.depth(), is_directory)? {
            if is_directory {
                walk.skip_current_dir();
            }
        } else if !is_directory {
            check_type(&entry)?;
            let name = relative(root, entry.path())?;
            let name = Name::new(&name).and_then(|name| prefix.join(&name));
            let name = name.map_err(|error| no_name(&error, entry.path()))?;
            files.push(SourceFile::new(name, entry.into_path()));
        }
    }
    Ok(files)
}

/// Only files can be read to an end. Opening a pipe would even wait for somebody who writes to it.
fn check_type(entry: &DirEntry) -> Result<()> {
    match special(entry.file_type()) {
        None => Ok(()),
        Some(what) => {
            let message = format!("{} is {what} and no file; remove or ignore it", entry.path().display());
            Err(Error::message(ErrorKind::InvalidInput, message).with_operation(Operation::List))
        }
    }
}

/// The same for a path that is about to be opened.
pub(super) fn check_file(path: &Path) -> io::Result<()> {
    match special(std::fs::metadata(path)?.file_type()) {
        None => Ok(()),
        Some(what) => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {what} and no file"))),
    }
}

/// What something is that is neither file nor directory.
#[cfg(unix)]
fn special(file_type: std::fs::FileType) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt as _;
    match file_type {
        _ if file_type.is_file() => None,
        _ if file_type.is_dir() => Some("a directory"),
        _ if file_type.is_fifo() => Some("a named pipe"),
        _ if file_type.is_socket() => Some("a socket"),
        _ if file_type.is_block_device() || file_type.is_char_device() => Some("a device"),
        _ => Some("something else"),
    }
}

/// What something is that is neither file nor directory.
#[cfg(not(unix))]
fn special(file_type: std::fs::FileType) -> Option<&'static str> {
    match file_type {
        _ if file_type.is_file() => None,
        _ if file_type.is_dir() => Some("a directory"),
        _ => Some("something else"),
    }
}

/// The path below a root as a name has it.
fn relative(root: &Path, path: &Path) -> Result<String> {
    let segments = path.strip_prefix(root).unwrap_or(path).iter();
    let segments: Option<Vec<&str>> = segments.map(|segment| segment.to_str()).collect();
    segments.map(|segments| segments.join("/")).ok_or_else(|| {
        let message = format!("the name of {} is not UTF-8; rename it, or ignore it", path.display());
        Error::message(ErrorKind::InvalidName, message).with_operation(Operation::List)
    })
}

/// What nobody sees in a name is written as an escape: `Icon\r` is what macOS calls the icon of a folder.
fn no_name(error: &Error, path: &Path) -> Error {
    let file_name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let pattern: String =
        file_name.chars().map(|char| if char.is_control() || char == '\\' { '?' } else { char }).collect();
    let path = path.display().to_string();
    let message = format!(
        "{path:?} cannot be collected: {}; rename it, or leave it out with the ignore pattern {pattern:?}",
        error.reason()
    );
    Error::message(ErrorKind::InvalidName, message).with_operation(Operation::List)
}

/// The same for patterns, which may leave out what is no text.
fn lossy(root: &Path, path: &Path) -> String {
    let segments = path.strip_prefix(root).unwrap_or(path).iter();
    segments.map(|segment| segment.to_string_lossy()).collect::<Vec<Cow<'_, str>>>().join("/")
}

fn unreadable(root: &Path, error: walkdir::Error) -> Error {
    let path = error.path().unwrap_or(root).display().to_string();
    if let Some(ancestor) = error.loop_ancestor() {
        let message = format!(
            "{path} is a symbolic link that leads back to {}; remove or ignore it",
            ancestor.display()
        );
        return Error::message(ErrorKind::InvalidInput, message).with_operation(Operation::List);
    }
    let is_root = error.depth() == 0;
    let kind = error.io_error().map_or(ErrorKind::Other, ErrorKind::from_io);
    let message = match kind {
        ErrorKind::NotFound if is_root => format!("the directory {path} of static files does not exist"),
        ErrorKind::NotFound => format!("{path} disappeared, or is a symbolic link that leads nowhere"),
        ErrorKind::PermissionDenied => format!("{path} must not be read; give read permission, or ignore it"),
        _ => format!("{path} cannot be read"),
    };
    Error::message(kind, message).with_operation(Operation::List).with_source(error)
}
