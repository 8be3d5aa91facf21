//! HTML elements, escaped.

use std::fmt;

use holdall_core::{Error, ErrorKind, Result};

/// An element for the head of a page. `Display` writes it, escaped.
///
/// ```
/// # use holdall_static::Assets;
/// # fn head(assets: &Assets, nonce: &str) -> holdall_core::Result<String> {
/// Ok(assets.script("js/old.js")?.nonce(nonce).attribute("defer", true)?.to_string())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a tag does nothing until it is written into a page"]
pub struct Tag {
    element: &'static str,
    attributes: Vec<(String, AttributeValue)>,
    /// What stands between the tags, already safe there; `None` for an element that has no end tag.
    body: Option<String>,
}

/// What an attribute has behind its name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeValue {
    /// `name="text"`.
    Text(String),
    /// The name alone, or not even that.
    Flag(bool),
}

impl From<&str> for AttributeValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for AttributeValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for AttributeValue {
    fn from(set: bool) -> Self {
        Self::Flag(set)
    }
}

impl Tag {
    /// An element without an end tag, as `link`.
    pub(super) fn void(element: &'static str) -> Self {
        Self { element, attributes: Vec::new(), body: None }
    }

    /// An element with that content, which is not escaped.
    pub(super) fn with_body(element: &'static str, body: impl Into<String>) -> Self {
        Self { element, attributes: Vec::new(), body: Some(body.into()) }
    }

    /// Sets an attribute: a text, or `true` for one that needs none (`defer`), or `false` for none. One that is
    /// there already is replaced.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](holdall_core::ErrorKind::InvalidInput) for what is no name of an attribute (HTML, section
    /// 13.1.2.3).
    pub fn attribute(mut self, name: &str, value: impl Into<AttributeValue>) -> Result<Self> {
        let forbidden = |letter: char| letter.is_control() || " \"'<>/=`".contains(letter);
        if name.is_empty() || name.contains(forbidden) {
            let message = format!("{name:?} cannot be the name of an attribute");
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        self.set(name, value);
        Ok(self)
    }

    /// The nonce that the page's content security policy names (CSP3, section 2.3.1). It has to be new for each
    /// response.
    pub fn nonce(mut self, nonce: &str) -> Self {
        self.set("nonce", nonce);
        self
    }

    /// With an attribute whose name is known to be one.
    pub(super) fn with(mut self, name: &str, value: impl Into<AttributeValue>) -> Self {
        self.set(name, value);
        self
    }

    fn set(&mut self, name: &str, value: impl Into<AttributeValue>) {
        let value = value.into();
        match self.attributes.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, known)) => *known = value,
            None => self.attributes.push((name.to_owned(), value)),
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.element)?;
        for (name, value) in &self.attributes {
            match value {
                AttributeValue::Text(text) => write!(f, " {name}=\"{}\"", Escaped(text))?,
                AttributeValue::Flag(true) => write!(f, " {name}")?,
                AttributeValue::Flag(false) => {}
            }
        }
        f.write_str(">")?;
        match &self.body {
            Some(body) => write!(f, "{body}</{}>", self.element),
            None => Ok(()),
        }
    }
}

/// Text as the value of an attribute in double quotes; safe elsewhere in HTML, too.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}

/// Text that is safe in HTML, inside of quotes and elsewhere.
#[cfg(feature = "minijinja")]
pub(crate) fn escaped(text: &str) -> String {
    Escaped(text).to_string()
}

/// Several elements in the order in which a page needs them. `Display` writes each on a line of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "tags do nothing until they are written into a page"]
pub struct Tags(Vec<Tag>);

impl Tags {
    /// The elements.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Tag> {
        self.0.iter()
    }

    /// Gives each of them the nonce of the page. See [`Tag::nonce`].
    pub fn nonce(self, nonce: &str) -> Self {
        self.0.into_iter().map(|tag| tag.nonce(nonce)).collect()
    }
}

impl FromIterator<Tag> for Tags {
    fn from_iter<I: IntoIterator<Item = Tag>>(tags: I) -> Self {
        Self(tags.into_iter().collect())
    }
}

impl IntoIterator for Tags {
    type Item = Tag;
    type IntoIter = std::vec::IntoIter<Tag>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(at, tag)| {
            let newline = if at == 0 { "" } else { "\n" };
            write!(f, "{newline}{tag}")
        })
    }
}
