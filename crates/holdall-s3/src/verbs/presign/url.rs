//! Links: plain ones, and signed ones by which everybody who has them may read one file.

use std::time::Duration;

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use holdall_core::{
    Error, ErrorKind, FileUrl, Name, ResponseOverrides, Result, UrlMethod, UrlOptions, Visibility,
};
use percent_encoding::utf8_percent_encode;

use super::sign::{Headers, ToSign};
use crate::config::SignedDomain;
use crate::wire::client::Inner;
use crate::wire::encoding::{PATH, QUERY};

impl Inner {
    /// See [`Storage::url`](holdall_core::Storage::url).
    pub(crate) async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        self.config.requests.check_link()?;
        options.check(self.honoured.claims())?;
        let key = self.key(name)?;
        match options.visibility.unwrap_or(self.config.urls.visibility) {
            Visibility::Public if !options.overrides.is_empty() => {
                Err(Error::unsupported("override response headers in plain URLs; ask for a signed one"))
            }
            Visibility::Public if options.version.is_some() => {
                Err(Error::unsupported("show a version in a plain URL; ask for a signed one"))
            }
            Visibility::Public => Ok(FileUrl::plain(self.plain(&key).await?)),
            Visibility::Private => match &self.config.urls.signed_domain {
                Some(domain) => self.signed_by_the_domain(domain, &key, &options),
                None => self.signed(&key, options).await,
            },
        }
    }

    /// The plain URL: that of the custom domain, else of the host that links are signed for.
    async fn plain(&self, key: &Name) -> Result<String> {
        match &self.config.urls.public_base {
            Some(base) => Ok(format!("{base}/{}", utf8_percent_encode(key.as_str(), PATH))),
            None => self.object_url(key.as_str()).await,
        }
    }

    /// Owner and payer, for the query of a signed request.
    pub(super) fn about_the_bucket(&self, operation: &str) -> impl Iterator<Item = (String, String)> {
        let values = self.config.requests.about_the_bucket(operation);
        values.into_iter().map(|(name, value)| (name.to_owned(), value))
    }

    /// A URL of the custom domain, signed with a canned policy. No credentials of S3 take part, so that it
    /// ends when it was asked to.
    ///
    /// # Errors
    ///
    /// `Unsupported` for HEAD alone: CloudFront's signatures bind no method, and the URL would give the
    /// content too.
    fn signed_by_the_domain(
        &self,
        domain: &SignedDomain,
        key: &Name,
        options: &UrlOptions,
    ) -> Result<FileUrl> {
        if options.method != UrlMethod::Get {
            return Err(Error::unsupported(
                "sign CloudFront URLs for one method alone; sign for GET, which HEAD may use too",
            ));
        }
        let path = utf8_percent_encode(key.as_str(), PATH);
        let url = format!("{}/{path}{}", domain.base, domain_query(options)?);
        let asked = options.expires_in.unwrap_or(self.config.urls.expires_in);
        if asked.as_secs() == 0 {
            return Err(Error::message(
                ErrorKind::InvalidInput,
                "a signed URL must live for a second at least",
            ));
        }
        let start = self.start_of_link(options.expires_in);
        let ends = start.checked_add(Duration::from_secs(asked.as_secs()));
        // A time that no clock can say is too late for CloudFront as well.
        let ends = ends.ok_or_else(|| {
            Error::message(ErrorKind::InvalidInput, "the URL would live longer than there is time")
        })?;
        domain.signer.sign(&url, ends)
    }

    /// A signed URL, which says when it really ends.
    async fn signed(&self, key: &Name, options: UrlOptions) -> Result<FileUrl> {
        let method = match options.method {
            UrlMethod::Get => "GET",
            UrlMethod::Head => "HEAD",
            _ => return Err(Error::unsupported("sign links for that method")),
        };
        let mut query = overrides(&options.overrides)?;
        query.extend(options.version.map(|version| ("versionId".to_owned(), version)));
        query.extend(self.about_the_bucket("GetObject"));
        let life = self.life_of_link(options.expires_in).await?;
        let url = self.object_url(key.as_str()).await?;
        let url = self.sign(ToSign { method, url, query, headers: &Headers::new() }, &life).await?;
        Ok(FileUrl::signed(url, life.expires_at()))
    }
}

/// Overrides as the parameters of `GetObject`.
fn overrides(overrides: &ResponseOverrides) -> Result<Vec<(String, String)>> {
    let expires = overrides.expires.map(|time| DateTime::from(time).fmt(DateTimeFormat::HttpDate));
    let expires = expires.transpose().map_err(|_| {
        Error::message(ErrorKind::InvalidInput, "the Expires header has no date outside the years 1 to 9999")
    })?;
    Ok([
        ("response-content-type", overrides.content_type.clone()),
        ("response-content-disposition", overrides.content_disposition.clone()),
        ("response-content-encoding", overrides.content_encoding.clone()),
        ("response-content-language", overrides.content_language.clone()),
        ("response-cache-control", overrides.cache_control.clone()),
        ("response-expires", expires),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect())
}

/// The parameters by which S3 chooses a version and changes its response headers, in S3's own spelling. They
/// are part of what is signed.
fn domain_query(options: &UrlOptions) -> Result<String> {
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
