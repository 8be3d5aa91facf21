//! Access to objects, and settings of the bucket: ACLs, tags, versions, CORS, lifecycle.

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketVersioningStatus, ExpirationStatus, LifecycleRuleFilter,
    ObjectCannedAcl, ObjectOwnership, Permission,
};

use super::plain::Plain;
use super::{Feature, ProbeReport, links};
use crate::verbs::asking::{Answer, BODY, Scratch, settled};
use crate::wire::error::Failure;

/// The group "everybody" in an ACL ("Access control list overview", Amazon S3 User Guide).
const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";

/// Asks about all of it: at most 10 requests.
pub(super) async fn ask(scratch: &Scratch, report: &mut ProbeReport) {
    report.record(Feature::Acl, settled(acl(scratch).await));
    report.record(Feature::Tags, settled(tags(scratch).await));
    report.record(Feature::Versions, settled(versions(scratch).await));
    report.record(Feature::Cors, settled(cors(scratch).await));
    report.record(Feature::AbortRule, settled(abort_rule(scratch).await));
}

async fn acl(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("acl");
    let put = scratch.put(&key).acl(ObjectCannedAcl::PublicRead).send().await;
    if let Err(failure) = put.map_err(|error| scratch.inner.failure(&error)) {
        if failure.code() == "AccessControlListNotSupported" {
            return Ok(Answer::no("the bucket has ACLs disabled (BucketOwnerEnforced)"));
        }
        return Err(failure);
    }
    let plain = Plain::new("GET", links::unsigned(scratch, &key).await?).send(scratch).await?;
    if plain.is_success() && plain.body == BODY {
        // To a server that serves everything to everybody, the ACL means nothing.
        let private = scratch.key("private");
        scratch.store(&private).await?;
        let private = Plain::new("GET", links::unsigned(scratch, &private).await?).send(scratch).await?;
        let refused = !private.is_success();
        return Ok(Answer::yes_if(refused, "objects without an ACL can be read by everybody too"));
    }
    let request = scratch.client.get_object_acl().bucket(scratch.bucket()).key(&key).send().await;
    let acl = request.map_err(|error| scratch.inner.failure(&error))?;
    let is_kept = acl.grants().iter().any(|grant| {
        let everybody = grant.grantee().and_then(|grantee| grantee.uri()) == Some(ALL_USERS);
        everybody && matches!(grant.permission(), Some(Permission::Read | Permission::FullControl))
    });
    if is_kept {
        let status = plain.status;
        let seen =
            format!("it keeps the ACL, but answers {status} to everybody (a public access block does that)");
        return Ok(Answer::No(seen));
    }
    let request = scratch.client.get_bucket_ownership_controls().bucket(scratch.bucket()).send().await;
    let is_enforced = request.is_ok_and(|reply| {
        let rules = reply.ownership_controls.map(|controls| controls.rules).unwrap_or_default();
        rules.iter().any(|rule| rule.object_ownership == ObjectOwnership::BucketOwnerEnforced)
    });
    Ok(Answer::no(if is_enforced {
        "it takes the ACL and drops it: the bucket's owner owns every object (BucketOwnerEnforced)"
    } else {
        "it takes the ACL and drops it"
    }))
}

async fn tags(scratch: &Scratch) -> Result<Answer, Failure> {
    let key = scratch.key("tags");
    let put = scratch.put(&key).tagging("holdall=probe").send().await;
    put.map_err(|error| scratch.inner.failure(&error))?;
    let request = scratch.client.get_object_tagging().bucket(scratch.bucket()).key(&key).send().await;
    let tags = request.map_err(|error| scratch.inner.failure(&error))?;
    let is_kept = matches!(tags.tag_set(), [tag] if (tag.key(), tag.value()) == ("holdall", "probe"));
    Ok(Answer::yes_if(is_kept, "it takes tags with an object and drops them"))
}

async fn versions(scratch: &Scratch) -> Result<Answer, Failure> {
    let request = scratch.client.get_bucket_versioning().bucket(scratch.bucket()).send().await;
    let versioning = request.map_err(|error| scratch.inner.failure(&error))?;
    Ok(match versioning.status() {
        Some(BucketVersioningStatus::Enabled) => Answer::Yes,
        Some(BucketVersioningStatus::Suspended) => Answer::no("versioning is suspended for this bucket"),
        _ => Answer::no("versioning was never switched on for this bucket"),
    })
}

async fn cors(scratch: &Scratch) -> Result<Answer, Failure> {
    let request = scratch.client.get_bucket_cors().bucket(scratch.bucket()).send().await;
    let rules = match request.map_err(|error| scratch.inner.failure(&error)) {
        Ok(reply) => reply.cors_rules.unwrap_or_default(),
        Err(failure) if failure.code() == "NoSuchCORSConfiguration" => Vec::new(),
        Err(failure) => return Err(failure),
    };
    let rule =
        rules.iter().find_map(|rule| Some((rule.allowed_origins.first()?, rule.allowed_methods.first()?)));
    let Some((origin, method)) = rule else {
        return Ok(Answer::no("the bucket has no CORS rules"));
    };
    // An origin that the first rule allows, where it has a wildcard.
    let origin = if origin == "*" { "https://example.com".to_owned() } else { origin.replace('*', "www") };
    let key = scratch.key("cors");
    let preflight = Plain::new("OPTIONS", links::unsigned(scratch, &key).await?)
        .header("origin", &origin)
        .header("access-control-request-method", method)
        .send(scratch)
        .await?;
    let allowed = preflight.header("access-control-allow-origin");
    let is_allowed =
        preflight.is_success() && allowed.is_some_and(|allowed| allowed == "*" || allowed == origin);
    Ok(Answer::yes_if(
        is_allowed,
        "the bucket has CORS rules, but the server does not answer preflight requests by them",
    ))
}

async fn abort_rule(scratch: &Scratch) -> Result<Answer, Failure> {
    let request = scratch.client.get_bucket_lifecycle_configuration().bucket(scratch.bucket()).send().await;
    let rules = match request.map_err(|error| scratch.inner.failure(&error)) {
        Ok(reply) => reply.rules.unwrap_or_default(),
        Err(failure) if failure.code() == "NoSuchLifecycleConfiguration" => Vec::new(),
        // No reason to warn: a server without such rules may sweep by itself, as some do.
        Err(failure) => {
            let error = failure.into_error();
            return Ok(Answer::Unknown(format!("the rules cannot be read: {}", error.reason())));
        }
    };
    let location = scratch.inner.location().prefix();
    let aborts = rules.iter().any(|rule| {
        // The prefix of a rule stands in its filter, or, in old rules, beside it.
        #[expect(deprecated, reason = "rules of before 2017 still have it")]
        let old = rule.prefix();
        let prefix = rule.filter().and_then(LifecycleRuleFilter::prefix).or(old).unwrap_or_default();
        let days = rule
            .abort_incomplete_multipart_upload()
            .and_then(AbortIncompleteMultipartUpload::days_after_initiation);
        *rule.status() == ExpirationStatus::Enabled && days.is_some() && location.starts_with(prefix)
    });
    Ok(Answer::yes_if(aborts, "the bucket has no lifecycle rule that removes abandoned uploads"))
}
