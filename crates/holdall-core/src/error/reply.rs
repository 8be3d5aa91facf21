//! The reply of a server that an error came from, as support asks for it.

use std::fmt;

/// How a server answered: the status, its error code, and the ids by which its operator finds the request.
///
/// An [`Error`](super::Error) that came from a reply carries one; see [`Error::reply`](super::Error::reply).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerReply {
    /// The HTTP status.
    pub status: u16,
    /// The error code of the protocol (`AccessDenied`), where the reply had one.
    pub code: Option<String>,
    /// The id of the request (`x-amz-request-id`), where the reply had one.
    pub request_id: Option<String>,
    /// The second id that Amazon's support asks for (`x-amz-id-2`), where the reply had one.
    pub host_id: Option<String>,
}

/// No id of any server is longer; other text is not shown.
const MAX_ID: usize = 128;

impl ServerReply {
    /// A reply of which nothing but the status is known.
    pub fn new(status: u16) -> Self {
        Self { status, code: None, request_id: None, host_id: None }
    }

    /// With an error code; an empty one counts as none.
    pub fn with_code(mut self, code: &str) -> Self {
        self.code = printable(code);
        self
    }

    /// With the id of the request. Text that cannot be an id is left out.
    pub fn with_request_id(mut self, id: Option<&str>) -> Self {
        self.request_id = id.and_then(printable);
        self
    }

    /// With the second id. Text that cannot be an id is left out.
    pub fn with_host_id(mut self, id: Option<&str>) -> Self {
        self.host_id = id.and_then(printable);
        self
    }
}

/// Codes and ids go into log lines: short, without blanks and control characters.
fn printable(text: &str) -> Option<String> {
    let is_good = (1..=MAX_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_good.then(|| text.to_owned())
}

/// `status 403, code AccessDenied, request id 656c76696e6727, host id Uuag1LuByRx9`
impl fmt::Display for ServerReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        let named = [("code", &self.code), ("request id", &self.request_id), ("host id", &self.host_id)];
        for (name, value) in named {
            if let Some(value) = value {
                write!(f, ", {name} {value}")?;
            }
        }
        Ok(())
    }
}
