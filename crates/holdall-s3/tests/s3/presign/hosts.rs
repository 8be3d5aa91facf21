//! Links for the host that browsers reach, which is not the one that the storage talks to.

use holdall_core::{Store, Visibility};
use holdall_s3::{AddressingStyle, PresignRequest, S3Storage};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{send, upload};
use crate::support::{BUCKET, builder, fetch, server};

/// Something in front of the server, with a port of its own: it passes on what it gets, the `Host` header
/// included.
async fn forwarder(to: std::net::SocketAddr) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let task = tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut to = TcpStream::connect(to).await.expect("the server listens");
                // A client that hangs up is not our business.
                let _ = copy_bidirectional(&mut from, &mut to).await;
            });
        }
    });
    (port, task)
}

#[tokio::test]
async fn everything_that_is_signed_is_for_the_public_endpoint_and_verifies_there() {
    let server = server().await;
    let (port, task) = forwarder(server.address()).await;
    let public = format!("http://localhost:{port}");
    let storage = builder(&server).public_endpoint(&public).build().unwrap();
    let store = Store::new(storage.clone());
    // The storage itself goes on talking to the endpoint.
    store.save("usr/a b.txt", "hello").visibility(Visibility::Public).await.unwrap();
    assert_eq!(server.requests()[0].headers["host"], server.address().to_string());

    let link = store.url("usr/a b.txt").await.unwrap();
    assert!(link.url.starts_with(&format!("{public}/{BUCKET}/usr/a%20b.txt?")), "{}", link.url);
    assert_eq!(fetch("GET", &link.url).await.body, "hello");
    // It was signed for that host and no other.
    let elsewhere = link.url.replace(&public, &server.endpoint());
    assert_eq!(fetch("GET", &elsewhere).await.status, 403);

    let plain = store.url("usr/a b.txt").visibility(Visibility::Public).await.unwrap();
    assert_eq!(plain.url, format!("{public}/{BUCKET}/usr/a%20b.txt"));
    assert_eq!(fetch("GET", &plain.url).await.body, "hello");

    for request in [
        store.upload_request("put.txt").size(5).await.unwrap(),
        store.upload_request("form.txt").max_size(5).await.unwrap(),
    ] {
        assert!(request.url.starts_with(&public), "{}", request.url);
        assert!(matches!(upload(&request, b"hello").await.status, 200 | 204));
        assert_eq!(server.object(BUCKET, request.name.as_str()).unwrap().content, "hello");
    }
    let head = storage.presign(PresignRequest::head("usr/a b.txt")).await.unwrap();
    assert_eq!(send("HEAD", &head.url, &head.headers, "").await.status, 200);
    task.abort();
}

#[tokio::test]
async fn the_public_endpoint_names_the_bucket_as_the_style_says() {
    let url = async |style: &str, public: &str, visibility| {
        let storage = S3Storage::builder("my-site")
            .endpoint("http://minio:9000")
            .access_key("a")
            .secret_key("b")
            .addressing_style(style.parse::<AddressingStyle>().unwrap())
            .public_endpoint(public)
            .build()?;
        Ok::<_, holdall_core::Error>(Store::new(storage).url("a.txt").visibility(visibility).await?.url)
    };
    for visibility in [Visibility::Public, Visibility::Private] {
        let path = url("auto", "https://files.example.com/", visibility).await.unwrap();
        assert_eq!(path.split('?').next(), Some("https://files.example.com/my-site/a.txt"));
        let host = url("virtual", "https://files.example.com:8443", visibility).await.unwrap();
        assert_eq!(host.split('?').next(), Some("https://my-site.files.example.com:8443/a.txt"));
    }
    assert!(url("virtual", "https://192.0.2.1", Visibility::Private).await.is_err());
    // A custom domain is for plain URLs, whatever signs the others.
    let both = S3Storage::builder("my-site").region("eu-central-1").access_key("a").secret_key("b");
    let both = both.public_endpoint("https://files.example.com").custom_domain("cdn.example.com");
    let store = Store::new(both.build().unwrap());
    let plain = store.url("a.txt").visibility(Visibility::Public).await.unwrap();
    assert_eq!(plain.url, "https://cdn.example.com/a.txt");
    assert!(store.url("a.txt").await.unwrap().url.starts_with("https://files.example.com/my-site/a.txt?"));
}
