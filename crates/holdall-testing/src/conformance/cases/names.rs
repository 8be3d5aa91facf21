//! What is promised about names: what is refused, and that all else is kept byte for byte.

use std::collections::BTreeSet;

use holdall_core::ErrorKind::InvalidName;
use holdall_core::{Name, Store, Visibility, random_alphanumeric};

use crate::conformance::support::{get, names, put, refused, untouched};

/// What is no name on any storage.
const INVALID: [&str; 24] = [
    "",
    ".",
    "..",
    "/",
    "\\",
    "/a",
    "\\a",
    "//a",
    "a/",
    "a\\",
    "a/.",
    "a/..",
    "../a",
    "a/../b",
    "..\\a",
    "a\\..\\b",
    "./..",
    "a\0b",
    "a\nb",
    "a\r\nb",
    "\u{1b}[2J",
    "a\u{7f}",
    "a\u{85}b",
    ".holdall-staging/a",
];

/// What is a name on every storage, odd as it looks.
const ODD: [&str; 60] = [
    "plain",
    "with space",
    " leading space",
    "trailing space ",
    "  ",
    "two  spaces",
    "a+b",
    "a&b",
    "a#b",
    "a?b=c",
    "a*b",
    "a%20b",
    "%2e%2e",
    "%2F",
    "100%",
    "%",
    "%%41",
    "it's",
    "say \"hi\"",
    "<tag>",
    "a:b",
    "C:",
    "a|b",
    "a;b",
    "a,b",
    "a@b",
    "a$b",
    "a=b",
    "~tilde",
    "!bang",
    "(paren)",
    "[bracket]",
    "{brace}",
    "^caret",
    "`tick`",
    "-dash",
    "--flag",
    ".hidden",
    "..double",
    "...",
    "trailing.",
    "trailing..",
    "CON",
    "nul.txt",
    "caf\u{e9}",
    "cafe\u{301}",
    "日本語.txt",
    "\u{1f389} party.png",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "עברית",
    "\u{202e}txt.exe",
    "\u{feff}bom",
    "zero\u{200b}width",
    "no\u{a0}break",
    "\u{fffd}",
    "\u{ffff}",
    "\u{10ffff}",
    "UPPER",
    "upper",
    "dir with space/sub+dir/a&b#c.tar.gz",
];

/// White space, which some clients and servers trim.
const BLANK: [&str; 6] = [" ", "  ", "\u{a0}", "\u{2003}", "\u{2028}", "\u{3000}\u{3000}"];

/// A text that is no name is `InvalidName` for every verb, before anything is done. Promise 5.
pub async fn names_that_are_invalid_are_refused_by_every_verb(store: &Store) {
    if store.capabilities().writable {
        put(store, "file", "x").await;
    }
    let too_long = "x/".repeat(512) + "y";
    for bad in INVALID.into_iter().chain([too_long.as_str()]) {
        let (content, was_read) = untouched();
        refused(store.save(bad, content).overwrite().await, InvalidName);
        assert!(!was_read(), "{bad:?}");
        refused(store.writer(bad).overwrite().await, InvalidName);
        refused(store.open(bad).await, InvalidName);
        refused(store.metadata(bad).await, InvalidName);
        refused(store.exists(bad).await, InvalidName);
        refused(store.delete(bad).await, InvalidName);
        refused(store.copy(bad, "copy").overwrite().await, InvalidName);
        refused(store.copy("file", bad).overwrite().await, InvalidName);
        refused(store.rename(bad, "copy").overwrite().await, InvalidName);
        refused(store.rename("file", bad).overwrite().await, InvalidName);
        refused(store.url(bad).await, InvalidName);
        refused(store.upload_request(bad).await, InvalidName);
        refused(store.set_visibility(bad, Visibility::Public).await, InvalidName);
    }
    for bad in ["..", "a/..", "../a", "/a", "a\0b", ".holdall-x"] {
        refused(store.list(bad).collect().await, InvalidName);
        refused(store.listdir(bad).await, InvalidName);
        refused(
            store.located(bad).map_err(|error| error.or_at(holdall_core::Operation::List, store, None)),
            InvalidName,
        );
    }
    if store.capabilities().writable {
        assert_eq!(names(store, "").await, ["file"]);
        assert_eq!(get(store, "file").await, "x");
    }
}

/// Every other name comes back byte for byte from every verb: Unicode in both normal forms, blanks,
/// signs that URLs, shells and servers give a meaning. Promise 5.
pub async fn names_that_are_odd_are_kept_byte_for_byte(store: &Store) {
    for name in ODD {
        assert_eq!(put(store, name, name).await.name, name);
    }
    let expected: BTreeSet<_> = ODD.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(names(store, "").await, expected.into_iter().collect::<Vec<_>>());
    for name in ODD {
        assert_eq!(get(store, name).await, name);
        assert_eq!(store.metadata(name).await.unwrap().name, name);
    }
}

/// Odd names are copied, renamed and deleted as themselves, and nothing else is. Promise 5.
pub async fn names_that_are_odd_can_be_copied_and_deleted(store: &Store) {
    for name in ODD {
        put(store, name, name).await;
        let copy = format!("copies/{name}");
        assert_eq!(store.copy(name, &copy).overwrite().await.unwrap().name, *copy);
        let moved = format!("moved/{name}");
        assert_eq!(store.rename(name, &moved).overwrite().await.unwrap().name, *moved);
        store.delete(&copy).await.unwrap();
    }
    let moved: BTreeSet<_> = ODD.iter().map(|name| format!("moved/{name}")).collect();
    assert_eq!(names(store, "").await, moved.into_iter().collect::<Vec<_>>());
    for name in ODD {
        assert_eq!(get(store, format!("moved/{name}")).await, name);
    }
}

/// Directories with odd names are listed and entered. Promises 5 and 8.
pub async fn names_of_directories_may_be_odd(store: &Store) {
    let directories = ["a b", "a+b", "%2e%2e", "a#b?c", "caf\u{e9}", "cafe\u{301}", "...", "-", "日本"];
    for directory in directories {
        put(store, format!("{directory}/file"), directory).await;
    }
    for directory in directories {
        let listing = store.listdir(directory).await.unwrap();
        assert_eq!(listing.files.len(), 1, "{directory:?}");
        assert_eq!(listing.files[0].name, *format!("{directory}/file"));
    }
    let listing = store.listdir("").await.unwrap();
    let found: BTreeSet<_> = listing.dirs.iter().map(|location| location.as_str().to_owned()).collect();
    assert_eq!(found, directories.iter().map(|&directory| directory.to_owned()).collect());
    assert!(listing.foreign.is_empty(), "{:?}", listing.foreign);
}

/// `\` is `/`, and empty and `.` segments collapse, for every verb: two spellings are one name.
/// Promise 5.
pub async fn names_in_two_spellings_are_one(store: &Store) {
    put(store, r".\a//b\.\c", "x").await;
    assert_eq!(names(store, "").await, ["a/b/c"]);
    assert_eq!(get(store, "a/b/c").await, "x");
    assert_eq!(names(store, r"a\.//b/").await, ["a/b/c"]);
    store.delete(r"a\b\c").await.unwrap();
    assert!(names(store, "").await.is_empty());
}

/// NFC and NFD forms, and capitals and small letters, are different names. Promise 5.
pub async fn names_are_not_normalised(store: &Store) {
    for (one, other) in
        [("caf\u{e9}", "cafe\u{301}"), ("Stra\u{df}e", "Strasse"), ("\u{212b}", "\u{c5}"), ("a", "A")]
    {
        put(store, one, "one").await;
        assert!(!store.exists(other).await.unwrap(), "{one:?} and {other:?} are one name here");
        put(store, other, "other").await;
        assert_eq!(get(store, one).await, "one");
        assert_eq!(get(store, other).await, "other");
    }
}

/// The longest name that this store takes works with every verb, and one more byte is refused. (The store
/// may lie in a location, which counts.) Promise 5.
pub async fn names_may_have_1024_bytes(store: &Store) {
    let longest = longest(store).await;
    let name = name_of(longest);
    put(store, &name, "x").await;
    assert_eq!(get(store, &name).await, "x");
    assert_eq!(names(store, "").await, [name.as_str()]);
    refused(store.save(name_of(longest + 1), "x").overwrite().await, InvalidName);
    refused(store.copy(&name, name_of(longest + 1)).overwrite().await, InvalidName);
    if store.capabilities().unique {
        let other = store.save(&name, "y").await.unwrap().name;
        assert!(other != *name && other.as_str().len() <= longest, "{other:?}");
        assert_eq!(get(store, &other).await, "y");
    }
    assert_eq!(get(store, &name).await, "x");
}

/// The most bytes of a name in this store, found by asking.
async fn longest(store: &Store) -> usize {
    let (mut fits, mut too_long) = (1, Name::MAX_BYTES + 1);
    while too_long - fits > 1 {
        let middle = usize::midpoint(fits, too_long);
        match store.exists(name_of(middle)).await {
            Ok(found) => {
                assert!(!found);
                fits = middle;
            }
            Err(error) => {
                assert_eq!(error.kind(), InvalidName, "{error:?}");
                too_long = middle;
            }
        }
    }
    assert!(fits > Name::MAX_BYTES / 2, "only names of {fits} bytes are taken");
    fits
}

/// A name of so many bytes with segments of at most 100 and a file name that has room to be cut.
fn name_of(bytes: usize) -> String {
    let mut name = "d".repeat(99) + "/";
    while name.len() < bytes {
        name.push_str(&"d".repeat(99));
        name.push('/');
    }
    name.truncate(bytes);
    // It must not end as a directory does.
    if name.ends_with('/') {
        name.replace_range(bytes - 2.., "/f");
    }
    name
}

/// A segment of 255 bytes is fine everywhere; a longer one is `InvalidName` where the storage says that
/// it has that limit, and fine where it has none. Promise 5.
pub async fn names_may_have_segments_of_255_bytes(store: &Store) {
    for segment in ["x".repeat(251) + ".jpg", "日".repeat(85)] {
        assert_eq!(segment.len(), 255);
        for name in [segment.clone(), format!("{segment}/{segment}/y")] {
            if !store.capabilities().files_beside_directories {
                store.delete(&segment).await.unwrap();
            }
            put(store, &name, "x").await;
            assert_eq!(get(store, &name).await, "x");
            assert!(names(store, "").await.contains(&name));
        }
    }
    let longer = "x".repeat(256);
    match store.capabilities().max_segment {
        Some(limit) if limit < 256 => {
            refused(store.save(&longer, "x").overwrite().await, InvalidName);
            refused(store.save(format!("{longer}/y"), "x").overwrite().await, InvalidName);
        }
        _ => {
            put(store, &longer, "x").await;
            assert_eq!(get(store, &longer).await, "x");
        }
    }
}

/// A taken name of 255 bytes gives way to one that fits too: the stem is cut between characters, the
/// extension stays. (Django fails here.) Promises 3 and 5.
pub async fn names_of_255_bytes_can_be_renamed(store: &Store) {
    for name in ["x".repeat(251) + ".jpg", "日".repeat(83) + "xx.png", "日".repeat(85)] {
        assert_eq!(name.len(), 255);
        put(store, &name, "x").await;
        let other = store.save(&name, "y").await.unwrap().name;
        let limit = store.capabilities().max_segment.unwrap_or(Name::MAX_BYTES);
        assert!(other != *name && other.as_str().len() <= limit, "{other:?}");
        let extension = Name::new(&name).unwrap().extension().map(str::to_owned);
        assert_eq!(other.extension().map(str::to_owned), extension);
        assert_eq!(get(store, &other).await, "y");
    }
}

/// What lies beside a located store cannot be reached from it, by any spelling. Promise 6.
pub async fn names_do_not_lead_out_of_a_location(store: &Store) {
    put(store, "secret", "x").await;
    put(store, "in/file", "y").await;
    let inside = store.located("in").unwrap();
    for name in ["../secret", r"..\secret", "./../secret", "/secret", "x/../../secret"] {
        refused(inside.open(name).await, InvalidName);
        refused(inside.save(name, "z").overwrite().await, InvalidName);
        refused(inside.copy("file", name).overwrite().await, InvalidName);
        refused(inside.delete(name).await, InvalidName);
    }
    assert!(!inside.exists("secret").await.unwrap());
    assert!(!inside.exists("%2e%2e/secret").await.unwrap());
    assert!(!inside.exists("in/file").await.unwrap());
    assert_eq!(names(&inside, "").await, ["file"]);
    assert_eq!(names(store, "").await, ["in/file", "secret"]);
    assert_eq!(get(store, "secret").await, "x");
}

/// A name of nothing but white space is a file's name for every verb, also where nothing stands in front of it: at
/// the root of the storage. Promise 5.
pub async fn names_of_white_space_are_files_at_the_root(store: &Store) {
    let other = format!("conformance-{}", random_alphanumeric(8));
    for name in BLANK {
        // Files of others stay as they are.
        if store.exists(name).await.unwrap() {
            continue;
        }
        let done = blank_at_the_root(store, name, &other).await;
        // Tidied before anything can fail: nobody else empties the root.
        for name in [name, &other] {
            store.delete(name).await.unwrap();
        }
        done.unwrap_or_else(|error| panic!("{name:?}: {error}"));
        assert!(!store.exists(name).await.unwrap(), "{name:?}");
    }
}

async fn blank_at_the_root(store: &Store, name: &str, other: &str) -> holdall_core::Result<()> {
    let saved = store.save(name, name).overwrite().await?;
    assert_eq!(saved.name, name);
    assert!(store.exists(name).await?, "{name:?}");
    assert_eq!(store.metadata(name).await?.name, name);
    assert_eq!(store.open(name).await?.bytes().await?, name);
    if store.capabilities().create {
        let taken = store.save(name, "other").create().await;
        assert_eq!(taken.unwrap_err().kind(), holdall_core::ErrorKind::AlreadyExists, "{name:?}");
    }
    assert_eq!(store.copy(name, other).overwrite().await?.name, other);
    store.delete(name).await?;
    assert_eq!(store.rename(other, name).overwrite().await?.name, name);
    assert_eq!(store.open(name).await?.bytes().await?, name);
    if store.capabilities().public_url {
        assert!(!store.url(name).visibility(Visibility::Public).await?.as_str().is_empty());
    }
    if store.capabilities().upload_request {
        assert!(store.upload_request(name).await?.name.as_str().starts_with(name));
    }
    if store.capabilities().update_attributes {
        let mut attributes = holdall_core::Attributes::default();
        attributes.cache_control = Some("no-store".to_owned());
        store.copy(name, name).attributes(attributes).await?;
        assert_eq!(store.metadata(name).await?.attributes.cache_control.as_deref(), Some("no-store"));
    }
    store.delete_many([name, other]).await.into_iter().collect::<holdall_core::Result<Vec<()>>>()?;
    assert!(!store.exists(name).await?, "{name:?}");
    Ok(())
}

/// What is a name below a location is one at the root of the storage, and what is refused there is refused here,
/// with the same kind of error. Promise 5.
pub async fn names_are_taken_at_the_root_as_below_a_location(store: &Store) {
    let own = store.located(format!("conformance-{}", random_alphanumeric(8))).unwrap();
    for name in ODD.into_iter().chain(BLANK) {
        match store.exists(name).await {
            // Files of others stay as they are.
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => {
                let kind = error.kind();
                refused(own.exists(name).await, kind);
                refused(store.save(name, name).overwrite().await, kind);
                refused(own.save(name, name).overwrite().await, kind);
                continue;
            }
        }
        let below = own.save(name, name).overwrite().await;
        let here = store.save(name, name).overwrite().await;
        let content = match store.open(name).await {
            Ok(file) => file.bytes().await,
            Err(error) => Err(error),
        };
        // Tidied before anything can fail: nobody else empties the root.
        store.delete(name).await.unwrap();
        own.delete(name).await.unwrap();
        // Somebody's directory has the name.
        if here.as_ref().is_err_and(|error| error.kind() == holdall_core::ErrorKind::Conflict) {
            continue;
        }
        let kind = |saved: &holdall_core::Result<holdall_core::Saved>| {
            saved.as_ref().err().map(holdall_core::Error::kind)
        };
        assert_eq!(kind(&here), kind(&below), "{name:?}: {here:?}, below a location {below:?}");
        if here.is_ok() {
            assert_eq!(content.unwrap(), name);
        }
        assert!(!store.exists(name).await.unwrap(), "{name:?}");
    }
}
