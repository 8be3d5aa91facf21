//! The work as it is written on the bare client.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, RequestChecksumCalculation};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier};
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};

use crate::{BUCKET, KEYS};

/// A failure here is one of the comparison.
const WHOLE: &str = "the bare client does its work";

#[derive(Debug)]
pub(crate) struct Plain(Client);

impl Plain {
    pub(crate) fn new(endpoint: &str) -> Self {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .endpoint_url(endpoint)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .credentials_provider(Credentials::new(KEYS.0, KEYS.1, None, None, "bench"))
            .build();
        Self(Client::from_conf(config))
    }

    pub(crate) async fn put(&self, key: String, content: Bytes) {
        let put = self.0.put_object().bucket(BUCKET).key(key).content_type("application/octet-stream");
        put.body(ByteStream::from(content)).send().await.expect(WHOLE);
    }

    pub(crate) async fn get(&self, key: String) -> usize {
        let reply = self.0.get_object().bucket(BUCKET).key(key).send().await.expect(WHOLE);
        reply.body.collect().await.expect(WHOLE).into_bytes().len()
    }

    pub(crate) async fn list(&self, prefix: &str) -> usize {
        let mut pages = self.0.list_objects_v2().bucket(BUCKET).prefix(prefix).into_paginator().send();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            count += page.expect(WHOLE).contents().len();
        }
        count
    }

    pub(crate) async fn delete(&self, keys: Vec<String>) {
        for keys in keys.chunks(1000) {
            let keys = keys.iter().map(|key| ObjectIdentifier::builder().key(key).build().expect(WHOLE));
            let delete =
                Delete::builder().set_objects(Some(keys.collect())).quiet(true).build().expect(WHOLE);
            self.0.delete_objects().bucket(BUCKET).delete(delete).send().await.expect(WHOLE);
        }
    }

    /// A multipart upload of bytes in memory.
    pub(crate) async fn upload(&self, key: &str, content: &Bytes, part_size: usize, concurrency: usize) {
        let create = self.0.create_multipart_upload().bucket(BUCKET).key(key).send().await.expect(WHOLE);
        let id = create.upload_id().expect(WHOLE);
        let parts = (0..content.len()).step_by(part_size).zip(1..).map(|(start, number)| {
            let part = content.slice(start..content.len().min(start + part_size));
            let request = self.0.upload_part().bucket(BUCKET).key(key).upload_id(id).part_number(number);
            async move {
                let reply = request.body(ByteStream::from(part)).send().await.expect(WHOLE);
                CompletedPart::builder().part_number(number).set_e_tag(reply.e_tag).build()
            }
        });
        let parts = stream::iter(parts).buffered(concurrency).collect().await;
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let complete = self.0.complete_multipart_upload().bucket(BUCKET).key(key).upload_id(id);
        complete.multipart_upload(parts).send().await.expect(WHOLE);
    }

    /// Reads a body chunk by chunk.
    pub(crate) async fn read(&self, key: &str) -> usize {
        let mut reply = self.0.get_object().bucket(BUCKET).key(key).send().await.expect(WHOLE);
        let mut size = 0;
        while let Some(chunk) = reply.body.try_next().await.expect(WHOLE) {
            size += chunk.len();
        }
        size
    }

    /// Ranges into a file, many at once, synced at the end.
    pub(crate) async fn download(
        &self,
        key: &str,
        path: &Path,
        size: usize,
        part_size: usize,
        concurrency: usize,
    ) {
        let file = File::create(path).expect(WHOLE);
        let parts = (0..size).step_by(part_size).map(|start| {
            let range = format!("bytes={start}-{}", size.min(start + part_size) - 1);
            let (client, key, path) = (self.0.clone(), key.to_owned(), path.to_owned());
            async move {
                let reply = client.get_object().bucket(BUCKET).key(key).range(range).send().await;
                let body = reply.expect(WHOLE).body.collect().await.expect(WHOLE).into_bytes();
                let write = move || {
                    let mut file = File::options().write(true).open(path)?;
                    file.seek(SeekFrom::Start(start as u64))?;
                    file.write_all(&body)
                };
                tokio::task::spawn_blocking(write).await.expect(WHOLE).expect(WHOLE);
            }
        });
        stream::iter(parts).for_each_concurrent(concurrency, |part| tokio::spawn(part).map(drop)).await;
        tokio::task::spawn_blocking(move || file.sync_all()).await.expect(WHOLE).expect(WHOLE);
    }
}
