//! Random histories: whatever is published, rolled back and pruned, in whatever order and after whatever accident,
//! everything that counts is there.

use std::collections::BTreeMap;
use std::time::Duration;

use holdall_static::{Collector, Embedded, GenerationId, Generations, Prune, Role, rollback, verify};
use proptest::prelude::*;

use crate::generations::{DAY, Place};
use crate::support::contents;

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// These files are collected: pairs of a name and a content.
    Collect {
        files: Vec<(usize, usize)>,
        copies: bool,
    },
    /// The same, and the run dies after it recorded its generation.
    Die {
        files: Vec<(usize, usize)>,
    },
    /// Some generation, by its place.
    Rollback(usize),
    /// Somebody copies a versioned manifest over the pointer.
    MovePointer(usize),
    Prune {
        keep: usize,
        grace: u64,
    },
    /// Hours.
    Wait(u64),
}

/// Names and contents of which files are made. Some refer to others, so that hashed names depend on them.
const NAMES: [&str; 4] = ["a.css", "b.css", "c.js", "d.txt"];
const CONTENTS: [&str; 4] = ["", "1", "/* 2 */", "@import 'b.css';"];

fn files() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..NAMES.len(), 0..CONTENTS.len()), 1..5)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (files(), any::<bool>()).prop_map(|(files, copies)| Step::Collect { files, copies }),
        1 => files().prop_map(|files| Step::Die { files }),
        1 => (0_usize..6).prop_map(Step::Rollback),
        1 => (0_usize..6).prop_map(Step::MovePointer),
        3 => (0_usize..4, 0_u64..60).prop_map(|(keep, grace)| Step::Prune { keep, grace }),
        3 => (0_u64..40).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 1..14)
}

/// A collector of these files; `b.css` is always among them, since others may refer to it.
fn collector(files: &[(usize, usize)]) -> Collector {
    let mut tree = BTreeMap::from([("b.css", "")]);
    tree.extend(files.iter().map(|(name, content)| (NAMES[*name], CONTENTS[*content])));
    Collector::new().finder(Embedded::new(tree).unwrap())
}

/// What is known without asking the storage: when each generation was the current one last.
#[derive(Debug, Default)]
struct Truth {
    current: Option<GenerationId>,
    last_current: BTreeMap<GenerationId, std::time::SystemTime>,
}

impl Truth {
    fn is_current(&mut self, id: GenerationId, place: &Place) {
        if let Some(before) = self.current.filter(|before| *before != id) {
            self.last_current.insert(before, place.now());
        }
        self.current = Some(id);
    }
}

/// Every generation that there is has all of its hashed files, and the current one its copies, too.
async fn everything_is_there(place: &Place, truth: &Truth) {
    let generations = Generations::load(&place.store).await.unwrap();
    assert_eq!(generations.current().map(|current| current.id), truth.current);
    for generation in generations.iter() {
        let manifest = generations.manifest(generation.id).await.unwrap();
        let verification = verify(&place.store, &manifest, 4).await.unwrap();
        let wrong: Vec<_> = verification.wrong.iter().filter(|finding| finding.role != Role::Copy).collect();
        assert!(wrong.is_empty(), "{generation:?}: {wrong:?}");
    }
}

async fn run(steps: Vec<Step>) {
    let place = Place::new();
    let mut truth = Truth::default();
    for step in steps {
        match step {
            Step::Collect { files, copies } => {
                let collector = collector(&files).copies(copies);
                let pretended = collector.clone().dry_run(true).collect(&place.store).await.unwrap();
                let done = collector.collect(&place.store).await.unwrap();
                assert_eq!(pretended.published, done.published);
                truth.is_current(place.current().await, &place);
                let manifest = holdall_static::Manifest::load(&place.store).await.unwrap();
                assert!(verify(&place.store, &manifest, 4).await.unwrap().is_ok());
                assert!(collector.collect(&place.store).await.unwrap().published.changes.is_empty());
            }
            Step::Die { files } => {
                let aside = Place::new();
                collector(&files).copies(false).collect(&aside.store).await.unwrap();
                for (name, text) in contents(&aside.store).await {
                    if name != holdall_static::MANIFEST_NAME {
                        place.store.save(&*name, text).overwrite().await.unwrap();
                    }
                }
            }
            Step::Rollback(at) | Step::MovePointer(at) => {
                let generations = Generations::load(&place.store).await.unwrap();
                let Some(generation) = generations.iter().nth(at) else { continue };
                if matches!(step, Step::Rollback(_)) {
                    rollback(&place.store, generation.id).await.unwrap();
                } else {
                    let copy = place.store.copy(&generation.manifest_name, holdall_static::MANIFEST_NAME);
                    copy.overwrite().await.unwrap();
                }
                truth.is_current(generation.id, &place);
            }
            Step::Prune { keep, grace } => {
                if truth.current.is_none() {
                    continue;
                }
                let grace = Duration::from_hours(grace);
                let prune = || Prune::new().keep(keep).grace(grace);
                let pruned = place.prune(prune()).await;
                for id in &pruned.pruned {
                    let until = truth.last_current.get(id);
                    assert!(
                        Some(*id) != truth.current && until.is_none_or(|until| *until + grace <= place.now())
                    );
                }
                // Nothing more to do.
                let again = place.prune(prune()).await;
                assert!(again.deleted.is_empty() && again.pruned.is_empty(), "{again}");
            }
            Step::Wait(hours) => place.wait(Duration::from_hours(hours)),
        }
        everything_is_there(&place, &truth).await;
    }
    // In the end nothing is left but what is current and what nobody recorded.
    if let Some(current) = truth.current {
        place.wait(DAY);
        let pruned = place.prune(Prune::new().keep(0).grace(Duration::ZERO)).await;
        assert_eq!(pruned.kept, [current]);
        everything_is_there(&place, &truth).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_happens_everything_that_counts_is_there(steps in steps()) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(run(steps));
    }
}
