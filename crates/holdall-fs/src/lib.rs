//! The local file system as a storage: durable, atomic, free of races, and confined to its root.
//!
//! ```
//! use holdall_core::Store;
//! use holdall_fs::FileSystemStorage;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! # let root = directory.path().join("media");
//! let storage = FileSystemStorage::builder(root).base_url("/media/").create_root(true).build()?;
//! let media = Store::new(storage);
//!
//! let saved = media.save("usr/cat.jpg", b"...").await?; // on the medium when this returns
//! let again = media.save("usr/cat.jpg", b"another cat").await?; // takes usr/cat_Ab3dE9x.jpg
//! assert_ne!(saved.name, again.name);
//! assert_eq!(media.url(&saved.name).await?.as_str(), "/media/usr/cat.jpg");
//! # Ok(()) }
//! ```
//!
//! It needs a tokio runtime: file systems are blocking, and every operation makes one hop to tokio's blocking
//! pool, or one for each megabyte of a stream. No thread is held while a slow peer is waited for.
//!
//! # What a save does
//!
//! 1. The content is gathered in batches of a megabyte, and each is written in a hop while the next one arrives.
//! 2. It goes to a staging file in the directory where it will be, or in the deepest one on the way there that
//!    exists. On Linux that file has no name (`O_TMPFILE`); elsewhere it has a random one that begins with
//!    [`Name::RESERVED_PREFIX`](holdall_core::Name::RESERVED_PREFIX), which no verb takes and no listing shows.
//! 3. When the content is whole, the file gets its time, attributes and mode, and is synced.
//! 4. Missing directories are made, and the file is published: by `link` or an exclusive rename where nothing may
//!    be overwritten, by `rename` where something is replaced. The file system decides whether a name is taken.
//!    If it is, the next name is tried with the same staged file.
//! 5. The directory is synced, and those above it unless they are known to be on the medium. Only then is the
//!    save acknowledged. [`Durability::Buffered`](holdall_core::Durability::Buffered) leaves the syncs out.
//!
//! An error, a dropped future or `kill -9` anywhere in between leaves the old file or none. What such a process can
//! leave behind is a staging file, in the instant of an overwrite or where files without names do not exist;
//! [`Storage::sweep`](holdall_core::Storage::sweep) removes those, and spares every live one.
//!
//! # What it promises to whom
//!
//! - **Savers of one name**, in any number of processes: [`Unique`](holdall_core::SaveMode::Unique) and
//!   [`Create`](holdall_core::SaveMode::Create) never overwrite and never share a name.
//! - **Conditional writers**: `IfMatch`, and `if_match` of delete and rename, are one step with respect to every
//!   other overwrite, delete and rename through Holdall. They hold an advisory lock (`flock`) on the directory
//!   while they compare and change. Programs that do not ask for that lock are not held back. Where directories
//!   cannot be locked (NFS) conditions are `Unsupported`, and everything else works.
//! - **Readers**: an opened file is one version to its end. A file whose bytes are not those that were saved is
//!   a `ChecksumMismatch` error at its last chunk, if nobody has touched its time.
//! - **Operators**: files have the mode of the settings, exactly, whatever the umask is. Directories that become
//!   empty disappear; the root stays.
//!
//! # A root that goes away
//!
//! The root is opened once. When its path comes to lead elsewhere (it was removed, restored from a backup or
//! unmounted, or a link leads to another release), every verb that looks at the disk is
//! [`Unavailable`](holdall_core::ErrorKind::Unavailable), and says which of these it is. It works again when
//! the same directory is back; another directory takes a new storage, which is a restart of the program. The
//! look at the path is one `stat` for each operation and each batch of a listing.
//!
//! # Links and special files
//!
//! The root itself may be a link, as long as it leads to the same directory. Below it nothing leads outside,
//! whoever swaps directories for links meanwhile ([cap-std](https://docs.rs/cap-std); `openat2` with
//! `RESOLVE_BENEATH` on Linux).
//!
//! - A link in place of a *directory* is followed if it ends inside the root. If it leads outside, the operation
//!   is refused with `PermissionDenied`.
//! - A link in place of a *file*, a FIFO, a socket or a device is no file: it cannot be opened, is `NotFound`, is
//!   not deleted, and a save onto it is a `Conflict`. It is never written through.
//! - Listings do not follow links and show each of these as
//!   [`Entry::Foreign`](holdall_core::Entry::Foreign), like whatever has a name that no
//!   [`Name`](holdall_core::Name) can say. A foreign directory has a `/` at the end of its raw name.
//!
//! # Attributes
//!
//! Content type, headers, visibility, user metadata and the checksum are one extended attribute, `user.holdall`, in
//! JSON. A content type that the name tells is not stored. The checksum counts only as long as size and time of the
//! file are those of the save. Where the file system has no extended attributes, which
//! [`build`](FileSystemStorageBuilder::build) finds out, saves that need them are `Unsupported`, files have the type
//! that their name tells, and checksums are computed but not kept. ext4 keeps 4 KiB for each file, attributes of other
//! programs included; more is `TooLarge`.
//!
//! Tools that copy files without extended attributes lose them: use `cp --preserve=xattr`, `rsync -X`, `tar --xattrs`.
//!
//! Attributes belong to a file and not to its name. When a file has other names (hard links) and the visibility of one
//! changes, or a move makes its type an attribute, that name gets a copy of its own.
//!
//! # Systems
//!
//! Linux is what is tested. The other Unixes and Windows go the portable ways of the same code, without unnamed
//! staging; on Windows there are no modes, no locks on directories (no conditions), no extended attributes and no sync
//! of directories.
//!
//! | file system | what differs |
//! | --- | --- |
//! | ext4, XFS, btrfs, tmpfs | nothing |
//! | without hard links and exclusive renames (exFAT over FUSE) | a new name is reserved with an empty file first, which is visible for an instant |
//! | with times in seconds | two versions of one size can share an entity tag if the second gets the inode of the first |
//! | NFS | no locks on directories, no extended attributes in most mounts |
//!
//! A process that exceeds its limit of file size (`ulimit -f`) is killed by the signal `SIGXFSZ` unless it ignores
//! that signal; then the save is `TooLarge`.

mod attributes;
mod builder;
mod copy;
mod delete;
mod directories;
mod error;
mod hop;
mod inherited;
mod list;
mod lock;
mod placing;
mod presence;
mod publish;
mod read;
mod rename;
mod root;
mod save;
mod staging;
mod stat;
mod storage;
mod sweep;
#[cfg(test)]
mod tests;
mod url;
mod visibility;
mod xattr;

pub use self::builder::FileSystemStorageBuilder;
pub use self::storage::FileSystemStorage;

/// The examples of the crate's README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
