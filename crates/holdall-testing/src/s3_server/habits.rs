//! What servers do that say they speak S3, each habit as a switch. Seen on Ceph 16, Garage 2.5, `SeaweedFS` 4.48, moto,
//! `LocalStack` and s3s-fs.

use std::collections::BTreeSet;

/// The conditions of writes that a server can ignore: operation and header.
const CONDITIONS: [(&str, &str); 9] = [
    ("PutObject", "if-none-match"),
    ("PutObject", "if-match"),
    ("CompleteMultipartUpload", "if-none-match"),
    ("CompleteMultipartUpload", "if-match"),
    ("CopyObject", "if-none-match"),
    ("CopyObject", "if-match"),
    ("CopyObject", "x-amz-copy-source-if-match"),
    ("UploadPartCopy", "x-amz-copy-source-if-match"),
    ("DeleteObject", "if-match"),
];

/// How a server differs from S3.
#[derive(Debug, Clone, Default)]
pub(crate) struct Habits {
    /// Conditions that are taken and not looked at.
    ignored: BTreeSet<(&'static str, &'static str)>,
    /// The same in buckets that keep versions.
    ignored_with_versions: BTreeSet<(&'static str, &'static str)>,
    /// Listings walk directories by their names.
    pub(crate) walks_directories: bool,
    /// Copies look at their conditions, let others in, and write then.
    pub(crate) copies_without_a_lock: bool,
    /// Uploads stay although their abort was answered with 204.
    pub(crate) keeps_aborted_uploads: bool,
}

impl Habits {
    pub(crate) fn ignore(&mut self, operation: &str, header: &str) {
        self.ignored.insert(known(operation, header));
    }

    pub(crate) fn ignore_with_versions(&mut self, operation: &str, header: &str) {
        self.ignored_with_versions.insert(known(operation, header));
    }

    pub(crate) fn ignore_all(&mut self, ignore: bool) {
        // The source of a copy is no write.
        let writes = CONDITIONS.into_iter().filter(|(_, header)| !header.starts_with("x-amz-"));
        self.ignored = if ignore { writes.collect() } else { BTreeSet::new() };
    }

    /// Whether a condition is looked at.
    pub(crate) fn heeds(&self, operation: &'static str, header: &'static str, has_versions: bool) -> bool {
        let condition = (operation, header);
        let in_versions = has_versions && self.ignored_with_versions.contains(&condition);
        !self.ignored.contains(&condition) && !in_versions
    }
}

fn known(operation: &str, header: &str) -> (&'static str, &'static str) {
    let found = CONDITIONS.into_iter().find(|known| *known == (operation, header));
    found.unwrap_or_else(|| panic!("{operation} has no condition {header:?}; there are {CONDITIONS:?}"))
}
