//! The question before anything is changed, word for word Django's.

use std::io::{self, BufRead as _};
use std::path::Path;

use super::CollectArgs;
use crate::exit::{Exit, Failure};
use crate::screen::Screen;

/// Asks, where there is something to lose: always at a remote destination, since nobody looked; at a directory of this
/// machine when there is anything in it. Only `yes` continues.
pub(super) fn ask(args: &CollectArgs, directory: Option<&Path>, screen: &Screen) -> Result<(), Failure> {
    if directory.is_some_and(is_empty) {
        return Ok(());
    }
    screen.ask(&question(args, directory));
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer).map_err(|error| {
        Failure::new(Exit::Failed, format!("the answer cannot be read: {error}; use --noinput"))
    })?;
    if read == 0 {
        // The line of the question has no end yet.
        screen.note("");
        return Err(Failure::new(
            Exit::Failed,
            "nobody answered: standard input is at its end. Use --noinput where nobody can be asked.",
        ));
    }
    // Whatever ends the line; no other space is left out, as in Django.
    if answer.trim_end_matches(['\r', '\n']) == "yes" {
        return Ok(());
    }
    Err(Failure::new(Exit::Failed, "Collecting static files cancelled."))
}

fn question(args: &CollectArgs, directory: Option<&Path>) -> String {
    let mut question = "\n".to_owned();
    if args.dry_run {
        question += "You have activated the --dry-run option so no files will be modified.\n\n";
    }
    question += "You have requested to collect static files at the destination\n\
                 location as specified in your settings";
    question += &match directory {
        Some(directory) => format!(":\n\n    {}\n\n", super::summary::shown(directory)),
        None => ".\n\n".to_owned(),
    };
    question += if args.clear {
        "This will DELETE ALL FILES in this location!\n"
    } else {
        "This will overwrite existing files!\n"
    };
    question + "Are you sure you want to do this?\n\nType 'yes' to continue, or 'no' to cancel: "
}

/// Missing counts as empty. What must not be read is somebody's.
fn is_empty(directory: &Path) -> bool {
    match directory.read_dir() {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}
