//! What a collection tells while it runs.

use std::sync::{Arc, Mutex};

use holdall_core::Store;
use holdall_static::{Action, Collector, Embedded, Event, Role};

use crate::support::{SITE, contents, memory, of, saved};

/// The events of a run, sorted where they come in no order.
async fn events(collector: Collector, store: &Store) -> Vec<Event> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&heard);
    let collector = collector.on_event(move |event| listener.lock().unwrap().push(event.clone()));
    collector.collect(store).await.unwrap();
    drop(collector);
    Arc::into_inner(heard).unwrap().into_inner().unwrap()
}

fn names(events: &[Event], pick: impl Fn(&Event) -> Option<&holdall_core::Name>) -> Vec<String> {
    events.iter().filter_map(pick).map(ToString::to_string).collect()
}

#[tokio::test]
async fn every_step_is_told_in_the_order_of_the_pipeline() {
    let store = memory();
    let other = Embedded::new([("robots.txt", "other")]).unwrap();
    let heard = events(of(&SITE).finder(other).jobs(1), &store).await;

    let mut read = names(&heard, |event| match event {
        Event::Read { name } => Some(name),
        _ => None,
    });
    read.sort();
    let mut files = SITE.map(|(name, _)| name);
    files.sort_unstable();
    assert_eq!(read, files);
    let place = |is: fn(&Event) -> bool| heard.iter().position(is).unwrap();
    let order = [
        place(|event| matches!(event, Event::Conflict(conflict) if conflict.name.as_str() == "robots.txt")),
        place(|event| *event == Event::Found { files: SITE.len() }),
        place(|event| matches!(event, Event::Read { .. })),
        place(|event| matches!(event, Event::Publishing { files: 16, unchanged: 0, .. })),
        place(|event| matches!(event, Event::Saving { role: Role::Hashed, action: Action::Created, .. })),
        place(|event| matches!(event, Event::Saved { role: Role::Hashed, .. })),
        place(|event| matches!(event, Event::Saved { role: Role::Copy, .. })),
        place(|event| matches!(event, Event::Saved { role: Role::Manifest, .. })),
        place(|event| *event == Event::Done),
    ];
    assert!(order.is_sorted(), "{order:?} {heard:#?}");
    assert_eq!(order.last(), Some(&(heard.len() - 1)));

    // Each name that was saved, with its bytes.
    let stored = contents(&store).await;
    for event in &heard {
        if let Event::Saved { name, bytes, .. } = event {
            assert_eq!(stored[name.as_str()].len() as u64, *bytes, "{name}");
        }
    }
    let again = events(of(&SITE), &store).await;
    let unchanged = again.iter().filter(|event| matches!(event, Event::Unchanged { .. })).count();
    assert_eq!(unchanged, SITE.len() * 2);
    assert!(!again.iter().any(|event| matches!(event, Event::Saving { .. })));
}

#[tokio::test]
async fn a_dry_run_tells_what_it_would_save_and_never_that_it_did() {
    let store = memory();
    let pretended = events(of(&SITE).dry_run(true), &store).await;
    let saving = |event: &Event| match event {
        Event::Saving { name, .. } => Some(name.clone()),
        _ => None,
    };
    assert!(!pretended.iter().any(|event| matches!(event, Event::Saved { .. })));
    let done = events(of(&SITE), &store).await;
    let (mut would, mut did): (Vec<_>, Vec<_>) =
        (pretended.iter().filter_map(saving).collect(), done.iter().filter_map(saving).collect());
    would.sort();
    did.sort();
    assert_eq!(would, did);
}

#[tokio::test]
async fn a_problem_that_keeps_everything_back_is_told_too() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&heard);
    let broken = of(&[("a.css", "a { b: url(gone.png) } /*# sourceMappingURL=a.css.map */")])
        .on_event(move |event| listener.lock().unwrap().push(event.clone()));
    let store = memory();
    broken.collect(&store).await.unwrap_err();
    let problems = heard.lock().unwrap().iter().filter(|event| matches!(event, Event::Problem(_))).count();
    assert_eq!(problems, 2);
    let empty = of(&[]).collect(&store).await.unwrap();
    assert_eq!(saved(&empty).last(), Some(&"staticfiles.json"));
}
