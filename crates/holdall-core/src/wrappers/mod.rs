//! Storages that are made of other storages.

mod located;
mod media;
mod policy;
mod read_only;
mod static_files;
#[cfg(test)]
mod tests;

pub use self::located::Located;
pub use self::media::MediaStorage;
pub use self::read_only::ReadOnly;
pub use self::static_files::StaticStorage;
