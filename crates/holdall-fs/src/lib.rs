//! The local file system as a storage.

mod attributes;
mod builder;
mod copy;
mod delete;
mod directories;
mod error;
mod hop;
mod list;
mod lock;
mod placing;
mod publish;
mod read;
mod rename;
mod root;
mod save;
mod staging;
mod stat;
mod storage;
mod sweep;
#[cfg(test)]
mod tests;
mod url;
mod visibility;
mod xattr;

pub use self::builder::FileSystemStorageBuilder;
pub use self::storage::FileSystemStorage;
