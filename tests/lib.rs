//! Memory, a disk and a bucket, all made from settings as an application makes them.

use holdall::{Result, Storages, Store};
use holdall_testing::s3_server::S3Server;
use tempfile::TempDir;

/// One store of each kind, and what they need to live.
#[derive(Debug)]
pub struct House {
    storages: Storages,
    _disk: TempDir,
    _server: S3Server,
}

impl House {
    /// Makes the stores `memory`, `disk` and `bucket`.
    ///
    /// # Errors
    ///
    /// Those of the settings.
    ///
    /// # Panics
    ///
    /// If there is no temporary directory or no free port: there is nothing to test then.
    pub async fn build() -> Result<Self> {
        let disk = tempfile::tempdir().expect("a temporary directory");
        let server = S3Server::builder().credentials("AKID", "secret").bucket("site").start().await;
        let server = server.expect("a free port on the loopback interface");
        let root = disk.path().to_str().expect("a temporary path is text");
        let settings = format!(
            "[storages.memory]\nbackend = 'memory'\n\
             [storages.disk]\nbackend = 'fs'\nroot = '{root}'\n\
             [storages.bucket]\nbackend = 's3'\nbucket = 'site'\nlocation = 'media'\n\
             endpoint = '{}'\naccess_key = 'AKID'\nsecret_key = 'secret'\nchecksum_mode = 'when_supported'\n",
            server.endpoint()
        );
        let storages = Storages::builder().toml(settings).build()?;
        Ok(Self { storages, _disk: disk, _server: server })
    }

    /// The store of that name.
    ///
    /// # Errors
    ///
    /// `InvalidConfig` for a name that is none of the three.
    pub fn store(&self, name: &str) -> Result<Store> {
        self.storages.get(name)
    }
}

/// The five lines of the repository's README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
