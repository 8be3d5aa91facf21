//! `ListObjectVersions`: every version and delete marker, by key and newest first.

use s3s::dto::{
    ChecksumAlgorithm as WireAlgorithm, CommonPrefix, DeleteMarkerEntry, ListObjectVersionsInput,
    ListObjectVersionsOutput, ObjectVersion, ObjectVersionStorageClass, Timestamp,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};
use std::collections::BTreeSet;
use std::sync::Arc;

use super::acl;
use super::backend::Backend;
use super::bucket::Bucket;
use super::conditions::strong;
use super::listing::{Encoding, count, page_of};
use super::state::{Object, checksum_type};
use super::versions::Former;

/// What a page holds, in order.
#[derive(Debug)]
enum Item<'a> {
    Version { key: &'a str, version: Former, is_latest: bool },
    Prefix(&'a str),
}

impl Item<'_> {
    /// Where the next page goes on behind this item.
    fn markers(&self) -> (&str, Option<&str>) {
        match self {
            Self::Version { key, version, .. } => (key, Some(version.id())),
            Self::Prefix(prefix) => (prefix, None),
        }
    }
}

impl Bucket {
    /// Every version of a key, newest first.
    pub(crate) fn versions_of(&self, key: &str) -> Vec<Former> {
        let current = self.objects.get(key).map(|object| Former::Object(Arc::clone(object)));
        current.into_iter().chain(self.former.get(key).into_iter().flatten().cloned()).collect()
    }

    /// Everything behind the markers, common prefixes rolled up.
    fn version_items<'a>(
        &'a self,
        prefix: &str,
        delimiter: Option<&str>,
        marker: Option<(&str, Option<&str>)>,
    ) -> Vec<Item<'a>> {
        let keys: BTreeSet<&str> =
            self.objects.keys().chain(self.former.keys()).map(String::as_str).collect();
        let mut items = Vec::new();
        for key in keys.into_iter().filter(|key| key.starts_with(prefix)) {
            let cut = delimiter.and_then(|delimiter| {
                Some(prefix.len() + key[prefix.len()..].find(delimiter)? + delimiter.len())
            });
            if let Some(end) = cut {
                let common = &key[..end];
                let seen = matches!(items.last(), Some(Item::Prefix(last)) if *last == common);
                if !seen && marker.is_none_or(|(key, _)| common > key) {
                    items.push(Item::Prefix(common));
                }
                continue;
            }
            let versions = self.versions_of(key);
            let skip = match marker {
                None => 0,
                Some((last, _)) if key > last => 0,
                Some((last, Some(id))) if key == last => {
                    versions.iter().position(|version| version.id() == id).map_or(versions.len(), |at| at + 1)
                }
                Some(_) => versions.len(),
            };
            items.extend(versions.into_iter().enumerate().skip(skip).map(|(at, version)| Item::Version {
                key,
                version,
                is_latest: at == 0,
            }));
        }
        items
    }
}

impl Backend {
    /// `ListObjectVersions`. The markers of the next page are the last item of this one.
    ///
    /// # Errors
    /// `NoSuchBucket`; `InvalidArgument` for a negative `max-keys`, a `version-id-marker` without a `key-marker` and an
    /// unknown `encoding-type`.
    pub(crate) fn list_versions(
        &self,
        req: S3Request<ListObjectVersionsInput>,
    ) -> S3Result<S3Response<ListObjectVersionsOutput>> {
        let input = req.input;
        let encoding = Encoding::new(input.encoding_type.as_ref())?;
        let max = page_of(input.max_keys, "max-keys")?.min(self.page_size());
        let prefix = input.prefix.unwrap_or_default();
        let delimiter = input.delimiter.filter(|delimiter| !delimiter.is_empty());
        let key_marker = input.key_marker.filter(|marker| !marker.is_empty());
        let id_marker = input.version_id_marker.filter(|marker| !marker.is_empty());
        if id_marker.is_some() && key_marker.is_none() {
            return Err(s3_error!(
                InvalidArgument,
                "A version-id marker cannot be specified without a key marker."
            ));
        }
        let state = self.state();
        let bucket = state.bucket(&input.bucket)?;
        let marker = key_marker.as_deref().map(|key| (key, id_marker.as_deref()));
        let mut items = bucket.version_items(&prefix, delimiter.as_deref(), marker);
        let is_truncated = max > 0 && items.len() > max;
        items.truncate(max);
        let next = items.last().filter(|_| is_truncated).map(Item::markers);

        let mut output = ListObjectVersionsOutput {
            next_key_marker: next.map(|(key, _)| encoding.apply(key)),
            next_version_id_marker: next.and_then(|(_, id)| id.map(str::to_owned)),
            is_truncated: Some(is_truncated),
            name: Some(input.bucket),
            prefix: Some(encoding.apply(&prefix)),
            delimiter: delimiter.map(|delimiter| encoding.apply(&delimiter)),
            key_marker: Some(encoding.apply(key_marker.as_deref().unwrap_or_default())),
            version_id_marker: id_marker,
            max_keys: Some(count(max)),
            encoding_type: input.encoding_type,
            ..ListObjectVersionsOutput::default()
        };
        let (mut versions, mut markers, mut prefixes) = (Vec::new(), Vec::new(), Vec::new());
        for item in &items {
            match item {
                Item::Prefix(prefix) => {
                    prefixes.push(CommonPrefix { prefix: Some(encoding.apply(prefix)) });
                }
                Item::Version { key, version: Former::Object(object), is_latest } => {
                    versions.push(describe(encoding.apply(key), object, *is_latest));
                }
                Item::Version { key, version: Former::Marker { id, last_modified }, is_latest } => {
                    markers.push(DeleteMarkerEntry {
                        key: Some(encoding.apply(key)),
                        version_id: Some(id.clone()),
                        is_latest: Some(*is_latest),
                        last_modified: Some(Timestamp::from(*last_modified)),
                        owner: Some(acl::owner()),
                    });
                }
            }
        }
        output.versions = Some(versions);
        output.delete_markers = Some(markers);
        output.common_prefixes = Some(prefixes);
        Ok(S3Response::new(output))
    }
}

fn describe(key: String, object: &Object, is_latest: bool) -> ObjectVersion {
    let class = object.attributes.storage_class.as_deref().unwrap_or(ObjectVersionStorageClass::STANDARD);
    ObjectVersion {
        key: Some(key),
        version_id: Some(object.version_id.clone()),
        is_latest: Some(is_latest),
        size: i64::try_from(object.size).ok(),
        e_tag: Some(strong(&object.etag)),
        last_modified: Some(Timestamp::from(object.last_modified)),
        storage_class: Some(ObjectVersionStorageClass::from(class.to_owned())),
        checksum_algorithm: Some(vec![WireAlgorithm::from_static(object.checksum.algorithm.as_str())]),
        checksum_type: Some(checksum_type(&object.checksum)),
        owner: Some(acl::owner()),
        ..ObjectVersion::default()
    }
}
