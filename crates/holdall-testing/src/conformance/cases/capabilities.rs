//! What is promised about the storage as a whole: that its capabilities are steady, that what cannot be
//! written to is not, and that it shows no secret.

use holdall_core::ErrorKind::Unsupported;
use holdall_core::{ETag, ErrorKind, Name, Store, Visibility};

use crate::conformance::support::{bytes, put, refused, refused_naming, untouched};

/// The capabilities are the same whenever they are asked for, and are consistent: nothing is written
/// atomically where nothing is written. Promise 3.
pub async fn capabilities_are_steady_and_consistent(store: &Store) {
    let first = store.capabilities().clone();
    store.exists("file").await.unwrap();
    assert_eq!(*store.capabilities(), first);
    assert_eq!(*store.located("a/b").unwrap().capabilities(), first);
    let without = first.clone().with_conditions(false).with_upload_request(false);
    assert!(first.writable || first == without, "{first:?}");
    assert!(first.unique || !first.plain_names, "{first:?}");
    assert!(first.create || !first.create_large, "{first:?}");
    assert!(first.replace || !first.replace_large, "{first:?}");
    assert!(first.writable && first.attributes || !first.update_attributes, "{first:?}");
    assert!(first.signed_url || !first.url_overrides, "{first:?}");
    assert!(first.max_segment.is_none_or(|limit| (255..=Name::MAX_BYTES).contains(&limit)), "{first:?}");
}

/// Every verb that would change something is `Unsupported`, before the source is read, where nothing can
/// be written. Promises 3 and 22.
pub async fn capabilities_refuse_every_change_where_nothing_can_be_written(store: &Store) {
    let (content, was_read) = untouched();
    refused_naming(store.save("file", content).overwrite().await, Unsupported, "file");
    assert!(!was_read());
    refused_naming(store.save("file", "x").await, Unsupported, "file");
    refused_naming(store.save("file", "x").replace(ETag::strong("any")).await, Unsupported, "file");
    refused_naming(store.writer("file").overwrite().await, Unsupported, "file");
    refused_naming(store.delete("file").await, Unsupported, "file");
    for result in store.delete_many(["file", "file"]).await {
        refused_naming(result, Unsupported, "file");
    }
    refused_naming(store.copy("file", "copy").overwrite().await, Unsupported, "file");
    refused_naming(store.rename("file", "target").overwrite().await, Unsupported, "file");
    refused_naming(store.set_visibility("file", Visibility::Public).await, Unsupported, "file");
    refused(store.sweep(std::time::Duration::from_hours(24)).await, Unsupported);
    let request = store.upload_request("file").await;
    refused_naming(request, Unsupported, "file");
    assert!(!store.exists("file").await.unwrap());
}

/// Content over the storage's own limit, where it says one that a test can reach, is `TooLarge` and
/// stores nothing. Promise 2.
pub async fn capabilities_tell_the_largest_file(store: &Store) {
    /// More than this is not sent by a test.
    const REACHABLE: u64 = 64 * 1024 * 1024;
    if let Some(limit) = store.capabilities().max_size
        && limit < REACHABLE
    {
        let content = bytes(usize::try_from(limit).expect("it is small") + 1, 1);
        refused_naming(store.save("large", content).overwrite().await, ErrorKind::TooLarge, "large");
        assert!(!store.exists("large").await.unwrap());
    }
    // A declared size beyond any storage need not be sent to be refused.
    if let Some(limit) = store.capabilities().max_size {
        let (content, _) = untouched();
        let save = store.save("large", content.with_size(limit + 1)).overwrite();
        refused_naming(save.await, ErrorKind::TooLarge, "large");
    }
}

/// `Debug` and `Display` of the store, of its results and of its errors show no secret. The secrets are
/// those that [`Suite::secret`](crate::conformance::Suite::secret) was told, which looks for them in every
/// other case too. Promise 18.
pub async fn debug_and_errors_show_no_secret(store: &Store) {
    assert!(!store.to_string().is_empty(), "the storage has no name for errors and logs");
    assert!(!format!("{store:?}").is_empty());
    let located = store.located("a/b").unwrap();
    assert!(!format!("{located:?} {located}").is_empty());
    refused(store.open("missing").await, ErrorKind::NotFound);
    refused(store.metadata("missing").await, ErrorKind::NotFound);
    if store.capabilities().writable {
        put(store, "file", "x").await;
        refused(store.open("file").if_match(ETag::strong("stale")).await, ErrorKind::PreconditionFailed);
        refused(store.copy("missing", "copy").overwrite().await, ErrorKind::NotFound);
    }
    for visibility in [Visibility::Public, Visibility::Private] {
        // Whether it works or not, what it shows is looked at.
        let shown = format!("{:?}", store.url("file").visibility(visibility).await);
        assert!(!shown.is_empty());
    }
}
