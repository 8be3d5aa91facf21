//! URLs: plain ones below a base, and ones that the store's signer makes, by which everybody who has them may
//! read or upload one file.

use holdall_core::{Error, FileUrl, Name, Result, UrlOptions, Visibility};
#[cfg(not(feature = "__http"))]
use holdall_core::{UploadPolicy, UploadRequest};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::client::Inner;

/// What stays as it is in the path of a URL: RFC 3986's unreserved characters, and the slash.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

impl Inner {
    /// See [`Storage::url`](holdall_core::Storage::url).
    pub(crate) async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        let key = self.key(name)?;
        let default = self.config.visibility.unwrap_or(match self.signer {
            Some(_) => Visibility::Private,
            None => Visibility::Public,
        });
        match options.visibility.unwrap_or(default) {
            Visibility::Public if !options.overrides.is_empty() => {
                Err(Error::unsupported("override response headers in plain URLs; ask for a signed one"))
            }
            Visibility::Public => self.plain(name),
            Visibility::Private => self.signed(&key, options).await,
        }
    }

    fn plain(&self, name: &Name) -> Result<FileUrl> {
        let Some(base) = &self.config.base_url else {
            return Err(Error::unsupported("make plain URLs; give it a base URL"));
        };
        Ok(FileUrl::plain(format!("{base}/{}", utf8_percent_encode(name.as_str(), PATH))))
    }

    #[cfg(not(feature = "__http"))]
    #[expect(clippy::unused_async, reason = "with a signer it waits")]
    async fn signed(&self, _: &Name, _: UrlOptions) -> Result<FileUrl> {
        Err(Error::unsupported("sign URLs"))
    }

    /// See [`Storage::upload_request`](holdall_core::Storage::upload_request).
    #[cfg(not(feature = "__http"))]
    #[expect(clippy::unused_async, reason = "with a signer it waits")]
    pub(crate) async fn upload_request(&self, _: &Name, _: UploadPolicy) -> Result<UploadRequest> {
        Err(Error::unsupported("take uploads directly from clients"))
    }
}
