//! Values as types: one parser for what TOML, the environment and URLs say.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use bytesize::ByteSize;
use holdall_core::backend::listed;
use holdall_core::{Error, Location, Result};

use super::StorageSettings;
use crate::value::{Kind, Value};

impl StorageSettings {
    /// Text of one line. In TOML it has to be written as text: a bucket called `2024` is `"2024"`.
    ///
    /// A line break at its end, which comes from a file, or a blank from a copy is refused here: most texts become a
    /// part of a request, where neither can be sent. [`take_lines`](Self::take_lines) takes every text.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for a number or a boolean of TOML, and for text with
    /// a control character, or with a blank at one of its ends. The error does not repeat that text.
    pub fn take_str(&mut self, key: &str) -> Result<Option<String>> {
        let Some(text) = self.take_lines(key)? else { return Ok(None) };
        let problem = if text.chars().any(char::is_control) {
            "holds a line break or another control character"
        } else if text.trim() != text {
            "begins or ends with a blank"
        } else {
            return Ok(Some(text));
        };
        Err(self.invalid(key, format_args!("{problem}; remove it")))
    }

    /// Text of any number of lines, as it is written: a key in PEM, a document in JSON.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for a number or a boolean of TOML.
    pub fn take_lines(&mut self, key: &str) -> Result<Option<String>> {
        self.take_as(key, "text, in quotes", |value| (value.kind == Kind::Text).then(|| value.text.clone()))
    }

    /// Text that the backend cannot do without.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) where it is missing, empty or no text.
    pub fn require_str(&mut self, key: &str) -> Result<String> {
        match self.take_str(key)? {
            Some(text) if text.is_empty() => Err(self.invalid(key, "is empty")),
            Some(text) => Ok(text),
            None => Err(self.missing(key)),
        }
    }

    /// `true` or `false`.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for anything else.
    pub fn take_bool(&mut self, key: &str) -> Result<Option<bool>> {
        self.take_as(key, "true or false", |value| value.text.parse().ok())
    }

    /// A duration with its unit, as [`humantime`] reads it: `30s`, `5min`, `1h 30min`.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for anything else, a bare number
    /// included: nobody can see what it counts.
    pub fn take_duration(&mut self, key: &str) -> Result<Option<Duration>> {
        self.take_as(key, "a duration like \"30s\" or \"5min\"", |value| {
            humantime::parse_duration(&value.text).ok().filter(|_| value.kind == Kind::Text)
        })
    }

    /// A number of bytes: `8 MiB` (1,024 based), `5 MB` (1,000 based), or a plain whole number.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for anything else.
    pub fn take_size(&mut self, key: &str) -> Result<Option<u64>> {
        self.take_as(key, "a size like \"8 MiB\"", |value| match value.kind {
            Kind::Text => value.text.parse().ok().map(|size: ByteSize| size.as_u64()),
            Kind::Integer { .. } => value.text.parse().ok(),
            Kind::Float | Kind::Boolean | Kind::Other => None,
        })
    }

    /// Anything that reads itself from text. `wanted` completes the sentence "it has to be ...".
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) where `T` does not take the text. The
    /// error of `T` is left out: it was written for programmers.
    pub fn take_parsed<T: FromStr>(&mut self, key: &str, wanted: &str) -> Result<Option<T>> {
        self.take_as(key, wanted, |value| value.text.parse().ok())
    }

    /// One of a few words.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for any other, listing them.
    pub fn take_choice<T: Clone>(&mut self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>> {
        let wanted = listed(choices.iter().map(|(word, _)| *word), "or");
        self.take_as(key, &wanted, |value| {
            choices.iter().find(|(word, _)| *word == value.text).map(|(_, choice)| choice.clone())
        })
    }

    /// As [`take_choice`](Self::take_choice), where the key has to be there.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) where it is missing too.
    pub fn require_choice<T: Clone>(&mut self, key: &str, choices: &[(&str, T)]) -> Result<T> {
        match self.take_choice(key, choices)? {
            Some(choice) => Ok(choice),
            None => Err(self.missing(key)),
        }
    }

    /// A path of this machine. A relative one is relative to the directory of the file that it is
    /// written in, and to the working directory when it comes from the environment or from the
    /// application.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for an empty path and for what is no
    /// text.
    pub fn take_path(&mut self, key: &str) -> Result<Option<PathBuf>> {
        let Some(text) = self.take_str(key)? else { return Ok(None) };
        if text.is_empty() {
            return Err(self.invalid(key, "is empty; write \".\" for the directory itself"));
        }
        let directory = self.origin(key).and_then(|origin| origin.directory());
        Ok(Some(directory.map_or_else(|| PathBuf::from(&text), |directory| directory.join(&text))))
    }

    /// As [`take_path`](Self::take_path), where the backend cannot do without.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) where it is missing too.
    pub fn require_path(&mut self, key: &str) -> Result<PathBuf> {
        match self.take_path(key)? {
            Some(path) => Ok(path),
            None => Err(self.missing(key)),
        }
    }

    /// A location inside the storage. A factory that takes the key `location` applies it itself.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) with the rule of [`Location::new`] that
    /// was broken.
    pub fn take_location(&mut self, key: &str) -> Result<Option<Location>> {
        let Some(text) = self.take_str(key)? else { return Ok(None) };
        match Location::new(&text) {
            Ok(location) => Ok(Some(location)),
            Err(error) => Err(self.invalid(key, format_args!("cannot be used: {error}"))),
        }
    }

    /// The permission bits of a file, in octal as `chmod` takes them: `"644"`, or `0o644` in TOML.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for anything else. The number 644 of
    /// TOML is refused: it would be decimal there.
    pub fn take_mode(&mut self, key: &str) -> Result<Option<u32>> {
        self.take_as(key, "an octal mode like \"644\"", |value| {
            let mode = match value.kind {
                Kind::Text => {
                    let digits = value.text.strip_prefix("0o").unwrap_or(&value.text);
                    // `from_str_radix` would take a sign.
                    let octal = digits.bytes().all(|digit| matches!(digit, b'0'..=b'7'));
                    octal.then(|| u32::from_str_radix(digits, 8).ok()).flatten()
                }
                Kind::Integer { radix: 8 } => value.text.parse().ok(),
                Kind::Integer { .. } | Kind::Float | Kind::Boolean | Kind::Other => None,
            };
            mode.filter(|mode| *mode <= 0o7777)
        })
    }

    /// Takes a key and reads it, or says what it has to be.
    fn take_as<T>(
        &mut self,
        key: &str,
        wanted: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(value) = self.take(key) else { return Ok(None) };
        let read = if value.kind == Kind::Other { None } else { read(&value) };
        read.map(Some).ok_or_else(|| self.unfit(key, &value, wanted))
    }

    fn unfit(&mut self, key: &str, value: &Value, wanted: &str) -> Error {
        match value.shown(key) {
            Some(shown) => self.invalid(key, format_args!("is {shown}; it has to be {wanted}")),
            None => self.invalid(key, format_args!("has to be {wanted}")),
        }
    }
}
