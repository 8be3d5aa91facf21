//! Access control lists of objects, typed.

use std::fmt;
use std::str::FromStr;

use aws_sdk_s3::operation::get_object_acl::GetObjectAclOutput;
use aws_sdk_s3::types::{self as sdk, ObjectCannedAcl};
use holdall_core::{Error, ErrorKind, Result, Visibility};

/// Everybody, in the words of an ACL.
const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
/// Everybody with an AWS account, of whomever.
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

/// The ACLs that have a name ("Canned ACL", Amazon S3 User Guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CannedAcl {
    /// The owner alone: what an object without an ACL has.
    Private,
    /// Everybody may read.
    PublicRead,
    /// Everybody may read and, as far as that means anything for an object, write.
    PublicReadWrite,
    /// Everybody with an AWS account may read, of whomever: hardly less than everybody.
    AuthenticatedRead,
    /// Amazon EC2 may read, for machine images.
    AwsExecRead,
    /// The owner of the bucket may read, too.
    BucketOwnerRead,
    /// The owner of the bucket may do everything, too: for who writes into the bucket of another account. The only
    /// one that a bucket with ACLs disabled takes.
    BucketOwnerFullControl,
}

impl CannedAcl {
    const ALL: [Self; 7] = [
        Self::Private,
        Self::PublicRead,
        Self::PublicReadWrite,
        Self::AuthenticatedRead,
        Self::AwsExecRead,
        Self::BucketOwnerRead,
        Self::BucketOwnerFullControl,
    ];

    fn to_sdk(self) -> ObjectCannedAcl {
        match self {
            Self::Private => ObjectCannedAcl::Private,
            Self::PublicRead => ObjectCannedAcl::PublicRead,
            Self::PublicReadWrite => ObjectCannedAcl::PublicReadWrite,
            Self::AuthenticatedRead => ObjectCannedAcl::AuthenticatedRead,
            Self::AwsExecRead => ObjectCannedAcl::AwsExecRead,
            Self::BucketOwnerRead => ObjectCannedAcl::BucketOwnerRead,
            Self::BucketOwnerFullControl => ObjectCannedAcl::BucketOwnerFullControl,
        }
    }
}

impl FromStr for CannedAcl {
    type Err = Error;

    /// `private`, `public-read`, `bucket-owner-full-control` and so on, as S3 and settings spell it.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|acl| acl.to_sdk().as_str() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|acl| format!("{:?}", acl.to_string())).collect();
            let message = format!("{text:?} is no canned ACL; they are {}", names.join(", "));
            Error::message(ErrorKind::InvalidInput, message)
        })
    }
}

impl fmt::Display for CannedAcl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_sdk().as_str())
    }
}

/// The account or group that a grant is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Grantee {
    /// An account, by its canonical user id (64 hexadecimal digits at AWS).
    Account(String),
    /// Everybody.
    Everybody,
    /// Everybody with an AWS account, of whomever.
    AuthenticatedUsers,
    /// Another group, by its URI.
    Group(String),
}

/// The right that a grant gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Permission {
    /// Read the object.
    Read,
    /// Means nothing for objects, but servers may list it.
    Write,
    /// Read the ACL.
    ReadAcl,
    /// Change the ACL.
    WriteAcl,
    /// All of that.
    FullControl,
}

/// One line of an ACL.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Grant {
    /// The account or group that may do it.
    pub grantee: Grantee,
    /// The right.
    pub permission: Permission,
}

impl Grant {
    /// A grant.
    pub fn new(grantee: Grantee, permission: Permission) -> Self {
        Self { grantee, permission }
    }
}

/// An ACL to set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Acl {
    /// One that has a name.
    Canned(CannedAcl),
    /// Exactly these grants. The owner of the object loses control unless it is among them: name it with
    /// [`Permission::FullControl`].
    Grants(Vec<Grant>),
}

impl From<CannedAcl> for Acl {
    fn from(canned: CannedAcl) -> Self {
        Self::Canned(canned)
    }
}

impl From<Vec<Grant>> for Acl {
    fn from(grants: Vec<Grant>) -> Self {
        Self::Grants(grants)
    }
}

impl From<Visibility> for Acl {
    fn from(visibility: Visibility) -> Self {
        Self::Canned(match visibility {
            Visibility::Public => CannedAcl::PublicRead,
            Visibility::Private => CannedAcl::Private,
        })
    }
}

/// The ACL that an object has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectAcl {
    /// The canonical user id of the owner, where the server tells.
    pub owner: Option<String>,
    /// The grants.
    pub grants: Vec<Grant>,
}

impl ObjectAcl {
    /// Whether everybody may read.
    pub fn visibility(&self) -> Visibility {
        let reads = |grant: &Grant| matches!(grant.permission, Permission::Read | Permission::FullControl);
        if self.grants.iter().any(|grant| grant.grantee == Grantee::Everybody && reads(grant)) {
            Visibility::Public
        } else {
            Visibility::Private
        }
    }

    /// The same for a write: canned where a name says all of it, so that a copy into another account's bucket
    /// belongs to its owner. `None` where only the owner may do anything, as with an object without an ACL.
    pub(crate) fn to_write(&self) -> Option<Acl> {
        use Grantee::{AuthenticatedUsers, Everybody};
        use Permission::{Read, Write};
        let of_owner = |grant: &Grant| match &grant.grantee {
            Grantee::Account(id) => self.owner.as_ref() == Some(id),
            _ => false,
        };
        let mut others: Vec<_> = self
            .grants
            .iter()
            .filter(|grant| !of_owner(grant))
            .map(|grant| (&grant.grantee, grant.permission))
            .collect();
        others.sort_by_key(|(_, permission)| *permission == Write);
        others.dedup();
        Some(match others.as_slice() {
            [] => return None,
            [(Everybody, Read)] => CannedAcl::PublicRead.into(),
            [(Everybody, Read), (Everybody, Write)] => CannedAcl::PublicReadWrite.into(),
            [(AuthenticatedUsers, Read)] => CannedAcl::AuthenticatedRead.into(),
            _ => Acl::Grants(self.grants.clone()),
        })
    }

    /// Whether somebody else than the owner and everybody is granted something.
    pub(crate) fn is_more_than_a_visibility(&self) -> bool {
        !matches!(self.to_write(), None | Some(Acl::Canned(CannedAcl::PublicRead)))
    }

    /// The same with that visibility: what everybody may read changes, and no other grant.
    pub(crate) fn with_visibility(mut self, visibility: Visibility) -> Self {
        if self.visibility() == visibility && visibility == Visibility::Public {
            return self;
        }
        // Everybody can have an account of AWS.
        let is_public =
            |grant: &Grant| matches!(grant.grantee, Grantee::Everybody | Grantee::AuthenticatedUsers);
        match visibility {
            Visibility::Private => self.grants.retain(|grant| {
                !(is_public(grant) && matches!(grant.permission, Permission::Read | Permission::FullControl))
            }),
            Visibility::Public => {
                self.grants.push(Grant::new(Grantee::Everybody, Permission::Read));
            }
        }
        self
    }

    pub(crate) fn of_server(reply: &GetObjectAclOutput) -> Result<Self> {
        let owner = reply.owner().and_then(|owner| owner.id()).map(str::to_owned);
        let grants = reply.grants().iter().map(Grant::of_server).collect::<Result<_>>()?;
        Ok(Self { owner, grants })
    }
}

impl Grant {
    fn of_server(grant: &sdk::Grant) -> Result<Self> {
        let unknown =
            |what: &str| Error::message(ErrorKind::Other, format!("the server sent a grant {what}"));
        let grantee = grant.grantee().ok_or_else(|| unknown("to nobody"))?;
        let grantee = match (grantee.id(), grantee.uri()) {
            (Some(id), _) => Grantee::Account(id.to_owned()),
            (None, Some(ALL_USERS)) => Grantee::Everybody,
            (None, Some(AUTHENTICATED_USERS)) => Grantee::AuthenticatedUsers,
            (None, Some(uri)) => Grantee::Group(uri.to_owned()),
            (None, None) => return Err(unknown("to nobody")),
        };
        let permission = match grant.permission() {
            Some(sdk::Permission::Read) => Permission::Read,
            Some(sdk::Permission::Write) => Permission::Write,
            Some(sdk::Permission::ReadAcp) => Permission::ReadAcl,
            Some(sdk::Permission::WriteAcp) => Permission::WriteAcl,
            Some(sdk::Permission::FullControl) => Permission::FullControl,
            other => return Err(unknown(&format!("of the unknown permission {other:?}"))),
        };
        Ok(Self::new(grantee, permission))
    }
}

/// An ACL as headers: `x-amz-acl` or `x-amz-grant-*`, which S3 takes with every write and not together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AclHeaders {
    pub(crate) canned: Option<ObjectCannedAcl>,
    pub(crate) read: Option<String>,
    pub(crate) read_acl: Option<String>,
    pub(crate) write_acl: Option<String>,
    pub(crate) full_control: Option<String>,
}

impl Acl {
    /// Whether it is worth asking for later, when the object is copied or its visibility wanted.
    pub(crate) fn is_its_own(&self) -> bool {
        *self != Self::Canned(CannedAcl::BucketOwnerFullControl)
    }

    /// # Errors
    ///
    /// `InvalidInput` for an id or URI that no header can hold, no grants at all, and a grant that objects do not
    /// know.
    pub(crate) fn to_headers(&self) -> Result<AclHeaders> {
        let grants = match self {
            Self::Canned(canned) => {
                return Ok(AclHeaders { canned: Some(canned.to_sdk()), ..AclHeaders::default() });
            }
            Self::Grants(grants) => grants,
        };
        let wrong = |message: String| Error::message(ErrorKind::InvalidInput, message);
        if grants.is_empty() {
            let message = "an ACL without any grant would shut out the owner too; use CannedAcl::Private";
            return Err(wrong(message.to_owned()));
        }
        let mut headers = AclHeaders::default();
        for Grant { grantee, permission } in grants {
            let (kind, value) = match grantee {
                Grantee::Account(id) => ("id", id.as_str()),
                Grantee::Everybody => ("uri", ALL_USERS),
                Grantee::AuthenticatedUsers => ("uri", AUTHENTICATED_USERS),
                Grantee::Group(uri) => ("uri", uri.as_str()),
            };
            let is_safe = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b'\\');
            if value.is_empty() || !value.bytes().all(is_safe) {
                return Err(wrong(format!("{value:?} can be neither an account's id nor a group's URI")));
            }
            let header = match permission {
                Permission::Read => &mut headers.read,
                Permission::ReadAcl => &mut headers.read_acl,
                Permission::WriteAcl => &mut headers.write_acl,
                Permission::FullControl => &mut headers.full_control,
                Permission::Write => {
                    return Err(wrong(
                        "objects know no permission to write; who may write is the bucket's".into(),
                    ));
                }
            };
            let grantee = format!("{kind}=\"{value}\"");
            *header = Some(match header.take() {
                Some(others) => format!("{others}, {grantee}"),
                None => grantee,
            });
        }
        Ok(headers)
    }
}

#[cfg(test)]
mod tests {
    use holdall_core::Visibility;

    use super::{Acl, CannedAcl, Grant, Grantee, ObjectAcl, Permission};

    fn account(id: &str, permission: Permission) -> Grant {
        Grant::new(Grantee::Account(id.to_owned()), permission)
    }

    #[test]
    fn settings_spell_the_names() {
        for acl in CannedAcl::ALL {
            assert_eq!(acl.to_string().parse::<CannedAcl>().unwrap(), acl);
        }
        let error = "publicread".parse::<CannedAcl>().unwrap_err();
        assert!(error.to_string().contains("\"public-read\""), "{error}");
    }

    #[test]
    fn grants_become_one_header_for_each_permission() {
        let acl = Acl::Grants(vec![
            account("a", Permission::FullControl),
            account("b", Permission::Read),
            Grant::new(Grantee::Everybody, Permission::Read),
        ]);
        let headers = acl.to_headers().unwrap();
        assert_eq!(headers.full_control.as_deref(), Some("id=\"a\""));
        let everybody = "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"";
        assert_eq!(headers.read, Some(format!("id=\"b\", {everybody}")));
        assert!(headers.canned.is_none() && headers.write_acl.is_none());
        for wrong in ["", "a\"b", "a,b", "a b", "é", "a\r\nb"] {
            assert!(Acl::Grants(vec![account(wrong, Permission::Read)]).to_headers().is_err(), "{wrong:?}");
        }
        assert!(Acl::Grants(vec![]).to_headers().is_err());
        assert!(Acl::Grants(vec![account("a", Permission::Write)]).to_headers().is_err());
    }

    #[test]
    fn what_has_a_name_is_copied_by_it() {
        let owner = account("me", Permission::FullControl);
        let everybody = Grant::new(Grantee::Everybody, Permission::Read);
        let acl = |grants: &[&Grant]| ObjectAcl {
            owner: Some("me".to_owned()),
            grants: grants.iter().copied().cloned().collect(),
        };
        assert_eq!(acl(&[&owner]).to_write(), None);
        assert_eq!(acl(&[&owner, &everybody]).to_write(), Some(Acl::Canned(CannedAcl::PublicRead)));
        assert_eq!(acl(&[&owner, &everybody]).visibility(), Visibility::Public);
        let writes = Grant::new(Grantee::Everybody, Permission::Write);
        assert_eq!(
            acl(&[&owner, &writes, &everybody]).to_write(),
            Some(Acl::Canned(CannedAcl::PublicReadWrite))
        );
        let other = account("other", Permission::Read);
        assert_eq!(acl(&[&owner, &other]).visibility(), Visibility::Private);
        let both = Some(Acl::Grants(vec![owner.clone(), other.clone()]));
        assert_eq!(acl(&[&owner, &other]).to_write(), both);
    }

    #[test]
    fn a_visibility_changes_no_other_grant() {
        let owner = account("me", Permission::FullControl);
        let other = account("other", Permission::Read);
        let everybody = Grant::new(Grantee::Everybody, Permission::Read);
        let signed = Grant::new(Grantee::AuthenticatedUsers, Permission::Read);
        let acl = |grants: &[&Grant]| ObjectAcl {
            owner: Some("me".to_owned()),
            grants: grants.iter().copied().cloned().collect(),
        };
        let private = acl(&[&owner, &other]);
        let public = acl(&[&owner, &other, &everybody]);
        assert_eq!(private.clone().with_visibility(Visibility::Public), public);
        assert_eq!(public.clone().with_visibility(Visibility::Public), public);
        assert_eq!(public.with_visibility(Visibility::Private), private);
        assert_eq!(acl(&[&owner, &other, &signed]).with_visibility(Visibility::Private), private);
    }
}
