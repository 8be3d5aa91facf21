//! From a staging name to the one that was wanted, if that is free.
//!
//! The upload goes to `<location>/.holdall-staging/<26 random letters>`, which no [`Name`] can say and no
//! listing shows. When it is complete, the store copies it, atomically and only where nothing is; the copy has
//! the put-id of the upload, so that a copy whose reply was lost is known again. Then the staged object is
//! deleted. All of that runs in a task of its own: a save that is dropped in the midst of it is published, or
//! leaves nothing.
//!
//! Only the death of the process, or of the network for longer than all retries, leaves a staged object. A
//! lifecycle rule for that prefix removes those, and so does
//! [`sweep`](crate::ObjectStoreStorage::sweep).

use std::time::{Duration, SystemTime};

use futures_util::TryStreamExt as _;
use holdall_core::{ETag, Name, Result, Saved, Swept, random_alphanumeric};
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, PutPayload};

use crate::client::{Inner, path, to_the_end};
use crate::conditional::Outcome;
use crate::error::translate;
use crate::gather::Payloads;
use crate::naming::{Condition, Naming};
use crate::save::Write;

impl Write {
    /// Saves content of any size under a name that is free.
    pub(crate) async fn staged(
        self,
        mut naming: Naming,
        first: PutPayload,
        mut payloads: Payloads<'_>,
        part_size: usize,
    ) -> Result<Saved> {
        // It promises nothing, but spares who cannot win from sending gigabytes in vain.
        while self.inner.head(&path(naming.key())).await?.is_some() {
            naming.taken(&self.inner)?;
        }
        let staging = self.inner.staging().join(random_alphanumeric(26));
        let upload = self.upload(&staging, first, &mut payloads, part_size).await?;
        let (size, checksum) = payloads.seen();
        let published = to_the_end(async move {
            upload.complete(&staging, self.put_id()).await?;
            let etag = self.publish(&staging, &mut naming).await;
            if let Err(error) = self.inner.remove(&staging).await {
                let storage = &self.inner;
                tracing::warn!(%storage, staging = staging.as_ref(), %error, "a staged object was left behind");
            }
            Ok((self.inner.name_of(naming.key()), etag?))
        });
        let (name, etag) = published.await?;
        Ok(Saved::new(name, size).with_checksum(checksum).with_etag(etag))
    }

    /// Copies what is staged to the first name that is free.
    async fn publish(&self, staging: &Path, naming: &mut Naming) -> Result<Option<ETag>> {
        let inner = &self.inner;
        let mut attempt = 0;
        loop {
            let target = path(naming.key());
            let outcome = match inner.store.copy_if_not_exists(staging, &target).await {
                // Who may write need not be allowed to look; the file is there all the same.
                Ok(()) => {
                    Outcome::Written(inner.head(&target).await.ok().flatten().and_then(|head| head.etag()))
                }
                Err(error) => {
                    inner.settle(&target, &Condition::Absent, self.put_id(), translate(error)).await?
                }
            };
            match outcome {
                Outcome::Written(etag) => return Ok(etag),
                Outcome::Taken => naming.taken(inner)?,
                Outcome::Again => inner.before_again(&mut attempt).await?,
                Outcome::Lost(error) => inner.before_resending(&mut attempt, error).await?,
            }
        }
    }
}

impl Inner {
    /// Where content waits for its name.
    fn staging(&self) -> Path {
        let location = self.config.location.prefix();
        Path::from(format!("{location}{}staging", Name::RESERVED_PREFIX))
    }

    /// Deletes an object; one that is gone is fine.
    pub(crate) async fn remove(&self, path: &Path) -> Result<()> {
        match self.store.delete(path).await.map_err(translate) {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }

    /// See [`Storage::sweep`](holdall_core::Storage::sweep).
    pub(crate) async fn sweep(&self, age: Duration) -> Result<Swept> {
        let staged: Vec<_> = self.store.list(Some(&self.staging())).try_collect().await.map_err(translate)?;
        let limit = SystemTime::now().checked_sub(age);
        let mut swept = Swept::default();
        for object in staged {
            if limit.is_some_and(|limit| SystemTime::from(object.last_modified) < limit) {
                let removed = self.remove(&object.location).await;
                swept.count(removed.map_err(|error| error.with_name(object.location.to_string())));
            }
        }
        Ok(swept)
    }
}
