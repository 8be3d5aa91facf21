//! Verified promotion: from a name that a client could write to, to one that it never could.

mod sniff;
#[cfg(test)]
mod tests;

use std::future::IntoFuture;

use futures_util::stream::{self, StreamExt as _};

use self::sniff::Sniffed;
use super::Store;
use super::calls::CallFuture;
use crate::attributes::Attributes;
use crate::checksum::Checksum;
use crate::content::Content;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::file::File;
use crate::metadata::Saved;
use crate::name::Name;
use crate::options::{DeleteOptions, OpenOptions, SaveMode, SaveOptions};

/// A file to be promoted. See [`Store::promote`](super::Store::promote).
#[derive(Debug)]
#[must_use = "nothing happens until the call is awaited"]
pub struct Promote<'a> {
    store: &'a Store,
    incoming: Result<Name>,
    to: Result<Name>,
    checks: Checks,
    options: SaveOptions,
    delete_rejected: bool,
}

/// What the content must be.
#[derive(Debug, Default)]
struct Checks {
    min_size: Option<u64>,
    max_size: Option<u64>,
    content_types: Option<Vec<String>>,
}

/// What a promotion made.
#[derive(Debug)]
#[non_exhaustive]
pub struct Promoted {
    /// The final file. Keep its name.
    pub saved: Saved,
    /// The content type that the final file has.
    pub content_type: String,
    /// Why the incoming file could not be deleted, if so: the final one is there all the same. For a log
    /// line, and for a sweep of the location that clients upload to.
    pub incoming_left: Option<Error>,
}

impl<'a> Promote<'a> {
    pub(super) fn new(store: &'a Store, incoming: Result<Name>, to: Result<Name>) -> Self {
        let options = SaveOptions::default();
        Self { store, incoming, to, checks: Checks::default(), options, delete_rejected: false }
    }

    /// At least so many bytes; fewer are [`ErrorKind::InvalidInput`].
    pub fn min_size(mut self, bytes: u64) -> Self {
        self.checks.min_size = Some(bytes);
        self
    }

    /// At most so many bytes; more are [`ErrorKind::TooLarge`].
    pub fn max_size(mut self, bytes: u64) -> Self {
        self.checks.max_size = Some(bytes);
        self
    }

    /// Exactly so many bytes.
    pub fn size(self, bytes: u64) -> Self {
        self.min_size(bytes).max_size(bytes)
    }

    /// The checksum that the content must have; another is [`ErrorKind::ChecksumMismatch`].
    pub fn checksum(mut self, checksum: Checksum) -> Self {
        self.options = self.options.with_checksum(checksum);
        self
    }

    /// The media types that are let through, such as `image/png`; another is [`ErrorKind::InvalidInput`].
    ///
    /// They are compared with what the first bytes say, never with what the client said, and exactly: no
    /// wildcards and no parameters. A type that no bytes can prove is refused here, before any I/O:
    /// `image/svg+xml`, `text/plain`, `text/csv`, `application/json` have no signature. Allow
    /// `application/octet-stream` for content that is not recognised, and say by
    /// [`attributes`](Self::attributes) what it is to be served as.
    pub fn content_types<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.checks.content_types = Some(types.into_iter().map(Into::into).collect());
        self
    }

    /// The attributes of the final file, besides its sniffed type. None of those that the client sent with
    /// its upload are kept: they might make a browser unpack or run what was checked as something else. Neither is
    /// what else the incoming file has, such as tags and grants, since nobody can tell who gave it. A
    /// content type in here is for content that is not recognised, and only for that.
    pub fn attributes(mut self, attributes: Attributes) -> Self {
        self.options = self.options.with_attributes(attributes);
        self
    }

    /// What happens when the final name is taken; [`SaveMode::Unique`] without a call.
    pub fn mode(mut self, mode: SaveMode) -> Self {
        self.options = self.options.with_mode(mode);
        self
    }

    /// The most characters that the final name may have, see [`SaveOptions::with_max_name_length`].
    pub fn max_name_length(mut self, characters: usize) -> Self {
        self.options = self.options.with_max_name_length(characters);
        self
    }

    /// Deletes the incoming file when a check refuses it. Without a call it stays, for a look at it.
    pub fn delete_rejected(mut self) -> Self {
        self.delete_rejected = true;
        self
    }
}

impl<'a> IntoFuture for Promote<'a> {
    type Output = Result<Promoted>;
    type IntoFuture = CallFuture<'a, Promoted>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { store, incoming, to, checks, options, delete_rejected } = self;
        Box::pin(async move {
            let operation = Operation::Promote;
            let (incoming, to) = (store.name(incoming, operation)?, store.name(to, operation)?);
            let promotion = Promotion { store, incoming: &incoming, to: &to, checks, delete_rejected };
            let promoted = promotion.run(options).await;
            promoted.map_err(|error| store.locate(error, operation, Some(incoming.as_str())))
        })
    }
}

/// A call with names that are checked.
struct Promotion<'a> {
    store: &'a Store,
    incoming: &'a Name,
    to: &'a Name,
    checks: Checks,
    delete_rejected: bool,
}

impl Promotion<'_> {
    async fn run(self, mut options: SaveOptions) -> Result<Promoted> {
        self.checks.check(self.incoming, self.to)?;
        let file = self.store.storage.open(self.incoming, OpenOptions::default()).await?;
        let (content, content_type) = match self.checks.look(file, &options).await {
            Ok(good) => good,
            Err(Rejected(error)) => return Err(self.reject(error).await),
        };
        // What the name tells already need not be stored, which some storages cannot.
        options.attributes.content_type = Some(content_type.clone());
        let has_checksum = options.checksum.is_some();
        match self.store.storage.save(self.to, content, options).await {
            Ok(saved) => {
                let incoming_left = self.delete_incoming().await.err();
                Ok(Promoted { saved, content_type, incoming_left })
            }
            Err(error) if has_checksum && error.kind() == ErrorKind::ChecksumMismatch => {
                Err(self.reject(error).await)
            }
            Err(error) => Err(error),
        }
    }

    async fn delete_incoming(&self) -> Result<()> {
        let deleted = self.store.storage.delete(self.incoming, DeleteOptions::default()).await;
        deleted.map_err(|error| self.store.locate(error, Operation::Delete, Some(self.incoming.as_str())))
    }

    /// Adds to the verdict what became of the file.
    async fn reject(&self, verdict: Error) -> Error {
        if !self.delete_rejected {
            return verdict;
        }
        match self.delete_incoming().await {
            Ok(()) => verdict,
            Err(error) => {
                let message = format!("{}; and the file could not be deleted: {error}", verdict.reason());
                verdict.with_message(message)
            }
        }
    }
}

/// The verdict of a check, as opposed to an error on the way to it.
struct Rejected(Error);

impl Rejected {
    fn new(kind: ErrorKind, message: String) -> Self {
        Self(Error::message(kind, message))
    }
}

impl Checks {
    /// Refuses what no content could pass.
    fn check(&self, incoming: &Name, to: &Name) -> Result<()> {
        let wrong = |message: String| Err(Error::message(ErrorKind::InvalidInput, message));
        if incoming == to {
            return wrong("the final name is the incoming one, which the client can write to".to_owned());
        }
        if let (Some(min), Some(max)) = (self.min_size, self.max_size)
            && min > max
        {
            return wrong(format!("no file has at least {min} and at most {max} bytes"));
        }
        match self.content_types.iter().flatten().find(|allowed| !sniff::is_provable(allowed)) {
            Some(allowed) => wrong(format!(
                "{allowed:?} cannot be allowed: no bytes prove it; allow \"{}\" for what is not recognised",
                sniff::UNRECOGNISED
            )),
            None => Ok(()),
        }
    }

    /// Looks at one version of the file, and gives its content back with the type that it is to have. Nothing
    /// but the head is read yet.
    async fn look(
        &self,
        mut file: File,
        options: &SaveOptions,
    ) -> Result<(Content<'static>, String), Rejected> {
        let size = file.size();
        if let Some(max) = self.max_size.filter(|&max| size > max) {
            let message = format!("the file has {size} bytes; at most {max} are allowed");
            return Err(Rejected::new(ErrorKind::TooLarge, message));
        }
        if let Some(min) = self.min_size.filter(|&min| size < min) {
            let message = format!("the file has {size} bytes; at least {min} are wanted");
            return Err(Rejected::new(ErrorKind::InvalidInput, message));
        }
        let mut head = Vec::new();
        let mut seen = Vec::new();
        let mut failed = None;
        while seen.len() < sniff::HEAD {
            match file.next().await {
                Some(Ok(chunk)) => {
                    let wanted = chunk.len().min(sniff::HEAD - seen.len());
                    seen.extend_from_slice(&chunk[..wanted]);
                    head.push(Ok(chunk));
                }
                // The save meets it again, and reports it with what it stored: nothing.
                Some(Err(error)) => {
                    failed = Some(Err(error));
                    break;
                }
                None => break,
            }
        }
        let Sniffed { content_type, allowed_as } = sniff::sniff(&seen);
        if failed.is_none()
            && let Some(allowed) = &self.content_types
            && !allowed.iter().any(|allowed| allowed == allowed_as)
        {
            let message =
                format!("its first bytes are of the type {allowed_as:?}; allowed are {}", allowed.join(", "));
            return Err(Rejected::new(ErrorKind::InvalidInput, message));
        }
        let is_allowed_by_name = self.content_types.is_some();
        let content_type = match &options.attributes.content_type {
            Some(given) if allowed_as == sniff::UNRECOGNISED => given.clone(),
            _ if is_allowed_by_name => allowed_as.to_owned(),
            _ => content_type.to_owned(),
        };
        let chunks = stream::iter(head).chain(stream::iter(failed)).chain(file);
        Ok((Content::stream(chunks).with_size(size), content_type))
    }
}
