//! What is kept beside the bytes: content type, headers, user metadata.

use holdall_core::ErrorKind::{InvalidInput, Unsupported};
use holdall_core::{Attributes, Content, Metadata, SaveOptions, Store};

use crate::conformance::support::{bytes, chunks, names, put, refused_naming, untouched};

/// All header attributes at once.
pub(super) fn headers() -> SaveOptions {
    SaveOptions::default()
        .with_content_type("text/x-conformance; charset=utf-8")
        .with_content_disposition("attachment; filename=\"a.txt\"; filename*=UTF-8''%C3%A4.txt")
        .with_content_encoding("gzip")
        .with_content_language("de, en")
        .with_cache_control("private, max-age=60")
        .with_user_metadata("album", "Reise")
}

/// The attributes without the visibility, for which a storage may have a setting.
pub(super) fn kept(metadata: &Metadata) -> Attributes {
    let mut attributes = metadata.attributes.clone();
    attributes.visibility = None;
    attributes
}

/// Content type, disposition, encoding, language, cache control and user metadata come back from
/// `metadata` and `open`, whether the content is small, large or of unknown length. Promise 10.
pub async fn save_keeps_every_attribute(store: &Store) {
    let given = headers().attributes;
    for length in [0, 300_000] {
        for content in [Content::bytes(bytes(length, 1)), Content::stream(chunks(bytes(length, 1), 50_000))] {
            let options = headers().with_mode(holdall_core::SaveMode::Overwrite);
            store.save("a/file.bin", content).options(options).await.unwrap();
            assert_eq!(kept(&store.metadata("a/file.bin").await.unwrap()), given);
            assert_eq!(kept(store.open("a/file.bin").await.unwrap().metadata()), given);
        }
    }
}

/// The same for a file that is uploaded in parts. Promise 10.
pub async fn save_keeps_every_attribute_of_a_large_file(store: &Store) {
    let source = Content::stream(chunks(bytes(13 * 1024 * 1024, 1), 500_000));
    let options = headers().with_mode(holdall_core::SaveMode::Overwrite);
    store.save("large", source).options(options).await.unwrap();
    assert_eq!(kept(&store.metadata("large").await.unwrap()), headers().attributes);
}

/// Values of user metadata come back byte for byte: any script, outer blanks, nothing at all, and what
/// looks like somebody's encoding. Promise 10.
pub async fn save_keeps_user_metadata_byte_for_byte(store: &Store) {
    let values = [
        ("plain", "Lisbon 2026"),
        ("accents", "Grüße aus Köln"),
        ("japanese", "日本語のアルバム"),
        ("emoji", "\u{1f469}\u{200d}\u{1f4bb} at work"),
        ("decomposed", "e\u{301}"),
        ("latin-1", "\u{a0}\u{ff}"),
        ("empty", ""),
        ("blank", " "),
        ("padded", "  both sides  "),
        ("inner", "two  blanks"),
        ("encoded-word", "=?UTF-8?B?R3LDvMOfZQ==?="),
        ("quoted-word", "=?utf-8?Q?Gr=C3=BC=C3=9Fe?="),
        ("percent", "100%25 %C3%BC %"),
        ("quotes", "\"double\" 'single' \\ back"),
        ("signs", "a=b; c, d: e <f> &g"),
        ("x-1-y", "digits and dashes in the name"),
        ("007", "a name of digits"),
    ];
    let mut save = store.save("file", "content").overwrite();
    for (name, value) in values {
        save = save.user_metadata(name, value);
    }
    save.await.unwrap();
    let user = store.metadata("file").await.unwrap().attributes.user;
    for (name, value) in values {
        assert_eq!(user.get(name).map(String::as_str), Some(value), "the value of {name:?}");
    }
    assert_eq!(user.len(), values.len(), "{user:?}");
    assert_eq!(store.open("file").await.unwrap().metadata().attributes.user, user);
}

/// All the user metadata that is allowed is kept: 1,984 bytes of names and values. Promise 10.
pub async fn save_keeps_as_much_user_metadata_as_is_allowed(store: &Store) {
    let value = "x".repeat(Attributes::MAX_USER_BYTES / 2 - 1);
    let save = store.save("file", "content").overwrite();
    save.user_metadata("a", &value).user_metadata("b", &value).await.unwrap();
    let user = store.metadata("file").await.unwrap().attributes.user;
    assert_eq!(user["a"], value);
    assert_eq!(user["b"], value);

    let save = store.save("other", "content").overwrite();
    let save = save.user_metadata("a", &value).user_metadata("b", format!("{value}x"));
    refused_naming(save.await, InvalidInput, "other");
    assert!(!store.exists("other").await.unwrap());
}

/// Values that no header can carry, and names that not every server gives back, are `InvalidInput`
/// before the source is read. Promise 10.
pub async fn save_refuses_malformed_attributes(store: &Store) {
    let options = SaveOptions::default;
    for options in [
        options().with_content_type("text/plain\r\nset-cookie: a=b"),
        options().with_content_type(""),
        options().with_content_disposition("attachment; filename=ä.txt"),
        options().with_content_language(" de"),
        options().with_cache_control("x".repeat(Attributes::MAX_HEADER_BYTES + 1)),
        options().with_user_metadata("Album", "capitals"),
        options().with_user_metadata("al_bum", "an underscore"),
        options().with_user_metadata("", "no name"),
        options().with_user_metadata("ä", "not ASCII"),
        options().with_user_metadata("holdall-checksum", "reserved"),
        options().with_user_metadata("line", "a\nb"),
    ] {
        let (content, was_read) = untouched();
        let attributes = options.attributes.clone();
        let save = store.save("file", content).options(options).overwrite();
        refused_naming(save.await, InvalidInput, "file");
        assert!(!was_read(), "{attributes:?}");
    }
    assert!(names(store, "").await.is_empty());
}

/// Attributes belong to the file: those of an overwritten one do not live on. Promise 10.
pub async fn save_replaces_the_attributes_with_the_file(store: &Store) {
    store.save("file.txt", "old").options(headers()).overwrite().await.unwrap();
    put(store, "file.txt", "new").await;
    let attributes = kept(&store.metadata("file.txt").await.unwrap());
    let mut plain = Attributes::default();
    plain.content_type = Some("text/plain".to_owned());
    assert_eq!(attributes, plain);
}

/// Where attributes cannot be kept, they are refused before the source is read, and only if something
/// had to be stored: the content type that the name tells anyway is fine. Promise 10.
pub async fn save_refuses_attributes_where_none_are_kept(store: &Store) {
    let options = SaveOptions::default;
    for options in [
        options().with_content_type("text/x-conformance"),
        options().with_content_disposition("attachment"),
        options().with_content_encoding("gzip"),
        options().with_content_language("de"),
        options().with_cache_control("no-store"),
        options().with_user_metadata("album", "x"),
    ] {
        let (content, was_read) = untouched();
        let save = store.save("file.txt", content).options(options).overwrite();
        refused_naming(save.await, Unsupported, "file.txt");
        assert!(!was_read());
    }
    assert!(names(store, "").await.is_empty());
    store.save("file.txt", "x").content_type("text/plain").overwrite().await.unwrap();
    assert_eq!(store.metadata("file.txt").await.unwrap().content_type(), "text/plain");
}

/// The content type is the given one, else the one that the name suggests, else
/// `application/octet-stream`. A content encoding is never guessed. Promise 11.
pub async fn save_tells_the_content_type(store: &Store) {
    for (name, expected) in [
        ("a/cat.jpg", "image/jpeg"),
        ("CAT.PNG", "image/png"),
        ("style.css", "text/css"),
        ("archive.tar.gz", "application/gzip"),
        ("noext", "application/octet-stream"),
        ("dir.png/noext", "application/octet-stream"),
        ("unknown.holdall", "application/octet-stream"),
    ] {
        put(store, name, "x").await;
        let metadata = store.metadata(name).await.unwrap();
        assert_eq!(metadata.content_type(), expected, "{name:?}");
        assert_eq!(metadata.attributes.content_type.as_deref(), Some(expected), "{name:?}");
        assert_eq!(metadata.attributes.content_encoding, None, "{name:?}");
        assert_eq!(store.open(name).await.unwrap().metadata().content_type(), expected, "{name:?}");
    }
    if store.capabilities().attributes {
        store.save("a/cat.jpg", "x").content_type("image/x-given").overwrite().await.unwrap();
        assert_eq!(store.metadata("a/cat.jpg").await.unwrap().content_type(), "image/x-given");
    }
}
