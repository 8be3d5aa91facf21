//! The conditions that the server honours: known beforehand, or asked once, when it matters for the first time.
//!
//! A condition that is ignored is answered with success, so that nobody notices what it cost. So a condition of
//! which nothing is known is tried on a small object of our own before it is relied on. Many who need the answer at
//! the same moment share one question, and it is kept for the life of the storage.
//!
//! A question finds out whether the server looks at the condition at all. Whether it also holds against others at the
//! same moment no single request shows; a [probe](crate::S3Storage::probe) races some, and settings can say it.

mod answer;
mod conditions;
mod scratch;
mod trial_upload;

use std::sync::Arc;

use holdall_core::{Capabilities, Error, Result, SaveMode};

pub use self::answer::Answer;
pub(crate) use self::answer::{answer_of, no_tag, settled};
pub(crate) use self::conditions::{ask, copying};
pub(crate) use self::scratch::{BODY, OTHER, Scratch};
pub(crate) use self::trial_upload::TrialUpload;
use crate::config::{ServerCondition, UniqueNames, capabilities};
use crate::verbs::conditional::Condition;
use crate::wire::client::Inner;
use crate::wire::error::Failure;
use crate::wire::tasks::to_the_end;

use ServerCondition::{
    CompleteIfMatch, CompleteIfNoneMatch, CopyIfMatch, CopyIfNoneMatch, CopySourceIfMatch, DeleteIfMatch,
    PutIfMatch, PutIfNoneMatch,
};

/// How `Unique` makes names unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unique {
    /// The name itself where it is free; conditions of the server decide that.
    ByCondition,
    /// So many random letters that nobody else has the name.
    Random,
}

/// How a copy is made on condition of what it replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CopyWay {
    /// One `CopyObject`.
    Object,
    /// A multipart upload of copied parts, whose completion has the condition.
    Parts,
}

impl Inner {
    /// The knowledge about a condition without asking.
    pub(crate) fn knows(&self, condition: ServerCondition) -> Option<bool> {
        self.honoured.known(&self.config, condition)
    }

    /// The capabilities that may be possible: every condition counts that is not known to be ignored.
    pub(crate) fn possible(&self) -> Capabilities {
        capabilities(&self.config, &|condition| self.knows(condition) != Some(false))
    }

    /// Whether the server honours a condition. Asks, if nobody has yet.
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Timeout`, `PermissionDenied` and what else keeps the question from being answered; it is asked
    /// again then.
    pub(crate) async fn honours(self: &Arc<Self>, condition: ServerCondition) -> Result<bool> {
        if let Some(known) = self.knows(condition) {
            return Ok(known);
        }
        // Boxed: it happens once, and would otherwise make the future of every request as large as it is.
        Box::pin(Arc::clone(self).find_out(condition)).await
    }

    async fn find_out(self: Arc<Self>, condition: ServerCondition) -> Result<bool> {
        let inner = self;
        // In a task, so that a dropped future leaves neither the question nor its object behind.
        to_the_end(async move {
            let _one_at_a_time = inner.honoured.one_at_a_time(condition).await;
            if let Some(known) = inner.knows(condition) {
                return Ok(known);
            }
            let scratch = Scratch::new(&inner).await?;
            let answer = conditions::ask(&scratch, condition).await;
            let left = scratch.clean().await;
            for sentence in &left {
                tracing::warn!(storage = %inner, "{sentence}");
            }
            if !left.is_empty() {
                inner.honoured.note_that_it_cannot_move();
            }
            let honoured = match answer {
                Ok(answer) => answer.is_yes(),
                Err(failure) if says_that_it_cannot(&failure) => false,
                // Any other failure says nothing about the condition: it is asked again next time.
                Err(failure) => return Err(failure.into()),
            };
            tracing::debug!(storage = %inner, %condition, honoured, "the server was asked about a condition");
            inner.honoured.answered(&inner.config, condition, honoured);
            Ok(honoured)
        })
        .await
    }

    /// How `Unique` makes names unique here.
    ///
    /// # Errors
    ///
    /// As [`honours`](Self::honours); `Unsupported` where names must be unique by a condition that the server ignores.
    pub(crate) async fn unique(self: &Arc<Self>) -> Result<Unique> {
        let wish = self.config.server.unique_names;
        if wish == UniqueNames::Random {
            return Ok(Unique::Random);
        }
        // All or nothing: the same name is made in the same way for content of every size.
        if self.honours(PutIfNoneMatch).await? && self.honours(CompleteIfNoneMatch).await? {
            return Ok(Unique::ByCondition);
        }
        match wish {
            UniqueNames::Condition => Err(Error::unsupported(
                "keep names from being taken twice: the server ignores If-None-Match; set unique_names = \"random\"",
            )),
            _ => Ok(Unique::Random),
        }
    }

    /// How a copy of so many bytes is made on that condition.
    ///
    /// # Errors
    ///
    /// As [`honours`](Self::honours); `Unsupported` where it cannot be made.
    pub(crate) async fn copy_way(self: &Arc<Self>, condition: &Condition, size: u64) -> Result<CopyWay> {
        let is_large = size > self.config.transfers.max_copy_size;
        let (object, parts) = match condition {
            Condition::None if is_large => return Ok(CopyWay::Parts),
            Condition::None => return Ok(CopyWay::Object),
            Condition::Absent => (CopyIfNoneMatch, CompleteIfNoneMatch),
            Condition::Matches(_) => (CopyIfMatch, CompleteIfMatch),
        };
        if !is_large && self.honours(object).await? {
            return Ok(CopyWay::Object);
        }
        if self.honours(parts).await? {
            return Ok(CopyWay::Parts);
        }
        let ignored = if is_large { parts } else { object };
        Err(Error::unsupported(format_args!(
            "copy a file on condition of what it replaces: the server ignores {ignored}"
        )))
    }

    /// Asks what `mode` of a save needs that is not known.
    ///
    /// # Errors
    ///
    /// As [`honours`](Self::honours).
    pub(crate) async fn ask_for_save(self: &Arc<Self>, mode: &SaveMode) -> Result<()> {
        match mode {
            SaveMode::Create => self.honours(PutIfNoneMatch).await?,
            SaveMode::IfMatch(_) => self.honours(PutIfMatch).await?,
            _ => true,
        };
        Ok(())
    }

    /// The same for content that goes in parts.
    ///
    /// # Errors
    ///
    /// As [`honours`](Self::honours); `Unsupported` where the mode does not hold for it.
    pub(crate) async fn check_large(self: &Arc<Self>, mode: &SaveMode) -> Result<()> {
        match mode {
            SaveMode::Create => self.honours(CompleteIfNoneMatch).await?,
            SaveMode::IfMatch(_) => self.honours(CompleteIfMatch).await?,
            _ => true,
        };
        holdall_core::SaveOptions::check_large(mode, self.honoured.claims())
    }

    /// The same for `copy` and `rename`.
    ///
    /// # Errors
    ///
    /// As [`honours`](Self::honours).
    pub(crate) async fn ask_for_copy(
        self: &Arc<Self>,
        mode: &SaveMode,
        names_source: bool,
        is_update: bool,
    ) -> Result<()> {
        if names_source {
            self.honours(CopySourceIfMatch).await?;
        }
        let (object, parts) = match mode {
            _ if is_update => (CopyIfMatch, CompleteIfMatch),
            SaveMode::Create => (CopyIfNoneMatch, CompleteIfNoneMatch),
            SaveMode::IfMatch(_) => (CopyIfMatch, CompleteIfMatch),
            _ => return Ok(()),
        };
        if !self.honours(object).await? {
            self.honours(parts).await?;
        }
        Ok(())
    }

    /// Asks about everything that is not known.
    ///
    /// # Errors
    ///
    /// As [`honours`](Self::honours).
    pub(crate) async fn ask_everything(self: &Arc<Self>) -> Result<()> {
        for condition in ServerCondition::ALL {
            self.honours(condition).await?;
        }
        Ok(())
    }

    /// Whether deletions may have a condition.
    ///
    /// # Errors
    ///
    /// As [`honours`](Self::honours).
    pub(crate) async fn deletes_conditionally(self: &Arc<Self>) -> Result<bool> {
        self.honours(DeleteIfMatch).await
    }
}

/// Whether a server has answered that it does not know what it was asked for.
fn says_that_it_cannot(failure: &Failure) -> bool {
    let codes =
        ["NotImplemented", "InvalidArgument", "InvalidRequest", "MethodNotAllowed", "UnsupportedOperation"];
    // A page of somebody else is no answer of the server.
    failure.is_of_s3() && matches!(failure.status(), Some(405 | 501))
        || (failure.status() == Some(400) && codes.contains(&failure.code()))
}
