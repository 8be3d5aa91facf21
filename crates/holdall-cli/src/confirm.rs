//! Questions that only `yes` answers.

use std::io::{self, BufRead as _};

use crate::exit::{Exit, Failure};
use crate::screen::Screen;

/// Django's words.
pub(crate) const QUESTION: &str =
    "Are you sure you want to do this?\n\nType 'yes' to continue, or 'no' to cancel: ";

/// Asks. Anything but `yes` is an error, in the words of `cancelled`.
///
/// As in Django a standard input that is no terminal is read, too: `echo yes | holdall collectstatic`.
pub(crate) fn confirm(question: &str, cancelled: &str, screen: &Screen) -> Result<(), Failure> {
    screen.ask(question);
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer).map_err(|error| {
        Failure::new(Exit::Failed, format!("the answer cannot be read: {error}; use --noinput"))
    })?;
    if read == 0 {
        // The line of the question has no end yet.
        screen.note("");
        let message =
            "nobody answered: standard input is at its end. Use --noinput where nobody can be asked.";
        return Err(Failure::new(Exit::Failed, message));
    }
    // Whatever ends the line; no other space is left out, as in Django.
    if answer.trim_end_matches(['\r', '\n']) == "yes" {
        return Ok(());
    }
    Err(Failure::new(Exit::Failed, cancelled))
}
