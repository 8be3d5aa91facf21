//! Settings for a kind of server.

use super::S3StorageBuilder;
use crate::config::Preset;

impl S3StorageBuilder {
    /// Sets what is known about a kind of server: its endpoint and region where these follow, what it honours, and
    /// what it needs. Calls after this one win. See [`Preset`] for what each sets; a
    /// [probe](crate::S3Storage::probe) finds out the rest.
    ///
    /// ```
    /// use holdall_s3::{Preset, S3Storage};
    ///
    /// # fn main() -> holdall_core::Result<()> {
    /// let r2 = S3Storage::builder("media")
    ///     .preset(Preset::R2)
    ///     .endpoint("https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com")
    ///     .build()?;
    /// let spaces = S3Storage::builder("media").preset(Preset::Spaces).region("fra1").build()?;
    /// # Ok(()) }
    /// ```
    pub fn preset(mut self, preset: Preset) -> Self {
        let facts = preset.facts();
        let server = &mut self.server;
        server.preset = Some(preset);
        server.region = facts.region.map(str::to_owned).or(server.region.take());
        server.checksum_mode = facts.checksum_mode;
        server.conditions = facts.conditions;
        server.features.acls = facts.acls;
        server.features.bulk_delete = facts.bulk_delete;
        server.features.ordered_listings = facts.ordered_listings;
        self.transfers.equal_parts = facts.equal_parts;
        self
    }
}
