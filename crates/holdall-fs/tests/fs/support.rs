//! What the tests share: a storage in a directory of its own, pictures of a tree, child processes.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Stdio};

use holdall_core::{Checksum, Store};
use holdall_fs::FileSystemStorage;
use tempfile::TempDir;

/// A store in a new directory, which goes with the guard.
pub(crate) fn store() -> (TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = store_in(directory.path());
    (directory, store)
}

/// A store in that directory.
pub(crate) fn store_in(root: &Path) -> Store {
    Store::new(FileSystemStorage::new(root).unwrap())
}

/// Everything below a directory, read past every rule of the storage: relative path to what is there.
/// Files show inode, size, mode and checksum, directories end in `/` and show their mode.
pub(crate) fn tree(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

/// The paths alone.
pub(crate) fn paths(root: &Path) -> Vec<String> {
    tree(root).into_keys().collect()
}

/// The same while others work there: what vanishes meanwhile is left out.
pub(crate) fn try_paths(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        found.push(entry.path().display().to_string());
        found.extend(try_paths(&entry.path()));
    }
    found
}

fn walk(root: &Path, directory: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let relative = path.strip_prefix(root).unwrap().as_os_str().as_bytes().escape_ascii().to_string();
        let metadata = fs::symlink_metadata(&path).unwrap();
        let mode = metadata.mode();
        if metadata.is_dir() {
            found.insert(format!("{relative}/"), format!("{mode:o}"));
            walk(root, &path, found);
        } else if metadata.is_file() {
            let checksum = Checksum::of(&fs::read(&path).unwrap());
            let shown = format!("inode {} size {} mode {mode:o} {checksum}", metadata.ino(), metadata.size());
            found.insert(relative, shown);
        } else {
            found.insert(relative, format!("{:?} {:?}", metadata.file_type(), fs::read_link(&path).ok()));
        }
    }
}

/// What a child is told: the directory that it works in.
const WORK: &str = "HOLDALL_FS_TEST_CHILD";

/// This test binary again, running only `test` (whole path), which finds its directory with
/// [`child_directory`].
pub(crate) fn child(test: &str, directory: &Path) -> Command {
    child_of(Command::new(std::env::current_exe().unwrap()), test, directory)
}

/// The same by another command, which runs a copy of this binary.
pub(crate) fn child_of(mut command: Command, test: &str, directory: &Path) -> Command {
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(WORK, directory);
    command.stdin(Stdio::null());
    command
}

/// The same by `nobody`, where we may become that; by ourselves where we are not the superuser anyway. The superuser
/// is refused nothing. The program is copied into `place`, because the build may lie where nobody else can look.
pub(crate) fn child_of_nobody(place: &Path, test: &str, directory: &Path) -> Command {
    let program = place.join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(place, fs::Permissions::from_mode(0o755)).unwrap();
    if fs::metadata(place).unwrap().uid() != 0 {
        return child_of(Command::new(&program), test, directory);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
    child_of(command, test, directory)
}

/// The same under a shell command that comes first: `umask 077`, `ulimit -n 20`.
pub(crate) fn child_after(first: &str, test: &str, directory: &Path) -> Command {
    let inner = child(test, directory);
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{first} && exec \"$0\" \"$@\"")).arg(inner.get_program());
    command.args(inner.get_args()).env(WORK, directory).stdin(Stdio::null());
    command
}

/// The directory of a child; `None` in the ordinary run, where the child's part has nothing to do.
pub(crate) fn child_directory() -> Option<std::path::PathBuf> {
    std::env::var_os(WORK).map(Into::into)
}

/// Whether a part that this machine does not allow may be left out. In CI it may not.
pub(crate) fn skip(what: &str, why: &str) {
    assert!(std::env::var_os("CI").is_none(), "{what} must run in CI: {why}");
    println!("skipped: {what}: {why}");
}
