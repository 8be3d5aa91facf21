//! Settings from outside: what applications write, and the exact sentence for everything that is wrong.

#[cfg(feature = "s3")]
mod cloudfront;
#[cfg(all(feature = "azure", feature = "gcs"))]
mod clouds;
mod environment;
#[cfg(all(feature = "fs", feature = "s3"))]
mod five_lines;
#[cfg(feature = "fs")]
mod fs;
#[cfg(feature = "s3")]
mod gzip;
#[cfg(all(feature = "fs", feature = "s3", feature = "gcs", feature = "azure"))]
mod hostile;
mod layers;
mod mistakes;
mod policy;
#[cfg(feature = "s3")]
mod s3;
mod secrets;
#[cfg(all(feature = "fs", feature = "static"))]
mod static_files;
mod third_party;
mod typed;
mod urls;
mod values;

use holdall::{ErrorKind, MemoryStorage, Storages, StoragesBuilder, Store};

/// A builder with a backend `shared`, all of whose storages keep their files in the store that is
/// returned.
fn shared() -> (StoragesBuilder, Store) {
    let underneath = Store::new(MemoryStorage::new());
    let opened = underneath.clone();
    (Storages::builder().register("shared", move |_| Ok(opened.clone())), underneath)
}

/// Why that text is refused.
#[track_caller]
fn refused(builder: StoragesBuilder) -> String {
    let error = builder.build().expect_err("the settings are wrong");
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    error.to_string()
}

/// Builds every text of a table and compares the sentences.
#[track_caller]
fn expect_refusals(table: &[(&str, &str)]) {
    for (text, sentence) in table {
        assert_eq!(refused(Storages::builder().toml(*text)), *sentence, "for\n{text}");
    }
}
