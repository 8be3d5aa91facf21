//! The map, and how each operation changes it.

use std::collections::{BTreeMap, BTreeSet};

use holdall_core::{
    Capabilities, Content, ETag, Entry, ErrorKind, Name, SaveMode, Saved, Store, guess_content_type,
};

use super::expected::Expected;
use super::{Condition, Mode, Operation};
use crate::conformance::support::{bytes, chunks, shown};

/// What the model knows of a file.
#[derive(Debug, Clone)]
pub(super) struct File {
    content: u8,
    /// Attributes that travel with copies, where the storage keeps them.
    content_type: String,
    etag: Option<ETag>,
    /// The entity tag that the name had before.
    stale: Option<ETag>,
}

/// All files by name, in the order of listings.
#[derive(Debug, Default)]
pub(super) struct Model {
    files: BTreeMap<String, File>,
}

type Step = Result<(), String>;

impl Model {
    /// Does the operation on both sides and compares the answers.
    pub(super) async fn step(&mut self, store: &Store, operation: &Operation) -> Step {
        let capabilities = store.capabilities();
        if !operation.fits(capabilities) {
            return Ok(());
        }
        match *operation {
            Operation::Save { name, mode, content, streamed } => {
                let (real, expected) = self.write(name, mode, capabilities);
                let source = bytes(length(content), content.into());
                let source =
                    if streamed { Content::stream(chunks(source, 3_000)) } else { Content::bytes(source) };
                let answer = store.save(name, source).mode(real).await;
                if let Some(saved) = expected.judge(answer, name, &self.files)? {
                    let content_type = guess(name);
                    self.insert(&saved, File { content, content_type, etag: None, stale: None });
                }
                Ok(())
            }
            Operation::Delete { name, if_match } => self.delete(store, name, if_match).await,
            Operation::Transfer { rename, from, to, mode } => {
                let (real, mut expected) = self.write(to, mode, capabilities);
                let source = self.files.get(from).cloned();
                if source.is_none() {
                    expected = expected.without_source();
                } else if from == to {
                    expected = Expected::itself();
                }
                let answer = if rename {
                    store.rename(from, to).mode(real).await
                } else {
                    store.copy(from, to).mode(real).await
                };
                let saved = expected.judge(answer, to, &self.files)?;
                if let (Some(saved), Some(mut file)) = (saved, source)
                    && from != to
                {
                    if !capabilities.attributes {
                        file.content_type = guess(saved.name.as_str());
                    }
                    self.insert(&saved, file);
                    if rename {
                        self.files.remove(from);
                    }
                }
                Ok(())
            }
            Operation::Look { name } => self.look(store, name).await,
            Operation::List { location, recursive, start_after } => {
                self.list(store, location, recursive, start_after).await
            }
        }
    }

    /// Everything that is there: the listing, and each file.
    pub(super) async fn compare(&self, store: &Store) -> Step {
        self.list(store, "", true, None).await?;
        self.list(store, "", false, None).await?;
        for name in self.files.keys() {
            self.look(store, name).await?;
        }
        Ok(())
    }

    /// The mode with its entity tag, and what may come of it.
    fn write(&self, name: &str, mode: Mode, capabilities: &Capabilities) -> (SaveMode, Expected) {
        let current = self.files.get(name).and_then(|file| file.etag.clone());
        let mut tag_matches = false;
        let real = match mode {
            Mode::Unique => SaveMode::Unique,
            Mode::Create => SaveMode::Create,
            Mode::Overwrite => SaveMode::Overwrite,
            Mode::IfMatch { stale } => {
                let tag = self.tag(name, stale);
                // On S3 a content that comes back has its old tag again.
                tag_matches = current.as_ref() == Some(&tag);
                SaveMode::IfMatch(tag)
            }
        };
        let beside = capabilities.files_beside_directories;
        (real, Expected::of_writing(&self.files, name, mode, tag_matches, beside))
    }

    /// The tag of the current version or of the one before it; one that nothing has, if there is none.
    fn tag(&self, name: &str, stale: bool) -> ETag {
        let file = self.files.get(name);
        let tag = file.and_then(|file| if stale { file.stale.clone() } else { file.etag.clone() });
        tag.unwrap_or_else(|| ETag::strong("no-such-version"))
    }

    fn insert(&mut self, saved: &Saved, file: File) {
        let stale = self.files.get(saved.name.as_str()).and_then(|old| old.etag.clone());
        self.files.insert(saved.name.to_string(), File { etag: saved.etag.clone(), stale, ..file });
    }

    async fn delete(&mut self, store: &Store, name: &str, if_match: Condition) -> Step {
        let current = self.files.get(name).and_then(|file| file.etag.clone());
        let (answer, expected) = match if_match {
            Condition::Any => (store.delete(name).await, true),
            condition => {
                let tag = self.tag(name, condition == Condition::Stale);
                let expected = current.as_ref() == Some(&tag);
                (store.delete(name).if_match(tag).await, expected)
            }
        };
        match answer {
            Ok(()) if expected => {
                self.files.remove(name);
                Ok(())
            }
            Err(error) if !expected && error.kind() == ErrorKind::PreconditionFailed => Ok(()),
            answer => Err(format!("the answer was {answer:?}, but the version is the same: {expected}")),
        }
    }

    async fn look(&self, store: &Store, name: &str) -> Step {
        let exists = store.exists(name).await.map_err(|error| error.to_string())?;
        let (metadata, opened) = (store.metadata(name).await, store.open(name).await);
        let Some(file) = self.files.get(name) else {
            let missing = |kind: Option<ErrorKind>| kind == Some(ErrorKind::NotFound);
            let (metadata, opened) = (metadata.err(), opened.err());
            let (one, other) = (metadata.map(|error| error.kind()), opened.map(|error| error.kind()));
            return same("absent", &(exists, missing(one), missing(other)), &(false, true, true));
        };
        let metadata = metadata.map_err(|error| error.to_string())?;
        let opened = opened.map_err(|error| error.to_string())?;
        let size = length(file.content) as u64;
        let told = (exists, metadata.name.as_str(), metadata.size, opened.size(), &metadata.etag);
        same("the metadata", &told, &(true, name, size, size, &file.etag))?;
        same("the content type", &metadata.content_type(), &file.content_type.as_str())?;
        let content = opened.bytes().await.map_err(|error| error.to_string())?;
        let right = content == bytes(length(file.content), file.content.into());
        if right { Ok(()) } else { Err(format!("{name:?} has another content than was saved")) }
    }

    async fn list(&self, store: &Store, location: &str, recursive: bool, start_after: Option<&str>) -> Step {
        let mut call = store.list(location);
        if recursive {
            call = call.recursive();
        }
        if let Some(after) = start_after {
            call = call.start_after(&Name::new(after).expect("the names of the model are valid"));
        }
        let entries = call.collect().await.map_err(|error| error.to_string())?;
        let prefix = if location.is_empty() { String::new() } else { format!("{location}/") };
        let below = self.files.keys().filter_map(|name| Some((name, name.strip_prefix(&prefix)?)));
        let entry = |(name, rest): (&String, &str)| match rest.split_once('/') {
            Some((directory, _)) if !recursive => format!("{prefix}{directory}/"),
            _ => name.clone(),
        };
        let expected: BTreeSet<_> = below.map(entry).collect();
        let behind = |entry: &String| start_after.is_none_or(|after| entry.as_str() > after);
        let expected: Vec<_> = expected.into_iter().filter(behind).collect();
        same("the listing", &shown(&entries), &expected)?;
        for entry in entries {
            if let Entry::File(entry) = entry {
                let file = &self.files[entry.name.as_str()];
                let told = (&entry.name, entry.size, &entry.etag);
                same("an entry", &told, &(&entry.name, length(file.content) as u64, &file.etag))?;
            }
        }
        Ok(())
    }
}

/// The sizes of the contents: none, some, and some above the buffers that storages have.
fn length(content: u8) -> usize {
    usize::from(content).pow(2) * 301
}

fn guess(name: &str) -> String {
    guess_content_type(&Name::new(name).expect("the names of the model are valid")).to_owned()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, real: &T, expected: &T) -> Step {
    if real == expected {
        return Ok(());
    }
    Err(format!("{what} is {real:?}, expected {expected:?}"))
}
