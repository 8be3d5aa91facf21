//! Collecting static files to S3: Holdall, `s5cmd sync` and django-storages, of one tree to the same servers.
//!
//! To our in-memory server, which counts requests, and to moto, which is a server of others and slow: there the
//! server's own processor time is a good part of each figure, on all sides alike. Holdall publishes hashed files, as
//! many as `s5cmd` sends; django-storages sends every file twice. Each client is a process of its own, run once.

mod moto;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use holdall_benches::Part;
use holdall_benches::django::Django;
use holdall_benches::process::Taken;
use holdall_benches::tree::{PACKAGES, Tree};
use holdall_core::{Error, Result, Store};
use holdall_s3::S3Storage;
use holdall_static::{Collector, Directories};
use holdall_testing::s3_server::S3Server;

use crate::moto::Moto;

const KEYS: (&str, &str) = ("bench-access", "bench-secret");
const REGION: &str = "us-east-1";

#[tokio::main]
async fn main() -> Result<()> {
    if Part::of_this_process().is_some() {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let [source, endpoint, bucket] = arguments.as_slice() else { return Ok(()) };
        return collect(Path::new(source), endpoint, bucket).await;
    }
    let Some(packages) = std::env::var_os(PACKAGES).filter(|folder| Path::new(folder).is_dir()) else {
        println!("There are no packages to collect; run this by: cargo xtask bench static_s3");
        return Ok(());
    };
    let tree = Tree::build(Path::new(&packages)).map_err(Error::from_io)?;
    println!("\nStatic files to S3: {} files, {} MB", tree.files, tree.bytes / 1_000_000);
    let django = Django::find();
    if django.is_none() {
        println!("Without Python 3.12 or newer there is nobody to compare with.");
    }

    let builder = S3Server::builder().credentials(KEYS.0, KEYS.1).bucket("holdall").bucket("s5cmd");
    let server = builder.start().await.map_err(Error::from_io)?;
    print_head("our server");
    for client in Client::all(django.as_ref(), false) {
        // The server answers on the other threads meanwhile.
        tokio::task::block_in_place(|| rows(&client, &tree, &server.endpoint(), Some(&server)))
            .map_err(Error::from_io)?;
    }
    drop(server);
    if let Some(django) = &django {
        tokio::task::block_in_place(|| compare_on_moto(django, &tree)).map_err(Error::from_io)?;
    }
    Ok(())
}

fn compare_on_moto(django: &Django, tree: &Tree) -> io::Result<()> {
    let moto = Moto::start(django)?;
    print_head("moto");
    for client in Client::all(Some(django), true) {
        moto.make_bucket(&client.bucket(), django)?;
        rows(&client, tree, &moto.endpoint, None)?;
    }
    Ok(())
}

/// One collection, as it is done to a bucket: without copies under the files' own names.
async fn collect(source: &Path, endpoint: &str, bucket: &str) -> Result<()> {
    let storage = S3Storage::builder(bucket).region(REGION).endpoint(endpoint);
    let storage = storage.access_key(KEYS.0).secret_key(KEYS.1).build()?;
    let collector = Collector::new().finder(Directories::new(source)).copies(false);
    collector.collect(&Store::new(storage)).await?;
    Taken::tell();
    Ok(())
}

/// Who sends files.
enum Client {
    Holdall,
    S5cmd(PathBuf),
    Django(Django),
}

impl Client {
    fn all(django: Option<&Django>, with_django: bool) -> Vec<Self> {
        let mut clients = vec![Self::Holdall];
        clients.extend(django.map(|django| Self::S5cmd(django.program("s5cmd"))));
        clients.extend(django.filter(|_| with_django).cloned().map(Self::Django));
        clients
    }

    fn title(&self) -> &'static str {
        match self {
            Self::Holdall => "Holdall, with JavaScript",
            Self::S5cmd(_) => "s5cmd sync",
            Self::Django(_) => "Django S3ManifestStaticStorage",
        }
    }

    fn bucket(&self) -> String {
        match self {
            Self::Holdall => "holdall",
            Self::S5cmd(_) => "s5cmd",
            Self::Django(_) => "django",
        }
        .to_owned()
    }

    fn send(&self, source: &Path, endpoint: &str) -> io::Result<Taken> {
        let bucket = self.bucket();
        let mut command = match self {
            Self::Holdall => {
                Part::command("collect", &[&source.to_string_lossy(), endpoint, bucket.as_str()])?
            }
            Self::S5cmd(program) => {
                let mut command = Command::new(program);
                command.args(["--endpoint-url", endpoint, "--log", "error", "sync"]);
                command.arg(format!("{}/", source.display())).arg(format!("s3://{bucket}/"));
                command
            }
            Self::Django(django) => django.command("s3", source, Path::new(&format!("{endpoint}/{bucket}"))),
        };
        with_keys(&mut command);
        Taken::by(command)
    }
}

/// The keys, as programs on S3 read them.
fn with_keys(command: &mut Command) {
    command.env("AWS_ACCESS_KEY_ID", KEYS.0).env("AWS_SECRET_ACCESS_KEY", KEYS.1).env("AWS_REGION", REGION);
}

fn print_head(server: &str) {
    println!(
        "\n| {:<32} | {:<8} | {:>8} | {:>8} | requests",
        format!("to {server}"),
        "",
        "seconds",
        "peak MiB"
    );
    println!("|{:-<34}|{:-<10}|{:->10}|{:->10}|---------", "", "", ":", ":");
}

/// Sends into an empty bucket, again, and once more with new times.
fn rows(client: &Client, tree: &Tree, endpoint: &str, server: Option<&S3Server>) -> io::Result<()> {
    for round in ["cold", "again", "touched"] {
        if round == "touched" {
            tree.touch()?;
        }
        if let Some(server) = server {
            server.clear_requests();
        }
        let taken = client.send(&tree.source(), endpoint)?;
        let requests = server.map(requests).unwrap_or_default();
        let peak = taken.peak.map_or_else(String::new, |peak| (peak >> 20).to_string());
        let (title, seconds) = (client.title(), taken.time.as_secs_f64());
        println!("| {title:<32} | {round:<8} | {seconds:>8.2} | {peak:>8} | {requests}");
    }
    Ok(())
}

/// How often what was asked of the server.
fn requests(server: &S3Server) -> String {
    let mut counts = BTreeMap::new();
    for request in server.requests() {
        *counts.entry(request.operation).or_insert(0_u32) += 1;
    }
    let counts: Vec<String> =
        counts.iter().map(|(operation, count)| format!("{count} {operation}")).collect();
    counts.join(", ")
}
