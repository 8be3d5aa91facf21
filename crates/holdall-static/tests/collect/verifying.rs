//! Whether everything that a manifest names is there with the right bytes.

use holdall_core::{ErrorKind, Name, Store};
use holdall_static::{Collector, Compression, Manifest, Role, Verification, verify};

use crate::faulty::{Fault, Faulty, shared};
use crate::support::{SITE, manifest, memory, of};

async fn verified(store: &Store) -> Verification {
    verify(store, &manifest(store).await, 3).await.unwrap()
}

/// A site with a file that is worth compressing.
fn compressible() -> Collector {
    let text: &'static str = Box::leak("a { color: red }\n".repeat(400).into_boxed_str());
    of(&[("a.css", text), ("b.txt", "b")])
}

#[tokio::test]
async fn everything_is_right_after_a_collection() {
    let store = memory();
    of(&SITE).collect(&store).await.unwrap();
    let verification = verified(&store).await;
    assert!(verification.is_ok() && verification.unproven.is_empty());
    assert_eq!(verification.right, SITE.len() * 2);
    assert!(verification.to_string().starts_with("16 files have the right bytes ("), "{verification}");
    assert!(verified(&memory_of(&[]).await).await.is_ok());
}

async fn memory_of(files: &[(&'static str, &'static str)]) -> Store {
    let store = memory();
    of(files).collect(&store).await.unwrap();
    store
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_in_a_sentence() {
    let store =
        memory_of(&[("a.txt", "a"), ("b.txt", "b"), ("c.txt", "c"), ("d.txt", "d"), ("e.txt", "e")]).await;
    let there = manifest(&store).await;
    let hashed = |name: &str| there.get(name).unwrap().clone();
    store.delete(hashed("a.txt")).await.unwrap();
    store.save(hashed("b.txt"), "longer").overwrite().await.unwrap();
    store.save(hashed("c.txt"), "x").overwrite().await.unwrap();
    store.save("d.txt", "x").overwrite().await.unwrap();
    store.delete("e.txt").await.unwrap();
    let verification = verified(&store).await;
    let told: Vec<String> = verification.wrong.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 5);
    assert_eq!(told[0], format!("{} (for a.txt): it is not there", hashed("a.txt")));
    assert_eq!(told[1], format!("{} (for b.txt): it has 6 bytes and should have 1", hashed("b.txt")));
    let content = format!(
        "{} (for c.txt): its bytes are not those that were published: their digest is sha384-",
        hashed("c.txt")
    );
    assert!(told[2].starts_with(&content), "{}", told[2]);
    assert_eq!(
        told[3],
        "d.txt: its bytes are not those that were published: their digest is 9dd4e461268c8034f5c8564e155c67a6 and \
         should be 8277e0910d750195b448797616e091ad"
    );
    assert_eq!(told[4], "e.txt: it is not there");
    let roles: Vec<Role> = verification.wrong.iter().map(|finding| finding.role).collect();
    assert_eq!(roles, [Role::Hashed, Role::Hashed, Role::Hashed, Role::Copy, Role::Copy]);
    let json = serde_json::to_value(&verification).unwrap();
    assert_eq!(json["wrong"][1]["wrong"], "size");
    assert_eq!(json["wrong"][4]["role"], "copy");
    // It says how it is mended.
    for finding in &verification.wrong {
        store.delete(&finding.name).await.unwrap();
    }
    let files = [("a.txt", "a"), ("b.txt", "b"), ("c.txt", "c"), ("d.txt", "d"), ("e.txt", "e")];
    of(&files).collect(&store).await.unwrap();
    assert!(verified(&store).await.is_ok());
}

#[tokio::test]
async fn variants_are_decompressed_and_compared() {
    let store = memory();
    compressible().compress(Compression::all()).collect(&store).await.unwrap();
    let verification = verified(&store).await;
    assert!(verification.is_ok(), "{verification}");
    // Two files, two copies, three variants of one.
    assert_eq!((verification.right, verification.unproven.len()), (7, 0));

    let hashed = manifest(&store).await.get("a.css").unwrap().clone();
    for suffix in ["gz", "br", "zst"] {
        let name = Name::new(&format!("{hashed}.{suffix}")).unwrap();
        let whole = store.open(&name).await.unwrap().bytes().await.unwrap();
        for (what, bytes) in [
            ("a bit", {
                let mut bytes = whole.to_vec();
                let at = bytes.len() / 2;
                bytes[at] ^= 1;
                bytes
            }),
            ("the beginning", [b"xxxx".as_slice(), &whole[4..]].concat()),
        ] {
            store.save(&name, bytes).overwrite().await.unwrap();
            let wrong = verified(&store).await.wrong;
            assert_eq!(wrong.iter().map(|finding| &finding.name).collect::<Vec<_>>(), [&name], "{what}");
            assert_eq!(wrong[0].role, Role::Variant);
        }
        store.save(&name, whole).overwrite().await.unwrap();
    }
    assert!(verified(&store).await.is_ok());
}

#[tokio::test]
async fn what_django_wrote_is_proven_by_the_hash_in_its_name_where_there_is_one() {
    let store = memory();
    let mut of_django = Manifest::default();
    for (name, hashed, text) in [
        ("a.css", "a.0cc175b9c0f1.css", "a"),
        ("b.css", "b.0cc175b9c0f1.css", "b"),
        // A storage class of one's own that hashes otherwise, or not at all.
        ("c.css", "c.v7.css", "c"),
        ("d.css", "d.css", "d"),
    ] {
        of_django.insert(Name::new(name).unwrap(), Name::new(hashed).unwrap(), None);
        store.save(hashed, text).await.unwrap();
    }
    let verification = verify(&store, &of_django, 1).await.unwrap();
    assert_eq!(verification.right, 1);
    assert_eq!(verification.unproven, ["c.v7.css", "d.css"]);
    assert_eq!(verification.wrong.len(), 1);
    assert!(verification.to_string().contains("2 are there but nothing tells what their bytes should be"));
}

#[tokio::test]
async fn a_storage_that_does_not_answer_is_an_error() {
    let (inner, plain) = shared();
    of(&SITE).collect(&plain).await.unwrap();
    let there = manifest(&plain).await;
    let store = Store::new(Faulty::new(&inner, Fault::Unreadable));
    let error = verify(&store, &there, 4).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}
