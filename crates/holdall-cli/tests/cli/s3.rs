//! A whole site in a bucket of the in-memory S3 server.

use std::time::Duration;

use holdall_testing::s3_server::{Fault, FaultAction, FaultHandle, S3Server};

use crate::site::{Run, Site};

pub(crate) async fn server() -> S3Server {
    S3Server::builder().credentials("AKID", "secret").bucket("site").start().await.unwrap()
}

/// Runs while the server, which lives on this thread, answers.
async fn run(site: &Site, arguments: &[&str]) -> Run {
    let mut command = site.command(arguments);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap().into()
}

/// Waits until a run came to the fault; one that ended before would be waited for for ever.
pub(crate) async fn reached(fault: &FaultHandle) {
    let hit = tokio::time::timeout(Duration::from_mins(1), fault.wait_for_hits(1)).await;
    hit.expect("the command came to the fault");
}

#[tokio::test(flavor = "multi_thread")]
async fn collect_show_and_collect_again() {
    let server = server().await;
    let site = Site::in_bucket(&server, "static");
    site.write("static/css/app.css", "a { background: url(../a.png) }");
    site.write("static/a.png", "a");
    let (out, _) = run(&site, &["collectstatic", "--noinput"]).await.ended(0);
    assert_eq!(out, "\n2 static files copied, 2 post-processed.\n");
    for key in ["static/css/app.css", "static/a.0cc175b9c0f1.png", "static/staticfiles.json"] {
        assert!(server.object("site", key).is_some(), "{key} is not in {:?}", server.keys("site"));
    }
    let (out, _) = run(&site, &["manifest", "show"]).await.ended(0);
    assert!(out.starts_with("a.png        a.0cc175b9c0f1.png\ncss/app.css  css/app."), "{out}");

    server.clear_requests();
    let (out, _) = run(&site, &["collectstatic", "--noinput"]).await.ended(0);
    assert_eq!(out, "\n0 static files copied, 2 unmodified.\n");
    assert_eq!(server.count("PutObject") + server.count("HeadObject"), 0);
    assert_eq!(server.count("ListObjectsV2"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remote_destination_is_always_asked_about() {
    let server = server().await;
    let site = Site::in_bucket(&server, "static");
    site.fill(1);
    let (out, _) = run(&site, &["collectstatic"]).await.ended(1);
    assert_eq!(
        out,
        "\nYou have requested to collect static files at the destination\nlocation as specified in your \
         settings.\n\nThis will overwrite existing files!\nAre you sure you want to do this?\n\nType 'yes' to \
         continue, or 'no' to cancel: "
    );
    assert!(server.requests().is_empty(), "nobody has looked");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_root_of_a_bucket_is_not_cleared_without_force() {
    let server = server().await;
    server.put_object("site", "somebody/elses.txt", "theirs");
    let site = Site::in_bucket(&server, "");
    site.fill(1);
    let (_, err) = run(&site, &["collectstatic", "--noinput", "--clear"]).await.ended(2);
    assert_eq!(
        err,
        "error: --clear would delete everything that is in s3://site, at its root; give the storage a location in the \
         settings, or say --force\n"
    );
    assert!(server.requests().is_empty() && server.keys("site").len() == 1);

    let (out, _) = run(&site, &["collectstatic", "--noinput", "--clear", "--force"]).await.ended(0);
    assert_eq!(out, "\n1 static file deleted, 1 static file copied, 1 post-processed.\n");
    assert!(server.object("site", "somebody/elses.txt").is_none());

    // Below a location nobody needs force, and nothing beside it is touched.
    server.put_object("site", "beside.txt", "theirs");
    server.put_object("site", "static/old.txt", "old");
    let site = Site::in_bucket(&server, "static");
    site.fill(1);
    let (out, _) = run(&site, &["collectstatic", "--noinput", "--clear"]).await.ended(0);
    assert!(out.starts_with("\n1 static file deleted, 1 static file copied"), "{out}");
    assert!(
        server.object("site", "static/old.txt").is_none() && server.object("site", "beside.txt").is_some()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_storage_says_what_stands() {
    let server = server().await;
    let site = Site::in_bucket(&server, "static");
    site.fill(3);
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    server.inject(Fault::new(denied).operation("PutObject").skip(2));
    let (out, err) = run(&site, &["collectstatic", "--noinput", "--jobs=1"]).await.ended(1);
    assert!(out.is_empty() && err.starts_with("error: "), "{out}{err}");
    assert!(err.contains("(2 of 3 were saved)") && err.contains("run again to go on"), "{err}");
}
