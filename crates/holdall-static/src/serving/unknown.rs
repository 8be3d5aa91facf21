//! Saying that a name is not among the static files.

use holdall_core::{Error, ErrorKind, Name, Operation};

use crate::nearest::nearest_or_namesake;

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

/// The same for the entry of a bundler.
pub(crate) fn unknown_entry<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let mut known: Vec<String> = known.map(|known| format!("'{known}'")).collect();
    known.sort_unstable();
    let message = if known.is_empty() {
        format!(
            "there is no entry '{key}', as there are none; tell the collector of the bundler's manifest (`prehashed`)"
        )
    } else {
        format!("there is no entry '{key}'; there are {}", known.join(", "))
    };
    Error::message(ErrorKind::InvalidInput, message).with_operation(Operation::Url).with_name(key)
}
