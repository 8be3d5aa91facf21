//! What the process may not read, such as `lost+found` at the root of an ext4 volume: an entry that says so, and
//! no obstacle to the rest.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use holdall_core::{Entry, ErrorKind, Name, Storage as _};
use holdall_fs::FileSystemStorage;

use crate::support::{child_directory, child_of_nobody, store_in};

/// The part that is played by an ordinary user.
#[tokio::test]
async fn child_that_may_not_read_all() {
    let Some(root) = child_directory() else { return };
    let store = store_in(&root);
    let show = |entries: Vec<Entry>| {
        let show = |entry: &Entry| {
            let mark = match entry {
                Entry::Foreign(foreign) => match &foreign.unreadable {
                    Some(reason) if reason.contains("the process lacks the right") => "!",
                    _ => "?",
                },
                _ => "",
            };
            format!("{mark}{}", String::from_utf8(entry.sort_key()).unwrap())
        };
        entries.iter().map(show).collect::<Vec<_>>()
    };
    let all = show(store.list("").recursive().collect().await.unwrap());
    assert_eq!(all, ["a/file", "!d/closed/", "d/open", "!lost+found/", "!names-only/", "z"]);
    let after = Name::new("d/closed/x").unwrap();
    let rest = show(store.list("").recursive().start_after(&after).collect().await.unwrap());
    assert_eq!(rest, all[2..]);
    let level = show(store.list("").collect().await.unwrap());
    assert_eq!(level, ["a/", "d/", "!lost+found/", "!names-only/", "z"]);
    let listing = store.listdir("d").await.unwrap();
    assert_eq!((listing.dirs.len(), listing.files.len(), listing.foreign.len()), (0, 1, 1));
    assert!(listing.foreign[0].unreadable.is_some());

    // The location itself must be readable.
    let error = store.list("lost+found").collect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    let error = store.exists("lost+found/x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);

    let swept = FileSystemStorage::new(&root).unwrap().sweep(Duration::ZERO).await.unwrap();
    assert_eq!((swept.removed, swept.failed), (0, 0), "{swept:?}");

    let deleted = store.delete_location("").force().await.unwrap();
    assert_eq!((deleted.deleted, deleted.failed), (3, 3), "{:?}", deleted.errors);
    for error in &deleted.errors {
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
        assert!(error.to_string().contains("the process lacks the right"), "{error}");
    }
    let names: Vec<_> = deleted.errors.iter().filter_map(|error| error.name()).collect();
    assert_eq!(names, ["d/closed/", "lost+found/", "names-only/"]);
    let left = show(store.list("").recursive().collect().await.unwrap());
    assert_eq!(left, ["!d/closed/", "!lost+found/", "!names-only/"]);
}

#[test]
fn entries_that_may_not_be_read_hide_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    for file in ["a/file", "d/closed/x", "d/open", "lost+found/x", "names-only/x", "z"] {
        fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
        fs::write(root.join(file), "x").unwrap();
    }
    let set = |path: &str, mode| {
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    for path in ["", "a", "d"] {
        set(path, 0o777);
    }
    let closed = [("d/closed", 0o000), ("lost+found", 0o000), ("names-only", 0o444)];
    for (path, mode) in closed {
        set(path, mode);
    }
    let status = child_of_nobody(directory.path(), "unreadable::child_that_may_not_read_all", &root).status();
    for (path, _) in closed {
        set(path, 0o700);
    }
    assert!(status.unwrap().success());
}
