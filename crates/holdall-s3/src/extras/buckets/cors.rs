//! CORS: which web pages may talk to a bucket.

use std::time::Duration;

use aws_sdk_s3::operation::get_bucket_cors::GetBucketCorsOutput;
use aws_sdk_s3::types::{CorsConfiguration, CorsRule as SdkRule};
use holdall_core::{Error, ErrorKind, Result};
use url::Url;

use super::{Buckets, unmade};

/// A method that a page may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CorsMethod {
    /// Read.
    Get,
    /// Look.
    Head,
    /// Upload with a presigned PUT.
    Put,
    /// Upload with a form.
    Post,
    /// Delete.
    Delete,
}

impl CorsMethod {
    const ALL: [Self; 5] = [Self::Get, Self::Head, Self::Put, Self::Post, Self::Delete];

    fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// A rule: pages of these origins may use these methods and headers ("Elements of a CORS configuration", Amazon S3
/// User Guide). The first rule that fits a request decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CorsRule {
    /// A name for people.
    pub id: Option<String>,
    /// `https://www.example.com`, or with one `*` somewhere, or `*`.
    pub origins: Vec<String>,
    /// The methods that they may use.
    pub methods: Vec<CorsMethod>,
    /// Headers that a page may send, each with at most one `*`.
    pub headers: Vec<String>,
    /// Headers of replies that a page may read.
    pub exposed: Vec<String>,
    /// How long browsers may remember the answer, in whole seconds.
    pub max_age: Option<Duration>,
}

/// The rule that browsers need to upload straight to a bucket, by a presigned PUT, by parts, or by a form, and to
/// read what was uploaded.
///
/// Pages may send the headers that an upload request can bind, and read the `ETag` (which a multipart upload must
/// report), checksum and version. Browsers remember it for an hour.
///
/// # Errors
///
/// `InvalidInput` for what is no origin: a page's origin is scheme, host and port, without a path and without a slash
/// at its end, or no page ever matches. `*` stands for every page there is, and must be given as such.
///
/// ```
/// use holdall_s3::cors_for_browser_uploads;
///
/// let rule = cors_for_browser_uploads(["https://www.example.com", "http://localhost:5173"])?;
/// assert_eq!(rule.exposed[0], "ETag");
/// assert!(cors_for_browser_uploads(["https://www.example.com/"]).is_err(), "a slash at the end");
/// # Ok::<(), holdall_core::Error>(())
/// ```
pub fn cors_for_browser_uploads<O: Into<String>>(origins: impl IntoIterator<Item = O>) -> Result<CorsRule> {
    let origins: Vec<String> = origins.into_iter().map(Into::into).collect();
    if origins.is_empty() {
        return Err(invalid("no origin is given; name those of the pages that upload"));
    }
    for origin in &origins {
        check_origin(origin)?;
    }
    let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    Ok(CorsRule {
        id: Some("holdall-browser-uploads".to_owned()),
        origins,
        methods: vec![CorsMethod::Get, CorsMethod::Head, CorsMethod::Put, CorsMethod::Post],
        headers: owned(&[
            "cache-control",
            "content-disposition",
            "content-encoding",
            "content-language",
            "content-md5",
            "content-type",
            "if-match",
            "if-none-match",
            "range",
            "x-amz-*",
        ]),
        exposed: owned(&[
            "ETag",
            "Content-Range",
            "x-amz-checksum-crc32",
            "x-amz-checksum-crc64nvme",
            "x-amz-version-id",
        ]),
        max_age: Some(Duration::from_hours(1)),
    })
}

/// Scheme, host and port, as a browser sends them.
fn check_origin(origin: &str) -> Result<()> {
    let rule = if origin == "*" {
        return Ok(());
    } else if origin.matches('*').count() > 1 {
        "it may have one \"*\" only"
    } else if !(origin.starts_with("https://") || origin.starts_with("http://")) {
        "it begins with https:// or http://"
    } else if origin.ends_with('/') {
        "it has no slash at its end"
    } else {
        // A star where a label of the host would be.
        match Url::parse(&origin.replace('*', "star")) {
            Ok(url) if url.path() == "/" && url.query().is_none() && url.fragment().is_none() => {
                let as_sent = url.origin().ascii_serialization();
                if as_sent == origin.replace('*', "star") {
                    return Ok(());
                }
                "browsers write it in lower case, without the usual port and without a user"
            }
            _ => "it has a host, perhaps a port, and nothing behind it",
        }
    };
    Err(invalid(format!("{origin:?} is not the origin of a page: {rule}")))
}

fn invalid(message: impl Into<String>) -> Error {
    Error::message(ErrorKind::InvalidInput, message)
}

impl CorsRule {
    fn to_sdk(&self) -> Result<SdkRule> {
        let some = |texts: &[String]| Some(texts.to_vec()).filter(|texts| !texts.is_empty());
        let seconds = self.max_age.map(|age| i32::try_from(age.as_secs()).unwrap_or(i32::MAX));
        SdkRule::builder()
            .set_id(self.id.clone())
            .set_allowed_origins(some(&self.origins))
            .set_allowed_methods(Some(self.methods.iter().map(|method| method.as_str().to_owned()).collect()))
            .set_allowed_headers(some(&self.headers))
            .set_expose_headers(some(&self.exposed))
            .set_max_age_seconds(seconds)
            .build()
            .map_err(|_| invalid("a CORS rule needs an origin and a method"))
    }

    fn of_server(rule: &SdkRule) -> Self {
        let method = |text: &String| CorsMethod::ALL.into_iter().find(|method| method.as_str() == text);
        Self {
            id: rule.id().map(str::to_owned),
            origins: rule.allowed_origins().to_vec(),
            methods: rule.allowed_methods().iter().filter_map(method).collect(),
            headers: rule.allowed_headers().to_vec(),
            exposed: rule.expose_headers().to_vec(),
            max_age: rule
                .max_age_seconds()
                .and_then(|age| Some(Duration::from_secs(u64::try_from(age).ok()?))),
        }
    }
}

/// The code of servers for a bucket without this setting.
const UNSET: &str = "NoSuchCORSConfiguration";

impl Buckets {
    /// The CORS rules of a bucket; none where none were set.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied` (`s3:GetBucketCORS`); `Unsupported` where the server has none.
    pub async fn cors(&self, bucket: &str) -> Result<Vec<CorsRule>> {
        let reply = self.inner.client().await?.get_bucket_cors().bucket(bucket).send().await;
        let reply = self.setting(reply, UNSET, bucket, "s3:GetBucketCORS")?;
        Ok(reply.iter().flat_map(GetBucketCorsOutput::cors_rules).map(CorsRule::of_server).collect())
    }

    /// Replaces the CORS rules of a bucket; none delete them.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a rule without origin or method; `NotFound`; `PermissionDenied` (`s3:PutBucketCORS`);
    /// `Unsupported` where the server has none.
    pub async fn set_cors(&self, bucket: &str, rules: &[CorsRule]) -> Result<()> {
        if rules.is_empty() {
            return self.delete_cors(bucket).await;
        }
        let rules = rules.iter().map(|rule| {
            if rule.origins.is_empty() || rule.methods.is_empty() {
                return Err(invalid("a CORS rule needs an origin and a method"));
            }
            rule.to_sdk()
        });
        let rules = rules.collect::<Result<Vec<_>>>().map_err(|error| self.located(error, bucket))?;
        let configuration = CorsConfiguration::builder().set_cors_rules(Some(rules)).build();
        let configuration = configuration.map_err(|error| unmade(&error))?;
        let request = self.inner.client().await?.put_bucket_cors().bucket(bucket);
        let reply = request.cors_configuration(configuration).send().await;
        reply.map_err(|error| self.failed(self.inner.failure(&error), bucket, "s3:PutBucketCORS"))?;
        Ok(())
    }

    /// Deletes the CORS rules of a bucket; fine where there are none.
    ///
    /// # Errors
    ///
    /// As [`set_cors`](Self::set_cors).
    pub async fn delete_cors(&self, bucket: &str) -> Result<()> {
        let reply = self.inner.client().await?.delete_bucket_cors().bucket(bucket).send().await;
        self.setting(reply, UNSET, bucket, "s3:PutBucketCORS").map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::{CorsRule, cors_for_browser_uploads};

    #[test]
    fn origins_are_what_browsers_send() {
        for origin in [
            "https://www.example.com",
            "http://localhost:5173",
            "https://*.example.com",
            "*",
            "http://[::1]:8000",
        ] {
            assert!(cors_for_browser_uploads([origin]).is_ok(), "{origin}");
        }
        for origin in [
            "",
            "www.example.com",
            "https://www.example.com/",
            "https://www.example.com/app",
            "https://www.example.com?x",
            "https://user@www.example.com",
            "https://WWW.example.com",
            "https://www.example.com:443",
            "https://*.*.example.com",
            "https://",
            "ftp://www.example.com",
            "null",
        ] {
            assert!(cors_for_browser_uploads([origin]).is_err(), "{origin}");
        }
        assert!(cors_for_browser_uploads::<String>([]).is_err());
    }

    #[test]
    fn rules_come_back_as_they_went() {
        let rule = cors_for_browser_uploads(["https://www.example.com"]).unwrap();
        assert_eq!(CorsRule::of_server(&rule.to_sdk().unwrap()), rule);
        // S3 takes no star in what is exposed, and one in what is allowed.
        assert!(rule.exposed.iter().all(|header| !header.contains('*')));
    }
}
