//! Collecting static files to the disk: `cp -r`, Holdall, and Django's `collectstatic`, of one tree in one run.
//!
//! Everything is a process of its own, on a file system in memory: a disk on which trees were deleted is erratic.
//! The shortest of several rounds counts, since whatever else the machine does only adds to it.
//!
//! *cold* is an empty destination, *again* nothing changed, *touched* every source has a new time and the same
//! content. `HOLDALL_BENCH_ONLY=files`, `compression` or `scaling` runs one of the rooms.

mod compression;
mod files;
mod scaling;

use std::path::{Path, PathBuf};

use holdall_benches::Part;
use holdall_benches::process::Taken;
use holdall_benches::tree::{PACKAGES, Tree};
use holdall_core::{Error, Result, Store};
use holdall_fs::FileSystemStorage;
use holdall_static::{Collector, Compression, Directories, Severity};

#[tokio::main]
async fn main() -> Result<()> {
    let path = |at| PathBuf::from(std::env::args_os().nth(at).unwrap_or_default());
    match Part::of_this_process().as_deref() {
        Some("collect") => return collect(&path(1), &path(2), Compression::new()).await,
        Some("compress") => return collect(&path(1), &path(2), Compression::all()).await,
        Some("compressors") => return compression::compressors(&path(1)),
        _ => {}
    }
    let Some(packages) = std::env::var_os(PACKAGES).filter(|folder| Path::new(folder).is_dir()) else {
        println!("There are no packages to collect; run this by: cargo xtask bench static");
        return Ok(());
    };
    let tree = Tree::build(Path::new(&packages)).map_err(Error::from_io)?;
    println!(
        "\nStatic files: {} files of {} packages' parts, {} MB, {}",
        tree.files,
        Tree::PARTS,
        tree.bytes / 1_000_000,
        if tree.in_memory {
            "in memory"
        } else {
            "ON A DISK: times of one run cannot be compared with another's"
        }
    );
    let only = std::env::var("HOLDALL_BENCH_ONLY").ok();
    let wanted = |room: &str| only.as_deref().is_none_or(|only| only == room);
    if wanted("files") {
        files::compare(&tree).map_err(Error::from_io)?;
    }
    if wanted("scaling") {
        scaling::compare(&tree).map_err(Error::from_io)?;
    }
    if wanted("compression") {
        compression::compare(&tree).map_err(Error::from_io)?;
    }
    Ok(())
}

/// One collection, as `collectstatic` does it: hashed files and copies, JavaScript among what is rewritten.
async fn collect(source: &Path, root: &Path, compression: Compression) -> Result<()> {
    let storage = FileSystemStorage::builder(root).create_root(true).build()?;
    // Some of the trees of the scaling rows name files that they do not have.
    let collector = Collector::new().finder(Directories::new(source)).compress(compression).missing(
        "*",
        "*",
        Severity::Warning,
    );
    let report = collector.collect(&Store::new(storage)).await?;
    eprintln!(
        "    {} files: {} saved, {} unchanged, {} compressed",
        report.files,
        report.published.saved().count(),
        report.published.unchanged.len(),
        report.published.compressed.len()
    );
    Taken::tell();
    Ok(())
}
