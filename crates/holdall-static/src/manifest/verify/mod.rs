//! Verifying: is everything that a manifest names in the storage, with the right bytes?

mod decode;
mod digest;
mod finding;

use std::io;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use holdall_core::{Error, ErrorKind, Name, Result, Store};

use self::decode::Decoder;
use self::digest::{Proof, Running};
pub use self::finding::{Finding, Verification, Wrong};
use super::Manifest;
use super::published::PublishedFile;
use crate::collect::Role;
use crate::compress::Encoding;

/// Looks whether everything that a manifest names is in the storage with the right bytes: hashed files, their
/// variants, and copies under the files' own names.
///
/// Every file is read once, `jobs` of them at a time, and never held in memory. First its size is compared, which
/// needs no byte of it; then its SHA-384 with the `integrity` of the manifest, that of a variant once it is
/// decompressed (without the feature `compress` variants are [unproven](Verification::unproven)); of a copy the MD5.
///
/// A manifest that Django wrote tells no digests. There the hash in the name is compared with the MD5 of the
/// content, of which it is the beginning; where a name has no such hash only existence is proven, and the file is in
/// [`Verification::unproven`].
///
/// Copies belong to the newest generation: verifying an older one finds those of files that have changed since.
/// [`Finding::role`] tells them apart.
///
/// ```
/// use holdall_core::{MemoryStorage, Store};
/// use holdall_static::{Collector, Embedded, Manifest, verify};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
/// let store = Store::new(MemoryStorage::new());
/// Collector::new().finder(Embedded::new([("app.css", "a {}")])?).collect(&store).await?;
/// let manifest = Manifest::load(&store).await?;
/// assert!(verify(&store, &manifest, 8).await?.is_ok());
///
/// store.save(manifest.get("app.css").unwrap(), "b {}").overwrite().await?;
/// let verification = verify(&store, &manifest, 8).await?;
/// assert!(verification.wrong[0].to_string().contains("its bytes are not those"));
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// Those of the storage that say nothing about a file: it cannot be reached, permission is denied. What is wrong with
/// files is no error but in [`Verification::wrong`], all of it. To mend it delete those files and collect again: a
/// collection takes a hashed file of the right size for the right one.
pub async fn verify(store: &Store, manifest: &Manifest, jobs: usize) -> Result<Verification> {
    let checks: Vec<Check> = manifest.checks().collect();
    let checked = checks.into_iter().map(|check| async move {
        let outcome = check.run(store).await?;
        Ok::<_, Error>((check, outcome))
    });
    // Made here, so that the stream need not be generic over the life of each check.
    let checked: Vec<_> = checked.collect();
    let mut results = stream::iter(checked).buffer_unordered(jobs.max(1));
    let mut verification = Verification::default();
    while let Some((check, outcome)) = results.try_next().await? {
        verification.add(check, outcome);
    }
    verification.sort();
    Ok(verification)
}

/// One file to look at.
#[derive(Debug)]
struct Check {
    /// Its name in the storage.
    pub(super) name: Name,
    /// The file that it is published for.
    pub(super) of: Name,
    pub(super) role: Role,
    /// Bytes as a listing tells them.
    pub(super) size: Option<u64>,
    pub(super) encoding: Option<Encoding>,
    pub(super) proof: Proof,
}

/// What came out.
#[derive(Debug)]
enum Outcome {
    /// The right bytes, so many of them.
    Right(u64),
    /// It is there; nothing tells what its bytes should be.
    Unproven,
    Wrong(Wrong),
}

impl Check {
    async fn run(&self, store: &Store) -> Result<Outcome> {
        let mut file = match store.open(&self.name).await {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Outcome::Wrong(Wrong::Missing)),
            Err(error) => return Err(error),
        };
        let found = file.size();
        if let Some(expected) = self.size.filter(|expected| *expected != found) {
            return Ok(Outcome::Wrong(Wrong::Size { expected, found }));
        }
        let undecodable =
            |error: io::Error| Ok(Outcome::Wrong(Wrong::Encoding { reason: error.to_string() }));
        let Some(digest) = Running::new(&self.proof) else { return Ok(Outcome::Unproven) };
        let mut decoder = match Decoder::new(self.encoding, digest) {
            Ok(Some(decoder)) => decoder,
            Ok(None) => return Ok(Outcome::Unproven),
            Err(error) => return Err(Error::from_io(error)),
        };
        loop {
            match file.try_next().await {
                Ok(Some(chunk)) => match decoder.write(&chunk) {
                    Ok(()) => {}
                    Err(error) => return undecodable(error),
                },
                Ok(None) => break,
                // The storage itself has noticed that these are not the bytes which were saved.
                Err(error) if error.kind() == ErrorKind::ChecksumMismatch => {
                    return Ok(Outcome::Wrong(Wrong::Damaged { reason: error.reason().to_owned() }));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(match decoder.finish() {
            Ok(digest) => match digest.finish(&self.proof) {
                Ok(()) => Outcome::Right(found),
                Err(wrong) => Outcome::Wrong(wrong),
            },
            Err(error) => return undecodable(error),
        })
    }
}

impl Manifest {
    /// Everything that is to be looked at.
    fn checks(&self) -> impl Iterator<Item = Check> {
        let hashed = self.published().map(|published| {
            let PublishedFile { name, of, role, size, encoding } = published;
            let proof = self.details.get(of).map_or_else(
                || Proof::of_name(of, &name),
                |details| Proof::of_integrity(&details.integrity, details.size),
            );
            Check { name, of: of.clone(), role, size, encoding, proof }
        });
        let copies = self.copies().map(|(name, copy)| Check {
            name: name.clone(),
            of: name.clone(),
            role: Role::Copy,
            size: None,
            encoding: None,
            proof: Proof::Md5(copy.md5.clone()),
        });
        hashed.chain(copies)
    }
}
