//! Requests with which a client uploads one file: a signed PUT that binds what the file will be.
//!
//! What is bound are headers that the signature holds: the content type and the other attributes, and that the
//! name is free. A length cannot be bound: the signers of `object_store` refuse `content-length`. Azure's
//! signatures hold no headers at all, so that a client could store what it likes; there is no such request
//! there.

use std::collections::BTreeMap;

use holdall_core::{Error, ErrorKind, Name, Result, SaveMode, UploadMethod, UploadPolicy, UploadRequest};
use http::{HeaderName, HeaderValue, Method};
use object_store::Attribute;
use object_store::signer::SignedUrlOptions;

use crate::client::{Inner, path};
use crate::error::translate;
use crate::metadata::{Sent, with_defaults};
use crate::profile::Signatures;

impl Inner {
    /// See [`Storage::upload_request`](holdall_core::Storage::upload_request).
    pub(crate) async fn upload_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
        let signer = self.signer()?;
        if policy.exact_size().is_some() {
            return Err(Error::unsupported("bind the size of what a client uploads"));
        }
        let name = policy.choose_name(name)?;
        let key = self.key(&name)?;
        let headers = self.bound_headers(&name, &policy)?;
        let mut extra = SignedUrlOptions::new();
        for (header, value) in &headers {
            let no_header = || {
                let message = format!("{header:?} cannot be bound to {value:?}");
                Error::message(ErrorKind::InvalidInput, message)
            };
            let value = HeaderValue::from_str(value).map_err(|_| no_header())?;
            extra = extra.with_signed_header(header.parse::<HeaderName>().map_err(|_| no_header())?, value);
        }
        let (start, life) = self.life(policy.expires_in)?;
        let url = signer.signed_url_opts(Method::PUT, &path(&key), life, &extra).await.map_err(translate)?;
        Ok(UploadRequest::new(name, UploadMethod::Put, url, start + life).with_headers(headers))
    }

    /// The headers that the client has to send, names in lower case.
    fn bound_headers(&self, name: &Name, policy: &UploadPolicy) -> Result<BTreeMap<String, String>> {
        let profile = &self.config.profile;
        let (metadata, free) = match profile.signatures {
            Signatures::S3 => ("x-amz-meta-", ("if-none-match", "*")),
            // "Request preconditions": generation 0 is no object.
            Signatures::Gcs => ("x-goog-meta-", ("x-goog-if-generation-match", "0")),
            _ => return Err(Error::unsupported("take uploads directly from clients")),
        };
        let attributes = with_defaults(policy.attributes.clone(), &self.config.default_attributes);
        let mut sent = Sent::new(name, &attributes, profile);
        // The mark is for writes of our own.
        sent.unmark(profile);
        let mut headers = BTreeMap::new();
        for (attribute, value) in &sent.attributes {
            let header = match attribute {
                Attribute::ContentType => "content-type".to_owned(),
                Attribute::ContentDisposition => "content-disposition".to_owned(),
                Attribute::ContentEncoding => "content-encoding".to_owned(),
                Attribute::ContentLanguage => "content-language".to_owned(),
                Attribute::CacheControl => "cache-control".to_owned(),
                Attribute::Metadata(key) => format!("{metadata}{key}"),
                _ => continue,
            };
            headers.insert(header, value.to_string());
        }
        match policy.mode() {
            SaveMode::Overwrite => {}
            SaveMode::Unique | SaveMode::Create => {
                headers.insert(free.0.to_owned(), free.1.to_owned());
            }
            SaveMode::IfMatch(etag) if profile.signatures == Signatures::S3 => {
                headers.insert("if-match".to_owned(), etag.to_string());
            }
            _ => return Err(Error::unsupported("bind an upload to the version that it replaces")),
        }
        Ok(headers)
    }
}
