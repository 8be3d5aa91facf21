#![doc = include_str!("docs/crate.md")]

mod backends;
mod builder;
mod concrete;
mod layers;
mod open;
mod options;
mod place;
mod policy;
mod problems;
mod registry;
#[cfg(feature = "static")]
mod static_settings;
mod storages;
mod value;

#[doc(inline)]
pub use holdall_core::*;
/// Files in a directory of this machine: the crate `holdall-fs`.
#[cfg(feature = "fs")]
#[doc(inline)]
pub use holdall_fs as fs;
/// Files in Google Cloud Storage, Azure and other stores: the crate `holdall-object-store`.
#[cfg(feature = "__object-store")]
#[doc(inline)]
pub use holdall_object_store as object_store;
/// Files in a bucket: the crate `holdall-s3`.
#[cfg(feature = "s3")]
#[doc(inline)]
pub use holdall_s3 as s3;
/// Static files, found, hashed, rewritten and published: the crate `holdall-static`.
#[cfg(feature = "static")]
#[doc(inline)]
pub use holdall_static as static_files;

pub use self::builder::StoragesBuilder;
pub use self::concrete::Backend;
pub use self::open::open_url;
pub use self::options::StorageSettings;
pub use self::place::Place;
#[cfg(feature = "static")]
pub use self::static_settings::{StaticCheck, StaticSettings};
pub use self::storages::Storages;
pub use self::value::SettingOrigin;

/// The examples of the crate's README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
