//! The most memory that large files take, each way and each in a process of its own: saving a stream of 2 GiB and of
//! unknown length, reading and downloading 1 GiB.

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use holdall_benches::{Part, peak_resident};
use holdall_core::{Content, Error, Result, Store};
use holdall_fs::FileSystemStorage;
use holdall_s3::S3Storage;
use holdall_testing::s3_server::S3Server;

const SIZE: u64 = 2 << 30;
const CHUNK: u64 = 64 * 1024;
const LIMIT: u64 = 64 << 20;
/// What comes down.
const HELD: &str = "held.bin";
const HELD_SIZE: usize = 1 << 30;
const BUCKET: &str = "bench";
const KEYS: (&str, &str) = ("bench-access", "bench-secret");

#[tokio::main]
async fn main() -> Result<()> {
    let argument = || std::env::args().nth(1).unwrap_or_default();
    match Part::of_this_process().as_deref() {
        Some("server") => return serve().await,
        Some("disk") => return save(Store::new(FileSystemStorage::builder(argument()).build()?)).await,
        Some("s3") => return save(Store::new(s3(&argument())?)).await,
        Some("holder") => return hold().await,
        Some("read") => return read(&Store::new(s3(&argument())?)).await,
        Some("download") => return download(&s3(&argument())?).await,
        _ => {}
    }
    println!("\nMemory: the peak of resident memory while a stream of 2 GiB and unknown length is saved\n");
    println!("| {:<24} | {:>10} | under 64 MiB |", "to", "peak");
    println!("|{:-<26}|{:->12}|--------------|", "", ":");

    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(Error::from_io)?;
    report("the disk", "disk", &directory.path().to_string_lossy())?;
    let server = Part::start("server", &[]).map_err(Error::from_io)?;
    report("S3 (a sink)", "s3", &server.greeting)?;
    drop(server);

    println!("\nMemory: the same while 1 GiB comes down\n");
    println!("| {:<24} | {:>10} | under 64 MiB |", "by", "peak");
    println!("|{:-<26}|{:->12}|--------------|", "", ":");
    let server = Part::start("holder", &[]).map_err(Error::from_io)?;
    report("open, chunk by chunk", "read", &server.greeting)?;
    report("download to a path", "download", &server.greeting)
}

/// Runs a part and prints its row.
#[expect(clippy::cast_precision_loss, reason = "mebibytes for people")]
fn report(title: &str, part: &str, argument: &str) -> Result<()> {
    let part = Part::start(part, &[argument]).map_err(Error::from_io)?;
    let Ok(peak) = part.greeting.parse::<u64>() else {
        println!("| {title:<24} | {:>10} | {:<12} |", "unknown", "unknown");
        return Ok(());
    };
    let verdict = if peak < LIMIT { "yes" } else { "NO" };
    println!("| {title:<24} | {:>6.1} MiB | {verdict:<12} |", peak as f64 / f64::from(1 << 20));
    Ok(())
}

/// The client's part: saves the stream, checks what was stored, prints the peak of its memory.
async fn save(store: Store) -> Result<()> {
    let chunk = Bytes::from(vec![b'x'; usize::try_from(CHUNK).expect("small")]);
    let chunks = futures_util::stream::iter((0..SIZE / CHUNK).map(move |_| {
        // A copy each, as a real upload brings new bytes each time.
        Ok::<_, std::io::Error>(Bytes::copy_from_slice(&chunk))
    }));
    let saved = store.save("large.bin", Content::stream(chunks)).await?;
    assert_eq!(saved.size, SIZE);
    assert_eq!(store.metadata(&saved.name).await?.size, SIZE);
    print_peak();
    Ok(())
}

/// The client's part: reads the large object and prints the peak of its memory.
async fn read(store: &Store) -> Result<()> {
    let file = store.open(HELD).await?;
    let size = file.try_fold(0, |size, chunk| std::future::ready(Ok(size + chunk.len()))).await?;
    assert_eq!(size, HELD_SIZE);
    print_peak();
    Ok(())
}

/// The client's part: downloads the large object and prints the peak of its memory.
async fn download(storage: &S3Storage) -> Result<()> {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(Error::from_io)?;
    let metadata = storage.download(HELD, directory.path().join("large.bin")).await?;
    assert_eq!(metadata.size, HELD_SIZE as u64);
    print_peak();
    Ok(())
}

fn print_peak() {
    println!("{}", peak_resident().map_or_else(|| "unknown".to_owned(), |bytes| bytes.to_string()));
}

/// The server's part: it holds the large object.
async fn hold() -> Result<()> {
    let server = S3Server::builder().credentials(KEYS.0, KEYS.1).bucket(BUCKET).start().await;
    let server = server.map_err(Error::from_io)?;
    server.put_object(BUCKET, HELD, Bytes::from(vec![b'x'; HELD_SIZE]));
    println!("{}", server.endpoint());
    std::future::pending::<()>().await;
    drop(server);
    Ok(())
}

/// The server's part: a sink that keeps sizes and checksums, not content.
async fn serve() -> Result<()> {
    let builder = S3Server::builder().credentials(KEYS.0, KEYS.1).bucket(BUCKET).discard_content(true);
    let server = builder.start().await.map_err(Error::from_io)?;
    println!("{}", server.endpoint());
    std::future::pending::<()>().await;
    drop(server);
    Ok(())
}

fn s3(endpoint: &str) -> Result<S3Storage> {
    S3Storage::builder(BUCKET)
        .region("us-east-1")
        .endpoint(endpoint)
        .access_key(KEYS.0)
        .secret_key(KEYS.1)
        .build()
}
