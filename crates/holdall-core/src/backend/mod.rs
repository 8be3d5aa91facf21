//! Tools that backend authors share. Applications need none of them.
//!
//! A backend implements [`Storage`](crate::Storage) and finds the rest here: names for a save
//! ([`Candidates`], [`random_alphanumeric`]), verbs made of other verbs ([`delete_each`], [`rename_by_copy`]), text in
//! headers ([`header_text`]), files that appear whole ([`StagedFile`]), and the refusal of every change
//! ([`read_only_storage`]). For its error messages there is the [nearest known name](nearest).

mod nearest;
mod read_only;

pub use async_trait::async_trait;

pub use self::nearest::{KnownNames, did_you_mean, listed, nearest, nearest_word};
#[doc(inline)]
pub use crate::__read_only_storage as read_only_storage;
pub use crate::header_text;
pub use crate::name::Candidates;
pub use crate::random::alphanumeric as random_alphanumeric;
pub use crate::staged::StagedFile;
pub use crate::storage::{delete_each, rename_by_copy};
