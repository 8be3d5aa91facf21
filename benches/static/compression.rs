//! With gzip, Brotli and Zstandard: the time of the processors, beside that of the compressors alone.

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Mutex;

use holdall_benches::Part;
use holdall_benches::django::Django;
use holdall_benches::process::Taken;
use holdall_benches::tree::Tree;
use holdall_core::{Error, ErrorKind, Result};
use holdall_static::{Encoding, MANIFEST_NAME, Manifest};

pub(crate) fn compare(tree: &Tree) -> io::Result<()> {
    let (source, root) = (tree.source(), tree.fresh("holdall")?);
    let collect = |part| Taken::by(Part::command(part, &[&source, &root])?);
    let cold = collect("compress")?;
    let again = collect("compress")?;
    let alone = Taken::by(Part::command("compressors", &[&root])?)?;
    let other = tree.fresh("plain")?;
    let plain = Taken::by(Part::command("collect", &[&source, &other])?)?;
    tree.fresh("plain")?;
    tree.fresh("holdall")?;

    println!(
        "\n| {:<44} | {:>8} | {:>10} | {:>8} |",
        "with gzip 9, Brotli 11, Zstandard 19", "seconds", "processors", "peak MiB"
    );
    println!("|{:-<46}|{:->10}|{:->12}|{:->10}|", "", ":", ":", ":");
    let row = |title: &str, taken: Taken| {
        let processors = taken.processors.unwrap_or_default().as_secs_f64();
        let peak = taken.peak.unwrap_or_default() >> 20;
        println!("| {title:<44} | {:>8.2} | {processors:>10.2} | {peak:>8} |", taken.time.as_secs_f64());
    };
    row("the compressors alone, of the same files", alone);
    row("Holdall, without compression", plain);
    row("Holdall, cold", cold);
    row("Holdall, again", again);
    if let Some(django) = Django::find() {
        let root = tree.fresh("django")?;
        row("WhiteNoise (gzip 9, Brotli 11), cold", django.collect("whitenoise", &source, &root)?);
        row("WhiteNoise, again", django.collect("whitenoise", &source, &root)?);
        tree.fresh("django")?;
    }
    let seconds = |taken: Taken| taken.processors.unwrap_or_default().as_secs_f64();
    println!(
        "\nHoldall takes {:.2} times the processor time of the compressors and of a collection without them.",
        seconds(cold) / (seconds(alone) + seconds(plain))
    );
    Ok(())
}

/// The part of the compressors: what was compressed in a collection, once more and into nothing, on all cores.
pub(crate) fn compressors(root: &Path) -> Result<()> {
    let manifest = std::fs::read(root.join(MANIFEST_NAME)).map_err(Error::from_io)?;
    let manifest = Manifest::parse(&manifest)?;
    let mut work: Vec<(u64, &str, Encoding)> = manifest
        .iter()
        .filter_map(|(name, hashed)| Some((hashed, manifest.details(name.as_str())?)))
        .flat_map(|(hashed, details)| {
            details.variants.keys().map(|encoding| (details.size, hashed.as_str(), *encoding))
        })
        .collect();
    work.sort_unstable_by_key(|(size, ..)| *size);
    let work = Mutex::new(work);
    let next = || work.lock().ok()?.pop();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    while let Some((_, hashed, encoding)) = next() {
                        let bytes = std::fs::read(root.join(hashed))?;
                        compress(encoding, &bytes)?;
                    }
                    io::Result::Ok(())
                })
            })
            .collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
    .map_err(Error::from_io)?;
    Taken::tell();
    Ok(())
}

fn compress(encoding: Encoding, bytes: &[u8]) -> io::Result<()> {
    let level = encoding.default_level();
    match encoding {
        Encoding::Gzip => {
            let mut encoder =
                flate2::write::GzEncoder::new(io::sink(), flate2::Compression::new(level.into()));
            encoder.write_all(bytes)?;
            encoder.finish().map(drop)
        }
        Encoding::Brotli => {
            brotli::CompressorWriter::new(io::sink(), 1 << 16, level.into(), 24).write_all(bytes)
        }
        Encoding::Zstd => zstd::bulk::compress(bytes, level.into()).map(drop),
        _ => Err(io::Error::other(Error::message(ErrorKind::Unsupported, "an encoding that is new"))),
    }
}
