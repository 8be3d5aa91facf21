//! The rows of the matrix: what a storage asks the server for, and the call that makes it ask.

use bytes::Bytes;
use holdall_core::{Error, Result, SaveMode, Store};
use holdall_testing::s3_server::{Fault, S3Server};

use crate::support::{BUCKET, MIB, noise};

/// A request of the S3 API, made by one call of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Put,
    Create,
    UploadPart,
    Complete,
    Copy,
    UploadPartCopy,
    Head,
    Get,
    List,
    Delete,
    DeleteMany,
}

/// A small file, long enough to be cut and flipped in its middle.
const SMALL: usize = 100;
/// A part, and a bit: so two parts are a file.
const LARGE: usize = 5 * MIB + SMALL;

impl Operation {
    pub(super) const ALL: [Self; 11] = [
        Self::Put,
        Self::Create,
        Self::UploadPart,
        Self::Complete,
        Self::Copy,
        Self::UploadPartCopy,
        Self::Head,
        Self::Get,
        Self::List,
        Self::Delete,
        Self::DeleteMany,
    ];

    /// S3's name of the request.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Put => "PutObject",
            Self::Create => "CreateMultipartUpload",
            Self::UploadPart => "UploadPart",
            Self::Complete => "CompleteMultipartUpload",
            Self::Copy => "CopyObject",
            Self::UploadPartCopy => "UploadPartCopy",
            Self::Head => "HeadObject",
            Self::Get => "GetObject",
            Self::List => "ListObjectsV2",
            Self::Delete => "DeleteObject",
            Self::DeleteMany => "DeleteObjects",
        }
    }

    /// Restricts a fault to this request: of the parts to the second one.
    pub(super) fn only(self, fault: Fault) -> Fault {
        let fault = fault.operation(self.name());
        match self {
            Self::UploadPart | Self::UploadPartCopy => fault.part_number(2),
            _ => fault,
        }
    }

    /// A byte of the reply that matters: of the content, or of the first tag of the document.
    pub(super) fn reply_byte(self) -> u64 {
        match self {
            Self::Get => 3,
            _ => 42,
        }
    }

    /// The objects that are there before. A source of a copy is one that this crate saved, whose ACL nobody asks for.
    pub(super) async fn plant(self, server: &S3Server) {
        match self {
            Self::Copy | Self::UploadPartCopy => {
                let size = if self == Self::Copy { SMALL } else { LARGE };
                let saved = crate::support::store(server).save("k", noise(size)).mode(SaveMode::Create).await;
                saved.expect("nothing is in the way yet");
                server.clear_requests();
            }
            Self::Head | Self::Get | Self::Delete => {
                server.put_object(BUCKET, "k", noise(SMALL));
            }
            Self::List | Self::DeleteMany => {
                for key in ["a", "b", "c"] {
                    server.put_object(BUCKET, key, "content");
                }
            }
            Self::Put | Self::Create | Self::UploadPart | Self::Complete => {}
        }
    }

    /// The call.
    pub(super) async fn perform(self, store: &Store) -> Result<()> {
        match self {
            Self::Put => {
                let saved = store.save("k", noise(SMALL)).mode(SaveMode::Create).await?;
                assert_eq!(saved.name, "k");
            }
            Self::Create | Self::UploadPart | Self::Complete => {
                let saved = store.save("k", noise(LARGE)).mode(SaveMode::Create).await?;
                assert_eq!(saved.name, "k");
            }
            Self::Copy | Self::UploadPartCopy => {
                let saved = store.copy("k", "to").mode(SaveMode::Create).await?;
                assert_eq!(saved.name, "to");
            }
            Self::Head => assert_eq!(store.metadata("k").await?.size, SMALL as u64),
            Self::Get => assert_eq!(store.open("k").await?.bytes().await?, noise(SMALL)),
            Self::List => {
                let listing = store.listdir("").await?;
                assert_eq!(listing.files.len(), 3);
            }
            Self::Delete => store.delete("k").await?,
            Self::DeleteMany => {
                let results = store.delete_many(["a", "b", "c"]).await;
                assert_eq!(results.len(), 3);
                results.into_iter().collect::<std::result::Result<Vec<_>, Error>>()?;
            }
        }
        Ok(())
    }

    /// The mistakes in the bucket afterwards: the deed must be done where the call returned so (`done`), and half
    /// of it never.
    pub(super) fn check(self, server: &S3Server, done: bool) -> Vec<String> {
        let mut problems = Vec::new();
        let mut expect = |key: &str, content: Option<Bytes>| {
            let found = server.object(BUCKET, key).map(|object| object.content);
            let right = found == content || !done && (found.is_none() || content.is_none());
            if !right {
                let (found, content) = (found.map(|bytes| bytes.len()), content.map(|bytes| bytes.len()));
                problems.push(format!("{key} has {found:?} bytes instead of {content:?}"));
            }
        };
        match self {
            Self::Put => expect("k", Some(noise(SMALL))),
            Self::Create | Self::UploadPart | Self::Complete => expect("k", Some(noise(LARGE))),
            Self::Copy => expect("to", Some(noise(SMALL))),
            Self::UploadPartCopy => expect("to", Some(noise(LARGE))),
            Self::Delete => expect("k", None),
            Self::DeleteMany => ["a", "b", "c"].into_iter().for_each(|key| expect(key, None)),
            Self::Head | Self::Get | Self::List => {}
        }
        problems
    }
}
