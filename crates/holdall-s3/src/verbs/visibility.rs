//! The visibility of single objects: canned ACLs.
//!
//! Most buckets have ACLs disabled (`BucketOwnerEnforced`, the default since April 2023), so that no ACL is
//! ever sent or asked for unless the caller gave a visibility. Files that were saved with one carry a mark in
//! their metadata; for these, and only these, `metadata` and `open` ask for the ACL.

use aws_sdk_s3::operation::get_object_acl::GetObjectAclOutput;
use aws_sdk_s3::types::{Grant, Permission};
use holdall_core::{Error, Name, Result, Visibility};

use crate::config::objects::{CannedAcl, ObjectAcl};
use crate::verbs::metadata::with_acl;
use crate::wire::blank_key::for_sdk;
use crate::wire::client::Inner;
use crate::wire::error::Failure;

/// Everybody, in the words of an ACL.
const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";

impl Inner {
    /// Whether everybody may read the object: one `GetObjectAcl`. `None` where the bucket has ACLs disabled, so that
    /// the mark no longer means anything.
    pub(crate) async fn visibility(&self, key: &Name, version: Option<&str>) -> Result<Option<Visibility>> {
        match self.get_acl(key, version).await? {
            Ok(acl) if acl.grants().iter().any(is_public) => Ok(Some(Visibility::Public)),
            Ok(_) => Ok(Some(Visibility::Private)),
            Err(failure) if failure.code() == "AccessControlListNotSupported" => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn get_acl(
        &self,
        key: &Name,
        version: Option<&str>,
    ) -> Result<Result<GetObjectAclOutput, Failure>> {
        let request = self.client().await?.get_object_acl().bucket(self.bucket()).key(for_sdk(key.as_str()));
        let sent = request.set_version_id(version.map(str::to_owned)).send().await;
        Ok(sent.map_err(|error| self.failure(&error)))
    }

    /// The ACL of a version of an object, before it is written anew; `None` where the server has none.
    ///
    /// # Errors
    ///
    /// `PermissionDenied` with what to do about it: a write would lose grants that nobody could see.
    pub(crate) async fn object_acl(&self, key: &Name, version: Option<&str>) -> Result<Option<ObjectAcl>> {
        match self.get_acl(key, version).await? {
            Ok(acl) => ObjectAcl::of_server(&acl).map(Some),
            Err(failure) if failure.code() == "AccessControlListNotSupported" => Ok(None),
            Err(failure) if matches!(failure.status(), Some(405 | 501)) => Ok(None),
            Err(failure) if failure.status() == Some(403) => {
                let error = Error::from(failure);
                let message = format!(
                    "who may access the file cannot be read, so that it could not be kept ({}); allow s3:GetObjectAcl, \
                     or set acls to false if the bucket has ACLs disabled",
                    error.reason()
                );
                Err(error.with_message(message))
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// See [`Storage::set_visibility`](holdall_core::Storage::set_visibility). Grants to others than everybody stay:
    /// one `GetObjectAcl` and one `PutObjectAcl`.
    pub(crate) async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
        let key = self.key(name)?;
        let missing =
            |error: Error| if error.is_not_found() { error.with_name(name.as_str()) } else { error };
        let current = self.object_acl(&key, None).await.map_err(missing)?.unwrap_or_default();
        let acl = current.with_visibility(visibility).to_write();
        let headers = acl.unwrap_or_else(|| CannedAcl::Private.into()).to_headers()?;
        let request = self.client().await?.put_object_acl().bucket(self.bucket()).key(for_sdk(key.as_str()));
        match with_acl!(request, headers).send().await.map_err(|error| self.failure(&error)) {
            Ok(_) => Ok(()),
            Err(failure) if failure.is_missing() => Err(failure.not_found(name)),
            Err(failure) => Err(failure.into()),
        }
    }
}

/// Whether a grant lets everybody read.
fn is_public(grant: &Grant) -> bool {
    let everybody = grant.grantee().and_then(|grantee| grantee.uri()) == Some(ALL_USERS);
    everybody && matches!(grant.permission(), Some(Permission::Read | Permission::FullControl))
}
