//! `Gzipped` over a bucket: what is compressed goes by parts of full size, and arrives as memory has it.

use holdall_core::{Checksum, Content, ErrorKind, Gzipped, MemoryStorage, Store};

use crate::support::{BUCKET, MIB, builder, noise, server, stream_of};

#[tokio::test(flavor = "multi_thread")]
async fn large_content_goes_by_full_parts_and_is_the_same_from_every_source() {
    let server = server().await;
    let storage = builder(&server).part_size(5 << 20).build().unwrap();
    let (bucket, memory) =
        (Store::new(Gzipped::new(storage)), Store::new(Gzipped::new(MemoryStorage::new())));
    // Bytes that do not compress, so that there is something to send.
    let original = noise(12 * MIB);
    let checksum = Checksum::of(&original);
    memory.save("a.css", original.clone()).checksum(checksum).await.unwrap();
    let packed = memory.open("a.css").await.unwrap().bytes().await.unwrap();
    for source in [Content::bytes(original.clone()), stream_of(&original)] {
        server.clear_requests();
        let saved = bucket.save("a.css", source).overwrite().checksum(checksum).await.unwrap();
        assert_eq!((saved.size, saved.checksum), (packed.len() as u64, Some(Checksum::of(&packed))));
        let object = server.object(BUCKET, "a.css").unwrap();
        assert!(object.content == packed);
        let mut parts: Vec<u64> = server
            .requests()
            .iter()
            .filter(|request| request.operation == "UploadPart")
            .map(|request| request.header("content-length").unwrap().parse().unwrap())
            .collect();
        parts.sort_unstable_by(|a, b| b.cmp(a));
        let full = 5 * MIB as u64;
        assert_eq!(parts, [full, full, packed.len() as u64 - 2 * full]);
        let metadata = bucket.metadata("a.css").await.unwrap();
        assert_eq!(metadata.attributes.content_encoding.as_deref(), Some("gzip"));
    }
    let wrong = Checksum::of(b"something else");
    let error = bucket.save("b.css", stream_of(&original)).checksum(wrong).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChecksumMismatch, "{error}");
    assert!(server.object(BUCKET, "b.css").is_none() && server.open_uploads(BUCKET).is_empty());
}
