//! The factories of the backends that come with Holdall: settings in, store out.

pub(crate) mod memory;
