//! The available-name rule: which names a save tries, in which order, when the first is taken.

use super::sanitize::floor;
use super::{Name, invalid};
use crate::error::{Error, ErrorKind, Result};
use crate::random;

/// How many random names are tried. With 62^7 possible suffixes a second try is already rare; a
/// storage that calls this many of them taken is not answering truthfully.
const ATTEMPTS: usize = 64;

/// Random letters in an alternative name, as in Django.
const SUFFIX_LETTERS: usize = 7;

/// Random letters in a name that nobody is asked about: 130 bits.
const UNGUESSABLE_LETTERS: usize = 22;

/// The names that [`SaveMode::Unique`](crate::SaveMode::Unique) tries, in order: the name itself, then
/// the name with `_` and seven random letters before the first dot of its file name, as Django's
/// `get_available_name` does. A backend takes the next one whenever its atomic create says "taken".
///
/// The names respect the caller's `max_name_length` (in characters of the whole name, as Django counts) and
/// the storage's limit for one segment (in bytes): the stem is cut for them, never the suffix.
///
/// ```
/// use holdall_core::{Candidates, Name};
///
/// let mut candidates = Candidates::new(&Name::new("usr/x.tar.gz")?);
/// assert_eq!(candidates.next_name()?.as_str(), "usr/x.tar.gz");
/// let second = candidates.next_name()?;
/// assert!(second.as_str().starts_with("usr/x_") && second.as_str().ends_with(".tar.gz"));
/// # Ok::<(), holdall_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Candidates {
    name: Name,
    max_name_length: usize,
    max_segment: usize,
    tried: usize,
}

impl Candidates {
    /// Candidates for that name without limits but [`Name`]'s own.
    pub fn new(name: &Name) -> Self {
        Self { name: name.clone(), max_name_length: usize::MAX, max_segment: usize::MAX, tried: 0 }
    }

    /// At most so many characters (not bytes) in the whole name. 0 and `None` mean no limit, as in
    /// Django.
    pub fn max_name_length(mut self, characters: Option<usize>) -> Self {
        self.max_name_length = characters.filter(|&limit| limit > 0).unwrap_or(usize::MAX);
        self
    }

    /// At most so many bytes in a segment.
    pub fn max_segment(mut self, bytes: Option<usize>) -> Self {
        self.max_segment = bytes.unwrap_or(usize::MAX);
        self
    }

    /// The next name to try.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] when the limits leave no room for any name;
    /// [`ErrorKind::AlreadyExists`] when the bound of tries is reached.
    pub fn next_name(&mut self) -> Result<Name> {
        let attempt = self.tried;
        self.tried += 1;
        if attempt == 0 && self.name.as_str().chars().count() <= self.max_name_length {
            return Ok(self.name.clone());
        }
        if attempt > ATTEMPTS {
            return Err(Error::message(
                ErrorKind::AlreadyExists,
                format!("{ATTEMPTS} random names were all reported as taken"),
            )
            .with_name(self.name.as_str()));
        }
        self.build(&format!("_{}", random::alphanumeric(SUFFIX_LETTERS)))
    }

    /// The name itself, its stem cut until it fits `max_name_length`: what a save that overwrites uses, as
    /// Django with `allow_overwrite`. It must be predictable, so there is no random part.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] when the suffix alone is too long.
    pub fn cut(&self) -> Result<Name> {
        if self.name.as_str().chars().count() <= self.max_name_length {
            return Ok(self.name.clone());
        }
        self.build("")
    }

    /// The name with so many random letters that it is free for certain and cannot be guessed: for those who
    /// cannot try a second one, such as a client that uploads directly.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] when the limits leave no room for it.
    pub fn unguessable(&self) -> Result<Name> {
        self.build(&format!("_{}", random::alphanumeric(UNGUESSABLE_LETTERS)))
    }

    /// Directory, cut stem, `insert`, suffix.
    fn build(&self, insert: &str) -> Result<Name> {
        let directory = self.name.parent().prefix();
        let (stem, suffix) = self.name.stem_and_suffix();

        let fixed = directory.chars().count() + insert.chars().count() + suffix.chars().count();
        let characters = self.max_name_length.saturating_sub(fixed);
        let end = stem.char_indices().nth(characters).map_or(stem.len(), |(index, _)| index);

        let in_segment = self.max_segment.saturating_sub(insert.len() + suffix.len());
        let in_name = Name::MAX_BYTES.saturating_sub(directory.len() + insert.len() + suffix.len());
        let stem = floor(&stem[..end], in_segment.min(in_name));

        if stem.is_empty() {
            let reason =
                "no free name fits its limits of length; allow a longer name or give it a longer stem";
            return Err(invalid(self.name.as_str(), reason));
        }
        Name::new(&format!("{directory}{stem}{insert}{suffix}"))
    }
}
