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

/// A newer version writes more, at every level; what it wrote beside is for itself.
#[test]
fn what_is_not_known_is_passed_over() {
    let text = r#"{"paths": {"a.js": "a.1.js"}, "version": "1.1", "new": [1], "holdall": {
        "format": 2, "files": {"a.js": {"size": 1, "content_type": "text/javascript", "integrity": "sha384-x",
            "blake3": "y", "variants": {"dcb": {"level": 1, "size": 1, "dictionary": "z"}},
            "copy": {"md5": "m", "etag": "t"}}},
        "routes": {"/": ["a.js"]}}}"#;
    let manifest = Manifest::parse(text.as_bytes()).unwrap();
    let details = manifest.details("a.js").unwrap();
    assert_eq!((details.size, details.copy.as_ref().unwrap().md5.as_str()), (1, "m"));
    assert!(details.variants.is_empty());
    // Nor need there be anything of ours in our section.
    let empty = br#"{"paths": {}, "version": "1.1", "holdall": {}}"#;
    assert_eq!(Manifest::parse(empty).unwrap(), Manifest::default());
}

#[test]
fn a_difference_is_told_file_by_file() {
    let mut old = Manifest::default();
    for (own, hashed) in
        [("a.css", "a.1.css"), ("b.css", "b.1.css"), ("c.css", "c.1.css"), ("d.css", "d.1.css")]
    {
        old.insert(name(own), name(hashed), FileDetails::new(1, "text/css", "sha384-x"));
    }
    let mut new = Manifest::default();
    for (own, hashed) in
        [("b.css", "b.2.css"), ("c.css", "c.1.css"), ("d.css", "d.1.css"), ("e.css", "e.1.css")]
    {
        new.insert(name(own), name(hashed), FileDetails::new(1, "text/css", "sha384-x"));
    }
    new.insert(name("c.css"), name("c.1.css"), FileDetails::new(1, "text/plain", "sha384-x"));
    let diff = old.diff(&new);
    assert_eq!(
        diff.to_string(),
        "+ e.css (e.1.css)\n- a.css (a.1.css)\n* b.css (b.1.css -> b.2.css)\n~ c.css\n1 added, 1 removed, 1 changed"
    );
    assert_eq!(
        serde_json::to_string(&diff).unwrap(),
        r#"{"added":{"e.css":"e.1.css"},"removed":{"a.css":"a.1.css"},"changed":{"b.css":{"old":"b.1.css","new":"b.2.css"}},"details":["c.css"],"other":[]}"#
    );
    assert!(!diff.is_empty() && old.diff(&old).is_empty());
}
