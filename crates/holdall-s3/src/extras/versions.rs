//! The versions of one file, in a bucket that keeps them.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::SystemTime;

use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::EncodingType;
use futures_util::stream::{self, BoxStream, Stream, StreamExt as _, TryStreamExt as _, try_unfold};
use holdall_core::{ETag, Error, ErrorKind, IntoName, Name, Operation, Result, Saved};

use crate::handle::S3Storage;
use crate::verbs::asking::CopyWay;
use crate::verbs::conditional::{Condition, Outcome};
use crate::verbs::copy::{Copying, Source};
use crate::verbs::metadata::etag;
use crate::wire::client::Inner;
use crate::wire::encoding::decode;
use crate::wire::reply::{Progress, cut_short};

/// One version of a file, or the mark that its deletion left. See [`S3Storage::versions`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileVersion {
    /// Its id, for `open`, `url` and `delete`.
    pub version: String,
    /// When it was saved, or the file deleted.
    pub modified: SystemTime,
    /// Whether it is what the name alone means now. When that is a delete marker, there is no such file.
    pub is_current: bool,
    /// Bytes; `None` for a delete marker.
    pub size: Option<u64>,
    /// The tag of the content; `None` for a delete marker.
    pub etag: Option<ETag>,
}

impl FileVersion {
    /// Whether this is no version but the mark of a deletion, which hides what is older. Deleting the mark by its
    /// id brings the file back.
    pub fn is_delete_marker(&self) -> bool {
        self.size.is_none()
    }
}

impl S3Storage {
    /// Lists the versions and delete markers of one file, the newest first; nothing where there never was such
    /// a file. The stream asks for a page (up to 1,000) at a time and holds one.
    ///
    /// S3 tells versions and markers in two lists that only their times can merge: a version and a marker of the
    /// same moment may change places, unless one of them is the current.
    ///
    /// Needs `s3:ListBucketVersions`.
    ///
    /// # Errors
    ///
    /// `Unsupported` unless [`versions(true)`](crate::S3StorageBuilder::versions) was set; `PermissionDenied`.
    ///
    /// ```
    /// use futures_util::TryStreamExt as _;
    /// use holdall_s3::S3Storage;
    ///
    /// # async fn example(storage: &S3Storage) -> holdall_core::Result<()> {
    /// let mut versions = storage.versions("terms.pdf");
    /// while let Some(version) = versions.try_next().await? {
    ///     println!("{} {:?}", version.version, version.size);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn versions(&self, name: impl IntoName) -> BoxStream<'_, Result<FileVersion>> {
        let name = name.into_name().and_then(|name| self.inner().need_versions().map(|()| name));
        match name {
            Ok(name) => {
                let text = name.to_string();
                list(self.inner(), name)
                    .map_err(move |error| error.or_at(Operation::List, self, Some(&text)))
                    .boxed()
            }
            Err(error) => stream::iter([Err(error.or_at(Operation::List, self, None))]).boxed(),
        }
    }

    /// Makes an old version of a file the current one again: a copy of it, with its attributes, onto the name.
    /// The version that was current becomes an old one; nothing is lost. This also brings back a file that was deleted.
    ///
    /// # Errors
    ///
    /// `Unsupported` as [`versions`](Self::versions); `NotFound` when there is no such
    /// version, or it is a delete marker; `PermissionDenied` (it needs `s3:GetObjectVersion`).
    pub async fn restore_version(&self, name: impl IntoName, version: &str) -> Result<Saved> {
        let name = name.into_name().map_err(|error| error.or_at(Operation::Copy, self, None))?;
        let restored = match self.inner().need_versions() {
            Ok(()) => self.inner().restore_version(&name, version).await,
            Err(error) => Err(error),
        };
        restored.map_err(|error| error.or_at(Operation::Copy, self, Some(name.as_str())))
    }
}

/// Where the next page begins.
#[derive(Debug)]
enum Page {
    First,
    Behind(String, Option<String>),
    End,
}

fn list(inner: &Inner, name: Name) -> impl Stream<Item = Result<FileVersion>> + Send + '_ {
    let start = (inner, name, Page::First, Progress::default());
    try_unfold(start, |(inner, name, page, mut progress)| async move {
        let (key_marker, version_marker) = match page {
            Page::End => return Ok(None),
            Page::First => (None, None),
            Page::Behind(key, version) => (Some(key), version),
        };
        let key = inner.key(&name)?;
        let mut reply = inner
            .client()
            .await?
            .list_object_versions()
            .bucket(inner.bucket())
            .prefix(key.as_str())
            .set_key_marker(key_marker)
            .set_version_id_marker(version_marker)
            // Keys may hold what XML cannot.
            .encoding_type(EncodingType::Url)
            .send()
            .await
            .map_err(|error| inner.failure(&error))?;
        let next = next_page(&key, &mut reply, &mut progress)?;
        let found = entries(&key, &reply);
        Ok::<_, Error>(Some((stream::iter(found.into_iter().map(Ok)), (inner, name, next, progress))))
    })
    .try_flatten()
}

/// The name itself sorts before every other name that it begins, so that the listing is at its end as soon as it
/// goes on behind another one.
fn next_page(key: &Name, reply: &mut ListObjectVersionsOutput, progress: &mut Progress) -> Result<Page> {
    if reply.is_truncated() != Some(true) {
        return Ok(Page::End);
    }
    let encoded = reply.encoding_type() == Some(&EncodingType::Url);
    let Some(marker) = reply.next_key_marker.take() else {
        return Err(cut_short());
    };
    if decoded(&marker, encoded) != key.as_str().as_bytes() {
        return Ok(Page::End);
    }
    let version = reply.next_version_id_marker.take();
    let first = reply.versions().iter().find_map(|version| version.version_id());
    let first = first.or_else(|| reply.delete_markers().iter().find_map(|marker| marker.version_id()));
    progress.page(first.map(str::as_bytes), version.as_deref().unwrap_or_default())?;
    Ok(Page::Behind(key.as_str().to_owned(), version))
}

fn decoded(text: &str, encoded: bool) -> Vec<u8> {
    if encoded { decode(text) } else { text.as_bytes().to_vec() }
}

/// The versions and markers of that key on a page, merged, the newest first.
fn entries(key: &Name, page: &ListObjectVersionsOutput) -> Vec<FileVersion> {
    let encoded = page.encoding_type() == Some(&EncodingType::Url);
    let is_ours =
        |text: Option<&str>| text.is_some_and(|text| decoded(text, encoded) == key.as_str().as_bytes());
    let entry = |version: Option<&str>, modified: Option<&aws_sdk_s3::primitives::DateTime>, latest| {
        Some(FileVersion {
            version: version?.to_owned(),
            modified: SystemTime::try_from(*modified?).ok()?,
            is_current: latest == Some(true),
            size: None,
            etag: None,
        })
    };
    let versions = page.versions().iter().filter(|version| is_ours(version.key())).filter_map(|version| {
        let entry = entry(version.version_id(), version.last_modified(), version.is_latest())?;
        let size = version.size().and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
        Some(FileVersion { size: Some(size), etag: etag(version.e_tag()), ..entry })
    });
    let markers = page.delete_markers().iter().filter(|marker| is_ours(marker.key()));
    let markers =
        markers.filter_map(|marker| entry(marker.version_id(), marker.last_modified(), marker.is_latest()));
    let mut all: Vec<_> = versions.chain(markers).collect();
    // Stable: what is of one moment stays in the order of the server's lists.
    all.sort_by_key(|entry| Reverse((entry.is_current, entry.modified)));
    all
}

impl Inner {
    fn need_versions(&self) -> Result<()> {
        if self.config.server.features.versions {
            return Ok(());
        }
        Err(Error::unsupported(
            "tell versions; if the bucket has versioning enabled, say so with versions(true) when it is set up",
        ))
    }

    async fn restore_version(self: &Arc<Self>, name: &Name, version: &str) -> Result<Saved> {
        let key = self.key(name)?;
        let version = Some(version);
        let object = self
            .head_version(&key, version)
            .await
            .map_err(|failure| crate::verbs::read::named(failure, name, version))?;
        let metadata = object.metadata(name)?;
        let mut headers = self.headers_of(self, &object, (&key, version), true, None).await?;
        let from = Source::new(self, key.clone(), &object)?.with_version(version);
        let by_parts = self.copy_way(&Condition::None, from.size).await? == CopyWay::Parts;
        let verbatim = !by_parts && !headers.can_be_sent();
        if !verbatim {
            headers = headers.encoded();
        }
        let put_id = if by_parts { headers.mark() } else { None };
        let copying = Copying {
            from: &from,
            to: &key,
            headers: &headers,
            verbatim,
            put_id: put_id.as_deref(),
            condition: &Condition::None,
        };
        match self.copy_object(copying).await? {
            Outcome::Written(made) => {
                Ok(made.complete(Saved::new(name.clone(), metadata.size).with_checksum(metadata.checksum)))
            }
            // Without a condition there is nothing that another file could break.
            _ => Err(Error::message(
                ErrorKind::Conflict,
                "another write of the same name was under way; try again",
            )
            .with_retryable(true)),
        }
    }
}
