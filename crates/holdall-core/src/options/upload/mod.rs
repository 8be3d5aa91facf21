//! Uploads that go from the client straight to the storage: what may be uploaded, and the request for it.

mod choices;
mod policy;
mod request;
mod rules;
#[cfg(test)]
mod tests;

pub use self::choices::{UploadChecksum, UploadMethod, UploadSuccess};
pub use self::policy::UploadPolicy;
pub use self::request::UploadRequest;
