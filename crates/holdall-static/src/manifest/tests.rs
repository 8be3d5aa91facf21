//! Django's text, and what is ours beside it.

use holdall_core::{ErrorKind, Name};

use super::{FileDetails, Manifest};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// As `json.dumps` of Python 3.12 writes it in Django 6.1's `save_manifest`.
const OF_DJANGO: &str = "{\"paths\": {\"a \\\"b\\\".css\": \"a \\\"b\\\".5e0040571e1a.css\", \"gr\\u00fc\\u00dfe/\\ud83d\\ude00.png\": \
                         \"gr\\u00fc\\u00dfe/\\ud83d\\ude00.acae32e4532b.png\"}, \"version\": \"1.1\", \"hash\": \"";

fn example() -> Manifest {
    let mut manifest = Manifest::default();
    manifest.insert(name("grüße/😀.png"), name("grüße/😀.acae32e4532b.png"), None);
    manifest.insert(name("a \"b\".css"), name("a \"b\".5e0040571e1a.css"), None);
    manifest
}

#[test]
fn the_text_is_that_of_django() {
    let written = String::from_utf8(example().to_bytes()).unwrap();
    assert_eq!(written, format!("{OF_DJANGO}{}\"}}", example().hash()));
    assert_eq!(Manifest::parse(written.as_bytes()).unwrap(), example());
    // Of `[]`.
    assert_eq!(Manifest::default().hash(), "d75171398898");
}

#[test]
fn what_is_ours_comes_back_and_is_not_in_the_hash() {
    let mut manifest = example();
    let before = manifest.hash();
    let details = FileDetails::new(7, "text/css; charset=utf-8", "sha384-x");
    manifest.insert(name("a \"b\".css"), name("a \"b\".5e0040571e1a.css"), details.clone());
    assert_eq!(manifest.hash(), before);
    let read = Manifest::parse(&manifest.to_bytes()).unwrap();
    assert_eq!(read.details("a \"b\".css"), Some(&details));
    assert_eq!(read, manifest);
}

#[test]
fn what_is_no_manifest_is_refused_with_a_sentence() {
    for (text, says) in [
        ("", "no manifest"),
        ("{}", "no manifest"),
        ("[]", "no manifest"),
        ("{\"paths\": {}, \"version\": \"2.0\"}", "version \"2.0\""),
        ("{\"paths\": {\"../a\": \"b\"}, \"version\": \"1.0\"}", "\"../a\""),
        ("{\"paths\": {\"a\": \"b//c\"}, \"version\": \"1.0\"}", "\"b//c\""),
        ("{\"paths\": {\"a\": \"b\"}, \"version\": \"1.1\", \"hash\": \"000000000000\"}", "was changed"),
    ] {
        let error = Manifest::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.reason().contains(says), "{text}: {}", error.reason());
    }
}
