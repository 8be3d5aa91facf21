//! Attributes on their way to a store, and back.

use std::borrow::Cow;

use holdall_core::{Attributes, Metadata, Name, guess_content_type, header_text, random_alphanumeric};
use object_store::{Attribute, ObjectMeta};

use crate::client::etag;
use crate::profile::{MetadataNames, Profile};

/// User metadata that tells our own write from another one: see `conditional.rs`.
const PUT_ID: &str = "holdall-put-id";

/// Stands in front of a name that begins with a digit where names are identifiers.
const DIGIT: &str = "holdall_digit_";

/// The attributes of one write.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) attributes: object_store::Attributes,
    /// Our mark among them.
    pub(crate) put_id: Option<String>,
}

impl Sent {
    /// What is sent with a file of that name. Nothing to a store that keeps nothing; otherwise with a content
    /// type in any case, so that no store makes up one of its own, and with a mark.
    pub(crate) fn new(name: &Name, attributes: &Attributes, profile: &Profile) -> Self {
        let mut sent = object_store::Attributes::new();
        if !profile.attributes {
            return Self { attributes: sent, put_id: None };
        }
        let mut insert = |key, value: &str| sent.insert(key, value.to_owned().into());
        insert(
            Attribute::ContentType,
            attributes.content_type.as_deref().unwrap_or_else(|| guess_content_type(name)),
        );
        for (key, value) in [
            (Attribute::ContentDisposition, &attributes.content_disposition),
            (Attribute::ContentEncoding, &attributes.content_encoding),
            (Attribute::ContentLanguage, &attributes.content_language),
            (Attribute::CacheControl, &attributes.cache_control),
        ] {
            if let Some(value) = value {
                insert(key, value);
            }
        }
        for (name, value) in &attributes.user {
            insert(key(name, profile), &header_text::encode(value));
        }
        let put_id = random_alphanumeric(22);
        insert(key(PUT_ID, profile), &put_id);
        Self { attributes: sent, put_id: Some(put_id) }
    }

    /// Takes the mark away again.
    #[cfg(feature = "__http")]
    pub(crate) fn unmark(&mut self, profile: &Profile) {
        self.attributes.remove(&key(PUT_ID, profile));
        self.put_id = None;
    }
}

/// The attributes with those of the storage where they have none.
pub(crate) fn with_defaults(mut attributes: Attributes, defaults: &Attributes) -> Attributes {
    for (own, default) in [
        (&mut attributes.content_type, &defaults.content_type),
        (&mut attributes.content_disposition, &defaults.content_disposition),
        (&mut attributes.content_encoding, &defaults.content_encoding),
        (&mut attributes.content_language, &defaults.content_language),
        (&mut attributes.cache_control, &defaults.cache_control),
    ] {
        if own.is_none() {
            own.clone_from(default);
        }
    }
    for (name, value) in &defaults.user {
        attributes.user.entry(name.clone()).or_insert_with(|| value.clone());
    }
    attributes
}

/// The mark of the write that made a file.
pub(crate) fn put_id<'a>(attributes: &'a object_store::Attributes, profile: &Profile) -> Option<&'a str> {
    attributes.get(&key(PUT_ID, profile)).map(AsRef::as_ref)
}

/// What a store tells about a file. A reply to a range tells the size of the whole.
pub(crate) fn metadata(
    name: Name,
    meta: &ObjectMeta,
    attributes: &object_store::Attributes,
    profile: &Profile,
) -> Metadata {
    let mut own = Attributes::default();
    for (attribute, value) in attributes {
        let value = value.to_string();
        match attribute {
            Attribute::ContentType => own.content_type = Some(value),
            Attribute::ContentDisposition => own.content_disposition = Some(value),
            Attribute::ContentEncoding => own.content_encoding = Some(value),
            Attribute::ContentLanguage => own.content_language = Some(value),
            Attribute::CacheControl => own.cache_control = Some(value),
            Attribute::Metadata(key) => {
                let name = user_name(key, profile);
                if !name.starts_with(Attributes::RESERVED_USER_PREFIX) {
                    own.user.insert(name, header_text::decode(&value));
                }
            }
            // The storage class and what may come: not among our attributes.
            _ => {}
        }
    }
    let modified = meta.last_modified.into();
    Metadata::new(name, meta.size, modified).with_etag(etag(meta.e_tag.as_deref())).with_attributes(own)
}

/// The attribute that keeps user metadata of that name.
fn key(name: &str, profile: &Profile) -> Attribute {
    let kept = match profile.metadata_names {
        MetadataNames::Headers => name.to_owned(),
        MetadataNames::Identifiers if name.starts_with(|first: char| first.is_ascii_digit()) => {
            format!("{DIGIT}{}", name.replace('-', "_"))
        }
        // Our names have no `_`.
        MetadataNames::Identifiers => name.replace('-', "_"),
    };
    Attribute::Metadata(Cow::Owned(kept))
}

/// The name that a store's stands for.
fn user_name(kept: &str, profile: &Profile) -> String {
    match profile.metadata_names {
        MetadataNames::Headers => kept.to_owned(),
        MetadataNames::Identifiers => kept.strip_prefix(DIGIT).unwrap_or(kept).replace('_', "-"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Attribute, Profile, key, user_name};

    #[test]
    fn names_are_identifiers_where_they_have_to_be() {
        for (profile, name, kept) in [
            (Profile::gcs(), "x-1-y", "x-1-y"),
            (Profile::azure(), "album", "album"),
            (Profile::azure(), "x-1-y", "x_1_y"),
            (Profile::azure(), "-", "_"),
            (Profile::azure(), "007", "holdall_digit_007"),
            (Profile::azure(), "0-7", "holdall_digit_0_7"),
        ] {
            assert_eq!(key(name, &profile), Attribute::Metadata(kept.into()));
            assert_eq!(user_name(kept, &profile), name);
        }
    }
}
