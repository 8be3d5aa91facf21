//! The settings of a bucket that are kept and given back: lifecycle, ownership, region, and those of a new bucket.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Region;
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, BucketLocationConstraint,
    CreateBucketConfiguration, ExpirationStatus, LifecycleRule, LifecycleRuleFilter, ObjectCannedAcl,
    ObjectOwnership, OwnershipControls, OwnershipControlsRule, Payer, RequestCharged, RequestPayer,
    RequestPaymentConfiguration, Tag,
};
use holdall_testing::s3_server::S3Server;

use crate::{BUCKET, client, config, http, refusal, server};

fn rule(id: &str) -> aws_sdk_s3::types::builders::LifecycleRuleBuilder {
    let abort = AbortIncompleteMultipartUpload::builder().days_after_initiation(7).build();
    let filter = LifecycleRuleFilter::builder().prefix("").build();
    let rule = LifecycleRule::builder().id(id).status(ExpirationStatus::Enabled).filter(filter);
    rule.abort_incomplete_multipart_upload(abort)
}

#[tokio::test]
async fn lifecycle_rules_are_checked_kept_and_given_back() {
    let server = server().await;
    let s3 = client(&server);
    let get = || s3.get_bucket_lifecycle_configuration().bucket(BUCKET).send();
    let put = |rules: Vec<LifecycleRule>| {
        let rules = BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build().unwrap();
        s3.put_bucket_lifecycle_configuration().bucket(BUCKET).lifecycle_configuration(rules).send()
    };
    assert_eq!(refusal(get().await), (404, "NoSuchLifecycleConfiguration".into()));
    put(vec![rule("abandoned").build().unwrap()]).await.unwrap();
    let kept = get().await.unwrap();
    let [kept] = kept.rules() else { panic!("{kept:?}") };
    assert_eq!((kept.id(), kept.status()), (Some("abandoned"), &ExpirationStatus::Enabled));
    assert_eq!(kept.abort_incomplete_multipart_upload().unwrap().days_after_initiation(), Some(7));

    let nothing = rule("x").set_abort_incomplete_multipart_upload(None).build().unwrap();
    let everywhere = rule("x").set_filter(None).build().unwrap();
    let tag = Tag::builder().key("a").value("1").build().unwrap();
    let tagged = rule("x").filter(LifecycleRuleFilter::builder().tag(tag).build()).build().unwrap();
    let never = AbortIncompleteMultipartUpload::builder().days_after_initiation(0).build();
    let never = rule("x").abort_incomplete_multipart_upload(never).build().unwrap();
    let twice = vec![rule("x").build().unwrap(), rule("x").build().unwrap()];
    for (rules, code) in [
        (vec![nothing], "InvalidRequest"),
        (vec![everywhere], "MalformedXML"),
        (vec![tagged], "InvalidRequest"),
        (vec![never], "InvalidArgument"),
        (twice, "InvalidArgument"),
        (vec![], "MalformedXML"),
    ] {
        assert_eq!(refusal(put(rules).await), (400, code.into()));
    }
    assert_eq!(get().await.unwrap().rules().len(), 1, "what is refused changes nothing");
    s3.delete_bucket_lifecycle().bucket(BUCKET).send().await.unwrap();
    assert_eq!(refusal(get().await).0, 404);
}

#[tokio::test]
async fn ownership_decides_whether_acls_count() {
    let server = server().await;
    let s3 = client(&server);
    let get = || s3.get_bucket_ownership_controls().bucket(BUCKET).send();
    let set = |ownership: ObjectOwnership| {
        let rule = OwnershipControlsRule::builder().object_ownership(ownership).build().unwrap();
        let controls = OwnershipControls::builder().rules(rule).build().unwrap();
        s3.put_bucket_ownership_controls().bucket(BUCKET).ownership_controls(controls).send()
    };
    let put = || s3.put_object().bucket(BUCKET).key("k").acl(ObjectCannedAcl::PublicRead).send();
    let url = format!("{}/{BUCKET}/k", server.endpoint());
    let anonymous = async || http::send("GET", &url, &[], b"").await.unwrap().status;

    assert_eq!(refusal(get().await), (404, "OwnershipControlsNotFoundError".into()));
    put().await.unwrap();
    assert_eq!(anonymous().await, 200);
    set(ObjectOwnership::BucketOwnerEnforced).await.unwrap();
    assert_eq!(anonymous().await, 403, "the ACL is still there, but does not count");
    assert_eq!(refusal(put().await), (400, "AccessControlListNotSupported".into()));
    let kept = get().await.unwrap().ownership_controls.unwrap();
    assert_eq!(kept.rules()[0].object_ownership(), &ObjectOwnership::BucketOwnerEnforced);
    set(ObjectOwnership::BucketOwnerPreferred).await.unwrap();
    assert_eq!(anonymous().await, 200);
    put().await.unwrap();
}

#[tokio::test]
async fn a_new_bucket_is_closed_and_lies_where_it_was_asked_to() {
    let server = server().await;
    let s3 = client(&server);
    let region = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuWest1);
    let create = s3.create_bucket().bucket("new-bucket").create_bucket_configuration(region.build());
    create.send().await.unwrap();
    let block = s3.get_public_access_block().bucket("new-bucket").send().await.unwrap();
    let block = block.public_access_block_configuration.unwrap();
    assert_eq!((block.block_public_acls(), block.restrict_public_buckets()), (Some(true), Some(true)));
    let location = s3.get_bucket_location().bucket("new-bucket").send().await.unwrap();
    assert_eq!(location.location_constraint(), Some(&BucketLocationConstraint::EuWest1));
    let head = s3.head_bucket().bucket("new-bucket").send().await.unwrap();
    assert_eq!(head.bucket_region(), Some("eu-west-1"));
    let listed = s3.list_buckets().bucket_region("eu-west-1").send().await.unwrap();
    assert_eq!(listed.buckets().iter().map(|bucket| bucket.name()).collect::<Vec<_>>(), [Some("new-bucket")]);
}

#[tokio::test]
async fn a_bucket_elsewhere_and_a_wrong_region_are_named() {
    let server = S3Server::builder()
        .credentials("AKID", "secret")
        .region("us-east-1")
        .bucket(BUCKET)
        .bucket_elsewhere("far", "ap-northeast-2")
        .start()
        .await
        .unwrap();
    let s3 = client(&server);
    for key in ["k", "other"] {
        let error = s3.get_object().bucket("far").key(key).send().await.unwrap_err();
        let reply = error.raw_response().unwrap();
        assert_eq!(reply.status().as_u16(), 301);
        assert_eq!(reply.headers().get("x-amz-bucket-region"), Some("ap-northeast-2"));
        assert_eq!(error.code(), Some("PermanentRedirect"));
    }
    let head = s3.head_bucket().bucket("far").send().await.unwrap_err();
    assert_eq!(head.raw_response().unwrap().headers().get("x-amz-bucket-region"), Some("ap-northeast-2"));
    let location = s3.get_bucket_location().bucket("far").send().await.unwrap();
    assert_eq!(location.location_constraint(), Some(&BucketLocationConstraint::ApNortheast2));

    let wrong =
        Client::from_conf(config(&server.endpoint(), "secret").region(Region::new("eu-west-1")).build());
    let error = wrong.head_bucket().bucket(BUCKET).send().await.unwrap_err();
    let reply = error.raw_response().unwrap();
    assert_eq!(
        (reply.status().as_u16(), reply.headers().get("x-amz-bucket-region")),
        (400, Some("us-east-1"))
    );
}

#[tokio::test]
async fn where_the_requester_pays_it_must_say_so() {
    let server =
        S3Server::builder().credentials("AKID", "secret").requester_pays(BUCKET).start().await.unwrap();
    let s3 = client(&server);
    server.put_object(BUCKET, "k", "x");
    let get = || s3.get_object().bucket(BUCKET).key("k");
    assert_eq!(refusal(get().send().await), (403, "AccessDenied".into()));
    assert_eq!(refusal(s3.list_objects_v2().bucket(BUCKET).send().await).0, 403);
    let got = get().request_payer(RequestPayer::Requester).send().await.unwrap();
    assert_eq!(got.request_charged(), Some(&RequestCharged::Requester));
    let kept = s3.get_bucket_request_payment().bucket(BUCKET).send().await.unwrap();
    assert_eq!(kept.payer(), Some(&Payer::Requester));
    let owner = RequestPaymentConfiguration::builder().payer(Payer::BucketOwner).build().unwrap();
    s3.put_bucket_request_payment().bucket(BUCKET).request_payment_configuration(owner).send().await.unwrap();
    assert_eq!(get().send().await.unwrap().request_charged(), None);
}

#[tokio::test]
async fn the_expected_owner_is_compared_on_every_operation() {
    let server = server().await;
    let s3 = client(&server);
    server.put_object(BUCKET, "k", "x");
    let other = "999999999999";
    let list = s3.list_objects_v2().bucket(BUCKET).expected_bucket_owner(other).send().await;
    assert_eq!(refusal(list), (403, "AccessDenied".into()));
    let create =
        s3.create_multipart_upload().bucket(BUCKET).key("k").expected_bucket_owner(other).send().await;
    assert_eq!(refusal(create), (403, "AccessDenied".into()));
    let delete = s3.delete_object().bucket(BUCKET).key("k").expected_bucket_owner(other).send().await;
    assert_eq!(refusal(delete), (403, "AccessDenied".into()));
    let cors = s3.get_bucket_cors().bucket(BUCKET).expected_bucket_owner(other).send().await;
    assert_eq!(refusal(cors), (403, "AccessDenied".into()));
    let copy = s3.copy_object().bucket(BUCKET).key("to").copy_source(format!("{BUCKET}/k"));
    assert_eq!(refusal(copy.expected_source_bucket_owner(other).send().await), (403, "AccessDenied".into()));
    assert_eq!(server.keys(BUCKET), ["k"]);
}
