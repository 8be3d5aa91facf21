//! Signed URLs, by which everybody who has them may read one file, as the signer of a store makes them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use holdall_core::{Error, ErrorKind, FileUrl, Name, ResponseOverrides, Result, UrlMethod, UrlOptions};
use http::Method;
use object_store::signer::SignedUrlOptions;

use crate::client::{Inner, UrlSigner, path};
use crate::config::MAX_EXPIRY;
use crate::error::translate;
use crate::profile::Signatures;

impl Inner {
    /// A signed URL, which lives as long as was asked for and seven days at most.
    pub(crate) async fn signed(&self, key: &Name, options: UrlOptions) -> Result<FileUrl> {
        let signer = self.signer()?;
        let (start, life) = self.life(options.expires_in)?;
        let method = match options.method {
            UrlMethod::Get => Method::GET,
            UrlMethod::Head => Method::HEAD,
            _ => return Err(Error::unsupported("sign URLs for that method")),
        };
        let extra = SignedUrlOptions::new().with_query(self.overrides(options.overrides)?);
        let url = signer.signed_url_opts(method, &path(key), life, &extra).await.map_err(translate)?;
        Ok(FileUrl::signed(url, start + life))
    }

    pub(crate) fn signer(&self) -> Result<&UrlSigner> {
        self.signer.as_ref().ok_or_else(|| Error::unsupported("sign URLs"))
    }

    /// Since when and how long a signature is valid, in whole seconds.
    pub(crate) fn life(&self, asked: Option<Duration>) -> Result<(SystemTime, Duration)> {
        let life = asked.unwrap_or(self.config.url_expires_in).min(MAX_EXPIRY).as_secs();
        if life == 0 {
            let message = "a signed URL must live for a second at least";
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        // The signer looks at the clock a moment later: the URL lives no shorter than is said.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Ok((UNIX_EPOCH + Duration::from_secs(now), Duration::from_secs(life)))
    }

    /// The overrides as the query of a URL.
    fn overrides(&self, overrides: ResponseOverrides) -> Result<Vec<(&'static str, String)>> {
        let ResponseOverrides { content_type, content_disposition, .. } = &overrides;
        let documented = [
            ("response-content-type", content_type.clone()),
            ("response-content-disposition", content_disposition.clone()),
        ];
        let others = [
            ("response-content-encoding", overrides.content_encoding),
            ("response-content-language", overrides.content_language),
            ("response-cache-control", overrides.cache_control),
            ("response-expires", overrides.expires.map(httpdate::fmt_http_date)),
        ];
        let others: Vec<_> = others.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        // "GET Object" of the XML API has these two and no others.
        if self.config.profile.signatures == Signatures::Gcs && !others.is_empty() {
            return Err(Error::unsupported(
                "override response headers other than the content type and disposition in signed URLs",
            ));
        }
        let given = documented.into_iter().filter_map(|(key, value)| Some((key, value?)));
        Ok(given.chain(others).collect())
    }
}
