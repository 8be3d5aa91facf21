//! URLs: plain ones, and ones signed with version 4, by which everybody who has them may read one file.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_s3::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_sdk_s3::presigning::PresigningConfig;
use holdall_core::{Error, ErrorKind, FileUrl, Name, Result, UrlMethod, UrlOptions, Visibility};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::client::{Inner, Sdk};

/// The longest life of a signed URL: S3's limit, which the SDK enforces.
pub(crate) const MAX_EXPIRY: Duration = Duration::from_hours(7 * 24);

/// What stays as it is in the path of a URL: RFC 3986's unreserved characters, and the slash.
pub(crate) const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

impl Inner {
    /// See [`Storage::url`](holdall_core::Storage::url).
    pub(crate) async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        let key = self.key(name)?;
        match options.visibility.unwrap_or(self.config.urls.visibility) {
            Visibility::Public if !options.overrides.is_empty() => {
                Err(Error::unsupported("override response headers in plain URLs; ask for a signed one"))
            }
            Visibility::Public if options.version.is_some() => {
                Err(Error::unsupported("show a version in a plain URL; ask for a signed one"))
            }
            Visibility::Public => Ok(FileUrl::plain(self.plain(&key).await?)),
            Visibility::Private => match &self.config.cloudfront {
                Some(cloudfront) => self.cloudfront_url(cloudfront, &key, &options),
                None => self.signed(&key, options).await,
            },
        }
    }

    /// The plain URL: that of the custom domain, else the one that the SDK itself would send requests to.
    async fn plain(&self, key: &Name) -> Result<String> {
        let path = utf8_percent_encode(key.as_str(), PATH);
        if let Some(base) = &self.config.urls.public_base {
            return Ok(format!("{base}/{path}"));
        }
        let region = match (&self.config.server.region, &self.config.server.endpoint) {
            (Some(region), _) => region.clone(),
            // Anything will do: the host is the endpoint's.
            (None, Some(_)) => "us-east-1".to_owned(),
            (None, None) => self.sdk().await?.region.clone(),
        };
        let endpoint =
            self.config.server.endpoint.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        let params = Params::builder()
            .bucket(self.bucket())
            .region(region)
            .set_endpoint(endpoint)
            .force_path_style(self.config.server.path_style)
            .build()
            .map_err(cannot)?;
        let resolver = DefaultResolver::new();
        let endpoint = resolver.resolve_endpoint(&params).await.map_err(cannot)?;
        Ok(format!("{}/{path}", endpoint.url().trim_end_matches('/')))
    }

    /// A signed URL, which says when it really ends: after what was asked for, seven days, or with the
    /// credentials that signed it.
    async fn signed(&self, key: &Name, options: UrlOptions) -> Result<FileUrl> {
        let Sdk { client, credentials, .. } = self.sdk().await?;
        // Signatures have whole seconds; what would be left of a fraction is cut off.
        let start = whole_seconds(self.now());
        let asked = options.expires_in.unwrap_or(self.config.urls.expires_in).min(MAX_EXPIRY);
        let asked = Duration::from_secs(asked.as_secs());
        let credentials = self.url_credentials.for_url(credentials, start, asked).await?;
        let life = credentials
            .expiry()
            .map_or(asked, |end| end.duration_since(start).unwrap_or_default().min(asked));
        let life = Duration::from_secs(life.as_secs());
        if life.is_zero() {
            return Err(if asked.is_zero() {
                Error::message(ErrorKind::InvalidInput, "a signed URL must live for a second at least")
            } else {
                Error::message(ErrorKind::PermissionDenied, "the credentials have expired")
            });
        }
        let config =
            PresigningConfig::builder().start_time(start).expires_in(life).build().map_err(cannot)?;
        let signer = aws_sdk_s3::Config::builder().credentials_provider(credentials);
        let UrlOptions { overrides, version, method, .. } = options;
        // The two operations differ in their types only.
        macro_rules! presign {
            ($operation:ident) => {
                client
                    .$operation()
                    .bucket(self.bucket())
                    .key(key.as_str())
                    .set_version_id(version)
                    .set_response_content_type(overrides.content_type)
                    .set_response_content_disposition(overrides.content_disposition)
                    .set_response_content_encoding(overrides.content_encoding)
                    .set_response_content_language(overrides.content_language)
                    .set_response_cache_control(overrides.cache_control)
                    .customize()
                    .config_override(signer)
                    .presigned(config)
                    .await
                    .map_err(|error| self.failure(&error))?
            };
        }
        let request = match method {
            UrlMethod::Get => presign!(get_object),
            UrlMethod::Head => presign!(head_object),
            _ => return Err(Error::unsupported("sign URLs for that method")),
        };
        Ok(FileUrl::signed(request.uri(), start + life))
    }
}

fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

fn cannot(error: impl std::fmt::Display) -> Error {
    Error::message(ErrorKind::InvalidConfig, format!("no URL can be made: {error}"))
}
