//! What `upload_request` promises, and links when somebody follows them.

use std::time::{Duration, SystemTime};

use holdall_core::ErrorKind::{InvalidInput, Unsupported};
use holdall_core::{Store, UploadMethod, UploadRequest, Visibility};

use crate::conformance::http::{send, upload};
use crate::conformance::support::{get, put, refused_naming};

/// How long the suite asks for.
const ASKED: Duration = Duration::from_mins(10);

/// A client gets a request for one upload that expires and whose `Debug` shows no key. Promise 14.
pub async fn upload_request_expires(store: &Store) {
    let before = SystemTime::now();
    let form = store.capabilities().upload_forms.then(|| store.upload_request("usr/cat.jpg").max_size(1000));
    for call in [store.upload_request("usr/cat.jpg")].into_iter().chain(form) {
        let request = call.expires_in(ASKED).await.unwrap();
        assert!(request.expires_at > before);
        assert!(request.expires_at <= SystemTime::now() + ASKED + Duration::from_secs(1));
        let shown = format!("{request:?}");
        for value in request.fields.values().filter(|value| value.len() >= 16) {
            assert!(!shown.contains(value.as_str()), "Debug shows a field of the form");
        }
        if let Some((_, query)) = request.url.split_once('?') {
            assert!(!shown.contains(query), "Debug shows the query");
        }
    }
}

/// Nobody can try another name after a client has uploaded, so each request has a name of its own, which the
/// request tells. Promises 1 and 3.
pub async fn upload_request_gives_every_client_a_name(store: &Store) {
    let first = store.upload_request("usr/cat.tar.gz").await.unwrap().name;
    let second = store.upload_request("usr/cat.tar.gz").await.unwrap().name;
    assert_ne!(first, second);
    for name in [&first, &second] {
        assert!(name.as_str().starts_with("usr/cat_") && name.as_str().ends_with(".tar.gz"), "{name}");
    }
    let short = store.upload_request("usr/cat.jpg").max_name_length(34).await.unwrap().name;
    assert_eq!(short.as_str().chars().count(), 34, "max_name_length counts the whole name: {short}");
    let kept = store.upload_request("usr/cat.jpg").overwrite().await.unwrap().name;
    assert_eq!(kept, "usr/cat.jpg");
}

/// What no request can be bound to is refused, not left out. Promise 14.
pub async fn upload_request_refuses_what_it_cannot_bind(store: &Store) {
    let call = || store.upload_request("cat.jpg");
    for refused in [
        call().method(UploadMethod::Put).max_size(10).await,
        call().method(UploadMethod::Put).content_type("image/*").await,
        call().any_file_name(true).await,
        call().min_size(2).max_size(1).await,
        call().content_type("image/png,text/html").await,
        call().user_metadata("Not-Lower", "x").await,
    ] {
        refused_naming(refused, InvalidInput, "cat.jpg");
    }
    if store.capabilities().create {
        refused_naming(call().create().max_size(10).await, InvalidInput, "cat.jpg");
        refused_naming(call().create().method(UploadMethod::Post).await, InvalidInput, "cat.jpg");
    } else {
        refused_naming(call().create().await, Unsupported, "cat.jpg");
    }
}

/// Where clients cannot upload directly, that is `Unsupported`. Promise 14.
pub async fn upload_request_is_refused_where_there_is_none(store: &Store) {
    refused_naming(store.upload_request("cat.jpg").await, Unsupported, "cat.jpg");
}

/// What a client sends is the file, under the name of the request, with the type that the name tells.
/// Promises 1, 11 and 14.
pub async fn upload_request_takes_a_file(store: &Store) {
    for name in ["cat.txt", "a b/c+d&e.txt", "日本/caf\u{e9}.txt"] {
        let content = b"some content";
        let mut calls = vec![store.upload_request(name)];
        if store.capabilities().upload_forms {
            calls.extend([store.upload_request(name).max_size(20), store.upload_request(name).size(12)]);
        }
        for call in calls {
            let request = call.await.unwrap();
            taken(&request, content).await;
            assert_eq!(get(store, &request.name).await, &content[..]);
            let metadata = store.metadata(&request.name).await.unwrap();
            assert_eq!(metadata.attributes.content_type.as_deref(), Some("text/plain"));
        }
    }
}

/// Attributes of the policy are those of the file. Promise 10.
pub async fn upload_request_keeps_the_attributes(store: &Store) {
    let form = store.capabilities().upload_forms.then_some(UploadMethod::Post);
    for method in [UploadMethod::Put].into_iter().chain(form) {
        let request = store
            .upload_request("cat.bin")
            .method(method)
            .content_type("image/png")
            .content_disposition("attachment")
            .cache_control("no-store")
            .user_metadata("album", "Gr\u{fc}\u{df}e")
            .await
            .unwrap();
        taken(&request, b"x").await;
        let attributes = store.metadata(&request.name).await.unwrap().attributes;
        assert_eq!(attributes.content_type.as_deref(), Some("image/png"));
        assert_eq!(attributes.content_disposition.as_deref(), Some("attachment"));
        assert_eq!(attributes.cache_control.as_deref(), Some("no-store"));
        assert_eq!(attributes.user["album"], "Gr\u{fc}\u{df}e");
    }
}

/// More bytes, fewer, or another type than the policy says are refused, and nothing is stored. Promise 14.
pub async fn upload_request_refuses_other_content(store: &Store) {
    let range = store.upload_request("a.txt").overwrite().min_size(2).max_size(4).await.unwrap();
    for content in [&b"x"[..], b"12345"] {
        refused(&range, content).await;
    }
    let exact = store.upload_request("a.txt").overwrite().size(4).await.unwrap();
    for content in [&b"123"[..], b"12345"] {
        refused(&exact, content).await;
    }
    let mut typed = store.upload_request("a.txt").overwrite().await.unwrap();
    typed.headers.insert("content-type".to_owned(), "text/html".to_owned());
    refused(&typed, b"1234").await;
    let mut form = store.upload_request("a.txt").overwrite().method(UploadMethod::Post).await.unwrap();
    form.fields.insert("Content-Type".to_owned(), "text/html".to_owned());
    refused(&form, b"1234").await;
    assert!(!store.exists("a.txt").await.unwrap(), "what was refused is not stored");
    taken(&range, b"1234").await;
}

/// With `Create` a client cannot replace a file, not even its own. Promise 3.
pub async fn upload_request_with_create_refuses_a_taken_name(store: &Store) {
    put(store, "taken.txt", "old").await;
    let request = store.upload_request("taken.txt").create().await.unwrap();
    assert_eq!(request.name, "taken.txt");
    refused(&request, b"new").await;
    assert_eq!(get(store, "taken.txt").await, "old");
    let free = store.upload_request("free.txt").create().await.unwrap();
    taken(&free, b"1").await;
    refused(&free, b"2").await;
    assert_eq!(get(store, "free.txt").await, "1");
}

/// A request of a location grants nothing outside it. Promise 6.
pub async fn upload_request_stays_in_its_location(store: &Store) {
    let inner = store.located("inner/place").unwrap();
    let request = inner.upload_request("cat.txt").overwrite().await.unwrap();
    assert_eq!(request.name, "cat.txt");
    taken(&request, b"x").await;
    assert_eq!(get(store, "inner/place/cat.txt").await, "x");
    put(store, "outside.txt", "old").await;
    let form = inner.upload_request("box").any_file_name(true).overwrite().await.unwrap();
    let key = form.fields.get("key").expect("the form says where the file goes");
    let outside = key.replace("inner/place/box/${filename}", "outside.txt");
    assert_ne!(&outside, key);
    let mut elsewhere = form.clone();
    elsewhere.fields.insert("key".to_owned(), outside);
    refused(&elsewhere, b"new").await;
    assert_eq!(get(store, "outside.txt").await, "old");
}

/// Whoever follows a signed URL gets the file, and only with the name that was signed. Promise 14.
pub async fn url_of_a_private_file_gives_the_file(store: &Store) {
    for name in ["cat.txt", "a b/c+d&e=f?.txt", "100%41#.txt", "日本/caf\u{e9}.txt"] {
        put(store, name, "content").await;
        let url = store.url(name).visibility(Visibility::Private).expires_in(ASKED).await.unwrap().url;
        let none = std::collections::BTreeMap::new();
        let reply = send("GET", &url, &none, "").await;
        assert_eq!((reply.status, &reply.body[..]), (200, &b"content"[..]), "{name}");
        put(store, "other", "other").await;
        let (path, query) = url.split_once('?').expect("a signed URL has a signature");
        let begin = path.rfind('/').expect("a path");
        let other = send("GET", &format!("{}/other?{query}", &path[..begin]), &none, "").await;
        assert!((400..500).contains(&other.status), "{name}: the signature fits another name, too");
    }
}

/// The storage took the upload.
async fn taken(request: &UploadRequest, content: &[u8]) {
    let reply = upload(request, content).await;
    let said = String::from_utf8_lossy(&reply.body).into_owned();
    assert!((200..300).contains(&reply.status), "{} {said} to {request:?}", reply.status);
}

/// The storage refused the upload.
async fn refused(request: &UploadRequest, content: &[u8]) {
    let reply = upload(request, content).await;
    assert!(
        (400..500).contains(&reply.status),
        "{} to {request:?} with {} bytes",
        reply.status,
        content.len()
    );
}
