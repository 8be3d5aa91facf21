//! The host that a request is signed for.

use aws_sdk_s3::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use holdall_core::{Error, ErrorKind, Result};
use percent_encoding::utf8_percent_encode;
use url::Url;

use super::client::Inner;
use super::encoding::PATH;
use crate::config::for_resolver;

impl Inner {
    /// The URL of an object, without a query, as browsers reach it.
    pub(crate) async fn object_url(&self, key: &str) -> Result<String> {
        Ok(format!("{}/{}", self.bucket_address().await?, utf8_percent_encode(key, PATH)))
    }

    /// The URL that forms are posted to. In virtual-hosted style the bucket's path is `/`.
    pub(crate) async fn form_url(&self) -> Result<String> {
        let base = self.bucket_address().await?;
        let has_path = Url::parse(base).is_ok_and(|url| url.path() != "/");
        Ok(if has_path { base.to_owned() } else { format!("{base}/") })
    }

    /// The public endpoint, else the API's, else AWS's of the region: always the regional host, since a
    /// signature names the region and the global one redirects.
    async fn bucket_address(&self) -> Result<&str> {
        let found = self.address.get_or_try_init(|| async {
            let server = &self.config.server;
            let (endpoint, path_style) = match &self.config.urls.public_endpoint {
                Some(public) => (Some(&public.url), public.path_style),
                None => (server.endpoint.as_ref(), server.path_style),
            };
            let region = match (&server.region, endpoint) {
                (Some(region), _) => region.clone(),
                // Anything will do: the host is the endpoint's.
                (None, Some(_)) => "us-east-1".to_owned(),
                (None, None) => self.sdk().await?.region.clone(),
            };
            let params = Params::builder()
                .bucket(self.bucket())
                .region(region)
                .set_endpoint(endpoint.map(for_resolver))
                .force_path_style(path_style)
                .build()
                .map_err(cannot)?;
            let resolver = DefaultResolver::new();
            let endpoint = resolver.resolve_endpoint(&params).await.map_err(cannot)?;
            Ok(endpoint.url().trim_end_matches('/').to_owned())
        });
        found.await.map(String::as_str)
    }
}

fn cannot(error: impl std::fmt::Display) -> Error {
    Error::message(ErrorKind::InvalidConfig, format!("no URL can be made: {error}"))
}
