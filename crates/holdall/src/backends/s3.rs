//! `backend = "s3"`, `s3://bucket/location?region=...`: files in a bucket.
//!
//! The keys are the calls of the builder, under the same names. Building does no I/O, so that a bucket
//! that does not answer is an error of the first request, not of the start.

use holdall_core::{Attributes, Result, Store};
use holdall_s3::{
    AddressingStyle, ChecksumAlgorithm, ChecksumMode, CloudFrontHash, S3Storage, S3StorageBuilder,
};

use crate::options::Options;

/// A setting on its way to the builder.
type Setter = Box<dyn Fn(S3StorageBuilder) -> S3StorageBuilder>;

/// Keys that no builder takes one by one.
const CREDENTIALS: [&str; 7] = [
    "access_key",
    "secret_key",
    "session_token",
    "cloudfront_key_id",
    "cloudfront_key",
    "cloudfront_key_file",
    "cloudfront_hash",
];

pub(crate) fn open(options: &mut Options) -> Result<Store> {
    let bucket = options.require_str("bucket");
    let setters = take_setters(options);
    options.finish()?;
    let (bucket, setters) = (bucket?, setters?);

    let build = |bucket: &str, setters: &mut dyn Iterator<Item = &(&'static str, Setter)>| {
        setters.fold(S3Storage::builder(bucket), |builder, (_, set)| set(builder)).build()
    };
    let error = match build(&bucket, &mut setters.iter()) {
        Ok(storage) => return Ok(Store::new(storage)),
        Err(error) => error,
    };
    // Whose fault is it? Every key's that an otherwise sound builder refuses: those errors point to
    // their lines. Where each is fine by itself it is the combination, and the error points to the
    // storage.
    let mut told = build(&bucket, &mut [].iter()).err().map(|error| options.refused("bucket", error));
    for one in setters.iter().filter(|(key, _)| !CREDENTIALS.contains(key)) {
        if let Err(error) = build("sound", &mut [one].into_iter()) {
            told = Some(options.refused(one.0, error));
        }
    }
    Err(told.unwrap_or(error))
}

/// All keys but the bucket, each as the call that sets it. Every one is taken before the first error is
/// returned.
fn take_setters(options: &mut Options) -> Result<Vec<(&'static str, Setter)>> {
    let mut setters: Vec<Result<Option<(&'static str, Setter)>>> = Vec::new();
    macro_rules! setter {
        ($key:ident: $take:ident $(::<$type:ty>)? $(, $argument:expr)*) => {
            setters.push(options.$take$(::<$type>)?(stringify!($key) $(, $argument)*).map(|taken| {
                taken.map(|value| {
                    let set: Setter = Box::new(move |builder| builder.$key(value.clone()));
                    (stringify!($key), set)
                })
            }));
        };
    }
    // The storage's own location, not a prefix around it: what it writes to find out about a server, and
    // what it asks a policy's permission for, then lies below the location too.
    setter!(location: take_str);
    setter!(region: take_str);
    setter!(endpoint: take_str);
    let styles = [
        ("auto", AddressingStyle::Auto),
        ("path", AddressingStyle::Path),
        ("virtual", AddressingStyle::Virtual),
    ];
    setter!(addressing_style: take_choice, &styles);
    setter!(access_key: take_str);
    setter!(secret_key: take_str);
    setter!(session_token: take_str);
    setter!(custom_domain: take_str);
    setter!(url_protocol: take_str);
    setter!(cloudfront_key_id: take_str);
    setters.push(take_cloudfront_key(options));
    let hashes = [("sha256", CloudFrontHash::Sha256), ("sha1", CloudFrontHash::Sha1)];
    setter!(cloudfront_hash: take_choice, &hashes);
    setter!(url_expires_in: take_duration);
    setter!(connect_timeout: take_duration);
    setter!(read_timeout: take_duration);
    setter!(attempt_timeout: take_duration);
    setter!(operation_timeout: take_duration);
    setter!(max_attempts: take_parsed::<u32>, WHOLE_NUMBER);
    setter!(retry_backoff: take_duration);
    let modes = [
        ("auto", ChecksumMode::Auto),
        ("when_supported", ChecksumMode::WhenSupported),
        ("when_required", ChecksumMode::WhenRequired),
    ];
    setter!(checksum_mode: take_choice, &modes);
    let algorithms = [("crc64nvme", ChecksumAlgorithm::Crc64Nvme), ("crc32", ChecksumAlgorithm::Crc32)];
    setter!(checksum_algorithm: take_choice, &algorithms);
    setter!(conditional_writes: take_bool);
    setter!(conditional_deletes: take_bool);
    setter!(versions: take_bool);
    setter!(part_size: take_size);
    setter!(concurrency: take_parsed::<usize>, WHOLE_NUMBER);
    setter!(equal_parts: take_bool);
    setter!(max_copy_size: take_size);
    setter!(copy_part_size: take_size);
    setters.push(take_attributes(options));
    setters.into_iter().filter_map(Result::transpose).collect()
}

const WHOLE_NUMBER: &str = "a whole number";

/// The key itself, or the file that holds it: a PEM has many lines, and secrets are often mounted as files.
fn take_cloudfront_key(options: &mut Options) -> Result<Option<(&'static str, Setter)>> {
    let (given, file) = (options.take_str("cloudfront_key"), options.take_path("cloudfront_key_file"));
    let (key, pem) = match (given?, file?) {
        (None, None) => return Ok(None),
        (Some(pem), None) => ("cloudfront_key", pem),
        (None, Some(path)) => match std::fs::read_to_string(&path) {
            Ok(pem) => ("cloudfront_key_file", pem),
            Err(error) => {
                let reason = format_args!("cannot be read at {}: {error}", path.display());
                return Err(options.invalid("cloudfront_key_file", reason));
            }
        },
        (Some(_), Some(_)) => {
            return Err(
                options.invalid("cloudfront_key_file", "is set beside \"cloudfront_key\"; give one of them")
            );
        }
    };
    let set: Setter = Box::new(move |builder| builder.cloudfront_key(pem.clone()));
    Ok(Some((key, set)))
}

/// What every object gets unless the save says otherwise. For static files the policy has taken the
/// cache control.
fn take_attributes(options: &mut Options) -> Result<Option<(&'static str, Setter)>> {
    let cache_control = options.take_str("cache_control");
    let disposition = options.take_str("content_disposition");
    let mut attributes = Attributes::default();
    (attributes.cache_control, attributes.content_disposition) = (cache_control?, disposition?);
    let key = match (&attributes.cache_control, &attributes.content_disposition) {
        (None, None) => return Ok(None),
        (Some(_), _) => "cache_control",
        (None, Some(_)) => "content_disposition",
    };
    let set: Setter = Box::new(move |builder| builder.default_attributes(attributes.clone()));
    Ok(Some((key, set)))
}
