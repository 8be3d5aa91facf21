//! `backend = "s3"`, `s3://bucket/location?region=...`: files in a bucket.
//!
//! The keys are the calls of the builder, under the same names. Building does no I/O, so that a bucket
//! that does not answer is an error of the first request, not of the start. What is no call of the builder is a wrapper
//! around the storage: `gzip`.

mod forms;

use std::sync::Arc;

use holdall_core::{Gzipped, Result, Store};
use holdall_s3::{
    AddressingStyle, ChecksumAlgorithm, ChecksumMode, Encryption, Preset, RetryMode, S3Storage,
    S3StorageBuilder, UniqueNames,
};

use crate::options::StorageSettings;
use crate::registry::Made;

/// A setting on its way to the builder.
type Setter = Box<dyn Fn(S3StorageBuilder) -> S3StorageBuilder>;

/// Keys that no builder takes one by one, and about which nobody can say which of them is the wrong one.
const CREDENTIALS: [&str; 6] = [
    "access_key",
    "secret_key",
    "session_token",
    "cloudfront_key_id",
    "cloudfront_key",
    "cloudfront_key_file",
];

/// Keys that say whose server it is.
const PLACE: [&str; 3] = ["preset", "region", "endpoint"];

/// Keys that mean something beside others only.
const BESIDE: [(&str, &[&str]); 15] = [
    ("preset", &["endpoint", "region"]),
    (
        "unique_names",
        &["preset", "endpoint", "region", "conditional_writes", "honoured_conditions", "ignored_conditions"],
    ),
    ("region", &["endpoint", "preset"]),
    ("kms_key_id", &["encryption"]),
    ("kms_context", &["encryption"]),
    ("bucket_key", &["encryption"]),
    ("web_identity_role", &["web_identity_token_file"]),
    ("web_identity_token_file", &["web_identity_role"]),
    ("external_id", &["assume_role"]),
    ("role_duration", &["assume_role"]),
    ("role_session_name", &["assume_role", "web_identity_role", "web_identity_token_file"]),
    ("sts_endpoint", &["assume_role", "web_identity_role", "web_identity_token_file"]),
    ("proxy_username", &["proxy", "proxy_password"]),
    ("proxy_password", &["proxy", "proxy_username"]),
    ("no_proxy", &["proxy"]),
];

pub(crate) fn open(options: &mut StorageSettings) -> Result<Made> {
    let bucket = options.require_str("bucket");
    let setters = take_setters(options);
    let gzip = forms::gzip(options);
    options.finish()?;
    let (bucket, setters, gzip) = (bucket?, setters?, gzip?);

    let build = |bucket: &str, setters: &mut dyn Iterator<Item = &(&'static str, Setter)>| {
        setters.fold(S3Storage::builder(bucket), |builder, (_, set)| set(builder)).build()
    };
    let error = match build(&bucket, &mut setters.iter()) {
        Ok(storage) => {
            let Some(types) = gzip else { return Ok(Store::new(storage).into()) };
            let backend = Arc::new(storage);
            let store = Store::new(Gzipped::new(Arc::clone(&backend)).content_types(types)?);
            return Ok(Made { store, backend });
        }
        Err(error) => error,
    };
    // Whose fault is it? Every key's that an otherwise sound builder refuses (with the keys that it goes
    // beside): those errors point to their lines. Where each is fine by itself it is the combination, and the
    // error points to the storage.
    let mut told = None;
    let mut placed = true;
    for one in setters.iter().filter(|(key, _)| !CREDENTIALS.contains(key)) {
        let beside = BESIDE.iter().find(|(key, _)| *key == one.0).map_or(&[][..], |(_, others)| others);
        let mut with_those = setters.iter().filter(|(key, _)| *key == one.0 || beside.contains(key));
        if let Err(error) = build("sound", &mut with_those) {
            placed &= !PLACE.contains(&one.0);
            told = Some(options.refused(one.0, error));
        }
    }
    // The rules of a bucket's name depend on whose server it is.
    let has = |wanted: &str| setters.iter().any(|(key, _)| *key == wanted);
    let mut elsewhere = S3Storage::builder(&bucket);
    if has("endpoint") {
        elsewhere = elsewhere.endpoint("https://endpoint.invalid");
    } else if !placed {
        elsewhere = elsewhere.region("eu-central-1");
    } else {
        elsewhere = setters
            .iter()
            .filter(|(key, _)| PLACE.contains(key))
            .fold(elsewhere, |builder, (_, set)| set(builder));
    }
    if let Err(error) = elsewhere.build() {
        told = Some(options.refused("bucket", error));
    } else if placed {
        for key in ["endpoint", "public_endpoint"] {
            if let Err(error) = build(&bucket, &mut setters.iter().filter(|(other, _)| *other == key)) {
                told = Some(options.refused(key, error));
            }
        }
    }
    Err(told.unwrap_or(error))
}

/// Takes a key that has the name of a builder call, as that call.
macro_rules! setter {
    ($options:ident, $setters:ident, $key:ident: $take:ident $(::<$type:ty>)? $(, $argument:expr)*) => {
        $setters.push($options.$take$(::<$type>)?(stringify!($key) $(, $argument)*).map(|taken| {
            taken.map(|value| {
                let set: Setter = Box::new(move |builder| builder.$key(value.clone()));
                (stringify!($key), set)
            })
        }));
    };
}

/// All keys but the bucket, each as the call that sets it. Every one is taken before the first error is
/// returned.
fn take_setters(options: &mut StorageSettings) -> Result<Vec<(&'static str, Setter)>> {
    let mut setters: Vec<forms::Taken> = Vec::new();
    // First, so that every other key wins.
    let presets = Preset::ALL.map(|preset| (preset.as_str(), preset));
    setter!(options, setters, preset: take_choice, &presets);
    // The storage's own location, not a prefix around it: what it writes to find out about a server, and
    // what it asks a policy's permission for, then lies below the location too.
    setter!(options, setters, location: take_str);
    setter!(options, setters, region: take_str);
    setter!(options, setters, endpoint: take_str);
    let styles = [
        ("auto", AddressingStyle::Auto),
        ("path", AddressingStyle::Path),
        ("virtual", AddressingStyle::Virtual),
    ];
    setter!(options, setters, addressing_style: take_choice, &styles);
    setter!(options, setters, access_key: take_str);
    setter!(options, setters, secret_key: take_str);
    setter!(options, setters, session_token: take_str);
    setter!(options, setters, custom_domain: take_str);
    setter!(options, setters, url_protocol: take_str);
    setter!(options, setters, cloudfront_key_id: take_str);
    setters.push(forms::cloudfront_key(options));
    setter!(options, setters, url_expires_in: take_duration);
    setter!(options, setters, public_endpoint: take_str);
    setter!(options, setters, strict_expiry: take_bool);
    setter!(options, setters, expiry_window: take_duration);
    setter!(options, setters, connect_timeout: take_duration);
    setter!(options, setters, read_timeout: take_duration);
    setter!(options, setters, attempt_timeout: take_duration);
    setter!(options, setters, operation_timeout: take_duration);
    setter!(options, setters, max_attempts: take_parsed::<u32>, WHOLE_NUMBER);
    let paces = [("standard", RetryMode::Standard), ("adaptive", RetryMode::Adaptive)];
    setter!(options, setters, retry_mode: take_choice, &paces);
    setter!(options, setters, retry_backoff: take_duration);
    let modes = [
        ("auto", ChecksumMode::Auto),
        ("when_supported", ChecksumMode::WhenSupported),
        ("when_required", ChecksumMode::WhenRequired),
    ];
    setter!(options, setters, checksum_mode: take_choice, &modes);
    let algorithms = [("crc64nvme", ChecksumAlgorithm::Crc64Nvme), ("crc32", ChecksumAlgorithm::Crc32)];
    setter!(options, setters, checksum_algorithm: take_choice, &algorithms);
    setter!(options, setters, conditional_writes: take_bool);
    setter!(options, setters, conditional_copies: take_bool);
    setter!(options, setters, conditional_deletes: take_bool);
    setters.push(forms::conditions(options, "honoured_conditions", true));
    setters.push(forms::conditions(options, "ignored_conditions", false));
    let ways =
        [("auto", UniqueNames::Auto), ("condition", UniqueNames::Condition), ("random", UniqueNames::Random)];
    setter!(options, setters, unique_names: take_choice, &ways);
    setter!(options, setters, ordered_listings: take_bool);
    setter!(options, setters, versions: take_bool);
    setter!(options, setters, acls: take_bool);
    setter!(options, setters, bulk_delete: take_bool);
    setter!(options, setters, part_size: take_size);
    setter!(options, setters, equal_parts: take_bool);
    setter!(options, setters, sign_payload: take_bool);
    setter!(options, setters, max_copy_size: take_size);
    setter!(options, setters, copy_part_size: take_size);
    setter!(options, setters, concurrency: take_parsed::<usize>, WHOLE_NUMBER);
    take_requests(options, &mut setters);
    take_identity(options, &mut setters);
    take_connection(options, &mut setters);
    setters.push(forms::attributes(options));
    setters.push(forms::object_parameters(options));
    setters.into_iter().filter_map(Result::transpose).collect()
}

const WHOLE_NUMBER: &str = "a whole number";

/// What every request carries.
fn take_requests(options: &mut StorageSettings, setters: &mut Vec<forms::Taken>) {
    let encryptions =
        [("AES256", Encryption::S3), ("aws:kms", Encryption::Kms), ("aws:kms:dsse", Encryption::DoubleKms)];
    setter!(options, setters, encryption: take_choice, &encryptions);
    setter!(options, setters, kms_key_id: take_str);
    setters.push(forms::kms_context(options));
    setter!(options, setters, bucket_key: take_bool);
    setters.push(forms::customer_key(options));
    setter!(options, setters, expected_bucket_owner: take_str);
    setter!(options, setters, requester_pays: take_bool);
}

/// Where credentials come from that are not written here.
fn take_identity(options: &mut StorageSettings, setters: &mut Vec<forms::Taken>) {
    setter!(options, setters, profile: take_str);
    setter!(options, setters, web_identity_role: take_str);
    setter!(options, setters, web_identity_token_file: take_path);
    setter!(options, setters, assume_role: take_str);
    setter!(options, setters, external_id: take_str);
    setter!(options, setters, role_session_name: take_str);
    setter!(options, setters, role_duration: take_duration);
    setter!(options, setters, sts_endpoint: take_str);
}

/// How connections are made.
fn take_connection(options: &mut StorageSettings, setters: &mut Vec<forms::Taken>) {
    setter!(options, setters, proxy: take_str);
    setter!(options, setters, proxy_username: take_str);
    setter!(options, setters, proxy_password: take_str);
    setter!(options, setters, no_proxy: take_str);
    setters.push(forms::ca_bundle(options));
    setter!(options, setters, verify: take_bool);
    setter!(options, setters, max_requests: take_parsed::<usize>, WHOLE_NUMBER);
    setter!(options, setters, app_name: take_str);
}
