//! How the bytes of one file are sent.

use holdall_core::Result;

use super::S3StorageBuilder;
use crate::config::limits::{MAX_PART_SIZE, MIN_PART_SIZE};
use crate::config::{Transfers, invalid};

impl S3StorageBuilder {
    /// The size of the parts of a multipart upload in bytes, 5 MiB to 5 GiB; by default 8 MiB. Content
    /// up to this size is saved with one request. Larger files get larger parts where 10,000 of these would
    /// not do.
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.transfers.part_size = bytes;
        self
    }

    /// How many parts of one file are sent at once; by default 3. A save holds that many parts in
    /// memory and one more, which it gathers meanwhile.
    pub fn concurrency(mut self, parts: usize) -> Self {
        self.transfers.concurrency = parts;
        self
    }

    /// Whether the SHA-256 of a saved body becomes part of the signature. By default it does, except over
    /// TLS with a checksum beside it (see [`checksum_mode`](Self::checksum_mode)), where it would protect from
    /// nothing more: the same rule as boto3's `payload_signing_enabled`.
    ///
    /// `false` spares the processor the hash, the most expensive thing that a client does with the bytes. Over
    /// plain HTTP nothing but a checksum, or nothing at all, is left then to tell that other bytes arrived than
    /// were sent: say it only for a network that you trust.
    pub fn sign_payload(mut self, sign: bool) -> Self {
        self.transfers.sign_payload = Some(sign);
        self
    }

    /// Whether all parts of an upload must have the same size but the last, as Cloudflare R2 wants it ("R2
    /// documentation, Multipart upload"); by default `false`.
    ///
    /// It matters for streams of unknown length, whose parts grow otherwise: with equal ones such a stream may
    /// have 10,000 times [`part_size`](Self::part_size), by default 78 GiB, and is
    /// [`TooLarge`](holdall_core::ErrorKind::TooLarge) behind that. Declare the size of larger ones.
    pub fn equal_parts(mut self, equal: bool) -> Self {
        self.transfers.equal_parts = equal;
        self
    }

    /// The largest file that the server copies with one `CopyObject`, in bytes, 5 MiB to 5 GiB; by default 5 GiB, S3's
    /// limit. Larger files are copied by parts (`UploadPartCopy`).
    pub fn max_copy_size(mut self, bytes: u64) -> Self {
        self.transfers.max_copy_size = bytes;
        self
    }

    /// The size of the parts by which the server copies large files, in bytes, 5 MiB to 5 GiB; by default 512 MiB.
    /// [`concurrency`](Self::concurrency) parts are copied at once. No bytes pass through
    /// here, so that the size costs no memory: it decides how long a request lasts, and how much is done again
    /// when one fails.
    pub fn copy_part_size(mut self, bytes: u64) -> Self {
        self.transfers.copy_part_size = bytes;
        self
    }
}

impl Default for Transfers {
    /// 8 MiB: with three parts in flight and one being gathered, a save of any unknown length takes 32 MiB.
    fn default() -> Self {
        Self {
            part_size: 8 << 20,
            concurrency: 3,
            sign_payload: None,
            equal_parts: false,
            max_copy_size: MAX_PART_SIZE,
            copy_part_size: 512 << 20,
        }
    }
}

impl Transfers {
    pub(super) fn check(self) -> Result<Self> {
        for (setting, bytes, limit) in [
            ("part_size", self.part_size, "takes parts of"),
            ("copy_part_size", self.copy_part_size, "takes parts of"),
            ("max_copy_size", self.max_copy_size, "copies by parts of"),
        ] {
            if !(MIN_PART_SIZE..=MAX_PART_SIZE).contains(&bytes) {
                return Err(invalid(
                    setting,
                    format!("{setting} is {bytes} bytes; S3 {limit} 5 MiB to 5 GiB"),
                ));
            }
        }
        if self.concurrency == 0 {
            return Err(invalid("concurrency", "concurrency is 0; at least one part must be on its way"));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use holdall_core::ErrorKind;

    use crate::S3Storage;
    use crate::config::ChecksumMode;

    #[test]
    fn what_tls_and_a_checksum_protect_needs_no_hash() {
        let builder = || S3Storage::builder("my-site").region("eu-central-1");
        let signs = |builder: crate::S3StorageBuilder| builder.build().unwrap().config().signs_payload();
        assert!(!signs(builder()), "AWS");
        assert!(signs(builder().checksum_mode(ChecksumMode::WhenRequired)));
        assert!(signs(builder().sign_payload(true)));
        for (endpoint, signed) in [("https://s3.example.com", false), ("http://s3.example.com", true)] {
            let with_checksum = builder().endpoint(endpoint).checksum_mode(ChecksumMode::WhenSupported);
            assert_eq!(signs(with_checksum), signed, "{endpoint}");
            assert!(signs(builder().endpoint(endpoint)), "no checksum is sent to {endpoint}");
        }
    }

    #[test]
    fn sizes_that_s3_would_refuse_are_refused_at_once() {
        let builder = || S3Storage::builder("my-site");
        for (setting, wrong) in [
            ("part_size", builder().part_size((5 << 20) - 1)),
            ("part_size", builder().part_size((5 << 30) + 1)),
            ("copy_part_size", builder().copy_part_size(1)),
            ("max_copy_size", builder().max_copy_size(6 << 30)),
            ("concurrency", builder().concurrency(0)),
        ] {
            let error = wrong.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig);
            assert!(error.to_string().contains(setting), "{error}");
        }
        assert!(builder().part_size(5 << 20).max_copy_size(5 << 30).copy_part_size(5 << 30).build().is_ok());
    }
}
