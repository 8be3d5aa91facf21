//! Keys of nothing but white space at the root of a bucket, which the SDK takes for missing ones.

use holdall_core::{Attributes, Name, Visibility};

use crate::support::{BUCKET, MIB, builder, noise, server, stream_of};

const BLANK: [&str; 4] = [" ", "\u{a0}", "\u{3000}\u{3000}", "\u{2028}"];

#[tokio::test]
async fn they_are_what_they_are_for_every_verb() {
    let server = server().await;
    let storage = builder(&server).part_size(5 << 20).build().unwrap();
    let store = holdall_core::Store::new(storage.clone());
    for name in BLANK {
        store.save(name, name).create().await.unwrap();
        assert_eq!(server.keys(BUCKET), [name]);
        assert_eq!(store.open(name).await.unwrap().text().await.unwrap(), name);
        store.set_visibility(name, Visibility::Public).await.unwrap();
        let listed = store.list("").recursive().collect().await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].sort_key(), name.as_bytes());
        let after = store.list("").start_after(&Name::new(name).unwrap()).collect().await.unwrap();
        assert!(after.is_empty(), "{after:?}");

        // In parts, and copied in parts.
        let large = noise(11 * MIB);
        store.save(name, stream_of(&large)).overwrite().await.unwrap();
        assert_eq!(server.keys(BUCKET), [name]);
        assert_eq!(store.open(name).await.unwrap().bytes().await.unwrap(), large);
        let mut attributes = Attributes::default();
        attributes.content_type = Some("text/plain".to_owned());
        store.copy(name, name).attributes(attributes).await.unwrap();
        assert_eq!(store.metadata(name).await.unwrap().content_type(), "text/plain");
        assert!(server.open_uploads(BUCKET).is_empty());

        let url = store
            .url(name)
            .visibility(Visibility::Private)
            .expires_in(std::time::Duration::from_mins(1))
            .await
            .unwrap();
        assert_eq!(crate::support::fetch("GET", url.as_str()).await.body, large);
        store.upload_request(name).await.unwrap();

        store.save("other", "x").await.unwrap();
        store.delete_many([name, "other"]).await.into_iter().collect::<Result<Vec<()>, _>>().unwrap();
        assert!(server.keys(BUCKET).is_empty());
        assert!(!store.exists(name).await.unwrap());
    }
    // The SDK never sees these behind a location: they are not blank there.
    let located = builder(&server).location("media").build().unwrap();
    holdall_core::Store::new(located).save(" ", "x").create().await.unwrap();
    assert_eq!(server.keys(BUCKET), ["media/ "]);
}
