//! Headers that other programs stored and that no attribute stands for. A copy keeps them.

use aws_sdk_s3::primitives::{DateTime, DateTimeFormat};
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumType, ObjectLockEventHold, ObjectLockLegalHoldStatus, ObjectLockMode,
    ServerSideEncryption,
};

use crate::wire::client::Inner;

/// Headers that a copy keeps beyond attributes, class, tags and ACL.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    /// `Expires` as it was stored, which need not be a date.
    pub(crate) expires: Option<String>,
    /// `x-amz-website-redirect-location`.
    pub(crate) website_redirect: Option<String>,
    pub(crate) encryption: KeptEncryption,
    pub(crate) lock: KeptLock,
}

/// How the server says that it encrypted the source.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeptEncryption {
    pub(crate) kind: Option<ServerSideEncryption>,
    pub(crate) kms_key_id: Option<String>,
    pub(crate) bucket_key: Option<bool>,
}

/// Object lock.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeptLock {
    pub(crate) mode: Option<ObjectLockMode>,
    pub(crate) retain_until: Option<DateTime>,
    pub(crate) legal_hold: Option<ObjectLockLegalHoldStatus>,
    pub(crate) event_hold: Option<ObjectLockEventHold>,
    pub(crate) event_hold_days: Option<i32>,
    pub(crate) event_hold_years: Option<i32>,
}

impl Kept {
    /// `Expires`, where it is a date.
    pub(crate) fn expires_date(&self) -> Option<DateTime> {
        DateTime::from_str(self.expires.as_deref()?, DateTimeFormat::HttpDate).ok()
    }

    /// `Expires`, where it is none.
    pub(crate) fn expires_text(&self) -> Option<String> {
        self.expires.clone().filter(|_| self.expires_date().is_none())
    }

    /// The headers that go with a copy from one storage to another, or within one.
    pub(crate) fn for_copy(&self, from: &Inner, to: &Inner) -> Self {
        let Self { expires, website_redirect, encryption, lock } = self.clone();
        let encryption = encryption.for_copy(from, to);
        Self { expires, website_redirect, encryption, lock: lock.for_copy(to) }
    }
}

impl KeptEncryption {
    /// The settings of the destination come first: a copy is how encryption is changed. A key of another region is none
    /// here. On AWS, keys of S3 itself are left to the bucket, whose default is the same or stronger; other servers may
    /// have no such default.
    fn for_copy(self, from: &Inner, to: &Inner) -> Self {
        let requests = &to.config.requests;
        let is_set = requests.server_keys.is_some() || requests.customer_key.is_some();
        let is_default =
            self.kind == Some(ServerSideEncryption::Aes256) && to.config.server.endpoint.is_none();
        if is_set || is_default || self.kind.is_none() {
            return Self::default();
        }
        let is_near = from.config.server.region == to.config.server.region;
        Self { kms_key_id: self.kms_key_id.filter(|_| is_near), ..self }
    }
}

impl KeptLock {
    /// Retention that is over binds nobody, and servers refuse it.
    fn for_copy(self, to: &Inner) -> Self {
        let is_over = self.retain_until.is_none_or(|until| until <= DateTime::from(to.now()));
        let legal_hold = self.legal_hold.filter(|hold| *hold == ObjectLockLegalHoldStatus::On);
        let kept = Self { legal_hold, ..self };
        if is_over { Self { mode: None, retain_until: None, ..kept } } else { kept }
    }
}

/// The algorithm of the checksum that an object has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptChecksum {
    Crc64Nvme,
    Crc32,
    Crc32C,
    Sha1,
    Sha256,
    Sha512,
    Md5,
    Xxhash64,
    Xxhash3,
    Xxhash128,
}

impl KeptChecksum {
    /// As the beginning of a multipart upload names it. Of a whole object made of parts there are CRCs only.
    pub(crate) fn of_parts(self) -> (ChecksumAlgorithm, ChecksumType) {
        match self {
            Self::Crc64Nvme => (ChecksumAlgorithm::Crc64Nvme, ChecksumType::FullObject),
            Self::Crc32 => (ChecksumAlgorithm::Crc32, ChecksumType::FullObject),
            Self::Crc32C => (ChecksumAlgorithm::Crc32C, ChecksumType::FullObject),
            Self::Sha1 => (ChecksumAlgorithm::Sha1, ChecksumType::Composite),
            Self::Sha256 => (ChecksumAlgorithm::Sha256, ChecksumType::Composite),
            Self::Sha512 => (ChecksumAlgorithm::Sha512, ChecksumType::Composite),
            Self::Md5 => (ChecksumAlgorithm::Md5, ChecksumType::Composite),
            Self::Xxhash64 => (ChecksumAlgorithm::Xxhash64, ChecksumType::Composite),
            Self::Xxhash3 => (ChecksumAlgorithm::Xxhash3, ChecksumType::Composite),
            Self::Xxhash128 => (ChecksumAlgorithm::Xxhash128, ChecksumType::Composite),
        }
    }
}

impl From<crate::config::ChecksumAlgorithm> for KeptChecksum {
    fn from(algorithm: crate::config::ChecksumAlgorithm) -> Self {
        match algorithm {
            crate::config::ChecksumAlgorithm::Crc64Nvme => Self::Crc64Nvme,
            crate::config::ChecksumAlgorithm::Crc32 => Self::Crc32,
        }
    }
}
