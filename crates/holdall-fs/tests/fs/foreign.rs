//! What other programs put into the root: shown where no name can say it, never waited for, never an
//! obstacle to the rest.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::UnixListener;
use std::time::Duration;

use holdall_core::{Entry, ErrorKind, Name};

use crate::support::{store, tree};

fn keys(entries: &[Entry]) -> Vec<String> {
    let show = |entry: &Entry| {
        let kind = match entry {
            Entry::File(_) => "file",
            Entry::Directory(_) => "directory",
            _ => "foreign",
        };
        format!("{kind} {}", entry.sort_key().escape_ascii())
    };
    entries.iter().map(show).collect()
}

#[tokio::test]
async fn special_files_are_no_files_and_block_nobody() {
    let (directory, store) = store();
    let root = directory.path();
    rustix::fs::mkfifoat(rustix::fs::CWD, root.join("fifo"), rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    let _socket = UnixListener::bind(root.join("socket")).unwrap();
    let before = tree(root);
    let opening = tokio::time::timeout(Duration::from_mins(1), store.open("fifo"));
    if opening.await.is_err() {
        // A writer lets the reader go that would otherwise keep the test from ending.
        let _ = fs::File::options().read(true).write(true).open(root.join("fifo"));
        panic!("opening a FIFO waits for a writer");
    }
    for name in ["fifo", "socket"] {
        assert_eq!(store.open(name).await.unwrap_err().kind(), ErrorKind::NotFound, "{name}");
        assert_eq!(store.metadata(name).await.unwrap_err().kind(), ErrorKind::NotFound, "{name}");
        assert_eq!(store.save(name, "x").overwrite().await.unwrap_err().kind(), ErrorKind::Conflict);
        store.delete(name).await.unwrap();
    }
    assert_eq!(tree(root), before);
    let entries = store.list("").collect().await.unwrap();
    assert_eq!(keys(&entries), ["foreign fifo", "foreign socket"]);
}

#[tokio::test]
async fn what_no_name_can_say_is_listed_and_hides_nothing() {
    let (directory, store) = store();
    let root = directory.path();
    let put = |raw: &[u8]| {
        let path = root.join(OsStr::from_bytes(raw));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "12345").unwrap();
    };
    for raw in [&b"a/not-utf8-\xff"[..], b"a/line\nbreak", b"a/back\\slash", b"a/plain", b"d\xfe/inside"] {
        put(raw);
    }
    put(b"a/.holdall-0123456789abcdef");
    fs::create_dir_all(root.join("empty/directories/only")).unwrap();

    let level = store.list("").collect().await.unwrap();
    assert_eq!(keys(&level), ["directory a/", "foreign d\\xfe/"]);
    let level = store.list("a").collect().await.unwrap();
    let expected =
        ["foreign a/back\\\\slash", "foreign a/line\\nbreak", "foreign a/not-utf8-\\xff", "file a/plain"];
    assert_eq!(keys(&level), expected);
    assert!(matches!(&level[0], Entry::Foreign(foreign) if foreign.size == Some(5)));
    let all = store.list("").recursive().collect().await.unwrap();
    assert_eq!(keys(&all)[..4], expected);
    assert_eq!(keys(&all)[4], "foreign d\\xfe/inside");
    let late = store.list("a").start_after(&Name::new("a/m").unwrap()).collect().await.unwrap();
    assert_eq!(keys(&late), expected[2..]);

    let listing = store.located("a").unwrap().listdir("").await.unwrap();
    assert_eq!((listing.files.len(), listing.foreign.len()), (1, 3));
    assert_eq!(listing.foreign[2].raw_name, b"not-utf8-\xff");
}

#[tokio::test]
async fn reserved_names_belong_to_the_storage() {
    let (directory, store) = store();
    fs::create_dir(directory.path().join("d")).unwrap();
    fs::write(directory.path().join("d/.holdall-x"), "staged").unwrap();
    let name = "d/.holdall-x";
    assert_eq!(store.open(name).await.unwrap_err().kind(), ErrorKind::InvalidName);
    assert_eq!(store.save(name, "x").await.unwrap_err().kind(), ErrorKind::InvalidName);
    assert_eq!(store.delete(name).await.unwrap_err().kind(), ErrorKind::InvalidName);
    assert!(store.list("").collect().await.unwrap().is_empty(), "a directory of staging files is empty");
    assert!(store.list("").recursive().collect().await.unwrap().is_empty());
}

/// The order of S3 on a real directory: a directory sorts as its name plus `/`.
#[tokio::test]
async fn listings_are_in_the_order_of_whole_names() {
    let (_directory, store) = store();
    let mut names = ["a", "a!b", "a-b", "a.b", "b/c", "b-c", "b.c/d", "b0", "b/d/e", "b/d-e", "\u{e9}", "z"];
    for name in names {
        store.save(name, "x").durability(holdall_core::Durability::Buffered).await.unwrap();
    }
    names.sort_unstable();
    let all = store.list("").recursive().collect().await.unwrap();
    let found: Vec<_> = all.iter().map(|entry| String::from_utf8(entry.sort_key()).unwrap()).collect();
    assert_eq!(found, names);
    // From every name on, also from between them.
    for after in names
        .iter()
        .copied()
        .chain(["a/", "b", "b/d/", "b/d/zz", "b/d0", "zz"].map(|text| text.trim_end_matches('/')))
    {
        let late =
            store.list("").recursive().start_after(&Name::new(after).unwrap()).collect().await.unwrap();
        let late: Vec<_> = late.iter().map(|entry| String::from_utf8(entry.sort_key()).unwrap()).collect();
        let expected: Vec<_> = names.iter().copied().filter(|name| *name > after).collect();
        assert_eq!(late, expected, "after {after}");
    }
    let level = store.list("").start_after(&Name::new("b-c").unwrap()).collect().await.unwrap();
    assert_eq!(keys(&level), ["directory b.c/", "directory b/", "file b0", "file z", "file \\xc3\\xa9"]);
    for nothing in ["a", "a/b", "missing", "b/c"] {
        assert!(store.list(nothing).recursive().collect().await.unwrap().is_empty(), "{nothing}");
    }
}

/// More than one batch, wide and deep.
#[tokio::test]
async fn large_trees_are_listed_whole() {
    let (directory, store) = store();
    let mut expected = Vec::new();
    for number in 0..2500 {
        expected.push(format!("wide/{number:04}"));
    }
    let mut deep = String::from("deep");
    for level in 0..200 {
        deep = format!("{deep}/{}", level % 10);
        expected.push(format!("{deep}/file"));
    }
    for name in &expected {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    expected.sort_unstable();
    let all = store.list("").recursive().collect().await.unwrap();
    let found: Vec<_> = all.iter().map(|entry| String::from_utf8(entry.sort_key()).unwrap()).collect();
    assert_eq!(found, expected);
    assert_eq!(store.listdir("wide").await.unwrap().files.len(), 2500);
}
