//! CORS as a browser meets it: preflight requests, and the headers of real replies.

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{CorsConfiguration, CorsRule};
use holdall_testing::s3_server::S3Server;

use crate::http::{Reply, send, send_to};
use crate::{BUCKET, client, refusal, server};

const PAGE: &str = "https://www.example.com";

async fn allow(s3: &Client, rules: Vec<CorsRule>) {
    let rules = CorsConfiguration::builder().set_cors_rules(Some(rules)).build().unwrap();
    s3.put_bucket_cors().bucket(BUCKET).cors_configuration(rules).send().await.unwrap();
}

fn uploads() -> CorsRule {
    let rule = CorsRule::builder().allowed_origins("https://*.example.com").allowed_methods("PUT");
    let rule = rule.allowed_methods("POST").allowed_headers("content-*").allowed_headers("X-Amz-Meta-a");
    rule.expose_headers("ETag").max_age_seconds(600).build().unwrap()
}

async fn preflight(server: &S3Server, origin: &str, method: &str, headers: Option<&str>) -> Reply {
    let url = format!("{}/{BUCKET}/k", server.endpoint());
    let mut request = vec![("Origin", origin), ("Access-Control-Request-Method", method)];
    request.extend(headers.map(|headers| ("Access-Control-Request-Headers", headers)));
    send("OPTIONS", &url, &request, b"").await.unwrap()
}

#[tokio::test]
async fn rules_are_checked_kept_and_given_back() {
    let server = server().await;
    let s3 = client(&server);
    let get = || s3.get_bucket_cors().bucket(BUCKET).send();
    assert_eq!(refusal(get().await), (404, "NoSuchCORSConfiguration".into()));
    allow(&s3, vec![uploads()]).await;
    assert_eq!(get().await.unwrap().cors_rules(), [uploads()]);
    let rule = || CorsRule::builder().allowed_origins("*").allowed_methods("GET");
    let many = vec![rule().build().unwrap(); 101];
    for (rules, code) in [
        (vec![rule().allowed_methods("PATCH").build().unwrap()], "InvalidRequest"),
        (vec![rule().allowed_origins("https://*.*").build().unwrap()], "InvalidRequest"),
        (vec![rule().expose_headers("x-amz-*").build().unwrap()], "InvalidRequest"),
        (many, "InvalidRequest"),
        (vec![], "MalformedXML"),
    ] {
        let rules = CorsConfiguration::builder().set_cors_rules(Some(rules)).build().unwrap();
        let put = s3.put_bucket_cors().bucket(BUCKET).cors_configuration(rules).send().await;
        assert_eq!(refusal(put), (400, code.into()));
    }
    s3.delete_bucket_cors().bucket(BUCKET).send().await.unwrap();
    assert_eq!(refusal(get().await).0, 404);
}

#[tokio::test]
async fn a_preflight_is_answered_by_the_first_rule_that_fits() {
    let server = server().await;
    let s3 = client(&server);
    let closed = preflight(&server, PAGE, "PUT", None).await;
    assert_eq!(closed.status, 403);
    assert!(closed.text().contains("CORS is not enabled for this bucket"), "{}", closed.text());
    let anyone = CorsRule::builder().allowed_origins("*").allowed_methods("GET").build().unwrap();
    allow(&s3, vec![uploads(), anyone]).await;

    let fits = preflight(&server, PAGE, "PUT", Some("Content-Type, x-amz-meta-a")).await;
    assert_eq!((fits.status, fits.body.len()), (200, 0));
    for (name, value) in [
        ("access-control-allow-origin", PAGE),
        ("access-control-allow-methods", "PUT, POST"),
        ("access-control-allow-headers", "content-type, x-amz-meta-a"),
        ("access-control-expose-headers", "ETag"),
        ("access-control-max-age", "600"),
        ("access-control-allow-credentials", "true"),
        ("vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"),
    ] {
        assert_eq!(fits.header(name).as_deref(), Some(value), "{name}");
    }
    let anyone = preflight(&server, "null", "GET", None).await;
    assert_eq!(anyone.header("access-control-allow-origin").as_deref(), Some("*"));
    assert_eq!(anyone.header("access-control-allow-credentials"), None);

    for (origin, method, headers) in [
        ("https://www.example.org", "PUT", None),
        ("http://www.example.com", "PUT", None),
        (PAGE, "DELETE", None),
        (PAGE, "PUT", Some("x-amz-acl")),
    ] {
        let refused = preflight(&server, origin, method, headers).await;
        assert_eq!(refused.status, 403, "{origin} {method} {headers:?}");
        assert!(refused.text().contains("<Code>AccessForbidden</Code>"));
        assert_eq!(refused.header("access-control-allow-origin"), None);
    }
    let url = format!("{}/{BUCKET}/k", server.endpoint());
    assert_eq!(send("OPTIONS", &url, &[], b"").await.unwrap().status, 400);
    assert_eq!(preflight(&server, PAGE, "PATCH", None).await.status, 400);
    assert_eq!(server.requests().iter().filter(|request| request.operation == "Preflight").count(), 9);
}

#[tokio::test]
async fn real_replies_carry_the_headers_and_other_origins_get_none() {
    let server = server().await;
    let s3 = client(&server);
    let rule = CorsRule::builder().allowed_origins(PAGE).allowed_methods("GET").expose_headers("ETag");
    allow(&s3, vec![rule.build().unwrap()]).await;
    let put = s3.put_object().bucket(BUCKET).key("k").acl(aws_sdk_s3::types::ObjectCannedAcl::PublicRead);
    put.send().await.unwrap();
    let url = format!("{}/{BUCKET}/k", server.endpoint());
    let seen = send("GET", &url, &[("Origin", PAGE)], b"").await.unwrap();
    assert_eq!((seen.status, seen.header("access-control-allow-origin").as_deref()), (200, Some(PAGE)));
    assert_eq!(seen.header("access-control-expose-headers").as_deref(), Some("ETag"));
    let private = format!("{}/{BUCKET}/none", server.endpoint());
    let refused = send("GET", &private, &[("Origin", PAGE)], b"").await.unwrap();
    assert_eq!((refused.status, refused.header("access-control-allow-origin").as_deref()), (403, Some(PAGE)));
    let other = send("GET", &url, &[("Origin", "https://evil.example")], b"").await.unwrap();
    assert_eq!((other.status, other.header("access-control-allow-origin")), (200, None));
}

#[tokio::test]
async fn the_bucket_of_a_preflight_may_be_named_by_the_host() {
    let server = S3Server::builder().credentials("AKID", "secret").bucket(BUCKET).domain("s3.localhost");
    let server = server.start().await.unwrap();
    allow(&client(&server), vec![uploads()]).await;
    let host = format!("{BUCKET}.s3.localhost:{}", server.address().port());
    let headers = [("Origin", PAGE), ("Access-Control-Request-Method", "PUT")];
    let reply = send_to(server.address(), "OPTIONS", &host, "/k", &headers, b"").await.unwrap();
    assert_eq!((reply.status, reply.header("access-control-allow-origin").as_deref()), (200, Some(PAGE)));
}
