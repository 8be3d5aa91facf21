//! Wrong settings are refused when the storage is built, each with a sentence that says what to do.

use std::time::Duration;

use holdall_core::ErrorKind;
use holdall_s3::{AddressingStyle, Encryption, S3Storage, S3StorageBuilder};

const ROLE: &str = "arn:aws:iam::123456789012:role/uploads";

fn good() -> S3StorageBuilder {
    S3Storage::builder("media").region("eu-central-1")
}

fn keys() -> S3StorageBuilder {
    good().access_key("AKIDEXAMPLE").secret_key("canary")
}

#[test]
fn settings_that_are_wrong_are_refused_with_a_sentence() {
    for (key, settings, sentence) in
        [places(), credentials(), requests(), connections(), numbers()].into_iter().flatten()
    {
        let error = settings.build().expect_err(sentence);
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{error}");
        assert_eq!(error.reason().to_string(), sentence);
        assert_eq!(error.setting_key(), Some(key), "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
}

/// The key of the refused setting, the settings, and the sentence.
type Refused = Vec<(&'static str, S3StorageBuilder, &'static str)>;

fn places() -> Refused {
    vec![
        (
            "bucket",
            S3Storage::builder("My_Site").region("eu-central-1"),
            "\"My_Site\" is not a bucket name: it must be lower-case ASCII letters, digits, \".\" and \"-\" (old \
             buckets in us-east-1 may have others)",
        ),
        (
            "location",
            good().location("/media"),
            "the location \"/media\" begins with a slash; keys in a bucket do not, write it without",
        ),
        (
            "region",
            good().region("Europe"),
            "\"Europe\" is not a region; regions look like \"eu-central-1\" (\"auto\" at Cloudflare R2)",
        ),
        (
            "endpoint",
            good().endpoint("s3.example.com"),
            "the endpoint is not a URL (relative URL without a base); it looks like \"https://s3.example.com\" or \
             \"http://127.0.0.1:9000\"",
        ),
        (
            "endpoint",
            good().endpoint("https://AKID:canary@s3.example.com"),
            "the endpoint cannot be used: it must not hold credentials; set access_key and secret_key",
        ),
        (
            "addressing_style",
            good().endpoint("http://127.0.0.1:9000").addressing_style(AddressingStyle::Virtual),
            "no bucket can be put in front of an IP address; use addressing style \"path\"",
        ),
        (
            "custom_domain",
            good().custom_domain("https://cdn.example.com"),
            "the custom domain \"https://cdn.example.com\" has a scheme; write the host alone, and set url_protocol",
        ),
        (
            "url_expires_in",
            good().url_expires_in(Duration::from_secs(604_801)),
            "url_expires_in must be between one second and seven days (S3's limit)",
        ),
    ]
}

fn credentials() -> Refused {
    vec![
        ("access_key", good().access_key("AKIDEXAMPLE"), "access_key is set, but secret_key is not"),
        ("secret_key", good().secret_key("canary"), "secret_key is set, but access_key is not"),
        (
            "session_token",
            good().session_token("canary"),
            "session_token is set, but access_key and secret_key are not",
        ),
        ("access_key", good().access_key("").secret_key("canary"), "access_key or secret_key is empty"),
        ("profile", keys().profile("work"), "both keys and a profile are set; choose one"),
        (
            "web_identity_role",
            good().profile("work").web_identity_role(ROLE).web_identity_token_file("/token"),
            "both a profile and a web identity are set; choose one",
        ),
        (
            "credentials_provider",
            keys().credentials_provider(holdall_s3::sdk::Credentials::new("a", "canary", None, None, "test")),
            "both keys and a credentials provider are set; choose one",
        ),
        (
            "web_identity_role",
            good().web_identity_role(ROLE),
            "web_identity_role is set, but web_identity_token_file is not",
        ),
        (
            "web_identity_token_file",
            good().web_identity_token_file("/token"),
            "web_identity_token_file is set, but web_identity_role is not",
        ),
        (
            "assume_role",
            good().assume_role("uploads"),
            "assume_role is \"uploads\", which is no role; it looks like \"arn:aws:iam::123456789012:role/uploads\"",
        ),
        ("external_id", good().external_id("x"), "external_id is set, but assume_role is not"),
        (
            "role_duration",
            good().assume_role(ROLE).role_duration(Duration::from_mins(5)),
            "role_duration must be between 15 minutes and 12 hours (the limits of AWS)",
        ),
        (
            "role_session_name",
            good().assume_role(ROLE).role_session_name("a b"),
            "role_session_name must have 2 to 64 characters: letters, digits and \"_=,.@-\"",
        ),
        (
            "role_session_name",
            good().role_session_name("site"),
            "role_session_name is set, but neither assume_role nor web_identity_role is",
        ),
        (
            "sts_endpoint",
            good().sts_endpoint("https://sts.example.com"),
            "sts_endpoint is set, but neither assume_role nor web_identity_role is",
        ),
        (
            "sts_endpoint",
            good().assume_role(ROLE).sts_endpoint("ftp://sts.example.com"),
            "sts_endpoint cannot be used: it must begin with http:// or https://",
        ),
    ]
}

fn requests() -> Refused {
    vec![
        (
            "customer_key",
            good().customer_key([7; 31]),
            "customer_key has 31 bytes; S3 takes keys of 32 bytes (AES-256)",
        ),
        (
            "customer_key",
            good().customer_key([7; 32]).endpoint("http://s3.example.com"),
            "customer_key is set, but the endpoint begins with http://; the key would travel in the clear, use \
             https://",
        ),
        (
            "customer_key",
            good().customer_key([7; 32]).encryption(Encryption::S3),
            "both encryption and customer_key are set; choose one",
        ),
        ("kms_key_id", good().kms_key_id("alias/a"), "kms_key_id is set, but encryption is not \"aws:kms\""),
        (
            "bucket_key",
            good().encryption(Encryption::S3).bucket_key(true),
            "bucket_key is set, but encryption is not \"aws:kms\"",
        ),
        (
            "bucket_key",
            good().encryption(Encryption::DoubleKms).bucket_key(true),
            "bucket_key is set, but \"aws:kms:dsse\" knows no bucket keys",
        ),
        (
            "kms_key_id",
            good().encryption(Encryption::Kms).kms_key_id("a key"),
            "kms_key_id is no key; it is an id, an ARN or \"alias/...\"",
        ),
        (
            "expected_bucket_owner",
            good().expected_bucket_owner("1234-5678-9012"),
            "expected_bucket_owner is \"1234-5678-9012\", which is no account id; those have twelve digits, like \
             \"123456789012\"",
        ),
    ]
}

fn connections() -> Refused {
    vec![
        (
            "proxy",
            good().proxy("proxy.example.com:3128"),
            "proxy cannot be used: it must begin with http:// or https://",
        ),
        (
            "proxy",
            good().proxy("http://"),
            "proxy is not a URL (empty host); it looks like \"http://proxy.example.com:3128\"",
        ),
        (
            "proxy",
            good().proxy("http://squid:canary@proxy.example.com"),
            "proxy cannot be used: it must not hold credentials; set proxy_username and proxy_password",
        ),
        (
            "proxy",
            good().proxy("http://proxy.example.com/path"),
            "proxy cannot be used: it is a host and a port, and nothing else",
        ),
        (
            "proxy_username",
            good().proxy("http://proxy.example.com").proxy_username("squid"),
            "proxy_username is set, but proxy_password is not",
        ),
        ("proxy_password", good().proxy_password("canary"), "proxy_password is set, but proxy is not"),
        ("no_proxy", good().no_proxy("localhost"), "no_proxy is set, but proxy is not"),
        (
            "ca_bundle",
            good().ca_bundle("/etc/ssl/ca.pem"),
            "ca_bundle holds no certificate; it is a PEM file, with \"-----BEGIN CERTIFICATE-----\"",
        ),
        (
            "verify",
            good().verify(false).proxy("http://proxy.example.com"),
            "verify is false, but proxy is set; if it is the proxy whose certificate is not trusted, give that as \
             ca_bundle",
        ),
        (
            "app_name",
            good().app_name("my site"),
            "app_name must have 1 to 50 letters, digits and !#$%&'*+-.^_`|~",
        ),
        ("max_requests", good().max_requests(0), "max_requests is 0; at least one must be on its way"),
    ]
}

fn numbers() -> Refused {
    vec![
        ("part_size", good().part_size(1), "part_size is 1 bytes; S3 takes parts of 5 MiB to 5 GiB"),
        ("concurrency", good().concurrency(0), "concurrency is 0; at least one part must be on its way"),
        ("max_attempts", good().max_attempts(0), "max_attempts is 0; 1 turns retries off"),
        (
            "attempt_timeout",
            good().attempt_timeout(Duration::ZERO),
            "attempt_timeout is 0, which lets no request succeed",
        ),
    ]
}

#[test]
fn a_certificate_that_is_none_is_refused() {
    let bundle = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let error = good().ca_bundle(bundle).build().unwrap_err().to_string();
    assert!(error.contains("ca_bundle holds a certificate that cannot be used"), "{error}");
}

#[test]
fn a_customer_key_may_go_to_this_machine_in_the_clear() {
    for endpoint in
        ["http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost:9000", "https://s3.example.com"]
    {
        good().customer_key([7; 32]).endpoint(endpoint).build().unwrap();
    }
}
