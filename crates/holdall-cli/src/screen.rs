//! Everything that is written: lines on standard output, complaints on standard error, a bar between them.
//!
//! A reader that goes away (`holdall manifest show | head`) is no error: the rest is not written. Colours are left out
//! where they are not wanted (`NO_COLOR`, `--no-color`, no terminal).

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::sync::Mutex;

use clap::builder::styling::{AnsiColor, Style};
use indicatif::ProgressBar;
use serde::Serialize;

use crate::args::Common;
use crate::exit::Exit;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Standard output and standard error.
#[derive(Debug)]
pub(crate) struct Screen {
    verbosity: u8,
    json: bool,
    /// What lines are written above of, while there is one.
    bar: Mutex<Option<ProgressBar>>,
    /// Why standard output takes no more.
    broken: Mutex<Option<io::Error>>,
}

impl Screen {
    pub(crate) fn new(common: &Common, json: bool) -> Self {
        if let Some(choice) = common.color() {
            choice.write_global();
        }
        Self { verbosity: common.verbosity, json, bar: Mutex::default(), broken: Mutex::default() }
    }

    /// Whether what has this level is said.
    pub(crate) fn says(&self, level: u8) -> bool {
        self.verbosity >= level
    }

    /// Whether there is somebody to see a bar move.
    pub(crate) fn is_watched(&self) -> bool {
        self.says(1) && !self.json && io::stderr().is_terminal()
    }

    /// A line of the result, at that level of verbosity. Beside a JSON document it is a remark.
    pub(crate) fn line(&self, level: u8, text: impl Display) {
        if !self.says(level) {
            return;
        }
        let text = format!("{text}\n");
        if self.json { self.remark(&text) } else { self.output(&text) }
    }

    /// The document that was asked for.
    pub(crate) fn document(&self, text: &str) {
        self.output(&format!("{text}\n"));
    }

    /// The same of what is to be written as JSON.
    pub(crate) fn json(&self, document: &impl Serialize) {
        // Text, numbers, and lists and tables of them: all of that JSON can say.
        match serde_json::to_string_pretty(document) {
            Ok(text) => self.document(&text),
            Err(error) => self.error(format_args!("the document cannot be written: {error}")),
        }
    }

    /// A question, without an end of line, where lines go.
    pub(crate) fn ask(&self, text: &str) {
        if self.json { self.remark(text) } else { self.output(text) }
    }

    /// A line beside the result.
    pub(crate) fn note(&self, text: impl Display) {
        self.remark(&format!("{text}\n"));
    }

    pub(crate) fn warning(&self, text: impl Display) {
        self.remark(&format!("{WARNING}warning:{WARNING:#} {text}\n"));
    }

    pub(crate) fn error(&self, text: impl Display) {
        self.remark(&format!("{ERROR}error:{ERROR:#} {text}\n"));
    }

    /// From now on lines go above this bar.
    pub(crate) fn show(&self, bar: ProgressBar) {
        *lock(&self.bar) = Some(bar);
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        if let Some(bar) = lock(&self.bar).take() {
            bar.finish_and_clear();
        }
    }

    /// The exit code that it comes to in the end: what could not be written is a failure, but for a reader that had
    /// enough.
    pub(crate) fn finish(&self, exit: Exit) -> Exit {
        self.clear();
        match lock(&self.broken).take() {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.error(format_args!("standard output cannot be written to: {error}"));
                if exit == Exit::Done { Exit::Failed } else { exit }
            }
            _ => exit,
        }
    }

    fn output(&self, text: &str) {
        let mut broken = lock(&self.broken);
        if broken.is_none() {
            let written = self.above_bar(|| {
                let mut stdout = anstream::stdout();
                stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
            });
            *broken = written.err();
        }
    }

    /// Whoever closed standard error wants to hear nothing.
    fn remark(&self, text: &str) {
        let _ = self.above_bar(|| anstream::stderr().write_all(text.as_bytes()));
    }

    fn above_bar<T>(&self, write: impl FnOnce() -> T) -> T {
        match &*lock(&self.bar) {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

/// A writer that panicked has left nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
