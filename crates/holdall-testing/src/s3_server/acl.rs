//! Access control lists, and who may do what.
//!
//! The one account of the server may do everything; an anonymous request may read an object whose ACL is public, and
//! do what the bucket's policy allows to everybody. That is what a web page needs to prove that its public files are public and its private ones not.

use s3s::dto::{
    GetObjectAclInput, GetObjectAclOutput, Grant, Grantee, ObjectCannedACL, Owner, Permission,
    PutObjectAclInput, PutObjectAclOutput, Type,
};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::backend::Backend;
use super::bucket::Bucket;
use super::config::policy::{Decision, action_of};
use super::grants::{self, GrantHeaders, grant_headers};
use super::refusal::bad_request;
use super::state::Object;

/// The id of the account that owns every bucket: what `x-amz-expected-bucket-owner` is compared with.
pub const OWNER_ID: &str = "123456789012";

pub(crate) const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
pub(crate) const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

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

/// The ACL of an object: a canned one, or grants that were spelled out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Acl {
    pub(crate) canned: CannedAcl,
    /// Where there are any, they count instead of the canned ACL.
    pub(crate) grants: Option<Vec<Grant>>,
}

impl Acl {
    /// Whether a request without a signature may read the object.
    fn is_public(&self) -> bool {
        self.grants.as_ref().map_or(self.canned.is_public(), |grants| grants::public(grants, false))
    }

    /// The grants that it stands for.
    pub(crate) fn grants(&self) -> Vec<Grant> {
        self.grants.clone().unwrap_or_else(|| self.canned.grants())
    }
}

/// The ACL that a write to this bucket asks for.
///
/// # Errors
/// `AccessControlListNotSupported` (400) for any ACL but `bucket-owner-full-control` in a bucket with ACLs disabled;
/// `AccessDenied` (403) for a public one where public ACLs are blocked; `InvalidRequest` (400) for both kinds at once.
pub(crate) fn requested(
    bucket: &Bucket,
    canned: Option<&ObjectCannedACL>,
    grants: GrantHeaders,
) -> S3Result<Acl> {
    let grants = grants.parse()?;
    if canned.is_some() && grants.is_some() {
        return Err(s3_error!(
            InvalidRequest,
            "Specifying both Canned ACLs and Header Grants is not allowed"
        ));
    }
    let Some(name) = canned else { return with_grants(bucket, grants) };
    let canned = CannedAcl::parse(name.as_str())?;
    if !bucket.acls_enabled() && canned != CannedAcl::BucketOwnerFullControl {
        return Err(not_supported());
    }
    if bucket.config.blocks_public_acls() && (canned.is_public() || canned == CannedAcl::AuthenticatedRead) {
        return Err(blocked());
    }
    Ok(Acl { canned, grants: None })
}

fn with_grants(bucket: &Bucket, grants: Option<Vec<Grant>>) -> S3Result<Acl> {
    if grants.is_some() && !bucket.acls_enabled() {
        return Err(not_supported());
    }
    if bucket.config.blocks_public_acls() && grants.as_ref().is_some_and(|all| grants::public(all, true)) {
        return Err(blocked());
    }
    Ok(Acl { canned: CannedAcl::default(), grants })
}

/// Whether the request may read the object under that key.
///
/// # Errors
/// `AccessDenied` (403) to an anonymous request unless the policy or an ACL that counts lets everybody read.
pub(crate) fn check_read(
    anonymous: bool,
    (name, bucket): (&str, &Bucket),
    (key, version): (&str, Option<&str>),
    object: Option<&Object>,
) -> S3Result<()> {
    let by_acl = bucket.acls_enabled()
        && !bucket.config.ignores_public_acls()
        && object.is_some_and(|object| object.acl.is_public());
    let action = action_of("GetObject", version.is_some());
    if !anonymous || by_acl || bucket.config.decide(true, &action, name, Some(key)) == Decision::Allow {
        return Ok(());
    }
    // The same answer for a private and for a missing object: without s3:ListBucket nobody learns which it is.
    Err(s3_error!(AccessDenied, "Access Denied"))
}

fn not_supported() -> S3Error {
    bad_request("AccessControlListNotSupported", "The bucket does not allow ACLs")
}

fn blocked() -> S3Error {
    s3_error!(
        AccessDenied,
        "Access Denied: public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access."
    )
}

impl Backend {
    /// `PutObjectAcl`: a canned ACL, grant headers, or a list of grants. Neither the entity tag nor the time of the
    /// object changes.
    ///
    /// # Errors
    /// `AccessControlListNotSupported` in a bucket with ACLs disabled, whatever the ACL, and those of [`requested`].
    pub(crate) fn put_acl(
        &self,
        req: S3Request<PutObjectAclInput>,
    ) -> S3Result<S3Response<PutObjectAclOutput>> {
        let mut input = req.input;
        let headers = grant_headers!(input);
        let mut state = self.state();
        let bucket = state.bucket_mut(&input.bucket)?;
        if !bucket.acls_enabled() {
            return Err(not_supported());
        }
        let acl = match input.access_control_policy.and_then(|policy| policy.grants) {
            Some(listed) => with_grants(bucket, Some(grants::listed(listed)?))?,
            None => requested(bucket, input.acl.as_ref(), headers)?,
        };
        bucket.amend(&input.key, input.version_id.as_deref(), |object| object.acl = acl)?;
        Ok(S3Response::new(PutObjectAclOutput::default()))
    }

    /// `GetObjectAcl`: the grants, also those that a canned ACL stands for.
    ///
    /// # Errors
    /// `NoSuchBucket`, `NoSuchKey`.
    pub(crate) fn get_acl(
        &self,
        req: &S3Request<GetObjectAclInput>,
    ) -> S3Result<S3Response<GetObjectAclOutput>> {
        let state = self.state();
        let input = &req.input;
        let bucket = state.bucket(&input.bucket)?;
        let object = bucket.version(&input.key, input.version_id.as_deref())?;
        // Where ACLs are disabled, every object has the one that says that the owner has control.
        let acl = if bucket.acls_enabled() { object.acl.clone() } else { Acl::default() };
        Ok(S3Response::new(GetObjectAclOutput {
            grants: Some(acl.grants()),
            owner: Some(owner()),
            ..GetObjectAclOutput::default()
        }))
    }
}
