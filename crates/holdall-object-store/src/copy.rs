//! Copying: inside the store where it can, by way of this process where it cannot.
//!
//! `object_store` copies with `Overwrite` and `Create`, but not on condition of what the source is or what it
//! replaces. A copy that has to be of one version, or to replace one version, is therefore read, pinned to its
//! entity tag, and saved: atomic on both sides, and at the price of its bytes.
//!
//! The same way goes a copy that is given other attributes than its source has. Onto itself it takes the place of the
//! version that was read and of no other, which needs a store that replaces conditionally.
//!
//! A copy keeps its source's metadata, its put-id too, so that the rare copy whose reply is lost, sent again by
//! `object_store` and then refused, cannot be told from that of a competitor: `Unique` then makes a second copy
//! and `Create` says `AlreadyExists`. Nothing is overwritten or lost.

use std::sync::Arc;

use holdall_core::{
    Content, CopyOptions, ETagCondition, Error, ErrorKind, Name, OpenOptions, Result, SaveMode, SaveOptions,
    Saved,
};
use object_store::ObjectStoreExt as _;

use crate::client::{Head, Inner, path};
use crate::conditional::Outcome;
use crate::error::translate;
use crate::metadata::metadata;
use crate::naming::{Condition, Naming};

/// See [`Storage::copy`](holdall_core::Storage::copy).
pub(crate) async fn copy(inner: &Arc<Inner>, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
    let profile = &inner.config.profile;
    if from == to && options.attributes.is_some() && profile.attributes {
        return in_place(inner, from, options).await;
    }
    let source = inner.key(from)?;
    let mut naming = Naming::new(inner, to, options.mode(), options.max_name_length)?;
    let head = look(inner, from, &options).await?;
    if from == to {
        return Ok(metadata(from.clone(), &head.meta, &head.attributes, profile).into());
    }
    let condition = naming.condition();
    let replaces_attributes = options.attributes.is_some() && profile.attributes;
    let inside = options.if_match.is_none()
        && !replaces_attributes
        && match condition {
            Condition::None => profile.copy,
            Condition::Absent => profile.copy && profile.publish,
            Condition::Matches(_) => false,
        };
    if !inside {
        return through(inner, from, to, &head, options).await;
    }
    let mut attempt = 0;
    loop {
        match inner.copy_inside(&source, naming.key(), &condition).await {
            Ok(Outcome::Written(_)) => {
                let copied = inner.head(&path(naming.key())).await?;
                let name = inner.name_of(naming.key());
                // Deleted already, or replaced: then it tells of what was there.
                let copied = copied.as_ref().unwrap_or(&head);
                return Ok(Saved::new(name, copied.meta.size).with_etag(copied.etag()));
            }
            Ok(Outcome::Taken) => naming.taken(inner)?,
            Ok(Outcome::Again) => inner.before_again(&mut attempt).await?,
            Ok(Outcome::Lost(error)) => inner.before_resending(&mut attempt, error).await?,
            Err(error) if error.is_not_found() => return Err(Error::not_found(from)),
            Err(error) => return Err(error),
        }
    }
}

/// Looks at the source, which has to be the version that was asked for.
async fn look(inner: &Inner, from: &Name, options: &CopyOptions) -> Result<Head> {
    let head = inner.head(&path(&inner.key(from)?)).await?;
    let head = head.ok_or_else(|| Error::not_found(from))?;
    match &options.if_match {
        Some(expected) if head.etag().is_none_or(|etag| !etag.strong_eq(expected)) => {
            Err(Error::new(ErrorKind::PreconditionFailed).with_name(from.as_str()))
        }
        _ => Ok(head),
    }
}

/// Changes the attributes of a file: saves what it reads in the place of the very version that it read.
async fn in_place(inner: &Arc<Inner>, name: &Name, options: CopyOptions) -> Result<Saved> {
    let mut attempt = 0;
    loop {
        let head = look(inner, name, &options).await?;
        let Some(etag) = head.etag() else {
            return Err(Error::unsupported("change the attributes of a file that has no entity tag"));
        };
        options.check_replaced(name, Some(&etag))?;
        let mut pinned = options.clone();
        (pinned.if_match, pinned.max_name_length) = (Some(etag.clone()), None);
        pinned.mode = Some(SaveMode::IfMatch(etag));
        match through(inner, name, name, &head, pinned).await {
            // Somebody saved the file anew meanwhile: that version shall have the attributes.
            Err(error) if error.kind() == ErrorKind::PreconditionFailed && !options.names_a_version() => {
                inner.before_again(&mut attempt).await?;
            }
            outcome => return outcome,
        }
    }
}

impl Inner {
    async fn copy_inside(&self, from: &Name, to: &Name, condition: &Condition) -> Result<Outcome> {
        let (from, to) = (path(from), path(to));
        let copied = match condition {
            Condition::None => self.store.copy(&from, &to).await,
            _ => self.store.copy_if_not_exists(&from, &to).await,
        };
        match copied {
            Ok(()) => Ok(Outcome::Written(None)),
            Err(error) => {
                let error = translate(error);
                if error.is_not_found() && self.head(&from).await?.is_none() {
                    return Err(error);
                }
                self.settle(&to, condition, None, error).await
            }
        }
    }
}

/// Reads the source, pinned to the version that was looked at, and saves it with its attributes or those given.
async fn through(
    inner: &Arc<Inner>,
    from: &Name,
    to: &Name,
    head: &Head,
    options: CopyOptions,
) -> Result<Saved> {
    let mut opening = OpenOptions::default();
    opening.conditions.if_match = head.etag().as_ref().map(ETagCondition::from);
    let file = match inner.open(from, opening).await {
        Err(error) if error.kind() == ErrorKind::PreconditionFailed && options.if_match.is_none() => {
            let message = "the file was replaced while it was copied; try again";
            return Err(Error::message(ErrorKind::Conflict, message)
                .with_retryable(true)
                .with_name(from.as_str()));
        }
        Err(error) => return Err(error.with_name(from.as_str())),
        Ok(file) => file,
    };
    let mut saving = SaveOptions::default();
    saving.mode.clone_from(&options.mode);
    saving.max_name_length = options.max_name_length;
    if inner.config.profile.attributes {
        saving.attributes = options.attributes_of_copy(to, file.metadata().attributes.clone());
    }
    let saved = crate::save::save(inner, to, Content::from(file), saving).await;
    saved.map_err(|error| if error.name().is_none() { error.with_name(to.as_str()) } else { error })
}
