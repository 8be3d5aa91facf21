//! How many requests of one storage are on their way at once.
//!
//! A request has its turn from the moment in which it is sent until its reply begins. For everything but
//! downloads that is all of it; the body of a download is not counted, because its pace is the caller's: a
//! slow reader must not keep others waiting, nor itself when it saves something meanwhile. Requests wait in the order in which they came.

use std::sync::Arc;

use aws_sdk_s3::config::{
    ConfigBag, HttpClient, RuntimeComponents, RuntimeComponentsBuilder, SharedHttpClient,
};
use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use tokio::sync::Semaphore;

/// A client whose requests take turns.
#[derive(Debug)]
pub(super) struct Limited {
    inner: SharedHttpClient,
    turns: Arc<Semaphore>,
}

impl Limited {
    pub(super) fn new(inner: SharedHttpClient, max: usize) -> Self {
        Self { inner, turns: Arc::new(Semaphore::new(max)) }
    }
}

impl HttpClient for Limited {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(LimitedConnector { inner, turns: Arc::clone(&self.turns) })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.inner.validate_base_client_config(components, config)
    }

    fn validate_final_config(
        &self,
        components: &RuntimeComponents,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.inner.validate_final_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}

#[derive(Debug)]
struct LimitedConnector {
    inner: SharedHttpConnector,
    turns: Arc<Semaphore>,
}

impl HttpConnector for LimitedConnector {
    /// The turn is given back when the future ends or is dropped, wherever it was.
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let inner = self.inner.clone();
        let turns = Arc::clone(&self.turns);
        HttpConnectorFuture::new(async move {
            let _turn =
                turns.acquire_owned().await.map_err(|error| ConnectorError::other(error.into(), None))?;
            inner.call(request).await
        })
    }
}
