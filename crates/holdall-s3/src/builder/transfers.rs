//! How the bytes of one file are sent.

use holdall_core::Result;

use super::S3StorageBuilder;
use crate::config::{Transfers, invalid};
use crate::part_plan::{MAX_PART_SIZE, MIN_PART_SIZE};

impl S3StorageBuilder {
    /// The size of the parts of a multipart upload in bytes, 5 MiB to 5 GiB; 8 MiB without a call. Content
    /// up to this size is saved with one request. Larger files get larger parts where 10,000 of these would
    /// not do.
    pub fn part_size(mut self, bytes: u64) -> Self {
        self.transfers.part_size = bytes;
        self
    }

    /// How many parts of one file are sent at once; 3 without a call. A save holds that many parts in
    /// memory and one more, which it gathers meanwhile.
    pub fn concurrency(mut self, parts: usize) -> Self {
        self.transfers.concurrency = parts;
        self
    }
}

impl Default for Transfers {
    /// 8 MiB: with three parts in flight and one being gathered, a save of any unknown length takes 32 MiB.
    fn default() -> Self {
        Self { part_size: 8 << 20, concurrency: 3 }
    }
}

impl Transfers {
    pub(super) fn check(self) -> Result<Self> {
        if !(MIN_PART_SIZE..=MAX_PART_SIZE).contains(&self.part_size) {
            let message = format!("part_size is {} bytes; S3 takes parts of 5 MiB to 5 GiB", self.part_size);
            return Err(invalid(message));
        }
        if self.concurrency == 0 {
            return Err(invalid("concurrency is 0; at least one part must be on its way"));
        }
        Ok(self)
    }
}
