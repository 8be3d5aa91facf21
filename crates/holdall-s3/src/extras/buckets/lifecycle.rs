//! Lifecycle rules: what the server deletes by itself.

use aws_sdk_s3::operation::get_bucket_lifecycle_configuration::GetBucketLifecycleConfigurationOutput;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus, LifecycleExpiration,
    LifecycleRule as SdkRule, LifecycleRuleFilter, NoncurrentVersionExpiration,
};
use holdall_core::{Error, ErrorKind, Result};

use super::{Buckets, unmade};

/// The rule that [`Buckets::abort_abandoned_uploads`] keeps.
const ABANDONED: &str = "holdall-abort-abandoned-uploads";

/// A rule by which the server deletes what is old ("Managing the lifecycle of objects", Amazon S3 User Guide).
///
/// If a rule that was read has more than these fields (transitions to other storage classes, filters by tag or size),
/// the rest is kept as it is when the rule is written back.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LifecycleRule {
    /// Its name, unique in the bucket.
    pub id: String,
    /// Only keys that begin with this; all without.
    pub prefix: String,
    /// Whether it is in force.
    pub enabled: bool,
    /// Delete objects of that age in days; with versions, hide them.
    pub expire_after_days: Option<u32>,
    /// Delete versions for good that were replaced or hidden that many days ago.
    pub expire_old_versions_after_days: Option<u32>,
    /// Abort multipart uploads that were begun that many days ago and not completed.
    pub abort_uploads_after_days: Option<u32>,
    /// The rule as the server sent it.
    read: Option<Box<SdkRule>>,
}

impl LifecycleRule {
    /// A rule in force for all keys, which does nothing yet.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            prefix: String::new(),
            enabled: true,
            expire_after_days: None,
            expire_old_versions_after_days: None,
            abort_uploads_after_days: None,
            read: None,
        }
    }

    /// Only for keys that begin with this: `media/tmp/`.
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Deletes objects of that age.
    pub fn with_expire_after_days(mut self, days: u32) -> Self {
        self.expire_after_days = Some(days);
        self
    }

    /// Deletes versions that were replaced that many days ago.
    pub fn with_expire_old_versions_after_days(mut self, days: u32) -> Self {
        self.expire_old_versions_after_days = Some(days);
        self
    }

    /// Aborts multipart uploads that were begun that many days ago.
    pub fn with_abort_uploads_after_days(mut self, days: u32) -> Self {
        self.abort_uploads_after_days = Some(days);
        self
    }

    fn of_server(rule: &SdkRule) -> Self {
        let days = |days: Option<i32>| days.and_then(|days| u32::try_from(days).ok());
        let filter = rule.filter.as_ref();
        let of_filter = filter.and_then(|filter| {
            let of_several = || filter.and.as_ref()?.prefix.as_deref();
            filter.prefix.as_deref().or_else(of_several)
        });
        #[expect(deprecated, reason = "rules of old clients have their prefix there")]
        let prefix = of_filter.or(rule.prefix.as_deref()).unwrap_or_default().to_owned();
        Self {
            id: rule.id.clone().unwrap_or_default(),
            prefix,
            enabled: rule.status == ExpirationStatus::Enabled,
            expire_after_days: days(rule.expiration.as_ref().and_then(|expiration| expiration.days)),
            expire_old_versions_after_days: days(
                rule.noncurrent_version_expiration.as_ref().and_then(|expiration| expiration.noncurrent_days),
            ),
            abort_uploads_after_days: days(
                rule.abort_incomplete_multipart_upload.as_ref().and_then(|abort| abort.days_after_initiation),
            ),
            read: Some(Box::new(rule.clone())),
        }
    }

    /// The rule as it is sent: what was read, with these fields.
    fn to_sdk(&self) -> Result<SdkRule> {
        let invalid = |message: String| Error::message(ErrorKind::InvalidInput, message);
        let days = |days: Option<u32>| match days {
            Some(0) => Err(invalid(format!("the rule {:?} has 0 days; the least is one", self.id))),
            Some(days) => i32::try_from(days).map(Some).map_err(|_| invalid("that many days".to_owned())),
            None => Ok(None),
        };
        if self.id.is_empty() || self.id.chars().count() > 255 {
            return Err(invalid("a lifecycle rule needs a name of at most 255 characters".to_owned()));
        }
        let status = if self.enabled { ExpirationStatus::Enabled } else { ExpirationStatus::Disabled };
        let mut rule = match &self.read {
            Some(read) => (**read).clone(),
            None => SdkRule::builder().status(status.clone()).build().map_err(|error| unmade(&error))?,
        };
        rule.id = Some(self.id.clone());
        rule.status = status;
        if self.read.as_deref().map(Self::of_server).is_none_or(|read| read.prefix != self.prefix) {
            let by_more = rule.filter.as_ref().is_some_and(|filter| {
                filter.and.is_some()
                    || filter.tag.is_some()
                    || filter.object_size_greater_than.is_some()
                    || filter.object_size_less_than.is_some()
            });
            if by_more {
                let message = format!(
                    "the rule {:?} filters by tag or size, too; its prefix cannot be changed here",
                    self.id
                );
                return Err(invalid(message));
            }
            #[expect(deprecated, reason = "S3 takes it in one place only")]
            {
                rule.prefix = None;
            }
            rule.filter = Some(LifecycleRuleFilter::builder().prefix(&self.prefix).build());
        }
        rule.expiration = match (days(self.expire_after_days)?, rule.expiration) {
            (Some(days), _) => Some(LifecycleExpiration::builder().days(days).build()),
            // A date, or the removal of delete markers that hide nothing any more: not ours to change.
            (None, Some(other)) if other.days.is_none() => Some(other),
            (None, _) => None,
        };
        let kept = rule.noncurrent_version_expiration.take();
        let newer = kept.as_ref().and_then(|expiration| expiration.newer_noncurrent_versions);
        rule.noncurrent_version_expiration = days(self.expire_old_versions_after_days)?.map(|days| {
            let expiration = NoncurrentVersionExpiration::builder().noncurrent_days(days);
            expiration.set_newer_noncurrent_versions(newer).build()
        });
        rule.abort_incomplete_multipart_upload = days(self.abort_uploads_after_days)?
            .map(|days| AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build());
        let does_something = rule.expiration.is_some()
            || rule.noncurrent_version_expiration.is_some()
            || rule.abort_incomplete_multipart_upload.is_some()
            || !rule.transitions().is_empty()
            || !rule.noncurrent_version_transitions().is_empty();
        if !does_something {
            return Err(invalid(format!(
                "the lifecycle rule {:?} does nothing; say after how many days",
                self.id
            )));
        }
        Ok(rule)
    }
}

/// The code of servers for a bucket without this setting.
const UNSET: &str = "NoSuchLifecycleConfiguration";

impl Buckets {
    /// The lifecycle rules of a bucket; none where none were set.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied` (`s3:GetLifecycleConfiguration`); `Unsupported` where the server has none.
    pub async fn lifecycle(&self, bucket: &str) -> Result<Vec<LifecycleRule>> {
        let reply =
            self.inner.client().await?.get_bucket_lifecycle_configuration().bucket(bucket).send().await;
        let reply = self.setting(reply, UNSET, bucket, "s3:GetLifecycleConfiguration")?;
        Ok(reply
            .iter()
            .flat_map(GetBucketLifecycleConfigurationOutput::rules)
            .map(LifecycleRule::of_server)
            .collect())
    }

    /// Replaces the lifecycle rules of a bucket; none delete them.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a rule without name or effect; `NotFound`; `PermissionDenied`
    /// (`s3:PutLifecycleConfiguration`); `Unsupported` where the server has none.
    pub async fn set_lifecycle(&self, bucket: &str, rules: &[LifecycleRule]) -> Result<()> {
        if rules.is_empty() {
            return self.delete_lifecycle(bucket).await;
        }
        let rules = rules.iter().map(LifecycleRule::to_sdk).collect::<Result<Vec<_>>>();
        let rules = rules.map_err(|error| self.located(error, bucket))?;
        let configuration = BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build();
        let configuration = configuration.map_err(|error| unmade(&error))?;
        let request = self.inner.client().await?.put_bucket_lifecycle_configuration().bucket(bucket);
        let reply = request.lifecycle_configuration(configuration).send().await;
        reply.map_err(|error| {
            self.failed(self.inner.failure(&error), bucket, "s3:PutLifecycleConfiguration")
        })?;
        Ok(())
    }

    /// Deletes the lifecycle rules of a bucket; fine where there are none.
    ///
    /// # Errors
    ///
    /// As [`set_lifecycle`](Self::set_lifecycle).
    pub async fn delete_lifecycle(&self, bucket: &str) -> Result<()> {
        let reply = self.inner.client().await?.delete_bucket_lifecycle().bucket(bucket).send().await;
        self.setting(reply, UNSET, bucket, "s3:PutLifecycleConfiguration").map(drop)
    }

    /// Has the server abort multipart uploads that were not completed within so many days: what a process that died
    /// in the middle of a save leaves, is paid for, and is listed nowhere. A week is a good time.
    ///
    /// Adds one rule to those that are there, or changes it; nothing is sent where it says so already. Where the
    /// server has no lifecycle rules, see
    /// [`Storage::sweep`](holdall_core::Storage::sweep).
    ///
    /// # Errors
    ///
    /// As [`lifecycle`](Self::lifecycle) and [`set_lifecycle`](Self::set_lifecycle).
    pub async fn abort_abandoned_uploads(&self, bucket: &str, days: u32) -> Result<()> {
        let mut rules = self.lifecycle(bucket).await?;
        let wanted = LifecycleRule::new(ABANDONED).with_abort_uploads_after_days(days);
        match rules.iter_mut().find(|rule| rule.id == ABANDONED) {
            Some(rule)
                if rule.enabled && rule.prefix.is_empty() && rule.abort_uploads_after_days == Some(days) =>
            {
                return Ok(());
            }
            Some(rule) => *rule = wanted,
            None => rules.push(wanted),
        }
        self.set_lifecycle(bucket, &rules).await
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::{Transition, TransitionStorageClass};

    use super::LifecycleRule;

    #[test]
    fn what_is_not_shown_is_kept() {
        let mut foreign = LifecycleRule::new("theirs").with_prefix("logs/").with_expire_after_days(90);
        let mut sdk = foreign.to_sdk().unwrap();
        let archive = Transition::builder().days(30).storage_class(TransitionStorageClass::Glacier).build();
        sdk.transitions = Some(vec![archive]);
        foreign = LifecycleRule::of_server(&sdk);
        assert_eq!((foreign.prefix.as_str(), foreign.expire_after_days), ("logs/", Some(90)));
        assert_eq!(foreign.to_sdk().unwrap(), sdk);
        foreign.expire_after_days = None;
        foreign.enabled = false;
        let changed = foreign.to_sdk().unwrap();
        assert_eq!((changed.transitions().len(), changed.expiration()), (1, None));
    }

    #[test]
    fn rules_without_effect_are_refused() {
        for rule in [
            LifecycleRule::new("nothing"),
            LifecycleRule::new("").with_expire_after_days(1),
            LifecycleRule::new("zero").with_expire_after_days(0),
            LifecycleRule::new("x".repeat(256)).with_expire_after_days(1),
        ] {
            assert!(rule.to_sdk().is_err(), "{rule:?}");
        }
    }
}
