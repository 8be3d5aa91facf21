//! `Storage::url` for private files behind CloudFront.

use std::time::Duration;

use holdall_core::{Error, ErrorKind, FileUrl, Name, Result, UrlMethod, UrlOptions};
use percent_encoding::utf8_percent_encode;

use super::{CloudFrontSigner, resource};
use crate::client::Inner;
use crate::config::invalid;
use crate::presign::{PATH, QUERY, overrides};

/// How private URLs are signed for the custom domain.
#[derive(Debug, Clone)]
pub(crate) struct CloudFront {
    pub(crate) signer: CloudFrontSigner,
    /// What comes before the key, without a slash at its end.
    pub(crate) base: String,
}

/// Checks what comes before the key of every URL, once.
///
/// # Errors
///
/// `InvalidConfig` for what could not be signed.
pub(crate) fn check_base(base: &str) -> Result<()> {
    resource::check_exact(&format!("{base}/")).map_err(|error| {
        invalid(format!("the custom domain cannot be used with CloudFront: {}", error.reason()))
    })
}

impl Inner {
    /// A URL of the custom domain, signed with a canned policy. No credentials of S3 take part, so that it
    /// ends when it was asked to.
    ///
    /// # Errors
    ///
    /// `Unsupported` for HEAD alone: CloudFront's signatures bind no method, and the URL would give the
    /// content too.
    pub(crate) fn cloudfront_url(
        &self,
        cloudfront: &CloudFront,
        key: &Name,
        options: &UrlOptions,
    ) -> Result<FileUrl> {
        if options.method != UrlMethod::Get {
            return Err(Error::unsupported(
                "sign CloudFront URLs for one method alone; sign for GET, which HEAD may use too",
            ));
        }
        let path = utf8_percent_encode(key.as_str(), PATH);
        let url = format!("{}/{path}{}", cloudfront.base, query(options)?);
        let asked = options.expires_in.unwrap_or(self.config.urls.expires_in);
        if asked.as_secs() == 0 {
            return Err(Error::message(
                ErrorKind::InvalidInput,
                "a signed URL must live for a second at least",
            ));
        }
        let start = self.start_of_link(options.expires_in);
        let ends = start.checked_add(Duration::from_secs(asked.as_secs()));
        // What no clock can say is too late for CloudFront as well.
        let ends = ends.ok_or_else(|| {
            Error::message(ErrorKind::InvalidInput, "the URL would live longer than there is time")
        })?;
        cloudfront.signer.sign_url(&url, ends)
    }
}

/// The parameters by which S3 chooses a version and changes its response headers, in S3's own spelling. They
/// are part of what is signed.
fn query(options: &UrlOptions) -> Result<String> {
    let mut given = overrides(&options.overrides)?;
    given.extend(options.version.clone().map(|version| ("versionId".to_owned(), version)));
    given.sort();
    let mut query = String::new();
    for (name, value) in given {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(&name);
        query.push('=');
        query.extend(utf8_percent_encode(&value, QUERY));
    }
    Ok(query)
}
