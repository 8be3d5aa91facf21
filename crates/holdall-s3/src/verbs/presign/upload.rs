//! Requests with which a client uploads one file: PUT here, forms in `form.rs`.

use std::sync::Arc;

use holdall_core::{Error, ErrorKind, Name, Result, SaveMode, UploadMethod, UploadPolicy, UploadRequest};

use super::sign::{self, ToSign};
use crate::config::limits::MAX_PART_SIZE;
use crate::config::{ObjectParameters, ServerCondition};
use crate::verbs::metadata::Headers;
use crate::wire::client::Inner;

/// The most that one PUT or form can carry: 5 GiB.
pub(super) const MAX_SINGLE: u64 = MAX_PART_SIZE;

impl Inner {
    /// See [`Storage::upload_request`](holdall_core::Storage::upload_request).
    pub(crate) async fn upload_request(
        self: &Arc<Self>,
        name: &Name,
        policy: UploadPolicy,
    ) -> Result<UploadRequest> {
        self.config.requests.check_link()?;
        policy.check(&self.possible())?;
        self.ask_for_save(&policy.mode()).await?;
        policy.check(self.honoured.claims())?;
        if policy.min_size.is_some_and(|size| size > MAX_SINGLE) {
            let message = "one request carries at most 5 GiB; let the client upload in parts \
                           (S3Storage::multipart_uploads)";
            return Err(Error::message(ErrorKind::TooLarge, message));
        }
        if policy.checksum.is_some() && !self.config.server.checksums {
            return Err(Error::unsupported(
                "verify checksums of uploads; set checksum_mode where the server can",
            ));
        }
        match policy.resolve_method()? {
            UploadMethod::Put => self.put_request(name, policy).await,
            UploadMethod::Post => self.form_request(name, policy).await,
            _ => Err(Error::unsupported("sign uploads with that method")),
        }
    }

    /// A PUT whose every header is bound: the server refuses another type, length or checksum, and one that
    /// is left out.
    async fn put_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
        let name = policy.choose_name(name)?;
        let key = self.key(&name)?;
        let mut headers = self.upload_headers(&name, &policy)?;
        if let Some(size) = policy.exact_size() {
            headers.insert("content-length".to_owned(), size.to_string());
        }
        match policy.mode() {
            SaveMode::Create => {
                headers.insert("if-none-match".to_owned(), "*".to_owned());
            }
            // The name is unique by itself; this keeps the client from sending two files.
            SaveMode::Unique if self.knows(ServerCondition::PutIfNoneMatch) != Some(false) => {
                headers.insert("if-none-match".to_owned(), "*".to_owned());
            }
            SaveMode::IfMatch(etag) => {
                headers.insert("if-match".to_owned(), etag.as_str().to_owned());
            }
            _ => {}
        }
        let life = self.life_of_request(policy.expires_in).await?;
        let url = self.object_url(key.as_str()).await?;
        let query = self.about_the_bucket("PutObject").collect();
        let to_sign = ToSign { method: "PUT", url, query, headers: &headers };
        let url = self.sign(to_sign, &life).await?;
        Ok(UploadRequest::new(name, UploadMethod::Put, url, life.expires_at()).with_headers(headers))
    }

    /// The data that is stored with the file, as headers: as a save has it, with the storage's defaults.
    pub(super) fn upload_headers(&self, name: &Name, policy: &UploadPolicy) -> Result<sign::Headers> {
        let mut headers = self.upload_attributes(name, policy)?.wire();
        let encryption = self.config.requests.of_a_new_object();
        headers.extend(encryption.into_iter().map(|(name, value)| (name.to_owned(), value)));
        if let Some(checksum) = &policy.checksum {
            headers.insert(format!("x-amz-checksum-{}", checksum.algorithm()), checksum.value());
        }
        Ok(headers)
    }

    pub(super) fn upload_attributes(&self, name: &Name, policy: &UploadPolicy) -> Result<Headers> {
        self.headers(name, policy.attributes.clone(), ObjectParameters::default())
    }
}
