//! The report of a probe.

use std::collections::BTreeMap;
use std::fmt;

use super::Feature;
use crate::verbs::asking::Answer;

/// The answers of a server, as [`S3Storage::probe`](crate::S3Storage::probe) has found them out.
///
/// Its `Display` is a table for people, with a sentence for each no. A program asks for single answers, or gives the
/// report to [`S3StorageBuilder::probed`](crate::S3StorageBuilder::probed), which makes settings of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProbeReport {
    /// The storage that was probed.
    pub storage: String,
    /// The host that answered.
    pub host: String,
    answers: BTreeMap<Feature, Answer>,
    /// Keys and uploads that could not be removed, each as a sentence. Empty, unless the server failed at the end or
    /// the credentials may not delete.
    pub left_behind: Vec<String>,
}

impl ProbeReport {
    pub(super) fn new(storage: String, host: String) -> Self {
        Self { storage, host, answers: BTreeMap::new(), left_behind: Vec::new() }
    }

    pub(super) fn record(&mut self, feature: Feature, answer: Answer) {
        self.answers.insert(feature, answer);
    }

    /// The answer about one feature.
    pub fn answer(&self, feature: Feature) -> Answer {
        let unasked = || Answer::Unknown("it was not asked about".to_owned());
        self.answers.get(&feature).cloned().unwrap_or_else(unasked)
    }

    /// Whether the server does it.
    pub fn has(&self, feature: Feature) -> bool {
        self.answers.get(&feature).is_some_and(Answer::is_yes)
    }

    /// Whether the server is known not to do it.
    pub fn lacks(&self, feature: Feature) -> bool {
        self.answers.get(&feature).is_some_and(Answer::is_no)
    }

    /// Every feature with its answer, in the order of [`Feature::ALL`].
    pub fn answers(&self) -> impl Iterator<Item = (Feature, Answer)> + '_ {
        Feature::ALL.into_iter().map(|feature| (feature, self.answer(feature)))
    }

    /// Warnings for an operator: sentences about the bucket, not about the kind of server.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some(Answer::No(seen)) = self.answers.get(&Feature::AbortRule) {
            warnings.push(format!("{}. {}.", capital(seen), Feature::AbortRule.consequence()));
        }
        warnings.extend(self.left_behind.iter().cloned());
        warnings
    }
}

impl fmt::Display for ProbeReport {
    /// One line for each feature, and the warnings behind them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} at {}", self.storage, self.host)?;
        for (feature, answer) in self.answers() {
            match answer {
                Answer::Yes => writeln!(f, "  {feature:<26} yes")?,
                Answer::No(seen) => {
                    writeln!(f, "  {feature:<26} no       {}. {}.", capital(&seen), feature.consequence())?;
                }
                Answer::Unknown(why) => writeln!(f, "  {feature:<26} unknown  {}.", capital(&why))?,
            }
        }
        for warning in self.warnings() {
            writeln!(f, "  warning: {warning}")?;
        }
        Ok(())
    }
}

/// The beginning of a sentence.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Answer, Feature, ProbeReport};

    #[test]
    fn each_no_has_a_sentence_and_what_was_not_asked_is_unknown() {
        let mut report = ProbeReport::new("s3://media".to_owned(), "localhost:1".to_owned());
        report.record(Feature::ConditionalCreate, Answer::Yes);
        report.record(Feature::ConditionalDelete, Answer::no("it deleted another version"));
        report.record(Feature::AbortRule, Answer::no("the bucket has no such rule"));
        report.left_behind.push("The object \"x\" could not be deleted.".to_owned());
        let text = report.to_string();
        assert!(text.starts_with("s3://media at localhost:1\n"), "{text}");
        assert!(text.contains("  PutObject, If-None-Match   yes\n"), "{text}");
        assert!(text.contains("no       It deleted another version. Deleting one version only"), "{text}");
        assert!(text.contains("unknown  It was not asked about.\n"), "{text}");
        assert!(text.contains("  warning: The bucket has no such rule. What a process leaves"), "{text}");
        assert!(text.ends_with("  warning: The object \"x\" could not be deleted.\n"), "{text}");
        assert_eq!(report.answers().count(), Feature::ALL.len());
        assert!(report.has(Feature::ConditionalCreate) && !report.lacks(Feature::ConditionalCreate));
        assert!(!report.has(Feature::Tags) && !report.lacks(Feature::Tags));
    }
}
