//! What the contract lets a storage answer.

use std::collections::BTreeMap;

use holdall_core::{Error, ErrorKind, Name, Saved};

use super::Mode;
use super::state::File;

/// The answers to a save, copy or rename that the contract allows.
#[derive(Debug, Default)]
pub(super) struct Expected {
    /// The name itself.
    exact: bool,
    /// A free name made of it.
    alternative: bool,
    /// These refusals.
    errors: Vec<ErrorKind>,
}

impl Expected {
    /// What may come of writing to `name` in that mode. `tag_matches` is for `IfMatch`.
    pub(super) fn of_writing(
        files: &BTreeMap<String, File>,
        name: &str,
        mode: Mode,
        tag_matches: bool,
        files_beside_directories: bool,
    ) -> Self {
        let mut expected = Self::default();
        let below = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/')) && !files_beside_directories
        };
        let below_a_file = files.keys().any(|file| below(name, file));
        let over_a_directory = files.keys().any(|file| below(file, name));
        if below_a_file || over_a_directory {
            expected.errors.push(ErrorKind::Conflict);
            match mode {
                // A directory may count as a taken name, as in Django.
                Mode::Unique => expected.alternative = over_a_directory,
                // There is no such file, and that may be noticed first.
                Mode::IfMatch { .. } => expected.errors.push(ErrorKind::PreconditionFailed),
                Mode::Create | Mode::Overwrite => {}
            }
            return expected;
        }
        let taken = files.contains_key(name);
        match mode {
            Mode::Unique => (expected.exact, expected.alternative) = (!taken, taken),
            Mode::Create if taken => expected.errors.push(ErrorKind::AlreadyExists),
            Mode::IfMatch { .. } if !tag_matches => expected.errors.push(ErrorKind::PreconditionFailed),
            Mode::Create | Mode::Overwrite | Mode::IfMatch { .. } => expected.exact = true,
        }
        expected
    }

    /// The same where the source is missing: that may be noticed first or last.
    pub(super) fn without_source(mut self) -> Self {
        (self.exact, self.alternative) = (false, false);
        self.errors.push(ErrorKind::NotFound);
        self
    }

    /// What comes of copying a file onto itself.
    pub(super) fn itself() -> Self {
        Self { exact: true, ..Self::default() }
    }

    /// Compares; `Ok(Some)` is the name that the file got.
    pub(super) fn judge(
        &self,
        answer: Result<Saved, Error>,
        name: &str,
        files: &BTreeMap<String, File>,
    ) -> Result<Option<Saved>, String> {
        match answer {
            Ok(saved) if self.exact && saved.name == *name => Ok(Some(saved)),
            Ok(saved) if self.alternative && is_alternative(&saved.name, name) => {
                if files.contains_key(saved.name.as_str()) {
                    return Err(format!("{saved:?} is a name that was taken"));
                }
                Ok(Some(saved))
            }
            Err(error) if self.errors.contains(&error.kind()) => Ok(None),
            answer => Err(format!("the answer was {answer:?}, allowed is {self:?}")),
        }
    }
}

/// Whether `name` is `asked` with `_` and seven letters before the first dot of its file name.
fn is_alternative(name: &Name, asked: &str) -> bool {
    let asked = Name::new(asked).expect("the names of the model are valid");
    let (stem, suffix) = asked.stem_and_suffix();
    let before = format!("{}{stem}_", asked.parent().prefix());
    let random = name.as_str().strip_prefix(&before).and_then(|rest| rest.strip_suffix(suffix));
    random.is_some_and(|random| random.len() == 7 && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
