//! What the two policy wrappers share: they fill in options that the caller left open, and forward.

/// `Storage` for a wrapper with an `inner` storage and the methods `save_options`, `copy_options`,
/// `url_options` and `upload_policy`, which complete the caller's options.
macro_rules! storage_with_policy {
    ($wrapper:ident) => {
        #[async_trait::async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<S: Storage> Storage for $wrapper<S> {
            fn capabilities(&self) -> &Capabilities {
                self.inner.capabilities()
            }

            async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
                self.inner.open(name, options).await
            }

            async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
                self.inner.save(name, content, self.save_options(options)).await
            }

            async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
                self.inner.delete(name, options).await
            }

            async fn delete_many(&self, names: &[Name]) -> Vec<Result<()>> {
                self.inner.delete_many(names).await
            }

            async fn metadata(&self, name: &Name) -> Result<Metadata> {
                self.inner.metadata(name).await
            }

            async fn exists(&self, name: &Name) -> Result<bool> {
                self.inner.exists(name).await
            }

            fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
                self.inner.list(location, options)
            }

            async fn listdir(&self, location: &Location) -> Result<Listing> {
                self.inner.listdir(location).await
            }

            async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
                self.inner.copy(from, to, self.copy_options(options)).await
            }

            async fn rename(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
                self.inner.rename(from, to, self.copy_options(options)).await
            }

            async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
                self.inner.url(name, self.url_options(options)).await
            }

            async fn upload_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
                self.inner.upload_request(name, self.upload_policy(policy)).await
            }

            async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
                self.inner.set_visibility(name, visibility).await
            }

            fn path(&self, name: &Name) -> Option<std::path::PathBuf> {
                self.inner.path(name)
            }

            async fn sweep(&self, older_than: std::time::Duration) -> Result<$crate::Swept> {
                self.inner.sweep(older_than).await
            }
        }

        impl<S: Storage> std::fmt::Display for $wrapper<S> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.inner, f)
            }
        }
    };
}

pub(super) use storage_with_policy;
