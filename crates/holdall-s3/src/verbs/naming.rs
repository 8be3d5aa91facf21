//! The key that a save or copy writes to, and its condition there: the modes as conditions.

use std::sync::Arc;

use holdall_core::{Candidates, Error, ErrorKind, Name, Result, SaveMode};

use crate::verbs::asking::Unique;
use crate::verbs::conditional::Condition;
use crate::wire::client::Inner;

/// The keys that one save or copy may write to, in order.
#[derive(Debug)]
pub(crate) struct Naming {
    candidates: Candidates,
    key: Name,
    mode: SaveMode,
    unique: Unique,
}

impl Naming {
    /// The same, for the way in which names are made unique here.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and as [`unique`](Inner::unique) for `Unique`.
    pub(crate) async fn of(
        inner: &Arc<Inner>,
        name: &Name,
        mode: SaveMode,
        max_name_length: Option<usize>,
    ) -> Result<Self> {
        let unique = match mode {
            SaveMode::Unique => inner.unique().await?,
            _ => Unique::ByCondition,
        };
        Self::new(inner, name, mode, max_name_length, unique)
    }

    /// Starts with the key of that name, cut to `max_name_length` where the mode allows it.
    ///
    /// # Errors
    ///
    /// `InvalidName` where the name is too long and the mode allows no other, or no other fits.
    pub(crate) fn new(
        inner: &Inner,
        name: &Name,
        mode: SaveMode,
        max_name_length: Option<usize>,
        unique: Unique,
    ) -> Result<Self> {
        let key = inner.key(name)?;
        // The caller counts the characters of names, S3 the bytes of keys.
        let prefix = inner.location().prefix().chars().count();
        let longest = max_name_length.filter(|&limit| limit > 0).map(|limit| limit + prefix);
        let mut candidates = Candidates::new(&key).max_name_length(longest);
        let first = match &mode {
            SaveMode::Unique if unique == Unique::Random => candidates.unguessable()?,
            SaveMode::Unique => candidates.next_name()?,
            SaveMode::Overwrite => candidates.cut()?,
            _ => match candidates.cut()? {
                same if same == key => key,
                _ => {
                    let message = "the name is longer than max_name_length allows";
                    return Err(Error::message(ErrorKind::InvalidName, message).with_name(name.as_str()));
                }
            },
        };
        Ok(Self { candidates, key: first, mode, unique })
    }

    pub(crate) fn mode(&self) -> &SaveMode {
        &self.mode
    }

    /// The key to write to now.
    pub(crate) fn key(&self) -> &Name {
        &self.key
    }

    /// Whether there are other names to try.
    pub(crate) fn is_rename(&self) -> bool {
        matches!(self.mode, SaveMode::Unique) && self.unique == Unique::ByCondition
    }

    /// The condition of the write.
    pub(crate) fn condition(&self) -> Condition {
        match &self.mode {
            // Nobody else has the name.
            SaveMode::Unique if self.unique == Unique::Random => Condition::None,
            SaveMode::Unique | SaveMode::Create => Condition::Absent,
            SaveMode::IfMatch(etag) => Condition::Matches(etag.clone()),
            _ => Condition::None,
        }
    }

    /// Goes on to the next key, because another file has this one.
    ///
    /// # Errors
    ///
    /// `AlreadyExists` where the mode allows no other name, or none was free.
    pub(crate) fn taken(&mut self, inner: &Inner) -> Result<()> {
        if !self.is_rename() {
            let name = inner.name_of(&self.key);
            return Err(Error::new(ErrorKind::AlreadyExists).with_name(name.as_str()));
        }
        self.key = self.candidates.next_name()?;
        Ok(())
    }
}
