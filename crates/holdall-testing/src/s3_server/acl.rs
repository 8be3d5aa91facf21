//! Canned access control lists, and who may do what.
//!
//! The one account of the server may do everything; an anonymous request may read an object whose ACL is public, and
//! nothing else. That is what a web page needs to prove that its public files are public and its private ones not.

use s3s::dto::{
    GetObjectAclInput, GetObjectAclOutput, Grant, Grantee, ObjectCannedACL, Owner, Permission,
    PutObjectAclInput, PutObjectAclOutput, Type,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};

use super::backend::Backend;
use super::bucket::Bucket;
use super::state::Object;

/// The id of the account that owns every bucket: what `x-amz-expected-bucket-owner` is compared with.
pub const OWNER_ID: &str = "123456789012";

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

/// The canned ACL of an object (`x-amz-acl`; Amazon S3 User Guide, "Canned ACL").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CannedAcl {
    /// Only the owner: S3's default.
    #[default]
    Private,
    /// Anyone may read it.
    PublicRead,
    /// As `PublicRead` for an object: the write half only means something on buckets.
    PublicReadWrite,
    /// Any signed request may read it.
    AuthenticatedRead,
    /// The bucket's owner may read it.
    BucketOwnerRead,
    /// The bucket's owner has full control: the one ACL that a bucket with ACLs disabled accepts.
    BucketOwnerFullControl,
    /// The owner, and Amazon EC2 for machine images.
    AwsExecRead,
}

impl CannedAcl {
    /// S3's name, as in `x-amz-acl`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => ObjectCannedACL::PRIVATE,
            Self::PublicRead => ObjectCannedACL::PUBLIC_READ,
            Self::PublicReadWrite => ObjectCannedACL::PUBLIC_READ_WRITE,
            Self::AuthenticatedRead => ObjectCannedACL::AUTHENTICATED_READ,
            Self::BucketOwnerRead => ObjectCannedACL::BUCKET_OWNER_READ,
            Self::BucketOwnerFullControl => ObjectCannedACL::BUCKET_OWNER_FULL_CONTROL,
            Self::AwsExecRead => ObjectCannedACL::AWS_EXEC_READ,
        }
    }

    /// Whether a request without a signature may read the object.
    pub fn is_public(self) -> bool {
        matches!(self, Self::PublicRead | Self::PublicReadWrite)
    }

    fn parse(name: &str) -> S3Result<Self> {
        [
            Self::Private,
            Self::PublicRead,
            Self::PublicReadWrite,
            Self::AuthenticatedRead,
            Self::BucketOwnerRead,
            Self::BucketOwnerFullControl,
            Self::AwsExecRead,
        ]
        .into_iter()
        .find(|acl| acl.as_str() == name)
        .ok_or_else(|| s3_error!(InvalidArgument, "{name} is not a canned ACL."))
    }

    fn grants(self) -> Vec<Grant> {
        let mut grants = vec![grant(owner_grantee(), Permission::FULL_CONTROL)];
        match self {
            Self::PublicRead => grants.push(grant(group(ALL_USERS), Permission::READ)),
            Self::PublicReadWrite => {
                grants.push(grant(group(ALL_USERS), Permission::READ));
                grants.push(grant(group(ALL_USERS), Permission::WRITE));
            }
            Self::AuthenticatedRead => grants.push(grant(group(AUTHENTICATED_USERS), Permission::READ)),
            // The bucket's owner is the object's owner here, and Amazon EC2 is nobody.
            Self::Private | Self::BucketOwnerRead | Self::BucketOwnerFullControl | Self::AwsExecRead => {}
        }
        grants
    }
}

fn grant(grantee: Grantee, permission: &'static str) -> Grant {
    Grant { grantee: Some(grantee), permission: Some(Permission::from_static(permission)) }
}

fn owner_grantee() -> Grantee {
    Grantee {
        display_name: None,
        email_address: None,
        id: Some(OWNER_ID.to_owned()),
        type_: Type::from_static(Type::CANONICAL_USER),
        uri: None,
    }
}

fn group(uri: &str) -> Grantee {
    Grantee {
        display_name: None,
        email_address: None,
        id: None,
        type_: Type::from_static(Type::GROUP),
        uri: Some(uri.to_owned()),
    }
}

/// The owner as replies name it.
pub(crate) fn owner() -> Owner {
    Owner { display_name: None, id: Some(OWNER_ID.to_owned()) }
}

/// The ACL that a write to this bucket asks for.
///
/// # Errors
/// `AccessControlListNotSupported` (400) for any ACL but `bucket-owner-full-control` in a bucket with ACLs disabled.
pub(crate) fn requested(bucket: &Bucket, acl: Option<&ObjectCannedACL>) -> S3Result<CannedAcl> {
    let Some(name) = acl else { return Ok(CannedAcl::default()) };
    let acl = CannedAcl::parse(name.as_str())?;
    if !bucket.acls_enabled && acl != CannedAcl::BucketOwnerFullControl {
        return Err(not_supported());
    }
    Ok(acl)
}

/// Whether the request may read the object.
///
/// # Errors
/// `AccessDenied` (403) to an anonymous request unless the ACL is public and the bucket honours ACLs.
pub(crate) fn check_read(anonymous: bool, bucket: &Bucket, object: Option<&Object>) -> S3Result<()> {
    if !anonymous || bucket.acls_enabled && object.is_some_and(|object| object.acl.is_public()) {
        return Ok(());
    }
    // The same answer for a private and for a missing object: without s3:ListBucket nobody learns which it is.
    Err(s3_error!(AccessDenied, "Access Denied"))
}

fn not_supported() -> S3Error {
    let mut error = S3Error::with_message(
        S3ErrorCode::from_bytes(b"AccessControlListNotSupported").unwrap_or(S3ErrorCode::InvalidRequest),
        "The bucket does not allow ACLs",
    );
    error.set_status_code(hyper::StatusCode::BAD_REQUEST);
    error
}

impl Backend {
    /// `PutObjectAcl` with a canned ACL. Neither the entity tag nor the time of the object changes.
    ///
    /// # Errors
    /// `AccessControlListNotSupported` in a bucket with ACLs disabled, whatever the ACL; `NotImplemented` for a policy
    /// document.
    pub(crate) fn put_acl(
        &self,
        req: S3Request<PutObjectAclInput>,
    ) -> S3Result<S3Response<PutObjectAclOutput>> {
        let input = req.input;
        if input.access_control_policy.is_some() {
            return Err(s3_error!(
                NotImplemented,
                "This server knows canned ACLs only (the x-amz-acl header)."
            ));
        }
        let mut state = self.state();
        let bucket = state.bucket_mut(&input.bucket)?;
        if !bucket.acls_enabled {
            return Err(not_supported());
        }
        let acl = requested(bucket, input.acl.as_ref())?;
        bucket.amend(&input.key, input.version_id.as_deref(), |object| object.acl = acl)?;
        Ok(S3Response::new(PutObjectAclOutput::default()))
    }

    /// `GetObjectAcl`: the grants that the canned ACL stands for.
    ///
    /// # Errors
    /// `NoSuchBucket`, `NoSuchKey`.
    pub(crate) fn get_acl(
        &self,
        req: &S3Request<GetObjectAclInput>,
    ) -> S3Result<S3Response<GetObjectAclOutput>> {
        let state = self.state();
        let input = &req.input;
        let acl = state.bucket(&input.bucket)?.version(&input.key, input.version_id.as_deref())?.acl;
        Ok(S3Response::new(GetObjectAclOutput {
            grants: Some(acl.grants()),
            owner: Some(owner()),
            ..GetObjectAclOutput::default()
        }))
    }
}
