//! One storage on several Tokio runtimes, one after the other and at once, as a `static` has it among tests.

use std::time::Duration;

use holdall_core::Store;
use tokio::runtime::{Builder, Runtime};

use crate::support::{SECRET, builder, server};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Without retries: a broken connection is an error.
fn store_on(server_runtime: &Runtime) -> (std::sync::Arc<holdall_testing::s3_server::S3Server>, Store) {
    let server = std::sync::Arc::new(server_runtime.block_on(server()));
    let storage = builder(&server).max_attempts(1).attempt_timeout(Duration::from_mins(2)).build().unwrap();
    (server, Store::new(storage))
}

#[test]
fn a_storage_outlives_its_first_runtime() {
    let serving = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (_server, store) = store_on(&serving);
    for round in 0..10 {
        let runtime = runtime();
        runtime.block_on(async {
            let name = format!("{round}.txt");
            let saved = store.save(&name, "hello").await.unwrap();
            assert_eq!(store.open(&saved.name).await.unwrap().bytes().await.unwrap(), "hello");
            assert!(store.exists(&saved.name).await.unwrap());
        });
    }
}

#[test]
fn a_storage_is_used_by_many_runtimes_at_once() {
    let serving = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (_server, store) = store_on(&serving);
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let store = store.clone();
            scope.spawn(move || {
                for round in 0..5 {
                    runtime().block_on(async {
                        let name = format!("{worker}-{round}.txt");
                        store.save(&name, "hello").await.unwrap();
                        assert_eq!(store.metadata(&name).await.unwrap().size, 5);
                    });
                }
            });
        }
    });
}

#[test]
fn requests_that_take_turns_outlive_a_runtime_too() {
    let serving = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = serving.block_on(server());
    let storage = builder(&server).secret_key(SECRET).max_requests(1).max_attempts(1).build().unwrap();
    let store = Store::new(storage);
    for round in 0..5 {
        runtime().block_on(async {
            store.save(format!("{round}.txt"), "hello").await.unwrap();
        });
    }
}
