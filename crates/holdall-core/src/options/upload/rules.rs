//! What a policy can ask for at once, and what follows from it.

use super::{UploadChecksum, UploadMethod, UploadPolicy, UploadSuccess};
use crate::attributes::{Attributes, is_media_token};
use crate::capabilities::Capabilities;
use crate::error::{Error, ErrorKind, Result};
use crate::name::{Candidates, Name};
use crate::options::{SaveMode, save::check_mode};

impl UploadPolicy {
    /// The mode, with [`SaveMode::Unique`] where none was chosen.
    pub fn mode(&self) -> SaveMode {
        self.mode.clone().unwrap_or_default()
    }

    /// The exact size, where the policy asks for one.
    pub fn exact_size(&self) -> Option<u64> {
        self.max_size.filter(|_| self.min_size == self.max_size)
    }

    /// The way of sending that can keep the policy.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] where none can, or not the one that was chosen.
    pub fn resolve_method(&self) -> Result<UploadMethod> {
        let is_range = (self.min_size.is_some() || self.max_size.is_some()) && self.exact_size().is_none();
        let for_form = [
            (is_range, "a range of sizes"),
            (self.content_type_prefix.is_some(), "a family of content types"),
            (self.any_file_name, "a file name of the client's"),
            (self.success.is_some(), "an answer of the server's"),
        ];
        let form = for_form.into_iter().find(|(asked, _)| *asked).map(|(_, what)| what);
        let put = match self.mode() {
            SaveMode::Create => Some("that the name is free (Create)"),
            SaveMode::IfMatch(_) => Some("a version to replace (IfMatch)"),
            SaveMode::Unique | SaveMode::Overwrite => None,
        };
        match (self.method, form, put) {
            (_, Some(form), Some(put)) => {
                Err(invalid(format!("only a form can bind {form}, and only PUT can bind {put}; drop one")))
            }
            (Some(UploadMethod::Put), Some(form), _) => {
                Err(invalid(format!("PUT cannot bind {form}; use POST")))
            }
            (Some(UploadMethod::Post), _, Some(put)) => {
                Err(invalid(format!("a form (POST) cannot bind {put}; use PUT")))
            }
            (Some(method), ..) => Ok(method),
            (None, Some(_), _) => Ok(UploadMethod::Post),
            (None, None, _) => Ok(UploadMethod::Put),
        }
    }

    /// The name that the file will have, by the rules of the mode.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] where `max_name_length` leaves no room.
    pub fn choose_name(&self, name: &Name) -> Result<Name> {
        let candidates = Candidates::new(name).max_name_length(self.max_name_length);
        match self.mode() {
            SaveMode::Unique => candidates.unguessable(),
            SaveMode::Overwrite => candidates.cut(),
            _ if candidates.cut()? == *name => Ok(name.clone()),
            _ => {
                let message = "the name is longer than max_name_length allows";
                Err(Error::message(ErrorKind::InvalidName, message).with_name(name.as_str()))
            }
        }
    }

    /// Checks the values, and that a storage with these capabilities can hand out such a request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`], [`ErrorKind::InvalidInput`] or [`ErrorKind::TooLarge`].
    pub fn check(&self, capabilities: &Capabilities) -> Result<()> {
        self.check_values(capabilities)?;
        let is_form = self.resolve_method()? == UploadMethod::Post;
        Capabilities::require(is_form, capabilities.upload_forms, "upload_forms")
    }

    /// The same but for the way of sending: for uploads that are neither one `PUT` nor a form, such as those
    /// in parts.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check).
    pub fn check_values(&self, capabilities: &Capabilities) -> Result<()> {
        use Capabilities as C;
        C::require(true, capabilities.writable, "writable")?;
        C::require(true, capabilities.upload_request, "upload_request")?;
        // Unique is kept by the name itself; the condition that PUT binds beside it is a second lock.
        if self.mode() != SaveMode::Unique {
            check_mode(&self.mode(), capabilities)?;
        }
        let Attributes { visibility, content_type, user, .. } = &self.attributes;
        let kept = self.attributes.headers().next().is_some() || !user.is_empty();
        C::require(kept || self.content_type_prefix.is_some(), capabilities.attributes, "attributes")?;
        C::require(visibility.is_some(), capabilities.visibility, "visibility")?;
        // What a server verifies beside its own checksum, the storage itself knows.
        let own = matches!(self.checksum, Some(UploadChecksum::Crc64Nvme(_)));
        C::require(own, capabilities.checksum, "checksum")?;
        self.attributes.validate()?;
        check_types(content_type.as_deref(), self.content_type_prefix.as_deref())?;
        self.check_sizes(capabilities.max_size)?;
        if self.any_file_name && (self.mode() != SaveMode::Overwrite || self.max_name_length.is_some()) {
            return Err(invalid(
                "a client that chooses its file name can overwrite what is there, and make it as long as it \
                 likes; say so with the mode Overwrite and without max_name_length",
            ));
        }
        match &self.success {
            Some(UploadSuccess::Status(status)) if !matches!(status, 200 | 201 | 204) => {
                Err(invalid(format!("{status} is no answer that a server can give; use 200, 201 or 204")))
            }
            Some(UploadSuccess::Redirect(url)) if !is_absolute(url) => {
                Err(invalid(format!("{url:?} is no absolute http or https URL to redirect to")))
            }
            _ => Ok(()),
        }
    }

    fn check_sizes(&self, limit: Option<u64>) -> Result<()> {
        let (min, max) = (self.min_size.unwrap_or(0), self.max_size.unwrap_or(u64::MAX));
        if min > max {
            return Err(invalid(format!("no file has at least {min} and at most {max} bytes")));
        }
        match limit {
            Some(limit) if min > limit => Err(Error::message(
                ErrorKind::TooLarge,
                format!("the storage takes files of at most {limit} bytes"),
            )),
            _ => Ok(()),
        }
    }
}

/// One type, which the attributes check themselves, or one family.
fn check_types(exact: Option<&str>, family: Option<&str>) -> Result<()> {
    match (exact, family) {
        (Some(_), Some(_)) => Err(invalid("the policy asks for one content type and for a family of them")),
        (None, Some(family)) if !family.strip_suffix('/').is_some_and(is_media_token) => {
            Err(invalid(format!("{family:?} is no family of content types; it looks like \"image/\"")))
        }
        _ => Ok(()),
    }
}

fn is_absolute(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && url.bytes().all(|byte| byte.is_ascii_graphic())
}

fn invalid(message: impl Into<String>) -> Error {
    Error::message(ErrorKind::InvalidInput, message)
}
