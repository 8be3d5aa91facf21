//! What is wrong with the settings: collected, so that one start reports everything.

use holdall_core::{Error, ErrorKind};

use crate::value::SettingOrigin;

/// One thing that is wrong, and where it was written.
pub(crate) struct Problem {
    origin: SettingOrigin,
    sentence: String,
    /// The backend's own error, where the settings could be read but it could not start with them.
    source: Option<Error>,
}

impl Problem {
    pub(crate) fn new(origin: SettingOrigin, sentence: impl Into<String>) -> Self {
        Self { origin, sentence: sentence.into(), source: None }
    }

    pub(crate) fn with_source(mut self, source: Error) -> Self {
        self.source = Some(source);
        self
    }

    /// The sentence behind its place: `holdall.toml:7: unknown key ...`.
    pub(crate) fn line(&self) -> String {
        self.origin.say(&self.sentence)
    }
}

/// Everything that is wrong, in the order in which it was found.
#[derive(Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    pub(crate) fn extend(&mut self, others: impl IntoIterator<Item = Problem>) {
        self.0.extend(others);
    }

    /// The same problems again, for an error that somebody may drop; without the backends' errors.
    pub(crate) fn to_error(&self) -> Error {
        let copies = self.0.iter().map(|problem| Problem::new(problem.origin.clone(), &*problem.sentence));
        Self(copies.collect()).into_error()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts the problems of one storage into the order of the lines that they are about.
    pub(crate) fn sort(&mut self) {
        self.0.sort_by(|one, other| one.origin.sort_key().cmp(&other.origin.sort_key()));
    }

    /// One error that says it all.
    ///
    /// A single problem is its own sentence, and keeps the kind and the causes of the backend's error.
    /// Of several, each gets a line.
    pub(crate) fn into_error(self) -> Error {
        let Self(mut problems) = self;
        if let [_] = problems[..] {
            let Problem { origin, sentence, source } = problems.remove(0);
            let kind = source.as_ref().map_or(ErrorKind::InvalidConfig, Error::kind);
            let error = Error::message(kind, origin.say(&sentence));
            return match source {
                Some(source) => error.with_source(source),
                None => error,
            };
        }
        let lines: Vec<String> = problems.iter().map(Problem::line).collect();
        let message = format!("{} settings are wrong:\n  {}", lines.len(), lines.join("\n  "));
        Error::message(ErrorKind::InvalidConfig, message)
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
