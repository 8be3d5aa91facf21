//! Lifecycle rules: checked, kept and given back. Nothing expires here, however long a test runs.

use std::collections::BTreeSet;

use s3s::dto::{
    DeleteBucketLifecycleInput, DeleteBucketLifecycleOutput, ExpirationStatus,
    GetBucketLifecycleConfigurationInput, GetBucketLifecycleConfigurationOutput, LifecycleRule,
    PutBucketLifecycleConfigurationInput, PutBucketLifecycleConfigurationOutput,
};
use s3s::{S3Request, S3Response, S3Result};

use crate::s3_server::backend::Backend;
use crate::s3_server::refusal::{bad_request, malformed_xml, not_found};

/// Rules of a bucket and characters of a rule's id (Amazon S3 User Guide, "Lifecycle configuration elements").
const MAX_RULES: usize = 1000;
const MAX_ID: usize = 255;

/// Applies S3's rules to the rules, and names those that have no name.
fn checked(mut rules: Vec<LifecycleRule>) -> S3Result<Vec<LifecycleRule>> {
    if rules.is_empty() || rules.len() > MAX_RULES {
        return Err(malformed_xml());
    }
    let mut ids = BTreeSet::new();
    for (number, rule) in rules.iter_mut().enumerate() {
        let id = rule.id.get_or_insert_with(|| format!("rule-{number}"));
        if id.chars().count() > MAX_ID {
            return Err(bad_request("InvalidArgument", "ID length should not exceed allowed limit of 255"));
        }
        if !ids.insert(id.clone()) {
            return Err(bad_request(
                "InvalidArgument",
                "Rule ID must be unique. Found same ID for more than one rule",
            ));
        }
        if !matches!(rule.status.as_str(), ExpirationStatus::ENABLED | ExpirationStatus::DISABLED) {
            return Err(malformed_xml());
        }
        // Where the rule applies is said in exactly one of two ways, the old one and the new one.
        if rule.filter.is_some() == rule.prefix.is_some() {
            return Err(malformed_xml());
        }
        check_actions(rule)?;
    }
    Ok(rules)
}

fn check_actions(rule: &LifecycleRule) -> S3Result<()> {
    let any = rule.abort_incomplete_multipart_upload.is_some()
        || rule.expiration.is_some()
        || rule.noncurrent_version_expiration.is_some()
        || rule.noncurrent_version_transitions.is_some()
        || rule.transitions.is_some();
    if !any {
        return Err(bad_request("InvalidRequest", "At least one action needs to be specified in a rule"));
    }
    let Some(abort) = &rule.abort_incomplete_multipart_upload else { return Ok(()) };
    if abort.days_after_initiation.is_none_or(|days| days < 1) {
        return Err(bad_request("InvalidArgument", "'DaysAfterInitiation' must be a positive integer"));
    }
    let by_tag = rule.filter.as_ref().is_some_and(|filter| {
        filter.tag.is_some() || filter.and.as_ref().is_some_and(|and| and.tags.is_some())
    });
    if by_tag {
        return Err(bad_request(
            "InvalidRequest",
            "AbortIncompleteMultipartUpload cannot be specified with Tags",
        ));
    }
    Ok(())
}

impl Backend {
    /// `PutBucketLifecycleConfiguration`: replaces every rule.
    ///
    /// # Errors
    /// `NoSuchBucket`, `MalformedXML`, `InvalidArgument`, `InvalidRequest`.
    pub(crate) fn put_lifecycle(
        &self,
        req: S3Request<PutBucketLifecycleConfigurationInput>,
    ) -> S3Result<S3Response<PutBucketLifecycleConfigurationOutput>> {
        let rules = req.input.lifecycle_configuration.ok_or_else(malformed_xml)?.rules;
        self.state().bucket_mut(&req.input.bucket)?.config.lifecycle = Some(checked(rules)?);
        Ok(S3Response::new(PutBucketLifecycleConfigurationOutput::default()))
    }

    /// `GetBucketLifecycleConfiguration`.
    ///
    /// # Errors
    /// `NoSuchBucket`, `NoSuchLifecycleConfiguration`.
    pub(crate) fn get_lifecycle(
        &self,
        req: &S3Request<GetBucketLifecycleConfigurationInput>,
    ) -> S3Result<S3Response<GetBucketLifecycleConfigurationOutput>> {
        let rules = self.state().bucket(&req.input.bucket)?.config.lifecycle.clone().ok_or_else(|| {
            not_found("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")
        })?;
        Ok(S3Response::new(GetBucketLifecycleConfigurationOutput {
            rules: Some(rules),
            ..GetBucketLifecycleConfigurationOutput::default()
        }))
    }

    /// `DeleteBucketLifecycle`.
    ///
    /// # Errors
    /// `NoSuchBucket`.
    pub(crate) fn delete_lifecycle(
        &self,
        req: &S3Request<DeleteBucketLifecycleInput>,
    ) -> S3Result<S3Response<DeleteBucketLifecycleOutput>> {
        self.state().bucket_mut(&req.input.bucket)?.config.lifecycle = None;
        Ok(S3Response::new(DeleteBucketLifecycleOutput::default()))
    }
}
