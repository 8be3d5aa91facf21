//! Every upload that is not taken: its status, its sentence, and that nothing is left of it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use crate::pictures::{large_png, png};
use crate::site::{Answer, Part, Site, part_head};

/// Checks that a refusal is a whole page with the sentence on it, and that nothing was stored.
async fn assert_refused(site: &Site, answer: &Answer, status: StatusCode, sentence: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert!(answer.alert().contains(sentence), "{sentence:?} in {:?}", answer.alert());
    assert!(answer.text().contains("name=\"img-file\""), "the form is there again");
    assert!(site.files().await.is_empty(), "nothing is stored");
    assert!(site.get("/").await.text().contains("No images yet"), "nothing is recorded");
}

#[tokio::test]
async fn what_is_no_image_is_refused_whatever_it_is_called() {
    let site = Site::new().await;
    let files: [(&str, &[u8]); 6] = [
        ("page.png", b"<!doctype html><script>alert(1)</script>"),
        ("vector.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>"),
        ("report.pdf", b"%PDF-1.7\n"),
        ("cat.jpg", b"not a picture at all"),
        ("tiny.png", b"\x89P"),
        ("late.png", b"<script>\x89PNG\r\n\x1a\n"),
    ];
    for (name, bytes) in files {
        let answer = site.upload(name, bytes).await;
        assert_refused(&site, &answer, StatusCode::UNSUPPORTED_MEDIA_TYPE, "not an image").await;
    }
}

#[tokio::test]
async fn a_form_without_a_file_is_refused() {
    let site = Site::new().await;
    // What a browser sends for a file field that was left alone.
    let answer = site.upload("", b"").await;
    assert_refused(&site, &answer, StatusCode::BAD_REQUEST, "No image was chosen").await;
    let token = Part { name: "csrf_token", file_name: None, bytes: site.token.as_bytes() };
    let answer = site.post_parts(&[token]).await;
    assert_refused(&site, &answer, StatusCode::BAD_REQUEST, "No image was chosen").await;
    let answer = site.upload("empty.png", b"").await;
    assert_refused(&site, &answer, StatusCode::BAD_REQUEST, "The file is empty").await;
}

#[tokio::test]
async fn the_limit_is_met_to_the_byte() {
    let picture = large_png(100_000);
    let exactly = picture.len().to_string();
    let site = Site::with(&[("GALLERY_MAX_UPLOAD", &exactly)], |media| media).await;
    let one_more = [picture.as_slice(), b"!"].concat();
    let answer = site.upload("big.png", &one_more).await;
    assert_refused(&site, &answer, StatusCode::PAYLOAD_TOO_LARGE, "The image is too large").await;
    site.stored("big.png", &picture).await;
}

#[tokio::test]
async fn the_sentence_says_how_large_an_image_may_be() {
    let site = Site::with(&[("GALLERY_MAX_UPLOAD", "64 KiB")], |media| media).await;
    let answer = site.upload("big.png", &large_png(70_000)).await;
    assert_refused(&site, &answer, StatusCode::PAYLOAD_TOO_LARGE, "images of up to 64 KiB").await;
}

/// A form whose file is `picture` and then chunks of zeros without end; counts what was read.
fn endless(site: &Site, read: &Arc<AtomicUsize>) -> Body {
    let head = format!(
        "{}{}\r\n{}",
        part_head("csrf_token", None),
        site.token,
        part_head("img-file", Some("endless.png"))
    );
    let start = [head.into_bytes(), png(4, 4, 0)].concat();
    let read = Arc::clone(read);
    let chunk = Bytes::from(vec![0; 1 << 16]);
    let zeros = std::iter::repeat_with(move || {
        read.fetch_add(1 << 16, Ordering::Relaxed);
        chunk.clone()
    });
    Body::from_stream(stream::iter(std::iter::once(Bytes::from(start)).chain(zeros).map(Ok::<_, io::Error>)))
}

#[tokio::test]
async fn an_upload_without_end_is_ended() {
    let site = Site::with(&[("GALLERY_MAX_UPLOAD", "1 MiB")], |media| media).await;
    let read = Arc::new(AtomicUsize::new(0));
    let answer = site.post_body(endless(&site, &read)).await;
    assert_refused(&site, &answer, StatusCode::PAYLOAD_TOO_LARGE, "up to 1 MiB").await;
    // The limit, and the 64 MiB that are read on so that a browser gets to see the page.
    let read = read.load(Ordering::Relaxed);
    assert!(read <= (66 << 20), "{read} bytes were read");
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let site = Site::new().await;
    let token = part_head("csrf_token", None) + &site.token + "\r\n";
    let head = token.clone() + &part_head("img-file", Some("half.png"));
    let start = [head.into_bytes(), large_png(200_000)].concat();

    // The connection ends in the middle of the file.
    let answer = site.post_body(Body::from(start.clone())).await;
    assert_refused(&site, &answer, StatusCode::BAD_REQUEST, "broke off").await;

    // The connection fails in the middle of the file.
    let broken = [Ok(Bytes::from(start)), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
    let answer = site.post_body(Body::from_stream(stream::iter(broken))).await;
    assert_refused(&site, &answer, StatusCode::BAD_REQUEST, "broke off").await;

    // It ends before the file has begun.
    let answer = site.post_body(Body::from(token)).await;
    assert_refused(&site, &answer, StatusCode::BAD_REQUEST, "broke off").await;
}

#[tokio::test]
async fn a_visitor_who_goes_away_leaves_nothing() {
    let site = Site::new().await;
    let head =
        part_head("csrf_token", None) + &site.token + "\r\n" + &part_head("img-file", Some("half.png"));
    let start = Bytes::from([head.into_bytes(), large_png(200_000)].concat());
    let (sent, arrived) = tokio::sync::oneshot::channel();
    // One chunk, then silence. That the body is asked for more says that the chunk is on its way
    // into the storage, where the handler waits when it is dropped.
    let silence = stream::once(async move {
        sent.send(()).expect("the test waits");
        std::future::pending::<io::Result<Bytes>>().await
    });
    let chunks = stream::iter([Ok(start)]).chain(silence);
    let upload = site.post_body(Body::from_stream(chunks));
    tokio::select! {
        answer = upload => panic!("an upload that never ended was answered: {}", answer.status),
        _ = arrived => {}
    }
    assert!(site.files().await.is_empty());
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let site = Site::new().await;
    for (content_type, body) in [
        ("application/json", "{}"),
        ("application/x-www-form-urlencoded", "csrf_token=x"),
        ("multipart/form-data", "no boundary"),
        ("", ""),
    ] {
        let request = site.request(Method::POST, "/").header(header::CONTENT_TYPE, content_type);
        let answer = site.send(request.body(Body::from(body)).unwrap()).await;
        assert_refused(&site, &answer, StatusCode::FORBIDDEN, "please try again").await;
    }
    let answer = site.post_body(Body::from("no parts here")).await;
    assert_refused(&site, &answer, StatusCode::BAD_REQUEST, "broke off").await;
}
