//! The HTTP client: how connections are made, and how many requests there are at once.
//!
//! A storage and all its clones share one client, which has a pool of connections for each Tokio runtime. Without
//! settings for proxies, certificates and limits, it is made as the SDK makes its own.

mod limit;
mod per_runtime;
mod proxy;
mod unverified;

use std::fmt;

use aws_sdk_s3::config::{IntoShared as _, RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use holdall_core::Result;
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use self::limit::Limited;
use self::per_runtime::PerRuntime;
pub(crate) use self::proxy::Proxy;
use crate::config::invalid;

/// How connections are made, checked.
#[derive(Debug, Clone)]
pub(crate) struct HttpConfig {
    /// What the application made itself.
    pub(crate) given: Option<SharedHttpClient>,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) ca_bundle: Option<CaBundle>,
    /// Whether the server has to prove who it is.
    pub(crate) verify: bool,
    pub(crate) max_requests: Option<usize>,
}

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

/// Certificates of authorities, in PEM: these and no others are trusted.
#[derive(Clone)]
pub(crate) struct CaBundle(Vec<u8>);

impl CaBundle {
    /// # Errors
    ///
    /// `InvalidConfig` unless it holds at least one certificate, and certificates only that can be read.
    pub(crate) fn new(pem: Vec<u8>) -> Result<Self> {
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let added = certificate
                .map_err(|error| error.to_string())
                .and_then(|certificate| store.add(certificate).map_err(|error| error.to_string()));
            added.map_err(|error| {
                invalid(format!("ca_bundle holds a certificate that cannot be used ({error})"))
            })?;
        }
        if store.is_empty() {
            return Err(invalid(
                "ca_bundle holds no certificate; it is a PEM file, with \"-----BEGIN CERTIFICATE-----\"",
            ));
        }
        Ok(Self(pem))
    }
}

impl fmt::Debug for CaBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaBundle(..)")
    }
}
