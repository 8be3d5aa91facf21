//! Which content is let through as what. That the checks hold against a client that goes on writing is shown by
//! the conformance suite, on every storage.

use super::sniff::{self, sniff};
use crate::{Attributes, Checksum, ErrorKind, MemoryStorage, Store};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const HTML: &[u8] = b"<!DOCTYPE html><script>alert(1)</script>";
const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";

async fn incoming(content: &[u8]) -> Store {
    let store = Store::new(MemoryStorage::new());
    // What a client would like its upload to be taken for.
    store.save("in/1", content).content_type("text/html").content_encoding("br").await.unwrap();
    store
}

#[test]
fn what_a_browser_would_run_is_never_taken_for_something_else() {
    let active = |head: &[u8]| (sniff(head).content_type, sniff(head).allowed_as);
    let octets = sniff::UNRECOGNISED;
    assert_eq!(active(PNG), ("image/png", "image/png"));
    assert_eq!(active(HTML), (octets, "text/html"));
    assert_eq!(active(b" \n<html >"), (octets, "text/html"));
    assert_eq!(active(b"<?xml version='1.0'?><svg/>"), (octets, "text/xml"));
    // Not recognised, and served as bytes, which no browser runs.
    for head in [SVG, b"plain", b"{}", b"a,b\n1,2\n", b""] {
        assert_eq!(active(head), (octets, octets), "{head:?}");
    }
}

#[tokio::test]
async fn the_final_file_has_the_sniffed_type_and_nothing_of_the_clients() {
    for (content, content_type) in
        [(PNG, "image/png"), (HTML, sniff::UNRECOGNISED), (SVG, sniff::UNRECOGNISED)]
    {
        let store = incoming(content).await;
        let cache_control = Some("max-age=60".to_owned());
        let mut attributes = Attributes { cache_control, ..Attributes::default() };
        let promoted = store.promote("in/1", "final/cat.html").attributes(attributes.clone()).await.unwrap();
        assert_eq!(promoted.content_type, content_type);
        assert!(promoted.incoming_left.is_none());
        attributes.content_type = Some(content_type.to_owned());
        assert_eq!(store.metadata("final/cat.html").await.unwrap().attributes, attributes);
        assert_eq!(store.open("final/cat.html").await.unwrap().bytes().await.unwrap(), content);
        assert!(!store.exists("in/1").await.unwrap());
    }
}

#[tokio::test]
async fn a_given_type_is_for_what_is_not_recognised() {
    let csv = || Attributes { content_type: Some("text/csv".to_owned()), ..Attributes::default() };
    for (content, expected) in
        [(&b"a,b\n1,2\n"[..], "text/csv"), (PNG, "image/png"), (HTML, sniff::UNRECOGNISED)]
    {
        let promoted = incoming(content).await.promote("in/1", "final/1").attributes(csv()).await.unwrap();
        assert_eq!(promoted.content_type, expected);
    }
    // With a list, only what the list says.
    let store = incoming(HTML).await;
    let refused =
        store.promote("in/1", "final/1").attributes(csv()).content_types([sniff::UNRECOGNISED]).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
    let promoted = store.promote("in/1", "final/1").content_types(["text/html"]).await.unwrap();
    assert_eq!(promoted.content_type, "text/html", "who names it means it");
}

#[tokio::test]
async fn checks_that_nothing_could_pass_are_refused_before_anything_is_read() {
    let store = Store::new(MemoryStorage::new());
    let refused = [
        store.promote("in/1", "in/1").await.unwrap_err(),
        store.promote("in/1", "final/1").min_size(2).max_size(1).await.unwrap_err(),
        store.promote("in/1", "final/1").content_types(["image/svg+xml"]).await.unwrap_err(),
        store.promote("in/1", "final/1").content_types(["image/*"]).await.unwrap_err(),
        store.promote("in/1", "final/1").content_types(["image/png", "text/plain"]).await.unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
    let missing = store.promote("in/1", "final/1").await.unwrap_err();
    assert_eq!(missing.to_string(), "cannot promote \"in/1\" in memory: there is no such file");
}

#[tokio::test]
async fn a_refused_file_stays_or_goes_by_choice() {
    let wrong = Checksum::of(b"something else");
    for by_choice in [false, true] {
        let store = incoming(PNG).await;
        let size = PNG.len() as u64;
        let refused = |text: &str, kind: ErrorKind, error: crate::Error| {
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.to_string().contains(text), "{error}");
        };
        macro_rules! promote {
            ($($call:ident($argument:expr)),*) => {{
                if !store.exists("in/1").await.unwrap() {
                    store.save("in/1", PNG).await.unwrap();
                }
                let promote = store.promote("in/1", "final/1")$(.$call($argument))*;
                let promote = if by_choice { promote.delete_rejected() } else { promote };
                let error = promote.await.unwrap_err();
                assert_eq!(store.exists("in/1").await.unwrap(), !by_choice);
                assert!(!store.exists("final/1").await.unwrap());
                error
            }};
        }
        refused("at most 3 are allowed", ErrorKind::TooLarge, promote!(max_size(3)));
        refused("at least 900 are wanted", ErrorKind::InvalidInput, promote!(min_size(900)));
        refused("at least", ErrorKind::InvalidInput, promote!(size(size + 1)));
        refused("at most", ErrorKind::TooLarge, promote!(size(size - 1)));
        refused(
            "\"image/png\"; allowed are image/jpeg",
            ErrorKind::InvalidInput,
            promote!(content_types(["image/jpeg"])),
        );
        refused("", ErrorKind::ChecksumMismatch, promote!(checksum(wrong)));
    }
}
