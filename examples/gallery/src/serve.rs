//! Gives out the files of a storage over HTTP, where the storage has no server of its own.
//!
//! Small on purpose: one file at a time, `ETag` and `If-None-Match`, `HEAD`. Ranges, the other
//! conditions and signed links are the work of Holdall's own HTTP layer; when that is there, this
//! file goes.

use std::error::Error as _;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use holdall::static_files::Assets;
use holdall::{ETag, Error, ErrorKind, Metadata, Store};

use crate::error::Failure;
use crate::kind::Kind;

/// What differs between the application's own files and other people's.
#[derive(Debug, Clone)]
pub enum Trust {
    /// Files that ship with the program; these know which of them never change.
    Ours(Assets),
    /// Files that visitors uploaded. Should one of them be more than it says, then a browser that
    /// opens it does so in a sandbox without scripts, and anything but an image is a download.
    Theirs,
}

/// The routes that serve `store` under `mount`.
pub fn routes(store: &Store, mount: &str, trust: Trust) -> Router {
    let handler = get(serve).with_state(Served { store: store.clone(), trust });
    Router::new().route(&format!("{mount}{{*name}}"), handler)
}

#[derive(Debug, Clone)]
struct Served {
    store: Store,
    trust: Trust,
}

async fn serve(
    State(served): State<Served>,
    Path(name): Path<String>,
    method: Method,
    request: HeaderMap,
) -> Result<Response, Failure> {
    // A name that no storage can have, or that a link leads out of the root, is as absent as one that nobody has used.
    let absent = |error: Error| match error.kind() {
        ErrorKind::InvalidName => Failure::NotFound,
        ErrorKind::PermissionDenied if leads_outside(&error) => Failure::NotFound,
        _ => error.into(),
    };
    if method == Method::HEAD {
        // No body is wanted, so none is opened: on a remote storage that is a HEAD there, too.
        let metadata = served.store.metadata(&name).await.map_err(absent)?;
        let status = if is_current(&request, &metadata) { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        return Ok((status, headers(&metadata, &served.trust)).into_response());
    }
    // One request for both: metadata and body are of the same version, whoever overwrites it now.
    let file = served.store.open(&name).await.map_err(absent)?;
    let headers = headers(file.metadata(), &served.trust);
    if is_current(&request, file.metadata()) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, Body::from_stream(file)).into_response())
}

/// Whether a link of the disk leads outside of the storage's root. Everything else that is not permitted (the mode of a
/// file, the policy of a bucket) is for the operator to put right, and stays in the log.
fn leads_outside(error: &Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<std::io::Error>());
    // The operating system has no such error: the storage stops at the link by itself.
    cause.is_some_and(|cause| {
        cause.kind() == std::io::ErrorKind::PermissionDenied && cause.raw_os_error().is_none()
    })
}

/// Whether the client has this very version (RFC 9110, section 13.1.2: weak comparison, `*` is any).
fn is_current(request: &HeaderMap, metadata: &Metadata) -> bool {
    let Some(etag) = &metadata.etag else { return false };
    request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        // No storage of ours makes tags with a comma inside; a foreign one would not match, and
        // the whole file is always a right answer.
        .flat_map(|line| line.split(','))
        .any(|tag| tag.trim() == "*" || ETag::parse(tag).is_ok_and(|tag| tag.weak_eq(etag)))
}

/// What the storage keeps with the file; many disks keep nothing.
///
/// A name with a hash never has another content. The name of a deleted image can be given again, and in development
/// a static file keeps its name: a copy may be kept then, but has to be asked about each time. That costs a 304.
fn cache_control<'a>(metadata: &'a Metadata, trust: &Trust) -> &'a str {
    metadata.attributes.cache_control.as_deref().unwrap_or(match trust {
        Trust::Ours(assets) if assets.is_immutable(metadata.name.as_str()) => {
            "public, max-age=31536000, immutable"
        }
        _ => "no-cache",
    })
}

fn headers(metadata: &Metadata, trust: &Trust) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut set = |name, value: &str| {
        // Attributes are checked when a file is saved; what another program put there and no
        // header can hold is left out.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    let content_type = metadata.content_type();
    set(header::CONTENT_TYPE, content_type);
    set(header::CONTENT_LENGTH, &metadata.size.to_string());
    if let Some(etag) = &metadata.etag {
        set(header::ETAG, etag.as_str());
    }
    set(header::CACHE_CONTROL, cache_control(metadata, trust));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if matches!(trust, Trust::Theirs) {
        set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox");
        if !Kind::is_shown_inline(content_type) {
            set(header::CONTENT_DISPOSITION, "attachment");
        }
    }
    headers
}
