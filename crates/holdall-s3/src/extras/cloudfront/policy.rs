//! The grant of a signature: URLs, times and addresses.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{SystemTime, UNIX_EPOCH};

use holdall_core::{Error, ErrorKind, Result};

use super::resource;

/// From this second of the Unix epoch on (January 2038) CloudFront takes no times.
const END_OF_TIME: u64 = 2_147_483_647;

/// A custom policy: a pattern of URLs, and who may read them when.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use holdall_s3::CloudFrontPolicy;
///
/// let now = SystemTime::now();
/// let policy = CloudFrontPolicy::new("https://cdn.example.com/films/4711/*", now + Duration::from_secs(3600))
///     .starts_at(now)
///     .ip_address("192.0.2.0/24");
/// ```
///
/// In the pattern `*` stands for any number of characters and `?` for exactly one, slashes and queries
/// included: keep both as far right as you can, and remember that the `?` before a query is one too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudFrontPolicy {
    resource: String,
    expires_at: SystemTime,
    starts_at: Option<SystemTime>,
    ip_address: Option<String>,
}

impl CloudFrontPolicy {
    /// Grants the URLs of that pattern until then. Times have whole seconds; fractions are cut off.
    pub fn new(resource: impl Into<String>, expires_at: SystemTime) -> Self {
        Self { resource: resource.into(), expires_at, starts_at: None, ip_address: None }
    }

    /// Not before then.
    pub fn starts_at(mut self, time: SystemTime) -> Self {
        self.starts_at = Some(time);
        self
    }

    /// To viewers with this address of IPv4, or one of this range: `192.0.2.7`, `192.0.2.0/24`.
    ///
    /// CloudFront knows no IPv6 here, and says not to enable it for such a distribution: a viewer that
    /// comes by it is refused.
    pub fn ip_address(mut self, address: impl Into<String>) -> Self {
        self.ip_address = Some(address.into());
        self
    }

    /// Whether the policy covers that URL. A signature for another one would open nothing.
    pub fn covers(&self, url: &str) -> bool {
        resource::covers(&self.resource, url)
    }

    /// When it ends, in whole seconds.
    pub(super) fn ends(&self) -> Result<u64> {
        seconds(self.expires_at)
    }

    /// The statement that is signed, byte by byte as botocore's `build_policy` writes it.
    ///
    /// # Errors
    ///
    /// `InvalidInput` with what CloudFront would not take.
    pub(super) fn statement(&self) -> Result<String> {
        resource::check(&self.resource)?;
        let ends = self.ends()?;
        let mut condition = date("DateLessThan", ends);
        if let Some(address) = &self.ip_address {
            let range = range(address)?;
            // Writing to a string cannot fail.
            let _ = write!(condition, r#","IpAddress":{{"AWS:SourceIp":"{range}"}}"#);
        }
        if let Some(starts_at) = self.starts_at {
            let begins = seconds(starts_at)?;
            if begins >= ends {
                return Err(wrong("it would end before it starts"));
            }
            let _ = write!(condition, ",{}", date("DateGreaterThan", begins));
        }
        Ok(statement(&self.resource, &condition))
    }
}

/// The statement of a canned policy: one URL, and an end. CloudFront builds the same from the request, so that
/// not a byte may differ.
///
/// # Errors
///
/// `InvalidInput` with what CloudFront would not take.
pub(super) fn canned(url: &str, ends: u64) -> Result<String> {
    resource::check_exact(url)?;
    Ok(statement(url, &date("DateLessThan", ends)))
}

/// Seconds of the Unix epoch.
///
/// # Errors
///
/// `InvalidInput` for a time that CloudFront does not know.
pub(super) fn seconds(time: SystemTime) -> Result<u64> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) if since.as_secs() < END_OF_TIME => Ok(since.as_secs()),
        Ok(_) => Err(wrong("CloudFront takes no times after January 18, 2038")),
        Err(_) => Err(wrong("its time lies before 1970")),
    }
}

fn date(condition: &str, seconds: u64) -> String {
    format!(r#""{condition}":{{"AWS:EpochTime":{seconds}}}"#)
}

/// Neither part has anything that JSON would have to escape: both were checked.
fn statement(resource: &str, condition: &str) -> String {
    format!(r#"{{"Statement":[{{"Resource":"{resource}","Condition":{{{condition}}}}}]}}"#)
}

/// An address or a range in the notation of RFC 4632.
fn range(text: &str) -> Result<String> {
    let (address, bits) = text.split_once('/').unwrap_or((text, "32"));
    match address.parse() {
        Ok(IpAddr::V6(_)) => Err(wrong("CloudFront restricts viewers by addresses of IPv4 only")),
        Ok(IpAddr::V4(address)) => match bits.parse::<u8>() {
            Ok(bits) if bits <= 32 => Ok(format!("{address}/{bits}")),
            _ => Err(bad_range(text)),
        },
        Err(_) => Err(bad_range(text)),
    }
}

fn bad_range(text: &str) -> Error {
    let example = Ipv4Addr::new(192, 0, 2, 0);
    wrong(&format!("{text:?} is no address or range; write it as \"{example}/24\""))
}

fn wrong(problem: &str) -> Error {
    Error::message(ErrorKind::InvalidInput, format!("the CloudFront policy cannot be signed: {problem}"))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::CloudFrontPolicy;

    fn policy() -> CloudFrontPolicy {
        CloudFrontPolicy::new("https://cdn.example.com/a", UNIX_EPOCH + Duration::from_secs(2000))
    }

    #[test]
    fn what_cloudfront_would_not_take_is_refused() {
        assert!(policy().starts_at(UNIX_EPOCH + Duration::from_secs(1999)).statement().is_ok());
        let late = CloudFrontPolicy::new("https://a/", UNIX_EPOCH + Duration::from_secs(2_147_483_647));
        let bad = [
            (policy().starts_at(UNIX_EPOCH + Duration::from_secs(2000)), "before it starts"),
            (policy().ip_address("2001:db8::1"), "IPv4 only"),
            (policy().ip_address("192.0.2.1/33"), "no address or range"),
            (policy().ip_address("192.0.2"), "no address or range"),
            (late, "2038"),
            (CloudFrontPolicy::new("https://a/", UNIX_EPOCH - Duration::from_secs(1)), "1970"),
            (CloudFrontPolicy::new("https://a/\"}", UNIX_EPOCH), "percent-encoded"),
        ];
        for (policy, reason) in bad {
            let error = policy.statement().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_single_address_is_the_smallest_range() {
        let statement = policy().ip_address("192.0.2.7").statement().unwrap();
        assert!(statement.contains(r#""IpAddress":{"AWS:SourceIp":"192.0.2.7/32"}"#), "{statement}");
    }
}
