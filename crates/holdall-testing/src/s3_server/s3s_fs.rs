//! The second opinion: `s3s-fs`, an S3 server over a directory that others wrote, with its own bugs.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::LoggedRequest;
use super::builder::{DEFAULT_ACCESS_KEY, DEFAULT_SECRET_KEY};
use super::connection::serve;
use super::faults::FaultList;
use super::log::Log;
use super::service::Shared;

/// [`s3s-fs`](https://docs.rs/s3s-fs) over a temporary directory, on a loopback socket with `TCP_NODELAY` set.
///
/// It knows no faults, and differs from S3 in many ways (no conditional reads, ACLs and tags accepted and dropped, no
/// `a` beside `a/b`): what passes on both servers is not a quirk of one of them. Stops, and deletes the directory,
/// when it is dropped.
pub struct S3FsServer {
    address: SocketAddr,
    access_key: String,
    secret_key: String,
    log: Arc<Log>,
    task: JoinHandle<()>,
    root: TempDir,
}

impl fmt::Debug for S3FsServer {
    /// Without keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3FsServer").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}

impl S3FsServer {
    /// The settings: without a call, one pair of keys and no bucket.
    pub fn builder() -> S3FsServerBuilder {
        S3FsServerBuilder {
            access_key: DEFAULT_ACCESS_KEY.to_owned(),
            secret_key: DEFAULT_SECRET_KEY.to_owned(),
            buckets: Vec::new(),
        }
    }

    /// The URL to point a client at.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The access key.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// The secret key.
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// The directory that the buckets are in.
    pub fn root(&self) -> &std::path::Path {
        self.root.path()
    }

    /// Every request so far, oldest first. Operations are told from the requests' lines.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.log.requests()
    }
}

impl Drop for S3FsServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Builds an [`S3FsServer`].
pub struct S3FsServerBuilder {
    access_key: String,
    secret_key: String,
    buckets: Vec<String>,
}

impl fmt::Debug for S3FsServerBuilder {
    /// Without the secret key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3FsServerBuilder").field("buckets", &self.buckets).finish_non_exhaustive()
    }
}

impl S3FsServerBuilder {
    /// The pair of keys that may do everything.
    pub fn credentials(mut self, access_key: impl Into<String>, secret_key: impl Into<String>) -> Self {
        self.access_key = access_key.into();
        self.secret_key = secret_key.into();
        self
    }

    /// A bucket that exists from the start.
    pub fn bucket(mut self, name: impl Into<String>) -> Self {
        self.buckets.push(name.into());
        self
    }

    /// Makes the directory and serves, on the current Tokio runtime.
    ///
    /// # Errors
    /// `InvalidInput` for a bucket name that S3 would refuse; otherwise what making the directories or binding failed
    /// with.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub async fn start(self) -> io::Result<S3FsServer> {
        let root = TempDir::new()?;
        for name in &self.buckets {
            if !s3s::path::check_bucket_name(name) {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    format!("{name:?} is no bucket name"),
                ));
            }
            std::fs::create_dir(root.path().join(name))?;
        }
        let files =
            s3s_fs::FileSystem::new(root.path()).map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(self.access_key.clone(), self.secret_key.clone()));

        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let log = Arc::new(Log::default());
        let shared = Shared {
            needs_length: false,
            backend: None,
            domain: None,
            s3: service.build(),
            log: Arc::clone(&log),
            faults: Arc::new(FaultList::new(0)),
        };
        let task = tokio::spawn(serve(listener, shared));
        Ok(S3FsServer { address, access_key: self.access_key, secret_key: self.secret_key, log, task, root })
    }
}
