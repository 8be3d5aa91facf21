//! What has to be saved, stage by stage.

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use holdall_core::{Attributes, Checksum, Content, Name, Result, Store};

use super::Publishing;
use super::before::Before;
use super::compare::{Verdict, compare, look};
use super::published::{Action, Role};
use super::variants::Known;
use crate::collect::plan::{Plan, Planned};
use crate::finders::Source;

/// One file to publish.
#[derive(Debug)]
pub(crate) struct Output<'a> {
    pub(crate) name: &'a Name,
    pub(crate) role: Role,
    pub(crate) action: Action,
    pub(crate) from: Origin<'a>,
    /// Bytes.
    pub(crate) size: u64,
    pub(crate) checksum: Checksum,
    /// What the storage keeps; nothing where it keeps none.
    pub(crate) attributes: Attributes,
}

/// Where the bytes of an output are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'a> {
    Source(&'a Source),
    Text(&'a Bytes),
}

impl Origin<'_> {
    pub(crate) fn content(self) -> Content<'static> {
        match self {
            Self::Source(Source::Path(path)) => Content::path(path.clone()),
            Self::Source(Source::Bytes(bytes)) | Self::Text(bytes) => Content::bytes(bytes.clone()),
        }
    }
}

/// Everything to save, in the order of publishing: a stage begins when the one before is at the destination as a
/// whole, so that nothing there ever refers to what is not there yet.
#[derive(Debug, Default)]
pub(crate) struct Stages<'a> {
    /// Under hashed names; nothing refers to these before the manifest does.
    pub(crate) hashed: Vec<Output<'a>>,
    /// Under the files' own names.
    pub(crate) copies: Vec<Output<'a>>,
    /// What is there already.
    pub(crate) unchanged: Vec<(&'a Name, Role)>,
}

impl<'a> Stages<'a> {
    /// Compares what should be there with what is. Nothing is changed.
    pub(crate) async fn new(
        store: &Store,
        plan: &'a Plan,
        before: &Before,
        options: &Publishing,
        known: &[Known],
    ) -> Result<Self> {
        // What is stored encoded was seen to with the variants.
        let is_left = |(_, known): &(&Planned, &Known)| options.post_process && known.encoding.is_none();
        let hashed = plan.files.iter().zip(known).filter(is_left).map(|(file, _)| (Role::Hashed, file));
        // What a bundler hashed has one name, and is there already.
        let has_copy = |file: &&Planned| options.copies && !(options.post_process && file.prehashed);
        let copies = plan.files.iter().filter(has_copy).map(|file| (Role::Copy, file));
        let wanted = hashed.chain(copies).map(|(role, file)| {
            let output = Output::new(role, file, store, options);
            let verdict = compare(&output, file, before, store);
            (output, verdict)
        });
        // In their order: the lists of two runs are the same.
        let decided: Vec<(Output<'a>, Verdict)> = stream::iter(wanted.collect::<Vec<_>>())
            .map(|(output, verdict)| async move {
                let verdict = match verdict {
                    Verdict::Look { same_content } => look(&output, same_content, store).await?,
                    decided => decided,
                };
                Ok::<_, holdall_core::Error>((output, verdict))
            })
            .buffered(options.jobs)
            .try_collect()
            .await?;
        let mut stages = Self::default();
        for (mut output, verdict) in decided {
            let Verdict::Do(action) = verdict else {
                stages.unchanged.push((output.name, output.role));
                continue;
            };
            output.action = action;
            let stage = if output.role == Role::Copy { &mut stages.copies } else { &mut stages.hashed };
            stage.push(output);
        }
        Ok(stages)
    }

    /// All outputs, in the order of publishing.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = &Output<'a>> {
        self.hashed.iter().chain(&self.copies)
    }
}

impl<'a> Output<'a> {
    pub(super) fn new(role: Role, file: &'a Planned, store: &Store, options: &Publishing) -> Self {
        // The content of what a bundler hashed does not change, whatever the role.
        let cached_as = if file.prehashed { Role::Hashed } else { role };
        let mut attributes = options.headers.attributes(&file.name, file.is_utf8, cached_as);
        if !store.capabilities().attributes {
            // Headers are the business of whoever serves the files then; a visibility that was asked for is not.
            let visibility = attributes.visibility;
            attributes = Attributes::default();
            attributes.visibility = visibility;
        }
        let (name, from, digests) = match (role, &file.rewritten) {
            (Role::Copy, _) => (&file.name, Origin::Source(&file.source), &file.original),
            (_, None) => (&file.hashed, Origin::Source(&file.source), &file.original),
            (_, Some((text, digests))) => (&file.hashed, Origin::Text(text), digests),
        };
        let (size, checksum) = (digests.size, digests.checksum);
        Self { name, role, action: Action::Created, from, size, checksum, attributes }
    }
}
