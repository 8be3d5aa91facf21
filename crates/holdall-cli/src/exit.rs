//! How the command ends.

use std::process::ExitCode;

use holdall::{Error, ErrorKind};

use crate::screen::Screen;

/// The exit codes. They are part of the interface: a new reason gets a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// 0: what was asked for is done.
    Done,
    /// 1: something failed: a storage, the network, a source that cannot be read; or somebody said no to a question.
    Failed,
    /// 2: the arguments or the settings are wrong. Nothing was done.
    Usage,
    /// 3: the static files are wrong: references to files that are not there. Nothing was published.
    Problems,
    /// 4: the answer is no: a file that no finder has, a published file that is damaged.
    No,
    /// 130: interrupted from the keyboard (SIGINT).
    Interrupted,
    /// 143: told to end (SIGTERM).
    Terminated,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Problems => 3,
            Self::No => 4,
            // What a shell says of a process that a signal ended: 128 and the number of the signal.
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why the command ends early.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// What is said about it.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// Arguments or settings are wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(crate) fn tell(self, screen: &Screen) -> Exit {
        screen.error(&self.message);
        self.exit
    }
}

impl From<Error> for Failure {
    /// Its sentence, and every cause that adds to it.
    fn from(error: Error) -> Self {
        let exit = if error.kind() == ErrorKind::InvalidConfig { Exit::Usage } else { Exit::Failed };
        let mut message = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            let text = cause.to_string();
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            source = cause.source();
        }
        Self { exit, message }
    }
}
