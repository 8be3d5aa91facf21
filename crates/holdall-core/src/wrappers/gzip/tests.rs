//! That the original comes back, and the same bytes from every source.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::GzDecoder;

use super::Gzipped;
use super::encode::BLOCK;
use crate::{Attributes, Checksum, Content, Error, ErrorKind, MemoryStorage, Store};

fn store() -> Store {
    Store::new(Gzipped::new(MemoryStorage::new()))
}

/// Text with some, but not too much, order in it.
fn text(length: usize) -> Bytes {
    let words = (0_u64..).flat_map(|n| format!("a{} {{ top: {}px }}\n", n % 97, n * n % 1009).into_bytes());
    words.take(length).collect()
}

fn in_chunks(content: &Bytes, size: usize) -> Content<'static> {
    let chunks: Vec<_> = content.chunks(size).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    Content::stream(futures_util::stream::iter::<Vec<Result<Bytes, std::io::Error>>>(chunks))
}

async fn stored(store: &Store, name: &str) -> (Bytes, Attributes) {
    let file = store.open(name).await.unwrap();
    let attributes = file.metadata().attributes.clone();
    (file.bytes().await.unwrap(), attributes)
}

fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut original = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut original).unwrap();
    original
}

#[tokio::test]
async fn the_original_comes_back_and_every_source_gives_the_same_bytes() {
    let lengths = [1000, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 1_000_000];
    let directory = tempfile::tempdir().unwrap();
    for length in lengths {
        let store = store();
        let original = text(length);
        let path = directory.path().join("a.css");
        std::fs::write(&path, &original).unwrap();
        store.save("0.css", original.clone()).await.unwrap();
        let (packed, attributes) = stored(&store, "0.css").await;
        assert_eq!(attributes.content_encoding.as_deref(), Some("gzip"));
        assert_eq!(attributes.content_type.as_deref(), Some("text/css"));
        assert_eq!(unpacked(&packed), original);
        assert!(packed.len() < length / 2, "{} of {length}", packed.len());
        // RFC 1952: no flags, no time, the best compression, no system.
        assert_eq!(packed[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
        let sources = [
            Content::from(path.as_path()),
            in_chunks(&original, 17),
            in_chunks(&original, 1000),
            in_chunks(&original, 300_000),
            Content::bytes(original.clone()),
        ];
        for source in sources {
            let saved = store.save("1.css", source).overwrite().await.unwrap();
            assert_eq!(stored(&store, "1.css").await.0, packed);
            assert_eq!((saved.size, saved.checksum), (packed.len() as u64, Some(Checksum::of(&packed))));
        }
    }
}

#[tokio::test]
async fn only_chosen_types_are_compressed_and_nothing_twice() {
    let store = store();
    let original = text(10_000);
    let is_packed = |name: &'static str| {
        let store = store.clone();
        async move { stored(&store, name).await.1.content_encoding.as_deref() == Some("gzip") }
    };
    store.save("a.js", original.clone()).await.unwrap();
    store.save("a.svg", original.clone()).content_type("Image/SVG+xml; charset=utf-8").await.unwrap();
    store.save("a.txt", original.clone()).await.unwrap();
    store.save("a.css", original.clone()).content_type("text/plain").await.unwrap();
    assert!(is_packed("a.js").await && is_packed("a.svg").await);
    assert!(!is_packed("a.txt").await && !is_packed("a.css").await);

    store.save("b.css", original.clone()).content_encoding("br").await.unwrap();
    assert_eq!(stored(&store, "b.css").await, {
        let mut attributes = Attributes { content_encoding: Some("br".to_owned()), ..Attributes::default() };
        attributes.content_type = Some("text/css".to_owned());
        (original.clone(), attributes)
    });
    // Packed by somebody who did not say so: not for us to say what it is.
    for length in [1000, 3_000_000] {
        store.save("a.css", text(length)).overwrite().await.unwrap();
        let (packed, _) = stored(&store, "a.css").await;
        for source in [Content::bytes(packed.clone()), in_chunks(&packed, 70_000)] {
            store.save("c.css", source).overwrite().checksum(Checksum::of(&packed)).await.unwrap();
            let (again, attributes) = stored(&store, "c.css").await;
            assert_eq!((again, attributes.content_encoding), (packed.clone(), None));
        }
    }
    let html = Gzipped::new(MemoryStorage::new()).content_types(["text/html"]).unwrap();
    let html = Store::new(html);
    html.save("a.html", original.clone()).await.unwrap();
    html.save("a.css", original.clone()).await.unwrap();
    assert!(stored(&html, "a.html").await.1.content_encoding.is_some());
    assert!(stored(&html, "a.css").await.1.content_encoding.is_none());
    for wrong in ["", "text", "text/*", "text/html; charset=utf-8", "text/", "/html", " text/html"] {
        let error = Gzipped::new(MemoryStorage::new()).content_types([wrong]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{wrong:?}");
    }
}

#[tokio::test]
async fn what_would_grow_is_left_alone() {
    let store = store();
    for content in ["", "a", "body{}"] {
        store.save("a.css", content).overwrite().checksum(Checksum::of(content.as_bytes())).await.unwrap();
        let (bytes, attributes) = stored(&store, "a.css").await;
        assert_eq!((bytes, attributes.content_encoding), (Bytes::from(content), None));
    }
}

#[tokio::test]
async fn sizes_limits_and_checksums_are_of_the_original() {
    for length in [1000, 1_000_000] {
        let store = store();
        let original = text(length);
        let size = length as u64;
        let source = || in_chunks(&original, 10_000);
        let good = store.save("a.css", source().with_size(size).with_max_size(size));
        good.checksum(Checksum::of(&original)).await.unwrap();
        let failing = futures_util::stream::iter([Ok(original.clone()), Err(std::io::Error::other("cut"))]);
        let refused: [(Result<_, Error>, ErrorKind); 5] = [
            (store.save("b.css", source()).checksum(Checksum::of(b"x")).await, ErrorKind::ChecksumMismatch),
            (store.save("b.css", source().with_max_size(size - 1)).await, ErrorKind::TooLarge),
            (store.save("b.css", source().with_size(size - 1)).await, ErrorKind::InvalidInput),
            (store.save("b.css", source().with_size(size + 1)).await, ErrorKind::SourceFailed),
            (store.save("b.css", Content::stream(failing)).await, ErrorKind::SourceFailed),
        ];
        for (result, kind) in refused {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(!store.exists("b.css").await.unwrap());
        }
    }
}

#[tokio::test]
async fn a_copy_with_other_attributes_still_says_how_its_bytes_are_packed() {
    let store = store();
    let original = text(10_000);
    store.save("a.css", original.clone()).cache_control("no-cache").await.unwrap();
    store.save("b.txt", "as it is").await.unwrap();
    let mut attributes = Attributes { cache_control: Some("max-age=60".to_owned()), ..Attributes::default() };
    for (from, to, encoding) in
        [("a.css", "a.css", Some("gzip")), ("a.css", "copy.css", Some("gzip")), ("b.txt", "b.txt", None)]
    {
        store.copy(from, to).attributes(attributes.clone()).await.unwrap();
        let (_, kept) = stored(&store, to).await;
        assert_eq!(kept.content_encoding.as_deref(), encoding, "{to}");
        assert_eq!(kept.cache_control, attributes.cache_control, "{to}");
    }
    store.rename("copy.css", "moved").attributes(attributes.clone()).await.unwrap();
    let (packed, kept) = stored(&store, "moved").await;
    assert_eq!((unpacked(&packed), kept.content_encoding.as_deref()), (original.to_vec(), Some("gzip")));
    // Who unpacked it says so.
    attributes.content_encoding = Some("identity".to_owned());
    store.copy("moved", "moved").attributes(attributes).await.unwrap();
    assert_eq!(stored(&store, "moved").await.1.content_encoding.as_deref(), Some("identity"));
    let missing = store.copy("missing", "missing").attributes(Attributes::default()).await.unwrap_err();
    assert_eq!((missing.kind(), missing.name()), (ErrorKind::NotFound, Some("missing")));
}
