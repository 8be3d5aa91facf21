//! What time it is: skewed clocks, presigned URLs that are over, and session tokens that have expired.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::presigning::PresigningConfig;
use holdall_testing::s3_server::S3Server;

use crate::{BUCKET, client, config, http, refusal, server};

#[tokio::test]
async fn signatures_are_judged_by_the_server_s_clock() {
    let ahead = Arc::new(AtomicI64::new(0));
    let clock = {
        let ahead = Arc::clone(&ahead);
        move || {
            let seconds = ahead.load(Ordering::SeqCst);
            let span = Duration::from_secs(seconds.unsigned_abs());
            if seconds < 0 { SystemTime::now() - span } else { SystemTime::now() + span }
        }
    };
    let server = S3Server::builder().credentials("AKID", "secret").bucket(BUCKET).signing_clock(clock);
    let server = server.start().await.unwrap();
    server.put_object(BUCKET, "k", "x");
    let s3 = client(&server);
    let get = || s3.get_object().bucket(BUCKET).key("k");
    let validity = PresigningConfig::expires_in(Duration::from_hours(1)).unwrap();
    let url = get().presigned(validity).await.unwrap().uri().to_owned();
    for (seconds, header, presigned) in [
        (0, 200, 200),
        (14 * 60, 200, 200),
        (16 * 60, 403, 200),
        (59 * 60, 403, 200),
        (61 * 60, 403, 403),
        (-14 * 60, 200, 200),
        (-16 * 60, 403, 403),
    ] {
        ahead.store(seconds, Ordering::SeqCst);
        let sent = get().send().await;
        if header == 200 {
            assert!(sent.is_ok(), "{seconds}");
        } else {
            assert_eq!(refusal(sent), (403, "RequestTimeTooSkewed".into()), "{seconds}");
        }
        assert_eq!(http::send("GET", &url, &[], b"").await.unwrap().status, presigned, "{seconds}");
    }
}

#[tokio::test]
async fn a_session_token_works_until_it_is_declared_expired() {
    let server = server().await;
    server.put_object(BUCKET, "k", "x");
    let with_token = |token: &str| {
        let keys = Credentials::new("AKID", "secret", Some(token.into()), None, "test");
        Client::from_conf(config(&server.endpoint(), "secret").credentials_provider(keys).build())
    };
    let (old, new) = (with_token("old/token+="), with_token("new"));
    let get = |s3: &Client| s3.get_object().bucket(BUCKET).key("k");
    let validity = PresigningConfig::expires_in(Duration::from_hours(1)).unwrap();
    let url = get(&old).presigned(validity).await.unwrap().uri().to_owned();
    get(&old).send().await.unwrap();
    assert_eq!(http::send("GET", &url, &[], b"").await.unwrap().status, 200);
    server.expire_token("old/token+=");
    assert_eq!(refusal(get(&old).send().await), (400, "ExpiredToken".into()));
    let reply = http::send("GET", &url, &[], b"").await.unwrap();
    assert_eq!(reply.status, 400);
    assert!(reply.text().contains("<Code>ExpiredToken</Code>"));
    get(&new).send().await.unwrap();
}
