//! Without compression: time, memory, and what the aims say.

use std::io;
use std::path::Path;
use std::process::Command;

use holdall_benches::Part;
use holdall_benches::django::Django;
use holdall_benches::process::Taken;
use holdall_benches::tree::Tree;

/// How often each is run. Django takes its time.
const ROUNDS: usize = 5;
const ROUNDS_OF_DJANGO: usize = 2;
const MEBIBYTE: u64 = 1 << 20;

/// Cold, again, touched.
type Three = [Taken; 3];

pub(crate) fn compare(tree: &Tree) -> io::Result<()> {
    let (mut copy, mut holdall) = (None, None);
    for _ in 0..ROUNDS {
        let to = tree.fresh("copied")?;
        let mut command = Command::new("cp");
        command.arg("-r").arg(tree.source()).arg(&to);
        keep(&mut copy, [Taken::by(command)?; 1]);
        keep(
            &mut holdall,
            three(tree, "holdall", |source, to| Taken::by(Part::command("collect", &[source, to])?))?,
        );
        tree.fresh("copied")?;
    }
    let (mut plain, mut js) = (None, None);
    if let Some(django) = Django::find() {
        for _ in 0..ROUNDS_OF_DJANGO {
            for (storage, best) in [("manifest", &mut plain), ("manifest+js", &mut js)] {
                keep(best, three(tree, "django", |source, to| django.collect(storage, source, to))?);
            }
        }
    } else {
        println!("Without Python 3.12 or newer there is no Django to compare with.");
    }
    let (Some([copy]), Some(holdall)) = (copy, holdall) else { return Ok(()) };
    print_table(copy, holdall, plain, js);
    Ok(())
}

/// Collects into an empty directory, again, and once more with new times.
fn three(
    tree: &Tree,
    to: &str,
    mut collect: impl FnMut(&Path, &Path) -> io::Result<Taken>,
) -> io::Result<Three> {
    let (source, root) = (tree.source(), tree.fresh(to)?);
    let (cold, again) = (collect(&source, &root)?, collect(&source, &root)?);
    tree.touch()?;
    let touched = collect(&source, &root)?;
    tree.fresh(to)?;
    Ok([cold, again, touched])
}

fn keep<const N: usize>(best: &mut Option<[Taken; N]>, round: [Taken; N]) {
    *best = Some(match best {
        Some(before) => std::array::from_fn(|at| before[at].best(round[at])),
        None => round,
    });
}

fn print_table(copy: Taken, holdall: Three, plain: Option<Three>, js: Option<Three>) {
    println!(
        "\n| {:<38} | {:>8} | {:>8} | {:>8} | {:>8} |",
        "seconds", "cold", "again", "touched", "peak MiB"
    );
    println!("|{:-<40}|{:->10}|{:->10}|{:->10}|{:->10}|", "", ":", ":", ":", ":");
    println!("| {:<38} | {:>8.2} | {:>8} | {:>8} | {:>8} |", "cp -r", copy.time.as_secs_f64(), "", "", "");
    let row = |title: &str, three: &Three| {
        let [cold, again, touched] = three.map(|taken| taken.time.as_secs_f64());
        let peak = three.iter().filter_map(|taken| taken.peak).max().unwrap_or_default() / MEBIBYTE;
        println!("| {title:<38} | {cold:>8.2} | {again:>8.2} | {touched:>8.2} | {peak:>8} |");
    };
    row("Holdall, with JavaScript", &holdall);
    for (title, three) in [("Django manifest", &plain), ("Django manifest, with JavaScript", &js)] {
        let Some(three) = three else { continue };
        row(title, three);
    }
    println!("\n| {:<52} | {:>8} | {:>10} |", "aim", "is", "should be");
    println!("|{:-<54}|{:->10}|{:->12}|", "", ":", ":");
    let ratio = |a: Taken, b: Taken| a.time.as_secs_f64() / b.time.as_secs_f64();
    let aim = |title: &str, is: f64, should: &str| println!("| {title:<52} | {is:>8.1} | {should:>10} |");
    aim("times cp -r, cold", ratio(holdall[0], copy), "at most 4");
    if let Some(js) = js {
        aim("times faster than Django with JavaScript, cold", ratio(js[0], holdall[0]), "20");
        aim("times faster than Django with JavaScript, again", ratio(js[1], holdall[1]), "50");
        aim("times faster than Django with JavaScript, touched", ratio(js[2], holdall[2]), "50");
    }
    let peak = holdall.iter().filter_map(|taken| taken.peak).max().unwrap_or_default() / MEBIBYTE;
    println!("| {:<52} | {peak:>8} | {:>10} |", "MiB of memory at most", "under 128");
}
