//! Attributes as headers of requests, and headers of replies as metadata.

mod defaults;
mod kept;

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use aws_sdk_s3::types::{ChecksumType, StorageClass};
use holdall_core::{
    Attributes, ETag, Error, ErrorKind, Metadata, Name, Result, guess_content_type, header_text,
    random_alphanumeric,
};

pub(crate) use self::kept::{Kept, KeptChecksum, KeptEncryption, KeptLock};
use crate::config::ObjectParameters;
use crate::config::objects::{Acl, AclHeaders};

/// User metadata that tells our own write from another one: see `conditional.rs`.
pub(crate) const PUT_ID: &str = "holdall-put-id";
/// User metadata of files that were saved with a visibility of their own: only for these is the ACL asked.
pub(crate) const ACL_MARKER: &str = "holdall-acl";
/// User metadata of copies whose source had grants of other programs: their ACL is asked for when they are copied.
pub(crate) const GRANTS_MARKER: &str = "holdall-grants";

/// The headers of one save or copy.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers {
    pub(crate) content_type: Option<String>,
    pub(crate) content_disposition: Option<String>,
    pub(crate) content_encoding: Option<String>,
    pub(crate) content_language: Option<String>,
    pub(crate) cache_control: Option<String>,
    pub(crate) acl: AclHeaders,
    pub(crate) storage_class: Option<StorageClass>,
    /// Tags as `x-amz-tagging` has them.
    pub(crate) tagging: Option<String>,
    /// Headers that a copy keeps of its source beyond the attributes. A save has none of them.
    pub(crate) kept: Box<Kept>,
    /// As it goes over the wire: encoded, with our own entries.
    pub(crate) user: HashMap<String, String>,
}

impl Headers {
    /// The headers of a file with these attributes.
    ///
    /// # Errors
    ///
    /// `InvalidInput` when the user metadata is over S3's 2 KB once it is encoded.
    pub(crate) fn new(name: &Name, attributes: Attributes) -> Result<Self> {
        let mut user: HashMap<_, _> =
            attributes.user.iter().map(|(name, value)| (name.clone(), header_text::encode(value))).collect();
        check_size(&user)?;
        if attributes.visibility.is_some() {
            user.insert(ACL_MARKER.to_owned(), "1".to_owned());
        }
        Ok(Self {
            content_type: Some(
                attributes.content_type.unwrap_or_else(|| guess_content_type(name).to_owned()),
            ),
            content_disposition: attributes.content_disposition,
            content_encoding: attributes.content_encoding,
            content_language: attributes.content_language,
            cache_control: attributes.cache_control,
            acl: attributes.visibility.map_or(Ok(AclHeaders::default()), |it| Acl::from(it).to_headers())?,
            storage_class: None,
            tagging: None,
            kept: Box::default(),
            user,
        })
    }

    /// The same as headers of a request that somebody else sends, with names in lower case.
    pub(crate) fn wire(&self) -> BTreeMap<String, String> {
        let Self {
            content_type,
            content_disposition,
            content_encoding,
            content_language,
            cache_control,
            acl: AclHeaders { canned, read, read_acl, write_acl, full_control },
            storage_class,
            tagging,
            // Clients upload new files, which have nothing to keep.
            kept: _,
            user,
        } = self;
        let acl = canned.as_ref().map(|acl| acl.as_str().to_owned());
        let storage_class = storage_class.as_ref().map(|class| class.as_str().to_owned());
        let headers = [
            ("content-type", content_type),
            ("content-disposition", content_disposition),
            ("content-encoding", content_encoding),
            ("content-language", content_language),
            ("cache-control", cache_control),
            ("x-amz-acl", &acl),
            ("x-amz-grant-read", read),
            ("x-amz-grant-read-acp", read_acl),
            ("x-amz-grant-write-acp", write_acl),
            ("x-amz-grant-full-control", full_control),
            ("x-amz-storage-class", &storage_class),
            ("x-amz-tagging", tagging),
        ];
        let headers = headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
        let user = user.iter().map(|(name, value)| (format!("x-amz-meta-{name}"), value.clone()));
        headers.chain(user).collect()
    }

    /// With these parameters; an ACL among them replaces that of a visibility.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for grants that cannot be sent.
    pub(crate) fn with_parameters(mut self, parameters: &ObjectParameters) -> Result<Self> {
        let ObjectParameters { storage_class, tags, acl } = parameters;
        self.storage_class = storage_class.as_ref().map(crate::config::objects::StorageClass::to_sdk);
        self.tagging = tags.to_header();
        if let Some(acl) = acl {
            self.set_acl(acl)?;
        }
        Ok(self)
    }

    /// Sets the ACL, and marks the object where it should be asked for later.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for grants that cannot be sent.
    pub(crate) fn set_acl(&mut self, acl: &Acl) -> Result<()> {
        self.acl = acl.to_headers()?;
        if acl.is_its_own() {
            self.user.insert(ACL_MARKER.to_owned(), "1".to_owned());
        }
        Ok(())
    }

    /// Marks a copy that has grants of other programs, where there is room for that. Without room there is none for the
    /// put-id either, so that the copy counts as another program's.
    pub(crate) fn mark_grants(&mut self) {
        if size(&self.user) + GRANTS_MARKER.len() < MAX_METADATA {
            self.user.insert(GRANTS_MARKER.to_owned(), "1".to_owned());
        }
    }

    /// Whether every value can be sent again as it is. Values of other programs may have other letters than ASCII,
    /// which only the server itself can copy faithfully.
    pub(crate) fn can_be_sent(&self) -> bool {
        let attributes = [
            &self.content_type,
            &self.content_disposition,
            &self.content_encoding,
            &self.content_language,
            &self.cache_control,
            &self.kept.expires,
        ];
        let user = self.user.iter().flat_map(|(name, value)| [name, value]);
        attributes.into_iter().flatten().chain(user).all(|value| value.is_ascii())
    }

    /// The same with the values of other programs encoded where they have other letters than ASCII: as S3 itself gives
    /// them back (RFC 2047).
    pub(crate) fn encoded(mut self) -> Self {
        for value in self.user.values_mut().filter(|value| !value.is_ascii()) {
            *value = header_text::encode(value);
        }
        self
    }

    /// The headers of a copy whose attributes the server copies itself.
    pub(crate) fn without_attributes(&self) -> Self {
        let Self { acl, storage_class, tagging, kept, .. } = self.clone();
        let kept = Box::new(Kept { expires: None, ..*kept });
        Self { acl, storage_class, tagging, kept, ..Self::default() }
    }

    /// Marks the write as ours, with 128 random bits and more. Returns the mark.
    ///
    /// There is room for it beside everything that a save may have. Only copies of what other programs stored
    /// with more metadata go without: a lost reply to a conditional copy is an error then, although the file
    /// may be there.
    pub(crate) fn mark(&mut self) -> Option<String> {
        // 22 letters of 62 have 130 bits.
        let id = random_alphanumeric(22);
        if size(&self.user) + PUT_ID.len() + id.len() > MAX_METADATA {
            return None;
        }
        self.user.insert(PUT_ID.to_owned(), id.clone());
        Some(id)
    }
}

/// No object of any server is larger (10,000 parts of 5 GiB); a number that is comes from something else.
const LARGEST: u64 = 10_000 * (5 << 30);
/// The most user metadata that S3 takes, names and encoded values together, in bytes.
const MAX_METADATA: usize = 2048;

fn size(user: &HashMap<String, String>) -> usize {
    user.iter().map(|(name, value)| name.len() + value.len()).sum()
}

/// Checks that there is room for our own marks within S3's 2 KB, which count encoded.
fn check_size(user: &HashMap<String, String>) -> Result<()> {
    let bytes = size(user);
    if bytes > Attributes::MAX_USER_BYTES {
        let message = format!(
            "the user metadata takes {bytes} bytes on the wire, where other letters than ASCII take more; at most \
             1,984 are allowed"
        );
        return Err(Error::message(ErrorKind::InvalidInput, message));
    }
    Ok(())
}

/// Hands [`AclHeaders`] to one of the SDK builders that take them.
macro_rules! with_acl {
    ($builder:expr, $acl:expr) => {{
        let acl = &$acl;
        $builder
            .set_acl(acl.canned.clone())
            .set_grant_read(acl.read.clone())
            .set_grant_read_acp(acl.read_acl.clone())
            .set_grant_write_acp(acl.write_acl.clone())
            .set_grant_full_control(acl.full_control.clone())
    }};
}
pub(crate) use with_acl;

/// Hands [`Headers`] to one of the three SDK builders that take them.
macro_rules! with_headers {
    ($builder:expr, $headers:expr) => {{
        let headers = &$headers;
        $crate::verbs::metadata::with_acl!($builder, headers.acl)
            .set_content_type(headers.content_type.clone())
            .set_content_disposition(headers.content_disposition.clone())
            .set_content_encoding(headers.content_encoding.clone())
            .set_content_language(headers.content_language.clone())
            .set_cache_control(headers.cache_control.clone())
            .set_storage_class(headers.storage_class.clone())
            .set_tagging(headers.tagging.clone())
            .set_expires(headers.kept.expires_date())
            .set_website_redirect_location(headers.kept.website_redirect.clone())
            .set_server_side_encryption(headers.kept.encryption.kind.clone())
            .set_ssekms_key_id(headers.kept.encryption.kms_key_id.clone())
            .set_bucket_key_enabled(headers.kept.encryption.bucket_key)
            .set_object_lock_mode(headers.kept.lock.mode.clone())
            .set_object_lock_retain_until_date(headers.kept.lock.retain_until)
            .set_object_lock_legal_hold_status(headers.kept.lock.legal_hold.clone())
            .set_object_lock_event_hold(headers.kept.lock.event_hold.clone())
            .set_object_lock_event_hold_duration_days(headers.kept.lock.event_hold_days)
            .set_object_lock_event_hold_duration_years(headers.kept.lock.event_hold_years)
            .set_metadata((!headers.user.is_empty()).then(|| headers.user.clone()))
    }};
}
pub(crate) use with_headers;

/// Sets an `Expires` that is no date on a customised request of the SDK, whose own setter takes dates only.
macro_rules! with_expires {
    ($request:expr, $headers:expr) => {{
        let expires = $headers.kept.expires_text();
        $request.mutate_request(move |request| {
            if let Some(expires) = &expires {
                // It came as a header, so that it can go as one.
                let _previous = request.headers_mut().try_insert("expires", expires.clone());
            }
        })
    }};
}
pub(crate) use with_expires;

/// The caller's attributes, and the storage's defaults where the caller gave none.
pub(crate) fn with_defaults(mut given: Attributes, defaults: &Attributes) -> Attributes {
    let Attributes {
        content_type,
        content_disposition,
        content_encoding,
        content_language,
        cache_control,
        visibility,
        user,
        ..
    } = defaults;
    let fill = |given: &mut Option<String>, default: &Option<String>| {
        if given.is_none() {
            given.clone_from(default);
        }
    };
    fill(&mut given.content_type, content_type);
    fill(&mut given.content_disposition, content_disposition);
    fill(&mut given.content_encoding, content_encoding);
    fill(&mut given.content_language, content_language);
    fill(&mut given.cache_control, cache_control);
    given.visibility = given.visibility.or(*visibility);
    for (name, value) in user {
        given.user.entry(name.clone()).or_insert_with(|| value.clone());
    }
    given
}

/// An object, as a reply to HEAD or GET describes it.
#[derive(Debug, Default)]
pub(crate) struct Object {
    /// Of the body: of the whole object only where no range was asked for.
    pub(crate) content_length: Option<i64>,
    pub(crate) content_range: Option<String>,
    pub(crate) etag: Option<String>,
    pub(crate) modified: Option<SystemTime>,
    pub(crate) version: Option<String>,
    pub(crate) crc64: Option<String>,
    pub(crate) crc32: Option<String>,
    /// The algorithm of the checksum that the server keeps.
    pub(crate) kept_checksum: Option<KeptChecksum>,
    pub(crate) checksum_type: Option<ChecksumType>,
    /// How many tags it has, where the reply tells.
    pub(crate) tags: Option<i32>,
    pub(crate) headers: Headers,
}

/// Takes an [`Object`] out of either output of the SDK.
macro_rules! object {
    ($output:expr) => {
        $crate::verbs::metadata::Object {
            content_length: $output.content_length,
            content_range: $output.content_range.take(),
            etag: $output.e_tag.take(),
            modified: $output.last_modified.and_then(|time| std::time::SystemTime::try_from(time).ok()),
            version: $output.version_id.take(),
            kept_checksum: [
                ($crate::verbs::metadata::KeptChecksum::Crc64Nvme, $output.checksum_crc64_nvme.is_some()),
                ($crate::verbs::metadata::KeptChecksum::Crc32, $output.checksum_crc32.is_some()),
                ($crate::verbs::metadata::KeptChecksum::Crc32C, $output.checksum_crc32_c.is_some()),
                ($crate::verbs::metadata::KeptChecksum::Sha1, $output.checksum_sha1.is_some()),
                ($crate::verbs::metadata::KeptChecksum::Sha256, $output.checksum_sha256.is_some()),
                ($crate::verbs::metadata::KeptChecksum::Sha512, $output.checksum_sha512.is_some()),
                ($crate::verbs::metadata::KeptChecksum::Md5, $output.checksum_md5.is_some()),
                ($crate::verbs::metadata::KeptChecksum::Xxhash64, $output.checksum_xxhash64.is_some()),
                ($crate::verbs::metadata::KeptChecksum::Xxhash3, $output.checksum_xxhash3.is_some()),
                ($crate::verbs::metadata::KeptChecksum::Xxhash128, $output.checksum_xxhash128.is_some()),
            ]
            .into_iter()
            .find_map(|(algorithm, is_there)| is_there.then_some(algorithm)),
            crc64: $output.checksum_crc64_nvme.take(),
            crc32: $output.checksum_crc32.take(),
            checksum_type: $output.checksum_type.take(),
            tags: $output.tag_count,
            headers: $crate::verbs::metadata::Headers {
                content_type: $output.content_type.take(),
                content_disposition: $output.content_disposition.take(),
                content_encoding: $output.content_encoding.take(),
                content_language: $output.content_language.take(),
                cache_control: $output.cache_control.take(),
                acl: $crate::config::objects::AclHeaders::default(),
                storage_class: $output.storage_class.take(),
                tagging: None,
                kept: Box::new($crate::verbs::metadata::Kept {
                    expires: $output.expires_string.take(),
                    website_redirect: $output.website_redirect_location.take(),
                    encryption: $crate::verbs::metadata::KeptEncryption {
                        kind: $output.server_side_encryption.take(),
                        kms_key_id: $output.ssekms_key_id.take(),
                        bucket_key: $output.bucket_key_enabled.take(),
                    },
                    lock: $crate::verbs::metadata::KeptLock {
                        mode: $output.object_lock_mode.take(),
                        retain_until: $output.object_lock_retain_until_date.take(),
                        legal_hold: $output.object_lock_legal_hold_status.take(),
                        event_hold: $output.object_lock_event_hold.take(),
                        event_hold_days: $output.object_lock_event_hold_duration_days.take(),
                        event_hold_years: $output.object_lock_event_hold_duration_years.take(),
                    },
                }),
                user: $output.metadata.take().unwrap_or_default(),
            },
        }
    };
}
pub(crate) use object;

impl Object {
    pub(crate) fn put_id(&self) -> Option<&str> {
        self.headers.user.get(PUT_ID).map(String::as_str)
    }

    /// Whether the file is one of this crate's that nobody gave grants when it was written: its ACL is not worth a
    /// question before a copy.
    pub(crate) fn is_ours_without_grants(&self) -> bool {
        self.put_id().is_some() && !self.headers.user.contains_key(GRANTS_MARKER)
    }

    /// Whether the file was saved with a visibility of its own.
    pub(crate) fn is_marked(&self) -> bool {
        self.headers.user.contains_key(ACL_MARKER)
    }

    /// The size of the whole object.
    ///
    /// # Errors
    ///
    /// `Other` when the reply does not tell.
    pub(crate) fn size(&self) -> Result<u64> {
        let told = match &self.content_range {
            Some(range) => range.rsplit_once('/').and_then(|(_, size)| size.parse().ok()),
            None => self.content_length.and_then(|length| u64::try_from(length).ok()),
        };
        told.filter(|&size| size <= LARGEST).ok_or_else(|| incomplete("the size of the file"))
    }

    /// The metadata of the file of that name, without its visibility.
    ///
    /// # Errors
    ///
    /// `Other` when the reply tells neither size nor time.
    pub(crate) fn metadata(&self, name: &Name) -> Result<Metadata> {
        let modified = self.modified.ok_or_else(|| incomplete("when the file was saved"))?;
        let etag = etag(self.etag.as_deref());
        Ok(Metadata::new(name.clone(), self.size()?, modified)
            .with_etag(etag)
            .with_version(self.version.clone())
            .with_checksum(self.checksum())
            .with_attributes(self.attributes()))
    }

    /// The checksum of the whole content.
    pub(crate) fn checksum(&self) -> Option<holdall_core::Checksum> {
        self.crc64.as_deref().filter(|_| self.is_of_whole()).and_then(|text| text.parse().ok())
    }

    /// The CRC-32 of the whole content, as the server wrote it.
    pub(crate) fn crc32(&self) -> Option<&str> {
        self.crc32.as_deref().filter(|value| self.is_of_whole() && !value.contains('-'))
    }

    /// A checksum of the parts' checksums (`COMPOSITE`, which CRC-64/NVME never is) says nothing about the
    /// bytes.
    fn is_of_whole(&self) -> bool {
        self.checksum_type.as_ref().is_none_or(|kind| *kind == ChecksumType::FullObject)
    }

    fn attributes(&self) -> Attributes {
        let Headers {
            content_type,
            content_disposition,
            content_encoding,
            content_language,
            cache_control,
            user,
            ..
        } = &self.headers;
        // Some programs store empty values, which say nothing.
        let said = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
        let mut attributes = Attributes::default();
        attributes.content_type = said(content_type);
        attributes.content_disposition = said(content_disposition);
        attributes.content_encoding = said(content_encoding);
        attributes.content_language = said(content_language);
        attributes.cache_control = said(cache_control);
        let ours = |name: &str| name.starts_with(Attributes::RESERVED_USER_PREFIX);
        attributes.user = user
            .iter()
            .filter(|(name, _)| !ours(name))
            .map(|(name, value)| (name.clone(), header_text::decode(value)))
            .collect::<BTreeMap<_, _>>();
        attributes
    }
}

/// An entity tag as a server writes it; what is none is taken for missing.
pub(crate) fn etag(header: Option<&str>) -> Option<ETag> {
    header.and_then(|header| ETag::parse(header).ok())
}

fn incomplete(what: &str) -> Error {
    Error::message(ErrorKind::Other, format!("the server's reply does not tell {what}"))
}

#[cfg(test)]
mod tests {
    use holdall_core::{Attributes, Name, Visibility};

    use super::{ACL_MARKER, Headers, Object, PUT_ID, with_defaults};

    fn attributes(user: &[(&str, &str)]) -> Attributes {
        let mut attributes = Attributes::default();
        attributes.user = user.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        attributes
    }

    #[test]
    fn what_is_ours_does_not_show() {
        let name = Name::new("a.txt").unwrap();
        let mut given = attributes(&[("album", "Grüße")]);
        given.visibility = Some(Visibility::Public);
        let mut headers = Headers::new(&name, given).unwrap();
        assert!(headers.mark().is_some());
        assert!(headers.user.contains_key(PUT_ID) && headers.user.contains_key(ACL_MARKER));
        let object = Object { headers, ..Object::default() };
        assert!(object.is_marked() && object.put_id().is_some());
        let read = object.attributes();
        assert_eq!(read.user, attributes(&[("album", "Grüße")]).user);
        assert_eq!(read.content_type.as_deref(), Some("text/plain"));
    }

    #[test]
    fn metadata_that_grows_over_the_limit_is_refused() {
        let name = Name::new("a").unwrap();
        assert!(Headers::new(&name, attributes(&[("a", &"é".repeat(1000))])).is_err());
        // Metadata of a save always leaves room for a mark. That of another program may not.
        let largest = "x".repeat(Attributes::MAX_USER_BYTES - 1);
        let mut given = attributes(&[("a", &largest)]);
        given.visibility = Some(Visibility::Public);
        assert!(Headers::new(&name, given).unwrap().mark().is_some());
        let mut foreign = Headers::new(&name, Attributes::default()).unwrap();
        foreign.user.insert("a".to_owned(), "x".repeat(2047));
        assert_eq!(foreign.mark(), None);
        assert!(!foreign.user.contains_key(PUT_ID));
    }

    #[test]
    fn defaults_fill_only_what_is_open() {
        let mut defaults = attributes(&[("owner", "site"), ("tier", "1")]);
        defaults.cache_control = Some("max-age=60".to_owned());
        defaults.content_disposition = Some("attachment".to_owned());
        let mut given = attributes(&[("tier", "2")]);
        given.cache_control = Some("no-store".to_owned());
        let merged = with_defaults(given, &defaults);
        assert_eq!(merged.cache_control.as_deref(), Some("no-store"));
        assert_eq!(merged.content_disposition.as_deref(), Some("attachment"));
        assert_eq!(merged.user, attributes(&[("owner", "site"), ("tier", "2")]).user);
    }

    #[test]
    fn the_size_of_a_range_is_that_of_the_whole() {
        let part = Object {
            content_length: Some(4),
            content_range: Some("bytes 0-3/10".to_owned()),
            ..Object::default()
        };
        assert_eq!(part.size().unwrap(), 10);
        assert!(Object::default().size().is_err());
    }
}
