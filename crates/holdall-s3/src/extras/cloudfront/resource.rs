//! The URLs that can be signed, and those that a pattern covers.

use holdall_core::{Error, ErrorKind, Result};

/// The parameters that CloudFront itself reads, and takes off before it asks the origin.
const OWN: [&str; 5] = ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"];

/// Characters of a URL beside letters and digits (RFC 3986, 2.2 and 2.3), less the `#` of fragments.
const IN_URL: &[u8] = b"-._~:/?[]@!$&'()*+,;=%";

/// Checks what becomes a policy's `Resource`: an absolute URL of HTTP whose characters stand there as they
/// will in the request, since CloudFront compares them one by one.
///
/// # Errors
///
/// `InvalidInput`.
pub(super) fn check(url: &str) -> Result<()> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let problem = if rest.is_none_or(|rest| rest.is_empty() || rest.starts_with('/')) {
        "it must begin with https:// or http:// and a host"
    } else if url.contains('#') {
        "it has a fragment, which browsers keep to themselves"
    } else if !url.bytes().all(|byte| byte.is_ascii_alphanumeric() || IN_URL.contains(&byte)) {
        "it has characters that must be percent-encoded"
    } else if parameters(url).any(|name| OWN.contains(&name)) {
        "it has a query parameter of CloudFront's signatures already"
    } else {
        return Ok(());
    };
    Err(refused(url, problem))
}

/// The same for a policy that names one URL and no pattern.
///
/// # Errors
///
/// `InvalidInput`.
pub(super) fn check_exact(url: &str) -> Result<()> {
    check(url)?;
    if url.contains('*') {
        return Err(refused(url, "it has a wildcard; sign with a CloudFrontPolicy, or write %2A for a star"));
    }
    Ok(())
}

fn refused(url: &str, problem: &str) -> Error {
    let shown = url.split('?').next().unwrap_or_default();
    Error::message(ErrorKind::InvalidInput, format!("the URL {shown:?} cannot be signed: {problem}"))
}

/// The names of the query's parameters.
fn parameters(url: &str) -> impl Iterator<Item = &str> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query.split('&').map(|pair| pair.split('=').next().unwrap_or(pair))
}

/// Whether a pattern covers a URL: `*` stands for any number of characters, `?` for one.
pub(super) fn covers(pattern: &str, url: &str) -> bool {
    let (pattern, url) = (pattern.as_bytes(), url.as_bytes());
    let (mut p, mut u) = (0, 0);
    // The last star, and how much of the URL it stands for at least.
    let mut star = None;
    while u < url.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, u));
                p += 1;
            }
            Some(&byte) if byte == b'?' || byte == url[u] => {
                p += 1;
                u += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    (p, u) = (at + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::{check, check_exact, covers};

    #[test]
    fn urls_are_what_a_request_will_hold() {
        for url in [
            "https://d111.cloudfront.net/a%20b.txt",
            "http://cdn.example.com/a?size=large&b",
            "https://[::1]/a",
        ] {
            assert!(check_exact(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "cdn.example.com/a",
            "https:///a",
            "ftp://cdn.example.com/a",
            "https://cdn.example.com/a b",
            "https://cdn.example.com/ä",
            "https://cdn.example.com/\"",
            "https://cdn.example.com/a#b",
            "https://cdn.example.com/a?Expires=1",
            "https://cdn.example.com/a?b=c&Policy",
        ] {
            assert!(check(url).is_err(), "{url}");
        }
        assert!(
            check("https://cdn.example.com/*").is_ok() && check_exact("https://cdn.example.com/*").is_err()
        );
    }

    #[test]
    fn patterns_cover_as_cloudfront_says() {
        let pattern = "https://cdn.example.com/*game_download.zip*";
        for url in
            ["game_download.zip", "a/b_game_download.zip?license=yes", "xgame_download.zipgame_download.zip"]
        {
            assert!(covers(pattern, &format!("https://cdn.example.com/{url}")), "{url}");
        }
        for url in ["https://cdn.example.com/game_download.zi", "https://other.example.com/game_download.zip"]
        {
            assert!(!covers(pattern, url), "{url}");
        }
        assert!(
            covers("https://a/?.png", "https://a/1.png") && !covers("https://a/?.png", "https://a/12.png")
        );
        assert!(covers("*", "") && covers("", "") && !covers("", "a") && !covers("a", ""));
    }
}
