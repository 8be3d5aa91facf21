//! What has to be saved, stage by stage.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use holdall_core::{Name, Result, Store};

use super::Publishing;
use super::before::Before;
use super::compare::{Verdict, compare, look};
use super::link::{Standing, standings};
use super::output::{Origin, Output};
use super::published::{Action, Role};
use super::variants::Known;
use crate::collect::plan::{Plan, Planned};

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
        let links = standings(plan, before, options).await?;
        // What is stored encoded was seen to with the variants.
        let is_left = |(_, known): &(&Planned, &Known)| options.post_process && known.encoding.is_none();
        let hashed = plan.files.iter().zip(known).filter(is_left).map(|(file, _)| (Role::Hashed, file));
        // What a bundler hashed has one name, and is there already.
        let has_copy = |file: &&Planned| options.copies && !(options.post_process && file.prehashed);
        let copies = plan.files.iter().filter(has_copy).map(|file| (Role::Copy, file));
        // On this machine the file system may share the blocks of both. The storage's checksum shows that the hashed
        // file is what it should be.
        let shares = options.local.is_some() && options.post_process && store.capabilities().checksum;
        let shares = shares && known.iter().all(|known| known.encoding.is_none());
        let wanted = hashed.chain(copies).map(|(role, file)| {
            let mut output = Output::new(role, file, store, options);
            if shares && role == Role::Copy && file.rewritten.is_none() {
                output.from = Origin::Hashed(&file.hashed, &file.source);
            }
            let link = links.get(output.name).filter(|_| role == Role::Copy);
            output.over_link = matches!(link, Some(Standing::Link(_)));
            let verdict = decide(&output, file, link, before, store, options);
            (output, verdict)
        });
        let wanted: Vec<_> = wanted.collect();
        // In their order: the lists of two runs are the same. By number, so that the stream need not be generic over
        // the life of each output: a future that is, is not `Send`.
        let decided: Vec<Verdict> = stream::iter(0..wanted.len())
            .map(|at| {
                let (output, verdict) = &wanted[at];
                async move {
                    match verdict {
                        Verdict::Look { same_content } => look(output, *same_content, store).await,
                        decided => Ok(*decided),
                    }
                }
            })
            .buffered(options.jobs)
            .try_collect()
            .await?;
        let mut stages = Self::default();
        for ((mut output, _), verdict) in wanted.into_iter().zip(decided) {
            output.action = match verdict {
                // It takes the whole file to give it other headers.
                Verdict::Do(Action::Updated) if !store.capabilities().update_attributes => Action::Replaced,
                Verdict::Do(action) => action,
                _ => {
                    stages.unchanged.push((output.name, output.role));
                    continue;
                }
            };
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

/// What has to be done with an output, as far as that can be said without a request for it.
fn decide(
    output: &Output<'_>,
    file: &Planned,
    link: Option<&Standing>,
    before: &Before,
    store: &Store,
    options: &Publishing,
) -> Verdict {
    match link {
        Some(standing) if options.link && standing.leads_to(&file.source) && !options.clear => Verdict::Same,
        Some(_) if options.link => Verdict::Do(Action::Linked),
        Some(Standing::Link(_)) => Verdict::Do(Action::Replaced),
        _ => match compare(output, file, before, store) {
            created @ Verdict::Do(Action::Created) => created,
            _ if options.clear => Verdict::Do(Action::Replaced),
            verdict => verdict,
        },
    }
}
