//! The rules that settings are checked by.

use holdall_core::{Location, Result};
use url::Url;

use super::{AddressingStyle, invalid};

/// The rules of "General purpose bucket naming rules" in the Amazon S3 User Guide, which compatible
/// servers share.
pub(crate) fn check_bucket(name: &str) -> Result<()> {
    let rule = if !(3..=63).contains(&name.len()) {
        "it must have 3 to 63 characters"
    } else if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
    {
        "it must be lower-case ASCII letters, digits, \".\" and \"-\""
    } else if name.starts_with(['.', '-']) || name.ends_with(['.', '-']) {
        "it must begin and end with a letter or digit"
    } else if name.contains("..") {
        "it must not have two dots in a row"
    } else if name.parse::<std::net::Ipv4Addr>().is_ok() {
        "it must not look like an IP address"
    } else {
        return Ok(());
    };
    Err(invalid(format!("{name:?} is not a bucket name: {rule}")))
}

/// `us-east-1`, `auto`, `nyc3`, `garage`: what may stand in a signature and in a host name.
pub(crate) fn check_region(region: &str) -> Result<()> {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if region.is_empty() || region.len() > 63 || !region.bytes().all(good) {
        return Err(invalid(format!(
            "{region:?} is not a region; regions look like \"eu-central-1\" (\"auto\" at Cloudflare R2)"
        )));
    }
    Ok(())
}

/// The endpoint is where the server's API answers: scheme, host and port. Credentials in it would end up
/// in every log line.
pub(crate) fn check_endpoint(key: &str, endpoint: &str) -> Result<Url> {
    let url = Url::parse(endpoint).map_err(|error| {
        invalid(format!(
            "{key} is not a URL ({error}); it looks like \"https://s3.example.com\" or \"http://127.0.0.1:9000\""
        ))
    })?;
    let problem = if !matches!(url.scheme(), "http" | "https") {
        "it must begin with http:// or https://"
    } else if url.host_str().is_none_or(str::is_empty) {
        "it names no host"
    } else if !url.username().is_empty() || url.password().is_some() {
        "it must not hold credentials; set access_key and secret_key"
    } else if url.query().is_some() || url.fragment().is_some() {
        "it must not have a query or fragment"
    } else {
        return Ok(url);
    };
    Err(invalid(format!("{key} cannot be used: {problem}")))
}

/// The location: the rules of names, with a word about the slash that people put in front.
pub(crate) fn check_location(location: &str) -> Result<Location> {
    if location.starts_with(['/', '\\']) {
        return Err(invalid(format!(
            "the location {location:?} begins with a slash; keys in a bucket do not, write it without"
        )));
    }
    Location::new(location)
        .map_err(|error| invalid(format!("the location cannot be used: {}", error.reason())))
}

/// What comes before the key in a plain URL of a custom domain.
pub(crate) fn check_custom_domain(domain: &str, protocol: &str) -> Result<String> {
    if !matches!(protocol, "http" | "https") {
        return Err(invalid(format!("{protocol:?} is no protocol for URLs; use \"https\" or \"http\"")));
    }
    if domain.contains("://") {
        return Err(invalid(format!(
            "the custom domain {domain:?} has a scheme; write the host alone, and set url_protocol"
        )));
    }
    let base = format!("{protocol}://{}", domain.trim_end_matches('/'));
    match Url::parse(&base) {
        Ok(url)
            if url.host_str().is_some_and(|host| !host.is_empty())
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty() =>
        {
            Ok(base)
        }
        _ => Err(invalid(format!(
            "the custom domain {domain:?} cannot be used; it looks like \"cdn.example.com\""
        ))),
    }
}

/// Whether requests name the bucket in their path.
pub(crate) fn path_style(style: AddressingStyle, endpoint: Option<&Url>) -> Result<bool> {
    let is_ip = endpoint.is_some_and(|url| !matches!(url.host(), Some(url::Host::Domain(_))));
    match style {
        AddressingStyle::Virtual if is_ip => {
            Err(invalid("no bucket can be put in front of an IP address; use addressing style \"path\""))
        }
        AddressingStyle::Virtual => Ok(false),
        AddressingStyle::Path => Ok(true),
        // At AWS the SDK itself falls back to path style where a bucket's name has dots.
        AddressingStyle::Auto => Ok(endpoint.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::AddressingStyle;
    use super::{
        check_bucket, check_custom_domain, check_endpoint, check_location, check_region, path_style,
    };

    #[test]
    fn bucket_names_follow_the_rules_of_s3() {
        for name in ["abc", "my-site", "a.b.c", "123", &"a".repeat(63)] {
            assert!(check_bucket(name).is_ok(), "{name}");
        }
        for name in ["", "ab", "My-site", "a_b_c", "-abc", "abc.", "a..b", "10.0.0.1", "a/b", &"a".repeat(64)]
        {
            assert!(check_bucket(name).is_err(), "{name}");
        }
    }

    #[test]
    fn endpoints_are_urls_without_secrets() {
        for endpoint in ["http://127.0.0.1:9000", "https://s3.example.com/", "https://[::1]:9000"] {
            assert!(check_endpoint("endpoint", endpoint).is_ok(), "{endpoint}");
        }
        for endpoint in ["s3.example.com", "", "ftp://a", "https://key:secret@a", "https://a?b", "https://"] {
            assert!(check_endpoint("endpoint", endpoint).is_err(), "{endpoint}");
        }
        let refused = check_endpoint("endpoint", "https://key:canary@host").unwrap_err();
        assert!(!refused.to_string().contains("canary"));
    }

    #[test]
    fn regions_locations_and_domains_are_checked() {
        assert!(check_region("ap-northeast-2").is_ok() && check_region("auto").is_ok());
        for region in ["", "EU", "eu west", "eu/1"] {
            assert!(check_region(region).is_err(), "{region}");
        }
        assert_eq!(check_location("media/").unwrap().as_str(), "media");
        for location in ["/media", "a/../b", "\\a"] {
            assert!(check_location(location).is_err(), "{location}");
        }
        let base = check_custom_domain("cdn.example.com/", "https").unwrap();
        assert_eq!(base, "https://cdn.example.com");
        for domain in ["https://cdn.example.com", "", "a b", "a?b", "user@host"] {
            assert!(check_custom_domain(domain, "https").is_err(), "{domain}");
        }
        assert!(check_custom_domain("cdn.example.com", "ftp").is_err());
    }

    #[test]
    fn addressing_fits_the_host() {
        let endpoint = |text| Some(check_endpoint("endpoint", text).unwrap());
        let style = |style, endpoint: Option<url::Url>| path_style(style, endpoint.as_ref()).ok();
        assert_eq!(style(AddressingStyle::Auto, None), Some(false));
        assert_eq!(style(AddressingStyle::Auto, endpoint("http://localhost:1")), Some(true));
        assert_eq!(style(AddressingStyle::Virtual, endpoint("http://localhost:1")), Some(false));
        assert_eq!(style(AddressingStyle::Virtual, endpoint("http://127.0.0.1:1")), None);
        assert_eq!(style(AddressingStyle::Path, None), Some(true));
    }
}
