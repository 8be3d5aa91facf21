//! Bucket policies: who may do what, as JSON.

use holdall_core::{Error, ErrorKind, Location, Result};
use serde_json::{Map, Value, json};

use super::Buckets;

/// The largest policy that S3 takes, in bytes ("Bucket policies", Amazon S3 User Guide).
const MAX_BYTES: usize = 20 << 10;

/// A bucket policy: statements for the common cases, and raw ones for the others.
///
/// It does not name its bucket: that is filled in when it is [set](Buckets::set_policy).
///
/// ```
/// use holdall_s3::BucketPolicy;
///
/// let policy = BucketPolicy::new().allow_public_read("media/public")?.deny_insecure_transport();
/// assert!(policy.to_json("my-site").contains("arn:aws:s3:::my-site/media/public/*"));
/// # Ok::<(), holdall_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[must_use = "a policy does nothing until it is set"]
pub struct BucketPolicy {
    statements: Vec<Statement>,
    /// A whole document that was given as text.
    raw: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum Statement {
    PublicRead(Location),
    SecureTransport,
    CloudFront { distribution: String, location: Location },
    Raw(Value),
}

impl BucketPolicy {
    /// A policy without statements.
    pub fn new() -> Self {
        Self::default()
    }

    /// A whole document of your own, as it is.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for what is not JSON or cannot be a policy (an object with a `Statement`), or over 20 KiB.
    pub fn from_json(document: impl Into<String>) -> Result<Self> {
        let document = document.into();
        let value = parse(&document)?;
        let statements = value.get("Statement").map(|statements| match statements {
            Value::Array(statements) => statements.iter().all(is_statement),
            one => is_statement(one),
        });
        if statements != Some(true) {
            return Err(invalid(
                "a policy is an object with Statement, whose every entry has Effect and Action",
            ));
        }
        Ok(Self { statements: Vec::new(), raw: Some(document) })
    }

    /// Everybody may read what lies at that location; `""` is the whole bucket. The bucket's
    /// [`PublicAccessBlock`](super::PublicAccessBlock) must let it.
    ///
    /// # Errors
    ///
    /// `InvalidName` for what is no location.
    pub fn allow_public_read(self, location: &str) -> Result<Self> {
        let location = Location::new(location)?;
        Ok(self.with(Statement::PublicRead(location)))
    }

    /// Nobody may do anything over plain HTTP.
    pub fn deny_insecure_transport(self) -> Self {
        self.with(Statement::SecureTransport)
    }

    /// That CloudFront distribution, by its ARN (`arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMPLE`), may
    /// read what lies at that location, with an origin access control.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for what is no ARN of a distribution; `InvalidName` for what is no location.
    pub fn allow_cloudfront(self, distribution: &str, location: &str) -> Result<Self> {
        let mut fields = distribution.splitn(6, ':');
        let is_arn = fields.next() == Some("arn")
            && fields.next().is_some_and(|partition| partition.starts_with("aws"))
            && fields.next() == Some("cloudfront")
            && fields.next() == Some("")
            && fields
                .next()
                .is_some_and(|account| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()))
            && fields
                .next()
                .and_then(|rest| rest.strip_prefix("distribution/"))
                .is_some_and(|id| !id.is_empty());
        if !is_arn {
            return Err(invalid(format!(
                "{distribution:?} is not the ARN of a distribution; they look like \
                 \"arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMPLE\""
            )));
        }
        let location = Location::new(location)?;
        Ok(self.with(Statement::CloudFront { distribution: distribution.to_owned(), location }))
    }

    /// One statement of your own, as a JSON object.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for what is no JSON object with `Effect` and `Action`.
    pub fn statement(self, statement: &str) -> Result<Self> {
        let value = parse(statement)?;
        if !is_statement(&value) {
            return Err(invalid("a statement is an object with Effect and Action"));
        }
        Ok(self.with(Statement::Raw(value)))
    }

    fn with(mut self, statement: Statement) -> Self {
        self.statements.push(statement);
        self
    }

    /// The document for that bucket, in the partition `aws`.
    pub fn to_json(&self, bucket: &str) -> String {
        self.document(bucket, "aws")
    }

    fn document(&self, bucket: &str, partition: &str) -> String {
        if let Some(raw) = &self.raw {
            return raw.clone();
        }
        let arn = format!("arn:{partition}:s3:::{bucket}");
        let statements: Vec<_> = self.statements.iter().map(|statement| statement.to_json(&arn)).collect();
        json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
    }
}

impl Statement {
    fn to_json(&self, arn: &str) -> Value {
        match self {
            Self::PublicRead(location) => json!({
                "Sid": "PublicRead",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": format!("{arn}/{}*", literal(&location.prefix())),
            }),
            Self::SecureTransport => json!({
                "Sid": "SecureTransport",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, format!("{arn}/*")],
                "Condition": { "Bool": { "aws:SecureTransport": "false" } },
            }),
            Self::CloudFront { distribution, location } => json!({
                "Sid": "CloudFrontRead",
                "Effect": "Allow",
                "Principal": { "Service": "cloudfront.amazonaws.com" },
                "Action": "s3:GetObject",
                "Resource": format!("{arn}/{}*", literal(&location.prefix())),
                "Condition": { "StringEquals": { "AWS:SourceArn": distribution } },
            }),
            Self::Raw(value) => value.clone(),
        }
    }
}

/// The special characters of a resource, escaped ("IAM JSON policy elements: Variables and tags").
fn literal(prefix: &str) -> String {
    let mut text = String::with_capacity(prefix.len());
    for letter in prefix.chars() {
        match letter {
            '*' | '?' | '$' => text.extend(["${", letter.to_string().as_str(), "}"]),
            _ => text.push(letter),
        }
    }
    text
}

fn is_statement(value: &Value) -> bool {
    let has = |object: &Map<String, Value>, one: &str, other: &str| {
        object.contains_key(one) || object.contains_key(other)
    };
    value.as_object().is_some_and(|object| {
        matches!(object.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny"))
            && has(object, "Action", "NotAction")
    })
}

fn parse(document: &str) -> Result<Value> {
    if document.len() > MAX_BYTES {
        return Err(invalid(format!(
            "a policy of {} bytes is over the 20 KiB that S3 takes",
            document.len()
        )));
    }
    serde_json::from_str(document).map_err(|error| invalid(format!("the policy is not JSON: {error}")))
}

fn invalid(message: impl Into<String>) -> Error {
    Error::message(ErrorKind::InvalidInput, message)
}

/// The code of servers for a bucket without this setting.
const UNSET: &str = "NoSuchBucketPolicy";

impl Buckets {
    /// The policy of a bucket as JSON; `None` where there is none.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied` (`s3:GetBucketPolicy`); `Unsupported` where the server has none.
    pub async fn policy(&self, bucket: &str) -> Result<Option<String>> {
        let reply = self.inner.client().await?.get_bucket_policy().bucket(bucket).send().await;
        let reply = self.setting(reply, UNSET, bucket, "s3:GetBucketPolicy")?;
        Ok(reply.and_then(|reply| reply.policy).filter(|policy| !policy.is_empty()))
    }

    /// Replaces the policy of a bucket.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a policy without statements or over 20 KiB; `NotFound`; `PermissionDenied`
    /// (`s3:PutBucketPolicy`, also for a public policy where those are blocked); `Unsupported` where the server has
    /// none.
    pub async fn set_policy(&self, bucket: &str, policy: &BucketPolicy) -> Result<()> {
        if policy.raw.is_none() && policy.statements.is_empty() {
            let error = invalid("the policy has no statement; use delete_policy to take one away");
            return Err(self.located(error, bucket));
        }
        let sdk = self.inner.sdk().await?;
        let partition = match sdk.region.as_str() {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        let document = policy.document(bucket, partition);
        parse(&document).map_err(|error| self.located(error, bucket))?;
        let reply = sdk.client.put_bucket_policy().bucket(bucket).policy(document).send().await;
        reply.map_err(|error| self.failed(self.inner.failure(&error), bucket, "s3:PutBucketPolicy"))?;
        Ok(())
    }

    /// Takes the policy of a bucket away; fine where there is none.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied` (`s3:DeleteBucketPolicy`); `Unsupported` where the server has none.
    pub async fn delete_policy(&self, bucket: &str) -> Result<()> {
        let reply = self.inner.client().await?.delete_bucket_policy().bucket(bucket).send().await;
        self.setting(reply, UNSET, bucket, "s3:DeleteBucketPolicy").map(drop)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::BucketPolicy;

    #[test]
    fn statements_name_bucket_and_partition() {
        let arn = "arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMPLE";
        let policy = BucketPolicy::new()
            .allow_public_read("pub/a*b")
            .unwrap()
            .deny_insecure_transport()
            .allow_cloudfront(arn, "")
            .unwrap();
        let document: Value = serde_json::from_str(&policy.document("my-site", "aws-cn")).unwrap();
        assert_eq!(document["Statement"][0]["Resource"], "arn:aws-cn:s3:::my-site/pub/a${*}b/*");
        assert_eq!(document["Statement"][1]["Resource"][0], "arn:aws-cn:s3:::my-site");
        assert_eq!(document["Statement"][1]["Condition"]["Bool"]["aws:SecureTransport"], "false");
        assert_eq!(document["Statement"][2]["Resource"], "arn:aws-cn:s3:::my-site/*");
        assert_eq!(document["Statement"][2]["Condition"]["StringEquals"]["AWS:SourceArn"], arn);
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        let statement = r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}"#;
        assert!(BucketPolicy::new().statement(statement).is_ok());
        assert!(BucketPolicy::from_json(format!(r#"{{"Statement":[{statement}]}}"#)).is_ok());
        assert!(BucketPolicy::from_json(format!(r#"{{"Statement":{statement}}}"#)).is_ok());
        for wrong in ["", "{", "[]", "{}", r#"{"Statement":"x"}"#, r#"{"Statement":[{"Effect":"Maybe"}]}"#] {
            assert!(BucketPolicy::from_json(wrong).is_err(), "{wrong}");
        }
        assert!(BucketPolicy::from_json(" ".repeat(21 << 10)).is_err());
        for wrong in ["arn:aws:s3:::bucket", "EDFDVBD6EXAMPLE", "arn:aws:cloudfront::1:distribution/X"] {
            assert!(BucketPolicy::new().allow_cloudfront(wrong, "").is_err(), "{wrong}");
        }
        assert!(BucketPolicy::new().allow_public_read("../x").is_err());
    }
}
