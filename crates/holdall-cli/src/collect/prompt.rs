//! The question before anything is changed, word for word Django's.

use std::io;
use std::path::Path;

use super::CollectArgs;
use crate::confirm::{QUESTION, confirm};
use crate::exit::Failure;
use crate::screen::Screen;

/// Asks, where there is something to lose: always at a remote destination, since nobody looked; at a directory of this
/// machine when there is anything in it. Only `yes` continues.
pub(super) fn ask(args: &CollectArgs, directory: Option<&Path>, screen: &Screen) -> Result<(), Failure> {
    if directory.is_some_and(is_empty) {
        return Ok(());
    }
    confirm(&question(args, directory), "Collecting static files cancelled.", screen)
}

fn question(args: &CollectArgs, directory: Option<&Path>) -> String {
    let mut question = "\n".to_owned();
    if args.dry_run {
        question += "You have activated the --dry-run option so no files will be modified.\n\n";
    }
    question += "You have requested to collect static files at the destination\n\
                 location as specified in your settings";
    match directory {
        Some(directory) => question.extend([":\n\n    ", &super::summary::shown(directory), "\n\n"]),
        None => question += ".\n\n",
    }
    question += if args.clear {
        "This will DELETE ALL FILES in this location!\n"
    } else {
        "This will overwrite existing files!\n"
    };
    question + QUESTION
}

/// Missing counts as empty. What must not be read is somebody's.
fn is_empty(directory: &Path) -> bool {
    match directory.read_dir() {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}
