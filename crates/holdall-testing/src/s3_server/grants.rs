//! Grants that name who may do what: the `x-amz-grant-*` headers, and the list of `PutObjectAcl`.

use s3s::dto::{Grant, Grantee, Permission, Type};
use s3s::{S3Result, s3_error};

use super::acl::{ALL_USERS, AUTHENTICATED_USERS};
use super::refusal::malformed_xml;

/// The grant headers of a request, each with what it grants.
#[derive(Debug, Default)]
pub(crate) struct GrantHeaders(pub(crate) [(&'static str, Option<String>); 4]);

impl GrantHeaders {
    /// The grants, or `None` where there is no header.
    ///
    /// # Errors
    /// `InvalidArgument` (400) for a header that is not a list of `id="..."`, `uri="..."` or `emailAddress="..."`.
    pub(crate) fn parse(self) -> S3Result<Option<Vec<Grant>>> {
        let mut grants = Vec::new();
        for (permission, header) in self.0 {
            for grantee in header.iter().flat_map(|header| header.split(',')) {
                grants.push(Grant {
                    grantee: Some(parse_grantee(grantee)?),
                    permission: Some(Permission::from_static(permission)),
                });
            }
        }
        Ok(Some(grants).filter(|grants| !grants.is_empty()))
    }
}

/// Collects the grant headers of an input.
macro_rules! grant_headers {
    ($input:expr) => {
        $crate::s3_server::grants::GrantHeaders([
            (s3s::dto::Permission::FULL_CONTROL, $input.grant_full_control.take()),
            (s3s::dto::Permission::READ, $input.grant_read.take()),
            (s3s::dto::Permission::READ_ACP, $input.grant_read_acp.take()),
            (s3s::dto::Permission::WRITE_ACP, $input.grant_write_acp.take()),
        ])
    };
}
pub(crate) use grant_headers;

/// A grant list as `PutObjectAcl` sends it.
///
/// # Errors
/// `MalformedXML` for a grant without grantee or permission.
pub(crate) fn listed(grants: Vec<Grant>) -> S3Result<Vec<Grant>> {
    let whole = grants.iter().all(|grant| grant.grantee.is_some() && grant.permission.is_some());
    if whole { Ok(grants) } else { Err(malformed_xml()) }
}

/// Whether the grants let everybody read; `signed` adds the group of everybody with an AWS account.
pub(crate) fn public(grants: &[Grant], signed: bool) -> bool {
    grants.iter().any(|grant| {
        let uri = grant.grantee.as_ref().and_then(|grantee| grantee.uri.as_deref());
        let permission = grant.permission.as_ref().map(Permission::as_str);
        (uri == Some(ALL_USERS) || signed && uri == Some(AUTHENTICATED_USERS))
            && matches!(permission, Some(Permission::READ | Permission::FULL_CONTROL))
    })
}

/// Who a grant is for, in one string: the id, the group's URI or the e-mail address.
pub(crate) fn name_of(grant: &Grant) -> String {
    let grantee = grant.grantee.clone();
    grantee.and_then(|grantee| grantee.id.or(grantee.uri).or(grantee.email_address)).unwrap_or_default()
}

fn parse_grantee(text: &str) -> S3Result<Grantee> {
    let malformed = || s3_error!(InvalidArgument, "Argument format not recognized");
    let (kind, value) = text.trim().split_once('=').ok_or_else(malformed)?;
    let value = value.trim().trim_matches('"').to_owned();
    let mut grantee = Grantee {
        display_name: None,
        email_address: None,
        id: None,
        type_: Type::from_static(Type::CANONICAL_USER),
        uri: None,
    };
    match kind.trim() {
        "id" => grantee.id = Some(value),
        "uri" => {
            grantee.type_ = Type::from_static(Type::GROUP);
            grantee.uri = Some(value);
        }
        "emailAddress" => {
            grantee.type_ = Type::from_static(Type::AMAZON_CUSTOMER_BY_EMAIL);
            grantee.email_address = Some(value);
        }
        _ => return Err(malformed()),
    }
    Ok(grantee)
}
