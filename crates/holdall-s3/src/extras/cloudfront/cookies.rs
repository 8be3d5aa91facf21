//! Signed cookies, for what a browser loads by many URLs.

use std::fmt;
use std::time::SystemTime;

use holdall_core::{Error, ErrorKind, Result};

/// One cookie; its value is as good as a key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CloudFrontCookie {
    /// The name, as CloudFront reads it.
    pub name: &'static str,
    /// The value, which needs no quoting.
    pub value: String,
}

impl fmt::Debug for CloudFrontCookie {
    /// Without the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudFrontCookie").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The cookies of one grant: four, all of which a browser must send.
///
/// Made by [`CloudFrontSigner::sign_cookies`](super::CloudFrontSigner::sign_cookies) and
/// [`sign_cookies_with`](super::CloudFrontSigner::sign_cookies_with).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CloudFrontCookies {
    /// The cookies, for an application with a cookie jar of its own.
    pub cookies: Vec<CloudFrontCookie>,
    /// When CloudFront stops taking them.
    pub expires_at: SystemTime,
}

impl CloudFrontCookies {
    pub(super) fn new(cookies: Vec<(&'static str, String)>, expires_at: SystemTime) -> Self {
        let cookies = cookies.into_iter().map(|(name, value)| CloudFrontCookie { name, value }).collect();
        Self { cookies, expires_at }
    }

    /// The values of the `Set-Cookie` headers, one a cookie, with the attributes that the CloudFront Developer
    /// Guide suggests: `Secure`, `HttpOnly`, and neither `Expires` nor `Max-Age`, so that the browser forgets
    /// them when it is closed; CloudFront minds the end of the grant by itself.
    ///
    /// The domain is that of the distribution, or a parent that it shares with the application: a browser
    /// takes cookies for `example.com` from `app.example.com`, but none for `cdn.example.com`. Without one they
    /// go back to the application's host alone. The path is where the files begin (`/` for all).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a domain or a path that no cookie can have.
    pub fn set_cookie(&self, domain: Option<&str>, path: &str) -> Result<Vec<String>> {
        let in_domain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        if let Some(domain) = domain.filter(|domain| domain.is_empty() || !domain.bytes().all(in_domain)) {
            return Err(wrong(format!("{domain:?} is no domain of a cookie; write the host alone")));
        }
        // RFC 6265, 4.1.1: any visible character but the semicolon.
        if !path.starts_with('/') || !path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';') {
            return Err(wrong(format!("{path:?} is no path of a cookie; it begins with a slash")));
        }
        let domain = domain.map_or_else(String::new, |domain| format!("; Domain={domain}"));
        let cookie = |cookie: &CloudFrontCookie| {
            format!("{}={}{domain}; Path={path}; Secure; HttpOnly", cookie.name, cookie.value)
        };
        Ok(self.cookies.iter().map(cookie).collect())
    }
}

fn wrong(message: String) -> Error {
    Error::message(ErrorKind::InvalidInput, message)
}
