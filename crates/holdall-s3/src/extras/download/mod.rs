//! Downloading a file to a local path: many ranges at once, one version, all or nothing.

mod ranges;

use std::future::IntoFuture;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt as _};
use holdall_core::{Error, ErrorKind, IntoName, Metadata, Name, Operation, Result, StagedFile};

use self::ranges::{Plan, fetch_all};
use crate::config::{ChecksumAlgorithm, invalid};
use crate::handle::S3Storage;
use crate::verbs::conditional::tag;
use crate::verbs::read::named;

/// How many bytes one request fetches, unless said otherwise.
const PART_SIZE: u64 = 8 << 20;
/// How many requests run at once, unless said otherwise.
const CONCURRENCY: usize = 8;

/// A download on its way; made by [`S3Storage::download`], begun by `await`.
#[derive(Debug)]
#[must_use = "nothing is downloaded before it is awaited"]
pub struct Download {
    storage: S3Storage,
    name: Result<Name>,
    path: PathBuf,
    part_size: u64,
    concurrency: usize,
    overwrite: bool,
}

impl S3Storage {
    /// Downloads a file to a local path, many ranges at once, and returns its metadata.
    ///
    /// One HEAD tells size, tag and checksum; then ranges of [`part_size`](Download::part_size) are fetched,
    /// [`concurrency`](Download::concurrency) at once, all of that very version. A range that is cut goes on
    /// from where it stood. The bytes go to a temporary file beside the path, which takes the path, atomically and
    /// synced to the disk, when all are there and have the checksum that the server keeps. A few MiB for each
    /// request are in memory, however large the file is.
    ///
    /// Dropping the future leaves nothing but the old file.
    ///
    /// # Errors
    ///
    /// `NotFound`; `Conflict` (retryable) when the file is replaced meanwhile; `ChecksumMismatch`; `Unavailable`
    /// and `Timeout` when a range is cut as often in a row as
    /// [`max_attempts`](crate::S3StorageBuilder::max_attempts) allows; those of the local file system.
    ///
    /// ```
    /// # async fn example(storage: holdall_s3::S3Storage) -> holdall_core::Result<()> {
    /// let metadata = storage.download("films/feature.mp4", "/tmp/feature.mp4").concurrency(16).await?;
    /// println!("{} bytes", metadata.size);
    /// # Ok(()) }
    /// ```
    pub fn download(&self, name: impl IntoName, path: impl Into<PathBuf>) -> Download {
        Download {
            storage: self.clone(),
            name: name.into_name(),
            path: path.into(),
            part_size: PART_SIZE,
            concurrency: CONCURRENCY,
            overwrite: true,
        }
    }
}

impl Download {
    /// The bytes that one request fetches; by default 8 MiB.
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.part_size = bytes;
        self
    }

    /// The number of requests that run at once; by default 8.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests;
        self
    }

    /// Whether a file that has the path already is replaced; by default it is. If it is not replaced, the error is
    /// `AlreadyExists`.
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    async fn run(&self, name: &Name) -> Result<Metadata> {
        for (call, is_zero) in [("part_size", self.part_size == 0), ("concurrency", self.concurrency == 0)] {
            if is_zero {
                return Err(invalid(call, format!("{call} of the download is 0; nothing would be fetched")));
            }
        }
        // Before gigabytes are fetched in vain; what decides is the publishing.
        if !self.overwrite && tokio::fs::try_exists(&self.path).await.unwrap_or(false) {
            let message = format!("there is a file {} already", self.path.display());
            return Err(Error::message(ErrorKind::AlreadyExists, message));
        }
        let inner = self.storage.inner();
        let key = inner.key(name)?;
        let object = inner.head(&key).await.map_err(|failure| named(failure, name, None))?;
        let metadata = inner.complete(name, &key, &object).await?;
        let (checksum, crc32) = (object.checksum(), object.crc32());
        let plan = Plan {
            inner: Arc::clone(inner),
            key,
            version: object.version.clone(),
            etag: tag(&object),
            size: metadata.size,
            part_size: self.part_size,
            concurrency: self.concurrency,
            algorithm: crc32.map(|_| ChecksumAlgorithm::Crc32),
        };
        let staged = StagedFile::beside(&self.path).await?;
        let sums = fetch_all(plan, &staged).await?;
        let is_other = checksum.is_some_and(|checksum| checksum != sums.whole)
            || (crc32.is_some() && crc32 != sums.crc32().as_deref());
        if is_other {
            let message = "the bytes that were read are not the bytes that were saved";
            return Err(Error::message(ErrorKind::ChecksumMismatch, message));
        }
        staged.publish(self.overwrite).await?;
        Ok(metadata)
    }
}

impl IntoFuture for Download {
    type Output = Result<Metadata>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        async move {
            let done = match &self.name {
                Ok(name) => self.run(name).await,
                Err(refused) => Err(Error::message(refused.kind(), refused.reason().to_string())),
            };
            let name = self.name.as_ref().ok().map(Name::as_str);
            done.map_err(|error| error.or_at(Operation::Open, &self.storage, name))
        }
        .boxed()
    }
}
