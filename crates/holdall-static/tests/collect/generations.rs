//! What was published before: recorded, rolled back to, pruned.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use holdall_core::{ErrorKind, MemoryStorage, Name, Store};
use holdall_static::{
    GenerationId, Generations, MANIFEST_NAME, Manifest, Prune, Pruned, Role, rollback, verify,
};

use crate::faulty::{Fault, Faulty, shared};
use crate::support::{contents, manifest, of, saved};

pub(crate) const DAY: Duration = Duration::from_hours(24);

/// A storage in memory whose clock is set by hand.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) store: Store,
    seconds: Arc<AtomicU64>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let seconds = Arc::new(AtomicU64::new(1_700_000_000));
        let clock = Arc::clone(&seconds);
        let clock = move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::Relaxed));
        Self { store: Store::new(MemoryStorage::new().with_clock(clock)), seconds }
    }

    pub(crate) fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.seconds.load(Ordering::Relaxed))
    }

    pub(crate) fn wait(&self, time: Duration) {
        self.seconds.fetch_add(time.as_secs(), Ordering::Relaxed);
    }

    pub(crate) async fn current(&self) -> GenerationId {
        Generations::load(&self.store).await.unwrap().current().unwrap().id
    }

    /// Publishes these files a day later.
    async fn publish(&self, files: &[(&'static str, &'static str)]) -> GenerationId {
        self.wait(DAY);
        of(files).collect(&self.store).await.unwrap();
        self.current().await
    }

    /// Prunes, once it has seen that the dry run says the same and touches nothing.
    pub(crate) async fn prune(&self, prune: Prune) -> Pruned {
        let before = contents(&self.store).await;
        let plan = prune.clone().dry_run(true).run(&self.store, self.now()).await.unwrap();
        assert_eq!(contents(&self.store).await, before);
        let done = prune.run(&self.store, self.now()).await.unwrap().into_result().unwrap();
        assert_eq!(format!("{plan:?}"), format!("{done:?}"));
        let after = contents(&self.store).await;
        let gone: Vec<_> = before.keys().filter(|name| !after.contains_key(*name)).collect();
        let manifests = done.pruned.iter().map(|id| id.manifest_name().to_string());
        let mut told: Vec<_> =
            done.deleted.iter().map(|file| file.name.to_string()).chain(manifests).collect();
        told.sort();
        assert_eq!(gone, told.iter().collect::<Vec<_>>());
        done
    }
}

/// Names of a list.
fn names(list: &[holdall_static::PrunedFile]) -> Vec<&str> {
    list.iter().map(|file| file.name.as_str()).collect()
}

/// Keeps only what it must.
fn strict() -> Prune {
    Prune::new().keep(1).grace(Duration::ZERO)
}

async fn is_whole(store: &Store, id: GenerationId) {
    let manifest = Generations::load(store).await.unwrap().manifest(id).await.unwrap();
    let verification = verify(store, &manifest, 4).await.unwrap();
    let wrong: Vec<_> = verification.wrong.iter().filter(|finding| finding.role != Role::Copy).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn each_change_is_a_generation_and_no_change_is_none() {
    let place = Place::new();
    let first = place.publish(&[("a.css", "1"), ("b.css", "b")]).await;
    let second = place.publish(&[("a.css", "2"), ("b.css", "b")]).await;
    assert_eq!(place.publish(&[("a.css", "2"), ("b.css", "b")]).await, second);
    let generations = Generations::load(&place.store).await.unwrap();
    let told: Vec<_> = generations
        .iter()
        .map(|generation| (generation.id, generation.is_current, generation.superseded))
        .collect();
    let superseded = place.now() - DAY;
    assert_eq!(told, [(second, true, None), (first, false, Some(superseded))]);
    assert_eq!(generations.previous().unwrap().id, first);
    assert_eq!(generations.current().unwrap().manifest_name, second.manifest_name());
    assert_eq!(generations.manifest(second).await.unwrap(), manifest(&place.store).await);
    let old = generations.manifest(first).await.unwrap();
    assert_eq!(old.diff(&manifest(&place.store).await).changed.len(), 1);
    is_whole(&place.store, first).await;

    let contents = contents(&place.store).await;
    assert_eq!(contents[second.manifest_name().as_str()], contents[MANIFEST_NAME]);
}

#[tokio::test]
async fn an_old_state_that_is_published_again_is_the_newest_generation() {
    let place = Place::new();
    let first = place.publish(&[("a.css", "1")]).await;
    let second = place.publish(&[("a.css", "2")]).await;
    assert_eq!(place.publish(&[("a.css", "1")]).await, first);
    let generations = Generations::load(&place.store).await.unwrap();
    assert_eq!(generations.iter().map(|generation| generation.id).collect::<Vec<_>>(), [first, second]);
    assert_eq!(generations.current().unwrap().modified, place.now());
    assert_eq!(place.store.metadata(first.manifest_name()).await.unwrap().modified, place.now());
    assert_eq!(generations.previous().unwrap().superseded, Some(place.now()));
}

#[tokio::test]
async fn a_rollback_moves_the_pointer_and_nothing_else() {
    let place = Place::new();
    let first = place.publish(&[("a.css", "1"), ("b.css", "b")]).await;
    let second = place.publish(&[("a.css", "2"), ("c.css", "c")]).await;
    let before = contents(&place.store).await;
    place.wait(DAY);
    let done = rollback(&place.store, first).await.unwrap();
    assert_eq!((done.from, done.to, done.files), (Some(second), first, 2));
    let mut after = contents(&place.store).await;
    assert_eq!(after[MANIFEST_NAME], after[first.manifest_name().as_str()]);
    after.insert(MANIFEST_NAME.to_owned(), before[MANIFEST_NAME].clone());
    assert_eq!(after, before);
    let generations = Generations::load(&place.store).await.unwrap();
    assert_eq!(generations.current().unwrap().modified, place.now());
    assert_eq!(place.store.metadata(first.manifest_name()).await.unwrap().modified, place.now());
    assert_eq!(generations.previous().unwrap().id, second);

    // Once more changes nothing, and forth again is a rollback, too.
    place.wait(DAY);
    rollback(&place.store, first).await.unwrap();
    assert_eq!(Generations::load(&place.store).await.unwrap().current().unwrap().modified, place.now() - DAY);
    assert_eq!(rollback(&place.store, second).await.unwrap().from, Some(first));
    assert_eq!(contents(&place.store).await, before);
}

#[tokio::test]
async fn a_rollback_to_what_is_no_longer_whole_is_refused_with_a_list() {
    let place = Place::new();
    let first = place.publish(&[("a.css", "1"), ("b.css", "b"), ("c.css", "c")]).await;
    let old = manifest(&place.store).await;
    let second = place.publish(&[("a.css", "2")]).await;
    place.store.delete(old.get("a.css").unwrap()).await.unwrap();
    place.store.save(old.get("b.css").unwrap(), "longer").overwrite().await.unwrap();
    let before = contents(&place.store).await;
    let error = rollback(&place.store, first).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let lines: Vec<&str> = error.reason().lines().collect();
    assert_eq!(
        lines[1..3],
        [
            format!("{}: it is not there", old.get("a.css").unwrap()),
            format!("{}: it has 6 bytes there and 1 in the manifest", old.get("b.css").unwrap()),
        ]
    );
    assert!(
        lines[0].ends_with("since 2 of its files are missing:")
            && lines[3].starts_with("nothing was changed")
    );
    assert_eq!((contents(&place.store).await, place.current().await), (before, second));

    let error = rollback(&place.store, "0123456789ab".parse().unwrap()).await.unwrap_err();
    assert!(error.reason().contains(&format!("there are: {second}, {first}")), "{error}");
    // A manifest that was touched is not what its name says.
    place.store.save(first.manifest_name(), "{}").overwrite().await.unwrap();
    let error = rollback(&place.store, first).await.unwrap_err();
    assert_eq!((error.kind(), error.name()), (ErrorKind::InvalidInput, Some(first.manifest_name().as_str())));
}

#[tokio::test]
async fn a_rollback_mends_a_pointer_that_is_broken_or_gone() {
    let place = Place::new();
    let first = place.publish(&[("a.css", "1")]).await;
    place.store.save(MANIFEST_NAME, "{ broken").overwrite().await.unwrap();
    rollback(&place.store, first).await.unwrap();
    place.store.delete(MANIFEST_NAME).await.unwrap();
    assert_eq!(Generations::load(&place.store).await.unwrap().current(), None);
    assert_eq!(rollback(&place.store, first).await.unwrap().from, None);
    assert_eq!(place.current().await, first);
}

#[tokio::test]
async fn what_no_kept_generation_names_is_pruned_once_its_grace_is_over() {
    let place = Place::new();
    let first = place.publish(&[("a.css", "1"), ("b.css", "b"), ("old.css", "o")]).await;
    let old = manifest(&place.store).await;
    let second = place.publish(&[("a.css", "2"), ("b.css", "b")]).await;
    let third = place.publish(&[("a.css", "3"), ("b.css", "b")]).await;
    place.store.save("of/nobody.txt", "?").await.unwrap();

    // The first was superseded a day ago, the second just now.
    let pruned = place.prune(Prune::new().keep(1).grace(DAY + Duration::from_secs(1))).await;
    assert_eq!((pruned.kept, pruned.pruned), (vec![third, second, first], vec![]));
    assert_eq!(pruned.unknown, [Name::new("of/nobody.txt").unwrap()]);
    let pruned = place.prune(Prune::new().keep(2).grace(DAY)).await;
    assert_eq!(
        (pruned.kept.as_slice(), pruned.pruned.as_slice()),
        ([third, second].as_slice(), [first].as_slice())
    );
    let (a, o) = (old.get("a.css").unwrap().as_str(), old.get("old.css").unwrap().as_str());
    assert_eq!(names(&pruned.deleted), [a, "old.css", o]);
    assert_eq!(pruned.bytes(), 3);
    is_whole(&place.store, second).await;
    is_whole(&place.store, third).await;

    let pruned = place.prune(strict()).await;
    assert_eq!((pruned.kept.as_slice(), pruned.deleted.len()), ([third].as_slice(), 1));
    assert_eq!(place.prune(strict()).await.deleted, []);
    assert_eq!(saved(&of(&[("a.css", "3"), ("b.css", "b")]).collect(&place.store).await.unwrap()), [""; 0]);
    assert!(contents(&place.store).await.contains_key("of/nobody.txt"));
}

#[tokio::test]
async fn a_generation_that_was_current_till_just_now_has_its_whole_grace() {
    // However old it is, and whatever else was recorded since.
    let place = Place::new();
    let first = place.publish(&[("a.css", "1")]).await;
    // A run that dies between its manifest and the pointer.
    place.wait(DAY);
    let aside = Place::new();
    of(&[("a.css", "lost")]).collect(&aside.store).await.unwrap();
    let lost = aside.current().await;
    let files = contents(&aside.store).await;
    for (name, text) in
        files.iter().filter(|(name, _)| name.contains(".css") || **name == lost.manifest_name().as_str())
    {
        place.store.save(name.as_str(), text.clone()).overwrite().await.unwrap();
    }
    let generations = Generations::load(&place.store).await.unwrap();
    assert!(generations.get(lost).unwrap().is_ahead);
    assert_eq!(generations.previous(), None);
    // It may still be going on.
    let pruned = place.prune(Prune::new().keep(1).grace(DAY)).await;
    assert_eq!(pruned.kept, [first, lost]);

    place.wait(30 * DAY);
    let second = place.publish(&[("a.css", "2")]).await;
    let one_day = Prune::new().keep(1).grace(DAY);
    assert_eq!(place.prune(one_day.clone()).await.kept, [second, first, lost]);
    is_whole(&place.store, first).await;
    place.wait(DAY);
    assert_eq!(place.prune(one_day).await.kept, [second]);
}

#[tokio::test]
async fn a_pointer_that_was_moved_by_hand_counts() {
    let place = Place::new();
    let first = place.publish(&[("a.css", "1")]).await;
    let second = place.publish(&[("a.css", "2")]).await;
    place.wait(30 * DAY);
    place.store.copy(first.manifest_name(), MANIFEST_NAME).overwrite().await.unwrap();
    let generations = Generations::load(&place.store).await.unwrap();
    assert_eq!(generations.previous().unwrap().superseded, Some(place.now()));
    let pruned = place.prune(Prune::new().keep(1).grace(DAY)).await;
    assert_eq!(pruned.kept, [first, second]);
    // And goes on counting when another one follows.
    let third = place.publish(&[("a.css", "3")]).await;
    assert_eq!(place.prune(Prune::new().keep(1).grace(DAY)).await.kept, [third, first, second]);
    place.wait(DAY);
    assert_eq!(place.prune(Prune::new().keep(1).grace(DAY)).await.kept, [third]);
}

#[tokio::test]
async fn nothing_is_pruned_while_a_manifest_that_counts_cannot_be_read() {
    let place = Place::new();
    let error = strict().run(&place.store, place.now()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let ids = [
        place.publish(&[("a.css", "1")]).await,
        place.publish(&[("a.css", "2")]).await,
        place.publish(&[("a.css", "3")]).await,
    ];
    let whole = contents(&place.store).await;
    for (name, keep) in [(MANIFEST_NAME.to_owned(), 1), (ids[1].manifest_name().to_string(), 2)] {
        place.store.save(&*name, "{ broken").overwrite().await.unwrap();
        let error =
            Prune::new().keep(keep).grace(Duration::ZERO).run(&place.store, place.now()).await.unwrap_err();
        assert_eq!((error.kind(), error.name()), (ErrorKind::InvalidInput, Some(&*name)), "{error}");
        assert!(error.reason().ends_with("as long as it cannot be read nothing is pruned"), "{error}");
        place.store.save(&*name, whole[&name].clone()).overwrite().await.unwrap();
    }
    assert_eq!(contents(&place.store).await, whole);
    // One that would go is left with what it named.
    place.store.save(ids[0].manifest_name(), "{ broken").overwrite().await.unwrap();
    place.wait(DAY);
    place.publish(&[("a.css", "4")]).await;
    let pruned = place.prune(strict()).await;
    assert_eq!(pruned.unreadable.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [ids[0]]);
    assert_eq!(pruned.unknown.len(), 1);
    assert!(pruned.to_string().contains("is left as it is: the manifest was changed or damaged"), "{pruned}");
}

/// Each way out of a manifest that cannot be read leads out.
#[tokio::test]
async fn what_prune_advises_in_the_face_of_a_broken_manifest_helps() {
    for text in ["{ broken", r#"{"paths": {}, "version": "2.0"}"#] {
        for by_rollback in [true, false] {
            let place = Place::new();
            let first = place.publish(&[("a.css", "1")]).await;
            place.wait(DAY);
            place.publish(&[("a.css", "2")]).await;
            place.store.save(MANIFEST_NAME, text).overwrite().await.unwrap();
            let error = strict().run(&place.store, place.now()).await.unwrap_err();
            for way in ["`holdall manifest rollback`", "`holdall collectstatic --force`"] {
                assert!(error.reason().contains(way), "{error}");
            }
            if by_rollback {
                rollback(&place.store, first).await.unwrap();
            } else {
                let collector = crate::support::of(&[("a.css", "3")]);
                collector.collect(&place.store).await.unwrap_err();
                collector.replace_manifest(true).collect(&place.store).await.unwrap();
            }
            place.prune(strict()).await;
        }
    }
}

#[tokio::test]
async fn a_copy_is_pruned_only_if_nobody_saved_another_one_since() {
    let place = Place::new();
    place.publish(&[("a.txt", "a"), ("b.txt", "b"), ("c.txt", "c")]).await;
    place.publish(&[("c.txt", "d")]).await;
    place.store.save("b.txt", "x").overwrite().await.unwrap();
    let kept = place.clone().prune(strict().copies(false)).await;
    assert!(names(&kept.deleted).iter().all(|name| name.len() > 5), "{:?}", kept.deleted);

    let place = Place::new();
    place.publish(&[("a.txt", "a"), ("b.txt", "b"), ("c.txt", "c")]).await;
    place.publish(&[("c.txt", "d")]).await;
    place.store.save("b.txt", "x").overwrite().await.unwrap();
    let pruned = place.prune(strict()).await;
    assert_eq!(names(&pruned.deleted).iter().filter(|name| name.len() == 5).collect::<Vec<_>>(), [&"a.txt"]);
    assert_eq!(contents(&place.store).await["b.txt"], "x");
}

#[tokio::test]
async fn what_django_wrote_is_recorded_rolled_back_to_and_pruned() {
    let place = Place::new();
    let mut of_django = Manifest::default();
    for (name, hashed, text) in [("a.css", "a.0cc175b9c0f1.css", "a"), ("b.css", "b.92eb5ffee6ae.css", "b")] {
        of_django.insert(Name::new(name).unwrap(), Name::new(hashed).unwrap(), None);
        place.store.save(name, text).await.unwrap();
        place.store.save(hashed, text).await.unwrap();
    }
    place.store.save(MANIFEST_NAME, of_django.to_bytes()).await.unwrap();
    let django = place.current().await;
    let generations = Generations::load(&place.store).await.unwrap();
    assert_eq!(generations.current().unwrap().manifest_name.as_str(), MANIFEST_NAME);
    let verification = verify(&place.store, &of_django, 2).await.unwrap();
    assert!(verification.is_ok() && verification.right == 2, "{verification}");

    let ours = place.publish(&[("a.css", "a")]).await;
    let generations = Generations::load(&place.store).await.unwrap();
    assert_eq!(generations.previous().unwrap().id, django);
    assert_eq!(generations.previous().unwrap().superseded, Some(place.now()));
    rollback(&place.store, django).await.unwrap();
    assert_eq!(manifest(&place.store).await, of_django);
    place.wait(DAY);
    rollback(&place.store, ours).await.unwrap();

    let pruned = place.prune(strict()).await;
    // It is not known whether the copy is still Django's.
    assert_eq!(names(&pruned.deleted), ["b.92eb5ffee6ae.css"]);
    assert_eq!(pruned.unknown, [""; 0]);
}

#[tokio::test]
async fn a_prune_that_fails_half_way_goes_on_the_next_time() {
    for room in 0.. {
        let (inner, plain) = shared();
        for text in ["1", "2", "3"] {
            of(&[("a.css", text), ("b.css", "b")]).collect(&plain).await.unwrap();
        }
        let current = Generations::load(&plain).await.unwrap().current().unwrap().id;
        let store = Store::new(Faulty::new(&inner, Fault::Undeletable(room)));
        // Ages are nothing: every file is of this moment.
        let now = SystemTime::now() + DAY;
        let pruned = strict().run(&store, now).await.unwrap();
        is_whole(&plain, current).await;
        let generations = Generations::load(&plain).await.unwrap().iter().count();
        let Some((name, error)) = pruned.failed.first() else {
            // Two hashed files and two manifests.
            assert_eq!((room, generations), (4, 1));
            break;
        };
        assert_eq!(error.name(), Some(name.as_str()));
        assert!(pruned.to_string().contains("cannot delete"), "{pruned}");
        // Manifests go last, once everything is gone that they named.
        assert_eq!((pruned.deleted.len(), pruned.pruned.len()), (room.min(2), room.saturating_sub(2)));
        assert_eq!(generations, 3 - pruned.pruned.len());
        let error = pruned.into_result().unwrap_err();
        assert!(error.reason().ends_with("run prune again to go on"), "{error}");

        let rest = strict().run(&plain, now).await.unwrap().into_result().unwrap();
        assert_eq!(rest.deleted.len(), 2 - room.min(2));
        assert_eq!(Generations::load(&plain).await.unwrap().iter().count(), 1);
        assert_eq!(rest.unknown, [""; 0]);
    }
}

#[tokio::test]
async fn a_prune_that_is_overtaken_says_so_and_leaves_the_record() {
    let (inner, plain) = shared();
    let mut ids = Vec::new();
    for text in ["1", "2"] {
        of(&[("a.css", text)]).collect(&plain).await.unwrap();
        ids.push(Generations::load(&plain).await.unwrap().current().unwrap().id);
    }
    let mut storage = Faulty::new(&inner, Fault::Never);
    // Somebody moves the pointer back while the old generation goes.
    storage.meanwhile = Some((ids[0].manifest_name(), Name::new(MANIFEST_NAME).unwrap()));
    let error = strict().run(&Store::new(storage), SystemTime::now() + DAY).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let says = format!("generation {} was published at the same time and names 1 of the files", ids[0]);
    assert!(error.reason().starts_with(&says), "{error}");
    assert!(plain.exists(ids[0].manifest_name()).await.unwrap());
    // As it says.
    of(&[("a.css", "1")]).collect(&plain).await.unwrap();
    is_whole(&plain, ids[0]).await;
}

#[tokio::test]
async fn a_source_that_is_called_like_a_manifest_is_refused() {
    let place = Place::new();
    let files =
        [("staticfiles.json", "{}"), ("staticfiles.0123456789ab.json", "{}"), ("a/staticfiles.json", "{}")];
    let error = of(&files).collect(&place.store).await.unwrap_err();
    let refused: Vec<&str> = error
        .reason()
        .lines()
        .filter(|line| line.contains("a manifest is published under this name"))
        .collect();
    assert_eq!(refused.len(), 2, "{error}");
    assert!(contents(&place.store).await.is_empty());
}

#[tokio::test]
async fn an_application_may_spawn_all_of_it() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let place = Place::new();
    let id = place.publish(&[("a.css", "1")]).await;
    is_send(Generations::load(&place.store)).await.unwrap();
    is_send(rollback(&place.store, id)).await.unwrap();
    is_send(Prune::new().run(&place.store, place.now())).await.unwrap();
    is_send(verify(&place.store, &Manifest::default(), 1)).await.unwrap();
    is_send(of(&[]).why("a.css")).await.unwrap();
}
