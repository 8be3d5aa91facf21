//! Who may not, is told so.

use futures_util::TryStreamExt as _;
use holdall_core::ErrorKind::PermissionDenied;
use holdall_core::Store;

use crate::conformance::support::refused;

/// No verb takes a refusal for an absent file, a free name or an empty location. The store is the one that
/// [`Suite::refused`](crate::conformance::Suite::refused) was given. Promise 15.
pub async fn refusal_is_never_taken_for_absence(store: &Store) {
    refused(store.open("file").await, PermissionDenied);
    refused(store.metadata("file").await, PermissionDenied);
    refused(store.exists("file").await, PermissionDenied);
    refused(store.listdir("").await, PermissionDenied);
    refused(store.list("").recursive().stream().try_next().await, PermissionDenied);
    if store.capabilities().writable {
        refused(store.save("file", "x").overwrite().await, PermissionDenied);
        refused(store.delete("file").await, PermissionDenied);
        refused(store.copy("file", "copy").overwrite().await, PermissionDenied);
        refused(store.rename("file", "new").overwrite().await, PermissionDenied);
    }
    if store.capabilities().create {
        refused(store.save("file", "x").create().await, PermissionDenied);
    }
    if store.capabilities().unique {
        refused(store.save("file", "x").await, PermissionDenied);
    }
}
