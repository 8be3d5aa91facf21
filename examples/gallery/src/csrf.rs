//! The token that tells our own forms from a foreign site's.
//!
//! A *double submit*: a random token lies in a cookie, every form repeats it in the hidden field
//! `csrf_token`, and a POST counts only if the two are equal. A foreign page can make a browser
//! post here, but can neither read the cookie nor, with `SameSite=Strict`, have it sent along.
//!
//! Why equal tokens and not an HMAC of the cookie? An HMAC ties the field to a *session*, so that a
//! pair that an attacker got for himself is worth nothing in somebody else's browser. This gallery
//! has no sessions: whoever could plant a cookie could plant one that came with a valid HMAC, too.
//! An HMAC would add a key to keep and guard nothing. What a planted cookie (from a sibling
//! subdomain) would need closing is closed by `Sec-Fetch-Site`, which every current browser sends
//! and no page can forge.

use std::convert::Infallible;
use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

/// The name of the hidden form field.
pub const FIELD: &str = "csrf_token";

/// The name of the cookie.
pub const COOKIE: &str = "gallery_csrf";

/// 256 bits: the same strength as a session id would have.
const TOKEN_BYTES: usize = 32;

/// The token of one visitor, and whether the visitor's browser has it yet.
///
/// As an axum extractor it never refuses: a visitor without a token, or with one that we cannot
/// have made, gets a new one. Whether a *form* is genuine is [`Visitor::vouches_for`]'s to say.
#[derive(Clone)]
pub struct Visitor {
    token: String,
    fresh: bool,
    foreign: bool,
}

impl Visitor {
    fn from_headers(headers: &HeaderMap) -> Self {
        let foreign = is_foreign(headers);
        match token_cookie(headers) {
            Some(token) => Self { token, fresh: false, foreign },
            None => Self { token: random_token(), fresh: true, foreign },
        }
    }

    /// What the hidden field must hold.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Whether a form with this field came from one of our own pages.
    ///
    /// The comparison takes the same time whatever the bytes are, so that nobody learns the token
    /// letter by letter.
    pub fn vouches_for(&self, field: &str) -> bool {
        !self.fresh && !self.foreign && bool::from(self.token.as_bytes().ct_eq(field.as_bytes()))
    }

    /// The `Set-Cookie` header for a visitor whose browser does not have the token yet.
    ///
    /// `HttpOnly`, because no script has to read it: the form carries the copy. Not `Secure`,
    /// because this example speaks plain HTTP on the loopback address; behind TLS it should be.
    pub fn set_cookie(&self) -> Option<HeaderValue> {
        if !self.fresh {
            return None;
        }
        // base64url is visible ASCII, so there is always a header value.
        HeaderValue::try_from(format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", self.token)).ok()
    }
}

/// The token is a secret between one browser and us: no log line shows it.
impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor")
            .field("fresh", &self.fresh)
            .field("foreign", &self.foreign)
            .finish_non_exhaustive()
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::from_headers(&parts.headers))
    }
}

/// A token from the operating system's generator.
///
/// # Panics
///
/// If the system has no randomness to give. Nothing about this gallery would be safe then.
fn random_token() -> String {
    let mut bytes = [0_u8; TOKEN_BYTES];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The token in the request's cookies, if it has the form of one that we make.
///
/// Anything else is treated as absent, so no foreign text is ever echoed into a page.
fn token_cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
        .filter(|value| URL_SAFE_NO_PAD.decode(value).is_ok_and(|bytes| bytes.len() == TOKEN_BYTES))
        .map(str::to_owned)
}

/// Whether the browser itself says that another site made this request (Fetch Metadata).
///
/// Absent means an old browser or a program that is none; the token alone decides then.
fn is_foreign(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(headers: &[(&'static str, &str)]) -> Visitor {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        Visitor::from_headers(&map)
    }

    #[test]
    fn a_first_visit_gets_a_cookie_and_vouches_for_nothing() {
        let first = visitor(&[]);
        let cookie = first.set_cookie().unwrap();
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with(&format!("{COOKIE}={}", first.token())));
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
        // Without this, a browser that sends no cookies at all would pass with a guessed token.
        assert!(!first.vouches_for(first.token()));
        assert_ne!(first.token(), visitor(&[]).token());
    }

    #[test]
    fn the_token_of_the_cookie_vouches_and_no_other_does() {
        let token = random_token();
        let back = visitor(&[("cookie", &format!("a=b; {COOKIE}={token}; c=d"))]);
        assert!(back.set_cookie().is_none());
        assert!(back.vouches_for(&token));
        for wrong in ["", "x", &token[1..], &random_token()] {
            assert!(!back.vouches_for(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_cookie_that_we_cannot_have_made_is_replaced() {
        for planted in ["", "short", "\"><script>", &"A".repeat(5000)] {
            let visitor = visitor(&[("cookie", &format!("{COOKIE}={planted}"))]);
            assert!(visitor.set_cookie().is_some(), "{planted:?}");
            assert_ne!(visitor.token(), planted);
        }
    }

    #[test]
    fn a_request_that_another_site_made_is_never_vouched_for() {
        let token = random_token();
        let cookie = format!("{COOKIE}={token}");
        for (site, expected) in
            [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)]
        {
            let visitor = visitor(&[("cookie", &cookie), ("sec-fetch-site", site)]);
            assert_eq!(visitor.vouches_for(&token), expected, "{site}");
        }
    }

    #[test]
    fn no_log_line_shows_the_token() {
        let visitor = visitor(&[]);
        assert!(!format!("{visitor:?}").contains(visitor.token()));
    }
}
