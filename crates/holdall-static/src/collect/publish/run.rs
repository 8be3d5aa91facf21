//! A publication while it runs: saving what the stages hold, several files at once.

use std::collections::HashMap;
use std::future::IntoFuture as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use holdall_core::{Content, CopyOptions, Name, Result, SaveMode, SaveOptions, Saved, Store};

use super::Publishing;
use super::before::plain;
use super::failure::while_saving;
use super::link::blocking;
use super::output::{Origin, Output};
use super::published::{Action, Change, Published};
use super::stages::Stages;
use crate::collect::event::Event;
use crate::collect::plan::Plan;
use crate::finders::Source;

/// A publication while it runs.
pub(super) struct Run<'a> {
    pub(super) store: &'a Store,
    pub(super) options: &'a Publishing,
    pub(super) published: Published,
}

impl<'a> Run<'a> {
    pub(super) fn new(store: &'a Store, options: &'a Publishing) -> Self {
        Self { store, options, published: Published::default() }
    }

    pub(super) fn tell(&self, event: impl FnOnce() -> Event) {
        self.options.listeners.tell(event);
    }

    /// Tells what there is to do.
    pub(super) fn announce(&mut self, plan: &Plan, stages: &Stages<'_>) {
        let unchanged = stages.unchanged.iter().map(|(name, _)| (*name).clone());
        self.published.unchanged.extend(unchanged);
        let own_names: HashMap<_, _> = plan.files.iter().map(|file| (&file.hashed, &file.name)).collect();
        let saved = stages.hashed.iter().filter(|output| output.action != Action::Updated);
        let pair = |output: &Output<'_>| Some(((*own_names.get(output.name)?).clone(), output.name.clone()));
        self.published.post_processed.extend(saved.filter_map(pair));
        self.published.headers_left_out = !self.store.capabilities().attributes;
        if self.published.headers_left_out {
            self.tell(|| Event::HeadersLeftOut);
        }
        self.tell(|| Event::Publishing {
            files: stages.outputs().count(),
            bytes: stages.outputs().map(|output| output.size).sum(),
            unchanged: stages.unchanged.len(),
        });
        for (name, role) in &stages.unchanged {
            self.tell(|| Event::Unchanged { name: (*name).clone(), role: *role });
        }
    }

    /// Saves a stage; the tags that the files got.
    ///
    /// # Errors
    ///
    /// Of the first file that cannot be saved.
    pub(super) async fn save_all(&mut self, outputs: &[Output<'_>]) -> Result<HashMap<Name, String>> {
        let change = |output: &Output<'_>| Change {
            name: output.name.clone(),
            role: output.role,
            action: output.action,
        };
        self.published.changes.extend(outputs.iter().map(change));
        let done = AtomicUsize::new(0);
        let (run, done) = (&*self, &done);
        // By number and boxed, so that the stream need not be generic over the life of each output: a future that
        // is, is not `Send`.
        let saves = stream::iter(0..outputs.len()).map(|at| {
            let output = &outputs[at];
            let save = async move {
                let saved = run.save(output).await.map_err(|error| {
                    let has_manifest = run.options.post_process;
                    while_saving(
                        error,
                        output.role,
                        done.load(Ordering::Relaxed),
                        outputs.len(),
                        has_manifest,
                    )
                })?;
                done.fetch_add(1, Ordering::Relaxed);
                Ok(saved.and_then(|saved| Some((saved.name, plain(&saved.etag?)))))
            };
            save.boxed()
        });
        let tags: Vec<_> = saves.buffer_unordered(run.options.jobs).try_collect().await?;
        Ok(tags.into_iter().flatten().collect())
    }

    /// Whether links would be made where the storage keeps its files; the hashed ones are there by now.
    pub(super) fn check_local(&self, plan: &Plan) -> Result<()> {
        let Publishing { link, post_process, dry_run, local: Some(local), .. } = self.options else {
            return Ok(());
        };
        match plan.files.first() {
            Some(file) if *link && *post_process && !*dry_run && !local.has(&file.hashed) => {
                Err(local.is_elsewhere(&file.hashed))
            }
            _ => Ok(()),
        }
    }

    pub(super) async fn save(&self, output: &Output<'_>) -> Result<Option<Saved>> {
        let Output { name, role, action, size, .. } = *output;
        let change = Change { name: name.clone(), role, action };
        match (action, output.from, &self.options.local) {
            (
                Action::Linked,
                Origin::Source(Source::Path(path)) | Origin::Hashed(_, Source::Path(path)),
                Some(local),
            ) => {
                let (local, name, path) = (local.clone(), name.clone(), path.clone());
                return self
                    .step(&change, size, blocking(move || local.link(&name, &path)))
                    .await
                    .map(|_| None);
            }
            (Action::Updated, ..) => {
                let options = CopyOptions::default().with_mode(SaveMode::Overwrite);
                let options = options.with_attributes(output.attributes.clone());
                return self
                    .step(&change, size, self.store.copy(name, name).options(options).into_future())
                    .await;
            }
            (_, _, Some(local)) if output.over_link && !self.options.dry_run => {
                let (local, name) = (local.clone(), name.clone());
                blocking(move || local.unlink(&name)).await?;
            }
            _ => {}
        }
        if let Origin::Hashed(hashed, _) = output.from {
            return self.step(&change, size, self.share(hashed, output)).await;
        }
        let mut options = SaveOptions::default().with_attributes(output.attributes.clone());
        // What was read is what the hash stands for: a source that was edited since is refused.
        options.checksum = Some(output.checksum);
        self.save_one(&change, size, output.from.content(), options).await
    }

    /// Makes a copy from its hashed file, inside the storage. Where that turns out to be something else than it should
    /// be, the copy is saved from its source after all.
    async fn share(&self, hashed: &Name, output: &Output<'_>) -> Result<Saved> {
        let options = CopyOptions::default().with_mode(SaveMode::Overwrite);
        let options = options.with_attributes(output.attributes.clone());
        let shared = self.store.copy(hashed, output.name).options(options).await?;
        if shared.checksum == Some(output.checksum) {
            return Ok(shared);
        }
        let mut options = SaveOptions::default().with_mode(SaveMode::Overwrite);
        options.attributes = output.attributes.clone();
        options.checksum = Some(output.checksum);
        self.store.save(output.name, output.from.content()).options(options).await
    }

    /// Saves one file, unless this is a dry run, and tells of it.
    pub(super) async fn save_one(
        &self,
        change: &Change,
        bytes: u64,
        content: Content<'_>,
        options: SaveOptions,
    ) -> Result<Option<Saved>> {
        let options = options.with_mode(SaveMode::Overwrite);
        self.step(change, bytes, self.store.save(&change.name, content).options(options).into_future()).await
    }

    /// Does something with one file, unless this is a dry run, and tells of it.
    async fn step<T>(
        &self,
        change: &Change,
        bytes: u64,
        work: impl Future<Output = Result<T>>,
    ) -> Result<Option<T>> {
        let Change { name, role, action } = change.clone();
        self.tell(|| Event::Saving { name: name.clone(), role, action, bytes });
        if self.options.dry_run {
            return Ok(None);
        }
        let done = work.await?;
        self.tell(|| Event::Saved { name, role, action, bytes });
        Ok(Some(done))
    }
}
