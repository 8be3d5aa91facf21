//! Futures of `save` that are dropped half way: the old file or the new one, and no upload stays open.

use std::future::{Future as _, IntoFuture as _};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use holdall_core::{Content, SaveMode, Store};
use holdall_testing::s3_server::S3Server;

use crate::support::{BUCKET, MIB, builder, eventually, noise, server, stream_of};

/// Polls the future at most `polls` times and drops it; whether it ended by itself.
async fn drop_after<T>(future: impl IntoFuture<Output = T>, polls: usize) -> Option<T> {
    let mut future = Box::pin(future.into_future());
    let mut count = 0;
    std::future::poll_fn(move |cx| {
        if count == polls {
            return std::task::Poll::Ready(None);
        }
        count += 1;
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

/// Every request that has arrived was answered or its connection is gone: the log stands still.
async fn settled(server: &S3Server) {
    let begin = Instant::now();
    let mut calm = 0;
    let mut before = server.requests();
    while calm < 10 {
        assert!(begin.elapsed() < Duration::from_secs(30), "the server never came to rest");
        tokio::time::sleep(Duration::from_millis(2)).await;
        let now = server.requests();
        let open = server.open_uploads(BUCKET).len();
        calm = if open == 0 && now == before { calm + 1 } else { 0 };
        before = now;
    }
}

async fn check(store: &Store, server: &S3Server, content: &Bytes, stream: bool, mode: SaveMode) {
    let old = Bytes::from_static(b"the old file");
    let mut polls = 0;
    loop {
        server.clear_requests();
        for key in server.keys(BUCKET) {
            server.remove_object(BUCKET, &key);
        }
        if mode == SaveMode::Overwrite {
            server.put_object(BUCKET, "a.bin", old.clone());
        }
        let body = if stream { stream_of(content) } else { Content::bytes(content.clone()) };
        let ended = drop_after(store.save("a.bin", body).mode(mode.clone()), polls).await;
        settled(server).await;
        let keys = server.keys(BUCKET);
        assert!(keys.len() <= 1, "{keys:?} after {polls} polls");
        for key in &keys {
            let found = server.object(BUCKET, key).unwrap().content;
            let whole = found == *content || (mode == SaveMode::Overwrite && found == old);
            assert!(whole, "{} bytes after {polls} polls", found.len());
        }
        if let Some(saved) = ended {
            assert_eq!(keys, [saved.unwrap().name.to_string()]);
            return;
        }
        polls += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_save_that_is_dropped_leaves_all_or_nothing() {
    let server = server().await;
    let store = Store::new(builder(&server).build().unwrap());
    let content = noise(10_000);
    for mode in [SaveMode::Unique, SaveMode::Overwrite] {
        check(&store, &server, &content, false, mode).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_save_that_is_dropped_leaves_all_or_nothing_and_no_upload() {
    let server = server().await;
    let store = Store::new(builder(&server).part_size(5 << 20).concurrency(2).build().unwrap());
    // The server is asked once whether it copies conditionally; that is not what is dropped here.
    store.save("probe.bin", stream_of(&noise(6 * MIB))).await.unwrap();
    let content = noise(16 * MIB);
    for (stream, mode) in [
        (false, SaveMode::Unique),
        (true, SaveMode::Overwrite),
        (true, SaveMode::Create),
        (true, SaveMode::Unique),
    ] {
        check(&store, &server, &content, stream, mode).await;
    }
}

/// A future that is dropped while the server still thinks about the creation: the id arrives when nobody
/// waits.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_created_for_nobody_is_aborted() {
    use holdall_testing::s3_server::{Fault, FaultAction};
    let server = server().await;
    let store = Store::new(builder(&server).build().unwrap());
    let stalled =
        server.inject(Fault::new(FaultAction::StallAfter).operation("CreateMultipartUpload").once());
    {
        let mut save = store.save("a.bin", stream_of(&noise(9 * MIB))).overwrite().into_future();
        let poll = |save: &mut std::pin::Pin<Box<_>>| {
            let save: &mut std::pin::Pin<Box<dyn std::future::Future<Output = _> + Send>> = save;
            save.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
        };
        assert!(poll(&mut save));
        eventually("the upload is created", || {
            !server.open_uploads(BUCKET).is_empty() && stalled.hits() == 1
        })
        .await;
    }
    stalled.release();
    eventually("the upload is aborted", || server.open_uploads(BUCKET).is_empty()).await;
    assert_eq!(server.count("AbortMultipartUpload"), 1);
}
