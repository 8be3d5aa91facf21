//! Every sentence that the crates can say, read for slips of the pen.
//!
//! A string that goes over two lines of source needs a `\` at the end of the first, or the indentation of the second is
//! part of the message.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The sources of all crates, without their tests.
fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
    let mut open: Vec<_> = ["crates", "examples", "xtask"].map(|folder| root.join(folder)).into();
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && !matches!(name.as_str(), "tests" | "target" | "node_modules") {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && name != "tests.rs" {
                found.push(path);
            }
        }
    }
    found
}

/// The values of all strings, without documentation.
fn strings(tokens: TokenStream, found: &mut Vec<String>) {
    let mut before_is_hash = false;
    for token in tokens {
        let is_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
        match token {
            TokenTree::Group(group) => {
                let is_attribute = before_is_hash && group.delimiter() == Delimiter::Bracket;
                let is_doc = is_attribute && group.stream().to_string().starts_with("doc");
                if !is_doc {
                    strings(group.stream(), found);
                }
            }
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    found.push(text.value());
                }
            }
            _ => {}
        }
        before_is_hash = is_hash;
    }
}

/// Whether words of a sentence stand more than one blank apart, on one line or over two. What is indented is a table,
/// and one word is no sentence.
fn has_a_gap(text: &str) -> bool {
    let gaps = text.match_indices("  ").filter(|(at, _)| !text[..*at].ends_with(' '));
    gaps.into_iter().any(|(at, _)| {
        let before = text[..at].trim_end_matches('\n');
        let line = before.rsplit('\n').next().unwrap_or(before);
        let ends =
            before.chars().next_back().is_some_and(|letter| letter.is_lowercase() || ",;:".contains(letter));
        let goes_on = text[at..].trim_start_matches(' ').chars().next().is_some_and(char::is_lowercase);
        ends && goes_on && !line.starts_with(' ') && line.contains(' ')
    })
}

#[test]
fn no_sentence_has_a_gap_in_its_middle() {
    assert!(has_a_gap("on the bucket                  itself") && has_a_gap("one or two,\n     or three"));
    assert!(!has_a_gap("one two") && !has_a_gap("    indented") && !has_a_gap("  test     runs the tests"));
    let mut count = 0;
    let mut slips = Vec::new();
    for path in sources() {
        let text = fs::read_to_string(&path).expect("a source");
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut found = Vec::new();
        strings(tokens, &mut found);
        count += found.len();
        let slipped = found.into_iter().filter(|text| has_a_gap(text));
        slips.extend(slipped.map(|text| format!("{}: {text:?}", path.display())));
    }
    assert!(count > 3000, "only {count} strings were read");
    assert!(slips.is_empty(), "{} sentences:\n{}", slips.len(), slips.join("\n"));
}
