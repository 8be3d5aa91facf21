//! The client that believes every certificate. The SDK's own has no such setting, so that this one is made of the same
//! parts, hyper and rustls, and of as few of them as possible.

use std::sync::Arc;

use aws_sdk_s3::config::{HttpClient, IntoShared as _, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as TcpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

/// Makes one, with a pool of its own.
pub(super) fn client() -> SharedHttpClient {
    let crypto = Arc::new(aws_lc_rs::default_provider());
    let tls = ClientConfig::builder_with_provider(Arc::clone(&crypto))
        .with_safe_default_protocol_versions()
        .expect("the provider knows TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(BelievesEverything(crypto)))
        .with_no_client_auth();
    Unverified { tls: Arc::new(tls), made: std::sync::OnceLock::new() }.into_shared()
}

#[derive(Debug)]
struct Unverified {
    tls: Arc<ClientConfig>,
    /// Made once: all requests of a storage have the same connect timeout, and share one pool.
    made: std::sync::OnceLock<SharedHttpConnector>,
}

impl HttpClient for Unverified {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let make = || {
            let mut tcp = TcpConnector::new();
            tcp.enforce_http(false);
            tcp.set_nodelay(true);
            tcp.set_connect_timeout(settings.connect_timeout());
            let https = HttpsConnector::from((tcp, Arc::clone(&self.tls)));
            let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(https);
            SharedHttpConnector::new(Connector(client))
        };
        self.made.get_or_init(make).clone()
    }
}

#[derive(Debug)]
struct Connector(Client<HttpsConnector<TcpConnector>, SdkBody>);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
            let reply = client.request(request).await.map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(reply.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Accepts every certificate, by any signer. The signatures of the handshake itself are checked as usual.
#[derive(Debug)]
struct BelievesEverything(Arc<CryptoProvider>);

impl ServerCertVerifier for BelievesEverything {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
