//! The manifest of a publication, which is made of the plan alone, and what is remembered about copies, which is made
//! of what the saves told. Both are saved last.

use std::collections::HashMap;

use bytes::Bytes;
use holdall_core::{Name, Result, Store};

use super::Publishing;
use super::before::Before;
use super::failure::while_saving;
use super::published::{Action, Change, Role};
use super::run::Run;
use super::stages::Stages;
use super::variants::Known;
use crate::collect::headers::fingerprint;
use crate::collect::plan::{Plan, Planned};
use crate::generations::{Recorded, manifest_options};
use crate::manifest::{COPIES_NAME, Copies, CopyDetails, FileDetails, Manifest};

/// What the manifest says about a plan. It is the same at every destination that keeps headers, and at every one
/// that does not.
pub(super) fn manifest(plan: &Plan, known: Vec<Known>, store: &Store, options: &Publishing) -> Manifest {
    let attributes = |file: &Planned, role: Role| options.headers.attributes(&file.name, file.is_utf8, role);
    let keeps_headers = store.capabilities().attributes;
    let mut manifest = Manifest::default();
    for (file, Known { variants, encoding }) in plan.files.iter().zip(known) {
        let copy = (options.copies && !options.link && !file.prehashed).then(|| {
            let headers = keeps_headers.then(|| fingerprint(&attributes(file, Role::Copy)));
            CopyDetails::new(file.copied().md5()).with_headers(headers)
        });
        let (digests, attributes) = (file.digests(), attributes(file, Role::Hashed));
        let headers = keeps_headers.then(|| fingerprint(&attributes));
        let content_type = attributes.content_type.unwrap_or_default();
        let details = FileDetails::new(digests.size, content_type, digests.integrity())
            .with_sha256(digests.sha256())
            .with_headers(headers)
            .with_immutable(file.prehashed)
            .with_imports(plan.modules.imports.get(&file.name).cloned().unwrap_or_default())
            .with_copy(copy)
            .with_variants(variants, encoding);
        manifest.insert(file.name.clone(), file.hashed.clone(), details);
    }
    for (key, entry) in &plan.entries {
        manifest.insert_entry(key, entry.clone());
    }
    manifest.set_import_map(plan.modules.import_map.clone());
    manifest
}

/// What the next run is to know about the copies. `tags` has those that copies got by this run.
fn remembered(plan: &Plan, before: &Before, mut tags: HashMap<Name, String>) -> Copies {
    let mut copies = before.copies.clone();
    copies.retain(|name| before.tag(name));
    for file in plan.files.iter().filter(|file| !file.prehashed) {
        let tag = tags.remove(&file.name).or_else(|| before.tag(&file.name).map(str::to_owned));
        if let Some(tag) = tag {
            copies.insert(file.name.clone(), file.copied().md5(), tag);
        }
    }
    copies
}

impl Run<'_> {
    /// Saves what the next run is to know about the copies, if there is anything that their tags do not tell. It is
    /// a note of the run for itself, which a dry run cannot foresee; so it is not among what is told.
    pub(super) async fn remember_copies(
        &mut self,
        plan: &Plan,
        before: &Before,
        stages: &Stages<'_>,
        tags: HashMap<Name, String>,
    ) -> Result<()> {
        let is_known = |file: &Planned| {
            let known = |tag| before.copies.has(&file.name, &file.copied().md5(), tag);
            file.prehashed || before.tag(&file.name).is_none_or(known)
        };
        let is_noted = stages.copies.is_empty() && plan.files.iter().all(is_known);
        let copies = remembered(plan, before, tags);
        let name = Name::new(COPIES_NAME)?;
        let is_needed = before.there.contains_key(&name) || copies != Copies::default();
        if self.options.dry_run || is_noted || !is_needed {
            return Ok(());
        }
        let options = manifest_options(self.store, &name);
        let saved = self.store.save(&name, copies.to_bytes()).options(options).await;
        saved.map(drop).map_err(|error| while_saving(error, Role::Copy, 0, 1, self.options.post_process))
    }

    /// Saves the manifest of this generation, and then makes it the current one, unless it is.
    pub(super) async fn save_manifest(&mut self, manifest: &Manifest, before: &Before) -> Result<()> {
        let bytes = manifest.to_bytes().into();
        let saves = if self.options.clear {
            // As if nothing was there: older generations are about to go.
            Recorded::default().to_make_current(None, bytes)
        } else {
            before.recorded.to_make_current(before.current.as_ref(), bytes)
        };
        for (name, bytes) in saves {
            self.save_record(before, name, bytes).await?;
        }
        Ok(())
    }

    async fn save_record(&mut self, before: &Before, name: Name, bytes: Bytes) -> Result<()> {
        let role = Role::Manifest;
        let action = if before.there.contains_key(&name) { Action::Replaced } else { Action::Created };
        let options = manifest_options(self.store, &name);
        let change = Change { name, role, action };
        self.save_one(&change, bytes.len() as u64, bytes.into(), options)
            .await
            .map_err(|error| while_saving(error, role, 0, 1, self.options.post_process))?;
        self.published.changes.push(change);
        Ok(())
    }
}
