//! The gate that every request with a good signature (or none) passes before its operation runs.
//!
//! s3s calls it once it knows the operation. Here the log learns the names, a fault is chosen, and what no operation
//! could answer honestly is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use hyper::HeaderMap;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::path::S3Path;
use s3s::{S3Result, s3_error};

use super::acl::OWNER_ID;
use super::backend::Backend;
use super::clock;
use super::config::payer;
use super::config::policy::{Decision, action_of};
use super::faults::Target;
use super::form::Form;
use super::refusal::{permanent_redirect, region_header};
use super::service::Call;

/// Operations that an anonymous request may try; whether it may read *this* object is decided under the lock, with
/// the object at hand.
const ANONYMOUS: [&str; 2] = ["GetObject", "HeadObject"];

/// Headers that ask for something that this server does not do. Accepting them would let a test pass that fails on S3.
const REFUSED: [&str; 1] = ["x-amz-write-offset-bytes"];

/// The pairs of keys. s3s has such a thing too, but it calls an unknown key `NotSignedUp`.
#[derive(Debug)]
pub(crate) struct Keys(pub(crate) BTreeMap<String, SecretKey>);

#[async_trait::async_trait]
impl S3Auth for Keys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        self.0.get(access_key).cloned().ok_or_else(|| {
            s3_error!(InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.")
        })
    }
}

/// The gate, which knows the buckets and their settings.
#[derive(Debug)]
pub(crate) struct Gate(pub(crate) Backend);

#[async_trait::async_trait]
impl S3Access for Gate {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let operation = cx.s3_op().name().to_owned();
        let bucket = cx.s3_path().get_bucket_name().map(str::to_owned);
        let key = cx.s3_path().get_object_key().map(str::to_owned);
        let query = cx.uri().query().unwrap_or_default().to_owned();
        let call = cx.extensions_mut().get::<Arc<Call>>().cloned();
        let form = call.as_ref().and_then(|call| call.form.as_ref());
        let key = key.or_else(|| Some(form?.field("key")?.to_owned()));
        let now = self.0.signing_now();
        clock::check(cx.headers(), &query, now)?;
        self.check_token(cx.headers(), &query, form)?;
        if let Some(refusal) = form.and_then(|form| form.judge(bucket.as_deref().unwrap_or_default(), now)) {
            return Err(refusal);
        }
        if let Some(call) = &call {
            let part_number = parameter(&query, "partNumber").and_then(|number| number.parse().ok());
            call.identified(&operation, bucket, key.clone());
            call.meet_faults(Target { operation: &operation, key: key.as_deref(), part_number }).await?;
        }

        let anonymous = cx.credentials().is_none();
        self.check_region(cx.headers(), &query)?;
        let charged = self.check_bucket(&operation, anonymous, cx.s3_path(), cx.headers(), &query)?;
        if let Some(call) = call.filter(|_| charged) {
            call.charge();
        }
        if ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"]
            .into_iter()
            .filter_map(|name| cx.headers().get(name))
            .any(|owner| owner != OWNER_ID)
        {
            return Err(s3_error!(AccessDenied, "Access Denied"));
        }
        // A read is told how the object is encrypted, it does not say so.
        if ANONYMOUS.contains(&operation.as_str())
            && cx.headers().contains_key("x-amz-server-side-encryption")
        {
            return Err(s3_error!(
                InvalidArgument,
                "x-amz-server-side-encryption header is not supported for this operation."
            ));
        }
        if let Some(name) = REFUSED.into_iter().find(|name| cx.headers().contains_key(*name)) {
            return Err(s3_error!(NotImplemented, "This test server does not implement the header {name}."));
        }
        Ok(())
    }
}

impl Gate {
    /// Refuses a session token that the test has declared expired.
    fn check_token(&self, headers: &HeaderMap, query: &str, form: Option<&Form>) -> S3Result<()> {
        let sent = form.and_then(|form| form.field("x-amz-security-token"));
        clock::check_token(headers, query, sent, &self.0.state().expired_tokens)
    }

    /// S3 refuses a request that is signed for another region and names the right one.
    fn check_region(&self, headers: &HeaderMap, query: &str) -> S3Result<()> {
        let (true, Some(scope)) = (self.0.region_is_fixed(), credential_scope(headers, query)) else {
            return Ok(());
        };
        let expected = self.0.region();
        // <access key>/<date>/<region>/s3/aws4_request
        let Some(signed) = scope.rsplit('/').nth(2).filter(|region| *region != expected) else {
            return Ok(());
        };
        let mut error = s3_error!(
            AuthorizationHeaderMalformed,
            "The authorization header is malformed; the region '{signed}' is wrong; expecting '{expected}'"
        );
        error.set_headers(region_header(expected));
        Err(error)
    }

    /// What the settings of the bucket say to the request: where it lies, who may do this, and who pays. True if it is
    /// the requester.
    fn check_bucket(
        &self,
        operation: &str,
        anonymous: bool,
        path: &S3Path,
        headers: &HeaderMap,
        query: &str,
    ) -> S3Result<bool> {
        let denied = || s3_error!(AccessDenied, "Access Denied");
        let may_try = !anonymous || ANONYMOUS.contains(&operation);
        let state = self.0.state();
        let Some((name, bucket)) =
            path.get_bucket_name().and_then(|name| Some((name, state.buckets.get(name)?)))
        else {
            // The operation itself says that there is no such bucket, to those who may know.
            return if may_try { Ok(false) } else { Err(denied()) };
        };
        if bucket.config.elsewhere && operation != "GetBucketLocation" {
            return Err(permanent_redirect(self.0.region_of(bucket)));
        }
        let action = action_of(operation, parameter(query, "versionId").is_some());
        // Nobody can lock the owner out of the policy itself.
        let decision = if operation.ends_with("BucketPolicy") && !anonymous {
            Decision::Silent
        } else {
            bucket.config.decide(anonymous, &action, name, path.get_object_key())
        };
        match decision {
            Decision::Deny => return Err(denied()),
            Decision::Silent if !may_try => return Err(denied()),
            Decision::Allow | Decision::Silent => {}
        }
        if bucket.config.requester_pays {
            payer::check(operation, anonymous, headers, query)?;
        }
        Ok(bucket.config.requester_pays)
    }
}

/// The credential of the `Authorization` header or of a presigned URL.
fn credential_scope(headers: &HeaderMap, query: &str) -> Option<String> {
    if let Some(value) = parameter(query, "X-Amz-Credential") {
        return Some(percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned());
    }
    let authorization = headers.get("authorization")?.to_str().ok()?;
    let (_, rest) = authorization.split_once("Credential=")?;
    Some(rest.split(',').next().unwrap_or(rest).trim().to_owned())
}

/// The raw value of a query parameter.
pub(crate) fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}
