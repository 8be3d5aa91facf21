//! How connections are made: certificates, proxies, the application's name, turns.

use std::time::Duration;

use holdall_core::{ErrorKind, Store};
use holdall_s3::S3StorageBuilder;
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};

use crate::loopback::{LoopbackProxy, TlsFront};
use crate::support::{MIB, builder, eventually, noise, server, stream_of};

/// Settings for that server behind TLS.
fn behind(front: &TlsFront, server: &S3Server) -> S3StorageBuilder {
    builder(server).endpoint(front.endpoint()).max_attempts(1)
}

fn store(settings: S3StorageBuilder) -> Store {
    Store::new(settings.build().expect("good settings"))
}

#[tokio::test]
async fn a_server_proves_who_it_is_to_the_bundle_and_to_nothing_else() {
    let server = server().await;
    let front = TlsFront::start(server.address()).await;
    let trusting = store(behind(&front, &server).ca_bundle(front.authority.clone()));
    trusting.save("a.txt", "hello").await.unwrap();
    assert_eq!(trusting.open("a.txt").await.unwrap().text().await.unwrap(), "hello");
    // The application's authorities are not those of the system, nor of somebody else.
    let stranger = TlsFront::start(server.address()).await;
    for settings in [behind(&front, &server), behind(&front, &server).ca_bundle(stranger.authority)] {
        let error = store(settings).exists("a.txt").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        assert!(error.to_string().contains("certificate"), "{error}");
    }
}

#[tokio::test]
async fn without_verification_everybody_is_believed_and_everything_says_so() {
    let server = server().await;
    let front = TlsFront::start(server.address()).await;
    let believing = store(behind(&front, &server).verify(false));
    let large = noise(9 * MIB);
    believing.save("a.bin", stream_of(&large)).overwrite().await.unwrap();
    assert_eq!(believing.open("a.bin").await.unwrap().bytes().await.unwrap(), large);
    assert_eq!(believing.to_string(), "s3://media (certificates are not verified)");
    assert!(format!("{believing:?}").contains("verify: false"), "{believing:?}");
}

#[tokio::test]
async fn a_customer_key_travels_under_tls() {
    let server = server().await;
    let front = TlsFront::start(server.address()).await;
    let store = store(behind(&front, &server).ca_bundle(front.authority.clone()).customer_key([9; 32]));
    store.save("a.txt", "hello").await.unwrap();
    assert_eq!(store.open("a.txt").await.unwrap().text().await.unwrap(), "hello");
}

#[tokio::test]
async fn a_proxy_sees_plain_requests_whole_and_tunnels_the_others() {
    let server = server().await;
    let proxy = LoopbackProxy::start().await;
    let through = |settings: S3StorageBuilder| {
        settings.proxy(proxy.url()).proxy_username("squid").proxy_password("canary-proxy-password")
    };
    let plain = store(through(builder(&server)));
    plain.save("a.txt", "hello").await.unwrap();
    assert_eq!(plain.open("a.txt").await.unwrap().text().await.unwrap(), "hello");
    let heads = proxy.heads();
    assert!(heads[0].starts_with(&format!("PUT http://{}/media/a.txt", server.address())), "{heads:?}");
    // squid:canary-proxy-password
    let basic = "basic c3F1aWQ6Y2FuYXJ5LXByb3h5LXBhc3N3b3Jk";
    assert!(heads.iter().all(|head| head.to_lowercase().contains(&basic.to_lowercase())), "{heads:?}");

    let front = TlsFront::start(server.address()).await;
    let tunnelled = store(through(behind(&front, &server)).ca_bundle(front.authority.clone()));
    tunnelled.save("b.txt", "hello").await.unwrap();
    let connect = format!("CONNECT 127.0.0.1:{} ", front.port());
    let tunnels = proxy.heads().into_iter().filter(|head| head.starts_with(&connect)).count();
    assert_eq!(tunnels, 1, "one connection, which is kept");
    assert!(!format!("{plain:?} {tunnelled:?}").contains("canary"));

    let around = store(through(builder(&server)).no_proxy("127.0.0.0/8"));
    let before = proxy.heads().len();
    around.save("c.txt", "hello").await.unwrap();
    assert_eq!(proxy.heads().len(), before);
}

#[tokio::test]
async fn requests_say_whose_they_are() {
    let server = server().await;
    let named = store(builder(&server).app_name("my-site.v2"));
    named.save("a.txt", "hello").await.unwrap();
    for request in server.requests() {
        let agent = request.header("user-agent").unwrap_or_default();
        assert!(agent.contains("aws-sdk-rust") && agent.contains("app/my-site.v2"), "{agent}");
    }
}

/// How many requests the server is answering.
fn under_way(server: &S3Server) -> usize {
    server.requests().iter().filter(|request| request.status.is_none()).count()
}

#[tokio::test]
async fn no_more_requests_are_under_way_than_configured() {
    let server = server().await;
    let store = store(builder(&server).max_requests(3).attempt_timeout(Duration::from_mins(5)));
    store.save("warm.txt", "up").await.unwrap();
    let stalled = server.inject(Fault::new(FaultAction::Stall).operation("PutObject"));
    let saves: Vec<_> = (0..10)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.save(format!("{number}.txt"), "x").overwrite().await })
        })
        .collect();
    eventually("three requests are under way", || under_way(&server) == 3).await;
    // A caller that gives up gives its turn back.
    stalled.remove();
    for save in &saves {
        save.abort();
    }
    for number in 0..20 {
        store.save(format!("after-{number}.txt"), "x").overwrite().await.unwrap();
    }
    assert_eq!(stalled.hits(), 3, "the others never left");
}

#[tokio::test]
async fn whoever_reads_slowly_keeps_nobody_waiting() {
    let server = server().await;
    let store = store(builder(&server).max_requests(1));
    store.save("a.bin", noise(MIB)).await.unwrap();
    let one = store.open("a.bin").await.unwrap();
    let other = store.open("a.bin").await.unwrap();
    store.save("b.txt", "meanwhile").await.unwrap();
    assert_eq!(one.bytes().await.unwrap().len() + other.bytes().await.unwrap().len(), 2 * MIB);
}
