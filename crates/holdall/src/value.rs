//! One setting: its text, and where it was written.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a setting was written: `holdall.toml:7`, `HOLDALL_STORAGES__DEFAULT__URL`.
///
/// Every error about a setting begins with it, and so does what a factory reports through
/// [`StorageSettings::invalid`](crate::StorageSettings::invalid).
#[derive(Clone, PartialEq, Eq)]
pub struct SettingOrigin {
    place: Place,
    in_url: bool,
}

#[derive(Clone, PartialEq, Eq)]
enum Place {
    /// A line of a TOML document, counted from 1.
    Line { document: Arc<Document>, line: usize },
    /// An environment variable.
    Variable(Arc<str>),
    /// The argument of a function call: there is no place to point to.
    Argument,
}

/// A TOML document, as its errors name it.
#[derive(PartialEq, Eq)]
pub(crate) struct Document {
    /// The path as it was given, or a word for text without a path.
    pub(crate) label: String,
    /// What relative paths in it are relative to; `None` is the working directory.
    pub(crate) directory: Option<PathBuf>,
}

impl SettingOrigin {
    pub(crate) fn line(document: &Arc<Document>, line: usize) -> Self {
        Self { place: Place::Line { document: Arc::clone(document), line }, in_url: false }
    }

    pub(crate) fn variable(name: &str) -> Self {
        Self { place: Place::Variable(name.into()), in_url: false }
    }

    pub(crate) fn argument() -> Self {
        Self { place: Place::Argument, in_url: false }
    }

    /// The same place, inside the URL that stands there.
    pub(crate) fn inside_url(&self) -> Self {
        Self { in_url: true, ..self.clone() }
    }

    /// Whether it is a variable of the environment, which has text only.
    pub(crate) fn is_variable(&self) -> bool {
        matches!(self.place, Place::Variable(_))
    }

    /// What a relative path that was written here is relative to; `None` is the working directory.
    pub(crate) fn directory(&self) -> Option<&Path> {
        match &self.place {
            Place::Line { document, .. } => document.directory.as_deref(),
            Place::Variable(_) | Place::Argument => None,
        }
    }

    /// What this setting belongs to, as a sentence says it: `[storages.default]`.
    pub(crate) fn scope(&self, storage: Option<&str>) -> String {
        match (storage, self.in_url) {
            (Some(storage), true) => format!("the url of [storages.{storage}]"),
            (Some(storage), false) => format!("[storages.{storage}]"),
            (None, _) => "the URL".to_owned(),
        }
    }

    /// `sentence` behind the place that it is about.
    pub(crate) fn say(&self, sentence: &str) -> String {
        match self.place {
            Place::Argument => sentence.to_owned(),
            _ => format!("{self}: {sentence}"),
        }
    }

    /// Sorts errors as an editor would visit them.
    pub(crate) fn sort_key(&self) -> (&str, usize) {
        match &self.place {
            Place::Line { document, line } => (&document.label, *line),
            Place::Variable(name) => (name, 0),
            Place::Argument => ("", 0),
        }
    }
}

impl fmt::Display for SettingOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Line { document, line } => write!(f, "{}:{line}", document.label),
            Place::Variable(name) => f.write_str(name),
            Place::Argument => f.write_str("the URL"),
        }
    }
}

impl fmt::Debug for SettingOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SettingOrigin({self})")
    }
}

/// A setting as it was written. All layers come down to this, so that one parser reads them all.
///
/// No `Debug`: it may be a secret.
#[derive(Clone)]
pub(crate) struct Value {
    pub(crate) text: String,
    pub(crate) kind: Kind,
    pub(crate) origin: SettingOrigin,
    pub(crate) inner: Inner,
}

/// What is inside a value that is more than one word.
#[derive(Clone, Default)]
pub(crate) enum Inner {
    #[default]
    Nothing,
    List(Vec<Value>),
    Table(BTreeMap<String, Value>),
}

/// How a value was written. The environment and URLs have text only; TOML can tell more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// The text is the number in decimal; the radix is the one that it was written in.
    Integer {
        radix: u32,
    },
    Float,
    Boolean,
    /// Something that no single word could say; the text is what: "a list".
    Other,
}

impl Value {
    pub(crate) fn text(text: impl Into<String>, origin: SettingOrigin) -> Self {
        Self { text: text.into(), kind: Kind::Text, origin, inner: Inner::Nothing }
    }

    /// The value as an error shows it, or nothing where the key sounds like a secret: a secret in the
    /// wrong place must not reach a log. Nor is a URL shown that may hold a password.
    pub(crate) fn shown(&self, key: &str) -> Option<String> {
        const SECRET: [&str; 7] = ["secret", "token", "password", "credential", "private", "signing", "_key"];
        let may_hold_one = self.text.contains("://") && self.text.contains('@');
        if may_hold_one || SECRET.iter().any(|word| key.contains(word)) {
            return None;
        }
        let shown: String = self.text.chars().take(80).collect();
        let dots = if shown.len() < self.text.len() { "..." } else { "" };
        Some(if self.kind == Kind::Text { format!("{:?}", shown + dots) } else { shown + dots })
    }
}
