//! Random trees: whatever refers to whatever, each reference leads to the published file that it meant, nothing else
//! changes, and nothing outside of the tree is ever read.

use std::collections::BTreeMap;

use holdall_static::{Collector, Directories, Manifest, Severity};
use proptest::prelude::*;

use crate::support::{contents, manifest, memory, saved};

/// The files of a tree. Each may refer to each, itself included.
const NAMES: [&str; 6] =
    ["a.css", "css/b.css", "css/deep/c.css", "js/d.js", "js/deep/e.mjs", "img/grüße (1).png"];
/// How a reference is written, with what stands before and behind it.
const CSS: [(&str, &str); 5] = [
    ("a { background: url(\"", "\") }"),
    ("a { background: url( '", "' ) }"),
    ("a { background: image-set(\"", "\" 1x) }"),
    ("@import '", "' screen;"),
    ("a { --x: src(\"", "\") }"),
];
const JAVASCRIPT: [(&str, &str); 5] = [
    ("import \"", "\";"),
    ("import * as x from '", "'; /* from './nowhere.js' */"),
    ("export * from \"", "\""),
    ("f(import(`", "`));"),
    ("new Worker(new URL(\"", "\", import.meta.url));"),
];
/// What looks like a reference and is none.
const CSS_NOISE: [&str; 3] =
    ["/* url(nowhere.png) */", "a { content: \"url(nowhere.png)\" }", "a { background: URL(#x) }"];
const JAVASCRIPT_NOISE: [&str; 3] =
    ["// import './nowhere.js'", "x = `import './nowhere.js'`;", "x = /import '.\\/nowhere.js'/;"];
/// What is no file of the tree, though most of it exists. `^` is as many `../` as lead out of the tree.
const OUTSIDE: [&str; 6] = [
    "^outside.css",
    "^../../../../../../../../etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "//cdn.example.com/a.css",
    "/static/%2e%2e/outside.css",
];
const SECRET: &str = "only the owner may read this";

#[derive(Debug, Clone)]
enum Line {
    Noise(usize),
    File { way: usize, to: usize },
    Outside { way: usize, to: usize },
}

fn tree() -> impl Strategy<Value = Vec<Vec<Line>>> {
    let line = prop_oneof![
        1 => (0..3_usize).prop_map(Line::Noise),
        4 => (0..5_usize, 0..NAMES.len()).prop_map(|(way, to)| Line::File { way, to }),
        1 => (0..5_usize, 0..OUTSIDE.len()).prop_map(|(way, to)| Line::Outside { way, to }),
    ];
    prop::collection::vec(prop::collection::vec(line, 0..6), NAMES.len() - 1)
}

/// What stands before, the reference, and what stands behind it; a line of noise has no reference.
fn written(from: &str, line: &Line) -> (&'static str, Option<String>, &'static str) {
    let is_css = from.rsplit_once('.').is_some_and(|(_, own)| own == "css");
    let ways = if is_css { CSS } else { JAVASCRIPT };
    let noise = if is_css { CSS_NOISE } else { JAVASCRIPT_NOISE };
    let up = "../".repeat(from.matches('/').count());
    match *line {
        Line::Noise(at) => (noise[at], None, ""),
        Line::File { way, to } => {
            // As an author writes it: a space is encoded, and so may be the rest.
            let to = NAMES[to].replace(' ', "%20").replace('ü', "%C3%BC");
            (ways[way].0, Some(format!("./{up}{to}")), ways[way].1)
        }
        Line::Outside { way, to } => {
            (ways[way].0, Some(OUTSIDE[to].replace('^', &format!("{up}../"))), ways[way].1)
        }
    }
}

fn text(from: &str, lines: &[Line]) -> String {
    let line = |line: &Line| {
        let (before, reference, behind) = written(from, line);
        format!("{before}{}{behind}\n", reference.unwrap_or_default())
    };
    lines.iter().map(line).collect()
}

/// What the file must have become: a reference to a file of the tree has another file name, and every other byte is
/// what it was.
fn expected(from: &str, lines: &[Line], manifest: &Manifest) -> String {
    let line = |line: &Line| {
        let (before, reference, behind) = written(from, line);
        let reference = match *line {
            Line::File { to, .. } => {
                let directories = reference.as_deref().and_then(|text| text.rsplit_once('/')).unwrap().0;
                let hashed = manifest.get(NAMES[to]).unwrap().file_name();
                let hashed = hashed.replace(' ', "%20").replace('(', "%28").replace(')', "%29");
                format!("{directories}/{}", hashed.replace('ü', "%C3%BC").replace('ß', "%C3%9F"))
            }
            _ => reference.unwrap_or_default(),
        };
        format!("{before}{reference}{behind}\n")
    };
    lines.iter().map(line).collect()
}

async fn check(tree: &[Vec<Line>]) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("tree");
    std::fs::write(folder.path().join("outside.css"), SECRET).unwrap();
    let mut sources = BTreeMap::new();
    for (at, name) in NAMES.iter().enumerate() {
        let text = tree.get(at).map_or_else(|| "a picture".to_owned(), |lines| text(name, lines));
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &text).unwrap();
        sources.insert(*name, text);
    }

    let store = memory();
    let collector = Collector::new().finder(Directories::new(&root)).missing("*", "*", Severity::Warning);
    collector.collect(&store).await.unwrap();
    let (published, manifest) = (contents(&store).await, manifest(&store).await);
    assert_eq!(manifest.iter().len(), NAMES.len(), "nothing but the tree is published");
    for (at, name) in NAMES.iter().enumerate() {
        assert_eq!(published[*name], sources[name], "the copy is the source");
        let hashed = manifest.get(name).unwrap();
        let is = &published[hashed.as_str()];
        let should =
            tree.get(at).map_or_else(|| sources[name].clone(), |lines| expected(name, lines, &manifest));
        assert_eq!(*is, should, "{name}");
    }
    assert!(!published.values().any(|text| text.contains(SECRET) || text.contains("root:")));

    let again = collector.collect(&store).await.unwrap();
    assert!(saved(&again).is_empty(), "{again:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_reference_leads_to_what_it_meant_and_nothing_else_is_read(tree in tree()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check(&tree));
    }
}
