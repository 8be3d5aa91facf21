//! Plain URLs below a base URL.

use holdall_core::{Error, FileUrl, Name, Result, UrlOptions, Visibility};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::root::Root;

/// What is encoded in the path of a URL: everything but the unreserved characters of RFC 3986 and
/// `/!*()'`, as Django's `filepath_to_uri` does.
pub(crate) const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'!')
    .remove(b'*')
    .remove(b'(')
    .remove(b')')
    .remove(b'\'');

/// See [`Storage::url`](holdall_core::Storage::url).
pub(crate) fn url(root: &Root, name: &Name, options: &UrlOptions) -> Result<FileUrl> {
    options.check(&root.capabilities)?;
    if options.visibility.unwrap_or(root.visibility) == Visibility::Private {
        let what =
            "sign URLs, and its files are private; serve them through the application, or make them public";
        return Err(Error::unsupported(what));
    }
    let Some(base) = &root.base_url else {
        return Err(Error::unsupported("make plain URLs; give it a base_url"));
    };
    Ok(FileUrl::plain(format!("{base}{}", utf8_percent_encode(name.as_str(), ENCODED))))
}

/// Checks a base URL and gives it the `/` at its end that it needs.
pub(crate) fn check_base(base: &str) -> Result<String> {
    let invalid = |reason: &str| {
        let message = format!("the base_url {base:?} is not valid: {reason}");
        Err(Error::setting("base_url", message))
    };
    let host = base.strip_prefix("http://").or_else(|| base.strip_prefix("https://"));
    if base.starts_with("//") || !(base.starts_with('/') || host.is_some()) {
        return invalid("it must begin with \"/\", \"https://\" or \"http://\"");
    }
    if host.is_some_and(|host| host.is_empty() || host.starts_with('/')) {
        return invalid("it names no host");
    }
    if base.contains(['?', '#', '\\', '"', '<', '>'])
        || base.chars().any(|letter| letter.is_control() || letter == ' ')
    {
        return invalid(
            "names are put behind it, so that it cannot have a query, a fragment or characters that a URL has to encode",
        );
    }
    Ok(if base.ends_with('/') { base.to_owned() } else { format!("{base}/") })
}

#[cfg(test)]
mod tests {
    use super::check_base;

    #[test]
    fn a_base_ends_in_a_slash_and_says_where_it_is() {
        for (base, expected) in [
            ("/", "/"),
            ("/media", "/media/"),
            ("/media/", "/media/"),
            ("https://cdn.example.com", "https://cdn.example.com/"),
            ("http://127.0.0.1:8000/m/", "http://127.0.0.1:8000/m/"),
        ] {
            assert_eq!(check_base(base).unwrap(), expected);
        }
        for base in [
            "",
            "media/",
            "//evil.example/",
            "ftp://a/",
            "https://",
            "https:///a",
            "/a?b",
            "/a#b",
            "/a b",
            "\\a",
        ] {
            assert!(check_base(base).is_err(), "{base:?}");
        }
    }
}
