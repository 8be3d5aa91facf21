//! Under construction.

#[cfg(feature = "s3-server")]
pub mod s3_server;
