//! One pool of connections for each Tokio runtime.
//!
//! A connection is driven by a task of the runtime on which it was made, and dies with it. A storage in a `static`
//! outlives runtimes: each `#[tokio::test]` has one of its own, and so has each worker of actix. In one pool for all
//! of them, a request would be given a connection whose task is gone ("runtime dropped the dispatch task").

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use aws_sdk_s3::config::{HttpClient, IntoShared as _, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpConnector};
use tokio::runtime::{Handle, Id};
use tokio::sync::oneshot;

/// A client that makes another one for each runtime.
pub(super) struct PerRuntime {
    make: Box<dyn Fn() -> SharedHttpClient + Send + Sync>,
    pools: Mutex<HashMap<Option<Id>, Pool>>,
}

/// The client of one runtime.
struct Pool {
    client: SharedHttpClient,
    /// Gone when the runtime is: a task of the runtime holds it. `None` outside of a runtime.
    runtime: Option<Weak<()>>,
    /// Ends that task when the storage is dropped.
    _end: Option<oneshot::Sender<()>>,
}

impl PerRuntime {
    /// A client that is made of what `make` makes.
    pub(super) fn client(make: impl Fn() -> SharedHttpClient + Send + Sync + 'static) -> SharedHttpClient {
        Self { make: Box::new(make), pools: Mutex::default() }.into_shared()
    }

    /// The client of the current runtime. Those of runtimes that have ended are dropped on the way.
    fn here(&self) -> SharedHttpClient {
        let handle = Handle::try_current().ok();
        let id = handle.as_ref().map(Handle::id);
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = pools.get(&id).filter(|pool| pool.is_alive()) {
            return pool.client.clone();
        }
        pools.retain(|_, pool| pool.is_alive());
        let client = (self.make)();
        let (end, ended) = oneshot::channel::<()>();
        let runtime = handle.map(|handle| {
            let alive = Arc::new(());
            let watched = Arc::downgrade(&alive);
            handle.spawn(async move {
                // An error says that the storage is gone.
                ended.await.ok();
                drop(alive);
            });
            watched
        });
        let pool = Pool { client: client.clone(), _end: runtime.is_some().then_some(end), runtime };
        pools.insert(id, pool);
        client
    }
}

impl Pool {
    fn is_alive(&self) -> bool {
        self.runtime.as_ref().is_none_or(|runtime| runtime.strong_count() > 0)
    }
}

impl HttpClient for PerRuntime {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.here().http_connector(settings, components)
    }
}

impl fmt::Debug for PerRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PerRuntime")
    }
}
