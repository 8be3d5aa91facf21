//! Without the feature `gitignore` there are no rules of git: nothing is said about any name.
#![expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the same calls as with the feature")]

use std::path::Path;

use holdall_core::Result;

/// No lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rules {}

impl Rules {
    pub(super) fn honours_files(&self) -> bool {
        false
    }

    pub(super) fn says(&self, _: &str, _: bool) -> Option<bool> {
        None
    }
}

/// No files.
#[derive(Debug)]
pub(in crate::finders) struct Tree;

impl Tree {
    pub(super) fn new(_: bool) -> Self {
        Self
    }

    pub(in crate::finders) fn enter(&mut self, _: &Path, _: usize) -> Result<()> {
        Ok(())
    }

    pub(in crate::finders) fn says(&mut self, _: &Path, _: usize, _: bool) -> Option<bool> {
        None
    }
}
