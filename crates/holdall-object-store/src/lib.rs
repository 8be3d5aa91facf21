#![doc = include_str!("docs.md")]

mod builder;
mod client;
mod conditional;
mod config;
#[cfg(feature = "__http")]
mod connector;
mod copy;
mod delete;
mod error;
mod gather;
mod list;
#[cfg(feature = "fs")]
mod local;
mod metadata;
mod multipart;
mod naming;
#[cfg(feature = "__http")]
mod presign;
mod profile;
mod publish;
mod read;
mod reverse;
mod save;
mod storage;
#[cfg(feature = "__http")]
mod upload_request;
mod url;

pub use self::builder::ObjectStoreStorageBuilder;
#[cfg(feature = "__http")]
pub use self::connector::Connector;
pub use self::profile::{Profile, Update};
pub use self::reverse::StorageObjectStore;
pub use self::storage::ObjectStoreStorage;

/// The crate whose stores these are.
pub use object_store;

/// The examples of the crate's README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
