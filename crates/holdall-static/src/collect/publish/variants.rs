//! Variants of a plan's files: which are wanted and there, and which have to be made.

use std::collections::{BTreeMap, HashSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use holdall_core::{Error, ErrorKind, Name, Operation, Result, Store};

use super::Publishing;
use super::before::Before;
use super::compare::{Verdict, look};
use super::encoded::output;
use super::published::Role;
use super::workers::Task;
use crate::collect::headers::fingerprint;
use crate::collect::plan::Plan;
use crate::compress::{Encoding, Place, Variant, pays};

/// What is known about a file in other encodings, for its entry in the manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) variants: BTreeMap<Encoding, Variant>,
    /// The encoding of the object under the hashed name.
    pub(super) encoding: Option<Encoding>,
}

impl Known {
    pub(super) fn remember(&mut self, encoding: Encoding, made: Variant, place: Place) {
        self.variants.insert(encoding, made);
        if place == Place::Within && made.size.is_some() {
            self.encoding = Some(encoding);
        }
    }
}

/// Whether the storage can keep what was asked for.
///
/// # Errors
///
/// `Unsupported` for encoded objects where `Content-Encoding` is not kept: they could not be read.
pub(super) fn check(store: &Store, options: &Publishing) -> Result<()> {
    if options.compression.place() == Place::Within && !store.capabilities().attributes {
        let message = "files cannot be stored encoded here, since the storage keeps no Content-Encoding; have variants \
                       beside them, which need none";
        return Err(Error::message(ErrorKind::Unsupported, message).with_operation(Operation::Save));
    }
    Ok(())
}

/// What is known without compressing anything, and what is left to do.
#[derive(Debug, Default)]
pub(super) struct Variants<'a> {
    /// For each file of the plan.
    pub(super) known: Vec<Known>,
    /// What is there as it should be: a variant, or a file that is stored encoded.
    pub(super) unchanged: Vec<(Name, Role)>,
    pub(super) tasks: Vec<Task<'a>>,
}

/// What came of a task in an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    /// This, and it is where it should be.
    There(Variant),
    /// This lies there, and no manifest knows it: a run that failed left it, or somebody else.
    Found(Variant),
    /// Nothing that is of use.
    No,
}

impl<'a> Variants<'a> {
    /// Compares what is asked for with what the last manifest says and with what is there. Nothing is changed.
    ///
    /// # Errors
    ///
    /// `InvalidName` where the name of a variant would be too long; those of the storage.
    pub(super) async fn new(
        store: &Store,
        plan: &'a Plan,
        before: &Before,
        options: &Publishing,
    ) -> Result<Self> {
        let place = options.compression.place();
        let mut variants = Self { known: vec![Known::default(); plan.files.len()], ..Self::default() };
        // In their order: the lists of two runs are the same.
        let tasks = tasks(plan, options)?;
        // By number, so that the stream need not be generic over the life of each task.
        let decided: Vec<Option<Variant>> = stream::iter(0..tasks.len())
            .map(|at| {
                let task = &tasks[at];
                async move {
                    Ok::<_, Error>(match before.made(task, store, options) {
                        // Everything is sent again.
                        Made::There(made) | Made::Found(made) if options.clear && made.size.is_some() => None,
                        Made::There(made) => Some(made),
                        Made::Found(made) => {
                            let output = output(task, made.size.unwrap_or_default(), store, options);
                            let is_whole = !store.capabilities().attributes
                                || look(&output, true, store).await? == Verdict::Same;
                            is_whole.then_some(made)
                        }
                        Made::No => None,
                    })
                }
            })
            .buffered(options.jobs)
            .try_collect()
            .await?;
        for (task, made) in tasks.into_iter().zip(decided) {
            let Some(made) = made else {
                variants.tasks.push(task);
                continue;
            };
            variants.known[task.at].remember(task.encoding, made, place);
            variants.unchanged.extend(made.size.map(|_| (task.name, task.role)));
        }
        // The largest and slowest first, so that all cores have something to do to the end.
        variants.tasks.sort_by_key(|task| {
            std::cmp::Reverse((task.file.digests().size, task.encoding == Encoding::Brotli))
        });
        Ok(variants)
    }
}

/// Everything that is to be compressed at some time.
fn tasks<'a>(plan: &'a Plan, options: &Publishing) -> Result<Vec<Task<'a>>> {
    let (settings, place) = (&options.compression, options.compression.place());
    // A variant that the sources bring themselves is a file like any other.
    let taken: HashSet<&Name> = plan.files.iter().flat_map(|file| [&file.name, &file.hashed]).collect();
    let mut tasks = Vec::new();
    for (at, file) in plan.files.iter().enumerate() {
        if !settings.takes(&file.name, file.digests().size) {
            continue;
        }
        for (encoding, level) in settings.levels() {
            let (name, role) = match place {
                Place::Beside => (encoding.variant_of(&file.hashed)?, Role::Variant),
                Place::Within => (file.hashed.clone(), Role::Hashed),
            };
            if place == Place::Within || !taken.contains(&name) {
                tasks.push(Task { at, file, name, role, encoding, level });
            }
        }
    }
    Ok(tasks)
}

impl Before {
    /// The last manifest knows what was made of this content, at which level and with which headers. Of content
    /// that it does not know a variant may lie there since a run that failed; the level is taken for the same.
    fn made(&self, task: &Task<'_>, store: &Store, options: &Publishing) -> Made {
        let place = options.compression.place();
        let size = self.there.get(&task.name).map(|there| there.size);
        let manifest = self.manifest.as_ref();
        let details = manifest
            .and_then(|manifest| manifest.details(manifest.by_hashed(task.file.hashed.as_str())?.as_str()));
        let Some(details) = details else {
            let size = size.filter(|size| pays(task.file.digests().size, *size) && place == Place::Beside);
            return size.map_or(Made::No, |size| Made::Found(Variant::new(task.level, size)));
        };
        // What a bundler hashed may be something else under the same name.
        let is_same = details.integrity == task.file.digests().integrity();
        let Some(made) =
            details.variants.get(&task.encoding).filter(|made| made.level == task.level && is_same)
        else {
            return Made::No;
        };
        let is_there = || {
            let was_within = details.encoding == Some(task.encoding);
            let attributes = options.headers.attributes(&task.file.name, task.file.is_utf8, Role::Hashed);
            let has_headers = !store.capabilities().attributes
                || details.headers.as_ref() == Some(&fingerprint(&attributes));
            was_within == (place == Place::Within) && made.size == size && has_headers
        };
        if made.size.is_none() || is_there() { Made::There(*made) } else { Made::No }
    }
}
