//! The factories of the backends that come with Holdall: settings in, store out.

#[cfg(feature = "azure")]
pub(crate) mod azure;
#[cfg(feature = "fs")]
pub(crate) mod fs;
#[cfg(feature = "gcs")]
pub(crate) mod gcs;
pub(crate) mod memory;
#[cfg(feature = "__object-store")]
mod object_store;
#[cfg(feature = "s3")]
pub(crate) mod s3;
