//! The manifest of a publication: made of the plan and of what the saves told, and saved last.

use std::collections::HashMap;

use holdall_core::{Name, Result, SaveOptions, Store};

use super::Publishing;
use super::before::Before;
use super::failure::while_saving;
use super::output::Stages;
use super::published::{Action, Change, Role};
use super::run::Run;
use crate::collect::headers::fingerprint;
use crate::collect::plan::{Plan, Planned};
use crate::manifest::{CopyDetails, FileDetails, MANIFEST_NAME, Manifest};

/// What the manifest says about a plan. `tags` has those that copies got by this run.
pub(super) fn manifest(
    plan: &Plan,
    before: &Before,
    mut tags: HashMap<Name, String>,
    store: &Store,
    options: &Publishing,
) -> Manifest {
    let attributes = |file: &Planned, role: Role| options.headers.attributes(&file.name, file.is_utf8, role);
    let keeps_headers = store.capabilities().attributes;
    let mut manifest = Manifest::default();
    for file in &plan.files {
        let tag = tags.remove(&file.name).or_else(|| before.tag(&file.name).map(str::to_owned));
        let copy = tag.filter(|_| options.copies && !file.prehashed).map(|tag| {
            let headers = keeps_headers.then(|| fingerprint(&attributes(file, Role::Copy)));
            CopyDetails::new(file.original.md5(), tag).with_headers(headers)
        });
        let (digests, attributes) = (file.digests(), attributes(file, Role::Hashed));
        let headers = keeps_headers.then(|| fingerprint(&attributes));
        let content_type = attributes.content_type.unwrap_or_default();
        let details = FileDetails::new(digests.size, content_type, digests.integrity())
            .with_sha256(digests.sha256())
            .with_headers(headers)
            .with_immutable(file.prehashed)
            .with_imports(plan.modules.imports.get(&file.name).cloned().unwrap_or_default())
            .with_copy(copy);
        manifest.insert(file.name.clone(), file.hashed.clone(), details);
    }
    for (key, entry) in &plan.entries {
        manifest.insert_entry(key, entry.clone());
    }
    manifest.set_import_map(plan.modules.import_map.clone());
    manifest
}

impl Run<'_> {
    /// Saves the manifest, if it differs from the one that is there. It holds the tags of copies, so that it is
    /// another one whenever a copy was saved; a dry run, which cannot know the tags, decides the same.
    pub(super) async fn save_manifest(
        &mut self,
        manifest: &Manifest,
        before: &Before,
        stages: &Stages<'_>,
    ) -> Result<()> {
        if stages.copies.is_empty() && before.manifest.as_ref() == Some(manifest) {
            return Ok(());
        }
        let (name, role) = (Name::new(MANIFEST_NAME)?, Role::Manifest);
        let action = if before.there.contains_key(&name) { Action::Replaced } else { Action::Created };
        let change = Change { name, role, action };
        let bytes = manifest.to_bytes();
        let mut options = SaveOptions::default();
        if self.store.capabilities().attributes {
            options = options.with_content_type("application/json").with_cache_control("no-cache");
        }
        self.save_one(&change, bytes.len() as u64, bytes.into(), options)
            .await
            .map_err(|error| while_saving(error, role, 0, 1, true))?;
        self.published.changes.push(change);
        Ok(())
    }
}
