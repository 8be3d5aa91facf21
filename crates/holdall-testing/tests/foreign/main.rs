//! The servers of others start, answer, and end with the test that started them, however it ends.

#![cfg(feature = "foreign-servers")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use holdall_testing::foreign::{ForeignServer, Product, Programs};

/// Tells the test that stands in for a whole test process which one it is.
const VICTIM: &str = "HOLDALL_FOREIGN_VICTIM";

async fn start(programs: &Programs, product: Product) -> ForeignServer {
    ForeignServer::builder(product)
        .credentials("AKID", "secret")
        .bucket("media")
        .start(programs)
        .await
        .unwrap()
}

/// The status line of a reply.
fn ask(endpoint: &str, path: &str) -> std::io::Result<String> {
    let address = endpoint.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    Ok(reply.lines().next().unwrap_or_default().to_owned())
}

fn gone(endpoint: &str, folder: &Path) -> bool {
    ask(endpoint, "/").is_err() && !folder.exists()
}

#[tokio::test]
async fn seaweedfs_knows_its_user_and_leaves_nothing() {
    let Some(programs) = Programs::from_env() else { return };
    let server = start(&programs, Product::SeaweedFs).await;
    // The bucket is there, and not for everybody.
    let line = ask(&server.endpoint(), "/media").unwrap();
    assert!(line.contains(" 403 "), "{line}");
    let (endpoint, folder) = (server.endpoint(), server.folder().to_owned());
    drop(server);
    assert!(gone(&endpoint, &folder));
}

#[tokio::test]
async fn moto_has_its_bucket_and_leaves_nothing() {
    let Some(programs) = Programs::from_env() else { return };
    let server = start(&programs, Product::Moto).await;
    let line = ask(&server.endpoint(), "/media").unwrap();
    assert!(line.contains(" 200 "), "{line}");
    assert!(ask(&server.endpoint(), "/other").unwrap().contains(" 404 "));
    let (endpoint, folder) = (server.endpoint(), server.folder().to_owned());
    drop(server);
    assert!(gone(&endpoint, &folder));
}

#[tokio::test]
async fn a_panic_ends_it_too() {
    let Some(programs) = Programs::from_env() else { return };
    let server = start(&programs, Product::Moto).await;
    let (endpoint, folder) = (server.endpoint(), server.folder().to_owned());
    let panicked = catch_unwind(AssertUnwindSafe(move || {
        let _server = server;
        panic!("as a test does that fails");
    }));
    assert!(panicked.is_err());
    assert!(gone(&endpoint, &folder));
}

#[tokio::test]
async fn what_cannot_be_a_setting_is_refused() {
    let Some(programs) = Programs::from_env() else { return };
    let odd = ForeignServer::builder(Product::Moto).bucket("no/bucket").start(&programs).await;
    assert_eq!(odd.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_that_does_not_start_is_quoted() {
    use std::os::unix::fs::PermissionsExt as _;

    if Programs::from_env().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let python = PathBuf::from(std::env::var_os("HOLDALL_FOREIGN_SERVERS").unwrap()).join("python");
    std::os::unix::fs::symlink(python, folder.path().join("python")).unwrap();
    let programs = Programs::in_folder(folder.path()).unwrap();
    let missing = ForeignServer::builder(Product::Moto).start(&programs).await.unwrap_err();
    assert_eq!(missing.kind(), std::io::ErrorKind::NotFound);
    assert!(missing.to_string().contains("moto_server"), "{missing}");

    let broken = folder.path().join("moto_server");
    std::fs::write(&broken, "#!/bin/sh\necho no such luck >&2\nexit 3\n").unwrap();
    std::fs::set_permissions(&broken, std::fs::Permissions::from_mode(0o755)).unwrap();
    let error = ForeignServer::builder(Product::Moto).start(&programs).await.unwrap_err();
    assert!(
        error.to_string().contains("moto ended") && error.to_string().contains("no such luck"),
        "{error}"
    );
}

/// What `a_killed_process_leaves_no_server` runs and kills; nothing to do otherwise.
#[tokio::test]
async fn victim() {
    if std::env::var_os(VICTIM).is_none() {
        return;
    }
    let programs = Programs::from_env().expect("the one who starts the victim has looked");
    let server = start(&programs, Product::SeaweedFs).await;
    println!("\n{VICTIM} {} {}", server.endpoint(), server.folder().display());
    std::future::pending::<()>().await;
}

#[test]
fn a_killed_process_leaves_no_server() {
    if Programs::from_env().is_none() {
        return;
    }
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "victim", "--nocapture"])
        .env(VICTIM, "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let line =
        lines.map(Result::unwrap).find(|line| line.starts_with(VICTIM)).expect("it says what it started");
    let [_, endpoint, folder] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
    let folder = PathBuf::from(folder);
    assert!(ask(endpoint, "/").is_ok() && folder.exists());

    victim.kill().unwrap();
    victim.wait().unwrap();
    let begun = Instant::now();
    while !gone(endpoint, &folder) {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{endpoint} or {} is still there",
            folder.display()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}
