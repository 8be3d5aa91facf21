//! Reading: each file once, on all cores, hashed and looked through while its bytes are at hand.
//!
//! What is looked into is in memory as a whole, within a budget of all threads; everything else passes through.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use holdall_core::{Error, Operation, Result};

use super::budget::Budget;
use super::content_type::has_charset;
use super::event::{Event, Listeners};
use crate::digest::{Digester, Digests};
use crate::finders::SourceFile;
use crate::hash::HashAlgorithm;
use crate::scan::Scan;

/// How many bytes of files that are looked into are in memory at once. A larger file is not looked into.
pub(crate) const SCANNED: u64 = 32 << 20;
/// How much is read at once of what passes through, in bytes.
const PIECE: usize = 128 * 1024;

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
    /// Of a language that is known, and larger than [`SCANNED`].
    TooLarge,
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
    let (next, budget) = (AtomicUsize::new(0), Budget::new(SCANNED));
    let done: Mutex<Vec<(usize, Result<ReadFile>)>> = Mutex::new(Vec::with_capacity(files.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, files.len().max(1)) {
            scope.spawn(|| {
                while let Some((at, file)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    files.get(at).map(|file| (at, file))
                } {
                    let read = read(file, algorithm, scan, &budget);
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

fn read(file: &SourceFile, algorithm: HashAlgorithm, scan: &Scan, budget: &Budget) -> Result<ReadFile> {
    let language = scan.language(&file.name);
    let read = || match language {
        None => pass_through(file, algorithm, Text::Plain),
        Some(_) if file.source.size()? > SCANNED => pass_through(file, algorithm, Text::TooLarge),
        Some(language) => {
            let _part = budget.take(file.source.size()?);
            let bytes = file.source.read()?;
            let digests = Digests::of(&bytes, algorithm);
            let text = match String::from_utf8(bytes.into()) {
                Ok(text) if language.references(&text).is_empty() => Text::Plain,
                Ok(text) => Text::Linked(text),
                Err(_) => Text::NotUtf8,
            };
            let is_utf8 = !matches!(text, Text::NotUtf8) || !has_charset(&file.name);
            Ok(ReadFile { digests, text, is_utf8 })
        }
    };
    read().map_err(|error: io::Error| {
        let message = format!("{} cannot be read ({error}); nothing was published", file.source.describe());
        Error::from_io(error)
            .with_message(message)
            .with_operation(Operation::Open)
            .with_name(file.name.as_str())
    })
}

/// Reads a file that is not looked into, piece by piece.
fn pass_through(file: &SourceFile, algorithm: HashAlgorithm, text: Text) -> io::Result<ReadFile> {
    let mut source = file.source.open()?;
    let (mut digester, mut is_utf8, is_asked) = (Digester::new(algorithm), true, has_charset(&file.name));
    // A character that a piece has the beginning of goes to the next one.
    let (mut piece, mut begun) = (vec![0; PIECE], 0);
    loop {
        let read = match source.read(&mut piece[begun..]) {
            Ok(0) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        digester.update(&piece[begun..begun + read]);
        if !(is_asked && is_utf8) {
            continue;
        }
        let end = begun + read;
        begun = match std::str::from_utf8(&piece[..end]) {
            Ok(_) => 0,
            Err(error) if error.error_len().is_none() => {
                piece.copy_within(error.valid_up_to()..end, 0);
                end - error.valid_up_to()
            }
            Err(_) => {
                is_utf8 = false;
                0
            }
        };
    }
    Ok(ReadFile { digests: digester.finish(), text, is_utf8: is_utf8 && begun == 0 })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use holdall_core::Name;

    use super::{PIECE, Text, pass_through};
    use crate::digest::Digests;
    use crate::finders::SourceFile;
    use crate::hash::HashAlgorithm;

    #[test]
    fn a_file_that_passes_through_is_known_as_if_it_was_read_whole() {
        for (name, bytes, is_utf8) in [
            ("a.txt", Vec::new(), true),
            ("a.txt", "a".repeat(PIECE - 1).into_bytes(), true),
            // A character of two pieces, and one that ends with the file in its middle.
            ("a.txt", format!("{}é{}", "a".repeat(PIECE - 1), "b".repeat(PIECE)).into_bytes(), true),
            ("a.txt", [&vec![b'a'; PIECE - 2][..], "\u{1f600}é".as_bytes()].concat(), true),
            ("a.txt", [&vec![b'a'; PIECE - 1][..], &[0xc3]].concat(), false),
            ("a.txt", [&[0xff][..], &vec![b'a'; 3 * PIECE]].concat(), false),
            // Nobody asks.
            ("a.png", vec![0xff; PIECE + 1], true),
        ] {
            let file = SourceFile::new(Name::new(name).unwrap(), Bytes::from(bytes.clone()));
            let read = pass_through(&file, HashAlgorithm::Md5, Text::Plain).unwrap();
            assert_eq!(read.digests, Digests::of(&bytes, HashAlgorithm::Md5));
            assert_eq!(read.is_utf8, is_utf8, "{name} of {} bytes", bytes.len());
        }
    }
}
