//! A bucket, sites to publish there, and what the bucket knows afterwards.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use holdall::Store;
use holdall::s3::{ChecksumMode, S3Storage, S3StorageBuilder};
use holdall::static_files::{Collector, Embedded, MANIFEST_NAME, Manifest};
use holdall_testing::s3_server::S3Server;
use sha2::{Digest as _, Sha384};

/// The bucket of every server here.
pub(crate) const BUCKET: &str = "site";
/// Where in the bucket the files are.
const LOCATION: &str = "static";
/// What a collection leaves beside the files: the manifest of the generation, and the current one.
pub(crate) const RECORDS: usize = 2;

/// A server with one empty bucket.
pub(crate) async fn server() -> S3Server {
    let server = S3Server::builder().bucket(BUCKET).start().await;
    server.expect("a free port on the loopback interface")
}

/// Settings for that server, with everything as by default but the wait between attempts.
pub(crate) fn settings(server: &S3Server) -> S3StorageBuilder {
    S3Storage::builder(BUCKET)
        .location(LOCATION)
        .endpoint(server.endpoint())
        .region("us-east-1")
        .access_key(server.access_key())
        .secret_key(server.secret_key())
        .checksum_mode(ChecksumMode::WhenSupported)
        // Nothing is to be asked before the requests that a test counts.
        .conditional_writes(true)
        .conditional_copies(true)
        .retry_backoff(Duration::from_millis(1))
}

/// A store on that server.
pub(crate) fn store(server: &S3Server) -> Store {
    Store::new(settings(server).build().expect("good settings"))
}

/// The key of a name.
pub(crate) fn key(name: &str) -> String {
    format!("{LOCATION}/{name}")
}

/// Names with their texts.
pub(crate) type Site = Vec<(&'static str, String)>;

/// A small site. From release to release a picture changes, and so do the style sheets that lead to it and the page
/// that leads to those; two modules import each other; every release has a file that the others have not.
pub(crate) fn site(release: u32) -> Site {
    let own = ["only-0.txt", "only-1.txt", "only-2.txt"][release as usize % 3];
    vec![
        ("css/app.css", "@import 'base.css';\nbody { background: url(../img/cat.png) }\n".to_owned()),
        ("css/base.css", format!("p {{ order: {} }}\n", release / 2)),
        ("img/cat.png", format!("a cat, drawn for release {release}")),
        ("js/even.js", "import './odd.js';\nnew Worker(new URL('worker.js', import.meta.url));\n".to_owned()),
        ("js/odd.js", "import './even.js';\n".to_owned()),
        ("js/worker.js", format!("postMessage({release});\n")),
        (own, "of this release alone\n".to_owned()),
        ("robots.txt", "User-agent: *\n".to_owned()),
    ]
}

/// A collector of these files.
pub(crate) fn of(site: Site) -> Collector {
    Collector::new().finder(Embedded::new(site).expect("good names"))
}

/// How many requests of each operation there were.
pub(crate) fn operations(server: &S3Server) -> BTreeMap<String, usize> {
    let mut operations = BTreeMap::new();
    for request in server.requests() {
        *operations.entry(request.operation).or_default() += 1;
    }
    operations
}

/// The names that were put.
pub(crate) fn put(server: &S3Server) -> Vec<String> {
    let requests = server.requests().into_iter().filter(|request| request.operation == "PutObject");
    let name =
        |key: String| key.strip_prefix(&key_prefix()).map(str::to_owned).expect("it is below the location");
    requests.map(|request| name(request.key.expect("a PUT has a key"))).collect()
}

fn key_prefix() -> String {
    key("")
}

/// Everything in the bucket: names and contents.
pub(crate) fn contents(server: &S3Server) -> BTreeMap<String, Vec<u8>> {
    let keys = server.keys(BUCKET).into_iter();
    let object = |key: String| {
        let content = server.object(BUCKET, &key).expect("it was listed").content.to_vec();
        (key.strip_prefix(&key_prefix()).expect("it is below the location").to_owned(), content)
    };
    keys.map(object).collect()
}

/// The current manifest; none if nothing was published.
pub(crate) fn manifest(server: &S3Server) -> Option<Manifest> {
    let object = server.object(BUCKET, &key(MANIFEST_NAME))?;
    Some(Manifest::parse(&object.content).expect("the manifest is whole"))
}

/// The current manifest, of which every file must be there with its own bytes.
#[track_caller]
pub(crate) fn whole(server: &S3Server) -> Manifest {
    let manifest = manifest(server).expect("there is a manifest");
    is_whole(server, &manifest);
    manifest
}

/// Every file that the manifest names is there with the bytes that it was published with.
#[track_caller]
pub(crate) fn is_whole(server: &S3Server, manifest: &Manifest) {
    for (name, hashed) in manifest.iter() {
        let object = server.object(BUCKET, &key(hashed.as_str()));
        let object = object.unwrap_or_else(|| panic!("{hashed} of {name} is missing"));
        let details = manifest.details(name.as_str()).expect("we wrote the manifest");
        let integrity = format!("sha384-{}", STANDARD.encode(Sha384::digest(&object.content)));
        assert_eq!(details.integrity, integrity, "{hashed} has other bytes");
    }
}
