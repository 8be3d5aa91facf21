//! The headers of a new object: what was given for it, and the storage's defaults for the rest.

use holdall_core::{Attributes, Name, Result};

use super::{ACL_MARKER, GRANTS_MARKER, Headers, with_defaults};
use crate::config::ObjectParameters;
use crate::wire::client::Inner;

impl Inner {
    /// The headers of a new object: what is given for it, what the closures say about its name, and the storage's
    /// defaults for the rest. A setting of access, a visibility or an ACL, replaces later ones of
    /// either kind.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for user metadata over S3's 2 KB, for grants that cannot be sent, and for both a visibility and
    /// an ACL.
    pub(crate) fn headers(
        &self,
        name: &Name,
        attributes: Attributes,
        parameters: ObjectParameters,
    ) -> Result<Headers> {
        parameters.check_beside(attributes.visibility)?;
        let objects = &self.config.objects;
        let (mut attributes, mut parameters) = (attributes, parameters);
        let of_name = objects.of_name(name)?;
        for (mut other_attributes, mut other) in
            [of_name, (objects.default_attributes.clone(), objects.parameters.clone())]
        {
            if attributes.visibility.is_some() {
                other.acl = None;
            }
            if parameters.acl.is_some() {
                other_attributes.visibility = None;
            }
            attributes = with_defaults(attributes, &other_attributes);
            parameters = parameters.or(&other);
        }
        Headers::new(name, attributes)?.with_parameters(&parameters)
    }

    /// The headers of a copy that has these attributes instead of its source's, completed as those of a new object.
    /// Properties that no attribute stands for come from `kept`: class, tags, grants, and user metadata whose names
    /// only other programs can write.
    ///
    /// # Errors
    ///
    /// As [`headers`](Self::headers).
    pub(crate) fn with_other_attributes(
        &self,
        kept: Headers,
        name: &Name,
        attributes: Attributes,
    ) -> Result<Headers> {
        let mut headers = self.headers(name, attributes, ObjectParameters::default())?;
        headers.user.remove(ACL_MARKER);
        let is_kept = |name: &str| matches!(name, ACL_MARKER | GRANTS_MARKER) || !can_be_said(name);
        let Headers { acl, storage_class, tagging, kept, user, .. } = kept;
        headers.user.extend(user.into_iter().filter(|(name, _)| is_kept(name)));
        Ok(Headers { acl, storage_class, tagging, kept, ..headers })
    }
}

/// Whether an attribute can have user metadata of that name.
fn can_be_said(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
