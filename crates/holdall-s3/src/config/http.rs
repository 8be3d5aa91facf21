//! How connections are made.

use std::fmt;

use aws_sdk_s3::config::SharedHttpClient;
use holdall_core::Result;
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::{Proxy, invalid};

/// The settings of connections, checked.
#[derive(Debug, Clone)]
pub(crate) struct HttpConfig {
    /// The client that the application made itself.
    pub(crate) given: Option<SharedHttpClient>,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) ca_bundle: Option<CaBundle>,
    /// Whether the server has to prove who it is.
    pub(crate) verify: bool,
    pub(crate) max_requests: Option<usize>,
}

/// Certificates of authorities, in PEM: these and no others are trusted.
#[derive(Clone)]
pub(crate) struct CaBundle(pub(crate) Vec<u8>);

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
                invalid("ca_bundle", format!("ca_bundle holds a certificate that cannot be used ({error})"))
            })?;
        }
        if store.is_empty() {
            return Err(invalid(
                "ca_bundle",
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
