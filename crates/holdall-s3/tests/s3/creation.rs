//! Multipart uploads whose creation is not answered: none stays, and nobody else's is touched.

use std::time::Duration;

use holdall_core::{ErrorKind, SaveMode, Store};
use holdall_testing::s3_server::{Fault, FaultAction};

use crate::support::{BUCKET, MIB, builder, noise, server, store, stream_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_that_is_not_answered_leaves_no_upload() {
    let server = server().await;
    let store = store(&server);
    let content = noise(9 * MIB);
    for action in [FaultAction::ResetAfter, FaultAction::InternalErrorAfter] {
        for (index, mode) in [SaveMode::Create, SaveMode::Overwrite, SaveMode::Unique].into_iter().enumerate()
        {
            for times in [1, 2] {
                server.clear_requests();
                let fault =
                    server.inject(Fault::new(action.clone()).operation("CreateMultipartUpload").times(times));
                let name = format!("{index}-{times}-{action:?}.bin");
                let saved = store.save(&name, stream_of(&content)).mode(mode.clone()).await.unwrap();
                assert_eq!(saved.name, name.as_str());
                assert_eq!(server.object(BUCKET, &name).unwrap().content, content);
                assert_eq!(fault.hits(), times);
                assert!(server.open_uploads(BUCKET).is_empty(), "{action:?} {mode:?} {times}");
                assert_eq!(server.count("ListMultipartUploads"), 1);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_end_with_an_error_and_no_upload() {
    let server = server().await;
    for (attempts, action, kind) in [
        (1, FaultAction::ResetAfter, ErrorKind::Unavailable),
        (3, FaultAction::ResetAfter, ErrorKind::Unavailable),
        (3, FaultAction::ResetBefore, ErrorKind::Unavailable),
        (3, FaultAction::SlowDown, ErrorKind::Unavailable),
        (2, FaultAction::StallAfter, ErrorKind::Timeout),
    ] {
        server.clear_requests();
        let store = Store::new(
            builder(&server)
                .max_attempts(attempts)
                .attempt_timeout(Duration::from_millis(if kind == ErrorKind::Timeout { 500 } else { 60_000 }))
                .build()
                .unwrap(),
        );
        let fault = server.inject(Fault::new(action.clone()).operation("CreateMultipartUpload"));
        let error = store.save("a.bin", stream_of(&noise(9 * MIB))).overwrite().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{action:?}: {error}");
        assert_eq!(fault.hits(), u64::from(attempts), "{action:?}");
        fault.remove();
        fault.release();
        assert!(server.open_uploads(BUCKET).is_empty(), "{action:?}");
        assert!(server.keys(BUCKET).is_empty());
    }
}

/// Another writer's upload of the same key is told from ours.
#[tokio::test(flavor = "multi_thread")]
async fn the_uploads_of_others_are_left_alone() {
    let server = server().await;
    let store = store(&server);
    // It has sent a part and waits for the next one.
    let stalled =
        server.inject(Fault::new(FaultAction::StallAfter).operation("UploadPart").part_number(2).once());
    let other = tokio::spawn({
        let store = store.clone();
        async move { store.save("a.bin", stream_of(&noise(17 * MIB))).overwrite().await }
    });
    stalled.wait_for_hits(1).await;
    crate::support::eventually("its first part is there", || {
        server.open_uploads(BUCKET).iter().any(|upload| upload.parts.contains(&1))
    })
    .await;
    server.inject(Fault::new(FaultAction::ResetAfter).operation("CreateMultipartUpload").once());
    store.save("a.bin", stream_of(&noise(9 * MIB))).overwrite().await.unwrap();
    assert_eq!(server.open_uploads(BUCKET).len(), 1, "the other's");
    stalled.release();
    assert_eq!(other.await.unwrap().unwrap().size, 17 * MIB as u64);
    assert!(server.open_uploads(BUCKET).is_empty());
}

/// Without the permission to look, a save succeeds all the same.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_look_can_save_nevertheless() {
    let server = server().await;
    let store = store(&server);
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    server.inject(Fault::new(denied).operation("ListMultipartUploads"));
    server.inject(Fault::new(FaultAction::ResetAfter).operation("CreateMultipartUpload").once());
    assert_eq!(store.save("a.bin", stream_of(&noise(9 * MIB))).overwrite().await.unwrap().name, "a.bin");
    assert_eq!(server.open_uploads(BUCKET).len(), 1, "left for a lifecycle rule");
}
