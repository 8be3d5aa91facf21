//! Reading: one GET for an opened file, one HEAD for a look at it.

use futures_util::{StreamExt as _, TryStreamExt as _};
use holdall_core::{
    ByteRange, Conditions, ETagCondition, Error, ErrorKind, File, Metadata, Name, OpenOptions, Result,
};
use object_store::{GetOptions, GetRange, GetResult, GetResultPayload};

use crate::client::{Inner, is_absent, path};
use crate::error::translate;
use crate::metadata::metadata;

impl Inner {
    /// See [`Storage::metadata`](holdall_core::Storage::metadata).
    pub(crate) async fn metadata(&self, name: &Name) -> Result<Metadata> {
        let head = self.head(&path(&self.key(name)?)).await?;
        let head = head.ok_or_else(|| Error::not_found(name))?;
        Ok(metadata(name.clone(), &head.meta, &head.attributes, &self.config.profile))
    }

    /// See [`Storage::open`](holdall_core::Storage::open).
    pub(crate) async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        let OpenOptions { range, conditions, .. } = options;
        if is_simple(&conditions) && !range.is_some_and(ByteRange::is_empty) {
            match self.get(name, range, &conditions).await {
                // Azure knows no range of the last bytes, and what is behind the end has no error of its own
                // everywhere.
                Err(error) if range.is_some() && may_be_the_range(&error) => {
                    let metadata = self.metadata(name).await?;
                    let Some(range) = range else { return Err(error) };
                    let resolved = range.resolve(metadata.size)?;
                    if error.kind() != ErrorKind::Unsupported {
                        return Err(error);
                    }
                    return self.pinned(name, &metadata, Some(ByteRange::from(resolved))).await;
                }
                answer => return answer,
            }
        }
        // What one request cannot say, or not all stores understand, is decided here; then exactly that version
        // is read.
        let metadata = self.metadata(name).await?;
        conditions.check(metadata.etag.as_ref(), metadata.modified)?;
        if let Some(range) = range {
            range.resolve(metadata.size)?;
        }
        self.pinned(name, &metadata, range).await
    }

    /// Opens the version that was looked at.
    async fn pinned(&self, name: &Name, metadata: &Metadata, range: Option<ByteRange>) -> Result<File> {
        let mut conditions = Conditions::default();
        conditions.if_match = metadata.etag.as_ref().map(ETagCondition::from);
        match self.get(name, range, &conditions).await {
            Err(error) if error.kind() == ErrorKind::PreconditionFailed => {
                let message = "the file was replaced while it was opened; try again";
                Err(Error::message(ErrorKind::Conflict, message).with_retryable(true))
            }
            file => file,
        }
    }

    /// One GET with range and conditions.
    async fn get(&self, name: &Name, range: Option<ByteRange>, conditions: &Conditions) -> Result<File> {
        let path = path(&self.key(name)?);
        let header = |condition: &Option<ETagCondition>| condition.as_ref().map(ETagCondition::to_header);
        let options = GetOptions::new()
            .with_if_match(header(&conditions.if_match))
            .with_if_none_match(header(&conditions.if_none_match))
            .with_range(range.map(get_range).transpose()?);
        let reply = match self.store.get_opts(&path, options).await {
            Ok(reply) => reply,
            Err(error) => {
                let error = translate(error);
                return Err(if is_absent(&error) { Error::not_found(name) } else { error });
            }
        };
        let metadata = metadata(name.clone(), &reply.meta, &reply.attributes, &self.config.profile);
        // Some stores ignore conditional reads; then the reply is not what was asked for.
        conditions.check(metadata.etag.as_ref(), metadata.modified)?;
        let got = reply.range.clone();
        if let Some(range) = range
            && range.resolve(metadata.size)? != got
        {
            let message = "the store sent another range than the one that was asked for";
            return Err(Error::message(ErrorKind::Other, message));
        }
        Ok(File::new(metadata, got, body(reply)))
    }
}

/// The body as core reads it. That it is complete is checked there.
fn body(reply: GetResult) -> futures_util::stream::BoxStream<'static, Result<bytes::Bytes>> {
    match reply.payload {
        GetResultPayload::Stream(stream) => stream.map_err(translate).boxed(),
        #[cfg(feature = "fs")]
        _ => crate::local::body(reply),
        #[cfg(not(feature = "fs"))]
        #[allow(unreachable_patterns, reason = "another crate may have enabled the variant")]
        _ => reply.into_stream().map_err(translate).boxed(),
    }
}

/// Whether every store understands the conditions: at most one strong tag in each header. Dates are compared
/// in fractions of a second by some, and in whole seconds by HTTP.
fn is_simple(conditions: &Conditions) -> bool {
    let one = |condition: &Option<ETagCondition>| match condition {
        None => true,
        Some(ETagCondition::OneOf(tags)) => tags.len() == 1 && !tags[0].is_weak(),
        Some(ETagCondition::Any) => false,
    };
    one(&conditions.if_match)
        && one(&conditions.if_none_match)
        && conditions.if_modified_since.is_none()
        && conditions.if_unmodified_since.is_none()
}

/// Whether an error of a ranged read may be about the range.
fn may_be_the_range(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Other | ErrorKind::Unsupported | ErrorKind::RangeNotSatisfiable)
}

/// The largest number that servers take in a `Range` header: several read signed ones.
const MAX_POSITION: u64 = u64::MAX >> 1;

/// The range as a store takes it.
fn get_range(range: ByteRange) -> Result<GetRange> {
    match range {
        ByteRange::Bounded { start, end } if end > MAX_POSITION => Ok(GetRange::Offset(start)),
        ByteRange::Bounded { start, end } => Ok(GetRange::Bounded(start..end)),
        ByteRange::From(start) => Ok(GetRange::Offset(start)),
        ByteRange::Last(length) => Ok(GetRange::Suffix(length.min(MAX_POSITION))),
        _ => Err(Error::unsupported("read ranges of that kind")),
    }
}
