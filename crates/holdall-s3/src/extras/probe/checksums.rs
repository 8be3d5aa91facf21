//! Checksums of single objects: whether a right one is kept and a wrong one refused.

use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::types::ChecksumMode;

use super::{Feature, ProbeReport};
use crate::verbs::asking::{Answer, Scratch, settled};
use crate::wire::error::Failure;

/// One algorithm, with the checksums of what is sent and of something else.
struct Algorithm {
    feature: Feature,
    name: &'static str,
    /// Of `scratch::BODY`.
    right: &'static str,
    /// Of `scratch::OTHER`.
    wrong: &'static str,
    set: fn(PutObjectFluentBuilder, String) -> PutObjectFluentBuilder,
    get: fn(&HeadObjectOutput) -> Option<&str>,
}

const ALGORITHMS: [Algorithm; 4] = [
    Algorithm {
        feature: Feature::Crc64Nvme,
        name: "crc64nvme",
        right: "yS8FnXjbQ6A=",
        wrong: "6UzISuVY9FE=",
        set: PutObjectFluentBuilder::checksum_crc64_nvme,
        get: HeadObjectOutput::checksum_crc64_nvme,
    },
    Algorithm {
        feature: Feature::Crc32,
        name: "crc32",
        right: "FRqHvg==",
        wrong: "wR6WIA==",
        set: PutObjectFluentBuilder::checksum_crc32,
        get: HeadObjectOutput::checksum_crc32,
    },
    Algorithm {
        feature: Feature::Crc32c,
        name: "crc32c",
        right: "y/Fe7w==",
        wrong: "3hgDUw==",
        set: PutObjectFluentBuilder::checksum_crc32_c,
        get: HeadObjectOutput::checksum_crc32_c,
    },
    Algorithm {
        feature: Feature::Sha256,
        name: "sha256",
        right: "fYKHyb8CloXi8aoXFiJLn7u2kEWnFP0/YG+GlcgJKLc=",
        wrong: "mkdeXuJsvZx1m7tWyvienT+uE4uofd0nlkNXqRHAG5w=",
        set: PutObjectFluentBuilder::checksum_sha256,
        get: HeadObjectOutput::checksum_sha256,
    },
];

/// Asks about every algorithm: 12 requests. None is sent as a trailer: no request of a storage needs trailers.
pub(super) async fn ask(scratch: &Scratch, report: &mut ProbeReport) {
    for algorithm in &ALGORITHMS {
        report.record(algorithm.feature, settled(verified_and_kept(scratch, algorithm).await));
    }
}

async fn verified_and_kept(scratch: &Scratch, algorithm: &Algorithm) -> Result<Answer, Failure> {
    let key = scratch.key(algorithm.name);
    let put = |checksum: &str| {
        let request = (algorithm.set)(scratch.put(&key), checksum.to_owned());
        async move { request.send().await.map_err(|error| scratch.inner.failure(&error)) }
    };
    put(algorithm.right).await?;
    let head = scratch.client.head_object().bucket(scratch.bucket()).key(&key);
    let head = head.checksum_mode(ChecksumMode::Enabled).send().await;
    let head = head.map_err(|error| scratch.inner.failure(&error))?;
    let kept = match (algorithm.get)(&head) {
        Some(kept) if kept == algorithm.right => true,
        Some(_) => return Ok(Answer::no("it gives back another checksum than it was given")),
        None => false,
    };
    match put(algorithm.wrong).await {
        Ok(_) if kept => Ok(Answer::no("it stores an object whose checksum is wrong")),
        Ok(_) => Ok(Answer::no("it neither verifies nor keeps one: the header is ignored")),
        Err(failure) if failure.unknown => Err(failure),
        Err(_) => Ok(Answer::yes_if(kept, "it verifies it, but does not keep it")),
    }
}

#[cfg(test)]
mod tests {
    use holdall_core::Checksum;

    use super::ALGORITHMS;
    use crate::verbs::asking::{BODY, OTHER};

    /// The other three were computed by Python's zlib, hashlib and crc32c; servers that verify them agree.
    #[test]
    fn the_checksums_are_those_of_the_contents() {
        assert_eq!(ALGORITHMS[0].right, Checksum::of(BODY).to_string());
        assert_eq!(ALGORITHMS[0].wrong, Checksum::of(OTHER).to_string());
    }
}
