//! Whether a file at the destination is the one that should be there.
//!
//! The listing and the last manifest answer that without a request for each file:
//!
//! - A hashed name is its content: what has the name and the size is the file. That of a bundler is a hash of what it
//!   read, not of what it wrote, so that another release of it may write something else under the same name: there,
//!   what the last manifest says decides, too.
//! - Any other name is compared by its tag: with the MD5 of the content, which the tag is on S3 for what was saved
//!   with one request, and with what is remembered about the tag, where it is something else.
//! - The manifest notes which headers a file was published with.
//!
//! Only a file that no manifest knows, such as what a run saved that failed later, has to be looked at itself: its
//! checksum, where the storage keeps one, and its headers.

use holdall_core::{Result, Store};

use super::before::{Before, There};
use super::output::Output;
use super::published::{Action, Role};
use crate::collect::headers::{are_as_wanted, fingerprint};
use crate::collect::plan::Planned;

/// What has to be done with an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing.
    Same,
    /// This.
    Do(Action),
    /// The file itself must be looked at; whether its content is known to be the same.
    Look { same_content: bool },
}

/// Compares without a request.
pub(crate) fn compare(output: &Output<'_>, file: &Planned, before: &Before, store: &Store) -> Verdict {
    let Some(there) = before.there.get(output.name) else { return Verdict::Do(Action::Created) };
    if there.size != output.size {
        return Verdict::Do(Action::Replaced);
    }
    let details = before.manifest.as_ref().and_then(|manifest| {
        let is_this = output.role == Role::Copy || manifest.get(file.name.as_str()) == Some(output.name);
        manifest.details(file.name.as_str()).filter(|_| is_this)
    });
    let noted = match output.role {
        Role::Copy => {
            let remembered = there.tag.as_deref().and_then(|tag| before.copies.md5(output.name, tag));
            match same_copy(there, file, remembered) {
                Some(true) => {}
                None if store.capabilities().checksum => return Verdict::Look { same_content: false },
                _ => return Verdict::Do(Action::Replaced),
            }
            details.and_then(|details| details.copy.as_ref()?.headers.as_ref())
        }
        _ if file.prehashed
            && details.is_some_and(|details| details.integrity != file.digests().integrity()) =>
        {
            return Verdict::Do(Action::Replaced);
        }
        _ => details.and_then(|details| details.headers.as_ref()),
    };
    match noted {
        _ if !store.capabilities().attributes => Verdict::Same,
        Some(noted) if *noted == fingerprint(&output.attributes) => Verdict::Same,
        Some(_) => Verdict::Do(Action::Updated),
        None => Verdict::Look { same_content: true },
    }
}

/// Whether a copy of the right size has the right content, if its tag tells. `remembered` is the MD5 of the content
/// that got exactly this tag.
fn same_copy(there: &There, file: &Planned, remembered: Option<&str>) -> Option<bool> {
    let (tag, md5) = (there.tag.as_ref()?, file.copied().md5());
    if *tag == md5 {
        return Some(true);
    }
    remembered.map(|remembered| remembered == md5)
}

/// Looks at the file itself.
///
/// # Errors
///
/// Those of the storage; that the file is gone by now is none.
pub(crate) async fn look(output: &Output<'_>, same_content: bool, store: &Store) -> Result<Verdict> {
    let metadata = match store.metadata(output.name).await {
        Ok(metadata) => metadata,
        Err(error) if error.is_not_found() => return Ok(Verdict::Do(Action::Created)),
        Err(error) => return Err(error),
    };
    Ok(if !same_content && metadata.checksum != Some(output.checksum) {
        Verdict::Do(Action::Replaced)
    } else if store.capabilities().attributes && !are_as_wanted(&output.attributes, &metadata.attributes) {
        Verdict::Do(Action::Updated)
    } else {
        Verdict::Same
    })
}
