//! A small web server: pages, and collected files with the content types that were stored with them.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use holdall_core::{MemoryStorage, Store};
use holdall_static::{Collector, Manifest, Report};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What the server answers from, and what it was asked.
#[derive(Debug)]
struct Shared {
    store: Store,
    /// The page at `/`.
    page: String,
    asked: Mutex<Vec<(String, StatusCode)>>,
}

/// A running server. It stops when it is dropped.
#[derive(Debug)]
pub(super) struct Site {
    shared: Arc<Shared>,
    pub(super) manifest: Manifest,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Site {
    /// Collects, and serves the files below `/static/` and the page that `page` makes of the manifest.
    pub(super) async fn serve(
        collector: Collector,
        page: impl FnOnce(&Manifest) -> String,
    ) -> (Self, Report) {
        let store = Store::new(MemoryStorage::new());
        let report = collector.collect(&store).await.unwrap();
        let manifest = Manifest::load(&store).await.unwrap();
        let page = page(&manifest);
        let shared = Arc::new(Shared { store, page, asked: Mutex::default() });
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let answering = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let shared = Arc::clone(&answering);
                tokio::spawn(async move {
                    let service = service_fn(move |request| answer(Arc::clone(&shared), request));
                    let http = hyper::server::conn::http1::Builder::new();
                    // A browser closes connections as it likes; what it asked is in the log.
                    let _ended = http.serve_connection(TokioIo::new(connection), service).await;
                });
            }
        });
        (Self { shared, manifest, address, task }, report)
    }

    /// The address of the page.
    pub(super) fn address(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The paths that were asked for, with the answers, in the order of answers.
    pub(super) fn asked(&self) -> Vec<(String, StatusCode)> {
        self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The names of static files that were asked for by no hashed name.
    pub(super) fn asked_by_own_name(&self) -> Vec<String> {
        let hashed = |name: &str| self.manifest.iter().any(|(_, hashed)| hashed == name);
        let names =
            self.asked().into_iter().filter_map(|(path, _)| Some(path.strip_prefix("/static/")?.to_owned()));
        names.filter(|name| !hashed(name)).collect()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let (status, content_type, body) = match path.strip_prefix("/static/") {
        None if path == "/" => {
            (StatusCode::OK, "text/html; charset=utf-8".to_owned(), shared.page.clone().into())
        }
        Some(name) => match file(&shared.store, name).await {
            Some((content_type, body)) => (StatusCode::OK, content_type, body),
            None => (StatusCode::NOT_FOUND, "text/plain".to_owned(), Bytes::new()),
        },
        None => (StatusCode::NOT_FOUND, "text/plain".to_owned(), Bytes::new()),
    };
    shared.asked.lock().unwrap_or_else(PoisonError::into_inner).push((path, status));
    let reply = Response::builder().status(status).header(CONTENT_TYPE, content_type);
    Ok(reply.body(Full::new(body)).expect("stored content types are headers"))
}

async fn file(store: &Store, name: &str) -> Option<(String, Bytes)> {
    let file = store.open(name).await.ok()?;
    let content_type = file.metadata().content_type().to_owned();
    Some((content_type, file.bytes().await.ok()?))
}
