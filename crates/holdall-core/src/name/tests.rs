//! Golden vectors measured on Django, and properties that hold for any text.

use proptest::prelude::*;

use super::{Candidates, Location, Name};
use crate::error::ErrorKind;

#[test]
fn new_normalises_and_refuses_as_django_does() {
    for (given, expected) in [
        ("a", "a"),
        ("a//b", "a/b"),
        ("./a/./b", "a/b"),
        (r"a\b.txt", "a/b.txt"),
        (r".\.\x", "x"),
        ("a/..b", "a/..b"),
        ("a b?.txt", "a b?.txt"),
        ("日本語.txt", "日本語.txt"),
        ("e\u{301}.txt", "e\u{301}.txt"),
        ("CON", "CON"),
        (".hidden", ".hidden"),
        ("trail.", "trail."),
    ] {
        assert_eq!(Name::new(given).unwrap(), expected, "{given:?}");
    }
    for given in [
        "",
        ".",
        "..",
        "/",
        "/a",
        r"\a",
        "//a",
        "a/",
        "a/.",
        "a/..",
        "../x",
        r"..\x",
        "a/../b",
        "a\0b",
        "a\nb",
        "a\u{7f}b",
        "a\u{85}b",
        ".holdall-x",
        "a/.holdall-tmp/b",
    ] {
        assert_eq!(Name::new(given).unwrap_err().kind(), ErrorKind::InvalidName, "{given:?}");
    }
}

#[test]
fn new_counts_bytes_not_characters() {
    assert!(Name::new(&"a".repeat(1024)).is_ok());
    assert!(Name::new(&"a".repeat(1025)).is_err());
    assert!(Name::new(&"é".repeat(512)).is_ok());
    assert!(Name::new(&"é".repeat(513)).is_err());
    // Collapsing comes before counting: the name that is stored is the one that is measured.
    assert!(Name::new(&format!("{}//a", "a".repeat(1022))).is_ok());
}

#[test]
fn sanitize_gives_djangos_golden_names() {
    for (given, expected) in [
        ("john's portrait in 2004.jpg", "johns_portrait_in_2004.jpg"),
        ("a/b.txt", "ab.txt"),
        (" a  b ", "a__b"),
        ("a\tb\nc", "abc"),
        ("日本語.txt", "日本語.txt"),
        ("e\u{301}.txt", "e.txt"),
        ("ünïcödé ①.txt", "ünïcödé_①.txt"),
        ("a\u{a0}b", "ab"),
        ("..a", "..a"),
        ("...", "..."),
        (".hidden", ".hidden"),
        ("-x", "-x"),
        ("CON", "CON"),
        ("%2e%2e", "2e2e"),
        ("UnTRIVíAL @fil$ena#me!", "UnTRIVíAL_filename"),
    ] {
        assert_eq!(Name::sanitize(given).unwrap(), expected, "{given:?}");
    }
    for given in ["$.$", "???", "\u{200b}", "", " ", "..", "/"] {
        assert_eq!(Name::sanitize(given).unwrap_err().kind(), ErrorKind::InvalidName, "{given:?}");
    }
}

#[test]
fn sanitize_keeps_the_extension_when_it_cuts() {
    let long = format!("{}.jpg", "日".repeat(100));
    let name = Name::sanitize(&long).unwrap();
    assert_eq!(name, format!("{}.jpg", "日".repeat(83)).as_str());
}

#[test]
fn alternatives_put_the_suffix_where_django_puts_it() {
    for (given, stem, suffix) in [
        ("x.tar.gz", "x", ".tar.gz"),
        ("v1.2.3.txt", "v1", ".2.3.txt"),
        ("noext", "noext", ""),
        (".dot", ".dot", ""),
        ("trail.", "trail.", ""),
        ("a b.c d", "a b", ".c d"),
        ("dotted.path/test", "test", ""),
        (".htaccess.bak", ".htaccess", ".bak"),
    ] {
        let name = Name::new(given).unwrap();
        assert_eq!(name.stem_and_suffix(), (stem, suffix), "{given:?}");
        let mut candidates = Candidates::new(&name);
        assert_eq!(candidates.next_name().unwrap(), name);
        let next = candidates.next_name().unwrap();
        let random = next
            .file_name()
            .strip_prefix(&format!("{stem}_"))
            .and_then(|rest| rest.strip_suffix(suffix))
            .unwrap_or_else(|| panic!("{next} does not frame a random part"));
        assert_eq!(random.len(), 7, "{next}");
        assert!(random.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{next}");
        assert_eq!(next.parent(), name.parent());
    }
}

#[test]
fn alternatives_respect_max_name_length_as_django_does() {
    let name = Name::new("longfilename.txt").unwrap();
    let taken = |limit| {
        let mut candidates = Candidates::new(&name).max_name_length(Some(limit));
        if limit >= 16 {
            candidates.next_name().unwrap();
        }
        candidates.next_name()
    };
    assert!(taken(16).unwrap().as_str().starts_with("long_"));
    assert_eq!(taken(16).unwrap().as_str().len(), 16);
    assert!(taken(13).unwrap().as_str().starts_with("l_"));
    assert_eq!(taken(12).unwrap_err().kind(), ErrorKind::InvalidName);

    // A free name that is too long gets the random suffix as well.
    let fresh = Name::new("freshfresh.txt").unwrap();
    assert_eq!(Candidates::new(&fresh).max_name_length(Some(14)).next_name().unwrap(), fresh);
    let cut = Candidates::new(&fresh).max_name_length(Some(13)).next_name().unwrap();
    assert!(cut.as_str().starts_with("f_"), "{cut}");

    // Overwriting cuts, and adds nothing random.
    let cut = |limit| Candidates::new(&name).max_name_length(Some(limit)).cut();
    assert_eq!(cut(15).unwrap(), "longfilenam.txt");
    assert_eq!(cut(12).unwrap(), "longfile.txt");
    assert_eq!(cut(4).unwrap_err().kind(), ErrorKind::InvalidName);
    assert_eq!(cut(0).unwrap(), name, "0 is no limit");
}

#[test]
fn alternatives_fit_a_segment_in_bytes() {
    let name = Name::new(&format!("dir/{}.jpg", "日".repeat(83))).unwrap();
    let mut candidates = Candidates::new(&name).max_segment(Some(255));
    candidates.next_name().unwrap();
    let next = candidates.next_name().unwrap();
    assert!(next.file_name().len() <= 255, "{} bytes", next.file_name().len());
    assert_eq!(next.extension(), Some("jpg"));
}

#[test]
fn alternatives_end() {
    let mut candidates = Candidates::new(&Name::new("a").unwrap());
    let error = (0..1000).find_map(|_| candidates.next_name().err()).expect("the tries are bounded");
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
}

#[test]
fn locations_nest_and_strip() {
    let media = Location::new("media/").unwrap();
    let name = media.join(&Name::new("a/b").unwrap()).unwrap();
    assert_eq!(name, "media/a/b");
    assert_eq!(name.strip_location(&media).unwrap(), "a/b");
    assert_eq!(Name::new("media2/a").unwrap().strip_location(&media), None);
    assert_eq!(Location::new("media/x").unwrap().strip_location(&media).unwrap().as_str(), "x");
    assert_eq!(media.strip_location(&media), Some(Location::root()));
    assert!(Location::new("../x").is_err());
    assert!(Location::new("/x").is_err());
}

proptest! {
    #[test]
    fn accepted_names_are_safe_and_stable(text in "\\PC{0,40}|[a./\\\\ ]{0,12}|\\p{any}{0,20}") {
        if let Ok(name) = Name::new(&text) {
            prop_assert!(!name.as_str().is_empty() && name.as_str().len() <= Name::MAX_BYTES);
            prop_assert!(name.segments().all(|s| !matches!(s, "" | "." | "..") && !s.contains('\\')));
            prop_assert_eq!(Name::new(name.as_str()).unwrap(), name);
        }
    }

    #[test]
    fn sanitized_names_are_one_segment_and_stable(text in "\\p{any}{0,400}") {
        if let Ok(name) = Name::sanitize(&text) {
            prop_assert!(!name.as_str().contains('/') && name.as_str().len() <= 255);
            prop_assert_eq!(Name::sanitize(name.as_str()).unwrap(), name);
        }
    }

    #[test]
    fn alternatives_are_valid_and_fit(
        text in "[a-z/.日é]{1,60}", max_name_length in 0_usize..70, max_segment in 20_usize..256,
    ) {
        let Ok(name) = Name::new(&text) else { return Ok(()) };
        let mut candidates = Candidates::new(&name).max_name_length(Some(max_name_length)).max_segment(Some(max_segment));
        candidates.next_name().ok();
        if let Ok(next) = candidates.next_name() {
            prop_assert!(max_name_length == 0 || next.as_str().chars().count() <= max_name_length);
            prop_assert!(next.file_name().len() <= max_segment);
            prop_assert!(next.file_name().ends_with(name.stem_and_suffix().1));
        }
    }
}
