//! The store with its settings, and what all verbs do with it.

use std::fmt;
use std::sync::Arc;

use holdall_core::{ETag, Error, ErrorKind, Location, Name, Result};
use object_store::path::Path;
use object_store::{Attributes, GetOptions, ObjectMeta, ObjectStore};
use tokio::task::JoinError;

use crate::config::Config;
use crate::error::translate;

/// What makes signed URLs. Without HTTP there are none, and this is a type of which there is no value.
#[cfg(feature = "__http")]
pub(crate) type UrlSigner = Arc<dyn object_store::signer::Signer>;
/// See above.
#[cfg(not(feature = "__http"))]
pub(crate) type UrlSigner = std::convert::Infallible;

/// What clones of a storage share.
pub(crate) struct Inner {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) signer: Option<UrlSigner>,
    pub(crate) config: Config,
}

/// What is known about a file from its headers.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) meta: ObjectMeta,
    pub(crate) attributes: Attributes,
}

impl Head {
    /// The entity tag, where it is one.
    pub(crate) fn etag(&self) -> Option<ETag> {
        etag(self.meta.e_tag.as_deref())
    }
}

/// A tag as a store gives it. Listings of Azure leave the quotes out.
pub(crate) fn etag(text: Option<&str>) -> Option<ETag> {
    text.and_then(|text| ETag::parse(text).ok())
}

impl Inner {
    /// The name below the location.
    ///
    /// # Errors
    ///
    /// `InvalidName` where the store cannot hold a file of that name.
    pub(crate) fn key(&self, name: &Name) -> Result<Name> {
        let key = self.config.location.join(name)?;
        self.check_limits(&key).map_err(|error| error.with_name(name.as_str()))?;
        Ok(key)
    }

    fn check_limits(&self, key: &Name) -> Result<()> {
        let profile = &self.config.profile;
        let invalid = |message: String| Err(Error::message(ErrorKind::InvalidName, message));
        if let Some(limit) = profile.max_segment
            && let Some(longest) = key.segments().map(str::len).max()
            && longest > limit
        {
            return invalid(format!("a segment of the name has {longest} bytes; this store takes {limit}"));
        }
        let file_name = key.file_name();
        if let Some(limit) = profile.max_file_name
            && file_name.len() > limit
        {
            let length = file_name.len();
            return invalid(format!(
                "the file name has {length} bytes; this store takes {limit}, because it needs the others itself"
            ));
        }
        if profile.any_file_name {
            return Ok(());
        }
        // What `LocalFileSystem` takes for one of its staging files, and hides.
        let is_numbered =
            |(_, end): (&str, &str)| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_digit());
        if file_name.split_once('#').is_some_and(is_numbered) {
            return invalid("this store uses file names that end in \"#\" and digits itself".to_owned());
        }
        // It makes its paths of URLs, and the URL of a drive ends in a slash.
        if file_name
            .strip_suffix(':')
            .is_some_and(|rest| rest.ends_with(|last: char| last.is_ascii_alphabetic()))
        {
            return invalid(
                "this store takes a file name that ends in a letter and \":\" for a drive".to_owned(),
            );
        }
        Ok(())
    }

    /// The name that a key has for the caller.
    pub(crate) fn name_of(&self, key: &Name) -> Name {
        key.strip_location(&self.config.location).unwrap_or_else(|| key.clone())
    }

    /// What the caller calls the object at that path.
    fn shown<'a>(&self, path: &'a Path) -> &'a str {
        path.as_ref().strip_prefix(&self.config.location.prefix()).unwrap_or(path.as_ref())
    }

    /// The headers of a file, from one request; `None` where there is none.
    pub(crate) async fn head(&self, path: &Path) -> Result<Option<Head>> {
        match self.store.get_opts(path, GetOptions::new().with_head(true)).await {
            Ok(reply) => Ok(Some(Head { meta: reply.meta, attributes: reply.attributes })),
            Err(error) => {
                let error = translate(error);
                if is_absent(&error) { Ok(None) } else { Err(error) }
            }
        }
    }

    /// Says which file is in the way of that one, or which directory: for stores that cannot have both.
    pub(crate) async fn in_the_way(&self, path: &Path) -> Option<Error> {
        if self.config.profile.files_beside_directories {
            return None;
        }
        let shown = self.shown(path);
        let conflict = |message: String| Some(Error::message(ErrorKind::Conflict, message).with_name(shown));
        let parents = std::iter::successors(path.parent(), Path::parent);
        for parent in parents.take_while(|parent| !parent.is_root()) {
            if matches!(self.head(&parent).await, Ok(Some(_))) {
                let blocker = self.shown(&parent);
                return conflict(format!("{blocker:?} is a file, so that {shown:?} cannot lie below it"));
            }
        }
        if let Ok(below) = self.store.list_with_delimiter(Some(path)).await
            && let Some(inner) =
                below.objects.into_iter().map(|meta| meta.location).chain(below.common_prefixes).next()
        {
            let inner = self.shown(&inner);
            return conflict(format!("{shown:?} is a directory: it holds {inner:?}"));
        }
        None
    }
}

/// Whether an error of a read says that there is no such file: a directory is none, and below a file there is
/// none.
pub(crate) fn is_absent(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Conflict)
}

/// A checked name as a path of a store. Everything that a name can say a path can, byte for byte: both refuse
/// empty, `.` and `..` segments and ASCII control characters, and a path refuses no more.
pub(crate) fn path(key: &Name) -> Path {
    Path::parse(key.as_str()).unwrap_or_else(|_| Path::from(key.as_str()))
}

/// A location as the prefix of a listing.
pub(crate) fn prefix(location: &Location) -> Option<Path> {
    (!location.is_root())
        .then(|| Path::parse(location.as_str()).unwrap_or_else(|_| Path::from(location.as_str())))
}

/// Runs work in a task of its own, which goes on when the future that waits for it is dropped.
///
/// Its result, dropped then, cleans up after itself where it has to.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    tokio::spawn(work).await.unwrap_or_else(|error| Err(joined(error)))
}

/// A task that did not come to its end: its panic goes on here.
pub(crate) fn joined(error: JoinError) -> Error {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(cancelled) => {
            let message = "the runtime shut down while the operation ran";
            Error::message(ErrorKind::Unavailable, message).with_source(cancelled)
        }
    }
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.config.label)
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Stores show their credentials in `Debug`.
        f.debug_struct("Inner").field("config", &self.config).finish_non_exhaustive()
    }
}
