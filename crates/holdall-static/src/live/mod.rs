//! Static files in development: straight from the finders, without collecting.

mod find;
mod read;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use futures_core::stream::BoxStream;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use holdall_core::backend::read_only_storage;
use holdall_core::{
    Capabilities, Entry, File, FileUrl, ListOptions, Listing, Location, Metadata, Name, OpenOptions, Result,
    UrlOptions,
};

pub(crate) use self::find::Found;
use crate::collect::Collector;

/// The static files of a [`Collector`] as they lie in their sources, for development: nothing is collected or
/// hashed, and what was changed or added is there with the next request. Django's `runserver` does the same.
///
/// Only what would be collected is there: what the collector ignores is not, of two files with one name the first
/// finder's is, and names are compared letter by letter, also where the disk does not. A name that production
/// would refuse is refused here, with the nearest one: there are no surprises left for the deployment. What refers
/// to what inside the files [`Collector::check`] looks at.
///
/// It can only be read. URLs are the collector's base path and the plain name, files have the `Cache-Control`
/// `no-cache`.
///
/// ```
/// use holdall_core::Store;
/// use holdall_static::{Collector, Embedded, Live};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
/// let collector = Collector::new().finder(Embedded::new([("css/app.css", "p { margin: 0 }")])?);
/// let files = Store::new(Live::new(&collector)?);
/// assert_eq!(files.url("css/app.css").await?.as_str(), "/static/css/app.css");
/// assert_eq!(files.open("css/app.css").await?.text().await?, "p { margin: 0 }");
/// assert!(files.url("css/App.css").await.is_err());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Live {
    found: Arc<Found>,
    capabilities: Capabilities,
}

impl Live {
    /// What that collector would collect. Its finders are asked again and again.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) when its base path does not begin and end with a
    /// slash.
    pub fn new(collector: &Collector) -> Result<Self> {
        let found = Arc::new(Found::new(collector)?);
        Ok(Self { found, capabilities: Capabilities::default().with_public_url(true) })
    }

    pub(crate) fn found(&self) -> &Found {
        &self.found
    }

    /// Files are looked for on the blocking pool.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Found) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let found = Arc::clone(&self.found);
        let work = tokio::task::spawn_blocking(move || work(&found)).await;
        work.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    }
}

read_only_storage! {
    impl [] Storage for Live, "be written to; it shows the sources of static files: change those" => {
        fn capabilities(&self) -> &Capabilities {
            &self.capabilities
        }

        async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
            options.check(&self.capabilities)?;
            let name = name.clone();
            self.blocking(move |found| read::open(found, &name, &options)).await
        }

        async fn metadata(&self, name: &Name) -> Result<Metadata> {
            let name = name.clone();
            self.blocking(move |found| read::metadata(found, &name)).await
        }

        async fn exists(&self, name: &Name) -> Result<bool> {
            let name = name.clone();
            self.blocking(move |found| Ok(found.find(&name)?.is_some())).await
        }

        fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
            let location = location.clone();
            self.blocking(move |found| read::list(found, &location, &options))
                .map(|listed| match listed {
                    Ok(entries) => stream::iter(entries.into_iter().map(Ok)).left_stream(),
                    Err(error) => stream::iter([Err(error)]).right_stream(),
                })
                .flatten_stream()
                .boxed()
        }

        async fn listdir(&self, location: &Location) -> Result<Listing> {
            let mut listing = Listing::default();
            listing.extend(self.list(location, ListOptions::default()).try_collect::<Vec<_>>().await?);
            Ok(listing)
        }

        async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
            options.check(&self.capabilities)?;
            let name = name.clone();
            self.blocking(move |found| match found.find(&name)? {
                Some(_) => Ok(FileUrl::plain(found.url(&name))),
                None => Err(found.unknown(name.as_str())),
            })
            .await
        }

        fn path(&self, _: &Name) -> Option<PathBuf> {
            None
        }
    }
}

impl fmt::Display for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sources of static files")
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("found", &self.found).finish_non_exhaustive()
    }
}
