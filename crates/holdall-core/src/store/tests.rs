//! The handle: options are refused before any I/O, and errors say where they happened.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::error::{ErrorKind, Operation};
use crate::{Content, Entry, MemoryStorage, Name, Store, Visibility};

fn store() -> Store {
    Store::new(MemoryStorage::new())
}

#[tokio::test]
async fn errors_say_operation_storage_and_name() {
    let store = store();
    let error = store.open("usr/cat.jpg").await.unwrap_err();
    assert_eq!(error.operation(), Some(Operation::Open));
    assert_eq!(error.name(), Some("usr/cat.jpg"));
    assert_eq!(error.to_string(), "cannot open \"usr/cat.jpg\" in memory: there is no such file");

    let error = store.save("../x", "").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidName);
    assert_eq!(
        error.to_string(),
        "cannot save in memory: \"../x\" is not a valid name: \
         it has a \"..\" segment, which could lead outside the storage",
    );
}

#[tokio::test]
async fn unsupported_options_are_refused_before_the_content_is_read() {
    let store = Store::new(crate::ReadOnly::new(MemoryStorage::new()));
    let poisoned = futures_util::stream::poll_fn(|_| -> std::task::Poll<Option<io::Result<Bytes>>> {
        panic!("the content was read")
    });
    let error = store.save("a", Content::stream(poisoned)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let error = store.set_visibility("a", Visibility::Public).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "not NotFound: nobody looked");
    let error = store.url("a").visibility(Visibility::Private).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let error = store.upload_request("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_plain_url_cannot_override_headers() {
    let store = store();
    let call = store.url("a").visibility(Visibility::Public).response_content_type("text/plain");
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Unsupported);
    let call = store.url("a").expires_in(Duration::from_secs(1)).response_content_type("bad\r\nvalue");
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn listings_stream_and_refuse_bad_locations() {
    let store = store();
    for name in ["a/b", "a/c/d", "e"] {
        store.save(name, name).await.unwrap();
    }
    let names = |entries: Vec<Entry>| {
        entries.iter().map(|e| String::from_utf8(e.sort_key()).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(names(store.list("").collect().await.unwrap()), ["a/", "e"]);
    assert_eq!(names(store.list("a").recursive().collect().await.unwrap()), ["a/b", "a/c/d"]);
    let after = Name::new("a/b").unwrap();
    assert_eq!(
        names(store.list("").recursive().start_after(&after).collect().await.unwrap()),
        ["a/c/d", "e"]
    );

    let error = store.list("../x").stream().try_next().await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidName, Some(Operation::List)));
}

#[tokio::test]
async fn a_file_is_a_stream_and_a_reader_and_saves_itself() {
    let store = store();
    let saved = store.save("a", vec![7_u8; 300_000]).await.unwrap();
    let mut head = [0; 10];
    let mut file = store.open(&saved.name).await.unwrap();
    file.read_exact(&mut head).await.unwrap();
    let rest: Vec<Bytes> = file.try_collect().await.unwrap();
    assert_eq!(head.len() + rest.concat().len(), 300_000, "reading and streaming share one position");

    let directory = tempfile::tempdir().unwrap();
    let target = directory.path().join("copy");
    std::fs::write(&target, "old").unwrap();
    assert_eq!(store.open("a").await.unwrap().save_to(&target).await.unwrap(), 300_000);
    assert_eq!(std::fs::read(&target).unwrap(), vec![7_u8; 300_000]);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "no temporary file is left");

    let error =
        store.open("a").await.unwrap().save_to(directory.path().join("no/such/place")).await.unwrap_err();
    assert!(error.to_string().contains("no/such/place"), "{error}");
}

#[tokio::test]
async fn an_open_file_is_content_for_another_store() {
    let (from, to) = (store(), store());
    from.save("a", "hello").await.unwrap();
    let saved = to.save("b", from.open("a").range(1..4).await.unwrap()).await.unwrap();
    assert_eq!(saved.size, 3);
    assert_eq!(to.open("b").await.unwrap().text().await.unwrap(), "ell");
}

#[tokio::test]
async fn text_that_is_no_text_is_an_error() {
    let store = store();
    store.save("a", b"\xff\xfe").await.unwrap();
    let error = store.open("a").await.unwrap().text().await.unwrap_err();
    assert!(error.to_string().contains("not UTF-8"), "{error}");
}

#[tokio::test]
async fn a_writer_publishes_on_finish_and_only_then() {
    let store = store();
    let data = vec![42_u8; 1_000_000];
    let mut writer = store.writer("a.bin").content_type("image/png").await.unwrap();
    for piece in data.chunks(70_001) {
        writer.write_all(piece).await.unwrap();
        assert!(!store.exists("a.bin").await.unwrap());
    }
    writer.shutdown().await.unwrap();
    assert!(!store.exists("a.bin").await.unwrap(), "shutdown does not publish");
    let saved = writer.finish().await.unwrap();
    assert_eq!(saved.size, 1_000_000);
    assert_eq!(store.metadata("a.bin").await.unwrap().content_type(), "image/png");
    assert_eq!(store.open("a.bin").await.unwrap().bytes().await.unwrap(), data);
}

#[tokio::test]
async fn a_dropped_writer_leaves_nothing() {
    let store = store();
    let mut writer = store.writer("a").await.unwrap();
    writer.write_all(&vec![0; 200_000]).await.unwrap();
    drop(writer);
    assert!(store.list("").collect().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_writer_tells_the_error_of_its_save() {
    let store = store();
    let mut writer = store.writer("a").max_size(100_000).await.unwrap();
    let error = loop {
        if let Err(error) = writer.write_all(&vec![0; 50_000]).await {
            break error;
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    assert_eq!(writer.finish().await.unwrap_err().kind(), ErrorKind::TooLarge);

    store.save("b", "").await.unwrap();
    let writer = store.writer("b").create().await.unwrap();
    let error = writer.finish().await.unwrap_err();
    assert_eq!((error.kind(), error.name()), (ErrorKind::AlreadyExists, Some("b")));
}

#[tokio::test]
async fn futures_can_be_spawned() {
    let store = store();
    let task = tokio::spawn(async move {
        let mut reader = tokio::io::repeat(1).take(10);
        store.save("a", Content::reader(&mut reader)).await.map(|saved| saved.size)
    });
    assert_eq!(task.await.unwrap().unwrap(), 10);
}
