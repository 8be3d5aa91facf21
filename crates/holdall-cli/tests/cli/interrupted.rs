//! A signal in the middle of a run, at a server that stalls.

use std::process::{Child, Command, Stdio};

use holdall_testing::s3_server::{Fault, FaultAction, FaultHandle, S3Server};

use crate::s3::{reached, server};
use crate::site::{Run, Site};

/// A run whose sixth save gets no reply.
async fn stalled(site: &Site, server: &S3Server, more: &[&str]) -> (Child, FaultHandle) {
    site.fill(10);
    let fault = server.inject(Fault::new(FaultAction::Stall).operation("PutObject").skip(5));
    let arguments = ["collectstatic", "--noinput", "--jobs=1"].iter().chain(more);
    let mut command = site.command(arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    reached(&fault).await;
    (child, fault)
}

async fn signal(child: Child, signal: &str) -> Run {
    let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap().into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_stops_cleanly_and_the_next_run_goes_on() {
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let server = server().await;
        let site = Site::in_bucket(&server, "static");
        let (child, fault) = stalled(&site, &server, &[]).await;
        let (out, err) = signal(child, name).await.ended(code);
        assert_eq!(out, "");
        let stands = "5 files saved; what was published before is whole; run again to go on";
        assert_eq!(err, format!("error: interrupted: {stands}\n"));
        assert_eq!(server.keys("site").len(), 5);
        assert!(server.open_uploads("site").is_empty());

        fault.remove();
        server.clear_requests();
        let mut command = site.command(["collectstatic", "--noinput"]);
        let again = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let (out, _) = Run::from(again).ended(0);
        assert_eq!(out, "\n10 static files copied, 5 post-processed.\n", "five hashed files were there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_says_so_too() {
    let server = server().await;
    let site = Site::in_bucket(&server, "static");
    let (child, _fault) = stalled(&site, &server, &["--json"]).await;
    let (out, _) = signal(child, "-INT").await.ended(130);
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&document["ok"], &document["exit_code"]), (&false.into(), &130.into()));
    assert_eq!(document["saved"], 5);
}
