//! Sources that cannot be collected: each told in a sentence, and nothing published.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use holdall_core::{ErrorKind, Name, Result};
use holdall_static::{Collector, Directories, Embedded, Event, Finder, Ignore, Manifest, SourceFile};

use crate::support::{contents, memory, write};

fn mkfifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// What a collection of that directory says, having published nothing.
async fn refusal(root: &Path) -> holdall_core::Error {
    let store = memory();
    let error = Collector::new().finder(Directories::new(root)).collect(&store).await.unwrap_err();
    assert!(contents(&store).await.is_empty());
    error
}

#[tokio::test]
async fn what_is_no_file_is_told_and_does_not_hang() {
    let folder = tempfile::tempdir().unwrap();
    for (make, says) in [
        (mkfifo as fn(&Path), "x.css is a named pipe and no file; remove or ignore it"),
        (
            |path| drop(UnixListener::bind(path).unwrap()),
            "x.css is a socket and no file; remove or ignore it",
        ),
        (|path| symlink("/dev/zero", path).unwrap(), "x.css is a device and no file; remove or ignore it"),
    ] {
        let root = folder.path().join("static");
        write(&root, &[("a.css", "a")]);
        make(&root.join("x.css"));
        let error = refusal(&root).await;
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.reason().ends_with(says), "{error}");
        std::fs::remove_dir_all(root).unwrap();
    }
}

#[tokio::test]
async fn names_that_are_no_text_are_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(OsStr::from_bytes(b"caf\xe9.css")), "a").unwrap();
    let error = refusal(folder.path()).await;
    assert_eq!(error.kind(), ErrorKind::InvalidName);
    assert!(error.reason().ends_with("is not UTF-8; rename it, or ignore it"), "{error}");
}

#[tokio::test]
async fn a_file_is_no_directory_of_static_files() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("a.css", "a")]);
    let error = refusal(&folder.path().join("a.css")).await;
    assert!(error.reason().ends_with("a.css is no directory"), "{error}");
}

/// A file that nobody may read, root neither.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_cannot_be_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("a.css", "a")]);
    symlink("/proc/self/mem", folder.path().join("b.css")).unwrap();
    let error = refusal(folder.path()).await;
    assert!(error.reason().contains("b.css cannot be read (Input/output error"), "{error}");
    assert!(error.reason().ends_with("nothing was published"), "{error}");
}

/// What is ignored need not be readable: the lock of Emacs is a link to nowhere, and its name begins with a dot.
#[tokio::test]
async fn what_is_left_out_is_no_problem() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write(folder.path(), &[("a.css", "a")]);
    symlink("me@host.1234:1700000000", at(".#a.css")).unwrap();
    symlink(folder.path(), at(".again")).unwrap();
    mkfifo(&at(".pipe"));
    std::fs::write(at("").join(OsStr::from_bytes(b".caf\xe9")), "a").unwrap();
    let store = memory();
    let collector = Collector::new().finder(Directories::new(folder.path()));
    assert_eq!(collector.collect(&store).await.unwrap().files, 1);
}

/// A finder that says what it was told.
#[derive(Debug)]
struct Lists(PathBuf);

impl Finder for Lists {
    fn list(&self, _: &Ignore) -> Result<Vec<SourceFile>> {
        Ok(vec![SourceFile::new(Name::new("a.css")?, self.0.clone())])
    }

    fn find(&self, _: &Name) -> Result<Option<SourceFile>> {
        Ok(None)
    }

    fn places(&self) -> Vec<String> {
        vec![self.0.display().to_string()]
    }
}

#[tokio::test]
async fn a_file_that_is_gone_or_no_file_any_more_when_it_is_read_is_told() {
    let folder = tempfile::tempdir().unwrap();
    mkfifo(&folder.path().join("pipe"));
    std::fs::create_dir(folder.path().join("directory")).unwrap();
    for (name, says) in [
        ("gone", "gone cannot be read (No such file or directory (os error 2)); nothing was published"),
        ("pipe", "pipe cannot be read (it is a named pipe and no file); nothing was published"),
        ("directory", "directory cannot be read (it is a directory and no file); nothing was published"),
    ] {
        let store = memory();
        let collector = Collector::new().finder(Lists(folder.path().join(name)));
        let error = collector.collect(&store).await.unwrap_err();
        assert!(error.reason().ends_with(says), "{error}");
        assert!(contents(&store).await.is_empty());
    }
}

#[tokio::test]
async fn a_file_that_changes_before_it_is_published_is_told_and_never_stored() {
    for after in [Some("new"), Some("longer than before"), None] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[("a.txt", "old"), ("b.txt", "b")]);
        let path = folder.path().join("a.txt");
        let store = memory();
        let change = move |event: &Event| {
            if matches!(event, Event::Publishing { .. }) {
                match after {
                    Some(text) => std::fs::write(&path, text).unwrap(),
                    None => std::fs::remove_file(&path).unwrap(),
                }
            }
        };
        let collector = Collector::new().finder(Directories::new(folder.path())).jobs(1).on_event(change);
        let error = collector.collect(&store).await.unwrap_err();
        assert!(error.to_string().contains("cannot save \"a."), "{error}");
        assert!(error.reason().contains("run again when nobody changes the sources any more"), "{error}");
        assert!(!contents(&store).await.keys().any(|name| name.starts_with('a') || name.ends_with("json")));
    }
}

/// A text of more than 32 MiB is published as it is, with a warning; one of 32 MiB is looked into.
#[tokio::test]
async fn a_file_that_is_too_large_to_look_into_is_published_as_it_is() {
    let text = |bytes: usize| {
        let begins = "a { background: url(x.png) }\n";
        format!("{begins}{}", " ".repeat(bytes - begins.len()))
    };
    let limit = 32 << 20;
    let files = [("large.css", text(limit + 1)), ("fits.css", text(limit)), ("x.png", "x".to_owned())];
    let files = files.map(|(name, text)| (name, bytes::Bytes::from(text)));
    let store = memory();
    let collector = Collector::new().finder(Embedded::new(files).unwrap()).copies(false);
    let report = collector.collect(&store).await.unwrap();
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    let expected = "large.css: it is larger than 32 MiB, so that no reference in it was looked for; it is published as it is";
    assert_eq!(problems, [expected]);
    let manifest = Manifest::load(&store).await.unwrap();
    for (name, refers_to) in [("large.css", "url(x.png)"), ("fits.css", "url(x.9dd4e461268c.png)")] {
        let saved = store.open(manifest.get(name).unwrap()).await.unwrap().bytes().await.unwrap();
        assert!(saved.starts_with(format!("a {{ background: {refers_to} }}").as_bytes()), "{name}");
    }
}
