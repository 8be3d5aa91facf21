//! Reading: one GET for an opened file, one HEAD for a look at it.

mod body;

use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::ChecksumMode;
use holdall_core::{
    ByteRange, Conditions, ETagCondition, Error, ErrorKind, File, Metadata, Name, OpenOptions, Result,
};

pub(crate) use self::body::Body;
use crate::verbs::metadata::{Object, object};
use crate::wire::blank_key::for_sdk;
use crate::wire::client::Inner;
use crate::wire::error::Failure;

impl Inner {
    /// One HEAD.
    pub(crate) async fn head(&self, key: &Name) -> Result<Object, Failure> {
        self.head_version(key, None).await
    }

    /// One HEAD of a version; of the current one without.
    pub(crate) async fn head_version(&self, key: &Name, version: Option<&str>) -> Result<Object, Failure> {
        let client = self.client().await?;
        let request = client
            .head_object()
            .bucket(self.bucket())
            .key(for_sdk(key.as_str()))
            .set_version_id(version.map(str::to_owned))
            .set_checksum_mode(self.config.server.checksums.then_some(ChecksumMode::Enabled));
        loop {
            let mut reply = request.clone().send().await.map_err(|error| self.failure(&error))?;
            // A server that changes bodies on their way does not know their size.
            if reply.content_length.is_some() || !self.accept_encoding.learn() {
                return Ok(object!(reply));
            }
        }
    }

    /// The metadata of a file: one HEAD, and one request for the ACL where the file has one of its own.
    ///
    /// # Errors
    ///
    /// `NotFound`, naming the file.
    pub(crate) async fn metadata(&self, name: &Name) -> Result<Metadata> {
        let key = self.key(name)?;
        let object = match self.head(&key).await {
            Ok(object) => object,
            Err(failure) => return Err(named(self.sure(failure).await, name, None)),
        };
        self.complete(name, &key, &object).await
    }

    /// Adds what the reply to HEAD or GET does not hold.
    pub(crate) async fn complete(&self, name: &Name, key: &Name, object: &Object) -> Result<Metadata> {
        let mut metadata = object.metadata(name)?;
        if !self.config.server.features.versions {
            // A server may name one all the same; nobody could ask for it.
            metadata.version = None;
        }
        if object.is_marked() {
            metadata.attributes.visibility = self.visibility(key, object.version.as_deref()).await?;
        }
        Ok(metadata)
    }

    /// See [`Storage::open`](holdall_core::Storage::open).
    pub(crate) async fn open(self: &Arc<Self>, name: &Name, options: OpenOptions) -> Result<File> {
        options.check(self.honoured.claims())?;
        let key = self.key(name)?;
        let OpenOptions { range, conditions, version, .. } = options;
        let version = version.as_deref();
        let empty = range.filter(|range| range.is_empty());
        if empty.is_none() && is_simple(&conditions) {
            return self.get(name, &key, version, range, &conditions).await;
        }
        // Conditions that one request cannot say, or that not all servers understand, are checked here; then exactly
        // that version is read.
        let object = match self.head_version(&key, version).await {
            Ok(object) => object,
            Err(failure) => return Err(named(self.sure(failure).await, name, version)),
        };
        let metadata = object.metadata(name)?;
        conditions.check(metadata.etag.as_ref(), metadata.modified)?;
        if let Some(range) = empty {
            range.resolve(metadata.size)?;
        }
        let mut pinned = Conditions::default();
        pinned.if_match = metadata.etag.as_ref().map(ETagCondition::from);
        match self.get(name, &key, version, range, &pinned).await {
            Err(error) if error.kind() == ErrorKind::PreconditionFailed => {
                let message = "the file was replaced while it was opened; try again";
                Err(Error::message(ErrorKind::Conflict, message).with_retryable(true))
            }
            file => file,
        }
    }

    /// One GET with range and conditions.
    async fn get(
        self: &Arc<Self>,
        name: &Name,
        key: &Name,
        version: Option<&str>,
        range: Option<ByteRange>,
        conditions: &Conditions,
    ) -> Result<File> {
        let reply = self.fetch(key, version, range, conditions).await;
        let mut reply = reply.map_err(|failure| named(failure, name, version))?;
        let object = object!(reply);
        if version.is_some() && object.version.as_deref() != version {
            return Err(Error::unsupported("open versions: the server ignored the version and sent another"));
        }
        let metadata = self.complete(name, key, &object).await?;
        // Some servers ignore conditional reads; then the reply is not what was asked for.
        conditions.check(metadata.etag.as_ref(), metadata.modified)?;
        let range = received(&object, range, metadata.size)?;
        let body = Body::new(self, key, &object, range.clone(), reply.body);
        Ok(File::new(metadata, range, body.into_stream()))
    }

    /// Sends one GET.
    async fn fetch(
        &self,
        key: &Name,
        version: Option<&str>,
        range: Option<ByteRange>,
        conditions: &Conditions,
    ) -> Result<GetObjectOutput, Failure> {
        let header = |condition: &Option<ETagCondition>| condition.as_ref().map(ETagCondition::to_header);
        let request = self
            .client()
            .await?
            .get_object()
            .bucket(self.bucket())
            .key(for_sdk(key.as_str()))
            .set_version_id(version.map(str::to_owned))
            .set_range(range.map(range_header))
            .set_if_match(header(&conditions.if_match))
            .set_if_none_match(header(&conditions.if_none_match))
            .set_if_modified_since(conditions.if_modified_since.map(http_time))
            .set_if_unmodified_since(conditions.if_unmodified_since.map(http_time))
            .set_checksum_mode(self.config.server.checksums.then_some(ChecksumMode::Enabled));
        loop {
            let reply = request.clone().send().await.map_err(|error| self.failure(&error))?;
            // As with a HEAD.
            if reply.content_length.is_some() || !self.accept_encoding.learn() {
                return Ok(reply);
            }
        }
    }
}

/// The error, naming the file that is missing.
pub(crate) fn named(failure: Failure, name: &Name, version: Option<&str>) -> Error {
    if version.is_some() && failure.is_no_version() {
        return failure.not_found(name).with_message("there is no such version of the file");
    }
    if failure.is_missing() { failure.not_found(name) } else { failure.into_error() }
}

/// Whether every server understands the conditions: at most one strong tag in each header. Several compare
/// the whole header with the tag.
fn is_simple(conditions: &Conditions) -> bool {
    let one = |condition: &Option<ETagCondition>| match condition {
        None => true,
        Some(ETagCondition::OneOf(tags)) => tags.len() == 1 && !tags[0].is_weak(),
        Some(ETagCondition::Any) => false,
    };
    one(&conditions.if_match) && one(&conditions.if_none_match)
}

/// The largest number that servers take in a `Range` header: several read signed ones.
const MAX_POSITION: u64 = u64::MAX >> 1;

/// The value of the `Range` header.
fn range_header(range: ByteRange) -> String {
    match range {
        ByteRange::From(start) => ByteRange::From(start.min(MAX_POSITION)).to_header(),
        ByteRange::Bounded { start, end } if end > MAX_POSITION => range_header(ByteRange::From(start)),
        ByteRange::Last(length) => ByteRange::Last(length.min(MAX_POSITION)).to_header(),
        range => range.to_header(),
    }
}

/// HTTP dates have whole seconds; the SDK would write fractions.
fn http_time(time: SystemTime) -> DateTime {
    DateTime::from_secs(DateTime::from(time).secs())
}

/// The bytes that the reply's body has.
fn received(object: &Object, asked: Option<ByteRange>, size: u64) -> Result<Range<u64>> {
    let Some(header) = &object.content_range else {
        // A 200 is the whole file (RFC 9110, section 14.2, lets a server ignore a range).
        let wanted = asked.map_or(Ok(0..size), |range| range.resolve(size))?;
        if wanted == (0..size) {
            return Ok(wanted);
        }
        return Err(Error::message(
            ErrorKind::Unsupported,
            "the server ignored the range and sent the whole file",
        ));
    };
    let bounds = || {
        let (bounds, _) = header.strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = bounds.split_once('-')?;
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        (first <= last).then_some(first..last.checked_add(1)?)
    };
    let got = bounds()
        .ok_or_else(|| Error::message(ErrorKind::Other, format!("the server sent the range {header:?}")))?;
    let wanted = asked.map_or(Ok(0..size), |range| range.resolve(size))?;
    if wanted != got {
        let message = format!("the server sent the range {header:?} instead of what was asked for");
        return Err(Error::message(ErrorKind::Other, message));
    }
    Ok(got)
}

#[cfg(test)]
mod tests {
    use holdall_core::ByteRange;

    use super::{Object, received};

    fn reply(content_range: Option<&str>) -> Object {
        Object { content_range: content_range.map(str::to_owned), ..Object::default() }
    }

    #[test]
    fn only_the_range_that_was_asked_for_is_taken() {
        let four = Some(ByteRange::from(0..4));
        assert_eq!(received(&reply(Some("bytes 0-3/10")), four, 10).unwrap(), 0..4);
        assert_eq!(received(&reply(None), None, 10).unwrap(), 0..10);
        assert_eq!(received(&reply(None), Some(ByteRange::from(0..)), 10).unwrap(), 0..10);
        for wrong in
            [None, Some("bytes 0-4/10"), Some("bytes 3-0/10"), Some("items 0-3/10"), Some("bytes */10")]
        {
            assert!(received(&reply(wrong), four, 10).is_err(), "{wrong:?}");
        }
    }
}
