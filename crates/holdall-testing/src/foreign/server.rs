//! A running server, and how to ask for one.

use std::fmt;
use std::io;
use std::time::{Duration, Instant};

use super::process::Process;
use super::product::Plan;
use super::{Product, Programs};

/// How long a server may take to start, on a machine that does other things too.
const START_DEADLINE: Duration = Duration::from_mins(1);
/// How often it is started when its ports were taken in between.
const ATTEMPTS: u32 = 3;

/// A server that others wrote, on free ports of `127.0.0.1`; see the [module](super) for what is promised. It ends,
/// and its data is gone, when this is dropped.
pub struct ForeignServer {
    product: Product,
    port: u16,
    access_key: String,
    secret_key: String,
    process: Process,
}

impl ForeignServer {
    /// The settings: without a call, one pair of keys and no bucket.
    pub fn builder(product: Product) -> ForeignServerBuilder {
        ForeignServerBuilder {
            product,
            access_key: "AKIDFOREIGN".to_owned(),
            secret_key: "secret-foreign".to_owned(),
            buckets: Vec::new(),
        }
    }

    /// Which one it is.
    pub fn product(&self) -> Product {
        self.product
    }

    /// The URL to point a client at.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The access key.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// The secret key.
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// The folder of its data and its log.
    pub fn folder(&self) -> &std::path::Path {
        self.process.folder()
    }
}

impl fmt::Debug for ForeignServer {
    /// Without keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignServer")
            .field("product", &self.product)
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}

/// Starts a [`ForeignServer`].
pub struct ForeignServerBuilder {
    pub(super) product: Product,
    pub(super) access_key: String,
    pub(super) secret_key: String,
    pub(super) buckets: Vec<String>,
}

impl fmt::Debug for ForeignServerBuilder {
    /// Without the secret key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignServerBuilder")
            .field("product", &self.product)
            .field("buckets", &self.buckets)
            .finish_non_exhaustive()
    }
}

impl ForeignServerBuilder {
    /// The keys of the one user, who may do everything: letters, digits, `-` and `_`.
    pub fn credentials(mut self, access_key: impl Into<String>, secret_key: impl Into<String>) -> Self {
        self.access_key = access_key.into();
        self.secret_key = secret_key.into();
        self
    }

    /// A bucket that is there from the start. Can be called several times.
    pub fn bucket(mut self, name: impl Into<String>) -> Self {
        self.buckets.push(name.into());
        self
    }

    /// Starts the server and waits until it answers. Needs a Tokio runtime with I/O and time.
    ///
    /// # Errors
    ///
    /// `NotFound` where its program is not installed; `InvalidInput` for keys or buckets that cannot be written
    /// into its settings; `TimedOut` or `Other`, with the last lines of its log, where it does not come up.
    pub async fn start(self, programs: &Programs) -> io::Result<ForeignServer> {
        let plain = |text: &String| {
            let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
            !text.is_empty() && text.bytes().all(good)
        };
        if ![&self.access_key, &self.secret_key].into_iter().chain(&self.buckets).all(plain) {
            let message = "keys and buckets must be letters, digits, \"-\" and \"_\"";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let mut attempt = 1;
        loop {
            match self.try_start(programs).await {
                // Most likely a port was taken between looking and binding.
                Err(error) if error.kind() == io::ErrorKind::Other && attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
                Ok((process, port)) => {
                    let Self { product, access_key, secret_key, .. } = self;
                    return Ok(ForeignServer { product, port, access_key, secret_key, process });
                }
            }
        }
    }

    async fn try_start(&self, programs: &Programs) -> io::Result<(Process, u16)> {
        let folder = tempfile::Builder::new().prefix("holdall-foreign-").tempdir()?;
        let mut plan = Plan::new(self, programs, folder.path())?;
        let job = std::mem::take(&mut plan.job);
        let mut process = Process::start(programs, folder, job)?;
        let begun = Instant::now();
        while !plan.is_ready().await {
            let gave_up = if let Some(status) = process.ended()? {
                Some(io::Error::other(format!("{} ended ({status})", self.product)))
            } else if begun.elapsed() > START_DEADLINE {
                let message = format!("{} does not answer", self.product);
                Some(io::Error::new(io::ErrorKind::TimedOut, message))
            } else {
                None
            };
            if let Some(error) = gave_up {
                let message = format!("{error}; the end of its log is:\n{}", process.last_words());
                return Err(io::Error::new(error.kind(), message));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok((process, plan.port))
    }
}
