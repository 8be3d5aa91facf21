//! The HTTP client: how connections are made, and how many requests there are at once.
//!
//! A storage and all its clones share one client, which has a pool of connections for each Tokio runtime. Without
//! settings for proxies, certificates and limits, it is made as the SDK makes its own.

mod limit;
mod per_runtime;
mod unverified;

use aws_sdk_s3::config::{IntoShared as _, RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};

use self::limit::Limited;
use self::per_runtime::PerRuntime;
use crate::config::{CaBundle, HttpConfig, Proxy};

impl HttpConfig {
    /// The client that the application gave, or the one that the settings of connections need.
    ///
    /// `None` where neither is so: then a client in the [`sdk_config`](crate::S3StorageBuilder::sdk_config) counts,
    /// and otherwise [`plain`](Self::plain).
    pub(crate) fn client(&self) -> Option<SharedHttpClient> {
        if let Some(given) = &self.given {
            return Some(given.clone());
        }
        if !self.verify {
            return Some(PerRuntime::client(unverified::client));
        }
        let is_plain = self.proxy.is_none() && self.ca_bundle.is_none();
        (!is_plain).then(|| connecting(self.proxy.clone(), self.ca_bundle.clone()))
    }

    /// The client where nothing is set.
    pub(crate) fn plain() -> SharedHttpClient {
        connecting(None, None)
    }

    /// The same for requests to the storage, which count.
    pub(crate) fn limited(&self, client: Option<SharedHttpClient>) -> Option<SharedHttpClient> {
        let Some(max) = self.max_requests else { return client };
        let inner = client.unwrap_or_else(Self::plain);
        Some(Limited::new(inner, max).into_shared())
    }
}

/// The SDK's own client but for proxy and certificates. Without a proxy, the environment is asked, as the SDK
/// does (`HTTPS_PROXY`, `NO_PROXY` and their kin).
fn connecting(proxy: Option<Proxy>, ca_bundle: Option<CaBundle>) -> SharedHttpClient {
    PerRuntime::client(move || connecting_here(proxy.clone(), ca_bundle.clone()))
}

/// The same with one pool.
fn connecting_here(proxy: Option<Proxy>, ca_bundle: Option<CaBundle>) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let trusted = match &ca_bundle {
            Some(bundle) => TrustStore::empty().with_pem_certificate(bundle.0.clone()),
            None => TrustStore::default(),
        };
        let context =
            TlsContext::builder().with_trust_store(trusted).build().expect("a trust store is enough");
        let mut builder = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context)
            .proxy_config(proxy.as_ref().map_or_else(ProxyConfig::from_env, Proxy::to_config));
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.build()
    })
}
