//! A rule for names with a hash: a pattern that says where the hash stands.

use holdall_core::{Error, ErrorKind, Operation, Result};

use super::shape::is_hash;
use crate::finders::matches;

/// A pattern of [`Ignore`](crate::Ignore) around one `[hash]` or `[hash:length]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HashPattern {
    text: String,
    before: String,
    behind: String,
    length: Option<usize>,
}

/// What a pattern says about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// It has a hash where one must be.
    Hashed,
    /// All but the hash fits.
    NoHash,
    /// Another file.
    Not,
}

impl HashPattern {
    pub(super) fn new(text: &str) -> Result<Self> {
        let wrong = |what: &str| {
            let message = format!(
                "the pattern {text:?} of hashed names {what}; write it as \"assets/*-[hash].js\", or \
                 \"*.[hash:20].*\" with the length of the hash"
            );
            Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure)
        };
        let (before, rest) = text.split_once("[hash").ok_or_else(|| wrong("has no [hash]"))?;
        let (length, behind) = rest.split_once(']').ok_or_else(|| wrong("has a [hash that is not closed"))?;
        if behind.contains("[hash") {
            return Err(wrong("has more than one [hash]"));
        }
        let length = match length.strip_prefix(':').map(str::parse) {
            None if length.is_empty() => None,
            Some(Ok(length @ 4..=64)) => Some(length),
            _ => return Err(wrong("has a [hash] whose length is no number from 4 to 64")),
        };
        Ok(Self { text: text.to_owned(), before: before.to_owned(), behind: behind.to_owned(), length })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn fit(&self, name: &str) -> Fit {
        if !matches(&format!("{}*{}", self.before, self.behind), name) {
            return Fit::Not;
        }
        let boundaries: Vec<usize> = name.char_indices().map(|(at, _)| at).chain([name.len()]).collect();
        let is_there = boundaries.iter().enumerate().any(|(number, &start)| {
            boundaries[number..].iter().any(|&end| {
                is_hash(&name[start..end], self.length)
                    && matches(&self.before, &name[..start])
                    && matches(&self.behind, &name[end..])
            })
        });
        if is_there { Fit::Hashed } else { Fit::NoHash }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fit, HashPattern};

    #[test]
    fn the_hash_must_be_where_the_pattern_says() {
        let fit = |pattern, name| HashPattern::new(pattern).unwrap().fit(name);
        for (pattern, name, expected) in [
            ("assets/*-[hash].js", "assets/index-B6eWh3TH.js", Fit::Hashed),
            ("assets/*-[hash].js", "assets/aI-KMijL-aI-KMijL.js", Fit::Hashed),
            ("assets/*-[hash].js", "assets/my-settings.js", Fit::NoHash),
            ("assets/*-[hash].js", "assets/my-component2-extra.js", Fit::NoHash),
            ("assets/*-[hash].js", "assets/index.js", Fit::Not),
            ("assets/*-[hash].js", "js/index-B6eWh3TH.js", Fit::Not),
            ("*.[hash].*", "js/480.8a79ced1256fae247a02.js.map", Fit::Hashed),
            ("*.[hash].*", "js/jquery.min.js", Fit::NoHash),
            ("*.[hash:6].js", "a.8a79ce.js", Fit::Hashed),
            ("*.[hash:6].js", "a.8a79ced.js", Fit::NoHash),
            ("[hash].png", "b511689a3604783ac3cb.png", Fit::Hashed),
            ("größe-[hash].png", "größe-b511689a.png", Fit::Hashed),
        ] {
            assert_eq!(fit(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_without_a_hash_is_refused() {
        for (pattern, says) in [
            ("assets/*.js", "has no [hash]"),
            ("[hash", "not closed"),
            ("[hash]-[hash]", "more than one"),
            ("[hash:]", "no number"),
            ("[hash:0]", "no number"),
            ("[hashes]", "no number"),
        ] {
            let error = HashPattern::new(pattern).unwrap_err();
            assert!(error.reason().contains(says), "{pattern}: {error}");
        }
    }
}
