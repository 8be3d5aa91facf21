//! What is promised about a copy that is given attributes of its own, also onto itself.

use std::future::IntoFuture as _;

use bytes::Bytes;
use holdall_core::ErrorKind::{Conflict, InvalidInput, NotFound, PreconditionFailed, Unsupported};
use holdall_core::Visibility::{Private, Public};
use holdall_core::{Attributes, Checksum, ETag, SaveMode, SaveOptions, Store};

use super::attributes::{headers, kept};
use crate::conformance::support::{bytes, get, interrupted, names, put, refused_naming, together};

/// Some attributes, and no content type.
fn others() -> Attributes {
    SaveOptions::default()
        .with_content_language("fr")
        .with_cache_control("no-store")
        .with_user_metadata("shelf", "7")
        .attributes
}

/// The same with that content type: what is kept of them.
fn others_as(content_type: &str) -> Attributes {
    let mut attributes = others();
    attributes.content_type = Some(content_type.to_owned());
    attributes
}

/// A copy has the attributes that it is given and none of its source's; the content type, where none is given,
/// is that of its own name. The source stays as it is. Promises 10 and 13.
pub async fn copy_with_attributes_replaces_them(store: &Store) {
    store.save("source.txt", "content").options(headers()).overwrite().await.unwrap();
    let saved = store.copy("source.txt", "a/copy.jpg").overwrite().attributes(others()).await.unwrap();
    let copy = store.metadata("a/copy.jpg").await.unwrap();
    assert_eq!(kept(&copy), others_as("image/jpeg"));
    assert_eq!((saved.name.as_str(), saved.size, &saved.etag), ("a/copy.jpg", 7, &copy.etag));
    assert_eq!(get(store, "a/copy.jpg").await, "content");
    assert_eq!(kept(&store.metadata("source.txt").await.unwrap()), headers().attributes);

    let mut plain = Attributes::default();
    store.copy("source.txt", "plain.css").overwrite().attributes(plain.clone()).await.unwrap();
    plain.content_type = Some("text/css".to_owned());
    assert_eq!(kept(&store.metadata("plain.css").await.unwrap()), plain);
    // All of them at once, over what is there.
    let all = headers().attributes;
    store.copy("source.txt", "plain.css").overwrite().attributes(all.clone()).await.unwrap();
    assert_eq!(kept(&store.metadata("plain.css").await.unwrap()), all);

    let moved = store.rename("a/copy.jpg", "b/moved.png").overwrite().attributes(others()).await.unwrap();
    assert_eq!(kept(&store.metadata(&moved.name).await.unwrap()), others_as("image/png"));
    assert_eq!(names(store, "").await, ["b/moved.png", "plain.css", "source.txt"]);
}

/// With attributes, a copy of a file onto itself changes these and nothing else, in every mode. Promises 10, 12
/// and 13.
pub async fn copy_onto_itself_with_attributes_changes_only_them(store: &Store) {
    for length in [0, 300_000] {
        let content = bytes(length, 1);
        store.save("a/file.txt", content.clone()).options(headers()).overwrite().await.unwrap();
        let before = store.metadata("a/file.txt").await.unwrap();
        for mode in [SaveMode::Overwrite, SaveMode::Unique, SaveMode::Create] {
            for given in [others(), headers().attributes] {
                let copy = store.copy("a/file.txt", r"a\./file.txt").mode(mode.clone());
                let saved = copy.attributes(given.clone()).await.unwrap();
                let after = store.metadata("a/file.txt").await.unwrap();
                let expected = if given == others() { others_as("text/plain") } else { given };
                assert_eq!(kept(&after), expected, "{mode:?}");
                assert_eq!((after.size, after.checksum), (before.size, before.checksum), "{mode:?}");
                assert_eq!((saved.name.as_str(), &saved.etag), ("a/file.txt", &after.etag), "{mode:?}");
            }
        }
        store.rename("a/file.txt", "a/file.txt").overwrite().attributes(others()).await.unwrap();
        assert_eq!(kept(&store.metadata("a/file.txt").await.unwrap()), others_as("text/plain"));
        assert!(get(store, "a/file.txt").await == content);
    }
    assert_eq!(names(store, "").await, ["a/file.txt"]);
}

/// The same for a file that was uploaded in parts. Promises 10, 12 and 13.
pub async fn copy_onto_itself_with_attributes_keeps_a_large_file(store: &Store) {
    let content = bytes(13 * 1024 * 1024, 1);
    store.save("large", content.clone()).options(headers()).overwrite().await.unwrap();
    store.copy("large", "large").overwrite().attributes(others()).await.unwrap();
    let after = store.metadata("large").await.unwrap();
    assert_eq!(kept(&after), others_as("application/octet-stream"));
    assert_eq!(after.checksum.is_some(), store.capabilities().checksum);
    assert!(after.checksum.is_none_or(|kept| kept == Checksum::of(&content)));
    assert!(get(store, "large").await == content);
}

/// What is not there has no attributes to change; nothing appears. Promise 7.
pub async fn copy_with_attributes_of_a_missing_file_is_not_found(store: &Store) {
    put(store, "dir/file", "x").await;
    for name in ["missing", "no/such/directory/missing", "dir"] {
        for to in ["copy", name] {
            let copy = store.copy(name, to).overwrite().attributes(others());
            refused_naming(copy.await, NotFound, name);
        }
    }
    assert_eq!(names(store, "").await, ["dir/file"]);
}

/// A version that the caller names, as that of the source or as the one to be replaced, is the only one whose
/// attributes change. Promise 13.
pub async fn copy_onto_itself_with_attributes_honours_versions(store: &Store) {
    store.save("file", "old").options(headers()).overwrite().await.unwrap();
    let stale = store.metadata("file").await.unwrap().etag.expect("a storage that compares has entity tags");
    let current = store.save("file", "new").options(headers()).overwrite().await.unwrap().etag.unwrap();
    let copy = || store.copy("file", "file").attributes(others());
    let replace = |etag: &ETag| SaveMode::IfMatch(etag.clone());
    refused_naming(copy().overwrite().if_match(stale.clone()).await, PreconditionFailed, "file");
    refused_naming(copy().mode(replace(&stale)).await, PreconditionFailed, "file");
    assert_eq!(kept(&store.metadata("file").await.unwrap()), headers().attributes);
    let changed = copy().mode(replace(&current)).await.unwrap().etag.unwrap();
    copy().overwrite().if_match(changed).await.unwrap();
    assert_eq!(kept(&store.metadata("file").await.unwrap()), others_as("application/octet-stream"));
    assert_eq!(get(store, "file").await, "new");
}

/// Other attributes leave it as it is who may read a file, unless they say that too. Promises 10 and 13.
pub async fn copy_with_attributes_keeps_the_visibility(store: &Store) {
    for (before, after) in [(Public, Private), (Private, Public)] {
        store.save("file", "x").visibility(before).overwrite().await.unwrap();
        let visibility = async |name| store.metadata(name).await.unwrap().attributes.visibility;
        store.copy("file", "copy").overwrite().attributes(others()).await.unwrap();
        assert_eq!(visibility("copy").await, Some(before));
        store.copy("file", "file").overwrite().attributes(others()).await.unwrap();
        assert_eq!(visibility("file").await, Some(before));
        let mut given = others();
        given.visibility = Some(after);
        store.copy("file", "file").overwrite().attributes(given).await.unwrap();
        assert_eq!(visibility("file").await, Some(after));
    }
}

/// What no header can carry is `InvalidInput` for a copy as for a save, and changes nothing. Promise 10.
pub async fn copy_refuses_malformed_attributes(store: &Store) {
    store.save("file", "x").options(headers()).overwrite().await.unwrap();
    for options in [
        SaveOptions::default().with_content_type("text/plain\r\nset-cookie: a=b"),
        SaveOptions::default().with_cache_control(""),
        SaveOptions::default().with_user_metadata("Album", "capitals"),
        SaveOptions::default().with_user_metadata("holdall-checksum", "reserved"),
    ] {
        for to in ["copy", "file"] {
            let copy = store.copy("file", to).overwrite().attributes(options.attributes.clone());
            refused_naming(copy.await, InvalidInput, "file");
        }
    }
    assert_eq!(kept(&store.metadata("file").await.unwrap()), headers().attributes);
    assert_eq!(names(store, "").await, ["file"]);
}

/// Where attributes cannot be kept, giving some to a copy is refused before anything is done; what its name
/// tells anyway is fine. Promise 10.
pub async fn copy_refuses_attributes_where_none_are_kept(store: &Store) {
    put(store, "file.txt", "x").await;
    for to in ["copy.txt", "file.txt"] {
        let copy = store.copy("file.txt", to).overwrite().attributes(others());
        refused_naming(copy.await, Unsupported, "file.txt");
    }
    assert_eq!(names(store, "").await, ["file.txt"]);
    let mut told = Attributes::default();
    told.content_type = Some("text/plain".to_owned());
    store.copy("file.txt", "copy.txt").overwrite().attributes(told).await.unwrap();
    assert_eq!(get(store, "copy.txt").await, "x");
}

/// Where the attributes of a file cannot be changed without a risk for what others save, that is refused
/// before anything is done; another name can have them. Promises 2 and 13.
pub async fn copy_onto_itself_refuses_attributes_where_they_cannot_change(store: &Store) {
    store.save("file", "x").options(headers()).overwrite().await.unwrap();
    let copy = store.copy("file", "file").overwrite().attributes(others());
    refused_naming(copy.await, Unsupported, "file");
    assert_eq!(kept(&store.metadata("file").await.unwrap()), headers().attributes);
    store.copy("file", "copy").overwrite().attributes(others()).await.unwrap();
    assert_eq!(kept(&store.metadata("copy").await.unwrap()), others_as("application/octet-stream"));
}

/// Who changes attributes undoes nothing that another writer saves or deletes at the same time. Promises 2
/// and 13.
pub async fn copy_onto_itself_with_attributes_undoes_no_save(store: &Store) {
    for round in 0..8_u8 {
        let (name, new) = (format!("{round}/file"), bytes(30_000, u64::from(round)));
        put(store, &name, bytes(30_000, 99)).await;
        let deletes = round % 4 == 3;
        let results = together(5, |index| {
            let (store, name, new) = (store.clone(), name.clone(), new.clone());
            async move {
                match index {
                    0 if deletes => store.delete(&name).await,
                    0 => store.save(&name, new).overwrite().await.map(drop),
                    _ => store.copy(&name, &name).overwrite().attributes(others()).await.map(drop),
                }
            }
        });
        for error in results.await.into_iter().filter_map(Result::err) {
            let lost = error.kind() == Conflict && error.is_retryable();
            assert!(lost || (deletes && error.is_not_found()), "{error:?}");
        }
        if deletes {
            assert!(!store.exists(&name).await.unwrap(), "a deleted file came back");
        } else {
            assert!(get(store, &name).await == new, "a save was undone");
        }
    }
}

/// A change of attributes, dropped after every number of polls, leaves the file whole, with the old ones or
/// the new ones. Promises 2 and 13.
pub async fn copy_onto_itself_with_attributes_dropped_at_any_poll_leaves_old_or_new(store: &Store) {
    let content: Bytes = bytes(200_000, 4);
    for polls in 0.. {
        assert!(polls < 10_000, "the copy does not end");
        let name = format!("{polls}/file");
        store.save(&name, content.clone()).options(headers()).overwrite().await.unwrap();
        let copy = store.copy(&name, &name).overwrite().attributes(others());
        let ended = interrupted(copy.into_future(), polls).await;
        assert!(get(store, &name).await == content, "the file is torn");
        let now = kept(&store.metadata(&name).await.unwrap());
        let new = others_as("application/octet-stream");
        assert!(now == new || (ended.is_none() && now == headers().attributes), "{now:?}");
        if let Some(saved) = ended {
            saved.unwrap();
            break;
        }
    }
}
