//! The log of requests, for assertions such as "exactly one HEAD" or "no ACL header unless asked".

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::Response;

use super::faults::FaultAction;

/// One request that reached the server, in the order of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The HTTP method.
    pub method: String,
    /// S3's name of the operation, such as `PutObject`; `Unknown` where the request is none that this server knows.
    pub operation: String,
    /// The bucket, if the request names one.
    pub bucket: Option<String>,
    /// The key, decoded, if the request names one.
    pub key: Option<String>,
    /// The raw query, without the `?`; empty if there is none.
    pub query: String,
    /// The headers, names in lower case. `authorization` and `x-amz-security-token` are left out: a log that a failed
    /// assertion prints is no place for credentials.
    pub headers: BTreeMap<String, String>,
    /// The status that was sent. `None` while the request is being answered, and for ever when its connection ended
    /// without a reply (a reset, a stall, a client that hung up).
    pub status: Option<u16>,
    /// The fault that struck it.
    pub fault: Option<FaultAction>,
}

impl LoggedRequest {
    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// Names an entry for later additions; stays valid, and without effect, when the log is cleared in between.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryId(u64);

impl EntryId {
    /// As `x-amz-request-id` has it.
    pub(crate) fn request_id(self) -> String {
        format!("{:016X}", self.0)
    }

    /// As `x-amz-id-2` has it.
    pub(crate) fn host_id(self) -> String {
        format!("holdall-testing-{:016X}", self.0)
    }
}

/// The log.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    next: u64,
    requests: BTreeMap<u64, LoggedRequest>,
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a request that has just arrived.
    pub(crate) fn push(&self, request: LoggedRequest) -> EntryId {
        let mut entries = self.lock();
        let id = entries.next;
        entries.next += 1;
        entries.requests.insert(id, request);
        EntryId(id)
    }

    /// Adds what is known now.
    pub(crate) fn update(&self, id: EntryId, change: impl FnOnce(&mut LoggedRequest)) {
        if let Some(request) = self.lock().requests.get_mut(&id.0) {
            change(request);
        }
    }

    /// Notes the status of a reply that is about to be sent.
    pub(crate) fn answered<B>(&self, id: EntryId, response: Response<B>) -> Response<B> {
        self.update(id, |entry| entry.status = Some(response.status().as_u16()));
        response
    }

    /// The bucket that the request names.
    pub(crate) fn bucket_of(&self, id: EntryId) -> Option<String> {
        self.lock().requests.get(&id.0)?.bucket.clone()
    }

    /// All of it, oldest first.
    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        self.lock().requests.values().cloned().collect()
    }

    /// How many there are of an operation.
    pub(crate) fn count(&self, operation: &str) -> usize {
        self.lock().requests.values().filter(|request| request.operation == operation).count()
    }

    /// Forgets all.
    pub(crate) fn clear(&self) {
        self.lock().requests.clear();
    }
}
