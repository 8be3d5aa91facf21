//! CloudFront's signatures, checked by a viewer of our own that has the public keys alone, and compared with
//! what botocore and django-storages make.

mod golden;
mod keys;
mod storage;
mod tampering;
mod viewer;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use holdall_s3::CloudFrontSigner;

/// See `golden/cloudfront.py`.
const RSA: &str = include_str!("../golden/cloudfront_rsa.pem");
const EC: &str = include_str!("../golden/cloudfront_ec.pem");
const KEY_ID: &str = "K2TESTHOLDALL";

fn signer(pem: &str) -> CloudFrontSigner {
    CloudFrontSigner::new(KEY_ID, pem).expect("a good key")
}

/// Every kind of signature that there is.
fn signers() -> [CloudFrontSigner; 2] {
    [signer(RSA), signer(EC)]
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}
