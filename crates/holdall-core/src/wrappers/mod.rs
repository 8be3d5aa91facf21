//! Storages that are made of other storages.

#[cfg(feature = "gzip")]
mod gzip;
mod located;
mod media;
mod policy;
mod read_only;
mod static_files;
#[cfg(test)]
mod tests;

#[cfg(feature = "gzip")]
pub use self::gzip::Gzipped;
pub use self::located::Located;
pub use self::media::MediaStorage;
pub use self::read_only::ReadOnly;
pub use self::static_files::StaticStorage;
