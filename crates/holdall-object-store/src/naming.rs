//! Which key a save or copy writes to, and what must hold there: the modes as conditions.

use holdall_core::{Candidates, ETag, Error, ErrorKind, Name, Result, SaveMode};

use crate::client::Inner;

/// What must hold for a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Nothing.
    None,
    /// The name is free.
    Absent,
    /// The current version has this tag.
    Matches(ETag),
}

/// The keys that one save or copy may write to, in order.
#[derive(Debug)]
pub(crate) struct Naming {
    candidates: Candidates,
    key: Name,
    mode: SaveMode,
}

impl Naming {
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
    ) -> Result<Self> {
        let key = inner.key(name)?;
        // The caller counts the characters of names, not of what lies in front of them.
        let prefix = inner.config.location.prefix().chars().count();
        let longest = max_name_length.filter(|&limit| limit > 0).map(|limit| limit + prefix);
        let mut candidates =
            Candidates::new(&key).max_name_length(longest).max_segment(inner.config.profile.max_file_name);
        let first = match &mode {
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
        Ok(Self { candidates, key: first, mode })
    }

    /// The key to write to now.
    pub(crate) fn key(&self) -> &Name {
        &self.key
    }

    /// What must hold for the write.
    pub(crate) fn condition(&self) -> Condition {
        match &self.mode {
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
        if !matches!(self.mode, SaveMode::Unique) {
            let name = inner.name_of(&self.key);
            return Err(Error::new(ErrorKind::AlreadyExists).with_name(name.as_str()));
        }
        self.key = self.candidates.next_name()?;
        Ok(())
    }
}
