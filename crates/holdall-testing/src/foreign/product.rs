//! The servers: how each is started, and how it shows that it is ready.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::process::Job;
use super::server::ForeignServerBuilder;
use super::{Programs, ports, ready};

/// An S3 server that others wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Product {
    /// [`SeaweedFS`](https://github.com/seaweedfs/seaweedfs): master, volume server, filer and S3 gateway in one
    /// process (`weed mini`). It starts within two seconds or so.
    SeaweedFs,
    /// [moto](https://github.com/getmoto/moto): a model of AWS in memory. It takes any keys and verifies no
    /// signature.
    Moto,
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SeaweedFs => "SeaweedFS",
            Self::Moto => "moto",
        })
    }
}

/// A server that is about to start.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) job: Job,
    /// Where S3 is spoken.
    pub(super) port: u16,
    /// What must answer with success, method and path, before the server counts as started.
    pub(super) questions: Vec<(u16, &'static str, String)>,
}

impl Plan {
    /// The product with these settings, in that folder, on ports that are free now.
    ///
    /// # Errors
    ///
    /// `NotFound` where the program is missing; whatever the operating system says about ports and files.
    pub(super) fn new(
        settings: &ForeignServerBuilder,
        programs: &Programs,
        folder: &Path,
    ) -> io::Result<Self> {
        match settings.product {
            Product::SeaweedFs => seaweedfs(settings, programs, folder),
            Product::Moto => moto(settings, programs),
        }
    }

    /// Whether everything is there. Each question is asked until it is answered well.
    pub(super) async fn is_ready(&mut self) -> bool {
        while let Some((port, method, path)) = self.questions.last() {
            if !ready::status(*port, method, path).await.is_some_and(|status| (200..300).contains(&status)) {
                return false;
            }
            self.questions.pop();
        }
        // It answers something, if only "access denied".
        ready::status(self.port, "GET", "/").await.is_some()
    }
}

fn seaweedfs(settings: &ForeignServerBuilder, programs: &Programs, folder: &Path) -> io::Result<Plan> {
    let [s3, s3_grpc, master, master_grpc, volume, volume_grpc, filer, filer_grpc, admin, admin_grpc] =
        ports::free()?;
    let data = folder.join("data");
    std::fs::create_dir(&data)?;
    let keys = folder.join("s3.json");
    std::fs::write(&keys, identities(&settings.access_key, &settings.secret_key))?;

    let mut job = Job::new(programs.find("weed")?);
    job.argument("mini");
    job.flag("-dir", data);
    job.flag("-ip", "127.0.0.1");
    job.flag("-ip.bind", "127.0.0.1");
    for (name, port) in [
        ("-s3.port", s3),
        ("-s3.port.grpc", s3_grpc),
        ("-master.port", master),
        ("-master.port.grpc", master_grpc),
        ("-volume.port", volume),
        ("-volume.port.grpc", volume_grpc),
        ("-filer.port", filer),
        ("-filer.port.grpc", filer_grpc),
        // It listens although its pages are switched off.
        ("-admin.port", admin),
        ("-admin.port.grpc", admin_grpc),
        ("-s3.port.iceberg", 0),
        ("-s3.port.lance", 0),
    ] {
        job.flag(name, port.to_string());
    }
    job.flag("-s3.config", keys);
    // What is on without these: reports to its makers, further services, and what no S3 does.
    for flag in [
        "-master.telemetry=false",
        "-webdav=false",
        "-admin.ui=false",
        "-s3.allowDeleteBucketNotEmpty=false",
        "-s3.autoCreateBucket=false",
    ] {
        job.argument(flag);
    }
    job.flag("-filer.localSocket", folder.join("filer.sock"));
    job.flag("-s3.localSocket", folder.join("s3.sock"));
    if !settings.buckets.is_empty() {
        job.flag("-bucket", settings.buckets.join(","));
    }
    // These sockets lie where it says, and outlive a process that is killed.
    for (service, port) in [
        ("s3", s3_grpc),
        ("master", master_grpc),
        ("volume", volume_grpc),
        ("filer", filer_grpc),
        ("admin", admin_grpc),
    ] {
        job.leftovers.push(PathBuf::from(format!("/tmp/seaweedfs-{service}-grpc-{port}.sock")));
    }
    // It makes the buckets after S3 has begun to answer. They are folders of the filer, which wants no signature.
    let questions = settings.buckets.iter().map(|bucket| (filer, "GET", format!("/buckets/{bucket}/")));
    Ok(Plan { job, port: s3, questions: questions.collect() })
}

/// One administrator; no anonymous user.
fn identities(access_key: &str, secret_key: &str) -> String {
    format!(
        r#"{{"identities": [{{"name": "test", "credentials": [{{"accessKey": "{access_key}", "secretKey": "{secret_key}"}}], "actions": ["Admin", "Read", "Write", "List", "Tagging"]}}]}}"#
    )
}

fn moto(settings: &ForeignServerBuilder, programs: &Programs) -> io::Result<Plan> {
    let [port] = ports::free()?;
    let mut job = Job::new(programs.find("moto_server")?);
    for argument in ["-H", "127.0.0.1", "-p", &port.to_string()] {
        job.argument(argument);
    }
    // Without signatures to check, a plain PUT makes a bucket; making it again is fine.
    let questions = settings.buckets.iter().map(|bucket| (port, "PUT", format!("/{bucket}")));
    Ok(Plan { job, port, questions: questions.collect() })
}
