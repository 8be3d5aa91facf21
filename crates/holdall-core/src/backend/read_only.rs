//! One refusal of every verb that changes something.

/// Implements [`Storage`](crate::Storage) for a type whose files cannot be changed.
///
/// The braces hold the verbs that read. The macro adds those that change something; each of them is
/// [`Unsupported`](crate::ErrorKind::Unsupported), and does no I/O. The text completes the sentence "this storage
/// cannot ...". The verbs that are left are the provided ones of the trait, so that a wrapper writes out all verbs that
/// read: `#[deny(clippy::missing_trait_methods)]` reports a forgotten one.
///
/// ```
/// # use holdall_core::{
/// #     Capabilities, Entry, Error, File, FileUrl, ListOptions, Listing, Location, Metadata, Name, OpenOptions, Result,
/// #     Storage, Store, UrlOptions,
/// # };
/// # use futures_core::stream::BoxStream;
/// # use futures_util::StreamExt as _;
/// use holdall_core::backend::read_only_storage;
///
/// /// A museum whose rooms are empty.
/// #[derive(Debug, Default)]
/// struct Museum(Capabilities);
///
/// read_only_storage! {
///     impl [] Storage for Museum, "be written to; do not touch the exhibits" => {
///         fn capabilities(&self) -> &Capabilities {
///             &self.0
///         }
///
///         async fn open(&self, name: &Name, _: OpenOptions) -> Result<File> {
///             Err(Error::not_found(name))
///         }
///         // ... the other verbs that read
/// #       async fn metadata(&self, name: &Name) -> Result<Metadata> {
/// #           Err(Error::not_found(name))
/// #       }
/// #       async fn exists(&self, _: &Name) -> Result<bool> {
/// #           Ok(false)
/// #       }
/// #       fn list(&self, _: &Location, _: ListOptions) -> BoxStream<'_, Result<Entry>> {
/// #           futures_util::stream::empty().boxed()
/// #       }
/// #       async fn listdir(&self, _: &Location) -> Result<Listing> {
/// #           Ok(Listing::default())
/// #       }
/// #       async fn url(&self, _: &Name, _: UrlOptions) -> Result<FileUrl> {
/// #           Err(Error::unsupported("make URLs"))
/// #       }
/// #       fn path(&self, _: &Name) -> Option<std::path::PathBuf> {
/// #           None
/// #       }
///     }
/// }
/// # impl std::fmt::Display for Museum {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
/// #         f.write_str("the museum")
/// #     }
/// # }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let error = Store::new(Museum::default()).save("cat.txt", "meow").await.unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "cannot save \"cat.txt\" in the museum: this storage cannot be written to; do not touch the exhibits"
/// );
/// # }
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __read_only_storage {
    (impl [$($generics:tt)*] Storage for $storage:ty, $refusal:expr => { $($reading:tt)* }) => {
        #[$crate::backend::async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<$($generics)*> $crate::Storage for $storage {
            $($reading)*

            async fn save(
                &self,
                _: &$crate::Name,
                _: $crate::Content<'_>,
                _: $crate::SaveOptions,
            ) -> $crate::Result<$crate::Saved> {
                Err($crate::Error::unsupported($refusal))
            }

            async fn delete(&self, _: &$crate::Name, _: $crate::DeleteOptions) -> $crate::Result<()> {
                Err($crate::Error::unsupported($refusal))
            }

            async fn delete_many(&self, names: &[$crate::Name]) -> Vec<$crate::Result<()>> {
                names.iter().map(|_| Err($crate::Error::unsupported($refusal))).collect()
            }

            async fn copy(
                &self,
                _: &$crate::Name,
                _: &$crate::Name,
                _: $crate::CopyOptions,
            ) -> $crate::Result<$crate::Saved> {
                Err($crate::Error::unsupported($refusal))
            }

            async fn rename(
                &self,
                _: &$crate::Name,
                _: &$crate::Name,
                _: $crate::CopyOptions,
            ) -> $crate::Result<$crate::Saved> {
                Err($crate::Error::unsupported($refusal))
            }

            async fn upload_request(
                &self,
                _: &$crate::Name,
                _: $crate::UploadPolicy,
            ) -> $crate::Result<$crate::UploadRequest> {
                Err($crate::Error::unsupported($refusal))
            }

            async fn set_visibility(
                &self,
                _: &$crate::Name,
                _: $crate::Visibility,
            ) -> $crate::Result<()> {
                Err($crate::Error::unsupported($refusal))
            }

            async fn sweep(&self, _: ::std::time::Duration) -> $crate::Result<$crate::Swept> {
                Err($crate::Error::unsupported($refusal))
            }
        }
    };
}
