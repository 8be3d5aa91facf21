//! Requester pays: whoever asks must say that they pay for it.
//!
//! On S3 the owner need not. Here every signed request to such a bucket counts as one of another account, because that
//! is what there is to test.

use hyper::HeaderMap;
use s3s::dto::{
    GetBucketRequestPaymentInput, GetBucketRequestPaymentOutput, Payer, PutBucketRequestPaymentInput,
    PutBucketRequestPaymentOutput,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use crate::s3_server::backend::Backend;
use crate::s3_server::refusal::malformed_xml;

/// Refuses a request to a bucket whose requesters pay, unless it says that it does.
///
/// # Errors
/// `AccessDenied` (403).
pub(crate) fn check(operation: &str, anonymous: bool, headers: &HeaderMap, query: &str) -> S3Result<()> {
    // The bucket's settings are the owner's business and cost the requester nothing.
    if operation.contains("Bucket") && operation != "HeadBucket" || operation.contains("PublicAccessBlock") {
        return Ok(());
    }
    let in_header = headers.get("x-amz-request-payer").is_some_and(|payer| payer == "requester");
    let in_query = query.split('&').any(|pair| pair.eq_ignore_ascii_case("x-amz-request-payer=requester"));
    if !anonymous && (in_header || in_query) {
        return Ok(());
    }
    Err(s3_error!(AccessDenied, "Access Denied"))
}

impl Backend {
    /// `PutBucketRequestPayment`.
    ///
    /// # Errors
    /// `NoSuchBucket`, `MalformedXML`.
    pub(crate) fn put_payer(
        &self,
        req: &S3Request<PutBucketRequestPaymentInput>,
    ) -> S3Result<S3Response<PutBucketRequestPaymentOutput>> {
        let requester_pays = match req.input.request_payment_configuration.payer.as_str() {
            Payer::REQUESTER => true,
            Payer::BUCKET_OWNER => false,
            _ => return Err(malformed_xml()),
        };
        self.state().bucket_mut(&req.input.bucket)?.config.requester_pays = requester_pays;
        Ok(S3Response::new(PutBucketRequestPaymentOutput::default()))
    }

    /// `GetBucketRequestPayment`.
    ///
    /// # Errors
    /// `NoSuchBucket`.
    pub(crate) fn get_payer(
        &self,
        req: &S3Request<GetBucketRequestPaymentInput>,
    ) -> S3Result<S3Response<GetBucketRequestPaymentOutput>> {
        let requester = self.state().bucket(&req.input.bucket)?.config.requester_pays;
        let payer = if requester { Payer::REQUESTER } else { Payer::BUCKET_OWNER };
        Ok(S3Response::new(GetBucketRequestPaymentOutput { payer: Some(Payer::from_static(payer)) }))
    }
}
