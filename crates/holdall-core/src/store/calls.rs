//! The calls of [`Store`](super::Store) that take options: each is built by calls and then awaited.
//!
//! Nothing is checked here: what a call leaves open a wrapper may fill in, so that only the storage itself knows
//! the options that count.
//!
//! The option calls stand for those of the options structs, which document them; the macros keep the two
//! spellings from drifting apart.

use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::Store;
use crate::attributes::Attributes;
use crate::checksum::Checksum;
use crate::conditions::{Conditions, ETagCondition};
use crate::content::Content;
use crate::error::{Operation, Result};
use crate::etag::ETag;
use crate::file::File;
use crate::metadata::Saved;
use crate::name::Name;
use crate::options::{
    CopyOptions, DeleteOptions, Durability, FileUrl, OpenOptions, SaveMode, SaveOptions, UploadChecksum,
    UploadMethod, UploadPolicy, UploadRequest, UploadSuccess, UrlMethod, UrlOptions,
};
use crate::range::ByteRange;
use crate::visibility::Visibility;
use crate::writer::Writer;

/// The future of a call. It is `Send`, so that it can be spawned.
pub(super) type CallFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Calls that hand their argument to the builder call on the options struct.
macro_rules! calls {
    ($options:ident { $($call:ident($type:ty) => $with:ident),+ $(,)? }) => {
        $(
            #[doc = concat!("See [`", stringify!($options), "::", stringify!($with), "`].")]
            pub fn $call(mut self, value: $type) -> Self {
                self.options = self.options.$with(value);
                self
            }
        )+

        /// Replaces all options.
        pub fn options(mut self, options: $options) -> Self {
            self.options = options;
            self
        }
    };
}

/// A file to be opened. See [`Store::open`](super::Store::open).
#[derive(Debug)]
#[must_use = "nothing happens until the call is awaited"]
pub struct Open<'a> {
    store: &'a Store,
    name: Result<Name>,
    options: OpenOptions,
}

impl<'a> Open<'a> {
    pub(super) fn new(store: &'a Store, name: Result<Name>) -> Self {
        Self { store, name, options: OpenOptions::default() }
    }

    calls!(OpenOptions {
        range(impl Into<ByteRange>) => with_range,
        conditions(Conditions) => with_conditions,
        if_match(impl Into<ETagCondition>) => with_if_match,
        if_none_match(impl Into<ETagCondition>) => with_if_none_match,
        if_modified_since(SystemTime) => with_if_modified_since,
        if_unmodified_since(SystemTime) => with_if_unmodified_since,
        version(impl Into<String>) => with_version,
    });
}

impl<'a> IntoFuture for Open<'a> {
    type Output = Result<File>;
    type IntoFuture = CallFuture<'a, File>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { store, name, options } = self;
        Box::pin(async move {
            let name = store.name(name, Operation::Open)?;
            let file = store.storage.open(&name, options).await;
            file.map_err(|error| store.locate(error, Operation::Open, Some(name.as_str())))
        })
    }
}

/// The option calls that a save and a writer share.
macro_rules! save_calls {
    () => {
        calls!(SaveOptions {
            mode(SaveMode) => with_mode,
            attributes(Attributes) => with_attributes,
            content_type(impl Into<String>) => with_content_type,
            content_disposition(impl Into<String>) => with_content_disposition,
            content_encoding(impl Into<String>) => with_content_encoding,
            content_language(impl Into<String>) => with_content_language,
            cache_control(impl Into<String>) => with_cache_control,
            visibility(Visibility) => with_visibility,
            checksum(Checksum) => with_checksum,
            max_name_length(usize) => with_max_name_length,
            durability(Durability) => with_durability,
        });

        /// See [`SaveOptions::with_user_metadata`].
        pub fn user_metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
            self.options = self.options.with_user_metadata(name, value);
            self
        }

        /// Fails with `AlreadyExists` when the name is taken: [`SaveMode::Create`].
        pub fn create(self) -> Self {
            self.mode(SaveMode::Create)
        }

        /// Replaces the file that has the name: [`SaveMode::Overwrite`].
        pub fn overwrite(self) -> Self {
            self.mode(SaveMode::Overwrite)
        }

        /// Replaces that version and no other: [`SaveMode::IfMatch`].
        pub fn replace(self, etag: ETag) -> Self {
            self.mode(SaveMode::IfMatch(etag))
        }
    };
}

/// A file to be saved. See [`Store::save`](super::Store::save).
#[derive(Debug)]
#[must_use = "nothing happens until the call is awaited"]
pub struct Save<'a> {
    store: &'a Store,
    name: Result<Name>,
    content: Content<'a>,
    options: SaveOptions,
}

impl<'a> Save<'a> {
    pub(super) fn new(store: &'a Store, name: Result<Name>, content: Content<'a>) -> Self {
        Self { store, name, content, options: SaveOptions::default() }
    }

    save_calls!();

    /// The most bytes that are taken, see [`Content::with_max_size`].
    pub fn max_size(mut self, bytes: u64) -> Self {
        self.content = self.content.with_max_size(bytes);
        self
    }
}

impl<'a> IntoFuture for Save<'a> {
    type Output = Result<Saved>;
    type IntoFuture = CallFuture<'a, Saved>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { store, name, content, options } = self;
        Box::pin(async move {
            let name = store.name(name, Operation::Save)?;
            let saved = store.storage.save(&name, content, options).await;
            saved.map_err(|error| store.locate(error, Operation::Save, Some(name.as_str())))
        })
    }
}

/// A save into which bytes will be pushed. See [`Store::writer`](super::Store::writer).
#[derive(Debug)]
#[must_use = "nothing happens until the call is awaited"]
pub struct Write<'a> {
    store: &'a Store,
    name: Result<Name>,
    limit: Option<u64>,
    options: SaveOptions,
}

impl<'a> Write<'a> {
    pub(super) fn new(store: &'a Store, name: Result<Name>) -> Self {
        Self { store, name, limit: None, options: SaveOptions::default() }
    }

    save_calls!();

    /// The most bytes that are taken, see [`Content::with_max_size`].
    pub fn max_size(mut self, bytes: u64) -> Self {
        self.limit = Some(bytes);
        self
    }
}

impl<'a> IntoFuture for Write<'a> {
    type Output = Result<Writer>;
    type IntoFuture = CallFuture<'a, Writer>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { store, name, limit, options } = self;
        Box::pin(async move {
            let name = store.name(name, Operation::Save)?;
            Writer::begin(Arc::clone(&store.storage), name, options, limit).await
        })
    }
}

/// A file to be deleted. See [`Store::delete`](super::Store::delete).
#[derive(Debug)]
#[must_use = "nothing happens until the call is awaited"]
pub struct Delete<'a> {
    store: &'a Store,
    name: Result<Name>,
    options: DeleteOptions,
}

impl<'a> Delete<'a> {
    pub(super) fn new(store: &'a Store, name: Result<Name>) -> Self {
        Self { store, name, options: DeleteOptions::default() }
    }

    calls!(DeleteOptions {
        if_match(ETag) => with_if_match,
        version(impl Into<String>) => with_version,
    });
}

impl<'a> IntoFuture for Delete<'a> {
    type Output = Result<()>;
    type IntoFuture = CallFuture<'a, ()>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { store, name, options } = self;
        Box::pin(async move {
            let name = store.name(name, Operation::Delete)?;
            let deleted = store.storage.delete(&name, options).await;
            deleted.map_err(|error| store.locate(error, Operation::Delete, Some(name.as_str())))
        })
    }
}

/// `Copy` and `Unique` differ in one verb.
macro_rules! transfer {
    ($(#[doc = $doc:literal])+ $call:ident, $method:ident) => {
        $(#[doc = $doc])+
        #[derive(Debug)]
        #[must_use = "nothing happens until the call is awaited"]
        pub struct $call<'a> {
            store: &'a Store,
            from: Result<Name>,
            to: Result<Name>,
            options: CopyOptions,
        }

        impl<'a> $call<'a> {
            pub(super) fn new(store: &'a Store, from: Result<Name>, to: Result<Name>) -> Self {
                Self { store, from, to, options: CopyOptions::default() }
            }

            calls!(CopyOptions {
                mode(SaveMode) => with_mode,
                max_name_length(usize) => with_max_name_length,
                if_match(ETag) => with_if_match,
                attributes(Attributes) => with_attributes,
            });

            /// Replaces the file that has the destination's name: [`SaveMode::Overwrite`].
            pub fn overwrite(self) -> Self {
                self.mode(SaveMode::Overwrite)
            }
        }

        impl<'a> IntoFuture for $call<'a> {
            type Output = Result<Saved>;
            type IntoFuture = CallFuture<'a, Saved>;

            fn into_future(self) -> Self::IntoFuture {
                let Self { store, from, to, options } = self;
                Box::pin(async move {
                    let from = store.name(from, Operation::$call)?;
                    let to = store.name(to, Operation::$call)?;
                    let saved = store.storage.$method(&from, &to, options).await;
                    saved.map_err(|error| store.locate(error, Operation::$call, Some(from.as_str())))
                })
            }
        }
    };
}

transfer! {
    /// A file to be copied. See [`Store::copy`](super::Store::copy).
    Copy, copy
}

transfer! {
    /// A file to be moved. See [`Store::rename`](super::Store::rename).
    Rename, rename
}

/// A URL to be made. See [`Store::url`](super::Store::url).
#[derive(Debug)]
#[must_use = "nothing happens until the call is awaited"]
pub struct Url<'a> {
    store: &'a Store,
    name: Result<Name>,
    options: UrlOptions,
}

impl<'a> Url<'a> {
    pub(super) fn new(store: &'a Store, name: Result<Name>) -> Self {
        Self { store, name, options: UrlOptions::default() }
    }

    calls!(UrlOptions {
        expires_in(Duration) => with_expires_in,
        visibility(Visibility) => with_visibility,
        method(UrlMethod) => with_method,
        response_content_type(impl Into<String>) => with_response_content_type,
        response_content_disposition(impl Into<String>) => with_response_content_disposition,
        response_content_encoding(impl Into<String>) => with_response_content_encoding,
        response_content_language(impl Into<String>) => with_response_content_language,
        response_cache_control(impl Into<String>) => with_response_cache_control,
        version(impl Into<String>) => with_version,
        response_expires(SystemTime) => with_response_expires,
    });
}

impl<'a> IntoFuture for Url<'a> {
    type Output = Result<FileUrl>;
    type IntoFuture = CallFuture<'a, FileUrl>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { store, name, options } = self;
        Box::pin(async move {
            let name = store.name(name, Operation::Url)?;
            let url = store.storage.url(&name, options).await;
            url.map_err(|error| store.locate(error, Operation::Url, Some(name.as_str())))
        })
    }
}

/// A request for a direct upload to be made. See [`Store::upload_request`](super::Store::upload_request).
#[derive(Debug)]
#[must_use = "nothing happens until the call is awaited"]
pub struct Upload<'a> {
    store: &'a Store,
    name: Result<Name>,
    options: UploadPolicy,
}

impl<'a> Upload<'a> {
    pub(super) fn new(store: &'a Store, name: Result<Name>) -> Self {
        Self { store, name, options: UploadPolicy::default() }
    }

    calls!(UploadPolicy {
        method(UploadMethod) => with_method,
        mode(SaveMode) => with_mode,
        expires_in(Duration) => with_expires_in,
        attributes(Attributes) => with_attributes,
        content_type(impl Into<String>) => with_content_type,
        content_disposition(impl Into<String>) => with_content_disposition,
        cache_control(impl Into<String>) => with_cache_control,
        visibility(Visibility) => with_visibility,
        size(u64) => with_size,
        min_size(u64) => with_min_size,
        max_size(u64) => with_max_size,
        checksum(impl Into<UploadChecksum>) => with_checksum,
        max_name_length(usize) => with_max_name_length,
        any_file_name(bool) => with_any_file_name,
        success(UploadSuccess) => with_success,
    });

    /// See [`UploadPolicy::with_user_metadata`].
    pub fn user_metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options = self.options.with_user_metadata(name, value);
        self
    }

    /// The upload fails when the name is taken: [`SaveMode::Create`].
    pub fn create(self) -> Self {
        self.mode(SaveMode::Create)
    }

    /// The upload replaces the file that has the name: [`SaveMode::Overwrite`].
    pub fn overwrite(self) -> Self {
        self.mode(SaveMode::Overwrite)
    }
}

impl<'a> IntoFuture for Upload<'a> {
    type Output = Result<UploadRequest>;
    type IntoFuture = CallFuture<'a, UploadRequest>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { store, name, options } = self;
        Box::pin(async move {
            let name = store.name(name, Operation::UploadRequest)?;
            let request = store.storage.upload_request(&name, options).await;
            request.map_err(|error| store.locate(error, Operation::UploadRequest, Some(name.as_str())))
        })
    }
}
