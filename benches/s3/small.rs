//! Many small objects: up, down, and gone.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use holdall_benches::Comparison;
use holdall_core::{Result, Store};

use crate::plain::Plain;

const SIZE: usize = 10 * 1024;
const OBJECTS: u32 = 2_000;
const ROUNDS: u32 = 5;
/// Among which the best is searched for.
const CONCURRENCIES: [usize; 4] = [8, 16, 32, 64];

pub(crate) async fn compare(plain: &Plain, store: &Store) -> Result<()> {
    let content = Bytes::from(vec![b'x'; SIZE]);
    let at_once = best(plain, &content).await;
    let title = |work: &str| format!("{work} {OBJECTS} of 10 KiB, {at_once} at once");
    let mut saving = Comparison::new(title("save"), OBJECTS);
    // The same request as the plain one, without the condition and the mark that keep a name from being taken twice.
    let mut overwriting = Comparison::new(title("overwrite"), OBJECTS);
    let mut opening = Comparison::new(title("open and read"), OBJECTS);
    let mut deleting = Comparison::new(format!("delete {OBJECTS} with one call"), OBJECTS);
    for round in 0..ROUNDS {
        let key = |side: &str, number: u32| format!("{side}/{round}/{number}.bin");
        let keys = |side| (0..OBJECTS).map(move |number| key(side, number));
        saving.plain(put_all(plain, keys("plain"), &content, at_once)).await;
        saving
            .holdall(stream::iter(keys("holdall").map(Ok)).try_for_each_concurrent(at_once, |name| {
                let content = content.clone();
                async move { store.save(name, content).await.map(drop) }
            }))
            .await?;
        overwriting.plain(put_all(plain, keys("plain"), &content, at_once)).await;
        overwriting
            .holdall(stream::iter(keys("holdall").map(Ok)).try_for_each_concurrent(at_once, |name| {
                let content = content.clone();
                async move { store.save(name, content).overwrite().await.map(drop) }
            }))
            .await?;
        opening
            .plain(stream::iter(keys("plain")).for_each_concurrent(at_once, |key| async {
                assert_eq!(plain.get(key).await, SIZE);
            }))
            .await;
        opening
            .holdall(stream::iter(keys("holdall").map(Ok)).try_for_each_concurrent(at_once, |name| async {
                store.open(name).await?.bytes().await.map(|body| assert_eq!(body.len(), SIZE))
            }))
            .await?;
        Box::pin(deleting.plain(plain.delete(keys("plain").collect()))).await;
        for result in deleting.holdall(store.delete_many(keys("holdall"))).await {
            result?;
        }
    }
    saving.print();
    overwriting.print();
    opening.print();
    deleting.print();
    Ok(())
}

async fn put_all(plain: &Plain, keys: impl Iterator<Item = String>, content: &Bytes, at_once: usize) {
    stream::iter(keys).for_each_concurrent(at_once, |key| plain.put(key, content.clone())).await;
}

/// The concurrency with which the bare client saves fastest.
async fn best(plain: &Plain, content: &Bytes) -> usize {
    let mut best = (Duration::MAX, 0);
    for at_once in CONCURRENCIES {
        let keys: Vec<_> = (0..OBJECTS / 2).map(|number| format!("warm/{number}.bin")).collect();
        let start = Instant::now();
        put_all(plain, keys.iter().cloned(), content, at_once).await;
        best = best.min((start.elapsed(), at_once));
        plain.delete(keys).await;
    }
    best.1
}
