//! The way to the server and back: the client, its requests and its replies. Nothing here knows a verb.
//!
//! | module | job |
//! | --- | --- |
//! | `client.rs` | [`Inner`](client::Inner), which all handles of a storage share, and the SDK's client in it |
//! | `http/` | connections: proxies, certificates, limits |
//! | `identity/`, `credentials.rs` | credentials, fresh ones, and those that sign URLs |
//! | `every_request/`, `blank_key.rs` | changes of every request |
//! | `every_reply.rs`, `reply/` | headers of replies made readable, and whether S3 is speaking at all |
//! | `error/` | the meaning of a failed request |
//! | `honoured.rs` | the conditions that the server honours, as far as it was asked |
//! | `address.rs`, `encoding.rs` | hosts, and percent-encoding |
//! | `tasks.rs` | work that goes on when its future is dropped |

mod address;
pub(crate) mod blank_key;
pub(crate) mod client;
mod credentials;
pub(crate) mod encoding;
pub(crate) mod error;
mod every_reply;
mod every_request;
mod honoured;
mod http;
mod identity;
pub(crate) mod reply;
pub(crate) mod tasks;
