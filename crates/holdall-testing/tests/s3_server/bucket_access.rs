//! Who may do what by the bucket's policy, its public access block, and grants.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    AccessControlPolicy, Grant, Grantee, ObjectCannedAcl, Owner, Permission, PublicAccessBlockConfiguration,
    Type,
};
use holdall_testing::s3_server::OWNER_ID;

use crate::{BUCKET, client, http, refusal, server};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";

fn policy(statements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
}

fn readable() -> String {
    policy(&format!(
        r#"{{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::{BUCKET}/public/*"}}"#
    ))
}

#[tokio::test]
async fn a_policy_opens_a_prefix_to_everybody() {
    let server = server().await;
    let s3 = client(&server);
    server.put_object(BUCKET, "public/a b", "x");
    server.put_object(BUCKET, "private/k", "x");
    let status = async |method: &str, path: &str| {
        let url = format!("{}/{BUCKET}/{path}", server.endpoint());
        http::send(method, &url, &[], b"").await.unwrap().status
    };
    let get = || s3.get_bucket_policy().bucket(BUCKET).send();
    assert_eq!(refusal(get().await), (404, "NoSuchBucketPolicy".into()));
    s3.put_bucket_policy().bucket(BUCKET).policy(readable()).send().await.unwrap();
    assert_eq!(get().await.unwrap().policy(), Some(readable().as_str()));
    let public = s3.get_bucket_policy_status().bucket(BUCKET).send().await.unwrap().policy_status;
    assert_eq!(public.unwrap().is_public(), Some(true));
    assert_eq!(status("GET", "public/a%20b").await, 200);
    assert_eq!(status("HEAD", "public/a%20b").await, 200);
    assert_eq!(status("GET", "public/none").await, 404);
    assert_eq!(status("GET", "private/k").await, 403);
    assert_eq!(status("DELETE", "public/a%20b").await, 403);

    let block = PublicAccessBlockConfiguration::builder().restrict_public_buckets(true).build();
    let put = s3.put_public_access_block().bucket(BUCKET).public_access_block_configuration(block);
    put.send().await.unwrap();
    assert_eq!(status("GET", "public/a%20b").await, 403);
    let block = s3.get_public_access_block().bucket(BUCKET).send().await.unwrap();
    let block = block.public_access_block_configuration.unwrap();
    assert_eq!((block.restrict_public_buckets(), block.block_public_acls()), (Some(true), Some(false)));
    s3.delete_public_access_block().bucket(BUCKET).send().await.unwrap();
    let get = s3.get_public_access_block().bucket(BUCKET).send().await;
    assert_eq!(refusal(get), (404, "NoSuchPublicAccessBlockConfiguration".into()));
    assert_eq!(status("GET", "public/a%20b").await, 200);
    s3.delete_bucket_policy().bucket(BUCKET).send().await.unwrap();
    assert_eq!(status("GET", "public/a%20b").await, 403);
}

#[tokio::test]
async fn an_explicit_deny_outweighs_everything_and_cannot_lock_the_owner_out() {
    let server = server().await;
    let s3 = client(&server);
    server.put_object(BUCKET, "k", "x");
    let everything = policy(&format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "*"}}, "Action": ["s3:*"], "Resource": "arn:aws:s3:::{BUCKET}/*"}},
           {{"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::{BUCKET}/*"}},
           {{"Effect": "Deny", "Principal": "*", "Action": "s3:*Policy", "Resource": "arn:aws:s3:::{BUCKET}"}}"#
    ));
    s3.put_bucket_policy().bucket(BUCKET).policy(everything).send().await.unwrap();
    let url = format!("{}/{BUCKET}/k", server.endpoint());
    assert_eq!(http::send("PUT", &url, &[], b"anybody").await.unwrap().status, 200);
    assert_eq!(http::send("DELETE", &url, &[], b"").await.unwrap().status, 403);
    let delete = s3.delete_object().bucket(BUCKET).key("k").send().await;
    assert_eq!(refusal(delete), (403, "AccessDenied".into()));
    s3.delete_bucket_policy().bucket(BUCKET).send().await.unwrap();
    s3.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
}

#[tokio::test]
async fn a_policy_that_would_not_be_obeyed_is_refused() {
    let server = server().await;
    let s3 = client(&server);
    let statement = |rest: &str| {
        policy(&format!(
            r#"{{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::{BUCKET}/*"{rest}}}"#
        ))
    };
    for (document, status, code) in [
        ("not json".to_owned(), 400, "MalformedPolicy"),
        (statement(r#", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#), 501, "NotImplemented"),
        (statement("").replace("GetObject\"", "GetObject\", \"NotResource\": \"x\""), 501, "NotImplemented"),
        (statement("").replace(BUCKET, "another"), 400, "MalformedPolicy"),
        (statement("").replace("Allow", "Maybe"), 400, "MalformedPolicy"),
        (statement("").replace("s3:Get", "sqs:Get"), 400, "MalformedPolicy"),
    ] {
        let put = s3.put_bucket_policy().bucket(BUCKET).policy(&document).send().await;
        assert_eq!(refusal(put), (status, code.into()), "{document}");
    }
    let block = PublicAccessBlockConfiguration::builder().block_public_policy(true).block_public_acls(true);
    let put = s3.put_public_access_block().bucket(BUCKET).public_access_block_configuration(block.build());
    put.send().await.unwrap();
    let put = s3.put_bucket_policy().bucket(BUCKET).policy(readable()).send().await;
    assert_eq!(refusal(put), (403, "AccessDenied".into()));
    let put = s3.put_object().bucket(BUCKET).key("k").acl(ObjectCannedAcl::PublicRead).send().await;
    assert_eq!(refusal(put), (403, "AccessDenied".into()));
    s3.put_object().bucket(BUCKET).key("k").acl(ObjectCannedAcl::Private).send().await.unwrap();
}

#[tokio::test]
async fn public_acls_can_be_ignored() {
    let server = server().await;
    let s3 = client(&server);
    s3.put_object().bucket(BUCKET).key("k").acl(ObjectCannedAcl::PublicRead).send().await.unwrap();
    let block = PublicAccessBlockConfiguration::builder().ignore_public_acls(true).build();
    let put = s3.put_public_access_block().bucket(BUCKET).public_access_block_configuration(block);
    put.send().await.unwrap();
    let url = format!("{}/{BUCKET}/k", server.endpoint());
    assert_eq!(http::send("GET", &url, &[], b"").await.unwrap().status, 403);
}

#[tokio::test]
async fn grants_are_kept_given_back_and_honoured() {
    let server = server().await;
    let s3 = client(&server);
    let put = || s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x"));
    let owner = format!("id=\"{OWNER_ID}\"");
    put()
        .grant_full_control(&owner)
        .grant_read(format!("uri=\"{ALL_USERS}\", id=\"abc\""))
        .send()
        .await
        .unwrap();
    let grants = s3.get_object_acl().bucket(BUCKET).key("k").send().await.unwrap().grants.unwrap();
    assert_eq!(grants.len(), 3);
    assert_eq!(grants[1].grantee().unwrap().uri(), Some(ALL_USERS));
    assert_eq!(grants[1].permission(), Some(&Permission::Read));
    let stored = server.object(BUCKET, "k").unwrap().grants;
    assert_eq!(stored[2], ("abc".to_owned(), "READ".to_owned()));
    let url = format!("{}/{BUCKET}/k", server.endpoint());
    assert_eq!(http::send("GET", &url, &[], b"").await.unwrap().status, 200);

    let grantee = Grantee::builder().r#type(Type::CanonicalUser).id(OWNER_ID).build().unwrap();
    let grant = Grant::builder().grantee(grantee).permission(Permission::FullControl).build();
    let account = Owner::builder().id(OWNER_ID).build();
    let policy = AccessControlPolicy::builder().owner(account).grants(grant).build();
    s3.put_object_acl().bucket(BUCKET).key("k").access_control_policy(policy).send().await.unwrap();
    assert_eq!(http::send("GET", &url, &[], b"").await.unwrap().status, 403);

    let both = put().acl(ObjectCannedAcl::Private).grant_read(&owner).send().await;
    assert_eq!(refusal(both), (400, "InvalidRequest".into()));
    let nonsense = put().grant_read("everybody").send().await;
    assert_eq!(refusal(nonsense), (400, "InvalidArgument".into()));
}
