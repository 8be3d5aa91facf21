//! What is stored with published files beside their bytes: cache control, content type and what else a server sends.

use std::collections::BTreeMap;

use holdall_core::{Attributes, Name, Result, Visibility};
use md5::{Digest as _, Md5};

use super::content_type::{content_type_of, encoding};
use super::publish::Role;
use crate::digest::hex;
use crate::finders::matches;

/// For hashed names: a year, and no question in between (RFC 8246).
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// For names whose content may change: a minute.
const SHORT: &str = "public, max-age=60";

/// What is stored with published files, and sent by whoever serves them. What is left open is as without a rule:
/// the content type by the name, with a charset where the file is UTF-8 text; `public, max-age=31536000, immutable`
/// for hashed files and `public, max-age=60` for others. What the sources bring compressed (`.svgz`, `.js.gz`,
/// `.wasm.br`) gets its `Content-Encoding`, and the type of what is inside.
///
/// ```
/// use holdall_static::{Collector, Headers};
///
/// let collector = Collector::new()
///     .headers("sw.js", Headers::new().copy_cache_control("no-cache"))
///     .headers("*.pdf", Headers::new().content_language("ko").user_metadata("team", "docs"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Headers {
    content_type: Option<String>,
    content_language: Option<String>,
    content_disposition: Option<String>,
    hashed_cache_control: Option<String>,
    copy_cache_control: Option<String>,
    visibility: Option<Visibility>,
    user: BTreeMap<String, String>,
}

impl Headers {
    /// Everything left open.
    pub fn new() -> Self {
        Self::default()
    }

    /// `Content-Type`, whole: with its charset, if it has one.
    pub fn content_type(mut self, value: impl Into<String>) -> Self {
        self.content_type = Some(value.into());
        self
    }

    /// `Content-Language`.
    pub fn content_language(mut self, value: impl Into<String>) -> Self {
        self.content_language = Some(value.into());
        self
    }

    /// `Content-Disposition`.
    pub fn content_disposition(mut self, value: impl Into<String>) -> Self {
        self.content_disposition = Some(value.into());
        self
    }

    /// `Cache-Control`, of hashed files and of copies.
    pub fn cache_control(self, value: impl Into<String>) -> Self {
        let value = value.into();
        self.hashed_cache_control(value.clone()).copy_cache_control(value)
    }

    /// `Cache-Control` of files under their hashed names.
    pub fn hashed_cache_control(mut self, value: impl Into<String>) -> Self {
        self.hashed_cache_control = Some(value.into());
        self
    }

    /// `Cache-Control` of files under their own names.
    pub fn copy_cache_control(mut self, value: impl Into<String>) -> Self {
        self.copy_cache_control = Some(value.into());
        self
    }

    /// Who may read the file by its plain URL; without it the storage's setting counts.
    pub fn visibility(mut self, visibility: Visibility) -> Self {
        self.visibility = Some(visibility);
        self
    }

    /// User metadata too: `x-amz-meta-*` on S3. [`Attributes::user`] says which names are allowed.
    pub fn user_metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.user.insert(name.into(), value.into());
        self
    }

    fn attributes(&self, name: &Name, is_utf8: bool, role: Role) -> Attributes {
        let (cache_control, default) = match role {
            Role::Copy => (&self.copy_cache_control, SHORT),
            _ => (&self.hashed_cache_control, IMMUTABLE),
        };
        let mut attributes = Attributes::default();
        let content_type = self.content_type.clone();
        attributes.content_encoding = encoding(name).map(|encoding| encoding.token().to_owned());
        attributes.content_type = Some(content_type.unwrap_or_else(|| content_type_of(name, is_utf8)));
        attributes.cache_control = Some(cache_control.clone().unwrap_or_else(|| default.to_owned()));
        attributes.content_language.clone_from(&self.content_language);
        attributes.content_disposition.clone_from(&self.content_disposition);
        attributes.visibility = self.visibility;
        attributes.user.clone_from(&self.user);
        attributes
    }
}

/// Which files get which headers. The first rule that fits decides.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeaderRules(Vec<(String, Headers)>);

impl HeaderRules {
    pub(crate) fn add(&mut self, pattern: String, headers: Headers) {
        self.0.push((pattern, headers));
    }

    /// The attributes of a published file. `name` is its own name, also where it is published under a hashed one.
    pub(crate) fn attributes(&self, name: &Name, is_utf8: bool, role: Role) -> Attributes {
        let fits = |pattern: &str| matches(pattern, name.file_name()) || matches(pattern, name.as_str());
        let first = self.0.iter().find(|(pattern, _)| fits(pattern));
        first.map_or(&Headers::default(), |(_, headers)| headers).attributes(name, is_utf8, role)
    }

    /// Checks the values before anything is done.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a value that no storage takes.
    pub(crate) fn check(&self) -> Result<()> {
        let any = Name::new("a.css")?;
        let roles = || [Role::Hashed, Role::Copy].into_iter();
        self.0.iter().try_for_each(|(pattern, headers)| {
            roles().try_for_each(|role| {
                headers.attributes(&any, true, role).validate().map_err(|error| {
                    let message = format!("headers for {pattern:?}: {}", error.reason());
                    error.with_message(message)
                })
            })
        })
    }
}

/// A short text that is equal for equal attributes: what the manifest remembers of them.
pub(crate) fn fingerprint(attributes: &Attributes) -> String {
    let mut hasher = Md5::new();
    let mut line = |key: &str, value: &str| {
        // No value has a line break; names of headers and of user metadata have no space.
        hasher.update(format!("{key} {value}\n"));
    };
    attributes.headers().for_each(|(header, value)| line(header, value));
    if let Some(visibility) = attributes.visibility {
        line("visibility", visibility.as_str());
    }
    for (name, value) in &attributes.user {
        line(&format!("user-{name}"), value);
    }
    hex(&hasher.finalize()[..6])
}

/// Whether a file that has `there` needs no others. What the rules leave open may be anything.
pub(crate) fn are_as_wanted(wanted: &Attributes, there: &Attributes) -> bool {
    let headers = |attributes: &Attributes| -> Vec<(&'static str, String)> {
        attributes.headers().map(|(header, value)| (header, value.to_owned())).collect()
    };
    headers(wanted) == headers(there)
        && wanted.user == there.user
        && wanted.visibility.is_none_or(|visibility| there.visibility == Some(visibility))
}

#[cfg(test)]
mod tests {
    use holdall_core::Name;

    use super::{HeaderRules, Headers, are_as_wanted, fingerprint};
    use crate::collect::publish::Role;

    fn rules() -> HeaderRules {
        let mut rules = HeaderRules::default();
        rules.add("sw.js".to_owned(), Headers::new().copy_cache_control("no-cache"));
        rules.add("js/*".to_owned(), Headers::new().cache_control("private").user_metadata("a", "b"));
        rules.add("*.js".to_owned(), Headers::new().content_type("text/plain"));
        rules
    }

    #[test]
    fn the_first_rule_that_fits_decides_and_leaves_the_rest_as_it_is() {
        let name = |text| Name::new(text).unwrap();
        for (file, role, cache_control, content_type) in [
            ("js/sw.js", Role::Copy, "no-cache", "text/javascript; charset=utf-8"),
            ("js/sw.js", Role::Hashed, super::IMMUTABLE, "text/javascript; charset=utf-8"),
            ("js/a.js", Role::Copy, "private", "text/javascript; charset=utf-8"),
            ("js/a.js", Role::Hashed, "private", "text/javascript; charset=utf-8"),
            ("a.js", Role::Copy, super::SHORT, "text/plain"),
            ("a.css", Role::Copy, super::SHORT, "text/css; charset=utf-8"),
        ] {
            let attributes = rules().attributes(&name(file), true, role);
            assert_eq!(attributes.cache_control.as_deref(), Some(cache_control), "{file} {role}");
            assert_eq!(attributes.content_type.as_deref(), Some(content_type), "{file} {role}");
        }
        assert!(rules().check().is_ok());
        let mut broken = rules();
        broken.add("*.png".to_owned(), Headers::new().content_language("de\n"));
        let error = broken.check().unwrap_err();
        assert!(error.reason().starts_with("headers for \"*.png\": content-language"), "{error}");
    }

    #[test]
    fn a_fingerprint_tells_attributes_apart() {
        let name = Name::new("js/a.js").unwrap();
        let (one, other) = (
            rules().attributes(&name, true, Role::Copy),
            HeaderRules::default().attributes(&name, true, Role::Copy),
        );
        assert_ne!(fingerprint(&one), fingerprint(&other));
        assert_eq!(fingerprint(&one), fingerprint(&one.clone()));
        assert!(are_as_wanted(&one, &one) && !are_as_wanted(&one, &other));
    }
}
