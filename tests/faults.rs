//! `docs/faults.md` names the tests that hold faults off: each of them is there.

use std::fs;
use std::path::{Path, PathBuf};

/// The text of every Rust file.
fn sources(root: &Path) -> String {
    let mut open: Vec<PathBuf> = ["crates", "examples", "tests"].map(|folder| root.join(folder)).into();
    let mut text = String::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !matches!(path.file_name().and_then(|name| name.to_str()), Some("target")) {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                text += &fs::read_to_string(path).expect("a source");
            }
        }
    }
    text
}

#[test]
fn every_test_of_the_page_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
    let page = fs::read_to_string(root.join("docs/faults.md")).expect("the page");
    let code = sources(root);
    let tables = page.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let quoted = tables.flat_map(|(_, tests)| tests.split('`').skip(1).step_by(2));
    let named: Vec<&str> = quoted
        .map(|test| test.rsplit("::").next().unwrap_or(test))
        .filter(|test| !test.contains(['.', '/', ' ']) && test.contains('_'))
        .collect();
    assert!(named.len() > 60, "only {} tests were read from the page", named.len());
    let missing: Vec<&&str> = named.iter().filter(|test| !code.contains(&format!("fn {test}("))).collect();
    assert!(missing.is_empty(), "the page names tests that are not there: {missing:?}");
}
