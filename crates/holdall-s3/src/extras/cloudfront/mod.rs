//! CloudFront's signatures: URLs and cookies that open private files of a distribution to who has them.
//!
//! | module | job |
//! | --- | --- |
//! | [`key`] | the private key, which signs |
//! | [`policy`], [`resource`] | the grant, and the URLs that it covers |
//! | [`signer`], [`cookies`] | signed URLs and signed cookies |
//! | [`url`] | the signer behind `Storage::url` |
//!
//! The rules are those of "Use signed URLs" and "Use signed cookies" in the Amazon CloudFront Developer
//! Guide. The AWS SDK for Rust has no signer (awslabs/aws-sdk-rust#255 is open), and the crates of others
//! sign with SHA-1 only.

mod cookies;
mod key;
mod policy;
mod resource;
mod signer;
mod url;

pub use self::cookies::{CloudFrontCookie, CloudFrontCookies};
pub use self::policy::CloudFrontPolicy;
pub use self::signer::CloudFrontSigner;
pub(crate) use self::url::check_base;
