//! Compressed variants: which are kept, where, and that none is made twice.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use holdall_core::{ErrorKind, MemoryStorage, Storage, Store};
use holdall_fs::FileSystemStorage;
use holdall_static::{
    Collector, Compression, Directories, Embedded, Encoding, Event, Manifest, Published, Report,
};

use crate::support::{hashed, manifest, memory, saved};

/// A style sheet, which refers to a picture; what does not get smaller; and what is too small.
fn site(color: &str) -> Embedded {
    let sheet =
        format!("body {{ background: url(noise.bin) }}\n{}", format!("p {{ color: {color} }}\n").repeat(200));
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    let noise: Vec<u8> = noise.take(4000).collect();
    let files: [(&str, Vec<u8>); 5] = [
        ("app.css", sheet.into_bytes()),
        ("noise.bin", noise),
        ("photo.png", vec![b'x'; 4000]),
        ("small.txt", vec![b'x'; 128]),
        ("text.txt", vec![b'x'; 4000]),
    ];
    Embedded::new(files).unwrap()
}

fn collector(color: &str, compression: Compression) -> Collector {
    Collector::new().finder(site(color)).compress(compression)
}

/// What was compressed: names, encodings, and whether it paid.
fn compressed(published: &Published) -> Vec<(&str, Encoding, bool)> {
    published
        .compressed
        .iter()
        .map(|done| (done.file.as_str(), done.encoding, done.encoded.is_some()))
        .collect()
}

fn decode(encoding: Encoding, bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    match encoding {
        Encoding::Gzip => flate2::read::GzDecoder::new(bytes).read_to_end(&mut decoded),
        Encoding::Brotli => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut decoded),
        Encoding::Zstd => zstd::Decoder::new(bytes).unwrap().read_to_end(&mut decoded),
        other => panic!("{other}"),
    }
    .unwrap();
    decoded
}

async fn bytes(store: &Store, name: &str) -> Vec<u8> {
    store.open(name).await.unwrap().bytes().await.unwrap().to_vec()
}

async fn names(store: &Store) -> BTreeSet<String> {
    crate::support::contents(store).await.into_keys().collect()
}

#[tokio::test]
async fn what_pays_lies_beside_the_hashed_file() {
    let store = memory();
    let report = collector("red", Compression::all()).collect(&store).await.unwrap();
    let all = |name, pays| Encoding::ALL.map(|encoding| (name, encoding, pays));
    assert_eq!(
        compressed(&report.published),
        [all("app.css", true), all("noise.bin", false), all("text.txt", true)].concat()
    );

    let manifest = manifest(&store).await;
    for name in ["app.css", "text.txt"] {
        let hashed = manifest.get(name).unwrap();
        let plain = bytes(&store, hashed.as_str()).await;
        let details = manifest.details(name).unwrap();
        assert_eq!((details.size, details.stored_size()), (plain.len() as u64, plain.len() as u64));
        for variant in details.beside(hashed) {
            let (encoding, variant, size) = variant.unwrap();
            assert_eq!(variant.as_str(), format!("{hashed}{}", encoding.suffix()));
            let encoded = bytes(&store, variant.as_str()).await;
            assert_eq!(encoded.len() as u64, size);
            assert!(decode(encoding, &encoded) == plain, "{variant}");
            // The object is what it should be also for who reads it without asking the manifest.
            let metadata = store.metadata(variant.as_str()).await.unwrap();
            assert_eq!(metadata.content_type(), details.content_type);
            assert_eq!(metadata.attributes.content_encoding.as_deref(), Some(encoding.token()));
            assert_eq!(
                metadata.attributes.cache_control.as_deref(),
                Some("public, max-age=31536000, immutable")
            );
        }
    }
    let variants: Vec<String> = names(&store)
        .await
        .into_iter()
        .filter(|name| Encoding::ALL.iter().any(|encoding| name.ends_with(encoding.suffix())))
        .collect();
    assert_eq!(variants.len(), 6, "{variants:?}");
    // Not tried at all.
    assert!(manifest.details("photo.png").unwrap().variants.is_empty());
    assert!(manifest.details("small.txt").unwrap().variants.is_empty());
    assert_eq!(manifest.details("noise.bin").unwrap().variants.len(), 3);
}

/// What each run compresses; that is counted, and asked for in a dry run before.
async fn run(collector: &Collector, store: &Store) -> Report {
    let events = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&events);
    let listening = collector.clone().on_event(move |event| {
        if let Event::Compressed { .. } = event {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    let pretended = collector.clone().dry_run(true).collect(store).await.unwrap();
    let report = listening.collect(store).await.unwrap();
    assert_eq!(pretended.published, report.published);
    assert_eq!(events.load(Ordering::Relaxed), report.published.compressed.len());
    report
}

#[tokio::test]
async fn the_second_run_compresses_nothing_and_a_changed_file_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FileSystemStorage::builder(folder.path()).build().unwrap();
    for store in [memory(), Store::new(disk)] {
        let red = collector("red", Compression::all());
        assert_eq!(run(&red, &store).await.published.compressed.len(), 9);
        let before = names(&store).await;
        let again = run(&red, &store).await;
        assert_eq!(compressed(&again.published), []);
        assert_eq!(saved(&again), [""; 0]);
        // Five files, their copies, six variants.
        assert_eq!(again.published.unchanged.len(), 16);
        assert_eq!(names(&store).await, before);

        let blue = run(&collector("blue", Compression::all()), &store).await;
        assert_eq!(compressed(&blue.published), Encoding::ALL.map(|encoding| ("app.css", encoding, true)));
    }
}

#[tokio::test]
async fn another_level_or_encoding_compresses_again() {
    let store = memory();
    run(&collector("red", Compression::new().gzip(1)), &store).await;
    let more = run(&collector("red", Compression::new().gzip(1).zstd(3)), &store).await;
    assert!(more.published.compressed.iter().all(|done| done.encoding == Encoding::Zstd));
    assert_eq!(more.published.compressed.len(), 3);
    let better = run(&collector("red", Compression::new().gzip(9).zstd(3)), &store).await;
    assert!(better.published.compressed.iter().all(|done| done.encoding == Encoding::Gzip));
    assert_eq!(better.published.compressed.len(), 3);
    // What is no longer asked for is no longer named.
    run(&collector("red", Compression::new()), &store).await;
    assert!(manifest(&store).await.details("app.css").unwrap().variants.is_empty());
}

#[tokio::test]
async fn a_variant_that_somebody_removed_or_changed_is_made_again() {
    let store = memory();
    let collector = collector("red", Compression::all());
    run(&collector, &store).await;
    let hashed = hashed(&store, "text.txt").await;
    store.delete(format!("{hashed}.br")).await.unwrap();
    store.save(format!("{hashed}.gz"), "other").overwrite().await.unwrap();
    let mended = run(&collector, &store).await;
    assert_eq!(
        compressed(&mended.published),
        [("text.txt", Encoding::Gzip, true), ("text.txt", Encoding::Brotli, true)]
    );
    assert_eq!(decode(Encoding::Gzip, &bytes(&store, &format!("{hashed}.gz")).await), vec![b'x'; 4000]);
}

/// A run that did not come to its end left variants and no manifest: they are not made again.
#[tokio::test]
async fn after_a_failed_run_variants_are_found_in_the_listing() {
    let store = memory();
    let collector = collector("red", Compression::all()).copies(false);
    run(&collector, &store).await;
    let whole = manifest(&store).await;
    store.delete("staticfiles.json").await.unwrap();
    let rest = collector.collect(&store).await.unwrap();
    // Of what did not pay nothing is left to see.
    assert_eq!(compressed(&rest.published), Encoding::ALL.map(|encoding| ("noise.bin", encoding, false)));
    assert_eq!(manifest(&store).await, whole);
}

#[tokio::test]
async fn two_machines_make_the_same_bytes() {
    let (one, other) = (memory(), memory());
    for store in [&one, &other] {
        collector("red", Compression::all()).copies(false).collect(store).await.unwrap();
    }
    let names = names(&one).await;
    assert_eq!(names, self::names(&other).await);
    for name in names {
        assert_eq!(bytes(&one, &name).await, bytes(&other, &name).await, "{name}");
    }
}

#[tokio::test]
async fn the_object_itself_can_be_stored_encoded() {
    let store = memory();
    let collector = collector("red", Compression::in_place(Encoding::Gzip, 9));
    let report = run(&collector, &store).await;
    assert_eq!(report.published.compressed.len(), 3);
    let manifest = manifest(&store).await;
    let (hashed, details) = (manifest.get("text.txt").unwrap(), manifest.details("text.txt").unwrap());
    let stored = bytes(&store, hashed.as_str()).await;
    assert_eq!(decode(Encoding::Gzip, &stored), vec![b'x'; 4000]);
    assert_eq!((details.size, details.stored_size()), (4000, stored.len() as u64));
    assert_eq!(details.encoding, Some(Encoding::Gzip));
    let metadata = store.metadata(hashed.as_str()).await.unwrap();
    assert_eq!(metadata.attributes.content_encoding.as_deref(), Some("gzip"));
    // Neither what does not pay nor copies, and nothing beside.
    let noise = manifest.details("noise.bin").unwrap();
    assert_eq!((noise.encoding, noise.stored_size()), (None, 4000));
    assert_eq!(store.metadata("text.txt").await.unwrap().attributes.content_encoding, None);
    assert!(
        !names(&store).await.iter().any(|name| name.rsplit_once('.').is_some_and(|(_, own)| own == "gz"))
    );

    let again = run(&collector, &store).await;
    assert_eq!((saved(&again), compressed(&again.published)), (vec![], vec![]));

    // Back, and to variants beside.
    let beside = run(&self::collector("red", Compression::new().gzip(9)), &store).await;
    assert_eq!(beside.published.compressed.len(), 2);
    assert_eq!(bytes(&store, hashed.as_str()).await, vec![b'x'; 4000]);
    assert_eq!(store.metadata(hashed.as_str()).await.unwrap().attributes.content_encoding, None);
    let there = run(&self::collector("red", Compression::in_place(Encoding::Gzip, 9)), &store).await;
    assert_eq!(there.published.compressed.len(), 2);
    assert_eq!(bytes(&store, hashed.as_str()).await, stored);
}

#[tokio::test]
async fn a_client_is_sent_the_smallest_that_it_accepts() {
    let store = memory();
    collector("red", Compression::all()).collect(&store).await.unwrap();
    let manifest = manifest(&store).await;
    let hashed = manifest.get("app.css").unwrap();
    let mut tags = BTreeSet::new();
    for accepted in [&Encoding::ALL[..], &[Encoding::Gzip], &[Encoding::Zstd], &[]] {
        let sent = manifest.representation(hashed.as_str(), |encoding| accepted.contains(&encoding)).unwrap();
        let object = store.metadata(&sent.name).await.unwrap();
        assert_eq!((sent.size, sent.content_type.as_str()), (object.size, "text/css; charset=utf-8"));
        assert_eq!(sent.encoding.map(Encoding::token), object.attributes.content_encoding.as_deref());
        assert!(sent.immutable && sent.varies);
        let smaller = |other: Encoding| {
            let variants = &manifest.details("app.css").unwrap().variants;
            variants[&other].size.unwrap() < sent.size
        };
        assert!(!accepted.iter().any(|other| smaller(*other)));
        assert!(sent.etag.starts_with('"') && sent.etag.ends_with('"'));
        tags.insert(sent.etag);
    }
    // The first is one of the others.
    assert!(tags.len() >= 3, "{tags:?}");

    let by_name = manifest.representation("app.css", |_| false).unwrap();
    assert!(by_name.name == *hashed && !by_name.immutable && by_name.varies);
    let photo = manifest.representation("photo.png", |_| true).unwrap();
    assert!(photo.encoding.is_none() && !photo.varies);
    assert!(manifest.representation("nothing.css", |_| true).is_none());
    let of_django = Manifest::parse(br#"{"paths": {"a.css": "a.0.css"}, "version": "1.0"}"#).unwrap();
    assert!(of_django.representation("a.css", |_| true).is_none());
}

/// The bundler made one itself: its file is collected as any other, and none of ours takes its name.
#[tokio::test]
async fn a_variant_that_the_sources_bring_is_left_alone() {
    let first = memory();
    let text = || ("text.txt", vec![b'x'; 4000]);
    Collector::new().finder(Embedded::new([text()]).unwrap()).collect(&first).await.unwrap();
    let variant = format!("{}.gz", hashed(&first, "text.txt").await);
    let store = memory();
    let brought = Embedded::new([text(), (variant.as_str(), b"brought".to_vec())]).unwrap();
    let collector = Collector::new().finder(brought).compress(Compression::new().gzip(9).brotli(9));
    let report = run(&collector, &store).await;
    assert_eq!(compressed(&report.published), [("text.txt", Encoding::Brotli, true)]);
    assert_eq!(bytes(&store, &variant).await, b"brought");
}

#[tokio::test]
async fn settings_that_cannot_be_are_refused_before_anything_is_done() {
    for (compression, says) in [
        (Compression::new().brotli(12), "br has no level 12; use one from 0 to 11"),
        (Compression::new().gzip(0), "gzip has no level 0"),
        (Compression::new().zstd(23), "zstd has no level 23"),
        (Compression::in_place(Encoding::Gzip, 9).brotli(1), "one encoding only"),
    ] {
        let store = memory();
        let error = collector("red", compression).collect(&store).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        assert!(error.reason().contains(says), "{error}");
        assert!(names(&store).await.is_empty());
    }
    assert_eq!("brotli".parse::<Encoding>().unwrap(), "br".parse().unwrap());
    assert!("deflate".parse::<Encoding>().unwrap_err().reason().contains("\"zstd\""));
}

#[tokio::test]
async fn patterns_are_skipped() {
    let store = memory();
    collector("red", Compression::new().gzip(9).skip("*.txt")).collect(&store).await.unwrap();
    let manifest = manifest(&store).await;
    assert!(manifest.details("text.txt").unwrap().variants.is_empty());
    assert!(!manifest.details("app.css").unwrap().variants.is_empty());
}

#[tokio::test]
async fn a_source_that_changes_while_it_is_collected_is_an_error() {
    for compression in [Compression::new(), Compression::all()] {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.txt", "b.txt"] {
            std::fs::write(folder.path().join(name), "x".repeat(4000)).unwrap();
        }
        let (path, before) = (folder.path().join("b.txt"), "x".repeat(4000));
        let collector = Collector::new().finder(Directories::new(folder.path())).compress(compression);
        let changing = collector.clone().on_event(move |event| {
            // Between reading and publishing, by another one of the same size.
            if matches!(event, Event::Compressing { .. } | Event::Publishing { .. }) {
                std::fs::write(&path, before.replace('x', "y")).unwrap();
            }
        });
        let store = Store::new(Arc::new(MemoryStorage::new()) as Arc<dyn Storage>);
        let error = changing.collect(&store).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ChecksumMismatch, "{error}");
        assert!(error.reason().contains("the source was changed meanwhile"), "{error}");
        assert!(error.name().is_some_and(|name| name.starts_with("b.")), "{error}");
        assert!(!names(&store).await.contains("staticfiles.json"));
        collector.collect(&store).await.unwrap();
        assert_eq!(bytes(&store, &hashed(&store, "b.txt").await).await, vec![b'y'; 4000]);
    }
}

#[tokio::test]
async fn a_clearing_run_leaves_the_variants_and_takes_old_ones_away() {
    let store = memory();
    collector("red", Compression::all()).collect(&store).await.unwrap();
    collector("blue", Compression::all()).clear(true).collect(&store).await.unwrap();
    let fresh = memory();
    collector("blue", Compression::all()).collect(&fresh).await.unwrap();
    let names =
        |contents: std::collections::BTreeMap<String, String>| contents.into_keys().collect::<Vec<_>>();
    let contents = crate::support::contents;
    assert_eq!(names(contents(&store).await), names(contents(&fresh).await));
    let again =
        collector("blue", Compression::all()).clear(true).dry_run(true).collect(&store).await.unwrap();
    assert!(again.published.unchanged.is_empty());
}
