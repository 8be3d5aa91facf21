//! Reading: each file once, on all cores, hashed and looked through while its bytes are at hand.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use holdall_core::{Error, Operation, Result};

use super::content_type::has_charset;
use super::event::{Event, Listeners};
use crate::digest::Digests;
use crate::finders::SourceFile;
use crate::hash::HashAlgorithm;
use crate::scan::Scan;

/// What was learnt of a file.
#[derive(Debug)]
pub(crate) struct ReadFile {
    pub(crate) digests: Digests,
    pub(crate) text: Text,
    /// Whether it is UTF-8, for the content type of a file of text; of others nobody asks.
    pub(crate) is_utf8: bool,
}

/// The text of a file, as far as it is needed again.
#[derive(Debug)]
pub(crate) enum Text {
    /// Not looked into: of no language that is known, or without references.
    Plain,
    /// With references; kept, since it will be rewritten.
    Linked(String),
    /// Of a language that is known, and not UTF-8.
    NotUtf8,
}

/// Reads all files, with so many threads.
///
/// # Errors
///
/// Of the first file, in their order, that cannot be read.
pub(crate) fn read_all(
    files: &[SourceFile],
    algorithm: HashAlgorithm,
    scan: &Scan,
    threads: usize,
    listeners: &Listeners,
) -> Result<Vec<ReadFile>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Result<ReadFile>)>> = Mutex::new(Vec::with_capacity(files.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, files.len().max(1)) {
            scope.spawn(|| {
                while let Some((at, file)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    files.get(at).map(|file| (at, file))
                } {
                    let read = read(file, algorithm, scan);
                    listeners.tell(|| Event::Read { name: file.name.clone() });
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((at, read));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, read)| read).collect()
}

fn read(file: &SourceFile, algorithm: HashAlgorithm, scan: &Scan) -> Result<ReadFile> {
    let bytes = file.source.read().map_err(|error| {
        let message = format!("{} cannot be read ({error}); nothing was published", file.source.describe());
        Error::from_io(error)
            .with_message(message)
            .with_operation(Operation::Open)
            .with_name(file.name.as_str())
    })?;
    let is_utf8 = !has_charset(&file.name) || std::str::from_utf8(&bytes).is_ok();
    Ok(ReadFile { digests: Digests::of(&bytes, algorithm), text: text(file, bytes, scan), is_utf8 })
}

fn text(file: &SourceFile, bytes: Bytes, scan: &Scan) -> Text {
    let Some(language) = scan.language(&file.name) else { return Text::Plain };
    match String::from_utf8(bytes.into()) {
        Ok(text) if language.references(&text).is_empty() => Text::Plain,
        Ok(text) => Text::Linked(text),
        Err(_) => Text::NotUtf8,
    }
}
