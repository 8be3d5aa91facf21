//! The verbs of a storage, each as functions and methods of the shared client: they check options, and do the work.
//!
//! | module | job |
//! | --- | --- |
//! | `metadata/` | attributes as headers of requests, and headers of replies as metadata |
//! | `conditional.rs`, `asking/` | conditional writes, and whether the server honours them |
//! | `naming.rs`, `write.rs`, `sums.rs` | the key, the headers and the checksums of a write |
//! | `read/`, `list/`, `visibility.rs` | `open`, `metadata`, `list`, `set_visibility` |
//! | `multipart/`, `save/`, `copy/` | `save` and `copy`, in one request or many |
//! | `delete.rs`, `delete_many.rs`, `sweep.rs` | `delete`, `delete_many`, `sweep` |
//! | `presign/` | `url`, `upload_request`, and other signed requests |

pub(crate) mod asking;
pub(crate) mod conditional;
pub(crate) mod copy;
mod delete;
pub(crate) mod delete_many;
pub(crate) mod list;
pub(crate) mod metadata;
pub(crate) mod multipart;
pub(crate) mod naming;
pub(crate) mod presign;
pub(crate) mod read;
pub(crate) mod save;
pub(crate) mod sums;
pub(crate) mod sweep;
mod visibility;
pub(crate) mod write;
