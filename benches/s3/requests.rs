//! What an operator pays for: the requests that each call makes, counted by the server.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use holdall_core::{Error, Result, Store};
use holdall_testing::s3_server::S3Server;

use crate::{BUCKET, KEYS, LISTED, keys, storage};

const OBJECTS: u32 = 2_000;

/// Prints the table.
pub(crate) async fn print() -> Result<()> {
    let server = S3Server::builder().credentials(KEYS.0, KEYS.1).bucket(BUCKET).start().await;
    let server = server.map_err(Error::from_io)?;
    let store = Store::new(storage(&server.endpoint())?);
    for number in 0..LISTED {
        server.put_object(BUCKET, keys::listed(number), "x");
    }
    println!("\nS3: requests, counted by the server\n");
    println!("| {:<34} | {:<46} |", "work", "requests");
    println!("|{:-<36}|{:-<48}|", "", "");
    let row = |work: String| {
        let mut counts = BTreeMap::<_, u32>::new();
        for request in server.requests() {
            *counts.entry(request.operation).or_default() += 1;
        }
        server.clear_requests();
        let counts: Vec<_> = counts.iter().map(|(operation, count)| format!("{count} {operation}")).collect();
        println!("| {work:<34} | {:<46} |", counts.join(", "));
    };
    let names = || (0..OBJECTS).map(|number| format!("small/{number}.bin"));
    for name in names() {
        store.save(name, "x").await?;
    }
    row(format!("save {OBJECTS} small objects"));
    for name in names() {
        store.open(name).await?.bytes().await?;
    }
    row(format!("open and read {OBJECTS}"));
    for result in store.delete_many(names()).await {
        result?;
    }
    row(format!("delete {OBJECTS} with one call"));
    let listed: Vec<_> = store.list("listed").recursive().stream().try_collect().await?;
    row(format!("list {}", listed.len()));
    Ok(())
}
