//! A server whose API lies behind a path, as all of Supabase does: `https://x.example/storage/v1/s3`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use aws_lc_rs::digest;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use bytes::Bytes;
use holdall_core::{SaveMode, Store, UploadPolicy, Visibility};
use holdall_s3::{PresignRequest, S3StorageBuilder};
use holdall_testing::conformance::suite;
use holdall_testing::s3_server::S3Server;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::service::service_fn;
use hyper::{Request, Response, Uri, http};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

use crate::conformance::browse;
use crate::presign::{send, upload};
use crate::support::{BUCKET, MIB, SECRET, builder, fetch, noise, server};

const PREFIX: &str = "/storage/v1/s3";

/// Puts a server behind [`PREFIX`]. A signature covers the whole path: this one checks it there and signs the request
/// anew for the server, which knows nothing of the path.
async fn behind_a_path(server: &S3Server) -> String {
    let to = server.address();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let endpoint = format!("http://{}{PREFIX}", listener.local_addr().expect("it is bound"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = service_fn(move |request| answer(to, request));
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer),
            );
        }
    });
    endpoint
}

async fn answer(to: SocketAddr, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let refusal = |status: u16, sentence: String| {
        Response::builder().status(status).body(Full::new(Bytes::from(sentence))).expect("a reply")
    };
    let (mut parts, body) = request.into_parts();
    let body = body.collect().await.expect("a whole request").to_bytes();
    let path = parts.uri.path().to_owned();
    let Some(rest) = path.strip_prefix(PREFIX).filter(|rest| rest.starts_with('/')) else {
        return Ok(refusal(404, format!("{path} is not the API")));
    };
    let Some(query) = sign_for(rest, &mut parts) else {
        return Ok(refusal(403, format!("the signature is not for {path}")));
    };
    let query = if query.is_empty() { query } else { format!("?{query}") };
    parts.uri = Uri::try_from(format!("http://{to}{rest}{query}")).expect("a URL");
    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http::<Full<Bytes>>();
    match client.request(Request::from_parts(parts, Full::new(body))).await {
        Ok(reply) => {
            let (parts, body) = reply.into_parts();
            match body.collect().await {
                Ok(body) => Ok(Response::from_parts(parts, Full::new(body.to_bytes()))),
                Err(error) => Ok(refusal(502, error.to_string())),
            }
        }
        Err(error) => Ok(refusal(502, error.to_string())),
    }
}

/// Checks the signature for the whole path and puts one for the rest in its place. The query is the new one; `None` is
/// a wrong signature. A request without any is handed on.
fn sign_for(rest: &str, parts: &mut http::request::Parts) -> Option<String> {
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let parameter = |name: &str| {
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned())
    };
    let header = |name: &str| Some(parts.headers.get(name)?.to_str().ok()?.to_owned());
    let authorization = header("authorization");
    let in_header = |name: &str| {
        let (_, value) = authorization.as_deref()?.split_once(name)?;
        Some(value.split(',').next()?.trim().to_owned())
    };
    let (signed, given, scope, date, payload) = match (&authorization, parameter("X-Amz-Signature")) {
        (Some(_), _) => (
            in_header("SignedHeaders=")?,
            in_header("Signature=")?,
            in_header("Credential=")?,
            header("x-amz-date")?,
            header("x-amz-content-sha256")?,
        ),
        (None, Some(given)) => (
            parameter("X-Amz-SignedHeaders")?,
            given,
            parameter("X-Amz-Credential")?,
            parameter("X-Amz-Date")?,
            "UNSIGNED-PAYLOAD".to_owned(),
        ),
        (None, None) => return Some(query),
    };
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("X-Amz-Signature="))
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
        .collect();
    pairs.sort();
    let headers: Vec<String> = signed
        .split(';')
        .map(|name| {
            let values =
                parts.headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default().trim());
            format!("{name}:{}\n", values.collect::<Vec<_>>().join(","))
        })
        .collect();
    let headers = headers.concat();
    let (_, scope) = scope.split_once('/')?;
    let mut words = scope.split('/');
    let (day, region) = (words.next()?, words.next()?);
    let signature = |path: &str| {
        let request =
            format!("{}\n{path}\n{}\n{headers}\n{signed}\n{payload}", parts.method, pairs.join("&"));
        let hash = digest::digest(&digest::SHA256, request.as_bytes());
        let hash: Vec<String> = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let hash = hash.concat();
        let key = generate_signing_key(SECRET, midnight(day), region, "s3");
        calculate_signature(key, format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hash}").as_bytes())
    };
    if signature(parts.uri.path()) != given {
        return None;
    }
    let anew = signature(rest);
    if let Some(authorization) = authorization {
        let value = HeaderValue::from_str(&authorization.replace(&given, &anew)).expect("a header");
        parts.headers.insert("authorization", value);
    }
    Some(query.replace(&given, &anew))
}

/// `20270115`, as the key of a day wants it.
fn midnight(day: &str) -> std::time::SystemTime {
    let text = format!("{}-{}-{}T00:00:00Z", &day[..4], &day[4..6], &day[6..]);
    let format = aws_sdk_s3::primitives::DateTimeFormat::DateTime;
    let time = aws_sdk_s3::primitives::DateTime::from_str(&text, format).expect("a day");
    time.try_into().expect("a time")
}

fn behind(server: &S3Server, endpoint: &str) -> S3StorageBuilder {
    builder(server).endpoint(endpoint)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_behind_a_path_conforms() {
    let server = Arc::new(server().await);
    let endpoint = behind_a_path(&server).await;
    let store = Store::new(behind(&server, &endpoint).build().unwrap());
    let watched = Arc::clone(&server);
    let suite = suite().secret(SECRET).http(browse).leftovers(move || {
        let open = watched.open_uploads(BUCKET).iter().map(|upload| format!("{upload:?}")).collect();
        async move { open }
    });
    suite.quick().run(&store).await.assert();
}

#[tokio::test]
async fn every_kind_of_url_has_the_path() {
    let server = server().await;
    let endpoint = behind_a_path(&server).await;
    // With a slash at its end it is the same, and so it is as the public endpoint alone.
    let storages = [
        behind(&server, &endpoint),
        behind(&server, &format!("{endpoint}/")),
        builder(&server).public_endpoint(&endpoint),
    ];
    for builder in storages {
        let storage = builder.part_size(5 * MIB as u64).build().unwrap();
        let store = Store::new(storage.clone());
        let base = format!("{endpoint}/{BUCKET}");
        store.save("usr/a b.txt", "hello").overwrite().visibility(Visibility::Public).await.unwrap();

        let link = store.url("usr/a b.txt").await.unwrap();
        assert!(link.url.starts_with(&format!("{base}/usr/a%20b.txt?")), "{}", link.url);
        assert_eq!(fetch("GET", &link.url).await.body, "hello");
        // The path is a part of what was signed.
        assert_eq!(fetch("GET", &link.url.replace("a%20b", "a%20c")).await.status, 403);
        let plain = store.url("usr/a b.txt").visibility(Visibility::Public).await.unwrap();
        assert_eq!(plain.url, format!("{base}/usr/a%20b.txt"));
        assert_eq!(fetch("GET", &plain.url).await.body, "hello");
        let head = storage.presign(PresignRequest::head("usr/a b.txt")).await.unwrap();
        assert_eq!(send("HEAD", &head.url, &head.headers, "").await.status, 200);

        for request in [
            store.upload_request("put.txt").size(5).await.unwrap(),
            store.upload_request("form.txt").max_size(5).await.unwrap(),
        ] {
            assert!(request.url.starts_with(&base), "{}", request.url);
            assert!(matches!(upload(&request, b"hello").await.status, 200 | 204));
            assert_eq!(server.object(BUCKET, request.name.as_str()).unwrap().content, "hello");
        }

        let content = noise(6 * MIB);
        let policy = UploadPolicy::default().with_mode(SaveMode::Overwrite).with_size(content.len() as u64);
        let uploads = storage.multipart_uploads(policy).unwrap();
        let begun = uploads.create("film.mp4").await.unwrap();
        for part in uploads.sign("film.mp4", &begun, 1..=2).await.unwrap() {
            let at = (part.part_number as usize - 1) * 5 * MIB;
            let piece = content.slice(at..content.len().min(at + 5 * MIB));
            assert!(part.request.url.starts_with(&base), "{}", part.request.url);
            assert_eq!(send("PUT", &part.request.url, &part.request.headers, piece).await.status, 200);
        }
        assert_eq!(uploads.complete("film.mp4", &begun).await.unwrap().size, content.len() as u64);
    }
}
