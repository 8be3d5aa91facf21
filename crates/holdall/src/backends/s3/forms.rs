//! Values that do not go to the builder as they are written: files, base64, pairs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use holdall_core::{Attributes, Gzipped, MemoryStorage, Result};
use holdall_s3::{CannedAcl, ObjectParameters, S3StorageBuilder, ServerCondition, StorageClass, Tags};

use super::Setter;
use crate::options::StorageSettings;

/// A key and the call that sets it; `None` for a key that nobody gave.
pub(super) type Taken = Result<Option<(&'static str, Setter)>>;

/// What every object gets unless the save says otherwise. For static files the policy has taken the
/// cache control.
pub(super) fn attributes(options: &mut StorageSettings) -> Taken {
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

/// 32 bytes, in base64 because settings are text.
pub(super) fn customer_key(options: &mut StorageSettings) -> Taken {
    let Some(text) = options.take_str("customer_key")? else { return Ok(None) };
    let Ok(bytes) = STANDARD.decode(&text) else {
        return Err(options.invalid("customer_key", "is not base64"));
    };
    Ok(Some(("customer_key", Box::new(move |builder| builder.customer_key(bytes.clone())))))
}

/// A PEM file, read now: a wrong path is an error of the start, not of the first request.
pub(super) fn ca_bundle(options: &mut StorageSettings) -> Taken {
    let Some(path) = options.take_path("ca_bundle")? else { return Ok(None) };
    let pem = match std::fs::read(&path) {
        Ok(pem) => pem,
        Err(error) => {
            let reason = format!("names {}, which cannot be read: {error}", path.display());
            return Err(options.invalid("ca_bundle", reason));
        }
    };
    Ok(Some(("ca_bundle", Box::new(move |builder| builder.ca_bundle(pem.clone())))))
}

/// Conditions that the server honours or ignores, as a list of their names.
pub(super) fn conditions(options: &mut StorageSettings, key: &'static str, honoured: bool) -> Taken {
    let Some(words) = options.take_texts(key)? else { return Ok(None) };
    let conditions: Result<Vec<ServerCondition>> = words.iter().map(|word| word.parse()).collect();
    let conditions = conditions.map_err(|error| options.refused(key, error))?;
    let set: Setter = Box::new(move |builder| {
        let set =
            |builder: S3StorageBuilder, condition: &ServerCondition| builder.condition(*condition, honoured);
        conditions.iter().fold(builder, set)
    });
    Ok(Some((key, set)))
}

/// What S3 keeps with every object unless the save says otherwise.
pub(super) fn object_parameters(options: &mut StorageSettings) -> Taken {
    let (class, acl) = (options.take_str("storage_class"), options.take_str("acl"));
    let tags = pairs(options, "tags");
    let mut parameters = ObjectParameters::default();
    let mut given = None;
    if let Some(class) = class? {
        let class = class.parse::<StorageClass>();
        let class = class.map_err(|error| options.refused("storage_class", error))?;
        parameters = parameters.with_storage_class(class);
        given = Some("storage_class");
    }
    if let Some(acl) = acl? {
        let acl = acl.parse::<CannedAcl>().map_err(|error| options.refused("acl", error))?;
        parameters = parameters.with_acl(acl);
        given = given.or(Some("acl"));
    }
    if let Some(tags) = tags? {
        let tags = Tags::new(tags).map_err(|error| options.refused("tags", error))?;
        parameters = parameters.with_tags(tags);
        given = given.or(Some("tags"));
    }
    let Some(key) = given else { return Ok(None) };
    Ok(Some((key, Box::new(move |builder| builder.object_parameters(parameters.clone())))))
}

/// Pairs as `name=value`, with commas between them.
fn pairs(options: &mut StorageSettings, key: &'static str) -> Result<Option<Vec<(String, String)>>> {
    let Some(text) = options.take_str(key)? else { return Ok(None) };
    let pairs: Option<Vec<(String, String)>> = text
        .split(',')
        .map(|pair| {
            pair.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        })
        .collect();
    match pairs {
        Some(pairs) => Ok(Some(pairs)),
        None => Err(options.invalid(key, "has to be pairs like \"site=7, kind=upload\"")),
    }
}

/// What an encryption key is used with.
pub(super) fn kms_context(options: &mut StorageSettings) -> Taken {
    let Some(pairs) = pairs(options, "kms_context")? else { return Ok(None) };
    let set: Setter = Box::new(move |builder| {
        pairs.iter().fold(builder, |builder, (name, value)| builder.kms_context(name, value))
    });
    Ok(Some(("kms_context", set)))
}

/// The key itself, or the file that holds it: a PEM has many lines, and secrets are often mounted as files.
pub(super) fn cloudfront_key(options: &mut StorageSettings) -> Taken {
    let (given, file) = (options.take_lines("cloudfront_key"), options.take_path("cloudfront_key_file"));
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

/// The content types that are compressed, if any are.
pub(super) fn gzip(options: &mut StorageSettings) -> Result<Option<Vec<String>>> {
    let is_on = options.take_bool("gzip");
    let types = options.take_str("gzip_content_types");
    match (is_on?.unwrap_or(false), types?) {
        (false, None) => Ok(None),
        (false, Some(_)) => Err(options.invalid("gzip_content_types", "is set, but \"gzip\" is not true")),
        (true, None) => Ok(Some(Gzipped::<MemoryStorage>::CONTENT_TYPES.map(str::to_owned).to_vec())),
        (true, Some(types)) => {
            let types: Vec<_> = types.split(',').map(|content_type| content_type.trim().to_owned()).collect();
            match Gzipped::new(MemoryStorage::new()).content_types(types.clone()) {
                Ok(_) => Ok(Some(types)),
                Err(error) => Err(options.refused("gzip_content_types", error)),
            }
        }
    }
}
