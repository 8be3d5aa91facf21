//! Tests for Holdall storages: the conformance suite that every storage must pass, and an in-memory S3
//! server with faults.
//!
//! - `conformance` (feature `conformance`, on by default): every promise of the contract as a public
//!   function. A third party's storage is tested in five lines.
//! - `s3_server` (feature `s3-server`): a server for any S3 client, with a request log and faults. It
//!   knows nothing of Holdall.
//! - `misbehaving` (the same feature): a server that answers with whatever proxies, consoles and cut
//!   connections do.
//! - feature `s3s-fs`: a second opinion, `s3s-fs` over a temporary directory.
//! - `foreign` (feature `foreign-servers`): `SeaweedFS` and moto, started and ended by a test.

#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "foreign-servers")]
pub mod foreign;
#[cfg(feature = "s3-server")]
pub mod misbehaving;
#[cfg(feature = "s3-server")]
pub mod s3_server;
