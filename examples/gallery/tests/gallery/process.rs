//! The program itself: how it starts, what it refuses to start with, how it stops.

use std::path::Path;
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::pictures::large_png;
use crate::site::{BOUNDARY, Part, multipart};

/// Longer than any start takes on a loaded machine; a test that waits for this has failed.
const DEADLINE: Duration = Duration::from_mins(1);

/// The gallery as a process of its own, in `folder`, on a free port. It ends with the value.
pub(crate) struct Gallery {
    child: Child,
    pub(crate) address: String,
}

fn command(folder: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gallery"));
    // The settings of whoever runs the tests are not the tests'.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("HOLDALL_") || name.to_string_lossy().starts_with("GALLERY_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder)
        .env("GALLERY_ADDR", "127.0.0.1:0")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

impl Gallery {
    /// Starts the program and waits until it says where it listens.
    pub(crate) async fn start(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let mut child = command(folder, variables).spawn().expect("the program can be started");
        let mut said = String::new();
        let stdout = child.stdout.as_mut().expect("stdout is piped");
        let line = tokio::time::timeout(DEADLINE, BufReader::new(stdout).read_line(&mut said)).await;
        if !line.is_ok_and(|read| read.is_ok()) || said.is_empty() {
            let mut complaint = String::new();
            let stderr = child.stderr.as_mut().expect("stderr is piped");
            stderr.read_to_string(&mut complaint).await.expect("the complaint can be read");
            panic!("the gallery did not start: {complaint}");
        }
        let address = said.split_whitespace().find(|word| word.starts_with("http://")).expect("an address");
        Self { address: address.trim_end_matches('/').to_owned(), child }
    }

    /// Asks it to stop, as a service manager does, and waits until it has.
    pub(crate) async fn stop(mut self) -> ExitStatus {
        let pid = self.child.id().expect("it runs").to_string();
        let killed = Command::new("kill").args(["-TERM", &pid]).status().await.expect("there is a kill");
        assert!(killed.success());
        tokio::time::timeout(DEADLINE, self.child.wait())
            .await
            .expect("it stops in time")
            .expect("it was ours")
    }
}

/// Sends a whole request before it reads a byte of the answer, as simple clients do.
async fn exchange(gallery: &Gallery, request: &[u8]) -> String {
    let address = gallery.address.strip_prefix("http://").expect("an http address");
    let mut socket = TcpStream::connect(address).await.expect("the gallery listens");
    socket.write_all(request).await.expect("the gallery reads on");
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.expect("the answer arrives whole");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Runs the program with settings that it has to refuse.
async fn refused(folder: &Path, variables: &[(&str, &str)]) -> String {
    let output = tokio::time::timeout(DEADLINE, command(folder, variables).output()).await;
    let Output { status, stdout, stderr } = output.expect("it gives up at once").expect("it can be started");
    let complaint = String::from_utf8(stderr).expect("sentences are UTF-8");
    assert_eq!(status.code(), Some(2), "{complaint}");
    assert!(stdout.is_empty(), "{stdout:?}");
    assert!(complaint.starts_with("gallery: "), "a sentence: {complaint}");
    complaint
}

#[tokio::test]
async fn it_starts_from_nothing_and_stops_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    // As a release, which collects its static files.
    let release = [("GALLERY_STATIC_DIR", "")];
    let gallery = Gallery::start(folder.path(), &release).await;
    for made in ["var/gallery.sqlite3", "var/static/staticfiles.json"] {
        assert!(folder.path().join(made).is_file(), "{made}");
    }
    let status = gallery.stop().await;
    assert!(status.success(), "{status}");
    // And once more, on what is there now.
    assert!(Gallery::start(folder.path(), &release).await.stop().await.success());
    // In development it writes none.
    let other = tempfile::tempdir().unwrap();
    assert!(Gallery::start(other.path(), &[]).await.stop().await.success());
    assert!(other.path().join("var/gallery.sqlite3").is_file());
    assert!(!other.path().join("var/static/staticfiles.json").exists());
}

#[tokio::test]
async fn a_client_that_sends_far_too_much_still_gets_the_page_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let gallery = Gallery::start(folder.path(), &[("GALLERY_MAX_UPLOAD", "1 MiB")]).await;
    let page = exchange(&gallery, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let between = |before: &str, after: &str| {
        let rest = page.split_once(before).expect("the page has it").1;
        rest.split_once(after).expect("and it ends").0.to_owned()
    };
    let cookie = between("set-cookie: ", ";");
    let token = between("name=\"csrf_token\" value=\"", "\"");

    let picture = large_png(9 << 20);
    let body = multipart(&[
        Part { name: "csrf_token", file_name: None, bytes: token.as_bytes() },
        Part { name: "img-file", file_name: Some("huge.png"), bytes: &picture },
    ]);
    let head = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: {cookie}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = exchange(&gallery, &[head.into_bytes(), body].concat()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("images of up to 1 MiB"), "{answer}");
}

#[tokio::test]
async fn it_takes_a_holdall_toml_from_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let settings = "[storages.default]\nbackend = \"fs\"\nroot = \"elsewhere\"\nbase_url = \"/uploads/\"\nvisibility = \"public\"\n\
                    [storages.staticfiles]\nbackend = \"fs\"\nroot = \"elsewhere/own\"\nbase_url = \"/own/\"\n";
    std::fs::write(folder.path().join("holdall.toml"), settings).unwrap();
    let gallery = Gallery::start(folder.path(), &[("GALLERY_STATIC_DIR", "")]).await;
    assert!(folder.path().join("elsewhere/own/staticfiles.json").is_file());
    assert!(gallery.stop().await.success());
}

#[tokio::test]
async fn it_refuses_settings_that_it_does_not_understand_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    for (variable, value, wanted) in [
        ("GALLERY_ADDR", "localhost", "127.0.0.1:8000"),
        ("GALLERY_MAX_UPLOAD", "much", "20 MiB"),
        ("GALLERY_MAX_UPLOAD", "0", "at least one byte"),
        ("GALLERY_DATABASE", "", "the path of a file"),
        ("HOLDALL_STORAGES__DEFAULT__BASE_URL", "/static/", "give each its own"),
        ("HOLDALL_STORAGES__DEFAULT__VISIBILITY", "private", "a storage that signs"),
        ("HOLDALL_STORAGES__DEFAULT__URL", "nosuch://x", "nosuch"),
        ("HOLDALL_STORAGES__DEFAULT__BASE_ULR", "/media/", "base_url"),
        (
            "GALLERY_STATIC_DIR",
            "/nowhere/at/all",
            "the directory /nowhere/at/all of static files does not exist",
        ),
    ] {
        let complaint = refused(folder.path(), &[(variable, value)]).await;
        assert!(complaint.contains(wanted), "{variable}={value}: {complaint}");
        let names_it = complaint.contains(variable)
            || complaint.contains(value)
            || complaint.to_lowercase().contains("default");
        assert!(names_it, "{variable}={value}: {complaint}");
    }
}

#[tokio::test]
async fn it_says_which_file_stands_where_a_folder_should() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("var"), "not a folder").unwrap();
    let complaint = refused(folder.path(), &[]).await;
    assert!(complaint.contains("var"), "{complaint}");
}
