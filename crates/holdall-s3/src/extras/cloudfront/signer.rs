//! The signer: an id, a key, and the URLs that they make.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use holdall_core::{Error, ErrorKind, FileUrl, Result};

use super::cookies::CloudFrontCookies;
use super::key::Key;
use super::policy::{self, CloudFrontPolicy};
use crate::config::invalid;

/// The hash of the signatures. Without this parameter CloudFront takes SHA-1 for granted.
const HASH: &str = "SHA256";

/// Signs URLs and cookies for the private files of a CloudFront distribution.
///
/// A storage that has a [`cloudfront_key`](crate::S3StorageBuilder::cloudfront_key) signs its URLs itself;
/// this is for the rest: whole directories, cookies for players that load hundreds of segments, conditions
/// on time and address.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use holdall_s3::{CloudFrontPolicy, CloudFrontSigner};
///
/// # fn example(pem: &str) -> holdall_core::Result<()> {
/// let signer = CloudFrontSigner::new("K2JCJMDEHXQW5F", pem)?;
/// let in_an_hour = SystemTime::now() + Duration::from_secs(3600);
///
/// // One file.
/// let link = signer.sign_url("https://cdn.example.com/films/4711.mp4", in_an_hour)?;
///
/// // A directory, by cookies.
/// let policy = CloudFrontPolicy::new("https://cdn.example.com/films/4711/*", in_an_hour);
/// for header in signer.sign_cookies_with(&policy)?.set_cookie(Some("example.com"), "/films/4711/")? {
///     println!("Set-Cookie: {header}");
/// }
/// # Ok(()) }
/// ```
///
/// CloudFront's signatures bind no method: what they open can be read with GET and HEAD, and changed with PUT
/// and DELETE if the distribution's behaviour allows these. Let it allow GET and HEAD alone.
///
/// Signing needs no I/O and takes about a millisecond. Clones share the key.
#[derive(Clone)]
pub struct CloudFrontSigner {
    key_id: Arc<str>,
    key: Arc<Key>,
}

impl CloudFrontSigner {
    /// A signer. The id is that of the public key in CloudFront (`K2JCJMDEHXQW5F`);
    /// the key is the private one in PEM: RSA with 2,048 bits (PKCS#1 or PKCS#8) or ECDSA P-256 (SEC 1 or
    /// PKCS#8), not encrypted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] says how the id or the key must be. It does not quote them.
    pub fn new(key_id: impl Into<String>, pem: &str) -> Result<Self> {
        let key_id = key_id.into();
        let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if key_id.is_empty() || !key_id.bytes().all(good) {
            return Err(invalid(
                "cloudfront_key_id",
                "the CloudFront key id cannot be used; it looks like \"K2JCJMDEHXQW5F\"",
            ));
        }
        Ok(Self { key_id: key_id.into(), key: Arc::new(Key::from_pem(pem)?) })
    }

    /// The id of the public key.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Signs one URL until then, with a canned policy: the shortest kind. Times have whole seconds; a
    /// fraction is cut off.
    ///
    /// The URL must be written as it will be requested, percent-encoded and with the query that the origin is
    /// to see. RSA gives the same URL for the same time, so that caches hit.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a URL or a time that CloudFront would not take.
    pub fn sign_url(&self, url: &str, expires_at: SystemTime) -> Result<FileUrl> {
        let ends = policy::seconds(expires_at)?;
        let statement = policy::canned(url, ends)?;
        self.url(url, ends, &format!("Expires={ends}"), &statement)
    }

    /// Signs one URL with a policy of your own, which may cover more than this URL: somebody who has the URL
    /// can use its signature for all URLs that the policy covers.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a URL that the policy does not cover, and for a policy that
    /// CloudFront would not take.
    pub fn sign_url_with(&self, url: &str, policy: &CloudFrontPolicy) -> Result<FileUrl> {
        super::resource::check_exact(url)?;
        let statement = policy.statement()?;
        if !policy.covers(url) {
            let message = "the CloudFront policy does not cover the URL that it would sign";
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        let parameter = format!("Policy={}", encode(statement.as_bytes()));
        self.url(url, policy.ends()?, &parameter, &statement)
    }

    /// The cookies that open one URL until then, with a canned policy.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a URL or a time that CloudFront would not take.
    pub fn sign_cookies(&self, url: &str, expires_at: SystemTime) -> Result<CloudFrontCookies> {
        let ends = policy::seconds(expires_at)?;
        let statement = policy::canned(url, ends)?;
        self.cookies(("CloudFront-Expires", ends.to_string()), ends, &statement)
    }

    /// The cookies that open all that a policy covers.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for a policy that CloudFront would not take.
    pub fn sign_cookies_with(&self, policy: &CloudFrontPolicy) -> Result<CloudFrontCookies> {
        let statement = policy.statement()?;
        self.cookies(("CloudFront-Policy", encode(statement.as_bytes())), policy.ends()?, &statement)
    }

    fn url(&self, url: &str, ends: u64, grant: &str, statement: &str) -> Result<FileUrl> {
        let join = if url.contains('?') { '&' } else { '?' };
        let signature = encode(&self.key.sign(statement.as_bytes())?);
        let signed = format!(
            "{url}{join}{grant}&Signature={signature}&Key-Pair-Id={}&Hash-Algorithm={HASH}",
            self.key_id
        );
        Ok(FileUrl::signed(signed, time(ends)))
    }

    fn cookies(
        &self,
        grant: (&'static str, String),
        ends: u64,
        statement: &str,
    ) -> Result<CloudFrontCookies> {
        let signature = encode(&self.key.sign(statement.as_bytes())?);
        let key_id = self.key_id.to_string();
        let cookies = vec![
            grant,
            ("CloudFront-Signature", signature),
            ("CloudFront-Key-Pair-Id", key_id),
            ("CloudFront-Hash-Algorithm", HASH.to_owned()),
        ];
        Ok(CloudFrontCookies::new(cookies, time(ends)))
    }
}

fn time(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Base64 with CloudFront's own replacements for what a query cannot hold.
fn encode(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes).replace('+', "-").replace('=', "_").replace('/', "~")
}

impl fmt::Debug for CloudFrontSigner {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudFrontSigner").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}
