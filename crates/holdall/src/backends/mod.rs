//! The factories of the backends that come with Holdall: settings in, store out.

#[cfg(feature = "fs")]
pub(crate) mod fs;
pub(crate) mod memory;
#[cfg(feature = "s3")]
pub(crate) mod s3;
