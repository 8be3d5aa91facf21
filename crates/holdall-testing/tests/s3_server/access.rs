//! Who may do what: signatures, presigned URLs, ACLs, anonymous requests, regions.

use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Region;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CreateBucketConfiguration, ObjectCannedAcl, ObjectOwnership};
use holdall_testing::s3_server::{CannedAcl, OWNER_ID, S3Server};

use crate::{BUCKET, client, config, http, refusal, server};

fn for_a_minute() -> PresigningConfig {
    PresigningConfig::expires_in(Duration::from_mins(1)).unwrap()
}

#[tokio::test]
async fn a_presigned_get_grants_one_object_until_it_expires() {
    let server = server().await;
    let s3 = client(&server);
    server.put_object(BUCKET, "a b+한", "private");
    server.put_object(BUCKET, "other", "other");
    let get = s3.get_object().bucket(BUCKET).key("a b+한");
    let url = get.clone().presigned(for_a_minute()).await.unwrap().uri().to_owned();

    let reply = http::send("GET", &url, &[], b"").await.unwrap();
    assert_eq!((reply.status, reply.text().as_str()), (200, "private"));
    let ranged = http::send("GET", &url, &[("Range", "bytes=0-2")], b"").await.unwrap();
    assert_eq!((ranged.status, ranged.text().as_str()), (206, "pri"));

    for tampered in [
        url.replace("a%20b%2B%ED%95%9C", "other"),
        url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"),
        format!("{url}&response-content-type=text%2Fhtml"),
        // The signature ends the URL; another last digit is another signature.
        format!("{}{}", &url[..url.len() - 1], if url.ends_with('0') { '1' } else { '0' }),
    ] {
        assert_ne!(tampered, url);
        assert_eq!(http::send("GET", &tampered, &[], b"").await.unwrap().status, 403, "{tampered}");
    }
    assert_eq!(http::send("DELETE", &url, &[], b"").await.unwrap().status, 403);
    assert_eq!(http::send("PUT", &url, &[], b"x").await.unwrap().status, 403);

    let start = SystemTime::now() - Duration::from_mins(2);
    let expired =
        PresigningConfig::builder().start_time(start).expires_in(Duration::from_mins(1)).build().unwrap();
    let expired = get.presigned(expired).await.unwrap();
    let reply = http::send("GET", expired.uri(), &[], b"").await.unwrap();
    assert_eq!(reply.status, 403);
    assert!(reply.text().contains("<Code>AccessDenied</Code>"), "{}", reply.text());
}

#[tokio::test]
async fn a_presigned_get_can_override_response_headers() {
    let server = server().await;
    server.put_object(BUCKET, "k", "x");
    let get = client(&server).get_object().bucket(BUCKET).key("k");
    let get = get
        .response_content_type("text/html")
        .response_content_disposition("attachment; filename=\"k.html\"");
    let get = get.response_cache_control("no-store");
    let url = get.presigned(for_a_minute()).await.unwrap();
    let reply = http::send("GET", url.uri(), &[], b"").await.unwrap();
    assert_eq!(reply.header("content-type").as_deref(), Some("text/html"));
    assert_eq!(reply.header("content-disposition").as_deref(), Some("attachment; filename=\"k.html\""));
    assert_eq!(reply.header("cache-control").as_deref(), Some("no-store"));
}

#[tokio::test]
async fn a_presigned_put_binds_what_was_signed() {
    let server = server().await;
    let put =
        client(&server).put_object().bucket(BUCKET).key("k").content_type("image/png").if_none_match("*");
    let url = put.presigned(for_a_minute()).await.unwrap();
    let headers = |kind| [("content-type", kind), ("if-none-match", "*")];
    let wrong = http::send("PUT", url.uri(), &headers("text/html"), b"x").await.unwrap();
    assert_eq!(wrong.status, 403, "{}", wrong.text());
    assert!(server.keys(BUCKET).is_empty());
    let right = http::send("PUT", url.uri(), &headers("image/png"), b"x").await.unwrap();
    assert_eq!(right.status, 200, "{}", right.text());
    assert_eq!(http::send("PUT", url.uri(), &headers("image/png"), b"y").await.unwrap().status, 412);
    assert_eq!(server.object(BUCKET, "k").unwrap().content_type.as_deref(), Some("image/png"));
}

#[tokio::test]
async fn anyone_reads_public_objects_and_no_others() {
    let server = server().await;
    let s3 = client(&server);
    let put = |key: &str, acl| {
        s3.put_object().bucket(BUCKET).key(key).acl(acl).body(ByteStream::from_static(b"x")).send()
    };
    put("public", ObjectCannedAcl::PublicRead).await.unwrap();
    put("private", ObjectCannedAcl::Private).await.unwrap();
    let url = |key: &str| format!("{}/{BUCKET}/{key}", server.endpoint());
    let status =
        async |method: &str, key: &str| http::send(method, &url(key), &[], b"").await.unwrap().status;

    assert_eq!(status("GET", "public").await, 200);
    assert_eq!(status("HEAD", "public").await, 200);
    for key in ["private", "none"] {
        let reply = http::send("GET", &url(key), &[], b"").await.unwrap();
        assert_eq!(reply.status, 403);
        assert!(reply.text().contains("<Code>AccessDenied</Code>"));
        let head = http::send("HEAD", &url(key), &[], b"").await.unwrap();
        assert_eq!((head.status, head.body.len()), (403, 0));
    }
    assert_eq!(status("DELETE", "public").await, 403);
    assert_eq!(http::send("PUT", &url("public"), &[], b"y").await.unwrap().status, 403);
    assert_eq!(http::send("GET", &url(""), &[], b"").await.unwrap().status, 403);
    // An anonymous request may not choose the headers of the reply.
    let chosen = http::send("GET", &format!("{}?response-content-type=text/html", url("public")), &[], b"")
        .await
        .unwrap();
    assert_eq!(chosen.status, 400);

    s3.put_object_acl().bucket(BUCKET).key("public").acl(ObjectCannedAcl::Private).send().await.unwrap();
    assert_eq!(status("GET", "public").await, 403);
    assert_eq!(server.object(BUCKET, "public").unwrap().acl, CannedAcl::Private);
    s3.put_object_acl().bucket(BUCKET).key("public").acl(ObjectCannedAcl::PublicRead).send().await.unwrap();
    let acl = s3.get_object_acl().bucket(BUCKET).key("public").send().await.unwrap();
    assert_eq!(acl.grants().len(), 2);
    assert_eq!(status("GET", "public").await, 200);
    // A copy is private, whatever its source was.
    s3.copy_object().bucket(BUCKET).key("copy").copy_source(format!("{BUCKET}/public")).send().await.unwrap();
    assert_eq!(status("GET", "copy").await, 403);
}

#[tokio::test]
async fn a_bucket_with_acls_disabled_says_so() {
    let server =
        S3Server::builder().credentials("AKID", "secret").acls_disabled(BUCKET).start().await.unwrap();
    let s3 = client(&server);
    let put = || s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x"));
    let not_supported = (400, "AccessControlListNotSupported".to_owned());
    assert_eq!(refusal(put().acl(ObjectCannedAcl::PublicRead).send().await), not_supported);
    assert_eq!(refusal(put().acl(ObjectCannedAcl::Private).send().await), not_supported);
    put().send().await.unwrap();
    put().acl(ObjectCannedAcl::BucketOwnerFullControl).send().await.unwrap();
    let acl = s3.put_object_acl().bucket(BUCKET).key("k").acl(ObjectCannedAcl::PublicRead).send().await;
    assert_eq!(refusal(acl), not_supported);
    let created =
        s3.create_multipart_upload().bucket(BUCKET).key("k").acl(ObjectCannedAcl::PublicRead).send().await;
    assert_eq!(refusal(created), not_supported);

    // New buckets are like that, unless they are asked to be otherwise.
    s3.create_bucket().bucket("new-bucket").send().await.unwrap();
    let put = |bucket: &str| s3.put_object().bucket(bucket).key("k").acl(ObjectCannedAcl::PublicRead).send();
    assert_eq!(refusal(put("new-bucket").await), not_supported);
    s3.create_bucket()
        .bucket("old-bucket")
        .object_ownership(ObjectOwnership::ObjectWriter)
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(put("old-bucket").await), (403, "AccessDenied".into()), "and public ACLs are blocked");
    s3.delete_public_access_block().bucket("old-bucket").send().await.unwrap();
    put("old-bucket").await.unwrap();
}

#[tokio::test]
async fn wrong_credentials_owners_and_regions_are_refused_by_name() {
    let server = S3Server::builder()
        .credentials("AKID", "secret")
        .bucket(BUCKET)
        .region("eu-west-1")
        .start()
        .await
        .unwrap();
    server.put_object(BUCKET, "k", "x");
    let here = |secret: &str| config(&server.endpoint(), secret).region(Region::new("eu-west-1"));
    let s3 = Client::from_conf(here("secret").build());
    let get = |s3: &Client| s3.get_object().bucket(BUCKET).key("k");

    get(&s3).send().await.unwrap();
    get(&s3).expected_bucket_owner(OWNER_ID).send().await.unwrap();
    let stranger = get(&s3).expected_bucket_owner("999999999999").send().await;
    assert_eq!(refusal(stranger), (403, "AccessDenied".into()));

    let wrong = Client::from_conf(here("wrong").build());
    assert_eq!(refusal(get(&wrong).send().await), (403, "SignatureDoesNotMatch".into()));
    let unknown = aws_sdk_s3::config::Credentials::new("NOBODY", "secret", None, None, "test");
    let unknown = Client::from_conf(here("secret").credentials_provider(unknown).build());
    assert_eq!(refusal(get(&unknown).send().await), (403, "InvalidAccessKeyId".into()));

    let elsewhere = client(&server);
    let error = get(&elsewhere).send().await.unwrap_err().into_service_error();
    let meta = aws_sdk_s3::error::ProvideErrorMetadata::meta(&error);
    assert_eq!(meta.code(), Some("AuthorizationHeaderMalformed"));
    assert!(meta.message().unwrap().contains("expecting 'eu-west-1'"));
    let url = get(&elsewhere).presigned(for_a_minute()).await.unwrap();
    assert_eq!(http::send("GET", url.uri(), &[], b"").await.unwrap().status, 400);

    let create = |constraint: Option<&str>| {
        let constraint = constraint
            .map(|region| CreateBucketConfiguration::builder().location_constraint(region.into()).build());
        s3.create_bucket().bucket("new-bucket").set_create_bucket_configuration(constraint)
    };
    assert_eq!(refusal(create(None).send().await), (400, "InvalidLocationConstraint".into()));
    assert_eq!(refusal(create(Some("us-west-2")).send().await), (400, "InvalidLocationConstraint".into()));
    create(Some("eu-west-1")).send().await.unwrap();
    assert_eq!(
        s3.head_bucket().bucket("new-bucket").send().await.unwrap().bucket_region(),
        Some("eu-west-1")
    );
}

#[tokio::test]
async fn a_bucket_can_be_named_by_the_host() {
    let server = S3Server::builder()
        .credentials("AKID", "secret")
        .bucket(BUCKET)
        .domain("s3.localhost")
        .start()
        .await
        .unwrap();
    server.put_object(BUCKET, "dir/k", "x");
    let port = server.address().port();
    let endpoint = format!("http://s3.localhost:{port}");
    let s3 = Client::from_conf(config(&endpoint, "secret").force_path_style(false).build());
    let url =
        s3.get_object().bucket(BUCKET).key("dir/k").presigned(for_a_minute()).await.unwrap().uri().to_owned();
    let host = format!("{BUCKET}.s3.localhost:{port}");
    assert!(url.starts_with(&format!("http://{host}/dir/k?")), "{url}");
    // No name service is asked: the request goes to the address, with the name in its Host header.
    let target = url.strip_prefix(&format!("http://{host}")).unwrap();
    let reply = http::send_to(server.address(), "GET", &host, target, &[], b"").await.unwrap();
    assert_eq!((reply.status, reply.text().as_str()), (200, "x"));
    assert_eq!(server.requests()[0].key.as_deref(), Some("dir/k"));
}
