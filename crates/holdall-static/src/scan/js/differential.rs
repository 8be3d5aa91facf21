//! Programs that a generator of ours writes, read by acorn and by this tokenizer: both must say the same of every slash
//! and every reference.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::tokens::{Kind, Tokens};
use super::{read_as, references};

/// A program, and what acorn says of it. Places are bytes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Program {
    text: String,
    /// Where each slash of the code stands, and whether it begins a regular expression.
    slashes: Vec<(usize, bool)>,
    /// The kind of each reference, where it stands, and what it says.
    references: Vec<(String, usize, usize, String)>,
    /// In the last line only: how many programs acorn did not take.
    refused: usize,
}

fn slashes(js: &str) -> Vec<(usize, bool)> {
    let tokens = Tokens::new(js, read_as(js));
    let begins = |kind| match kind {
        Kind::Regex => Some(true),
        Kind::Punctuator(b'/') => Some(false),
        _ => None,
    };
    tokens.filter_map(|token| Some((token.span.start, begins(token.kind)?))).collect()
}

/// What differs between the programs of a seed, for people.
fn differences(packages: &Path, count: usize, seed: u32) -> Vec<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packages/programs.mjs");
    let mut node = Command::new("node");
    node.args([script, &count.to_string(), &seed.to_string()]).current_dir(packages);
    let mut node = node.stdout(Stdio::piped()).spawn().unwrap();
    let mut differ = Vec::new();
    let (mut read, mut found) = (0, 0);
    for line in BufReader::new(node.stdout.take().unwrap()).lines() {
        let program: Program = serde_json::from_str(&line.unwrap()).unwrap();
        if program.refused > 0 || program.text.is_empty() {
            println!(
                "seed {seed}: {read} programs with {found} references; acorn refused {}",
                program.refused
            );
            continue;
        }
        read += 1;
        found += program.references.len();
        let js = program.text.as_str();
        let ours: Vec<_> = references(js, false)
            .into_iter()
            .map(|found| {
                (format!("{:?}", found.kind), found.span.start, found.span.end, found.target.into_owned())
            })
            .collect();
        let slashes = slashes(js);
        if slashes != program.slashes {
            let first = slashes.iter().chain(&program.slashes).copied();
            let at =
                first.filter(|slash| !(slashes.contains(slash) && program.slashes.contains(slash))).min();
            let at = at.map_or(0, |(at, _)| at);
            differ.push(format!("at {:?} behind {:?}", &js[at..], &js[..at]));
        } else if ours != program.references {
            differ.push(format!("{ours:?}\n{:?}\n{js:?}", program.references));
        }
    }
    assert!(node.wait().unwrap().success());
    assert_eq!(read, count);
    differ
}

/// `HOLDALL_JS_PROGRAMS` asks for another number of programs, and `HOLDALL_JS_SEED` for other ones.
#[test]
fn acorn_reads_generated_programs_alike() {
    let Some(packages) = std::env::var_os("HOLDALL_WEB_PACKAGES").filter(|folder| folder != "skip") else {
        println!("skipped: HOLDALL_WEB_PACKAGES names no folder; `cargo xtask test` fetches acorn");
        return;
    };
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let count = number("HOLDALL_JS_PROGRAMS").unwrap_or(1_000) as usize;
    let seeds = match number("HOLDALL_JS_SEED") {
        Some(seed) => vec![seed],
        // The same ones on every run, and ones that nobody has seen.
        None => vec![1, std::process::id().wrapping_mul(2_654_435_761)],
    };
    for seed in seeds {
        println!("seed {seed}");
        let differ = differences(Path::new(&packages), count, seed);
        let shown: Vec<_> = differ.iter().take(5).map(String::as_str).collect();
        assert!(differ.is_empty(), "seed {seed}: {} differ:\n{}", differ.len(), shown.join("\n\n"));
    }
}
