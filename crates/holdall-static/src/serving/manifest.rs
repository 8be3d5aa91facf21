//! Finding the manifest, and saying what is missing in it.

use holdall_core::{Error, ErrorKind, Name, OpenOptions, Operation, Result, Storage};

use crate::manifest::{MANIFEST_NAME, Manifest};
use crate::nearest::nearest_or_namesake;

/// Reads the current manifest of a storage.
///
/// # Errors
///
/// `NotFound` with what to do about it; those of [`Manifest::parse`] and of the storage.
pub(crate) async fn load(storage: &dyn Storage) -> Result<Manifest> {
    let name = Name::new(MANIFEST_NAME)?;
    let at = |error: Error| error.or_at(Operation::Open, &storage, Some(MANIFEST_NAME));
    let file = match storage.open(&name, OpenOptions::default()).await {
        Ok(file) => file,
        Err(error) if error.is_not_found() => {
            let message = "there is no manifest of static files; run `holdall collectstatic` to publish them";
            return Err(at(error.with_message(message)));
        }
        Err(error) => return Err(at(error)),
    };
    Manifest::parse(&file.bytes().await.map_err(at)?).map_err(at)
}

/// The error for a name that is not among those that are there, in Django's words and with the nearest one.
///
/// `InvalidInput`, not `NotFound`: the name stands in the program, and an application that answers `NotFound`
/// with 404 must not tell a visitor that the page is absent because a template has a slip.
pub(crate) fn unknown<'a>(name: &str, names: impl DoubleEndedIterator<Item = &'a Name> + Clone) -> Error {
    let message = match nearest_or_namesake(name, names) {
        Some(nearest) => {
            format!("Missing staticfiles manifest entry for '{name}'; did you mean '{nearest}'?")
        }
        None if name.is_empty() => {
            "Missing staticfiles manifest entry for ''; the name is empty, perhaps a variable that is not set"
                .to_owned()
        }
        None => format!("Missing staticfiles manifest entry for '{name}'"),
    };
    Error::message(ErrorKind::InvalidInput, message).with_operation(Operation::Url).with_name(name)
}
