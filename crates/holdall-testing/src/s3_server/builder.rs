//! Settings of a server before it starts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use s3s::config::{S3Config, StaticConfigProvider};
use s3s::host::SingleDomain;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;

use super::S3Server;
use super::access::{Gate, Keys};
use super::backend::{Backend, Settings};
use super::bucket::Bucket;
use super::config::Config;
use super::config::ownership::Ownership;
use super::connection::serve;
use super::faults::FaultList;
use super::habits::Habits;
use super::listing::MAX_PAGE;
use super::log::Log;
use super::service::Shared;
use super::state::State;
use super::versions::Versioning;

/// The access key of a server that was given none.
pub(crate) const DEFAULT_ACCESS_KEY: &str = "AKIDHOLDALLTESTING";
/// The secret key of a server that was given none.
pub(crate) const DEFAULT_SECRET_KEY: &str = "holdall-testing-secret";
/// S3's smallest part but the last: 5 MiB (Amazon S3 User Guide, "Multipart upload limits").
const MIN_PART_SIZE: u64 = 5 << 20;

type Clock = Box<dyn Fn() -> SystemTime + Send + Sync>;

/// Builds an [`S3Server`]; made by [`S3Server::builder`].
pub struct S3ServerBuilder {
    credentials: BTreeMap<String, String>,
    buckets: BTreeSet<String>,
    acls_disabled: BTreeSet<String>,
    versioned: BTreeSet<String>,
    locking: BTreeSet<String>,
    requester_pays: BTreeSet<String>,
    elsewhere: BTreeMap<String, String>,
    region: Option<String>,
    domain: Option<String>,
    page_size: usize,
    min_part_size: u64,
    discard_content: bool,
    decompress_unless_accepted: bool,
    habits: Habits,
    needs_length: bool,
    seed: u64,
    bind: SocketAddr,
    clock: Clock,
    signing_clock: Clock,
}

impl fmt::Debug for S3ServerBuilder {
    /// Without the secret keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3ServerBuilder")
            .field("access_keys", &self.credentials.keys())
            .field("buckets", &self.buckets)
            .field("acls_disabled", &self.acls_disabled)
            .field("versioned", &self.versioned)
            .field("locking", &self.locking)
            .field("requester_pays", &self.requester_pays)
            .field("elsewhere", &self.elsewhere)
            .field("region", &self.region)
            .field("domain", &self.domain)
            .field("page_size", &self.page_size)
            .field("min_part_size", &self.min_part_size)
            .field("discard_content", &self.discard_content)
            .field("seed", &self.seed)
            .field("bind", &self.bind)
            .finish_non_exhaustive()
    }
}

impl S3ServerBuilder {
    pub(crate) fn new() -> Self {
        Self {
            credentials: BTreeMap::new(),
            buckets: BTreeSet::new(),
            acls_disabled: BTreeSet::new(),
            versioned: BTreeSet::new(),
            locking: BTreeSet::new(),
            requester_pays: BTreeSet::new(),
            elsewhere: BTreeMap::new(),
            region: None,
            domain: None,
            page_size: MAX_PAGE,
            min_part_size: MIN_PART_SIZE,
            discard_content: false,
            decompress_unless_accepted: false,
            habits: Habits::default(),
            needs_length: false,
            seed: 0,
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            clock: Box::new(SystemTime::now),
            signing_clock: Box::new(SystemTime::now),
        }
    }

    /// A pair of keys that may do everything. Called again, another pair. Without a call, the server has one pair of
    /// its own: [`S3Server::access_key`] and [`S3Server::secret_key`].
    pub fn credentials(mut self, access_key: impl Into<String>, secret_key: impl Into<String>) -> Self {
        self.credentials.insert(access_key.into(), secret_key.into());
        self
    }

    /// A bucket that exists from the start, with ACLs enabled.
    pub fn bucket(mut self, name: impl Into<String>) -> Self {
        self.buckets.insert(name.into());
        self
    }

    /// A bucket that exists from the start, with ACLs disabled (`BucketOwnerEnforced`), as every bucket is that was
    /// created since April 2023: a write with an ACL other than `bucket-owner-full-control` is refused with 400
    /// `AccessControlListNotSupported`.
    pub fn acls_disabled(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.buckets.insert(name.clone());
        self.acls_disabled.insert(name);
        self
    }

    /// A bucket that exists from the start and keeps every version, as after `PutBucketVersioning`.
    pub fn versioned(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.buckets.insert(name.clone());
        self.versioned.insert(name);
        self
    }

    /// A bucket that exists from the start and whose requesters pay: a request that does not say
    /// `x-amz-request-payer: requester` is refused with 403 `AccessDenied`.
    pub fn requester_pays(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.buckets.insert(name.clone());
        self.requester_pays.insert(name);
        self
    }

    /// A bucket that exists from the start, but in another region: every request to it is answered with 301
    /// `PermanentRedirect` and the region in `x-amz-bucket-region`, only `GetBucketLocation` is answered.
    pub fn bucket_elsewhere(mut self, name: impl Into<String>, region: impl Into<String>) -> Self {
        let name = name.into();
        self.buckets.insert(name.clone());
        self.elsewhere.insert(name, region.into());
        self
    }

    /// The region that requests must be signed for; others are refused with 400 `AuthorizationHeaderMalformed`.
    /// Without a call any region is accepted and the server says that it is in `us-east-1`.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// Serves virtual-hosted addressing too: requests whose `Host` is `<bucket>.<domain>:<port>`. Path style keeps
    /// working with an IP address, or with the bare domain, as the host.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// At most that many items on a page of any listing, whatever the client asks for: paging is tested with ten keys
    /// instead of a thousand. S3's own limit of 1,000 stays.
    pub fn page_size(mut self, items: usize) -> Self {
        self.page_size = items.clamp(1, MAX_PAGE);
        self
    }

    /// The smallest part of a multipart upload but the last, in bytes. S3's 5 MiB without a call; less makes tests
    /// with many parts cheap, and is not S3 any more.
    pub fn min_part_size(mut self, bytes: u64) -> Self {
        self.min_part_size = bytes;
        self
    }

    /// Throws every content away on arrival and keeps sizes, entity tags and checksums only, which are computed and
    /// verified as ever. For measuring the memory of a client that uploads more than the machine has. `GetObject` of
    /// anything but an empty range, and `UploadPartCopy`, answer 501 then.
    pub fn discard_content(mut self, discard: bool) -> Self {
        self.discard_content = discard;
        self
    }

    /// Takes `If-Match` and `If-None-Match` on writes, copies and deletes and ignores them, as Garage 2 does: every one
    /// is answered with success. For testing that a client finds out.
    pub fn ignore_write_conditions(mut self, ignore: bool) -> Self {
        self.habits.ignore_all(ignore);
        self
    }

    /// Takes one condition of one operation and ignores it: `("CopyObject", "if-none-match")` as Ceph 16, moto and
    /// `LocalStack` do, `("CopyObject", "x-amz-copy-source-if-match")` as Ceph 16 and moto do. Can be called several times.
    ///
    /// # Panics
    /// For an operation that has no condition of that name.
    pub fn ignore_condition(mut self, operation: &str, header: &str) -> Self {
        self.habits.ignore(operation, header);
        self
    }

    /// The same, but only in buckets with versions: Ceph 16 does so with `If-None-Match` on `PutObject`.
    ///
    /// # Panics
    /// For an operation that has no condition of that name.
    pub fn ignore_condition_with_versions(mut self, operation: &str, header: &str) -> Self {
        self.habits.ignore_with_versions(operation, header);
        self
    }

    /// Lists by walking directories in the order of their names, as `SeaweedFS` does: `a/c` comes before `a-b`. Pages are
    /// cut in that order and sorted by bytes within, and `start-after` is compared in it, so that keys are lost behind one.
    pub fn walk_directories(mut self, walk: bool) -> Self {
        self.habits.walks_directories = walk;
        self
    }

    /// Looks at the conditions of `CopyObject` without the lock that the copy is stored under, as `SeaweedFS` does with
    /// `If-Match`: of several copies at once more than one may win.
    pub fn copy_without_a_lock(mut self, unlocked: bool) -> Self {
        self.habits.copies_without_a_lock = unlocked;
        self
    }

    /// Answers `AbortMultipartUpload` with 204 and keeps the upload.
    pub fn keep_aborted_uploads(mut self, keep: bool) -> Self {
        self.habits.keeps_aborted_uploads = keep;
        self
    }

    /// Unpacks objects with `Content-Encoding: gzip` for every reader that does not send `Accept-Encoding: gzip`, as
    /// Google Cloud Storage does ("Transcoding of gzip-compressed files"): such a reply has neither
    /// `Content-Encoding` nor `Content-Length`, and a range is ignored.
    pub fn decompress_unless_accepted(mut self, decompress: bool) -> Self {
        self.decompress_unless_accepted = decompress;
        self
    }

    /// A bucket that exists from the start, keeps every version and takes object lock: retention and legal hold.
    /// In every other bucket a write with one of them is refused with 400 `InvalidRequest`.
    pub fn object_lock(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.locking.insert(name.clone());
        self.versioned(name)
    }

    /// Answers 411 `MissingContentLength` to a `PUT` or `POST` that does not say how long its body is, also where it has
    /// none, as Google and Ceph do.
    pub fn needs_length(mut self, needs: bool) -> Self {
        self.needs_length = needs;
        self
    }

    /// The seed of upload ids and of faults with a probability; 0 without a call.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Where to listen; `127.0.0.1` and a free port without a call.
    pub fn bind(mut self, address: SocketAddr) -> Self {
        self.bind = address;
        self
    }

    /// The clock of `Last-Modified` and of the conditions on it. Signatures are judged by another one:
    /// [`signing_clock`](Self::signing_clock).
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// The clock that signatures, presigned URLs and the policies of forms are judged by; the system's without a call.
    /// A signature more than 15 minutes away from it is refused with 403 `RequestTimeTooSkewed`.
    ///
    /// What is over by the system's clock, too, stays refused: a presigned URL or a policy of last year cannot be used by
    /// turning this clock back.
    pub fn signing_clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.signing_clock = Box::new(clock);
        self
    }

    /// Binds and serves, on the current Tokio runtime.
    ///
    /// # Errors
    /// `InvalidInput` for a bucket name that S3 would refuse and for a domain that is none; otherwise what binding
    /// the address failed with.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub async fn start(mut self) -> io::Result<S3Server> {
        if let Some(name) = self.buckets.iter().find(|name| !s3s::path::check_bucket_name(name)) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{name:?} is no bucket name: 3 to 63 of a-z, 0-9, '.' and '-' make one"),
            ));
        }
        if self.credentials.is_empty() {
            self.credentials.insert(DEFAULT_ACCESS_KEY.to_owned(), DEFAULT_SECRET_KEY.to_owned());
        }

        let listener = TcpListener::bind(self.bind).await?;
        let address = listener.local_addr()?;

        let settings = Settings {
            page_size: self.page_size,
            min_part_size: self.min_part_size,
            discard_content: self.discard_content,
            decompress_unless_accepted: self.decompress_unless_accepted,
            habits: self.habits,
            region: self.region,
            clock: self.clock,
            signing_clock: self.signing_clock,
        };
        let backend = Backend::new(State::new(self.seed), settings);
        for name in self.buckets {
            let enforced = self.acls_disabled.contains(&name).then_some(Ownership::BucketOwnerEnforced);
            let region = self.elsewhere.remove(&name);
            let config = Config {
                ownership: enforced,
                requester_pays: self.requester_pays.contains(&name),
                object_lock: self.locking.contains(&name),
                elsewhere: region.is_some(),
                region,
                ..Config::default()
            };
            let mut bucket = Bucket::new(backend.now(), config);
            if self.versioned.contains(&name) {
                bucket.versioning = Versioning::Enabled;
            }
            backend.state().buckets.insert(name, bucket);
        }

        let mut service = S3ServiceBuilder::new(backend.clone());
        let keys = self.credentials.iter().map(|(access, secret)| (access.clone(), secret.clone().into()));
        service.set_auth(Keys(keys.collect()));
        let mut config = S3Config::default();
        // The gate judges by its own clock; s3s could only do so by the system's.
        config.presigned_url_max_skew_time_secs = u32::MAX;
        service.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
        service.set_access(Gate(backend.clone()));
        if let Some(domain) = &self.domain {
            let domain = SingleDomain::new(&format!("{domain}:{}", address.port()))
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
            service.set_host(domain);
        }
        let shared = Shared {
            needs_length: self.needs_length,
            s3: service.build(),
            backend: Some(backend.clone()),
            domain: self.domain,
            log: Arc::new(Log::default()),
            faults: Arc::new(FaultList::new(self.seed)),
        };
        let (log, faults) = (Arc::clone(&shared.log), Arc::clone(&shared.faults));
        let task = tokio::spawn(serve(listener, shared));
        Ok(S3Server { address, credentials: self.credentials, backend, log, faults, task })
    }
}
