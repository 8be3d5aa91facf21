//! What an error of publishing says: which file, what stands, and how to go on.

use holdall_core::{Error, ErrorKind};

use super::published::Role;

/// The error of a save, with what is published now. `saved` files of the stage are at the destination.
pub(crate) fn while_saving(error: Error, role: Role, saved: usize, of: usize, has_manifest: bool) -> Error {
    let stands = match role {
        _ if !has_manifest => "what was there before under other names is untouched",
        Role::Copy => {
            "the hashed files are all there, the manifest still names those of before, and they are whole"
        }
        Role::Manifest => {
            "the files are all there, the manifest still names those of before, and they are whole"
        }
        _ => "what was published before is whole, and the manifest still names it",
    };
    let mend = match error.kind() {
        ErrorKind::StorageFull => "make room and run again: it goes on from here",
        ErrorKind::ChecksumMismatch | ErrorKind::SourceFailed => {
            "run again when nobody changes the sources any more: it goes on from here"
        }
        _ => "run again to go on from here",
    };
    let cause = match error.kind() {
        ErrorKind::ChecksumMismatch => {
            "its bytes are not those that were read before: the source was changed meanwhile, or the transfer damaged them"
        }
        _ => error.reason(),
    };
    let progress = if of > 1 { format!(" ({saved} of {of} were saved)") } else { String::new() };
    let message = format!("{cause}{progress}; {stands}; {mend}");
    error.with_message(message)
}
