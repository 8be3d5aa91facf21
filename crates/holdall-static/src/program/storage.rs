//! A storage over bytes that are part of the program.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use holdall_core::backend::read_only_storage;
use holdall_core::{
    Capabilities, ETag, Entry, Error, ErrorKind, File, FileEntry, FileUrl, ListOptions, Listing, Location,
    Metadata, Name, OpenOptions, Operation, Result, UrlOptions,
};

use super::index::{Index, IndexedFile, VERSION};
use crate::collect::url_path;
use crate::manifest::{MANIFEST_NAME, Manifest};
use crate::serving;

/// The static files that are part of the program, hashed and rewritten when it was built: what [`embedded!`](crate::embedded)
/// gives. See [`build`](crate::build).
///
/// It can only be read. Nothing is copied, neither when it is made nor when a file is opened: bodies are the bytes of
/// the program. URLs are the base path and the name; [`ManifestStorage`](crate::ManifestStorage) makes them those of
/// hashed names. Tags are hashes of the content, the same on every machine; the time is when the program was built
/// (`SOURCE_DATE_EPOCH`, where that is set).
#[derive(Clone)]
pub struct ProgramStorage {
    program: Arc<Program>,
    capabilities: Capabilities,
}

struct Program {
    base: String,
    files: BTreeMap<Name, (Metadata, Bytes)>,
}

impl ProgramStorage {
    /// What [`embedded!`](crate::embedded) calls.
    #[doc(hidden)]
    pub fn from_parts(bytes: &'static [u8], index: &'static [u8]) -> Result<Self> {
        let wrong = |what: &str| {
            let message = format!("the embedded static files cannot be read: {what}; build the program anew");
            Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure)
        };
        let index: Index = serde_json::from_slice(index).map_err(|error| wrong(&error.to_string()))?;
        if index.version != VERSION {
            return Err(wrong("the build script uses another release of holdall-static than the program"));
        }
        let bytes = Bytes::from_static(bytes);
        let modified = UNIX_EPOCH + Duration::from_secs(index.built);
        let place = |file: &IndexedFile| {
            let start = usize::try_from(file.start).ok()?;
            let end = start.checked_add(usize::try_from(file.size).ok()?)?;
            (end <= bytes.len()).then(|| bytes.slice(start..end))
        };
        let mut files = BTreeMap::new();
        for file in index.files {
            let body = place(&file).ok_or_else(|| wrong("its index does not fit its bytes"))?;
            let metadata = Metadata::new(file.name.clone(), file.size, modified)
                .with_etag(ETag::strong(&file.hash))
                .with_attributes(file.attributes());
            files.insert(file.name, (metadata, body));
        }
        let capabilities = Capabilities::default().with_public_url(true).with_files_beside_directories(true);
        Ok(Self { program: Arc::new(Program { base: index.base, files }), capabilities })
    }

    /// The manifest: which hashed file each name stands for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when the build script switched post-processing off; as [`Manifest::parse`].
    pub fn manifest(&self) -> Result<Manifest> {
        Manifest::parse(&self.get(&Name::new(MANIFEST_NAME)?)?.1)
    }

    fn get(&self, name: &Name) -> Result<&(Metadata, Bytes)> {
        self.program.files.get(name).ok_or_else(|| Error::not_found(name))
    }
}

read_only_storage! {
    impl [] Storage for ProgramStorage, "be written to; its files are part of the program" => {
        fn capabilities(&self) -> &Capabilities {
            &self.capabilities
        }

        async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
            options.check(&self.capabilities)?;
            let (metadata, body) = self.get(name)?;
            options.conditions.check(metadata.etag.as_ref(), metadata.modified)?;
            let range = options.range.map_or(Ok(0..metadata.size), |range| range.resolve(metadata.size))?;
            let index = |byte: u64| usize::try_from(byte).expect("inside a slice of memory");
            let body = body.slice(index(range.start)..index(range.end));
            Ok(File::from_bytes(metadata.clone(), range, body))
        }

        async fn metadata(&self, name: &Name) -> Result<Metadata> {
            Ok(self.get(name)?.0.clone())
        }

        async fn exists(&self, name: &Name) -> Result<bool> {
            Ok(self.program.files.contains_key(name))
        }

        fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
            let files = self.program.files.iter().map(|(name, (metadata, _))| (name, metadata));
            match serving::list(files, location, &options, |metadata| Ok(Some(FileEntry::from(metadata.clone()))))
            {
                Ok(entries) => stream::iter(entries.into_iter().map(Ok)).boxed(),
                Err(error) => stream::iter([Err(error)]).boxed(),
            }
        }

        async fn listdir(&self, location: &Location) -> Result<Listing> {
            let mut listing = Listing::default();
            listing.extend(self.list(location, ListOptions::default()).try_collect::<Vec<_>>().await?);
            Ok(listing)
        }

        async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
            options.check(&self.capabilities)?;
            Ok(FileUrl::plain(format!("{}{}", self.program.base, url_path(name))))
        }

        fn path(&self, _: &Name) -> Option<PathBuf> {
            None
        }
    }
}

impl fmt::Display for ProgramStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the program itself")
    }
}

impl fmt::Debug for ProgramStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgramStorage").field("files", &self.program.files.len()).finish_non_exhaustive()
    }
}
