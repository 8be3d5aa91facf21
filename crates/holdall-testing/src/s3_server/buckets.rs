//! Operations on buckets.

use s3s::dto::{
    Bucket as WireBucket, BucketLocationConstraint, CreateBucketInput, CreateBucketOutput, DeleteBucketInput,
    DeleteBucketOutput, GetBucketLocationInput, GetBucketLocationOutput, HeadBucketInput, HeadBucketOutput,
    ListBucketsInput, ListBucketsOutput, Timestamp,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::acl;
use super::backend::Backend;
use super::bucket::Bucket;
use super::config::Config;
use super::config::ownership::Ownership;

/// The region that has no name in a location constraint.
const US_EAST_1: &str = "us-east-1";

/// The most of one page (Amazon S3 API reference, `ListBuckets`).
const MAX_BUCKETS: usize = 10_000;

impl Backend {
    /// The region of a bucket: what its location constraint said, or the server's.
    pub(crate) fn region_of<'a>(&'a self, bucket: &'a Bucket) -> &'a str {
        bucket.config.region.as_deref().unwrap_or_else(|| self.region())
    }

    /// A bucket made through the API has its ACLs disabled unless `x-amz-object-ownership` says otherwise, and public
    /// access blocked, as on S3 since April 2023.
    pub(crate) fn create_bucket(
        &self,
        req: S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        let input = req.input;
        let constraint = input
            .create_bucket_configuration
            .and_then(|configuration| configuration.location_constraint)
            .map(|constraint| constraint.as_str().to_owned());
        let region = self.region();
        // us-east-1 is said by saying nothing, every other region must be named (Amazon S3 API, CreateBucket).
        let fits = match constraint.as_deref() {
            None => region == US_EAST_1 || !self.region_is_fixed(),
            Some(US_EAST_1) => false,
            Some(other) => other == region || !self.region_is_fixed(),
        };
        if !fits {
            let constraint = constraint.as_deref().unwrap_or("unspecified");
            return Err(s3_error!(
                InvalidLocationConstraint,
                "The {constraint} location constraint is incompatible for the region specific endpoint this request was \
                 sent to."
            ));
        }
        if input.acl.is_some_and(|acl| acl.as_str() != "private") {
            return Err(s3_error!(NotImplemented, "This server has no bucket ACLs."));
        }
        let mut config = Config { region: constraint, ..Config::of_today() };
        if let Some(ownership) = &input.object_ownership {
            config.ownership = Some(Ownership::parse(ownership.as_str())?);
        }
        let mut state = self.state();
        if state.buckets.contains_key(&input.bucket) {
            return Err(s3_error!(
                BucketAlreadyOwnedByYou,
                "Your previous request to create the named bucket succeeded and you already own it."
            ));
        }
        let location = Some(format!("/{}", input.bucket));
        state.buckets.insert(input.bucket, Bucket::new(self.now(), config));
        Ok(S3Response::new(CreateBucketOutput { location }))
    }

    /// `HeadBucket`, with the region in `x-amz-bucket-region`.
    ///
    /// # Errors
    /// 404 without a body.
    pub(crate) fn head_bucket(
        &self,
        req: &S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        let state = self.state();
        let bucket = state.bucket(&req.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput {
            bucket_region: Some(self.region_of(bucket).to_owned()),
            ..HeadBucketOutput::default()
        }))
    }

    /// `DeleteBucket`. Open multipart uploads go with it; objects and their versions forbid it.
    ///
    /// # Errors
    /// `NoSuchBucket`, `BucketNotEmpty`.
    pub(crate) fn delete_bucket(
        &self,
        req: &S3Request<DeleteBucketInput>,
    ) -> S3Result<S3Response<DeleteBucketOutput>> {
        let mut state = self.state();
        let bucket = state.bucket(&req.input.bucket)?;
        if !bucket.objects.is_empty() || !bucket.former.is_empty() {
            return Err(s3_error!(BucketNotEmpty, "The bucket you tried to delete is not empty"));
        }
        state.buckets.remove(&req.input.bucket);
        Ok(S3Response::new(DeleteBucketOutput::default()))
    }

    /// By name. The continuation token is the last name of the page before.
    pub(crate) fn list_buckets(
        &self,
        req: S3Request<ListBucketsInput>,
    ) -> S3Result<S3Response<ListBucketsOutput>> {
        let ListBucketsInput { bucket_region, continuation_token, max_buckets, prefix } = req.input;
        let max = match max_buckets.map(usize::try_from) {
            None => MAX_BUCKETS,
            Some(Ok(asked @ 1..=MAX_BUCKETS)) => asked,
            Some(_) => {
                return Err(s3_error!(InvalidArgument, "max-buckets must be an integer between 1 and 10000"));
            }
        };
        let state = self.state();
        let mut rest = state.buckets.iter().filter(|(name, bucket)| {
            bucket_region.as_ref().is_none_or(|region| region == self.region_of(bucket))
                && name.starts_with(prefix.as_deref().unwrap_or_default())
                && continuation_token.as_ref().is_none_or(|last| *name > last)
        });
        let buckets: Vec<WireBucket> = rest
            .by_ref()
            .take(max)
            .map(|(name, bucket)| WireBucket {
                bucket_region: Some(self.region_of(bucket).to_owned()),
                creation_date: Some(Timestamp::from(bucket.created)),
                name: Some(name.clone()),
            })
            .collect();
        let more = rest.next().is_some();
        let continuation_token = buckets.last().and_then(|bucket| bucket.name.clone()).filter(|_| more);
        Ok(S3Response::new(ListBucketsOutput {
            buckets: Some(buckets),
            continuation_token,
            owner: Some(acl::owner()),
            prefix: prefix.clone(),
        }))
    }

    /// `GetBucketLocation`: empty for `us-east-1`, for historical reasons of S3's.
    ///
    /// # Errors
    /// `NoSuchBucket`.
    pub(crate) fn bucket_location(
        &self,
        req: &S3Request<GetBucketLocationInput>,
    ) -> S3Result<S3Response<GetBucketLocationOutput>> {
        let state = self.state();
        let region =
            Some(self.region_of(state.bucket(&req.input.bucket)?)).filter(|region| *region != US_EAST_1);
        Ok(S3Response::new(GetBucketLocationOutput {
            location_constraint: region.map(|region| BucketLocationConstraint::from(region.to_owned())),
        }))
    }
}
