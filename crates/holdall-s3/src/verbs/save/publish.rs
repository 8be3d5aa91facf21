//! From the key that a stream was uploaded to, to the key that it was meant for; see `large.rs` for the reason.

use holdall_core::{Name, Result, Saved};

use crate::verbs::conditional::{Condition, Outcome};
use crate::verbs::copy::{Copying, Source};
use crate::verbs::write::Write;
use crate::wire::blank_key::for_sdk;

impl Write {
    /// Copies a finished upload to the key that was wanted, if that is still free, and deletes it where it
    /// was.
    ///
    /// It cannot fail: where the key is taken, or the copy is refused, the file
    /// has a good name already, one that `Unique` might have given anyway.
    pub(crate) async fn publish(&self, saved: Saved, wanted: &Name) -> Saved {
        let inner = &self.inner;
        let made = match self.copy_to(&saved, wanted).await {
            Ok(Outcome::Written(made)) => made,
            Ok(_) => return saved,
            Err(error) => {
                let (storage, name) = (inner, saved.name.as_str());
                tracing::warn!(%storage, name, %error, "a large file keeps its alternative name");
                return saved;
            }
        };
        if let Err(error) = self.remove(&saved.name, saved.version).await {
            let (storage, name) = (inner, saved.name.as_str());
            tracing::warn!(%storage, name, %error, "a large file was stored under a second name too");
            // It will be no different next time.
            inner.honoured.note_that_it_cannot_move();
        }
        let name = inner.name_of(wanted);
        made.complete(Saved::new(name, saved.size).with_checksum(saved.checksum))
    }

    async fn copy_to(&self, saved: &Saved, wanted: &Name) -> Result<Outcome> {
        let inner = &self.inner;
        let copying = Copying {
            from: &Source::own(inner, inner.key(&saved.name)?, saved.size, saved.checksum),
            to: wanted,
            headers: &self.headers,
            verbatim: false,
            put_id: self.put_id.as_deref(),
            condition: &Condition::Absent,
        };
        inner.copy_object(copying).await
    }

    /// Deletes what was copied; in a bucket with versions that very version, so that it is not kept (and paid
    /// for) twice. Where that needs a permission which is missing, a plain delete has to do.
    async fn remove(&self, name: &Name, version: Option<String>) -> Result<()> {
        let inner = &self.inner;
        let own = inner.key(name)?;
        let client = inner.client().await?;
        let request = client.delete_object().bucket(inner.bucket()).key(for_sdk(own.as_str()));
        if version.is_some() && request.clone().set_version_id(version).send().await.is_ok() {
            return Ok(());
        }
        request.send().await.map_err(|error| inner.failure(&error))?;
        Ok(())
    }
}
