//! The other way round: any storage as an `object_store`.

mod convert;
mod pages;
mod upload;

use std::fmt;
use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use holdall_core::{Content, Entry, FileEntry, Location, Name, OpenOptions, SaveMode, SaveOptions, Store};
use object_store::path::Path;
use object_store::{
    CopyMode, CopyOptions, Error, Extensions, GetOptions, GetResult, GetResultPayload, ListResult,
    MultipartUpload, OBJECT_STORE_COALESCE_DEFAULT, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, RenameTargetMode, Result,
    coalesce_ranges,
};

use self::convert::{attributes, byte_range, conditions, failed, generic, object, put_result, to_path};

/// How many files a page of a listing has in memory.
const PAGE: usize = 1_000;
/// How many deletions of a stream run at once.
const DELETIONS: usize = 10;

/// A storage of Holdall as an [`ObjectStore`]: for `DataFusion`, `Delta Lake`, and whatever else takes one.
///
/// Paths are names, byte for byte; a path that is no [`Name`] (with a backslash, with over 1,024 bytes) cannot be
/// written, and is not found. What the storage cannot do is `NotImplemented` or `NotSupported`; what it does
/// keeps its promises: `PutMode::Create` and `Update` are as atomic as `Create` and `IfMatch` are there.
///
/// - User metadata keeps its names: what Holdall does not allow in them is written as `--` and two hexadecimal
///   digits for each byte.
/// - Tags, storage classes and versions do not exist, and are refused.
/// - Listings leave out what no name can say, since nothing could be done with it here, and log that.
/// - A multipart upload feeds one `save`, in the order of its parts. A part is done when the storage has taken
///   it, so that memory is bounded by what the caller has in flight. Dropping the upload before it is complete
///   leaves nothing.
///
/// It implements [`PaginatedListStore`](object_store::list::PaginatedListStore) too, but not
/// [`MultipartStore`](object_store::multipart::MultipartStore): parts that come in any order, from any process,
/// need a place to wait in, which a storage does not have.
///
/// ```
/// use holdall_core::{MemoryStorage, Store};
/// use holdall_object_store::StorageObjectStore;
/// use object_store::path::Path;
/// use object_store::ObjectStoreExt as _;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let media = Store::new(MemoryStorage::new());
/// let objects = StorageObjectStore::new(media.clone());
/// objects.put(&Path::from("usr/cat.txt"), "meow".into()).await?;
/// assert_eq!(media.open("usr/cat.txt").await?.text().await?, "meow");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct StorageObjectStore {
    store: Store,
}

impl StorageObjectStore {
    /// The storage as an object store. An `Arc<dyn Storage>` will do too.
    pub fn new(store: impl Into<Store>) -> Self {
        Self { store: store.into() }
    }

    /// The storage behind it.
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn not_implemented(&self, operation: &str) -> Error {
        Error::NotImplemented { operation: operation.to_owned(), implementer: self.to_string() }
    }

    /// The name that a path is, for writing.
    fn name(path: &Path) -> Result<Name> {
        let name = Name::new(path.as_ref()).map_err(generic)?;
        if name.as_str() == path.as_ref() {
            return Ok(name);
        }
        let error = holdall_core::Error::message(
            holdall_core::ErrorKind::InvalidName,
            format!("{:?} is not a valid name: it would become {name:?}", path.as_ref()),
        );
        Err(generic(error))
    }

    /// The name that a path is, for reading: where no file can be, none is.
    fn readable(path: &Path) -> Result<Name> {
        Self::name(path).map_err(|error| Error::NotFound { path: path.to_string(), source: error.into() })
    }

    /// The location of a listing; `None` where nothing can be.
    fn location(prefix: Option<&Path>) -> Option<Location> {
        let text = prefix.map_or("", AsRef::as_ref);
        Location::new(text).ok().filter(|location| location.as_str() == text)
    }

    /// Options of a save, if the storage can honour them.
    fn saving(&self, mode: PutMode, attributes: &object_store::Attributes) -> Result<SaveOptions> {
        let can = self.store.capabilities();
        if !attributes.is_empty() && !can.attributes {
            return Err(self.not_implemented("`put` with attributes"));
        }
        let mode = match mode {
            PutMode::Overwrite => SaveMode::Overwrite,
            PutMode::Create if can.create => SaveMode::Create,
            PutMode::Create => return Err(self.not_implemented("`put_opts` with mode `PutMode::Create`")),
            PutMode::Update(version) if can.replace => SaveMode::IfMatch(convert::expected(version)?),
            PutMode::Update(_) => return Err(self.not_implemented("`put_opts` with mode `PutMode::Update`")),
        };
        let attributes = convert::own_attributes(attributes)
            .ok_or_else(|| self.not_implemented("`put` with attributes other than headers and metadata"))?;
        Ok(SaveOptions::default().with_mode(mode).with_attributes(attributes))
    }

    /// Every file below a location, behind a name, a page at a time.
    fn files(&self, location: Location, start_after: Option<Name>) -> BoxStream<'static, Result<ObjectMeta>> {
        let begin = (self.store.clone(), location, start_after, false);
        stream::try_unfold(begin, |(store, location, start_after, ended)| async move {
            if ended {
                return Ok::<_, Error>(None);
            }
            let mut listing = store.list(&location).recursive();
            if let Some(name) = &start_after {
                listing = listing.start_after(name);
            }
            let mut entries = listing.stream();
            let mut page = Vec::new();
            while page.len() < PAGE
                && let Some(entry) =
                    entries.try_next().await.map_err(|error| failed(error, location.as_str()))?
            {
                page.extend(file_of(entry));
            }
            drop(entries);
            let ended = page.len() < PAGE;
            let last = page.last().map(|file| file.name.clone());
            let objects: Vec<_> = page.into_iter().map(object).collect();
            Ok(Some((stream::iter(objects), (store, location, last, ended))))
        })
        .try_flatten()
        .boxed()
    }
}

/// The file that an entry is.
fn file_of(entry: Entry) -> Option<FileEntry> {
    match entry {
        Entry::File(file) => Some(file),
        Entry::Foreign(foreign) => {
            tracing::warn!(
                name = foreign.display_name(),
                "an object that no name can say is left out of a listing"
            );
            None
        }
        _ => None,
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ObjectStore for StorageObjectStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let PutOptions { mode, tags, attributes, extensions: _ } = options;
        if !tags.encoded().is_empty() {
            return Err(self.not_implemented("`put_opts` with tags"));
        }
        let name = Self::name(location)?;
        let options = self.saving(mode, &attributes)?;
        let saved = self.store.save(&name, Content::bytes(Bytes::from(payload))).options(options).await;
        saved.map(|saved| put_result(&saved)).map_err(|error| failed(error, location.as_ref()))
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let PutMultipartOptions { tags, attributes, extensions: _ } = options;
        if !tags.encoded().is_empty() {
            return Err(self.not_implemented("`put_multipart_opts` with tags"));
        }
        let name = Self::name(location)?;
        let options = self.saving(PutMode::Overwrite, &attributes)?;
        Ok(Box::new(upload::Upload::new(self.store.clone(), name, options)))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        if options.version.is_some() {
            return Err(self.not_implemented("`get_opts` with a version"));
        }
        let name = Self::readable(location)?;
        let told = |error| failed(error, location.as_ref());
        let conditions = conditions(&options)?;
        if options.head {
            let metadata = self.store.metadata(&name).await.map_err(told)?;
            conditions.check(metadata.etag.as_ref(), metadata.modified).map_err(told)?;
            return Ok(GetResult {
                payload: GetResultPayload::Stream(stream::empty().boxed()),
                range: 0..metadata.size,
                attributes: attributes(&metadata),
                meta: object(metadata.into())?,
                extensions: Extensions::default(),
            });
        }
        let mut opening = OpenOptions::default().with_conditions(conditions);
        if let Some(range) = options.range {
            opening = opening.with_range(byte_range(range));
        }
        let file = self.store.open(&name).options(opening).await.map_err(told)?;
        let path = location.clone();
        Ok(GetResult {
            range: file.range(),
            attributes: attributes(file.metadata()),
            meta: object(file.metadata().clone().into())?,
            payload: GetResultPayload::Stream(
                file.map_err(move |error| failed(error, path.as_ref())).boxed(),
            ),
            extensions: Extensions::default(),
        })
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        coalesce_ranges(ranges, |range| self.get_range(location, range), OBJECT_STORE_COALESCE_DEFAULT).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let store = self.store.clone();
        locations
            .map(move |location| {
                let store = store.clone();
                async move {
                    let location = location?;
                    // Where no file can be, none is: deleting it is fine, as deleting what is missing is.
                    if let Ok(name) = Self::name(&location) {
                        store.delete(&name).await.map_err(|error| failed(error, location.as_ref()))?;
                    }
                    Ok(location)
                }
            })
            .buffered(DELETIONS)
            .boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match Self::location(prefix) {
            Some(location) => self.files(location, None),
            None => stream::empty().boxed(),
        }
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let Some(location) = Self::location(prefix) else { return stream::empty().boxed() };
        if let Ok(name) = Self::name(offset) {
            return self.files(location, Some(name));
        }
        let offset = offset.clone();
        let behind = move |object: &ObjectMeta| std::future::ready(object.location > offset);
        self.files(location, None).try_filter(behind).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        let mut result = ListResult {
            common_prefixes: Vec::new(),
            objects: Vec::new(),
            extensions: Extensions::default(),
        };
        let Some(location) = Self::location(prefix) else { return Ok(result) };
        let listing = self.store.listdir(&location).await;
        let listing = listing.map_err(|error| failed(error, location.as_str()))?;
        for directory in listing.dirs {
            result.common_prefixes.push(to_path(directory.as_str())?);
        }
        for foreign in listing.foreign {
            file_of(Entry::Foreign(foreign));
        }
        result.objects = listing.files.into_iter().map(object).collect::<Result<_>>()?;
        Ok(result)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        let mode = match options.mode {
            CopyMode::Overwrite => SaveMode::Overwrite,
            CopyMode::Create => SaveMode::Create,
        };
        let (from_name, to_name) = (Self::readable(from)?, Self::name(to)?);
        let copied = self.store.copy(&from_name, &to_name).mode(mode).await;
        copied.map(drop).map_err(|error| failed_between(error, from, to))
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        let mode = match options.target_mode {
            RenameTargetMode::Overwrite => SaveMode::Overwrite,
            RenameTargetMode::Create => SaveMode::Create,
        };
        let (from_name, to_name) = (Self::readable(from)?, Self::name(to)?);
        let renamed = self.store.rename(&from_name, &to_name).mode(mode).await;
        renamed.map(drop).map_err(|error| failed_between(error, from, to))
    }
}

/// The error of a copy, at the path that it is about: the source where it names that, else the target.
fn failed_between(error: holdall_core::Error, from: &Path, to: &Path) -> Error {
    let path = if error.name() == Some(from.as_ref()) { from } else { to };
    failed(error, path.as_ref())
}

impl fmt::Display for StorageObjectStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Holdall({})", self.store)
    }
}
