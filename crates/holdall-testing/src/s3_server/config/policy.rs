//! Bucket policies: statements for everybody or for the owner's account, with wildcards, `Allow` and `Deny`.
//!
//! That is enough for what web applications write: "anyone may read below `public/`" and "nobody may delete". What is
//! not evaluated here (conditions, `NotAction`, other principals) is refused when the policy is set, because a policy
//! that is half obeyed is worse than none. (IAM User Guide, "Policy evaluation logic".)

use s3s::dto::{
    DeleteBucketPolicyInput, DeleteBucketPolicyOutput, GetBucketPolicyInput, GetBucketPolicyOutput,
    GetBucketPolicyStatusInput, GetBucketPolicyStatusOutput, PolicyStatus, PutBucketPolicyInput,
    PutBucketPolicyOutput,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};
use serde_json::Value;

use super::Config;
use crate::s3_server::acl::OWNER_ID;
use crate::s3_server::backend::Backend;
use crate::s3_server::refusal::{bad_request, not_found};

/// A policy document is at most 20 KB (Amazon S3 User Guide, "Bucket policies").
const MAX_DOCUMENT: usize = 20 * 1024;

/// A policy as it was set and as it is obeyed.
#[derive(Debug)]
pub(crate) struct Policy {
    document: String,
    statements: Vec<Statement>,
}

#[derive(Debug)]
struct Statement {
    allows: bool,
    /// Whether it is about everybody, or about the owner's account only.
    everybody: bool,
    actions: Vec<String>,
    resources: Vec<String>,
}

/// What a policy says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Refused, whatever else would allow it.
    Deny,
    /// Allowed, also to those without a signature.
    Allow,
    /// The policy says nothing.
    Silent,
}

impl Config {
    /// What the policy says of an operation on the bucket or on a key in it.
    pub(crate) fn decide(&self, anonymous: bool, action: &str, bucket: &str, key: Option<&str>) -> Decision {
        let Some(policy) = &self.policy else { return Decision::Silent };
        let resource = match key {
            Some(key) => format!("arn:aws:s3:::{bucket}/{key}"),
            None => format!("arn:aws:s3:::{bucket}"),
        };
        let mut decision = Decision::Silent;
        for statement in &policy.statements {
            if anonymous && !statement.everybody
                || !statement
                    .actions
                    .iter()
                    .any(|pattern| fits(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase()))
                || !statement.resources.iter().any(|pattern| fits(pattern, &resource))
            {
                continue;
            }
            match statement.allows {
                false => return Decision::Deny,
                true if statement.everybody && anonymous && self.restricts_public_bucket() => {}
                true => decision = Decision::Allow,
            }
        }
        decision
    }
}

/// The action that an operation needs (Service Authorization Reference, "Actions defined by Amazon S3").
pub(crate) fn action_of(operation: &str, version: bool) -> String {
    let name = match (operation, version) {
        ("HeadObject" | "GetObject" | "GetObjectAttributes", false) => "GetObject",
        ("HeadObject" | "GetObject" | "GetObjectAttributes", true) => "GetObjectVersion",
        ("DeleteObject", true) => "DeleteObjectVersion",
        (
            "PostObject"
            | "CopyObject"
            | "CreateMultipartUpload"
            | "UploadPart"
            | "UploadPartCopy"
            | "CompleteMultipartUpload",
            _,
        ) => "PutObject",
        ("HeadBucket" | "ListObjectsV2", _) => "ListBucket",
        ("ListObjectVersions", _) => "ListBucketVersions",
        ("ListMultipartUploads", _) => "ListBucketMultipartUploads",
        ("ListParts", _) => "ListMultipartUploadParts",
        ("PutBucketCors" | "DeleteBucketCors", _) => "PutBucketCORS",
        ("GetBucketCors", _) => "GetBucketCORS",
        ("PutBucketLifecycleConfiguration" | "DeleteBucketLifecycle", _) => "PutLifecycleConfiguration",
        ("GetBucketLifecycleConfiguration", _) => "GetLifecycleConfiguration",
        ("PutPublicAccessBlock" | "DeletePublicAccessBlock", _) => "PutBucketPublicAccessBlock",
        ("GetPublicAccessBlock", _) => "GetBucketPublicAccessBlock",
        (other, _) => other,
    };
    format!("s3:{name}")
}

impl Policy {
    /// Reads a document.
    ///
    /// # Errors
    /// `MalformedPolicy` (400); `NotImplemented` (501) for what this server would not obey.
    fn parse(document: String, bucket: &str) -> S3Result<Self> {
        let malformed = |message: &'static str| bad_request("MalformedPolicy", message);
        if document.len() > MAX_DOCUMENT {
            return Err(malformed(
                "Normalized policy document exceeds the maximum allowed size of 20480 bytes.",
            ));
        }
        let value: Value = serde_json::from_str(&document)
            .map_err(|_| malformed("Policies must be valid JSON and the first byte must be '{'"))?;
        let statements = match &value["Statement"] {
            Value::Array(statements) => statements.iter().collect(),
            one @ Value::Object(_) => vec![one],
            _ => return Err(malformed("Missing required field Statement")),
        };
        let statements = statements.into_iter().map(|statement| Statement::parse(statement, bucket));
        Ok(Self { statements: statements.collect::<S3Result<_>>()?, document })
    }

    /// Whether it allows something to everybody.
    fn is_public(&self) -> bool {
        self.statements.iter().any(|statement| statement.allows && statement.everybody)
    }
}

impl Statement {
    fn parse(value: &Value, bucket: &str) -> S3Result<Self> {
        let malformed = |message: &'static str| bad_request("MalformedPolicy", message);
        if let Some(field) = ["Condition", "NotAction", "NotResource", "NotPrincipal"]
            .into_iter()
            .find(|field| !value[*field].is_null())
        {
            return Err(s3_error!(NotImplemented, "This test server does not evaluate {field} in a policy."));
        }
        let allows = match value["Effect"].as_str() {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err(malformed("Invalid effect")),
        };
        let principal =
            if value["Principal"].is_object() { &value["Principal"]["AWS"] } else { &value["Principal"] };
        let principals = strings(principal).ok_or_else(|| malformed("Invalid principal in policy"))?;
        let root = format!("arn:aws:iam::{OWNER_ID}:root");
        let everybody = principals.iter().any(|principal| principal == "*");
        if !everybody && !principals.iter().any(|principal| *principal == root || principal == OWNER_ID) {
            return Err(s3_error!(
                NotImplemented,
                "This test server knows the principals * and {root} only."
            ));
        }
        let actions = strings(&value["Action"]).ok_or_else(|| malformed("Missing required field Action"))?;
        if !actions.iter().all(|action| action == "*" || action.starts_with("s3:")) {
            return Err(malformed("Policy has invalid action"));
        }
        let resources =
            strings(&value["Resource"]).ok_or_else(|| malformed("Missing required field Resource"))?;
        let (own, below) = (format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/"));
        if !resources.iter().all(|resource| *resource == own || resource.starts_with(&below)) {
            return Err(malformed("Policy has invalid resource"));
        }
        Ok(Self { allows, everybody, actions, resources })
    }
}

/// One string or several; `None` for anything else and for nothing.
fn strings(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(several) if !several.is_empty() => {
            several.iter().map(|one| one.as_str().map(str::to_owned)).collect()
        }
        _ => None,
    }
}

/// `*` stands for any text, `?` for any one character.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| fits(rest, &text[at..]))
        }
        Some(first) => text.chars().next().is_some_and(|next| {
            (first == '?' || first == next) && fits(&pattern[first.len_utf8()..], &text[next.len_utf8()..])
        }),
    }
}

impl Backend {
    /// `PutBucketPolicy`.
    ///
    /// # Errors
    /// `NoSuchBucket`, `MalformedPolicy`, `NotImplemented`; `AccessDenied` for a public policy where those are blocked.
    pub(crate) fn put_policy(
        &self,
        req: S3Request<PutBucketPolicyInput>,
    ) -> S3Result<S3Response<PutBucketPolicyOutput>> {
        let input = req.input;
        let mut state = self.state();
        let bucket = state.bucket_mut(&input.bucket)?;
        let policy = Policy::parse(input.policy, &input.bucket)?;
        if policy.is_public() && bucket.config.blocks_public_policy() {
            return Err(s3_error!(
                AccessDenied,
                "Access Denied: public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
            ));
        }
        bucket.config.policy = Some(policy);
        Ok(S3Response::new(PutBucketPolicyOutput::default()))
    }

    /// `GetBucketPolicy`: the document as it was set.
    ///
    /// # Errors
    /// `NoSuchBucket`, `NoSuchBucketPolicy`.
    pub(crate) fn get_policy(
        &self,
        req: &S3Request<GetBucketPolicyInput>,
    ) -> S3Result<S3Response<GetBucketPolicyOutput>> {
        let state = self.state();
        let policy = state.bucket(&req.input.bucket)?.config.policy.as_ref().ok_or_else(no_policy)?;
        Ok(S3Response::new(GetBucketPolicyOutput { policy: Some(policy.document.clone()) }))
    }

    /// `GetBucketPolicyStatus`: whether the policy is public.
    ///
    /// # Errors
    /// `NoSuchBucket`, `NoSuchBucketPolicy`.
    pub(crate) fn get_policy_status(
        &self,
        req: &S3Request<GetBucketPolicyStatusInput>,
    ) -> S3Result<S3Response<GetBucketPolicyStatusOutput>> {
        let state = self.state();
        let policy = state.bucket(&req.input.bucket)?.config.policy.as_ref().ok_or_else(no_policy)?;
        Ok(S3Response::new(GetBucketPolicyStatusOutput {
            policy_status: Some(PolicyStatus { is_public: Some(policy.is_public()) }),
        }))
    }

    /// `DeleteBucketPolicy`.
    ///
    /// # Errors
    /// `NoSuchBucket`.
    pub(crate) fn delete_policy(
        &self,
        req: &S3Request<DeleteBucketPolicyInput>,
    ) -> S3Result<S3Response<DeleteBucketPolicyOutput>> {
        self.state().bucket_mut(&req.input.bucket)?.config.policy = None;
        Ok(S3Response::new(DeleteBucketPolicyOutput::default()))
    }
}

fn no_policy() -> s3s::S3Error {
    not_found("NoSuchBucketPolicy", "The bucket policy does not exist")
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn wildcards_stand_for_any_text_and_any_one_character() {
        for (pattern, text, expected) in [
            ("s3:*", "s3:GetObject", true),
            ("s3:Get*", "s3:GetObject", true),
            ("s3:Get*", "s3:PutObject", false),
            ("arn:aws:s3:::b/public/*", "arn:aws:s3:::b/public/한/x", true),
            ("arn:aws:s3:::b/public/*", "arn:aws:s3:::b/private/x", false),
            ("a?c*e", "abcde", true),
            ("a?c", "ac", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
