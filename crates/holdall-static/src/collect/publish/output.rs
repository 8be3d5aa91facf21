//! What has to be saved, stage by stage.

use bytes::Bytes;
use holdall_core::{Attributes, Content, Name};

use super::before::Before;
use super::published::{Action, Role};
use super::{IMMUTABLE, Publishing, SHORT};
use crate::collect::plan::{Plan, Planned, attributes};
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
    /// Compares what should be there with what is.
    pub(crate) fn new(plan: &'a Plan, before: &Before, options: &Publishing) -> Self {
        let mut stages = Self::default();
        if options.post_process {
            for file in &plan.files {
                if before.has_hashed(file) {
                    stages.unchanged.push((&file.hashed, Role::Hashed));
                } else {
                    stages.hashed.push(hashed(file, before));
                }
            }
        }
        if options.copies {
            // What a bundler hashed has one name, and is there already.
            for file in plan.files.iter().filter(|file| !(options.post_process && file.prehashed)) {
                if before.has_copy(file) {
                    stages.unchanged.push((&file.name, Role::Copy));
                } else {
                    stages.copies.push(copy(file, before));
                }
            }
        }
        stages
    }

    /// All outputs, in the order of publishing.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = &Output<'a>> {
        self.hashed.iter().chain(&self.copies)
    }
}

fn action(name: &Name, before: &Before) -> Action {
    if before.there.contains_key(name) { Action::Replaced } else { Action::Created }
}

fn hashed<'a>(file: &'a Planned, before: &Before) -> Output<'a> {
    Output {
        name: &file.hashed,
        role: Role::Hashed,
        action: action(&file.hashed, before),
        from: file.rewritten.as_ref().map_or(Origin::Source(&file.source), |(text, _)| Origin::Text(text)),
        size: file.digests().size,
        attributes: attributes(&file.name, IMMUTABLE),
    }
}

fn copy<'a>(file: &'a Planned, before: &Before) -> Output<'a> {
    Output {
        name: &file.name,
        role: Role::Copy,
        action: action(&file.name, before),
        from: Origin::Source(&file.source),
        size: file.original.size,
        attributes: attributes(&file.name, if file.prehashed { IMMUTABLE } else { SHORT }),
    }
}
