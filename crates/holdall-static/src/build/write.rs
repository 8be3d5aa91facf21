//! Writing what is embedded: the bytes of all files, one after the other; the index that says which are whose; and the
//! table of URLs that the compiler looks names up in.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::TryStreamExt as _;
use holdall_core::{Entry, Error, ErrorKind, Operation, Result, Store};

use crate::collect::url_path;
use crate::digest::Digests;
use crate::generations::GenerationId;
use crate::hash::HashAlgorithm;
use crate::manifest::{COPIES_NAME, MANIFEST_NAME, Manifest};
use crate::program::{Index, IndexedFile, VERSION};

pub(super) async fn write(store: &Store, base: &str, out: &Path) -> Result<()> {
    let mut bytes = Vec::new();
    let mut starts: HashMap<String, u64> = HashMap::new();
    let mut index = Index { version: VERSION, base: base.to_owned(), built: built()?, files: Vec::new() };
    let mut entries = store.list("").recursive().stream();
    while let Some(entry) = entries.try_next().await? {
        let Entry::File(entry) = entry else { continue };
        // Records for the next collection; a program is never collected into.
        if GenerationId::of_manifest_name(&entry.name).is_some() || entry.name == COPIES_NAME {
            continue;
        }
        let file = store.open(&entry.name).await?;
        let attributes = file.metadata().attributes.clone();
        let body = file.bytes().await?;
        let digests = Digests::of(&body, HashAlgorithm::Md5);
        let start = *starts.entry(digests.sha256()).or_insert_with(|| {
            let start = bytes.len() as u64;
            bytes.extend_from_slice(&body);
            start
        });
        let hash = digests.md5();
        index.files.push(IndexedFile::new(entry.name, start, body.len() as u64, hash, attributes));
    }
    let mut urls = String::new();
    if store.exists(MANIFEST_NAME).await? {
        for (name, hashed) in Manifest::load(store).await?.iter() {
            _ = writeln!(urls, "{name}\t{base}{}", url_path(hashed));
        }
    }
    let index =
        serde_json::to_vec(&index).map_err(|error| Error::message(ErrorKind::Other, error.to_string()))?;
    for (name, content) in [("files.bin", bytes), ("index.json", index), ("urls.txt", urls.into_bytes())] {
        let path = out.join(name);
        fs::create_dir_all(out).and_then(|()| fs::write(&path, content)).map_err(|error| {
            let message = format!("{} cannot be written ({error})", path.display());
            Error::from_io(error).with_message(message).with_operation(Operation::Save)
        })?;
    }
    Ok(())
}

/// When this is built, in seconds since 1970; `SOURCE_DATE_EPOCH` where a build is to be the same every time
/// (reproducible-builds.org).
fn built() -> Result<u64> {
    if let Some(set) = std::env::var_os("SOURCE_DATE_EPOCH") {
        let seconds = set.to_str().and_then(|text| text.parse().ok());
        return seconds.ok_or_else(|| {
            let message = format!("SOURCE_DATE_EPOCH is {}, which are no seconds", set.display());
            Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure)
        });
    }
    Ok(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
}
