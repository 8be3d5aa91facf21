//! Words of Holdall in those of `object_store`, and back.

use std::sync::Arc;

use holdall_core::{
    Attributes, ByteRange, Conditions, ETag, ETagCondition, Error, ErrorKind, FileEntry, Metadata, Saved,
};
use object_store::path::Path;
use object_store::{Attribute, Extensions, GetOptions, GetRange, ObjectMeta, PutResult, UpdateVersion};

/// What errors call this implementation.
const STORE: &str = "Holdall";

/// An error of a storage about a path.
pub(super) fn failed(error: Error, path: &str) -> object_store::Error {
    shared(&Arc::new(error), path)
}

/// The same for one that several wait for.
pub(super) fn shared(error: &Arc<Error>, path: &str) -> object_store::Error {
    use object_store::Error as Theirs;
    let (path, source) = (path.to_owned(), Box::new(Arc::clone(error)));
    match error.kind() {
        ErrorKind::NotFound => Theirs::NotFound { path, source },
        ErrorKind::AlreadyExists => Theirs::AlreadyExists { path, source },
        ErrorKind::PreconditionFailed => Theirs::Precondition { path, source },
        ErrorKind::NotModified => Theirs::NotModified { path, source },
        ErrorKind::PermissionDenied => Theirs::PermissionDenied { path, source },
        ErrorKind::Unsupported => Theirs::NotSupported { source },
        _ => Theirs::Generic { store: STORE, source },
    }
}

/// An error that has no kind of its own there.
pub(super) fn generic(error: Error) -> object_store::Error {
    object_store::Error::Generic { store: STORE, source: error.into() }
}

/// A checked name or location as a path. A path takes whatever a name can say.
pub(super) fn to_path(name: &str) -> object_store::Result<Path> {
    Ok(Path::parse(name)?)
}

/// A file as listings and headers tell of it.
pub(super) fn object(file: FileEntry) -> object_store::Result<ObjectMeta> {
    Ok(ObjectMeta {
        location: to_path(file.name.as_str())?,
        last_modified: file.modified.into(),
        size: file.size,
        e_tag: file.etag.map(|etag| etag.to_string()),
        version: None,
    })
}

/// What a save made.
pub(super) fn put_result(saved: &Saved) -> PutResult {
    let e_tag = saved.etag.as_ref().map(ETag::to_string);
    PutResult { e_tag, version: None, extensions: Extensions::default() }
}

/// The version that an update expects.
pub(super) fn expected(version: UpdateVersion) -> object_store::Result<ETag> {
    let tag = version.e_tag.ok_or_else(|| {
        generic(Error::message(
            ErrorKind::InvalidInput,
            "an update needs the entity tag of the version to replace",
        ))
    })?;
    ETag::parse(&tag).map_err(generic)
}

/// The conditions of a read.
pub(super) fn conditions(options: &GetOptions) -> object_store::Result<Conditions> {
    let tags = |header: &Option<String>| header.as_deref().map(tags).transpose();
    let mut conditions = Conditions::default();
    conditions.if_match = tags(&options.if_match)?;
    conditions.if_none_match = tags(&options.if_none_match)?;
    conditions.if_modified_since = options.if_modified_since.map(Into::into);
    conditions.if_unmodified_since = options.if_unmodified_since.map(Into::into);
    Ok(conditions)
}

/// The tags of a header. None of those that are told by a storage has a comma in it.
fn tags(header: &str) -> object_store::Result<ETagCondition> {
    if header.trim() == "*" {
        return Ok(ETagCondition::Any);
    }
    let tags = header.split(',').map(ETag::parse).collect::<Result<Vec<_>, _>>();
    tags.map(ETagCondition::OneOf).map_err(generic)
}

pub(super) fn byte_range(range: GetRange) -> ByteRange {
    match range {
        GetRange::Bounded(range) => ByteRange::Bounded { start: range.start, end: range.end },
        GetRange::Offset(start) => ByteRange::From(start),
        GetRange::Suffix(length) => ByteRange::Last(length),
    }
}

/// What is kept beside a file.
pub(super) fn attributes(metadata: &Metadata) -> object_store::Attributes {
    let own = &metadata.attributes;
    let mut attributes = object_store::Attributes::new();
    for (attribute, value) in [
        (Attribute::ContentType, &own.content_type),
        (Attribute::ContentDisposition, &own.content_disposition),
        (Attribute::ContentEncoding, &own.content_encoding),
        (Attribute::ContentLanguage, &own.content_language),
        (Attribute::CacheControl, &own.cache_control),
    ] {
        if let Some(value) = value {
            attributes.insert(attribute, value.clone().into());
        }
    }
    for (name, value) in &own.user {
        attributes.insert(Attribute::Metadata(key_of(name).into()), value.clone().into());
    }
    attributes
}

/// The attributes in our words; `None` where one has no word.
pub(super) fn own_attributes(attributes: &object_store::Attributes) -> Option<Attributes> {
    let mut own = Attributes::default();
    for (attribute, value) in attributes {
        let value = value.to_string();
        match attribute {
            Attribute::ContentType => own.content_type = Some(value),
            Attribute::ContentDisposition => own.content_disposition = Some(value),
            Attribute::ContentEncoding => own.content_encoding = Some(value),
            Attribute::ContentLanguage => own.content_language = Some(value),
            Attribute::CacheControl => own.cache_control = Some(value),
            Attribute::Metadata(key) => drop(own.user.insert(name_of(key), value)),
            _ => return None,
        }
    }
    Some(own)
}

/// The name of user metadata for any key: bytes that names may not have are `--` and two digits, and so is a `-`
/// in front of another.
fn name_of(key: &str) -> String {
    let bytes = key.as_bytes();
    let mut name = String::with_capacity(key.len());
    for (index, &byte) in bytes.iter().enumerate() {
        let doubled = byte == b'-' && bytes.get(index + 1) == Some(&b'-');
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() || (byte == b'-' && !doubled) {
            name.push(char::from(byte));
        } else {
            name.extend(["--", &format!("{byte:02x}")]);
        }
    }
    name
}

/// The key that a name stands for. What is no escape, or makes no text, is kept as it is.
fn key_of(name: &str) -> String {
    let bytes = name.as_bytes();
    let mut key = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        let escape = bytes[index..].strip_prefix(b"--").and_then(|digits| digits.get(..2));
        let escaped = escape
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        key.push(escaped.unwrap_or(byte));
        index += if escaped.is_some() { 4 } else { 1 };
    }
    String::from_utf8(key).unwrap_or_else(|_| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{key_of, name_of};

    #[test]
    fn keys_of_metadata_come_back() {
        for (key, name) in [
            ("album", "album"),
            ("a-b", "a-b"),
            ("test_key", "test--5fkey"),
            ("a--b", "a--2d-b"),
            ("-_", "---5f"),
            ("Größe 1", "--47r--c3--b6--c3--9fe--201"),
            ("--5f", "--2d-5f"),
        ] {
            assert_eq!(name_of(key), name);
            assert_eq!(key_of(name), key);
        }
        assert_eq!(key_of("a--ff"), "a--ff", "no text");
        assert_eq!(key_of("a--"), "a--", "no escape");
    }
}
