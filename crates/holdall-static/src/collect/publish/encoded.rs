//! Saving variants, as they are compressed.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use holdall_core::{Checksum, Result, Store};

use super::Publishing;
use super::before::Before;
use super::failure::while_saving;
use super::output::{Origin, Output};
use super::published::{Action, Change, Compressed, Role};
use super::run::Run;
use super::variants::{Known, Variants};
use super::workers::{Encoded, Task, Workers, encode_all};
use crate::collect::event::Event;
use crate::collect::plan::Plan;

/// What a task will save, but for its bytes.
pub(super) fn output<'a>(task: &'a Task<'_>, size: u64, store: &Store, options: &Publishing) -> Output<'a> {
    let mut output = Output::new(Role::Hashed, task.file, store, options);
    if store.capabilities().attributes {
        output.attributes.content_encoding = Some(task.encoding.token().to_owned());
    }
    Output { name: &task.name, role: task.role, size, ..output }
}

impl Run<'_> {
    /// Makes and saves the variants that are missing, and files that are stored encoded; what is known of each file
    /// then. They come as they are compressed, several at once, and before the files that they belong to.
    pub(super) async fn save_variants(&mut self, plan: &Plan, before: &Before) -> Result<Vec<Known>> {
        let (options, place) = (self.options, self.options.compression.place());
        if options.compression.is_none() || !options.post_process {
            return Ok(vec![Known::default(); plan.files.len()]);
        }
        let Variants { mut known, unchanged, tasks } =
            Variants::new(self.store, plan, before, options).await?;
        for (name, role) in unchanged {
            self.tell(|| Event::Unchanged { name: name.clone(), role });
            self.published.unchanged.push(name);
        }
        if tasks.is_empty() {
            return Ok(known);
        }
        self.tell(|| Event::Compressing { variants: tasks.len() });
        let (mut compressed, mut changes) = (Vec::new(), Vec::new());
        let (workers, all, done) = (Workers::default(), tasks.len(), AtomicUsize::new(0));
        let failed = |error, role| while_saving(error, role, done.load(Ordering::Relaxed), all, true);
        let mut saved = encode_all(tasks, &workers)
            .map_err(|error| failed(error, Role::Variant))
            .map_ok(|encoded| {
                let save = async {
                    let role = encoded.task.role;
                    self.save_encoded(encoded, before).await.map_err(|error| failed(error, role))
                };
                save.boxed()
            })
            .try_buffer_unordered(options.jobs)
            .boxed();
        while let Some((encoded, change)) = saved.try_next().await? {
            done.fetch_add(1, Ordering::Relaxed);
            let Encoded { task, variant, .. } = encoded;
            known[task.at].remember(task.encoding, variant, place);
            compressed.push(Compressed {
                file: task.file.name.clone(),
                encoding: task.encoding,
                size: task.file.digests().size,
                encoded: variant.size,
            });
            let is_file = task.role == Role::Hashed;
            let pair = is_file.then(|| (task.file.name.clone(), task.file.hashed.clone()));
            changes.extend(change.map(|change| (change, pair)));
        }
        drop(saved);
        // They came in no order.
        compressed.sort_unstable_by(|a, b| (&a.file, a.encoding).cmp(&(&b.file, b.encoding)));
        changes.sort_unstable_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let (changes, pairs): (Vec<_>, Vec<_>) = changes.into_iter().unzip();
        self.published.compressed = compressed;
        self.published.changes.extend(changes);
        self.published.post_processed.extend(pairs.into_iter().flatten());
        Ok(known)
    }

    /// Saves what came of a task, if it pays.
    async fn save_encoded<'a, 'b>(
        &self,
        encoded: Encoded<'a, 'b>,
        before: &Before,
    ) -> Result<(Encoded<'a, 'b>, Option<Change>)> {
        let Task { file, name, role, encoding, .. } = &encoded.task;
        self.tell(|| Event::Compressed {
            name: name.clone(),
            encoding: *encoding,
            bytes: file.digests().size,
            encoded: encoded.variant.size,
        });
        let Some(bytes) = &encoded.bytes else { return Ok((encoded, None)) };
        let is_there = before.there.contains_key(name);
        let mut output = output(&encoded.task, bytes.len() as u64, self.store, self.options);
        output.action = if is_there { Action::Replaced } else { Action::Created };
        output.from = Origin::Text(bytes);
        output.checksum = Checksum::of(bytes);
        let change = Change { name: name.clone(), role: *role, action: output.action };
        self.save(&output).await?;
        Ok((encoded, Some(change)))
    }
}
