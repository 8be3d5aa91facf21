//! Reading the sources of static files: metadata, bodies, listings.

use std::fs::File as DiskFile;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use futures_util::{Stream, stream};
use holdall_core::{
    Attributes, ETag, Entry, Error, ErrorKind, File, FileEntry, ListOptions, Location, Metadata, Name,
    OpenOptions, Result,
};

use super::find::Found;
use crate::collect::attributes;
use crate::finders::{Source, SourceFile};
use crate::hash::HashAlgorithm;
use crate::serving;

/// How much of a file is read at a time, in bytes. One that is not larger is read when it is opened.
const CHUNK: u64 = 256 * 1024;

/// Browsers may keep a copy but ask before they use it: a changed file is seen with the next request.
const CACHE_CONTROL: &str = "no-cache";

/// A source that is open.
enum Opened {
    Disk(DiskFile),
    Memory(Bytes),
}

pub(super) fn metadata(found: &Found, name: &Name) -> Result<Metadata> {
    Ok(look(found, name)?.0)
}

pub(super) fn open(found: &Found, name: &Name, options: &OpenOptions) -> Result<File> {
    let (metadata, opened) = look(found, name)?;
    options.conditions.check(metadata.etag.as_ref(), metadata.modified)?;
    let range = options.range.map_or(Ok(0..metadata.size), |range| range.resolve(metadata.size))?;
    match opened {
        Opened::Memory(bytes) => {
            let index = |byte: u64| usize::try_from(byte).expect("inside a slice of memory");
            let body = bytes.slice(index(range.start)..index(range.end));
            Ok(File::from_bytes(metadata, range, body))
        }
        Opened::Disk(mut file) => {
            let failed = |error| unreadable(error, name);
            file.seek(SeekFrom::Start(range.start)).map_err(failed)?;
            let length = range.end - range.start;
            if length > CHUNK {
                let body = chunks(file, range.clone(), name.clone());
                return Ok(File::new(metadata, range, body));
            }
            let body = read_chunk(&mut file, length).map_err(failed)?;
            Ok(File::from_bytes(metadata, range, body))
        }
    }
}

/// The entries below a location, in the order of their names' bytes.
pub(super) fn list(found: &Found, location: &Location, options: &ListOptions) -> Result<Vec<Entry>> {
    let files = found.list()?;
    serving::list(&files, location, options, |source| match metadata_of(found, source) {
        Ok((metadata, _)) => Ok(Some(FileEntry::from(metadata))),
        // Deleted since it was found.
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    })
}

fn look(found: &Found, name: &Name) -> Result<(Metadata, Opened)> {
    let source = found.find(name)?.ok_or_else(|| Error::not_found(name))?;
    metadata_of(found, &source)
}

/// Metadata and body are of one version: the file that is open.
fn metadata_of(found: &Found, file: &SourceFile) -> Result<(Metadata, Opened)> {
    let (size, modified, etag, opened) = match &file.source {
        Source::Path(path) => {
            let (opened, stat) = open_path(path).map_err(|error| unreadable(error, &file.name))?;
            let modified = stat.modified().map_err(|error| unreadable(error, &file.name))?;
            (stat.len(), modified, tag(&stat, modified), Opened::Disk(opened))
        }
        Source::Bytes(bytes) => {
            let etag = ETag::strong(&HashAlgorithm::Md5.hash(bytes).to_string());
            (bytes.len() as u64, found.started, etag, Opened::Memory(bytes.clone()))
        }
    };
    let attributes: Attributes = attributes(&file.name, CACHE_CONTROL);
    let metadata = Metadata::new(file.name.clone(), size, modified);
    Ok((metadata.with_etag(etag).with_attributes(attributes), opened))
}

fn open_path(path: &Path) -> io::Result<(DiskFile, std::fs::Metadata)> {
    let file = DiskFile::open(path)?;
    let stat = file.metadata()?;
    if stat.is_file() { Ok((file, stat)) } else { Err(io::ErrorKind::NotFound.into()) }
}

/// Time, size and, where there is one, the inode: an editor that saves twice in one tick of the clock makes a new
/// file or another size.
fn tag(stat: &std::fs::Metadata, modified: std::time::SystemTime) -> ETag {
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(stat);
    #[cfg(not(unix))]
    let inode = 0;
    let nanoseconds = modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    ETag::strong(&format!("{nanoseconds:x}-{:x}-{inode:x}", stat.len()))
}

/// Reads so many bytes, or what there is when the file has become shorter; [`File`] reports that.
fn read_chunk(file: &mut DiskFile, length: u64) -> io::Result<Bytes> {
    let mut chunk = Vec::with_capacity(usize::try_from(length).map_err(io::Error::other)?);
    file.take(length).read_to_end(&mut chunk)?;
    Ok(chunk.into())
}

/// The body of a large file, one hop to the blocking pool a chunk.
fn chunks(
    file: DiskFile,
    range: Range<u64>,
    name: Name,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    stream::try_unfold((file, range), move |(mut file, rest)| {
        let name = name.clone();
        async move {
            let length = CHUNK.min(rest.end - rest.start);
            if length == 0 {
                return Ok(None);
            }
            let read = tokio::task::spawn_blocking(move || {
                let chunk = read_chunk(&mut file, length).map_err(|error| unreadable(error, &name))?;
                Ok::<_, Error>((chunk, file))
            });
            let (chunk, file) =
                read.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let rest = rest.start + chunk.len() as u64..rest.end;
            Ok(Some((chunk, (file, rest))))
        }
    })
}

fn unreadable(error: io::Error, name: &Name) -> Error {
    if error.kind() == io::ErrorKind::NotFound {
        return Error::not_found(name);
    }
    let kind = ErrorKind::from_io(&error);
    let message = format!("its source cannot be read: {error}");
    Error::message(kind, message).with_name(name.as_str()).with_source(error)
}
