//! A storage as one URL: `s3://bucket/location?region=...`, `file:///var/media`, `memory:`.
//!
//! A URL is another spelling of a table: its scheme is the backend, its other parts are keys. Nothing of
//! it goes into an error but the names of keys, since user information and query may be secrets.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use url::Url;

use super::{Chosen, Resolved};
use crate::problems::Problem;
use crate::value::{SettingOrigin, Value};

/// Which keys the parts of a URL stand for.
struct Parts {
    backend: &'static str,
    host: &'static str,
    username: &'static str,
    password: &'static str,
    path: &'static str,
}

/// Schemes whose parts have names of their own. In all others, those of third parties included, the
/// parts are called what they are, and the path is the location.
const SCHEMES: [(&str, Parts); 4] = [
    (
        "s3",
        Parts {
            backend: "s3",
            host: "bucket",
            username: "access_key",
            password: "secret_key",
            path: "location",
        },
    ),
    (
        "gs",
        Parts {
            backend: "gcs",
            host: "bucket",
            username: "username",
            password: "password",
            path: "location",
        },
    ),
    // The account stands in front of its container, with its key.
    (
        "az",
        Parts {
            backend: "azure",
            host: "container",
            username: "account",
            password: "access_key",
            path: "location",
        },
    ),
    ("file", Parts { backend: "fs", host: "host", username: "username", password: "password", path: "root" }),
];

/// The scheme that a backend is known by.
pub(crate) fn scheme_of(backend: &str) -> &str {
    SCHEMES.iter().find(|(_, parts)| parts.backend == backend).map_or(backend, |(scheme, _)| scheme)
}

/// Takes a URL apart. `storage` is whose URL it is, for errors.
pub(crate) fn parse(given: &Value, storage: Option<&str>) -> Result<Resolved, Problem> {
    let origin = given.origin.inside_url();
    let scope = origin.scope(storage);
    let fail = |reason: &str| Problem::new(given.origin.clone(), format!("{scope} {reason}"));

    if let Some(reason) = misplaced_secret(given.text.trim()) {
        return Err(fail(reason));
    }
    // `file:var/media` is relative, which the URL standard does not know: there it means /var/media.
    let text = given.text.trim();
    let relative = text
        .split_at_checked("file:".len())
        .filter(|(scheme, rest)| scheme.eq_ignore_ascii_case("file:") && !rest.starts_with(['/', '\\']));
    let parsed = match relative {
        Some((_, rest)) => Url::parse(&format!("relative:{rest}")),
        None => Url::parse(text),
    };
    let url = parsed.map_err(|error| {
        fail(&format!(
            "is not a URL: {error}; URLs look like file:var/media, s3://bucket/location or memory:"
        ))
    })?;
    let scheme = if relative.is_some() { "file" } else { url.scheme() };
    if url.fragment().is_some() {
        return Err(fail("has a \"#\", which would cut it off there; write %23"));
    }
    if scheme == "file" && url.host_str().is_some() {
        return Err(fail(
            "names a host; write file:///var/media for an absolute directory, file:var/media for a relative one",
        ));
    }

    let mut keys = Keys { values: BTreeMap::new(), origin: &origin, fail: &fail };
    let parts = SCHEMES.iter().find(|(known, _)| *known == scheme).map(|(_, parts)| parts);
    let generic =
        Parts { backend: "", host: "host", username: "username", password: "password", path: "location" };
    let Parts { host, username, password, path, .. } = parts.unwrap_or(&generic);
    keys.add_encoded(host, url.host_str())?;
    keys.add_encoded("port", url.port().map(|port| port.to_string()).as_deref())?;
    keys.add_encoded(username, Some(url.username()).filter(|name| !name.is_empty()))?;
    keys.add_encoded(password, url.password())?;
    if scheme == "file" && relative.is_none() {
        let directory = url.to_file_path().ok().and_then(|path| path.into_os_string().into_string().ok());
        let directory = directory.ok_or_else(|| fail("names a directory that cannot be written as text"))?;
        keys.add(path, directory)?;
    } else {
        let location = url.path().strip_prefix('/').unwrap_or(url.path());
        keys.add_encoded(path, Some(location).filter(|path| !path.is_empty()))?;
    }
    for pair in url.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let Some((key, value)) = pair.split_once('=') else {
            return Err(fail("has a key without a value; write ?key=value&key=value"));
        };
        let key = decode(key).ok_or_else(|| fail(BAD_ESCAPE))?;
        keys.add_encoded(&key, Some(value))?;
    }
    let values = keys.values;

    let backend = parts.map_or(scheme, |parts| parts.backend).to_owned();
    let backend = Chosen { name: backend, origin: given.origin.clone(), scheme: Some(scheme.to_owned()) };
    Ok(Resolved { backend, values })
}

const UNENCODED: &str = "has a sign in its user information that would end it there; percent-encode every \"/\" of a \
                         key or password as %2F, \"?\" as %3F, \"#\" as %23, \":\" as %3A and \"@\" as %40, there \
                         and elsewhere";

/// Why a URL cannot be taken apart without the risk that a part of a secret becomes a bucket, a location or the name
/// of a key: user information in which a sign is not encoded (keys of AWS have slashes) ends at that sign.
fn misplaced_secret(text: &str) -> Option<&'static str> {
    let (scheme, rest) = text.split_once(':')?;
    let is_bucket = ["s3", "gs", "az"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let Some(rest) = rest.strip_prefix("//") else {
        return (is_bucket && rest.contains('@')).then_some(UNENCODED);
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    let ends_early = match authority.rsplit_once('@') {
        Some((user, _)) => user.contains(['@']) || (user.contains(':') && behind.contains('@')),
        // A bucket has no port: what stands behind the colon is the beginning of a secret.
        None => {
            authority.rsplit_once(':').filter(|_| !authority.starts_with('[')).is_some_and(|(_, port)| {
                behind.contains('@') || (is_bucket && !port.bytes().all(|byte| byte.is_ascii_digit()))
            })
        }
    };
    ends_early.then_some(UNENCODED)
}

const BAD_ESCAPE: &str = "has a \"%\" that begins no UTF-8 character; write %25 for the sign itself";

/// The keys of a URL while it is taken apart.
struct Keys<'a, F> {
    values: BTreeMap<String, Value>,
    origin: &'a SettingOrigin,
    fail: &'a F,
}

impl<F: Fn(&str) -> Problem> Keys<'_, F> {
    /// Adds what stands in the URL, percent-decoded.
    fn add_encoded(&mut self, key: &str, encoded: Option<&str>) -> Result<(), Problem> {
        match encoded.map(decode) {
            None => Ok(()),
            Some(None) => Err((self.fail)(BAD_ESCAPE)),
            Some(Some(text)) => self.add(key, text),
        }
    }

    fn add(&mut self, key: &str, text: String) -> Result<(), Problem> {
        match self.values.insert(key.to_owned(), Value::text(text, self.origin.clone())) {
            None => Ok(()),
            Some(_) => Err((self.fail)(&format!("gives {key:?} twice"))),
        }
    }
}

/// Percent-decodes, strictly. A `+` is a plus, as RFC 3986 has it and HTML forms have not: secret keys
/// of AWS contain it.
fn decode(encoded: &str) -> Option<String> {
    let mut rest = encoded;
    while let Some((_, tail)) = rest.split_once('%') {
        let escape = tail.as_bytes().get(..2)?;
        if !escape.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        rest = tail;
    }
    Some(percent_decode_str(encoded).decode_utf8().ok()?.into_owned())
}
