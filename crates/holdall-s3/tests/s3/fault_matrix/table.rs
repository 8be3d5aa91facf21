//! The matrix as data.
//!
//! Requests are counted as `(of the operation, of all)`. What the numbers have in common:
//!
//! - A retry is one request more of the operation, and three are the bound.
//! - A save or a copy that must not overwrite, and whose outcome is unknown or refused, asks once more what is there
//!   (`HeadObject`): a reply that was lost is told from a name that is taken. So does a creation of an upload
//!   (`ListMultipartUploads`, and for each of them that may be lost `ListParts` and an abort).
//! - A save by parts is five requests without trouble (is the name free, create, two parts, complete), and an error in
//!   it one abort more. A copy by parts is the same with one for the source; a copy two, for source and deed.

use holdall_core::ErrorKind::{
    self, ChecksumMismatch, Conflict, InvalidConfig, Other, PermissionDenied, PreconditionFailed, Timeout,
    Unavailable,
};

use super::perform::Operation;
use super::trouble::Trouble;

/// The outcome that is due for one operation and one trouble.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell {
    /// The caller does not notice. Requests of the operation, and all requests.
    Ok(usize, usize),
    /// The caller gets an error of that kind. Requests of the operation, and all requests.
    Err(ErrorKind, usize, usize),
    /// It cannot happen; why.
    Meaningless(&'static str),
}

const fn ok(own: usize, all: usize) -> Cell {
    Cell::Ok(own, all)
}

const fn err(kind: ErrorKind, own: usize, all: usize) -> Cell {
    Cell::Err(kind, own, all)
}

const NO_BODY: Cell = Cell::Meaningless("the request has no body");
const NO_REPLY: Cell = Cell::Meaningless("the reply has no body");

/// A row a request of the API, a column a trouble, in the order of [`Operation::ALL`] and [`Trouble::ALL`].
pub(super) const TABLE: [(Operation, [Cell; Trouble::ALL.len()]); Operation::ALL.len()] = [
    (
        Operation::Put,
        [
            ok(3, 3),                    // 503 twice
            err(Unavailable, 3, 4),      // 503 always
            ok(2, 2),                    // 500
            ok(2, 2),                    // 409
            ok(2, 3),                    // 412
            ok(2, 2),                    // reset before
            ok(2, 3),                    // reset after
            err(Timeout, 3, 4),          // stall
            NO_REPLY,                    // reply cut
            ok(2, 2),                    // request cut
            NO_REPLY,                    // reply flipped
            err(ChecksumMismatch, 1, 1), // request flipped
            ok(2, 2),                    // 200 with error
            ok(2, 2),                    // token expired
            err(InvalidConfig, 1, 1),    // 301
            err(PermissionDenied, 1, 1), // clock skewed
        ],
    ),
    (
        Operation::Create,
        [
            ok(3, 7),                      // 503 twice
            err(Unavailable, 3, 4),        // 503 always
            ok(2, 7),                      // 500
            ok(2, 6),                      // 409
            err(PreconditionFailed, 1, 2), // 412
            ok(2, 7),                      // reset before
            ok(2, 9),                      // reset after
            err(Timeout, 3, 5),            // stall
            ok(2, 9),                      // reply cut
            NO_BODY,                       // request cut
            ok(2, 9),                      // reply flipped
            NO_BODY,                       // request flipped
            ok(2, 7),                      // 200 with error
            ok(2, 6),                      // token expired
            err(InvalidConfig, 1, 2),      // 301
            err(PermissionDenied, 1, 2),   // clock skewed
        ],
    ),
    (
        Operation::UploadPart,
        [
            ok(4, 7),                      // 503 twice
            err(Unavailable, 4, 7),        // 503 always
            ok(3, 6),                      // 500
            err(Conflict, 2, 5),           // 409
            err(PreconditionFailed, 2, 5), // 412
            ok(3, 6),                      // reset before
            ok(3, 6),                      // reset after
            err(Timeout, 4, 7),            // stall
            NO_REPLY,                      // reply cut
            ok(3, 6),                      // request cut
            NO_REPLY,                      // reply flipped
            err(ChecksumMismatch, 2, 5),   // request flipped
            ok(3, 6),                      // 200 with error
            ok(3, 6),                      // token expired
            err(InvalidConfig, 2, 5),      // 301
            err(PermissionDenied, 2, 5),   // clock skewed
        ],
    ),
    (
        Operation::Complete,
        [
            ok(3, 7),                    // 503 twice
            err(Unavailable, 3, 9),      // 503 always
            ok(2, 6),                    // 500
            ok(2, 11),                   // 409
            ok(2, 7),                    // 412
            ok(2, 6),                    // reset before
            ok(2, 7),                    // reset after
            err(Timeout, 3, 9),          // stall
            ok(2, 7),                    // reply cut
            ok(2, 6),                    // request cut
            ok(2, 7),                    // reply flipped
            err(ChecksumMismatch, 1, 6), // request flipped
            ok(2, 6),                    // 200 with error
            ok(2, 6),                    // token expired
            err(InvalidConfig, 1, 6),    // 301
            err(PermissionDenied, 1, 6), // clock skewed
        ],
    ),
    (
        Operation::Copy,
        [
            ok(3, 4),                    // 503 twice
            err(Unavailable, 3, 5),      // 503 always
            ok(2, 3),                    // 500
            ok(2, 4),                    // 409
            ok(2, 5),                    // 412
            ok(2, 3),                    // reset before
            ok(2, 4),                    // reset after
            err(Timeout, 3, 5),          // stall
            ok(2, 4),                    // reply cut
            NO_BODY,                     // request cut
            ok(2, 4),                    // reply flipped
            NO_BODY,                     // request flipped
            ok(2, 3),                    // 200 with error
            ok(2, 3),                    // token expired
            err(InvalidConfig, 1, 2),    // 301
            err(PermissionDenied, 1, 2), // clock skewed
        ],
    ),
    (
        Operation::UploadPartCopy,
        [
            ok(4, 7),                    // 503 twice
            err(Unavailable, 4, 7),      // 503 always
            ok(3, 6),                    // 500
            err(Conflict, 2, 5),         // 409
            ok(4, 10),                   // 412
            ok(3, 6),                    // reset before
            ok(3, 6),                    // reset after
            err(Timeout, 4, 7),          // stall
            ok(3, 6),                    // reply cut
            NO_BODY,                     // request cut
            ok(3, 6),                    // reply flipped
            NO_BODY,                     // request flipped
            ok(3, 6),                    // 200 with error
            ok(3, 6),                    // token expired
            err(InvalidConfig, 2, 5),    // 301
            err(PermissionDenied, 2, 5), // clock skewed
        ],
    ),
    (
        Operation::Head,
        [
            ok(3, 3),                      // 503 twice
            err(Unavailable, 3, 3),        // 503 always
            ok(2, 2),                      // 500
            err(Conflict, 1, 1),           // 409
            err(PreconditionFailed, 1, 1), // 412
            ok(2, 2),                      // reset before
            ok(2, 2),                      // reset after
            err(Timeout, 3, 3),            // stall
            NO_REPLY,                      // reply cut
            NO_BODY,                       // request cut
            NO_REPLY,                      // reply flipped
            NO_BODY,                       // request flipped
            NO_REPLY,                      // 200 with error
            ok(2, 2),                      // token expired
            err(InvalidConfig, 1, 1),      // 301
            err(PermissionDenied, 1, 1),   // clock skewed
        ],
    ),
    (
        Operation::Get,
        [
            ok(3, 3),                      // 503 twice
            err(Unavailable, 3, 3),        // 503 always
            ok(2, 2),                      // 500
            err(Conflict, 1, 1),           // 409
            err(PreconditionFailed, 1, 1), // 412
            ok(2, 2),                      // reset before
            ok(2, 2),                      // reset after
            err(Timeout, 3, 3),            // stall
            ok(2, 2),                      // reply cut
            NO_BODY,                       // request cut
            err(ChecksumMismatch, 1, 1),   // reply flipped
            NO_BODY,                       // request flipped
            err(Other, 1, 1),              // 200 with error
            ok(2, 2),                      // token expired
            err(InvalidConfig, 1, 1),      // 301
            err(PermissionDenied, 1, 1),   // clock skewed
        ],
    ),
    (
        Operation::List,
        [
            ok(3, 3),                      // 503 twice
            err(Unavailable, 3, 3),        // 503 always
            ok(2, 2),                      // 500
            err(Conflict, 1, 1),           // 409
            err(PreconditionFailed, 1, 1), // 412
            ok(2, 2),                      // reset before
            ok(2, 2),                      // reset after
            err(Timeout, 3, 3),            // stall
            ok(2, 2),                      // reply cut
            NO_BODY,                       // request cut
            ok(2, 2),                      // reply flipped
            NO_BODY,                       // request flipped
            ok(2, 2),                      // 200 with error
            ok(2, 2),                      // token expired
            err(InvalidConfig, 1, 1),      // 301
            err(PermissionDenied, 1, 1),   // clock skewed
        ],
    ),
    (
        Operation::Delete,
        [
            ok(3, 3),                      // 503 twice
            err(Unavailable, 3, 3),        // 503 always
            ok(2, 2),                      // 500
            err(Conflict, 1, 1),           // 409
            err(PreconditionFailed, 1, 1), // 412
            ok(2, 2),                      // reset before
            ok(2, 2),                      // reset after
            err(Timeout, 3, 3),            // stall
            NO_REPLY,                      // reply cut
            NO_BODY,                       // request cut
            NO_REPLY,                      // reply flipped
            NO_BODY,                       // request flipped
            ok(2, 2),                      // 200 with error
            ok(2, 2),                      // token expired
            err(InvalidConfig, 1, 1),      // 301
            err(PermissionDenied, 1, 1),   // clock skewed
        ],
    ),
    (
        Operation::DeleteMany,
        [
            ok(3, 3),                      // 503 twice
            err(Unavailable, 3, 3),        // 503 always
            ok(2, 2),                      // 500
            err(Conflict, 1, 1),           // 409
            err(PreconditionFailed, 1, 1), // 412
            ok(2, 2),                      // reset before
            ok(2, 2),                      // reset after
            err(Timeout, 3, 3),            // stall
            ok(2, 2),                      // reply cut
            ok(2, 2),                      // request cut
            ok(2, 2),                      // reply flipped
            err(ChecksumMismatch, 1, 1),   // request flipped
            ok(2, 2),                      // 200 with error
            ok(2, 2),                      // token expired
            err(InvalidConfig, 1, 1),      // 301
            err(PermissionDenied, 1, 1),   // clock skewed
        ],
    ),
];
