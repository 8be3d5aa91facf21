//! The rules that settings are checked by.

use holdall_core::{Location, Result};
use url::Url;

use super::{AddressingStyle, invalid};

/// The name of a bucket at an endpoint of one's own (`true`) or at AWS.
///
/// AWS makes buckets by the rules of "General purpose bucket naming rules" (Amazon S3 User Guide). Buckets that were
/// made in us-east-1 before March 2018 may have upper-case letters, `_` and up to 255 characters (same place). Other
/// servers have rules of their own: there every name is taken that can stand in a path as it is.
pub(crate) fn check_bucket(name: &str, region: Option<&str>, is_custom: bool) -> Result<()> {
    if name.starts_with("arn:") {
        return Err(invalid(
            "bucket",
            "the bucket is an ARN; an access point has an alias that can be used as a bucket's name (it ends in \
             \"-s3alias\"), write that",
        ));
    }
    let is_old = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let rule = if name.contains(['/', '@', ':']) {
        return Err(invalid(
            "bucket",
            "the bucket holds \"/\", \":\" or \"@\"; write its name alone, and what follows it as the location",
        ));
    } else if matches!(name, "." | "..") || !name.bytes().all(is_old) {
        "it must be ASCII letters, digits, \".\", \"-\" and \"_\""
    } else if is_custom || is_made_by_the_rules(name) {
        if name.is_empty() { "it is empty" } else { long(name, 255) }
    } else if region.is_some_and(|region| region != "us-east-1") || !could_be_old(name) {
        strict_rule(name)
    } else {
        long(name, 255)
    };
    if rule.is_empty() {
        return Ok(());
    }
    Err(invalid("bucket", format!("{name:?} is not a bucket name: {rule}")))
}

/// Whether AWS could have made a bucket of that name before March 2018.
fn could_be_old(name: &str) -> bool {
    let ends = ['.', '-'];
    let is_address = name.parse::<std::net::Ipv4Addr>().is_ok();
    name.len() >= 3 && !is_address && !name.contains("..") && !name.starts_with(ends) && !name.ends_with(ends)
}

/// The rule of length, where it is broken.
fn long(name: &str, most: usize) -> &'static str {
    if name.len() > most { "it must have 255 characters at most" } else { "" }
}

/// Whether AWS would make a bucket of that name today. Only such a name can be part of a host.
fn is_made_by_the_rules(name: &str) -> bool {
    strict_rule(name).is_empty()
}

/// The rule of AWS that a name breaks, or nothing.
fn strict_rule(name: &str) -> &'static str {
    if !(3..=63).contains(&name.len()) {
        "it must have 3 to 63 characters"
    } else if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
    {
        "it must be lower-case ASCII letters, digits, \".\" and \"-\" (old buckets in us-east-1 may have others)"
    } else if name.starts_with(['.', '-']) || name.ends_with(['.', '-']) {
        "it must begin and end with a letter or digit"
    } else if name.contains("..") {
        "it must not have two dots in a row"
    } else if name.parse::<std::net::Ipv4Addr>().is_ok() {
        "it must not look like an IP address"
    } else {
        ""
    }
}

/// `us-east-1`, `auto`, `nyc3`, `garage`: what may stand in a signature and in a host name. Other servers than AWS
/// have regions in upper case, too: `GRA`, `RegionOne`.
pub(crate) fn check_region(region: &str, is_custom: bool) -> Result<()> {
    let good = |b: u8| {
        b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || (is_custom && b.is_ascii_uppercase())
    };
    let is_label = !region.starts_with('-') && !region.ends_with('-');
    if region.is_empty() || region.len() > 63 || !region.bytes().all(good) || !is_label {
        return Err(invalid(
            "region",
            format!(
                "{region:?} is not a region; regions look like \"eu-central-1\" (\"auto\" at Cloudflare R2)"
            ),
        ));
    }
    Ok(())
}

/// The words for a setting in a sentence.
fn label(key: &str) -> &str {
    match key {
        "endpoint" => "the endpoint",
        "public_endpoint" => "the public endpoint",
        "custom_domain" => "the custom domain",
        other => other,
    }
}

/// Text that becomes a header, a part of a signature or of a host: no control characters, and no blanks at its ends,
/// which come from a file's last line or from a copy. It may be a secret, so that no error repeats it.
pub(crate) fn check_text(key: &'static str, text: &str) -> Result<()> {
    let problem = if text.chars().any(char::is_control) {
        "holds a line break or another control character"
    } else if text.trim() != text {
        "begins or ends with a blank"
    } else {
        return Ok(());
    };
    let label = label(key);
    Err(invalid(key, format!("{label} {problem}, which cannot be sent; remove it")))
}

/// The endpoint as the SDK's resolver wants it: behind a path it puts the bucket without a slash of its own.
pub(crate) fn for_resolver(endpoint: &Url) -> String {
    let text = endpoint.as_str();
    if text.ends_with('/') { text.to_owned() } else { format!("{text}/") }
}

/// Hosts of services that name a bucket in front of them, beside all that begin with `s3.` or `s3-`.
const SERVICES: [&str; 13] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "r2.cloudflarestorage.com",
    "storage.googleapis.com",
    "digitaloceanspaces.com",
    "backblazeb2.com",
    "wasabisys.com",
    "linodeobjects.com",
    "vultrobjects.com",
    "scw.cloud",
    "your-objectstorage.com",
    "aliyuncs.com",
    "myqcloud.com",
];

/// Refuses an endpoint that already names the bucket, as the panels of some clouds show it: requests name it
/// themselves.
///
/// It does where its path ends in the bucket, or where its host begins with it and the rest is a host of S3: it
/// begins with `s3.` or `s3-`, or belongs to a known service. `https://media.example.com` is a host like any other.
pub(crate) fn check_names_no_bucket(key: &'static str, endpoint: &Url, bucket: &str) -> Result<()> {
    let mut right = endpoint.clone();
    let path = endpoint.path().trim_end_matches('/');
    let host = endpoint.host_str().unwrap_or_default();
    if let Some((before, last)) = path.rsplit_once('/')
        && last == bucket
    {
        right.set_path(before);
    } else {
        let rest = host.strip_prefix(bucket).and_then(|rest| rest.strip_prefix('.'));
        let Some(rest) = rest.filter(|rest| is_service(rest)) else { return Ok(()) };
        if right.set_host(Some(rest)).is_err() {
            return Ok(());
        }
    }
    let label = label(key);
    Err(invalid(
        key,
        format!(
            "{label} {:?} already names the bucket {bucket:?}, which every request names itself; write {:?}",
            endpoint.as_str().trim_end_matches('/'),
            right.as_str().trim_end_matches('/'),
        ),
    ))
}

fn is_service(host: &str) -> bool {
    let is_below =
        |service: &str| host.strip_suffix(service).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    host.starts_with("s3.") || host.starts_with("s3-") || SERVICES.into_iter().any(is_below)
}

/// The endpoint is where the server's API answers: scheme, host and port. Credentials in it would end up
/// in every log line.
pub(crate) fn check_endpoint(key: &'static str, endpoint: &str) -> Result<Url> {
    check_text(key, endpoint)?;
    let label = label(key);
    let url = Url::parse(endpoint).map_err(|error| {
        invalid(key, format!(
            "{label} is not a URL ({error}); it looks like \"https://s3.example.com\" or \"http://127.0.0.1:9000\""
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
    } else if url.path().contains("//") || url.path().contains('%') {
        "its path must be plain segments with one slash between them"
    } else {
        return Ok(url);
    };
    Err(invalid(key, format!("{label} cannot be used: {problem}")))
}

/// The location: the rules of names, with a word about the slash that people put in front.
pub(crate) fn check_location(location: &str) -> Result<Location> {
    if location.starts_with(['/', '\\']) {
        return Err(invalid(
            "location",
            format!(
                "the location {location:?} begins with a slash; keys in a bucket do not, write it without"
            ),
        ));
    }
    Location::new(location)
        .map_err(|error| invalid("location", format!("the location cannot be used: {}", error.reason())))
}

/// The part of a plain URL of a custom domain before the key.
pub(crate) fn check_custom_domain(domain: &str, protocol: &str) -> Result<String> {
    if !matches!(protocol, "http" | "https") {
        return Err(invalid(
            "url_protocol",
            format!("{protocol:?} is no protocol for URLs; use \"https\" or \"http\""),
        ));
    }
    check_text("custom_domain", domain)?;
    if domain.contains('@') {
        return Err(invalid(
            "custom_domain",
            "the custom domain holds \"@\"; it looks like \"cdn.example.com\"",
        ));
    }
    if domain.contains("://") {
        return Err(invalid(
            "custom_domain",
            format!("the custom domain {domain:?} has a scheme; write the host alone, and set url_protocol"),
        ));
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
        _ => Err(invalid(
            "custom_domain",
            format!("the custom domain {domain:?} cannot be used; it looks like \"cdn.example.com\""),
        )),
    }
}

/// Whether requests name the bucket in their path.
pub(crate) fn path_style(style: AddressingStyle, endpoint: Option<&Url>, bucket: &str) -> Result<bool> {
    let is_ip = endpoint.is_some_and(|url| !matches!(url.host(), Some(url::Host::Domain(_))));
    let is_host = is_made_by_the_rules(bucket);
    match style {
        AddressingStyle::Virtual if !is_host => Err(invalid(
            "addressing_style",
            format!("the bucket {bucket:?} cannot be part of a host name; use addressing style \"path\""),
        )),
        AddressingStyle::Auto if !is_host => Ok(true),
        AddressingStyle::Virtual if is_ip => Err(invalid(
            "addressing_style",
            "no bucket can be put in front of an IP address; use addressing style \"path\"",
        )),
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
        check_bucket, check_custom_domain, check_endpoint, check_location, check_names_no_bucket,
        check_region, check_text, path_style,
    };

    #[test]
    fn bucket_names_follow_the_rules_of_s3() {
        for name in ["abc", "my-site", "a.b.c", "123", &"a".repeat(63)] {
            assert!(check_bucket(name, Some("eu-central-1"), false).is_ok(), "{name}");
        }
        for name in ["", "ab", "My-site", "a_b_c", "-abc", "abc.", "a..b", "10.0.0.1", "a/b", &"a".repeat(64)]
        {
            assert!(check_bucket(name, Some("eu-central-1"), false).is_err(), "{name}");
        }
        // Old ones of us-east-1, and those of other servers.
        for name in ["My_Old.Bucket", "a_b_c", &"a".repeat(255)] {
            assert!(check_bucket(name, Some("us-east-1"), false).is_ok(), "{name}");
            assert!(check_bucket(name, None, false).is_ok(), "{name}");
            assert!(check_bucket(name, Some("RegionOne"), true).is_ok(), "{name}");
        }
        for name in ["", "..", "a/b", "a b", "a@b", "ä", &"a".repeat(256)] {
            assert!(check_bucket(name, Some("us-east-1"), false).is_err(), "{name}");
            assert!(check_bucket(name, None, true).is_err(), "{name}");
        }
        let arn = "arn:aws:s3:eu-central-1:123456789012:accesspoint/media";
        for is_custom in [false, true] {
            let error = check_bucket(arn, None, is_custom).unwrap_err().to_string();
            assert!(error.contains("an ARN") && error.contains("-s3alias"), "{error}");
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
        assert!(check_region("ap-northeast-2", false).is_ok() && check_region("auto", false).is_ok());
        for region in ["", "EU", "eu west", "eu/1"] {
            assert!(check_region(region, false).is_err(), "{region}");
        }
        for region in ["GRA", "RegionOne", "auto"] {
            assert!(check_region(region, true).is_ok(), "{region}");
        }
        for region in ["", "eu west", "eu/1", "-a"] {
            assert!(check_region(region, true).is_err(), "{region}");
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
    fn endpoints_do_not_name_the_bucket() {
        let check = |endpoint: &str, bucket| {
            let endpoint = check_endpoint("endpoint", endpoint).unwrap();
            check_names_no_bucket("endpoint", &endpoint, bucket).map_err(|error| error.to_string())
        };
        for (endpoint, right) in [
            ("https://media.s3.eu-central-1.amazonaws.com", "https://s3.eu-central-1.amazonaws.com"),
            ("https://media.s3-eu-west-1.amazonaws.com/", "https://s3-eu-west-1.amazonaws.com"),
            ("https://media.fra1.digitaloceanspaces.com", "https://fra1.digitaloceanspaces.com"),
            ("https://media.s3.example.com:9000", "https://s3.example.com:9000"),
            ("https://x.example/storage/v1/s3/media", "https://x.example/storage/v1/s3"),
            ("http://127.0.0.1:9000/media/", "http://127.0.0.1:9000"),
        ] {
            let sentence = check(endpoint, "media").unwrap_err();
            assert!(sentence.contains("already names the bucket \"media\""), "{sentence}");
            assert!(sentence.ends_with(&format!("write {right:?}")), "{sentence}");
        }
        for endpoint in [
            "https://media.example",
            "https://media.example.com",
            "https://x.example/storage/v1/s3",
            "https://media",
        ] {
            assert_eq!(check(endpoint, "media"), Ok(()), "{endpoint}");
        }
        assert_eq!(check("https://x.example/storage/v1/s3", "s3x"), Ok(()));
    }

    #[test]
    fn text_that_cannot_be_sent_is_named_and_not_repeated() {
        for text in
            ["canary\n", " canary", "canary ", "can\u{0}ary", "can\r\nary", "canary\u{a0}", "\u{7f}canary"]
        {
            let error = check_text("session_token", text).unwrap_err().to_string();
            assert!(error.contains(": session_token ") && !error.contains("canary"), "{error}");
        }
        assert!(check_text("secret_key", "a/b+c=").is_ok());
        assert!(check_endpoint("endpoint", "https://s3.exa\nmple.com").is_err());
        assert!(check_custom_domain("cdn.exa\tmple.com", "https").is_err());
    }

    #[test]
    fn addressing_fits_the_host() {
        let endpoint = |text| Some(check_endpoint("endpoint", text).unwrap());
        let style = |style, endpoint: Option<url::Url>| path_style(style, endpoint.as_ref(), "media").ok();
        assert_eq!(style(AddressingStyle::Auto, None), Some(false));
        assert_eq!(style(AddressingStyle::Auto, endpoint("http://localhost:1")), Some(true));
        assert_eq!(style(AddressingStyle::Virtual, endpoint("http://localhost:1")), Some(false));
        assert_eq!(style(AddressingStyle::Virtual, endpoint("http://127.0.0.1:1")), None);
        assert_eq!(style(AddressingStyle::Path, None), Some(true));
        assert_eq!(path_style(AddressingStyle::Auto, None, "My_Old").ok(), Some(true));
        assert!(path_style(AddressingStyle::Virtual, None, "My_Old").is_err());
    }
}
