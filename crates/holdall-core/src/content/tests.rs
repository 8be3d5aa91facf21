//! Size and limit are enforced for every kind of source, and every error keeps its kind.

use std::io;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::io::AsyncReadExt as _;

use super::Content;
use crate::error::{ErrorKind, Result};

async fn collect(content: Content<'_>) -> Result<Vec<u8>> {
    let chunks: Vec<Bytes> = content.into_stream().try_collect().await?;
    assert!(chunks.iter().all(|chunk| !chunk.is_empty()), "an empty chunk means the end to many readers");
    Ok(chunks.concat())
}

fn stream(chunks: &[&'static str]) -> Content<'static> {
    let chunks: Vec<io::Result<Bytes>> =
        chunks.iter().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))).collect();
    Content::stream(futures_util::stream::iter(chunks))
}

#[tokio::test]
async fn every_source_gives_its_bytes() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "abc").unwrap();
    for content in [
        Content::from("abc"),
        Content::text("abc"),
        Content::from(b"abc"),
        Content::path(file.path()),
        Content::reader(&b"abc"[..]),
        stream(&["a", "", "bc", ""]),
    ] {
        assert_eq!(collect(content).await.unwrap(), b"abc");
    }
    let blocking: Result<Vec<Bytes>> = Content::path(file.path()).into_blocking().unwrap().collect();
    assert_eq!(blocking.unwrap().concat(), b"abc");
    assert_eq!(Content::path(file.path()).size().await.unwrap(), Some(3));
}

#[tokio::test]
async fn bytes_and_paths_can_be_read_again_with_all_that_was_declared() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "abc").unwrap();
    for content in [Content::from("abc"), Content::path(file.path())] {
        let again = content.with_size(3).with_max_size(3).repeatable().unwrap();
        for _ in 0..2 {
            assert_eq!(collect(again.content()).await.unwrap(), b"abc");
        }
        assert_eq!(collect(again.content().with_max_size(2)).await.unwrap_err().kind(), ErrorKind::TooLarge);
        assert!(!format!("{again:?}").contains("97"), "no content in Debug: {again:?}");
    }
    let short = Content::path(file.path()).with_size(4).repeatable().unwrap();
    assert_eq!(collect(short.content()).await.unwrap_err().kind(), ErrorKind::SourceFailed);
    assert!(stream(&["a"]).repeatable().is_none());
}

#[tokio::test]
async fn a_reader_is_read_from_where_it_stands_and_kept() {
    let mut reader = io::Cursor::new(b"0123456789".to_vec());
    reader.read_u8().await.unwrap();
    assert_eq!(collect(Content::reader(&mut reader)).await.unwrap(), b"123456789");
    assert_eq!(reader.position(), 10, "the reader is still ours");
}

#[tokio::test]
async fn the_limit_counts_what_passes_by() {
    assert_eq!(collect(stream(&["ab", "c"]).with_max_size(3)).await.unwrap(), b"abc");
    for content in [
        stream(&["ab", "c"]).with_max_size(2),
        Content::from("abc").with_max_size(2),
        stream(&[]).with_size(3).with_max_size(2),
        Content::from("abc").with_max_size(2).with_max_size(9),
    ] {
        assert_eq!(collect(content).await.unwrap_err().kind(), ErrorKind::TooLarge);
    }
    let blocking = Content::from("abc").with_max_size(2).into_blocking().unwrap();
    assert_eq!(blocking.last().unwrap().unwrap_err().kind(), ErrorKind::TooLarge);
    assert!(Content::from("abc").with_max_size(2).try_into_bytes().is_err());
}

#[tokio::test]
async fn the_declared_size_is_a_promise() {
    assert_eq!(collect(stream(&["ab", "c"]).with_size(3)).await.unwrap(), b"abc");
    let short = collect(stream(&["ab"]).with_size(3)).await.unwrap_err();
    assert_eq!(short.kind(), ErrorKind::SourceFailed);
    let long = collect(stream(&["ab", "cd"]).with_size(3)).await.unwrap_err();
    assert_eq!(long.kind(), ErrorKind::InvalidInput);
    assert!(Content::from("abc").with_size(4).try_into_bytes().is_err());
}

#[tokio::test]
async fn a_failing_source_ends_the_stream() {
    let chunks = [Ok(Bytes::from_static(b"a")), Err(io::Error::other("the client went away"))];
    let mut stream = Content::stream(futures_util::stream::iter(chunks)).into_stream();
    assert_eq!(stream.next().await.unwrap().unwrap(), "a");
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SourceFailed);
    assert!(error.to_string().contains("the client went away"), "{error}");
    assert!(stream.next().await.is_none());

    let missing = collect(Content::path("/nonexistent/file")).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::SourceFailed, "a missing source is no missing file of the storage");
}
