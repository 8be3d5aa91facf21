//! What is kept beside the bytes: one extended attribute with the checksum and what was given at save.
//!
//! The record is set on the staging file, so that a file and its attributes appear together. It is JSON,
//! which people can read with `getfattr -n user.holdall`. The checksum counts only while size and time
//! are those of the save: after another program has edited the file there is no checksum, never a wrong
//! one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use holdall_core::{
    Attributes, Checksum, Error, ErrorKind, Metadata, Name, Result, Visibility, guess_content_type,
};
use serde::{Deserialize, Serialize};

use crate::error::failed;
use crate::stat::Stat;
use crate::xattr;

/// The version of the record that this code writes, and the newest one that it can read.
const VERSION: u32 = 1;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Record {
    version: u32,
    /// Size and time of the version that `crc64nvme` belongs to.
    size: u64,
    mtime_ns: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    crc64nvme: Option<String>,
    /// Only where the name does not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_disposition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    user: BTreeMap<String, String>,
}

impl Record {
    /// The record of a version of `name`. A checksum counts for one size and time; a time outside of the years
    /// 1677 to 2262 does not fit into the record, which then has no checksum. Saves never set one.
    pub(crate) fn new(name: &Name, attributes: &Attributes, stat: &Stat, checksum: Option<Checksum>) -> Self {
        let mtime_ns = i64::try_from(stat.modified_ns()).ok();
        let content_type = attributes.content_type.clone();
        Self {
            version: VERSION,
            size: stat.size,
            mtime_ns: mtime_ns.unwrap_or_default(),
            crc64nvme: checksum.filter(|_| mtime_ns.is_some()).map(|checksum| checksum.to_string()),
            content_type: content_type.filter(|value| value != guess_content_type(name)),
            content_disposition: attributes.content_disposition.clone(),
            content_encoding: attributes.content_encoding.clone(),
            content_language: attributes.content_language.clone(),
            cache_control: attributes.cache_control.clone(),
            visibility: attributes.visibility.map(|visibility| visibility.as_str().to_owned()),
            user: attributes.user.clone(),
        }
    }

    /// Reads the record of an open file. A file that another program put there has none.
    pub(crate) fn read(file: &File) -> Result<Option<Self>> {
        let record = xattr::read(file).map_err(|error| failed("reading the file's attributes", error))?;
        let Some(record) = record else { return Ok(None) };
        let record: Self =
            serde_json::from_slice(&record).map_err(|error| unreadable(&error).with_source(error))?;
        if record.version > VERSION {
            let message = format!(
                "the file's attributes were written by a newer release (version {} of their record, this one \
                 reads up to {VERSION}); update this program",
                record.version
            );
            return Err(Error::message(ErrorKind::Other, message));
        }
        Ok(Some(record))
    }

    /// Sets the record on an open file.
    ///
    /// # Errors
    ///
    /// As the file system gives them; [`store`] turns them into sentences.
    pub(crate) fn write(&self, file: &File) -> io::Result<()> {
        xattr::write(file, &self.to_json())
    }

    /// The same record with another visibility.
    pub(crate) fn with_visibility(mut self, visibility: Visibility) -> Self {
        self.visibility = Some(visibility.as_str().to_owned());
        self
    }

    fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and numbers always make JSON")
    }

    /// The checksum, if the file is still the version that it was made of.
    fn checksum(&self, stat: &Stat) -> Result<Option<Checksum>> {
        if self.size != stat.size || i128::from(self.mtime_ns) != stat.modified_ns() {
            return Ok(None);
        }
        self.crc64nvme.as_deref().map(str::parse).transpose().map_err(|error| unreadable(&error))
    }

    /// What was given at save. Other programs may write the attribute too, so that values are checked
    /// again before anybody sends them as headers.
    fn attributes(&self) -> Result<Attributes> {
        let record = self.clone();
        let mut attributes = Attributes::default();
        attributes.content_type = record.content_type;
        // A header could carry it, but it is no content type: earlier releases stored these. The name tells one.
        let is_text = |value: &String| value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if attributes.content_type.as_ref().is_some_and(is_text) && attributes.validate().is_err() {
            attributes.content_type = None;
        }
        attributes.content_disposition = record.content_disposition;
        attributes.content_encoding = record.content_encoding;
        attributes.content_language = record.content_language;
        attributes.cache_control = record.cache_control;
        attributes.visibility = record.visibility.as_deref().map(str::parse).transpose()?;
        attributes.user = record.user;
        attributes.validate()?;
        Ok(attributes)
    }
}

/// Everything that is known about an open file.
pub(crate) fn metadata(name: &Name, file: &File, stat: &Stat) -> Result<Metadata> {
    let metadata = Metadata::new(name.clone(), stat.size, stat.modified)
        .with_created(stat.created)
        .with_accessed(stat.accessed)
        .with_etag(stat.etag());
    let Some(record) = Record::read(file)? else { return Ok(metadata) };
    let attributes = record.attributes().map_err(|error| unreadable(&error).with_source(error))?;
    Ok(metadata.with_checksum(record.checksum(stat)?).with_attributes(attributes))
}

/// Sets the record of a staged or existing file. Where the file system takes none and none is needed,
/// that is no error: a mount below the root may differ from the root.
pub(crate) fn store(name: &Name, file: &File, record: &Record, attributes: &Attributes) -> Result<()> {
    let error = match record.write(file) {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    let needed = attributes.need_storing(name) || attributes.visibility.is_some();
    match error.kind() {
        io::ErrorKind::Unsupported if !needed => Ok(()),
        io::ErrorKind::Unsupported => {
            Err(Error::unsupported("keep attributes: the file system has no extended attributes here"))
        }
        // ext4 has one block of 4 KiB for all attributes of a file and says "no space" when they exceed it.
        io::ErrorKind::StorageFull | io::ErrorKind::ArgumentListTooLong
            if record.to_json().len() > 3 * 1024 =>
        {
            let message = format!(
                "the attributes take {} bytes, more than this file system keeps for a file; shorten them",
                record.to_json().len()
            );
            Err(Error::message(ErrorKind::TooLarge, message).with_source(error))
        }
        _ => Err(failed("storing the file's attributes", error)),
    }
}

fn unreadable(reason: &dyn std::fmt::Display) -> Error {
    let message = format!(
        "the extended attribute user.holdall of the file is damaged ({reason}); restore it or remove it \
         (setfattr -x user.holdall)"
    );
    Error::message(ErrorKind::Other, message)
}
