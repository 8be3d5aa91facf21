//! What other programs set on a file stays: extended attributes in copies, and mode, owner and access control list too
//! where the file is changed and not copied.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use holdall_core::{Attributes, Store, Visibility};
use holdall_fs::FileSystemStorage;
use rustix::buffer::spare_capacity;
use rustix::fs::{XattrFlags, fgetxattr, fsetxattr};
use rustix::io::Errno;

use crate::support::store_in;

const OTHER: &str = "user.xdg.origin.url";
const ACL: &str = "system.posix_acl_access";

/// Version 2: the owner may do everything, user 1234 and the group may read, the mask allows reading and writing.
const LIST: [u8; 44] = {
    let mut list = [0xff; 44];
    let head = [2, 0, 0, 0];
    // Tag, permissions, id; an id of -1 where the tag has none.
    let entries: [[u8; 4]; 5] = [[1, 0, 7, 0], [2, 0, 4, 0], [4, 0, 4, 0], [0x10, 0, 6, 0], [0x20, 0, 0, 0]];
    let mut at = 0;
    while at < 4 {
        list[at] = head[at];
        at += 1;
    }
    let mut entry = 0;
    while entry < 5 {
        let mut byte = 0;
        while byte < 4 {
            list[4 + entry * 8 + byte] = entries[entry][byte];
            byte += 1;
        }
        entry += 1;
    }
    // 1234, of the second entry.
    (list[16], list[17], list[18], list[19]) = (0xd2, 0x04, 0, 0);
    list
};

fn attribute(path: &Path, name: &str) -> Option<Vec<u8>> {
    let mut value = Vec::with_capacity(1024);
    match fgetxattr(File::open(path).unwrap(), name, spare_capacity(&mut value)) {
        Ok(_) => Some(value),
        Err(Errno::NODATA) => None,
        Err(error) => panic!("{error}"),
    }
}

/// Sets it, where this file system has something like it.
fn set(path: &Path, name: &str, value: &[u8]) -> bool {
    match fsetxattr(File::open(path).unwrap(), name, value, XattrFlags::empty()) {
        Ok(()) => true,
        Err(Errno::OPNOTSUPP) => {
            eprintln!("{} has no {name}: not tested", path.display());
            false
        }
        Err(error) => panic!("{error}"),
    }
}

fn other_attributes() -> Attributes {
    let mut attributes = Attributes::default();
    attributes.cache_control = Some("no-store".to_owned());
    attributes
}

#[tokio::test]
async fn extended_attributes_of_other_programs_go_with_every_copy() {
    let directory = tempfile::tempdir().unwrap();
    let (root, store) = (directory.path(), store_in(directory.path()));
    fs::write(root.join("a"), "bytes").unwrap();
    if !set(&root.join("a"), OTHER, b"https://example.com") {
        return;
    }
    set(&root.join("a"), "user.empty", b"");
    store.copy("a", "copy").await.unwrap();
    store.copy("a", "d/copy").attributes(other_attributes()).await.unwrap();
    store.set_visibility("a", Visibility::Public).await.unwrap();
    store.copy("a", "a").attributes(other_attributes()).await.unwrap();
    store.rename("a", "e/moved").await.unwrap();
    store.rename("copy", "moved too").attributes(other_attributes()).await.unwrap();
    for name in ["d/copy", "e/moved", "moved too"] {
        assert_eq!(
            attribute(&root.join(name), OTHER).as_deref(),
            Some(&b"https://example.com"[..]),
            "{name}"
        );
        assert_eq!(attribute(&root.join(name), "user.empty").as_deref(), Some(&b""[..]), "{name}");
    }
    assert_eq!(store.metadata("d/copy").await.unwrap().attributes.cache_control.as_deref(), Some("no-store"));
    // A save is a new file.
    store.save("d/copy", "new").overwrite().await.unwrap();
    assert_eq!(attribute(&root.join("d/copy"), OTHER), None);
}

#[tokio::test]
async fn a_file_with_other_attributes_keeps_its_mode_owner_and_access_list() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let store = Store::new(FileSystemStorage::builder(root).file_mode(0o644).build().unwrap());
    for (name, mode) in [("narrow", 0o600), ("wide", 0o664), ("read-only", 0o444)] {
        let path = root.join(name);
        fs::write(&path, "bytes").unwrap();
        // Root may give files away, and gets them back.
        let is_given = std::os::unix::fs::chown(&path, Some(4321), Some(4322)).is_ok();
        let has_list = mode == 0o664 && set(&path, ACL, &LIST);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let (before, list) = (fs::metadata(&path).unwrap(), attribute_or_none(&path));
        assert_eq!(list.is_some(), has_list);
        store.copy(name, name).attributes(other_attributes()).await.unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_eq!(
            (after.mode(), after.uid(), after.gid()),
            (before.mode(), before.uid(), before.gid()),
            "{name}, given away: {is_given}"
        );
        assert_eq!(attribute_or_none(&path), list, "{name}");
        let metadata = store.metadata(name).await.unwrap();
        assert_eq!(metadata.attributes.cache_control.as_deref(), Some("no-store"));
        // A copy is a new file, with the mode of the settings.
        store.copy(name, format!("{name} copy")).await.unwrap();
        let copy = fs::metadata(root.join(format!("{name} copy"))).unwrap();
        assert_eq!(copy.mode() & 0o7777, 0o644);
    }
}

fn attribute_or_none(path: &Path) -> Option<Vec<u8>> {
    let mut value = Vec::with_capacity(1024);
    fgetxattr(File::open(path).unwrap(), ACL, spare_capacity(&mut value)).ok().map(|_| value)
}
