//! More files, and larger ones: the time for each file, and the memory.
//!
//! A made site has as many style sheets and scripts as it has files that nothing is looked for in. Each refers to
//! others, and one reference in ten leads nowhere. The packages are collected one by one, and all in one run.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use holdall_benches::Part;
use holdall_benches::process::Taken;
use holdall_benches::tree::Tree;

const SITES: [usize; 3] = [1_000, 10_000, 100_000];
const MEBIBYTE: u64 = 1 << 20;
/// How large the one large file is.
const LARGE: u64 = 1 << 30;
/// The most memory that it should take.
const AIM: u64 = 64;

pub(crate) fn compare(tree: &Tree) -> io::Result<()> {
    println!("\n| {:<44} | {:>8} | {:>10} | {:>8} |", "collected", "seconds", "us a file", "peak MiB");
    println!("|{:-<46}|{:->10}|{:->12}|{:->10}|", "", ":", ":", ":");
    let mut first = None;
    for files in SITES {
        let source = tree.fresh("site")?;
        site(&source, files)?;
        let taken = [collect(tree, &source)?, again(tree, &source)?];
        for (title, taken) in ["files, cold", "files, again"].into_iter().zip(taken) {
            row(&format!("{files} {title}"), files, taken);
        }
        let each = taken.map(|taken| taken.time.div_f64(as_f64(files)));
        first.get_or_insert(each);
        if let Some(first) = first.filter(|_| files > SITES[0]) {
            let ratio = |at: usize| each[at].as_secs_f64() / first[at].as_secs_f64();
            println!(
                "| {:<44} | {:>8} | {:>10.2} | {:>8} |",
                "  times that of the smallest site, cold",
                "",
                ratio(0),
                ""
            );
            println!("| {:<44} | {:>8} | {:>10.2} | {:>8} |", "  again", "", ratio(1), "");
        }
        tree.fresh("collected")?;
        tree.fresh("site")?;
    }
    packages(tree)?;
    large(tree)
}

/// The time for each file of all packages in one run is that of a single package.
fn packages(tree: &Tree) -> io::Result<()> {
    let (mut alone, mut files) = (Taken::default(), 0);
    for package in fs::read_dir(tree.source().join("vendor"))? {
        let package = package?.path();
        let mut count = 0;
        holdall_benches::tree::files_below(&package, &mut |_| {
            count += 1;
            Ok(())
        })?;
        let taken = collect(tree, &package)?;
        alone = Taken { time: alone.time + taken.time, peak: alone.peak.max(taken.peak), ..alone };
        files += count;
    }
    row("packages, each alone", files, alone);
    let together = collect(tree, &tree.source())?;
    row("packages, all in one run", files, together);
    tree.fresh("collected").map(drop)
}

/// One large file that nothing is looked for in, and one that something would be.
fn large(tree: &Tree) -> io::Result<()> {
    for name in ["large.bin", "large.css"] {
        let source = tree.fresh("site")?;
        fs::create_dir_all(&source)?;
        let mut file = File::create(source.join(name))?;
        let piece = "a { color: red }\n".repeat(1 << 16);
        let mut left = LARGE;
        while left > 0 {
            let now = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
            file.write_all(&piece.as_bytes()[..now])?;
            left -= now as u64;
        }
        drop(file);
        let taken = collect(tree, &source)?;
        row(&format!("{name} of {} MiB (aim: under {AIM} MiB)", LARGE / MEBIBYTE), 1, taken);
        tree.fresh("collected")?;
        tree.fresh("site")?;
    }
    Ok(())
}

fn collect(tree: &Tree, source: &Path) -> io::Result<Taken> {
    tree.fresh("collected")?;
    again(tree, source)
}

fn again(tree: &Tree, source: &Path) -> io::Result<Taken> {
    Taken::by(Part::command("collect", &[source, &tree.path("collected")])?)
}

fn row(title: &str, files: usize, taken: Taken) {
    let each: Duration = taken.time.div_f64(as_f64(files));
    let peak = taken.peak.unwrap_or_default() / MEBIBYTE;
    println!(
        "| {title:<44} | {:>8.2} | {:>10.0} | {peak:>8} |",
        taken.time.as_secs_f64(),
        each.as_secs_f64() * 1e6
    );
}

fn as_f64(files: usize) -> f64 {
    f64::from(u32::try_from(files).unwrap_or(u32::MAX))
}

/// Writes a site of that many files, in directories of a hundred.
fn site(root: &Path, files: usize) -> io::Result<()> {
    for number in 0..files {
        let directory = root.join(format!("part{}", number / 100));
        if number % 100 == 0 {
            fs::create_dir_all(&directory)?;
        }
        let other = number * 7 % (number / 100 * 100 + 100).min(files);
        let other = |kind: &str| format!("../part{}/f{other}.{kind}", other / 100);
        let (name, text) = match number % 4 {
            _ if number % 10 == 9 => (
                format!("f{number}.css"),
                format!("a {{ background: url(../missing/part{number}/image-{number}.png) }}\n"),
            ),
            0 => (
                format!("f{number}.css"),
                format!("b {{ background: url({}) }}\n/* {number} */\n", other("png")),
            ),
            1 => (
                format!("f{number}.js"),
                format!("import {{ a }} from '{}';\nexport const b{number} = a / 2;\n", other("js")),
            ),
            2 => (format!("f{number}.png"), format!("picture {number}")),
            _ => (format!("f{number}.txt"), format!("text {number}")),
        };
        fs::write(directory.join(name), text)?;
    }
    Ok(())
}
