//! Keys of nothing but white space, which the SDK takes for missing ones.
//!
//! Before it sends a request, the SDK trims the key and refuses what is left empty ("A required field was not
//! set"; `read_before_execution` of each generated operation). S3 itself takes such keys. So the SDK gets them
//! behind a guard that no name can begin with, and the interceptor of every request takes the guard out of the
//! path again, after the request is complete and before it is signed.

use std::borrow::Cow;

use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
/// Names that begin with [`Name::RESERVED_PREFIX`](holdall_core::Name::RESERVED_PREFIX) do not exist, so that this
/// cannot be part of a key.
const GUARD: &str = ".holdall-blank-";

/// The key as the SDK takes it.
pub(crate) fn for_sdk(key: &str) -> Cow<'_, str> {
    if is_blank(key) { Cow::Owned(format!("{GUARD}{key}")) } else { Cow::Borrowed(key) }
}

/// Whether the key is white space only.
pub(crate) fn is_blank(key: &str) -> bool {
    key.trim().is_empty()
}

/// Takes the guard out of the path of a request.
pub(crate) fn take_off_guard(request: &mut HttpRequest) -> Result<(), BoxError> {
    let (path, query) = match request.uri().split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (request.uri(), None),
    };
    let Some((before, key)) = path.split_once(GUARD) else { return Ok(()) };
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let uri = format!("{before}{key}{query}");
    Ok(request.set_uri(uri)?)
}

#[cfg(test)]
mod tests {
    use super::{for_sdk, take_off_guard};
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

    #[test]
    fn only_blank_keys_are_guarded() {
        for (key, guarded) in
            [(" ", true), ("\u{3000}\u{a0}", true), (" a", false), (" / ", false), ("a", false)]
        {
            assert_eq!(for_sdk(key) != key, guarded, "{key:?}");
        }
    }

    #[test]
    fn the_guard_never_leaves() {
        for (uri, sent) in [
            ("http://a.b/media/.holdall-blank-%20?x-id=PutObject", "http://a.b/media/%20?x-id=PutObject"),
            ("https://media.a.b/.holdall-blank-%C2%A0", "https://media.a.b/%C2%A0"),
            ("https://media.a.b/?prefix=.holdall-blank-", "https://media.a.b/?prefix=.holdall-blank-"),
        ] {
            let mut request = HttpRequest::empty();
            request.set_uri(uri).unwrap();
            take_off_guard(&mut request).unwrap();
            assert_eq!(request.uri(), sent);
        }
    }
}
