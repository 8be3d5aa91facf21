//! Publishing: what is missing goes to the storage, the manifest last.
//!
//! One listing tells what is there. A hashed name is its content, so that a file of that name and size is the
//! file. Any other name is compared by its tag: with the content, where tags are an MD5 of it, and with what
//! the last manifest says about the copy, where they are not.
//!
//! Nothing is deleted and nothing hashed is changed, so that a failure at any point leaves what was published
//! before whole. Running again sends only what is still missing.

use std::collections::HashMap;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use holdall_core::{Content, Entry, ErrorKind, Name, Result, SaveMode, Store};

use super::plan::{Plan, Planned, attributes, content_type};
use crate::finders::Source;
use crate::manifest::{CopyDetails, FileDetails, MANIFEST_NAME, Manifest};

/// For hashed names: a year, and no question in between (RFC 8246).
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For names whose content may change: a minute.
const SHORT: &str = "public, max-age=60";

/// How it is published.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Publishing {
    /// Saves at once.
    pub(crate) jobs: usize,
    /// Whether every file is published under its own name, too.
    pub(crate) copies: bool,
    /// Whether nothing is written.
    pub(crate) dry_run: bool,
}

/// What was done, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Published {
    /// Names that were saved, in the order of publishing: hashed files, copies, the manifest.
    pub saved: Vec<Name>,
    /// How many files were there already.
    pub unchanged: usize,
}

/// What a listing says about a file.
#[derive(Debug)]
struct There {
    size: u64,
    tag: Option<String>,
}

/// What is in the storage before.
#[derive(Debug, Default)]
struct Before {
    there: HashMap<Name, There>,
    manifest: Manifest,
}

/// One file to publish.
#[derive(Debug)]
struct Output<'a> {
    name: &'a Name,
    from: Origin<'a>,
    cache_control: &'static str,
}

#[derive(Debug)]
enum Origin<'a> {
    Source(&'a Source),
    Text(&'a Bytes),
}

/// Publishes a plan.
///
/// # Errors
///
/// Of the first file that cannot be saved. What was saved until then stays, and no manifest names it.
pub(crate) async fn publish(store: &Store, plan: &Plan, options: Publishing) -> Result<Published> {
    let before = Before::look(store).await?;
    let mut published = Published::default();

    let hashed = plan.files.iter().filter(|file| !before.has_hashed(file)).map(|file| Output {
        name: &file.hashed,
        from: file.rewritten.as_ref().map_or(Origin::Source(&file.source), |(text, _)| Origin::Text(text)),
        cache_control: IMMUTABLE,
    });
    save_all(store, hashed.collect(), options, &mut published).await?;

    let mut copies = HashMap::new();
    if options.copies {
        let changed = plan.files.iter().filter(|file| !before.has_copy(file)).map(|file| Output {
            name: &file.name,
            from: Origin::Source(&file.source),
            cache_control: SHORT,
        });
        copies = save_all(store, changed.collect(), options, &mut published).await?;
    }
    let total = plan.files.len() * if options.copies { 2 } else { 1 };
    published.unchanged = total - published.saved.len();

    let mut manifest = Manifest::default();
    for file in &plan.files {
        let tag = copies.remove(&file.name).or_else(|| before.there.get(&file.name)?.tag.clone());
        let copy = tag.filter(|_| options.copies).map(|tag| CopyDetails::new(file.original.md5(), tag));
        let digests = file.digests();
        let details = FileDetails::new(digests.size, content_type(&file.name), digests.integrity());
        let details = details.with_sha256(digests.sha256()).with_copy(copy);
        manifest.insert(file.name.clone(), file.hashed.clone(), details);
    }
    if manifest != before.manifest {
        let name = Name::new(MANIFEST_NAME)?;
        if !options.dry_run {
            let save = store.save(&name, manifest.to_bytes()).overwrite();
            save.content_type("application/json").cache_control("no-cache").await?;
        }
        published.saved.push(name);
    }
    Ok(published)
}

impl Before {
    /// One listing, and the manifest.
    async fn look(store: &Store) -> Result<Self> {
        let mut entries = store.list("").recursive().stream();
        let mut before = Self::default();
        while let Some(entry) = entries.try_next().await? {
            if let Entry::File(file) = entry {
                let tag = file.etag.map(|etag| etag.as_str().trim_matches('"').to_owned());
                before.there.insert(file.name, There { size: file.size, tag });
            }
        }
        drop(entries);
        if before.there.contains_key(MANIFEST_NAME) {
            let bytes = store.open(MANIFEST_NAME).await?.bytes().await?;
            before.manifest = match Manifest::parse(&bytes) {
                Ok(manifest) => manifest,
                // A broken one counts as none: it is about to be replaced by a good one.
                Err(error) if error.kind() == ErrorKind::InvalidInput => Manifest::default(),
                Err(error) => return Err(error),
            };
        }
        Ok(before)
    }

    fn has_hashed(&self, file: &Planned) -> bool {
        self.there.get(&file.hashed).is_some_and(|there| there.size == file.digests().size)
    }

    fn has_copy(&self, file: &Planned) -> bool {
        let Some(There { size, tag: Some(tag) }) = self.there.get(&file.name) else { return false };
        let md5 = file.original.md5();
        let known = || self.manifest.details(file.name.as_str())?.copy.as_ref();
        *size == file.original.size
            && (*tag == md5 || known().is_some_and(|copy| copy.md5 == md5 && copy.etag == *tag))
    }
}

/// Saves all of these, several at once; the tags that they got.
async fn save_all(
    store: &Store,
    outputs: Vec<Output<'_>>,
    options: Publishing,
    published: &mut Published,
) -> Result<HashMap<Name, String>> {
    published.saved.extend(outputs.iter().map(|output| output.name.clone()));
    if options.dry_run {
        return Ok(HashMap::new());
    }
    let saves = outputs.iter().map(|output| save(store, output));
    let tags: Vec<_> = stream::iter(saves).buffer_unordered(options.jobs).try_collect().await?;
    Ok(tags.into_iter().flatten().collect())
}

async fn save(store: &Store, output: &Output<'_>) -> Result<Option<(Name, String)>> {
    let content = match output.from {
        Origin::Source(Source::Path(path)) => Content::path(path.clone()),
        Origin::Source(Source::Bytes(bytes)) | Origin::Text(bytes) => Content::bytes(bytes.clone()),
    };
    let options = holdall_core::SaveOptions::default()
        .with_mode(SaveMode::Overwrite)
        .with_attributes(attributes(output.name, output.cache_control));
    let saved = store.save(output.name, content).options(options).await?;
    Ok(saved.etag.map(|etag| (saved.name, etag.as_str().trim_matches('"').to_owned())))
}
