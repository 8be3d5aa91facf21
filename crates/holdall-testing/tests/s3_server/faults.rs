//! Every fault, from the side of the client that meets it.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{BUCKET, client, config, noise, refusal, server};

/// No HTTP reply at all.
const NO_REPLY: (u16, String) = (0, String::new());

async fn put(s3: &Client, key: &str) -> (u16, String) {
    let sent = s3.put_object().bucket(BUCKET).key(key).body(ByteStream::from(noise(200_000))).send().await;
    match sent {
        Ok(_) => (200, String::new()),
        refused => refusal(refused),
    }
}

/// Creates "k", which the server refuses in one way or another, or does without saying so.
async fn create(s3: &Client) -> (u16, String) {
    let put = s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x"));
    refusal(put.if_none_match("*").send().await)
}

#[tokio::test]
async fn slow_down_n_times_then_ok() {
    let server = server().await;
    let s3 = client(&server);
    let fault = server.inject(Fault::new(FaultAction::SlowDown).operation("PutObject").times(3));
    for _ in 0..3 {
        assert_eq!(put(&s3, "k").await, (503, "SlowDown".into()));
        assert!(server.keys(BUCKET).is_empty());
    }
    assert_eq!(put(&s3, "k").await.0, 200);
    assert_eq!((fault.hits(), server.count("PutObject")), (3, 4));
    let faults: Vec<_> =
        server.requests().into_iter().map(|request| (request.status, request.fault)).collect();
    assert_eq!(faults[0], (Some(503), Some(FaultAction::SlowDown)));
    assert_eq!(faults[3], (Some(200), None));
}

#[tokio::test]
async fn error_replies_are_not_applied() {
    let server = server().await;
    let s3 = client(&server);
    server.inject(Fault::new(FaultAction::InternalError).key("k").once());
    assert_eq!(put(&s3, "other").await.0, 200);
    assert_eq!(put(&s3, "k").await, (500, "InternalError".into()));
    let expired = FaultAction::Error { status: 400, code: "ExpiredToken".into() };
    server.inject(Fault::new(expired).once());
    assert_eq!(put(&s3, "k").await, (400, "ExpiredToken".into()));
    let conflict = FaultAction::Error { status: 409, code: "ConditionalRequestConflict".into() };
    server.inject(Fault::new(conflict).once());
    assert_eq!(put(&s3, "k").await, (409, "ConditionalRequestConflict".into()));
    assert_eq!(server.keys(BUCKET), ["other"]);
}

#[tokio::test]
async fn reset_before_leaves_nothing() {
    let server = server().await;
    let s3 = client(&server);
    let fault = server.inject(Fault::new(FaultAction::ResetBefore).operation("PutObject").once());
    assert_eq!(put(&s3, "k").await, NO_REPLY);
    assert!(server.keys(BUCKET).is_empty());
    assert_eq!(fault.hits(), 1);
    assert_eq!(
        (server.requests()[0].status, server.requests()[0].fault.clone()),
        (None, Some(FaultAction::ResetBefore))
    );
    assert_eq!(put(&s3, "k").await.0, 200);
}

#[tokio::test]
async fn reset_after_leaves_the_object() {
    let server = server().await;
    let s3 = client(&server);
    server.inject(Fault::new(FaultAction::ResetAfter).operation("PutObject").once());
    assert_eq!(create(&s3).await, NO_REPLY);
    assert_eq!(server.object(BUCKET, "k").unwrap().content, "x");
    assert_eq!(server.requests()[0].status, None);
    // What a client with retries sees of that: 412 for its own write.
    assert_eq!(create(&s3).await, (412, "PreconditionFailed".into()));
}

#[tokio::test]
async fn the_sdk_s_own_retry_meets_its_own_write() {
    // The trap of reliability: aws/aws-sdk-java-v2#6580, with the retries of the Rust SDK.
    let server = server().await;
    let retrying = config(&server.endpoint(), "secret")
        .retry_config(RetryConfig::standard().with_initial_backoff(std::time::Duration::from_millis(1)));
    let s3 = Client::from_conf(retrying.build());
    server.inject(Fault::new(FaultAction::ResetAfter).operation("PutObject").once());
    assert_eq!(create(&s3).await, (412, "PreconditionFailed".into()));
    assert_eq!(server.count("PutObject"), 2);
}

#[tokio::test]
async fn a_reset_is_a_reset_and_not_an_end() {
    let server = server().await;
    server.put_object(BUCKET, "k", "x");
    server.inject(Fault::new(FaultAction::ResetBefore));
    let request = format!("GET /{BUCKET}/k HTTP/1.1\r\nHost: {}\r\n\r\n", server.address());
    let mut stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let error = stream.read_to_end(&mut Vec::new()).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn an_error_after_the_write_leaves_the_object() {
    let server = server().await;
    let s3 = client(&server);
    server.inject(Fault::new(FaultAction::InternalErrorAfter).once());
    assert_eq!(put(&s3, "k").await, (500, "InternalError".into()));
    assert_eq!(server.keys(BUCKET), ["k"]);
}

#[tokio::test]
async fn a_completion_whose_reply_is_lost_has_happened() {
    let server = server().await;
    let s3 = client(&server);
    let created = s3.create_multipart_upload().bucket(BUCKET).key("k").send().await.unwrap();
    let id = created.upload_id().unwrap();
    let part = |number| {
        let part = s3.upload_part().bucket(BUCKET).key("k").upload_id(id).part_number(number);
        part.body(ByteStream::from_static(b"x")).send()
    };
    server.inject(Fault::new(FaultAction::ResetBefore).operation("UploadPart").part_number(2));
    assert_eq!(refusal(part(2).await), NO_REPLY);
    let one = part(1).await.unwrap();
    let parts = CompletedPart::builder().part_number(1).e_tag(one.e_tag().unwrap()).build();
    let parts = CompletedMultipartUpload::builder().parts(parts).build();
    let complete = || {
        s3.complete_multipart_upload()
            .bucket(BUCKET)
            .key("k")
            .upload_id(id)
            .multipart_upload(parts.clone())
            .send()
    };

    // 200 with an error in the body: the SDK takes it for the failure that it is.
    server.inject(
        Fault::new(FaultAction::OkWithError { code: "InternalError".into() })
            .operation("CompleteMultipartUpload")
            .once(),
    );
    assert_eq!(refusal(complete().await).1, "InternalError");
    assert_eq!(server.open_uploads(BUCKET).len(), 1);

    server.inject(Fault::new(FaultAction::ResetAfter).operation("CompleteMultipartUpload").once());
    assert_eq!(refusal(complete().await), NO_REPLY);
    assert_eq!((server.keys(BUCKET).len(), server.open_uploads(BUCKET).len()), (1, 0));
    assert_eq!(refusal(complete().await), (404, "NoSuchUpload".into()));
}

#[tokio::test]
async fn a_stalled_request_goes_on_when_it_is_released() {
    let server = server().await;
    let s3 = client(&server);
    let fault = server.inject(Fault::new(FaultAction::Stall).operation("PutObject"));
    let task = tokio::spawn({
        let s3 = s3.clone();
        async move { put(&s3, "k").await }
    });
    fault.wait_for_hits(1).await;
    assert!(!task.is_finished());
    assert!(server.keys(BUCKET).is_empty(), "a stalled request is not applied");
    assert_eq!(server.requests()[0].status, None);
    fault.release();
    assert_eq!(task.await.unwrap().0, 200);
    assert_eq!(server.keys(BUCKET), ["k"]);
    assert_eq!(put(&s3, "later").await.0, 200, "a released fault does not stall again");
}

#[tokio::test]
async fn a_stalled_reply_has_been_applied() {
    let server = server().await;
    let s3 = client(&server);
    let fault = server.inject(Fault::new(FaultAction::StallAfter).operation("DeleteObject"));
    server.put_object(BUCKET, "k", "x");
    let delete = s3.delete_object().bucket(BUCKET).key("k").send();
    let task = tokio::spawn(delete);
    fault.wait_for_hits(1).await;
    while !server.keys(BUCKET).is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!task.is_finished());
    server.clear_faults();
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_client_that_gives_up_on_a_stalled_request_has_not_written() {
    let server = server().await;
    let fault = server.inject(Fault::new(FaultAction::Stall).operation("PutObject"));
    let s3 = client(&server);
    let task = tokio::spawn(async move { put(&s3, "k").await });
    fault.wait_for_hits(1).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    assert!(server.keys(BUCKET).is_empty());
    // Other connections are served meanwhile.
    assert_eq!(refusal(client(&server).head_object().bucket(BUCKET).key("k").send().await).0, 404);
    server.stop().await;
}

#[tokio::test]
async fn bodies_can_be_cut_and_flipped() {
    let server = server().await;
    let s3 = client(&server);
    let content = noise(100_000);
    server.put_object(BUCKET, "k", content.clone());

    server.inject(Fault::new(FaultAction::TruncateBody { after: 1000 }).operation("GetObject").once());
    let got = s3.get_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!(got.content_length(), Some(100_000), "the head promises everything");
    assert!(got.body.collect().await.is_err());

    server.inject(Fault::new(FaultAction::FlipBit { at: 70_000 }).operation("GetObject").once());
    let got =
        s3.get_object().bucket(BUCKET).key("k").send().await.unwrap().body.collect().await.unwrap().to_vec();
    let differing: Vec<_> = (0..content.len()).filter(|at| got[*at] != content[*at]).collect();
    assert_eq!((got.len(), differing), (content.len(), vec![70_000]));

    let whole = s3.get_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!(whole.body.collect().await.unwrap().to_vec(), content);
}

#[tokio::test]
async fn faults_with_a_probability_are_repeated_by_the_seed() {
    async fn observe(server: &S3Server) -> Vec<bool> {
        let s3 = client(server);
        let mut outcome = Vec::new();
        for _ in 0..32 {
            outcome.push(s3.head_object().bucket(BUCKET).key("k").send().await.is_err_and(|error| {
                error.raw_response().is_some_and(|reply| reply.status().as_u16() == 500)
            }));
        }
        outcome
    }
    async fn start(seed: u64) -> S3Server {
        let server = S3Server::builder()
            .credentials("AKID", "secret")
            .bucket(BUCKET)
            .seed(seed)
            .start()
            .await
            .unwrap();
        server.inject(Fault::new(FaultAction::InternalError).probability(0.5));
        server
    }
    let (one, two) = (start(1).await, start(2).await);
    let first = observe(&one).await;
    assert_ne!(first, observe(&two).await);
    assert_ne!(first, observe(&one).await, "the stream goes on");
    two.reseed(1);
    assert_eq!(first, observe(&two).await);
    assert_eq!(first, observe(&start(1).await).await);
}

#[tokio::test]
async fn a_refused_request_with_a_large_body_still_gets_its_reply() {
    let server = server().await;
    let s3 = client(&server);
    server.put_object(BUCKET, "taken", "x");
    server.inject(Fault::new(FaultAction::SlowDown).key("slow"));
    let body = || ByteStream::from(noise(8 << 20));
    for _ in 0..3 {
        let slow = s3.put_object().bucket(BUCKET).key("slow").body(body()).send().await;
        assert_eq!(refusal(slow), (503, "SlowDown".into()));
        let missing = s3.put_object().bucket("no-such-bucket").key("k").body(body()).send().await;
        assert_eq!(refusal(missing), (404, "NoSuchBucket".into()));
    }
}

#[tokio::test]
async fn a_client_that_sends_everything_before_it_reads_gets_its_refusal() {
    // Closing with unread bytes would reset the connection, and the reply with it.
    let server = server().await;
    let url = format!("{}/{BUCKET}/k", server.endpoint());
    for _ in 0..3 {
        let reply = crate::http::send("PUT", &url, &[], &noise(16 << 20)).await.unwrap();
        assert_eq!(reply.status, 403);
    }
}
