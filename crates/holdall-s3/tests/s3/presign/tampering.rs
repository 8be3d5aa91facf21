//! Every character of a URL and of a form, changed: the server refuses each.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use futures_util::StreamExt as _;
use holdall_core::{Store, UploadRequest};
use holdall_testing::s3_server::S3Server;
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::form;
use crate::support::{BUCKET, fetch, server, store};

/// The spellings of a character; its other case comes to these.
const REPLACEMENTS: [char; 5] = ['a', '0', '%', '/', '~'];
/// How many requests are under way at once.
const AT_ONCE: usize = 16;
/// A name with everything that a URL encodes.
const ODD: &str = "usr/a b+c&d=é?#%41;~'(1).txt";

/// Sends bytes as they are to the server, whatever they say about hosts, and returns the status; `None`
/// where the server does not take it for HTTP.
async fn status(address: SocketAddr, request: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.write_all(request).await.expect("the server reads");
    let mut reply = Vec::new();
    // A request that is none may end in a reset.
    let _ = stream.read_to_end(&mut reply).await;
    let reply = String::from_utf8_lossy(&reply);
    reply.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

/// Every text that differs from this one in one character.
fn mutations(text: &str) -> impl Iterator<Item = String> {
    text.char_indices().flat_map(move |(at, letter)| {
        let other_case = if letter.is_ascii_lowercase() {
            letter.to_ascii_uppercase()
        } else {
            letter.to_ascii_lowercase()
        };
        let case = (!REPLACEMENTS.contains(&other_case)).then_some(other_case);
        let letters = REPLACEMENTS.into_iter().chain(case).filter(move |other| *other != letter);
        letters.map(move |other| format!("{}{other}{}", &text[..at], &text[at + letter.len_utf8()..]))
    })
}

/// A URL, decoded. Two that are the same then are two spellings of one.
fn meaning(url: &str) -> Vec<Vec<u8>> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    let (host, path) = path.split_at(path.find('/').unwrap_or(path.len()));
    let query = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let query = query.flat_map(|(name, value)| [decoded(name), decoded(value)]);
    // The host is not encoded.
    [host.as_bytes().to_vec(), decoded(path)].into_iter().chain(query).collect()
}

/// Headers as they are sent.
fn lines<'a>(headers: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    let mut lines = String::new();
    for (name, value) in headers {
        write!(lines, "{name}: {value}\r\n").expect("a String takes everything");
    }
    lines
}

/// The mutations of a URL: those that mean something else, and those that are only spelled otherwise.
fn tampered(url: &str) -> (Vec<String>, Vec<String>) {
    // The scheme never reaches a server.
    let url = url.strip_prefix("http://").expect("our server speaks http");
    let original = meaning(url);
    mutations(url).partition(|mutated| meaning(mutated) != original)
}

/// Sends a request to each of these URLs; `rest` is what follows the line of the host.
async fn try_all(
    server: &S3Server,
    method: &str,
    urls: Vec<String>,
    rest: &str,
) -> Vec<(Option<u16>, String)> {
    let address = server.address();
    let replies = futures_util::stream::iter(urls).map(|url| async move {
        let (host, target) = url.split_at(url.find('/').unwrap_or(url.len()));
        let target = if target.is_empty() { "/" } else { target };
        let request = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{rest}");
        (status(address, request.as_bytes()).await, url)
    });
    replies.buffer_unordered(AT_ONCE).collect().await
}

/// Refused by the server, or no HTTP at all.
#[track_caller]
fn assert_refused(status: Option<u16>, what: &dyn std::fmt::Debug) {
    // 501 is for another algorithm than ours.
    assert!(matches!(status, None | Some(400..=499 | 501)), "{status:?} for {what:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_changed_character_of_a_link_is_refused() {
    let server = server().await;
    let store = store(&server);
    store.save(ODD, "some content").await.unwrap();
    let url = store
        .url(ODD)
        .response_content_disposition("attachment; filename*=UTF-8''na%C3%AFve.txt")
        .response_content_type("text/plain")
        .await
        .unwrap();
    assert_eq!(fetch("GET", url.as_str()).await.status, 200);
    let (other, same) = tampered(url.as_str());
    assert!(other.len() > 2000, "{}", other.len());
    for (status, url) in try_all(&server, "GET", other, "\r\n").await {
        assert_refused(status, &url);
    }
    // %2f is %2F: one for each digit of an escape that is a letter, and nothing else.
    let digits = url.as_str().split('%').skip(1).flat_map(|escape| escape[..2].chars());
    assert_eq!(same.len(), digits.filter(char::is_ascii_alphabetic).count());
    for (status, url) in try_all(&server, "GET", same, "\r\n").await {
        assert_eq!(status, Some(200), "the same, only spelled otherwise: {url}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_changed_character_of_an_upload_is_refused() {
    let server = server().await;
    let request = put(&store(&server)).await;
    let headers = lines(request.headers.iter());
    let (other, _) = tampered(&request.url);
    assert!(other.len() > 1500, "{}", other.len());
    for (status, url) in try_all(&server, "PUT", other, &format!("{headers}\r\nhello")).await {
        assert_refused(status, &url);
    }

    // The headers, too: each name and each value.
    let mut refused = 0;
    for (name, value) in &request.headers {
        let others = lines(request.headers.iter().filter(|(other, _)| *other != name));
        let changes = mutations(name).map(|name| (name, value.clone()));
        let changes = changes.chain(mutations(value).map(|value| (name.clone(), value)));
        for (other, changed) in changes.chain([("x-left-out".to_owned(), value.clone())]) {
            // Names of headers have no case, and neither has what is only spelled so.
            if other.eq_ignore_ascii_case(name) && changed == *value {
                continue;
            }
            let (host, target) = parts(&request.url);
            let head = format!("PUT {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
            let sent = format!("{head}{others}{other}: {changed}\r\n\r\nhello");
            let status = status(server.address(), sent.as_bytes()).await;
            assert_refused(status, &(other, changed));
            refused += 1;
        }
    }
    assert!(refused > 500, "{refused}");
    assert!(server.keys(BUCKET).is_empty(), "nothing was stored");
    let (host, target) = parts(&request.url);
    let sent = format!("PUT {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\nhello");
    assert_eq!(status(server.address(), sent.as_bytes()).await, Some(200), "unchanged it is taken");
}

async fn put(store: &Store) -> UploadRequest {
    store
        .upload_request(ODD)
        .create()
        .content_type("text/plain")
        .size(5)
        .user_metadata("album", "summer")
        .checksum(holdall_core::Checksum::of(b"hello"))
        .await
        .unwrap()
}

/// Host and target.
fn parts(url: &str) -> (&str, &str) {
    let url = &url["http://".len()..];
    url.split_at(url.find('/').expect("a path"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_changed_character_of_a_form_is_refused() {
    let server = server().await;
    let request = store(&server)
        .upload_request("usr/cat.png")
        .overwrite()
        .content_type("image/png")
        .cache_control("no-store")
        .user_metadata("album", "summer")
        .max_size(10)
        .await
        .unwrap();
    let (host, target) = parts(&request.url);
    let sent = |fields: &BTreeMap<String, String>| {
        let (content_type, body) = form(fields, "cat.png", b"meow");
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {content_type}\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        [head.into_bytes(), body].concat()
    };
    let mut changed = Vec::new();
    for (name, value) in &request.fields {
        let mut others = request.fields.clone();
        others.remove(name);
        let with = |name: &str, value: &str| {
            let mut fields = others.clone();
            fields.insert(name.to_owned(), value.to_owned());
            fields
        };
        // Names of fields have no case.
        let names = mutations(name).filter(|other| !other.eq_ignore_ascii_case(name));
        changed.extend(names.map(|other| with(&other, value)));
        changed.extend(mutations(value).map(|value| with(name, &value)));
        changed.push(others.clone());
    }
    let count = changed.len();
    let replies = futures_util::stream::iter(changed).map(|fields| {
        let (address, bytes) = (server.address(), sent(&fields));
        async move { (status(address, &bytes).await, fields) }
    });
    let mut replies = replies.buffer_unordered(AT_ONCE);
    while let Some((status, fields)) = replies.next().await {
        assert_refused(status, &fields);
    }
    assert!(count > 4000, "{count}");
    assert!(server.keys(BUCKET).is_empty(), "nothing was stored");
    assert_eq!(status(server.address(), &sent(&request.fields)).await, Some(204), "unchanged it is taken");
}
